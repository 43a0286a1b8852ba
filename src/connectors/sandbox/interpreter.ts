/** A connector's interpreter as long as the bus runs: begun when it is needed, and again after it was lost. */
import type { Clock } from '../../clock.ts';
import type { SandboxLimits } from './limits.ts';
import type { Program } from './program.ts';
import { beginThread, Refusal, type Thread } from './thread.ts';

export interface Interpreter {
  /** The adapter's static parts as JSON. Rejects with a Refusal. */
  shape(): Promise<string>;
  /** What the function at a path gives, as JSON. Rejects with a Refusal. */
  call(path: string, args: string, body?: Uint8Array): Promise<string>;
  /** Ends the thread; a call under way is lost, a later one begins it again. */
  close(): Promise<void>;
}

interface Begun {
  thread: Promise<Thread>;
  shape: Promise<string>;
}

export function makeInterpreter(program: Program, limits: SandboxLimits, clock: Clock): Interpreter {
  let begun: Begun | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const begin = (): Begun => {
    const thread = beginThread(program, limits, clock);
    return { thread, shape: thread.then((one) => one.ask({}, limits.loadMs)) };
  };
  const ready = async (): Promise<{ thread: Thread; shape: string }> => {
    const isLost = begun && !(await begun.thread.then((one) => one.isAlive()).catch(() => false));
    if (!begun || isLost === true) begun = begin();
    const thread = await begun.thread;
    try {
      return { thread, shape: await begun.shape };
    } catch (error) {
      await thread.end();
      throw error;
    }
  };
  /** One after the other. A lane has a few calls under way at the most, so the line is short. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  return {
    shape: () => inTurn(async () => (await ready()).shape),
    call: (path, args, body) =>
      inTurn(async () => {
        const bytes = Buffer.byteLength(args) + (body?.length ?? 0);
        if (bytes > limits.inputBytes) throw new Refusal('sandbox_input');
        const { thread } = await ready();
        return thread.ask({ path, args, ...(body && { body }) }, limits.callMs);
      }),
    async close() {
      const open = await begun?.thread.catch(() => null);
      await open?.end();
    },
  };
}
