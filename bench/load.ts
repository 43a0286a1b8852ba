/** Sends N unique applications over so many connections, each as soon as the one before was answered, and waits until the agency has seen each; prints one JSON line. */
import http from 'node:http';
import { parseArgs } from 'node:util';
import { resetAgency, untilArrived } from './agency.ts';
import { body } from './body.ts';
import { spread } from './quantile.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    agency: { type: 'string' },
    n: { type: 'string', default: '5000' },
    connections: { type: 'string', default: '50' },
    key: { type: 'string', default: 'none' },
  },
});
const url = new URL(values.url!);
const total = Number(values.n);
const run = Date.now().toString(36);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(values.connections) });
const codes: Record<string, number> = {};
const latencies: number[] = [];
let firstBad = '';

function send(seq: number): Promise<void> {
  return new Promise((resolve) => {
    const text = JSON.stringify(body({ run, seq }));
    const began = performance.now();
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'idempotency-key': `${run}-${seq}`,
      authorization: `Bearer ${values.key}`,
    };
    const done = (code: string, answer: string): void => {
      codes[code] = (codes[code] ?? 0) + 1;
      latencies.push(performance.now() - began);
      if (!code.startsWith('2')) firstBad ||= answer;
      resolve();
    };
    const { hostname: host, port, pathname: path } = url;
    const req = http.request({ host, port, path, method: 'POST', agent, headers }, (res) => {
      let answer = '';
      res.on('data', (part: Buffer) => (answer += part.toString()));
      res.on('end', () => done(String(res.statusCode), answer));
    });
    req.on('error', (error) => done('error', error.message));
    req.end(text);
  });
}

await resetAgency(values.agency!);
let next = 0;
const began = Date.now();
await Promise.all(
  Array.from({ length: Number(values.connections) }, async () => {
    while (next < total) await send(next++);
  }),
);
const sent = Date.now();
const good = Object.entries(codes).filter(([code]) => code.startsWith('2'));
const accepted = good.reduce((sum, [, count]) => sum + count, 0);
const stats = await untilArrived(values.agency!, accepted);
agent.destroy();
process.stdout.write(
  `${JSON.stringify({
    accepted,
    codes,
    acceptedPerSecond: Math.round(accepted / ((sent - began) / 1000)),
    endToEndPerSecond: Math.round(stats.unique / ((stats.lastAt - began) / 1000)),
    accept: spread(latencies),
    endToEnd: { p50: Math.round(stats.p50), p99: Math.round(stats.p99) },
    lost: accepted - stats.unique,
    doubled: stats.doubled,
    ...(firstBad !== '' && { firstBad: firstBad.slice(0, 300) }),
  })}\n`,
);
