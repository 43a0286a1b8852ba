/** BullMQ queues on a real Redis: each opened apart, all closed after the test, whatever they were doing. */
import { systemClock } from '../../src/clock.ts';
import type { Bell, Ring } from '../../src/domain/lane.ts';
import type { LaneCounts, LaneLimits, Queue } from '../../src/flow/ports/queue.ts';
import { bullmqQueue } from '../../src/queue/bullmq-queue.ts';
import { openRedis } from '../../src/queue/redis.ts';

export interface Told {
  level: 'info' | 'warn' | 'error';
  event: string;
  fields: Record<string, unknown>;
}

export interface TestQueue {
  queue: Queue;
  told: Told[];
  /** Events told so far, without those that only say that time passes. */
  events(): string[];
  /** Ends what its handlers wait for, and closes it. */
  end(): Promise<void>;
}

/** One process's queue. */
export function openQueue(url: string, prefix: string): TestQueue {
  const told: Told[] = [];
  const tell =
    (level: Told['level']) =>
    (event: string, fields = {}): void =>
      void told.push({ level, event, fields });
  const log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
  const queue = bullmqQueue(openRedis(url, systemClock, prefix), systemClock, log);
  const { promise: over, resolve: giveUp } = Promise.withResolvers<void>();
  return {
    told,
    events: () => told.map(({ event }) => event),
    queue: {
      ...queue,
      work: (lane, limits, handle) => queue.work(lane, limits, (bell) => Promise.race([handle(bell), over])),
    },
    async end() {
      giveUp();
      await queue.close();
    },
  };
}

export const FREE: LaneLimits = { concurrency: 1000, perSecond: 100_000 };

export const ringOf = (id: string, fields: Partial<Ring> & { wake?: number } = {}): Ring => {
  const { wake = 1, ...rest } = fields;
  return { lane: 'bank', bell: { id, wake }, at: Date.now(), priority: 3, ...rest };
};

/** Ends every bell at once, and keeps its name. */
export function collect({ queue }: TestQueue, lane = 'bank', limits = FREE): string[] {
  const taken: string[] = [];
  queue.work(lane, limits, async ({ id }: Bell) => void taken.push(id));
  return taken;
}

export const nap = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Polls until it holds. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${holds.toString()}`);
    await nap(20);
  }
}

/** Waits until the lanes have looked the same for a while: all that can happen now has happened. */
export async function untilQuiet(queue: Queue, lanes: string[]): Promise<void> {
  let last = '';
  for (let same = 0; same < 4;) {
    const counts: (LaneCounts | null)[] = await Promise.all(lanes.map((lane) => queue.counts(lane)));
    const now = counts.includes(null) ? '' : JSON.stringify(counts);
    same = now !== '' && now === last ? same + 1 : 0;
    last = now;
    await nap(20);
  }
}
