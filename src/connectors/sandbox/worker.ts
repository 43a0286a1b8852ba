/** The thread in which an installed connector is interpreted: it knows no time, no place and no environment. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SandboxLimits } from './limits.ts';
import { Failure, openMachine, type Machine } from './machine.ts';
import type { Program } from './program.ts';

export interface WorkerStart {
  program: Program;
  limits: SandboxLimits;
  /** The serial of the question that is to be stopped. */
  stop: Int32Array;
}

/** Without a path: load the connector. */
export interface Question {
  serial: number;
  path?: string;
  args?: string;
  body?: Uint8Array;
}

export type Answer = { serial: number } & ({ text: string } | { code: string; message: string });

/** Time stands still and lies in no zone, for the interpreter asks this thread for both. */
class StillDate extends Date {
  constructor(...parts: unknown[]) {
    super(...((parts.length === 0 ? [0] : parts) as [number]));
  }
  static override now(): number {
    return 0;
  }
  override getTimezoneOffset(): number {
    return 0;
  }
}

const { program, limits, stop } = workerData as WorkerStart;
globalThis.Date = StillDate as DateConstructor;
/** None that could be stopped. */
let current = -1;
const machine = await openMachine(program, limits, () => Atomics.load(stop, 0) === current);

// Ready for the first question.
parentPort!.postMessage({ serial: 0, text: '' } satisfies Answer, []);
parentPort!.on('message', (question: Question) => {
  current = question.serial;
  parentPort!.postMessage({ serial: current, ...answer(machine, question) } satisfies Answer, []);
});

function answer(
  { load, call }: Machine,
  { path, args = '', body }: Question,
): { text: string } | { code: string; message: string } {
  try {
    return { text: path === undefined ? load() : call(path, args, body) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.code, message: error.message };
  }
}
