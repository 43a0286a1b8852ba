/** Lines about long work: some now and then, for the person who waits. */
import type { Shell } from './shell.ts';

export interface Progress {
  /** What is counted, such as `pages copied`. */
  doing: string;
  done: number;
  /** 0 when nobody knows. */
  total: number;
}

const EVERY_MS = 3_000;

/** Says how far work has come, at most every three seconds: what is quick says nothing. */
export function progressOf(shell: Shell): (progress: Progress) => void {
  let last = shell.clock.now();
  return ({ doing, done, total }) => {
    const now = shell.clock.now();
    if (now - last < EVERY_MS) return;
    last = now;
    const of = total > 0 ? ` of ${total} (${Math.floor((100 * done) / total)} %)` : '';
    shell.err(`${doing}: ${done}${of}`);
  };
}
