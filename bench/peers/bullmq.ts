/** What an engineer writes in an afternoon: Hono and BullMQ on Redis, add on POST, a worker calls the agency. */
import http from 'node:http';
import { serve } from '@hono/node-server';
import { Queue, Worker } from 'bullmq';
import { Hono } from 'hono';

const [agencyPort, redisPort] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null };
const queue = new Queue('forward', {
  connection,
  defaultJobOptions: { attempts: 5, backoff: { type: 'exponential', delay: 200 }, removeOnComplete: true },
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });

function call(data: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(data);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const out = http.request(
      { host: '127.0.0.1', port: agencyPort, path: '/a', method: 'POST', agent, headers },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          (answer.statusCode ?? 500) < 300 ? resolve() : reject(new Error(String(answer.statusCode))),
        );
      },
    );
    out.on('error', reject);
    out.end(body);
  });
}

new Worker('forward', (job) => call(job.data), { connection, concurrency: 50 });
const app = new Hono();
app.post('/v1/applications', async (c) => {
  const job = await queue.add('application', await c.req.json());
  return c.json({ id: job.id }, 202);
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  process.stdout.write(`listening ${port}\n`),
);
