/** The queue of the distributed edition: a BullMQ queue on Redis for each lane, shared by all processes. */
import type { Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { within, type Clock } from '../clock.ts';
import type { Log } from '../flow/ports/log.ts';
import type { Queue } from '../flow/ports/queue.ts';
import { count, openLine, send, take, tend, type Line, type LineParts } from './bullmq-line.ts';
import { openLink } from './bullmq-link.ts';
import { laneWorker, type LaneWorker } from './bullmq-worker.ts';
import type { RedisAccess, RedisClient } from './redis-connect.ts';

/** So often a lane is counted where it was rung, and its limits are written where it is worked: a wipe takes both. */
const TEND_MS = 3_000;
/** A bell rung is not rung again within this to twice this, unless it was answered or Redis was wiped. */
const REMEMBER_MS = 15_000;
/** What Redis may still be told when everything is answered. */
const PARTING_MS = 2_000;

interface Lane {
  line: Line;
  worker: LaneWorker | null;
}

/** What all lanes share. */
interface Held extends LineParts {
  log: Log;
  lanes: Map<string, Lane>;
  /** Opened by the first lane that is worked: who only rings needs none. */
  working: RedisClient | null;
  /** Rung in this turn. */
  rung: Set<Line>;
}

/**
 * Nothing is awaited by whoever rings: what cannot be sent now is dropped, for `recover` rings it again. A lane's
 * concurrency and rate hold across all processes; only after a wiped Redis each process has the concurrency for
 * itself until it has written it again (3 s).
 */
export function bullmqQueue(redis: RedisAccess, clock: Clock, log: Log): Queue {
  const lanes = new Map<string, Lane>();
  const link = openLink(redis, clock, log, () => refresh(held));
  const telemetry: Telemetry = new BullMQOtel({ tracerName: 'jembatan' });
  const { prefix } = redis;
  const held: Held = { link, clock, log, prefix, telemetry, lanes, working: null, rung: new Set() };
  const stops = [
    every(clock, TEND_MS, () => tendAll(held)),
    every(clock, REMEMBER_MS, () => lanes.forEach(({ line }) => line.recent.turn())),
  ];
  let closed: Promise<void> | null = null;
  return {
    ring(ring) {
      if (link.away()) return link.dropped(1);
      const { line } = laneOf(held, ring.lane);
      take(line, held, ring);
      if (held.rung.size === 0) clock.turn(() => flush(held));
      held.rung.add(line);
    },
    work(id, limits, handle) {
      const lane = laneOf(held, id);
      const { line } = lane;
      line.concurrency = limits.concurrency;
      if (lane.worker) {
        lane.worker.limit(limits);
        if (link.here()) tendLane(lane, held);
        return;
      }
      held.working ??= redis.working().on('error', link.trouble);
      const shared = { client: held.working, prefix, log, telemetry, trouble: link.trouble };
      lane.worker = laneWorker(id, limits, handle, { ...shared, forget: line.recent.forget });
      if (link.here()) tendLane(lane, held);
    },
    pause: (id) => laneOf(held, id).line.queue.pause(),
    resume: (id) => laneOf(held, id).line.queue.resume(),
    counts: (id) => count(laneOf(held, id).line, clock).catch(() => null),
    close() {
      for (const stop of stops) stop();
      return (closed ??= close(held));
    },
  };
}

function laneOf(held: Held, id: string): Lane {
  let lane = held.lanes.get(id);
  if (!lane) held.lanes.set(id, (lane = { line: openLine(id, held), worker: null }));
  return lane;
}

function flush(held: Held): void {
  for (const line of held.rung) send(line, held);
  held.rung.clear();
}

/** Redis is there, at first or again: it may have forgotten everything. */
function refresh(held: Held): void {
  for (const { line } of held.lanes.values()) {
    line.recent.clear();
    send(line, held);
  }
  tendAll(held);
}

function tendAll(held: Held): void {
  if (held.link.here()) for (const lane of held.lanes.values()) tendLane(lane, held);
}

/** A lane's worker starts when Redis knows its limits. */
function tendLane({ line, worker }: Lane, { clock, link }: Held): void {
  tend(line, clock).then(() => worker?.start(), link.lost);
}

async function close(held: Held): Promise<void> {
  const { link, clock, working } = held;
  const lanes = [...held.lanes.values()];
  const workers = lanes.flatMap(({ worker }) => worker ?? []);
  await Promise.all(workers.map((worker) => worker.stop()));
  // What the last answers rang is for the other processes.
  flush(held);
  const partings = [...workers.map((worker) => worker.settled()), ...lanes.map(({ line }) => line.sent)];
  if (link.here()) await within(clock, PARTING_MS, Promise.all(partings));
  await Promise.all([...workers, ...lanes.map(({ line }) => line.queue)].map((one) => one.close()));
  working?.disconnect();
  link.close();
}

/** Until stopped. */
function every(clock: Clock, ms: number, work: () => void): () => void {
  let cancel: () => void = () => undefined;
  const again = (): void => {
    cancel = clock.after(ms, () => {
      work();
      again();
    });
  };
  again();
  return () => cancel();
}
