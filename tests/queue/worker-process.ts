/** A worker process that takes a bell, says so, and never ends it: to be killed. */
import { openQueue, FREE } from './redis-support.ts';

const [, , url, prefix] = process.argv;
openQueue(url!, prefix!).queue.work('bank', { ...FREE, concurrency: 1 }, ({ id, wake }) => {
  process.stdout.write(`${id} ${wake}\n`);
  return new Promise(() => undefined);
});
