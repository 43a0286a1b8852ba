/** Looks at a Redis, rings a bell there and answers it: in a process of its own, for what it trusts is its own. */
import { systemClock } from '../../src/clock.ts';
import { checkRedis, openRedis } from '../../src/queue/redis.ts';
import { collect, openQueue, ringOf, until } from './redis-support.ts';

const url = process.argv[2]!;
const silent = (): void => undefined;
try {
  await checkRedis(openRedis(url, systemClock), systemClock, { info: silent, warn: silent, error: silent });
  const on = openQueue(url, 'tls');
  const taken = collect(on);
  on.queue.ring(ringOf('over TLS'));
  await until(() => taken.length > 0);
  await on.end();
  process.stdout.write(taken.join());
} catch (error) {
  process.stdout.write((error as Error).message);
}
