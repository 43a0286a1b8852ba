/** The one seeded scheduler: virtual time, chance, and the order of all that happens, the same for the same seed. */
import TinyQueue from 'tinyqueue';
import { v7 } from 'uuid';
import type { Clock } from '../../src/clock.ts';
import { mulberry } from '../support/virtual-clock.ts';

export interface Scheduler {
  /** The wall clock; it may be made to jump. */
  now(): number;
  /** Milliseconds that have really passed. */
  passed(): number;
  jump(ms: number): void;
  /** How late a process's timer of so many ms fires: a machine that is busy, or days that are to pass quickly. */
  lag: (ms: number) => number;
  /** Runs `fn` once `ms` have passed. */
  at(ms: number, fn: () => void): void;
  sleep(ms: number): Promise<void>;
  /** A number in [0, 1). */
  chance(): number;
  /** True with this probability. */
  odds(probability: number): boolean;
  between(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  fork(): ProcessClock;
  /** Lets things happen until `over` says so, or nothing is left to happen. */
  run(over: () => boolean): Promise<void>;
}

/** What a process sees of time, and how it is stopped (as SIGSTOP does), let go on and killed. */
export interface ProcessClock extends Clock {
  is(): 'running' | 'stopped' | 'dead';
  /** Something from outside reaches the process: at once, when it goes on, or never. */
  deliver(fn: () => void): void;
  stop(): void;
  goOn(): void;
  kill(): void;
}

interface Entry {
  at: number;
  /** Chance decides what happens first at one instant. */
  tie: number;
  n: number;
  fn: (() => void) | null;
}

const START = Date.parse('2026-11-16T02:00:00Z');
/** Events handed to the event loop at once: promises settle between any two of them. */
const AT_ONCE = 64;
/** How often a process's turn takes a while, and the longest while, milliseconds. */
const SLOW_TURN = 0.03;
const SLOW_TURN_MS = 60;

export function makeScheduler(seed: number): Scheduler {
  const chance = mulberry(seed);
  const bytes = mulberry(seed ^ 0x5eed);
  const heap = new TinyQueue<Entry>([], (a, b) => a.at - b.at || a.tie - b.tie || a.n - b.n);
  let passed = 0;
  let skew = 0;
  let serial = 0;
  const now = (): number => START + passed + skew;

  const add = (ms: number, fn: () => void): Entry => {
    const entry = { at: passed + Math.max(0, Math.round(ms)), tie: chance(), n: (serial += 1), fn };
    heap.push(entry);
    return entry;
  };
  const random = (size: number): Buffer => {
    const buffer = Buffer.alloc(size);
    for (let at = 0; at < size; at += 1) buffer[at] = bytes() * 256;
    return buffer;
  };
  const base = {
    now,
    chance,
    random,
    id: () => v7({ msecs: now(), seq: (serial += 1), random: random(16) }),
  };
  const step = (): boolean => {
    for (;;) {
      const entry = heap.pop();
      if (!entry) return false;
      if (!entry.fn) continue;
      passed = Math.max(passed, entry.at);
      entry.fn();
      return true;
    }
  };

  const scheduler: Scheduler = {
    now,
    passed: () => passed,
    jump: (ms) => void (skew += ms),
    lag: () => 0,
    at: (ms, fn) => void add(ms, fn),
    sleep: (ms) => new Promise((resolve) => void add(ms, resolve)),
    chance,
    odds: (probability) => chance() < probability,
    between: (least, most) => least + Math.floor(chance() * (most - least + 1)),
    pick: (list) => list[Math.floor(chance() * list.length)]!,
    fork: () => fork(scheduler, base, add),
    run: (over) => drive(over, step),
  };
  return scheduler;
}

/** Node settles promises between two immediates: each is one event, and many cost one turn of the event loop. */
function drive(over: () => boolean, step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let ended = false;
    const one = (): void => {
      if (ended) return;
      try {
        if (!over() && step()) return;
        ended = true;
        resolve();
      } catch (error) {
        ended = true;
        reject(error);
      }
    };
    const some = (): void => {
      if (ended) return;
      for (let n = 0; n < AT_ONCE; n += 1) setImmediate(one);
      setImmediate(some);
    };
    some();
  });
}

function fork(
  scheduler: Scheduler,
  base: Pick<Clock, 'now' | 'chance' | 'random' | 'id'>,
  add: (ms: number, fn: () => void) => Entry,
): ProcessClock {
  let is: 'running' | 'stopped' | 'dead' = 'running';
  let held: (() => void)[] = [];
  let turns: (() => void)[] = [];
  const deliver = (fn: () => void): void => {
    if (is === 'running') fn();
    else if (is === 'stopped') held.push(fn);
  };
  /** Turns of one process keep their order, and each is an event of its own. */
  const nextTurn = (): void => {
    add(scheduler.odds(SLOW_TURN) ? scheduler.between(1, SLOW_TURN_MS) : 0, () => {
      deliver(() => {
        const fn = turns.shift();
        if (turns.length > 0) nextTurn();
        fn?.();
      });
    });
  };
  return {
    ...base,
    is: () => is,
    deliver,
    after(ms, fn) {
      const entry = add(ms + scheduler.lag(ms), () => deliver(() => entry.fn && fn()));
      return () => void (entry.fn = null);
    },
    turn(fn) {
      turns.push(fn);
      if (turns.length === 1) nextTurn();
    },
    stop: () => void (is === 'running' && (is = 'stopped')),
    goOn() {
      if (is !== 'stopped') return;
      is = 'running';
      const waiting = held;
      held = [];
      for (const fn of waiting) add(0, () => deliver(fn));
    },
    kill() {
      is = 'dead';
      held = [];
      turns = [];
    },
  };
}
