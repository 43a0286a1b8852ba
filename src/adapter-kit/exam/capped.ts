/** Runs an adapter's function with an end: a loop, or a regular expression that never comes back, is cut off. */
import { createContext, Script } from 'node:vm';

/** Ten thousand times what a conversion takes: a machine that is busy with others may stop for a while. */
const MOST_MS = 1_000;

const script = new Script('run()');
const context: { run?: () => unknown } = createContext({});

export class TooSlow extends Error {
  override name = 'TooSlow';
}

/** What `run` gives; a promise is given as it is, its maker having a limit of its own. @throws TooSlow, or what `run` throws. */
export function capped<T>(run: () => T, ms = MOST_MS): T {
  context.run = run;
  try {
    return script.runInContext(context, { timeout: ms }) as T;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TooSlow(`It did not end within ${ms} ms`);
  }
}

/** Cut off here, or behind the wall of its interpreter. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof TooSlow || (error as { code?: unknown } | null)?.code === 'sandbox_time';
}
