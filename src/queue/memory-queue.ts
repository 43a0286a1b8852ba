/** The queue of the embedded edition: lanes of bells in memory, refilled from the ledger by `recover`. */
import TinyQueue from 'tinyqueue';
import type { Clock } from '../clock.ts';
import { HORIZON_MS, MOST_BELLS, type Bell, type Ring } from '../domain/lane.ts';
import type { Log } from '../flow/ports/log.ts';
import type { LaneLimits, Queue } from '../flow/ports/queue.ts';

interface Waiting extends Ring {
  /** Order of arrival. */
  n: number;
}

interface Worker {
  limits: LaneLimits;
  handle: (bell: Bell) => Promise<void>;
}

interface LaneState {
  ready: TinyQueue<Waiting>;
  delayed: TinyQueue<Waiting>;
  /** When each bell is to be heard; one that was rung again for an earlier time is in line twice. */
  known: Map<string, number>;
  active: number;
  paused: boolean;
  /** Handlings that the rate allows now; refilled with time. */
  tokens: number;
  refilledAt: number;
  worker: Worker | null;
  cancelTimer: (() => void) | null;
  timerAt: number;
}

const bellKey = ({ id, wake }: Bell): string => `${id}#${wake}`;

/** What all lanes share. */
interface Held {
  clock: Clock;
  log: Log;
  lanes: Map<string, LaneState>;
  /** Who waits for the work under way to end. */
  idle: (() => void)[];
  closed: boolean;
}

export function memoryQueue(clock: Clock, log: Log): Queue {
  const held: Held = { clock, log, lanes: new Map(), idle: [], closed: false };
  let arrivals = 0;

  const laneOf = (id: string): LaneState => {
    let lane = held.lanes.get(id);
    if (!lane) held.lanes.set(id, (lane = newLaneState(clock.now())));
    return lane;
  };

  return {
    ring(ring) {
      const lane = laneOf(ring.lane);
      const key = bellKey(ring.bell);
      const now = clock.now();
      if (held.closed || (lane.known.get(key) ?? Infinity) <= Math.max(ring.at, now)) return;
      if (ring.at > now + HORIZON_MS) return;
      // Counted apart: what is due in minutes keeps out nothing that is due now. A bell too many is dropped, for the
      // ledger still knows that it is due.
      const line = ring.at <= now ? lane.ready : lane.delayed;
      if (line.length >= MOST_BELLS) return;
      lane.known.set(key, ring.at);
      line.push({ ...ring, n: arrivals++ });
      // The ringer's own turn ends first: nobody is answered inside another's commit.
      clock.turn(() => pump(held, lane));
    },
    work(id, limits, handle) {
      const lane = laneOf(id);
      const full = bucket(limits.perSecond);
      // New limits do not give a busy lane another burst.
      lane.tokens = lane.worker ? Math.min(lane.tokens, full) : full;
      lane.worker = { limits, handle };
      pump(held, lane);
    },
    async pause(id) {
      laneOf(id).paused = true;
    },
    async resume(id) {
      const lane = laneOf(id);
      lane.paused = false;
      pump(held, lane);
    },
    async counts(id) {
      const lane = laneOf(id);
      return { waiting: lane.ready.length, delayed: lane.delayed.length, active: lane.active };
    },
    async close() {
      held.closed = true;
      for (const lane of held.lanes.values()) lane.cancelTimer?.();
      if (total(held.lanes) > 0) await new Promise<void>((resolve) => void held.idle.push(resolve));
    },
  };
}

/** Hands out what the lane's limits allow now, and sees to it that it is looked at again in time. */
function pump(held: Held, lane: LaneState): void {
  const { worker } = lane;
  if (!worker || lane.paused || held.closed) return;
  const now = held.clock.now();
  promote(lane, now);
  refill(lane, worker.limits.perSecond, now);
  while (lane.ready.length > 0 && lane.active < worker.limits.concurrency && lane.tokens >= 1) {
    const next = lane.ready.pop()!;
    // Rung again for an earlier time, and heard then.
    if (lane.known.get(bellKey(next.bell)) !== next.at) continue;
    lane.tokens -= 1;
    answer(held, lane, worker, next);
  }
  wakeAt(held, lane, nextAt(lane, worker, now));
}

function answer(held: Held, lane: LaneState, worker: Worker, { bell }: Waiting): void {
  lane.active += 1;
  lane.known.delete(bellKey(bell));
  worker
    .handle(bell)
    .catch((error: unknown) => held.log.error('bell.failed', { bell: bell.id, error }))
    .finally(() => {
      lane.active -= 1;
      if (held.closed && total(held.lanes) === 0) for (const tell of held.idle.splice(0)) tell();
      pump(held, lane);
    });
}

function wakeAt(held: Held, lane: LaneState, at: number | null): void {
  if (at === null || (lane.cancelTimer && lane.timerAt <= at)) return;
  lane.cancelTimer?.();
  lane.timerAt = at;
  lane.cancelTimer = held.clock.after(Math.max(0, at - held.clock.now()), () => {
    lane.cancelTimer = null;
    pump(held, lane);
  });
}

function newLaneState(now: number): LaneState {
  return {
    ready: new TinyQueue<Waiting>([], (a, b) => a.priority - b.priority || a.n - b.n),
    delayed: new TinyQueue<Waiting>([], (a, b) => a.at - b.at || a.n - b.n),
    known: new Map(),
    active: 0,
    paused: false,
    tokens: 0,
    refilledAt: now,
    worker: null,
    cancelTimer: null,
    timerAt: 0,
  };
}

function promote(lane: LaneState, now: number): void {
  while (lane.delayed.length > 0 && lane.delayed.peek()!.at <= now) lane.ready.push(lane.delayed.pop()!);
}

/** A bucket of one second's worth: a quiet lane may burst that much. A slower lane saves up for one bell. */
const bucket = (perSecond: number): number => Math.max(1, perSecond);

function refill(lane: LaneState, perSecond: number, now: number): void {
  lane.tokens = Math.min(bucket(perSecond), lane.tokens + ((now - lane.refilledAt) / 1000) * perSecond);
  lane.refilledAt = now;
}

/** When the lane has to be looked at again, if nothing else happens. */
function nextAt(lane: LaneState, { limits }: Worker, now: number): number | null {
  const starved = lane.ready.length > 0 && lane.active < limits.concurrency && lane.tokens < 1;
  const rateAt = starved ? now + Math.ceil(((1 - lane.tokens) / limits.perSecond) * 1000) : Infinity;
  const delayedAt = lane.delayed.peek()?.at ?? Infinity;
  const at = Math.min(rateAt, delayedAt);
  return at === Infinity ? null : at;
}

function total(lanes: Map<string, LaneState>): number {
  let active = 0;
  for (const lane of lanes.values()) active += lane.active;
  return active;
}
