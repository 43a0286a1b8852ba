/** One lane's answering: BullMQ's worker, held to the agency's limits across all processes. */
import { WaitingError, Worker, type Job, type Telemetry } from 'bullmq';
import type { Bell } from '../domain/lane.ts';
import type { Log } from '../flow/ports/log.ts';
import type { LaneLimits } from '../flow/ports/queue.ts';
import { queueNameOf } from './bullmq-bell.ts';
import type { RedisClient } from './redis-connect.ts';

export interface LaneWorker {
  /** Begins to take bells; again does nothing. */
  start(): void;
  /** Holds it to other limits from now on. */
  limit(limits: LaneLimits): void;
  /** Takes no more bells; resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Resolves when Redis knows of every bell that was answered. */
  settled(): Promise<void>;
  /** Lets go of the connection, whatever is still under way. */
  close(): Promise<void>;
}

export interface WorkerParts {
  client: RedisClient;
  prefix: string;
  log: Log;
  telemetry: Telemetry | undefined;
  trouble(error: Error): void;
  /** A bell was taken, or Redis has let go of it: rung from now on, it is news. */
  forget(job: string): void;
}

/**
 * A worker renews its locks at half of this, however long an exchange takes; what a dead one held is heard again
 * within this and one look. In the meantime it takes up places of the lane's concurrency.
 */
const LOCK_MS = 15_000;
const LOOK_FOR_STALLED_MS = 5_000;
/** A bell that kills its worker is the ledger's to count and to park. */
const NO_LIMIT = 1_000_000_000;
/** A place given back by a worker that takes no more is seen by others within this. */
const DRAINED_SECONDS = 2;
const RETRY_MS = 1_000;
/** BullMQ's own count of bells answered, minute by minute: a day of it. */
const METRIC_MINUTES = 24 * 60;

/**
 * As many in a window as it is worth; a rate below one a second is one in a longer window. A window opens with its
 * first bell, so that one second may see the end of one and the beginning of the next: twice the rate at most, as with
 * the bucket of the queue in memory.
 */
export function limiterOf(perSecond: number): { max: number; duration: number } {
  const max = Math.max(1, Math.floor(perSecond));
  return { max, duration: Math.ceil((max / perSecond) * 1000) };
}

export function laneWorker(
  lane: string,
  limits: LaneLimits,
  handle: (bell: Bell) => Promise<void>,
  parts: WorkerParts,
): LaneWorker {
  const { client, prefix, log, telemetry, trouble, forget } = parts;
  const open = emptying();
  const unsettled = emptying();
  let stopped = false;
  /** A token is one taking of a job: a job whose lock ran out may be under way twice. */
  const answer = async (job: Job<Bell>, token = ''): Promise<void> => {
    if (stopped) {
      // Fetched while the lane was stopped: it goes back, for somebody else.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    forget(job.id!);
    open.add(token);
    unsettled.add(token);
    try {
      await handle(job.data);
    } catch (error) {
      // BullMQ would keep it: what is due the ledger knows, and why it failed is not for Redis.
      log.error('bell.failed', { bell: job.data.id, error });
    } finally {
      open.delete(token);
    }
  };
  const worker = new Worker<Bell>(queueNameOf(lane), answer, {
    connection: client,
    prefix,
    autorun: false,
    concurrency: limits.concurrency,
    limiter: limiterOf(limits.perSecond),
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_MS,
    maxStalledCount: NO_LIMIT,
    drainDelay: DRAINED_SECONDS,
    runRetryDelay: RETRY_MS,
    metrics: { maxDataPoints: METRIC_MINUTES },
    ...(telemetry && { telemetry }),
  });
  worker.on('error', (error) => {
    // Perhaps Redis will never confirm what was answered: nobody waits for it then.
    unsettled.clear();
    trouble(error);
  });
  worker.on('completed', (job) => {
    forget(job.id!);
    unsettled.delete(job.token!);
  });
  return {
    start() {
      if (!stopped && !worker.isRunning()) worker.run().catch(trouble);
    },
    limit({ concurrency, perSecond }) {
      worker.concurrency = concurrency;
      worker.opts.limiter = limiterOf(perSecond);
    },
    async stop() {
      stopped = true;
      await worker.pause(true);
      await open.empty();
    },
    settled: unsettled.empty,
    close: () => worker.close(true),
  };
}

/** A set that tells when it is empty. */
interface Emptying {
  add(id: string): void;
  delete(id: string): void;
  clear(): void;
  empty(): Promise<void>;
}

function emptying(): Emptying {
  const ids = new Set<string>();
  const waiting: (() => void)[] = [];
  const look = (): void => {
    if (ids.size === 0) for (const tell of waiting.splice(0)) tell();
  };
  return {
    add: (id) => void ids.add(id),
    delete(id) {
      ids.delete(id);
      look();
    },
    clear() {
      ids.clear();
      look();
    },
    empty: () => (ids.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  };
}
