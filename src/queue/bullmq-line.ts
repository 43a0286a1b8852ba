/** One lane's way into Redis: rings collected while the last ones travel, sent by the hundred, none twice, never too many. */
import { Queue as BullQueue, type Telemetry } from 'bullmq';
import type { Clock } from '../clock.ts';
import { HORIZON_MS, MOST_BELLS, type Ring } from '../domain/lane.ts';
import type { LaneCounts } from '../flow/ports/queue.ts';
import { jobNameOf, jobOf, queueNameOf, type BellJob } from './bullmq-bell.ts';
import type { Link } from './bullmq-link.ts';
import { recentBells, type Recent } from './bullmq-recent.ts';

/** Counted apart: what is due in minutes keeps out nothing that is due now. */
type Due = 'now' | 'later';

const dueOf = ({ opts }: BellJob): Due => (opts.delay === undefined ? 'now' : 'later');

export interface Line {
  queue: BullQueue;
  recent: Recent;
  /** Rung, but not sent yet: due now, and due later. */
  waiting: Record<Due, BellJob[]>;
  sending: boolean;
  /** Resolves when what was being sent is sent or dropped. */
  sent: Promise<void>;
  /** What the lane held when it was counted, and what was sent since. */
  held: Record<Due, number>;
  countedAt: number;
  /** Bells all processes may be answering at once; null where this process does not work the lane. */
  concurrency: number | null;
}

export interface LineParts {
  link: Link;
  clock: Clock;
  prefix: string;
  telemetry: Telemetry | undefined;
}

/** Sent in one pipeline: some milliseconds of Redis, so that other lanes' rings are not held up. */
const MOST_AT_ONCE = 500;
/** The stream of BullMQ's events is read by nobody. */
const MOST_EVENTS = 100;
/** A full lane is counted again no more often. */
const RECOUNT_MS = 1_000;

export function openLine(lane: string, { link, prefix, telemetry }: LineParts): Line {
  const queue = new BullQueue(queueNameOf(lane), {
    connection: link.client,
    prefix,
    // Else a queue opened while Redis is away stays broken for ever.
    ...{ skipWaitingForReady: true, skipVersionCheck: true },
    streams: { events: { maxLen: MOST_EVENTS } },
    ...(telemetry && { telemetry }),
  });
  queue.on('error', link.trouble);
  return {
    ...{
      queue,
      recent: recentBells(),
      waiting: { now: [], later: [] },
      sending: false,
      sent: Promise.resolve(),
    },
    ...{ held: { now: 0, later: 0 }, countedAt: -Infinity, concurrency: null },
  };
}

/** Takes a ring in, or drops it. The trace of whoever rings goes with it. */
export function take(line: Line, { clock, telemetry }: LineParts, ring: Ring): void {
  const now = clock.now();
  if (ring.at > now + HORIZON_MS) return;
  const name = jobNameOf(ring.bell, ring.at > now);
  if (line.recent.has(name)) return;
  const job = jobOf(ring, now, traceOf(telemetry));
  const waiting = line.waiting[dueOf(job)];
  if (waiting.length >= MOST_BELLS) return;
  line.recent.add(name);
  waiting.push(job);
}

/** Empty where nobody traces. */
function traceOf(telemetry: Telemetry | undefined): string | undefined {
  const trace = telemetry?.contextManager.getMetadata(telemetry.contextManager.active());
  return trace === '{}' ? undefined : trace;
}

/** Sends what waits, one pipeline at a time. */
export function send(line: Line, parts: LineParts): void {
  if (!line.sending) line.sent = sendAll(line, parts);
}

/** Never rejects. */
async function sendAll(line: Line, { link, clock }: LineParts): Promise<void> {
  line.sending = true;
  while (link.here() && isWaiting(line)) {
    const jobs = next(line);
    try {
      if (isFull(line) && clock.now() >= line.countedAt + RECOUNT_MS) await count(line, clock);
      const fitting = jobs.filter((job) => hasRoom(line, job));
      if (fitting.length > 0) await line.queue.addBulk(fitting);
    } catch (error) {
      link.lost(error);
      link.dropped(jobs.length);
    }
  }
  line.sending = false;
  if (!link.away()) return;
  while (isWaiting(line)) link.dropped(next(line).length);
  line.recent.clear();
}

const isWaiting = ({ waiting }: Line): boolean => waiting.now.length + waiting.later.length > 0;

function next({ waiting: { now, later } }: Line): BellJob[] {
  return (now.length > 0 ? now : later).splice(0, MOST_AT_ONCE);
}

const isFull = ({ held }: Line): boolean => Math.max(held.now, held.later) + MOST_AT_ONCE > MOST_BELLS;

function hasRoom({ held, recent }: Line, job: BellJob): boolean {
  const due = dueOf(job);
  const room = held[due] < MOST_BELLS;
  if (room) held[due] += 1;
  else recent.forget(job.opts.jobId!);
  return room;
}

/** Writes the lane's limits, which a wiped Redis has forgotten, and counts a lane that was rung. */
export async function tend(line: Line, clock: Clock): Promise<void> {
  if (line.concurrency !== null) {
    const { concurrency } = line;
    await line.queue.getBackend().setQueueMeta({ concurrency, 'opts.maxLenEvents': MOST_EVENTS });
  }
  if (line.recent.size() > 0) await count(line, clock);
}

/** Asks Redis what the lane holds. */
export async function count(line: Line, clock: Clock): Promise<LaneCounts> {
  const {
    wait = 0,
    prioritized = 0,
    delayed = 0,
    active = 0,
  } = await line.queue.getJobCounts(...(['wait', 'prioritized', 'delayed', 'active'] as const));
  const counts = { waiting: wait + prioritized, delayed, active };
  line.held = { now: counts.waiting, later: delayed };
  line.countedAt = clock.now();
  // Redis was wiped, or others have answered most of it: what is rung now may be new to it.
  if (counts.waiting + delayed + active < line.recent.size() / 2) line.recent.clear();
  return counts;
}
