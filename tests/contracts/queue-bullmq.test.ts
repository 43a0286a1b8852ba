/** The BullMQ queue passes the queue's contract, in real time, on a real Redis. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { MOST_BELLS } from '../../src/domain/lane.ts';
import { nap, openQueue, untilQuiet, type TestQueue } from '../queue/redis-support.ts';
import { hasServers, startRedis, type Server } from '../support/servers.ts';
import { queueSuite } from './queue-suite.ts';

const LANES = ['bank', 'registry', 'stuck'];
/** What other work on the machine may cost a bell. */
const LATE_MS = 1500;

describe.skipIf(!hasServers)('on Redis', { timeout: 60_000 }, () => {
  let redis: Server;
  const opened: TestQueue[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.end()));
  });
  afterAll(() => redis.remove());

  let runs = 0;
  queueSuite(
    'BullMQ queue',
    async () => {
      const test = openQueue(redis.url, `run-${(runs += 1)}`);
      opened.push(test);
      let closed = false;
      const close = (): Promise<void> => {
        closed = true;
        return test.queue.close();
      };
      return {
        queue: { ...test.queue, close },
        now: Date.now,
        async pass(ms) {
          await nap(ms);
          if (!closed) await untilQuiet(test.queue, LANES);
        },
        sleep: nap,
        get logged() {
          return test.events();
        },
      };
    },
    // A handler that has not claimed the step has nothing to tell; one that has, has raised the wake.
    { most: MOST_BELLS, pace: 0.1, late: LATE_MS, whileAnswered: 'is swallowed' },
  );
});
