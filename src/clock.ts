/** Real time, timers, turns, chance and ids. Everybody else is handed a Clock (law 13). */
import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void;
  /** Runs `fn` at the end of this turn of the event loop. */
  turn(fn: () => void): void;
  /** Unpredictable bytes. */
  random(size: number): Buffer;
  /** A number in [0, 1) for jitter; not for secrets. */
  chance(): number;
  /** A time-ordered id (UUID v7). */
  id(): string;
}

/** Timers longer than this wrap around in Node (2^31-1 ms, 24.8 days). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Drawn from the system by so many bytes at once: each draw costs as much as ten nonces. */
const POOL_BYTES = 8_192;
let pool = Buffer.alloc(0);

/** Bytes that nobody was given before. */
function fromPool(size: number): Buffer {
  if (size > POOL_BYTES / 32) return randomBytes(size);
  if (pool.length < size) pool = randomBytes(POOL_BYTES);
  const bytes = pool.subarray(0, size);
  pool = pool.subarray(size);
  return bytes;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  turn: (fn) => void setImmediate(fn),
  random: fromPool,
  chance: () => Math.random(),
  id: () => v7(),
};

/** Microseconds of a running time, for measuring what work costs. */
export const micros = (): number => performance.now() * 1000;

/** A clock that goes by another's time: the ledger's, where several machines share one. */
export interface LedClock extends Clock {
  /** Sets it: the other's time now, in milliseconds since the epoch. In between it runs evenly, whatever is done to this machine's own. */
  set(now: number): void;
}

export function ledClock(): LedClock {
  let ahead = Date.now() - performance.now();
  const now = (): number => Math.round(ahead + performance.now());
  return {
    ...systemClock,
    now,
    id: idsBy(now),
    set: (now) => void (ahead = now - performance.now()),
  };
}

/** Ids by a clock's own time, each greater than those before: applications go by them, whichever machine took them in. */
function idsBy(now: () => number): () => string {
  let msecs = 0;
  let seq = 0;
  return () => {
    const at = now();
    seq = at > msecs ? randomBytes(4).readUInt32BE() >>> 1 : seq + 1;
    msecs = Math.max(at, msecs);
    return v7({ msecs, seq });
  };
}

/** A promise that resolves after `ms` of the clock's time. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Waits for work, but not for ever; false when it was not done in time. Throws what the work throws until then. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const cancel = clock.after(ms, () => late.resolve(false));
  return Promise.race([work.then(() => true), late.promise]).finally(cancel);
}
