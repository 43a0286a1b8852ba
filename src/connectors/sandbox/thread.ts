/** One worker thread with an interpreter in it, as the bus sees it: asked one question at a time, ended when it is wedged. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { SandboxLimits } from './limits.ts';
import type { Program } from './program.ts';
import type { Answer, Question, WorkerStart } from './worker.ts';

export interface Thread {
  isAlive(): boolean;
  /** Rejects with a Refusal; the thread is gone when it was wedged or crashed. */
  ask(question: Omit<Question, 'serial'>, ms: number): Promise<string>;
  end(): Promise<void>;
}

/** Why there is no answer: a code of the sandbox's, and words of the connector's own, if any. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message = '') {
    super(message);
    this.code = code;
  }
}

/** A busy machine may take seconds to begin a thread. */
const BEGIN_MS = 30_000;
/** The interpreter's calls lie on the thread's own stack too, several times as large. */
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 8 };

/** Resolves when the thread takes questions. */
export async function beginThread(program: Program, limits: SandboxLimits, clock: Clock): Promise<Thread> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { program, limits, stop } satisfies WorkerStart,
    resourceLimits: RESOURCES,
    // Nothing of this process is handed on: no flag, no variable, no argument.
    ...{ env: {}, argv: [], execArgv: [], stdin: false },
  });
  let alive = true;
  let serial = 0;
  let open: PromiseWithResolvers<string> | null = null;
  const lose = (code: string): void => {
    alive = false;
    open?.reject(new Refusal(code));
    void worker.terminate();
  };
  worker.on('message', (answer: Answer) => {
    if (answer.serial !== serial) return;
    if ('text' in answer) open?.resolve(answer.text);
    else open?.reject(new Refusal(answer.code, answer.message));
  });
  worker.on('error', () => lose('sandbox_crashed'));
  worker.on('exit', () => lose('sandbox_crashed'));

  /** Holds the process open while it waits, and only then. */
  const answered = async (mine: PromiseWithResolvers<string>, longestMs: number): Promise<string> => {
    open = mine;
    worker.ref();
    const cancel = clock.after(longestMs, () => lose('sandbox_time'));
    try {
      return await mine.promise;
    } finally {
      cancel();
      worker.unref();
      open = null;
    }
  };
  await answered(Promise.withResolvers(), BEGIN_MS);

  return {
    isAlive: () => alive,
    async ask(question, ms) {
      serial += 1;
      const mine = serial;
      worker.postMessage({ ...question, serial } satisfies Question, []);
      const cancel = clock.after(ms, () => void Atomics.store(stop, 0, mine));
      try {
        return await answered(Promise.withResolvers(), ms + limits.wedgedMs);
      } finally {
        cancel();
      }
    },
    async end() {
      alive = false;
      await worker.terminate();
    },
  };
}
