/** The memory queue passes the queue's contract, in virtual time. */
import { sleep } from '../../src/clock.ts';
import { MOST_BELLS } from '../../src/domain/lane.ts';
import { memoryQueue } from '../../src/queue/memory-queue.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { queueSuite } from './queue-suite.ts';

queueSuite(
  'memory queue',
  async () => {
    const clock = virtualClock();
    const logged: string[] = [];
    const told = (event: string): void => void logged.push(event);
    const queue = memoryQueue(clock, { info: told, warn: told, error: told });
    return {
      queue,
      now: clock.now,
      pass: (ms) => clock.advance(ms),
      sleep: (ms) => sleep(clock, ms),
      logged,
    };
  },
  { most: MOST_BELLS },
);
