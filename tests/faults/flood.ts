/** More applications than the bus can take, from a process of its own: so many at once, or so many a second. Prints one JSON line. */
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { applicationOf } from './load.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    service: { type: 'string' },
    seconds: { type: 'string' },
    /** Each sends its next when it has its answer. */
    connections: { type: 'string', default: '0' },
    /** Begun a second, whether answered or not. */
    rate: { type: 'string', default: '0' },
  },
});

export interface Flood {
  taken: { key: string; id: string }[];
  /** How many of them while it still sent: what came after is no rate. */
  inTime: number;
  codes: Record<string, number>;
  /** Milliseconds, of what was taken and of what was turned away. */
  takenMs: { p50: number; p99: number };
  turnedMs: { p50: number; p99: number };
}

/** Begun at once at the most: beyond it the machine's own sockets would be measured. */
const MOST_OPEN = 2000;
const run = Date.now().toString(36);
const agent = new Agent({ keepAlive: true, maxSockets: MOST_OPEN });
const flood: Pick<Flood, 'taken' | 'inTime' | 'codes'> = { taken: [], inTime: 0, codes: {} };
const times = { taken: [] as number[], turned: [] as number[] };
let n = 0;
let open = 0;

function send(): Promise<void> {
  const key = `flood-${run}-${(n += 1)}`;
  const body = JSON.stringify(applicationOf(key, values.service!));
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': `key-${key}`,
    authorization: `Bearer ${values.key}`,
  };
  const began = performance.now();
  open += 1;
  return new Promise((resolve) => {
    const done = (code: string, text: string): void => {
      open -= 1;
      flood.codes[code] = (flood.codes[code] ?? 0) + 1;
      const isTaken = code === '202';
      if (isTaken) flood.taken.push({ key, id: (JSON.parse(text) as { id: string }).id });
      if (isTaken && Date.now() < until) flood.inTime += 1;
      (isTaken ? times.taken : times.turned).push(performance.now() - began);
      resolve();
    };
    const sent = request(`${values.url}/v1/applications`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => done(String(answer.statusCode), text));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error', ''));
    sent.end(body);
  });
}

const until = Date.now() + Number(values.seconds) * 1000;
const sender = async (): Promise<void> => {
  while (Date.now() < until) await send();
};
const rate = Number(values.rate);
if (rate > 0) {
  const began = Date.now();
  for (let begun = 0; Date.now() < until; await setTimeout(5))
    for (const due = ((Date.now() - began) / 1000) * rate; begun < due; begun += 1)
      if (open < MOST_OPEN) void send();
}
await Promise.all(Array.from({ length: Number(values.connections) }, sender));
while (open > 0) await setTimeout(10);
const quantiles = (all: number[]): { p50: number; p99: number } => {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
};
const report: Flood = { ...flood, takenMs: quantiles(times.taken), turnedMs: quantiles(times.turned) };
process.stdout.write(`${JSON.stringify(report)}\n`);
agent.destroy();
