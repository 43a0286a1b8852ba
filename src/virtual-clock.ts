/** A Clock whose time stands still until it is moved: timers and turns run in their order, chance comes from a seed. */
import type { Clock } from './clock.ts';

export interface VirtualClock extends Clock {
  /**
   * Moves on and runs what falls due, each timer at its own instant. With a `stride` time jumps so far at once and
   * what was due within runs late, as on a busy machine: days pass in few steps.
   */
  advance(ms: number, stride?: number): Promise<void>;
  /** Lets everything that can happen at this instant happen. */
  settleTurns(): Promise<void>;
  /** Marks work that needs real turns of the event loop (reading a body), so that `settleTurns` waits for it longer. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Marks work that waits for nothing virtual (an interpreter's answer): no instant is over before it is done. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Lets everything at this instant happen until the work is done; throws when it waits for later. */
  during<T>(work: Promise<T>): Promise<T>;
  /** A timer that is set again and again whatever happens: `nextAt` does not speak of it. */
  recurring(ms: number, fn: () => void): () => void;
  /** When the next timer falls due that is not recurring; null without one. */
  nextAt(): number | null;
  /** A view of this clock that can be stopped, as SIGSTOP stops a process: its timers and turns then wait. */
  fork(): StoppableClock;
}

export interface StoppableClock extends Clock {
  stop(): void;
  goOn(): void;
}

export interface VirtualTime {
  start?: string | number;
  seed?: number;
  /** A real turn of the event loop. */
  turn: Clock['turn'];
}

interface Timer {
  at: number;
  n: number;
  fn: () => void;
  recurring: boolean;
}

/** Real turns without any virtual work after which an instant is over. Streams and blobs take several. */
const QUIET_TURNS = 3;
const QUIET_TURNS_TRACKED = 24;
/** Rounds of `settleTurns` that one piece of work may take at one instant. */
const MOST_ROUNDS = 40;

export function virtualClock({
  start = '2026-11-16T02:00:00Z',
  seed = 1,
  turn: realTurn,
}: VirtualTime): VirtualClock {
  const chance = mulberry(seed);
  const bytes = mulberry(seed ^ 0x5eed);
  let time = typeof start === 'number' ? start : Date.parse(start);
  let timers: Timer[] = [];
  const turns: (() => void)[] = [];
  let serial = 0;
  let tracked = 0;
  let held = 0;
  /** Raised whenever something virtual happens. */
  let stirred = 0;

  const random = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(bytes() * 256)));
  const set = (ms: number, fn: () => void, recurring: boolean): (() => void) => {
    const timer = { at: time + Math.max(0, ms), n: (serial += 1), fn, recurring };
    timers.push(timer);
    stirred += 1;
    return () => void (timers = timers.filter((one) => one !== timer));
  };
  const base: Clock = {
    now: () => time,
    after: (ms, fn) => set(ms, fn, false),
    turn: (fn) => {
      stirred += 1;
      turns.push(fn);
    },
    random,
    chance,
    id: () => idOf(time, (serial += 1), random(16)),
  };

  async function settleTurns(): Promise<void> {
    for (let quiet = 0; quiet < (tracked > 0 ? QUIET_TURNS_TRACKED : QUIET_TURNS); quiet += 1) {
      const before = stirred;
      for (const turn of turns.splice(0)) turn();
      await new Promise<void>((resolve) => void realTurn(resolve));
      if (stirred !== before || turns.length > 0 || held > 0) quiet = -1;
    }
  }

  async function runDue(): Promise<void> {
    for (let due = nextTimer(time); due; due = nextTimer(time)) {
      const { at } = due;
      // All timers of one instant run before its turns, in the order in which they were set.
      for (let one: Timer | undefined = due; one; one = nextTimer(at)) {
        timers = timers.filter((other) => other !== one);
        one.fn();
      }
      await settleTurns();
    }
  }

  function nextTimer(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (
        timer.at <= until &&
        (!first || timer.at < first.at || (timer.at === first.at && timer.n < first.n))
      )
        first = timer;
    }
    return first;
  }

  return {
    ...base,
    settleTurns,
    recurring: (ms, fn) => set(ms, fn, true),
    nextAt: () => timers.reduce<number | null>((first, one) => earlier(first, one), null),
    async advance(ms, stride) {
      const until = time + ms;
      await settleTurns();
      while (time < until) {
        const next = nextTimer(until)?.at ?? until;
        time = stride === undefined ? Math.max(time, next) : Math.min(until, Math.max(next, time + stride));
        await runDue();
      }
    },
    async track(work) {
      tracked += 1;
      try {
        return await work;
      } finally {
        tracked -= 1;
        stirred += 1;
      }
    },
    async hold(work) {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
        stirred += 1;
      }
    },
    async during(work) {
      let ended = false;
      const settled = this.track(work).finally(() => (ended = true));
      // Whoever awaits it hears of a failure; here it must not pass for unheard.
      settled.catch(() => undefined);
      for (let rounds = 0; !ended && rounds < MOST_ROUNDS; rounds += 1) await settleTurns();
      if (!ended) throw new Error('This work waits for a later time: move the clock');
      return settled;
    },
    fork: () => fork(base),
  };
}

function earlier(first: number | null, { at, recurring }: Timer): number | null {
  if (recurring) return first;
  return first === null ? at : Math.min(first, at);
}

function fork(clock: Clock): StoppableClock {
  let held: (() => void)[] | null = null;
  const run = (fn: () => void): void => {
    if (held) held.push(fn);
    else fn();
  };
  return {
    ...clock,
    after(ms, fn) {
      let cancelled = false;
      const cancel = clock.after(ms, () => run(() => void (cancelled || fn())));
      return () => {
        cancelled = true;
        cancel();
      };
    },
    turn: (fn) => clock.turn(() => run(fn)),
    stop: () => void (held ??= []),
    goOn() {
      const waiting = held ?? [];
      held = null;
      for (const fn of waiting) clock.turn(fn);
    },
  };
}

/** A UUID v7 (RFC 9562): 48 bits of time, 32 of a serial, the rest by chance. */
function idOf(msecs: number, serial: number, chance: Buffer): string {
  const bytes = Buffer.from(chance);
  bytes.writeUIntBE(msecs, 0, 6);
  bytes[6] = 0x70 | ((serial >>> 28) & 0x0f);
  bytes[7] = (serial >>> 20) & 0xff;
  bytes[8] = 0x80 | ((serial >>> 14) & 0x3f);
  bytes[9] = (serial >>> 6) & 0xff;
  bytes[10] = ((serial << 2) & 0xff) | (chance[10]! & 0x03);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Mulberry32: small, fast, and the same for the same seed everywhere. */
export function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
