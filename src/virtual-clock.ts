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

/** Where the time stands. */
interface Time {
  now: number;
  timers: Timer[];
  turns: (() => void)[];
  serial: number;
  tracked: number;
  held: number;
  /** Raised whenever something virtual happens. */
  stirred: number;
  realTurn: Clock['turn'];
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
  const now = typeof start === 'number' ? start : Date.parse(start);
  const time: Time = { now, timers: [], turns: [], serial: 0, tracked: 0, held: 0, stirred: 0, realTurn };
  const random = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(bytes() * 256)));
  const base: Clock = {
    now: () => time.now,
    after: (ms, fn) => setTimer(time, ms, fn, false),
    turn: (fn) => {
      time.stirred += 1;
      time.turns.push(fn);
    },
    random,
    chance,
    id: () => idOf(time.now, (time.serial += 1), random(16)),
  };
  return {
    ...base,
    settleTurns: () => settleTurns(time),
    recurring: (ms, fn) => setTimer(time, ms, fn, true),
    nextAt: () => time.timers.reduce<number | null>((first, one) => earlier(first, one), null),
    advance: (ms, stride) => advance(time, ms, stride),
    track: (work) => marked(time, 'tracked', work),
    hold: (work) => marked(time, 'held', work),
    during: (work) => during(time, work),
    fork: () => fork(base),
  };
}

function setTimer(time: Time, ms: number, fn: () => void, recurring: boolean): () => void {
  const timer = { at: time.now + Math.max(0, ms), n: (time.serial += 1), fn, recurring };
  time.timers.push(timer);
  time.stirred += 1;
  return () => void (time.timers = time.timers.filter((one) => one !== timer));
}

async function settleTurns(time: Time): Promise<void> {
  for (
    let quiet = 0;
    quiet < (time.tracked > 0 ? QUIET_TURNS_TRACKED : QUIET_TURNS) || time.held > 0;
    quiet += 1
  ) {
    const before = time.stirred;
    for (const turn of time.turns.splice(0)) turn();
    await new Promise<void>((resolve) => {
      time.realTurn(resolve);
    });
    if (time.stirred !== before || time.turns.length > 0) quiet = -1;
  }
}

async function runDue(time: Time): Promise<void> {
  for (let due = nextTimer(time, time.now); due; due = nextTimer(time, time.now)) {
    const { at } = due;
    // All timers of one instant run before its turns, in the order in which they were set.
    for (let one: Timer | undefined = due; one; one = nextTimer(time, at)) {
      const done = one;
      time.timers = time.timers.filter((other) => other !== done);
      one.fn();
    }
    await settleTurns(time);
  }
}

function nextTimer({ timers }: Time, until: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.at <= until && (!first || timer.at < first.at || (timer.at === first.at && timer.n < first.n)))
      first = timer;
  }
  return first;
}

async function advance(time: Time, ms: number, stride?: number): Promise<void> {
  const until = time.now + ms;
  await settleTurns(time);
  while (time.now < until) {
    const next = nextTimer(time, until)?.at ?? until;
    time.now =
      stride === undefined ? Math.max(time.now, next) : Math.min(until, Math.max(next, time.now + stride));
    await runDue(time);
  }
}

async function marked<T>(time: Time, as: 'tracked' | 'held', work: Promise<T>): Promise<T> {
  time[as] += 1;
  try {
    return await work;
  } finally {
    time[as] -= 1;
    time.stirred += 1;
  }
}

async function during<T>(time: Time, work: Promise<T>): Promise<T> {
  const state = { ended: false };
  const settled = marked(time, 'tracked', work).finally(() => (state.ended = true));
  // Whoever awaits it hears of a failure; here it must not pass for unheard.
  settled.catch(() => undefined);
  for (let rounds = 0; !state.ended && rounds < MOST_ROUNDS; rounds += 1) await settleTurns(time);
  if (!state.ended) throw new Error('This work waits for a later time: move the clock');
  return settled;
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
