/** Begins a few requests in each turn of the event loop; the others wait in line, where they can be counted. */
import type { Clock } from '../clock.ts';

/**
 * Begun all at once, a few hundred requests make a turn of a fifth of a second and more. In a turn Node accepts one
 * connection and hears nobody: the line would stand in the kernel, where no gate sees it, with health probes at its
 * end. Fewer a turn would share too few commits.
 */
const MOST_A_TURN = 16;
/** What the newest turn counts for in the running mean. */
const NEWEST = 0.2;

export interface Pace {
  /** Begins the work at once when this turn has room and nobody waits, else in its turn. */
  begin<T>(work: () => T | Promise<T>): T | Promise<T>;
  /** How long who comes now would wait: by the length of the line, and how fast it moves. */
  waitMs(): number;
}

export function makePace(clock: Pick<Clock, 'now' | 'turn'>): Pace {
  const line: (() => void)[] = [];
  let begun = 0;
  let turnedAt = 0;
  /** Of a full turn; 0 while nobody waits: how long a turn took in another hour says nothing. */
  let turnMs = 0;
  const nextTurn = (): void => {
    const now = clock.now();
    const took = Math.max(0, now - turnedAt);
    if (line.length === 0) turnMs = 0;
    else turnMs = turnMs === 0 ? took : turnMs + NEWEST * (took - turnMs);
    turnedAt = now;
    begun = Math.min(line.length, MOST_A_TURN);
    for (const begin of line.splice(0, begun)) begin();
    if (begun > 0) clock.turn(nextTurn);
  };
  return {
    begin(work) {
      if (begun === MOST_A_TURN || line.length > 0)
        return new Promise((resolve) => void line.push(() => resolve(work())));
      begun += 1;
      if (begun === 1) {
        turnedAt = clock.now();
        clock.turn(nextTurn);
      }
      return work();
    },
    waitMs: () => (line.length / MOST_A_TURN) * turnMs,
  };
}
