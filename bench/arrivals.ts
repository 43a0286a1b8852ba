/** Sends applications at a given pace whatever the answers are, then waits for calm and for the agency; prints one JSON line. */
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { arrived, pause, resetAgency, untilArrived } from './agency.ts';
import { body } from './body.ts';
import { spread } from './quantile.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    agency: { type: 'string' },
    key: { type: 'string', default: 'none' },
    rate: { type: 'string' },
    seconds: { type: 'string', default: '10' },
  },
});
/** Open at once, at most: what is to be sent beyond them is counted as not sent. */
const MOST_OPEN = 1_000;
/** Calm: so many probes in a row are accepted, each within this time. */
const CALM = { probes: 10, everyMs: 50, withinMs: 50, atMostMs: 60_000 };

const url = new URL(values.url!);
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
const run = Date.now().toString(36);
const pool = new Pool(url.origin, { connections: MOST_OPEN });
const taken: number[] = [];
const shed: number[] = [];
let [seq, open, unsent, failed, withRetryAfter, firstBad] = [0, 0, 0, 0, 0, ''];

/** Sends one; resolves to its status (0 when none came), and whether it was told when to come again. */
async function send(): Promise<{ status: number; retryAfter: boolean }> {
  const n = seq++;
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': `${run}-${n}`,
    authorization: `Bearer ${values.key}`,
  };
  const text = JSON.stringify(body({ run, seq: n }));
  try {
    const reply = await pool.request({ path: url.pathname, method: 'POST', headers, body: text });
    const answer = await reply.body.text();
    if (reply.statusCode !== 202) firstBad ||= answer;
    return { status: reply.statusCode, retryAfter: reply.headers['retry-after'] !== undefined };
  } catch (error) {
    firstBad ||= (error as Error).message;
    return { status: 0, retryAfter: false };
  }
}

async function sendOne(dueAt: number): Promise<void> {
  open += 1;
  const { status, retryAfter } = await send();
  open -= 1;
  const ms = performance.now() - dueAt;
  if (status === 202) taken.push(ms);
  else if (status === 429 || status === 503) shed.push(ms);
  else failed += 1;
  if (retryAfter) withRetryAfter += 1;
}

/** Every application has its instant; what a late timer missed is made up for at once. */
async function keepPace(): Promise<void> {
  const began = performance.now();
  const total = rate * seconds;
  for (let sent = 0; sent < total; await pause(1)) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / 1000) * rate));
    for (; sent < due; sent += 1) {
      if (open < MOST_OPEN) void sendOne(began + (sent / rate) * 1000);
      else unsent += 1;
    }
  }
}

/** Milliseconds until probes are accepted quickly again; null when they never were. */
async function untilCalm(): Promise<number | null> {
  const began = performance.now();
  for (let calm = 0; performance.now() - began < CALM.atMostMs; await pause(CALM.everyMs)) {
    const sentAt = performance.now();
    const { status } = await send();
    if (status === 202) probes += 1;
    calm = status === 202 && performance.now() - sentAt <= CALM.withinMs ? calm + 1 : 0;
    if (calm === CALM.probes) return Math.round(performance.now() - began - CALM.probes * CALM.everyMs);
  }
  return null;
}

let probes = 0;
await resetAgency(values.agency!);
await keepPace();
const endedAt = Date.now();
const done = (await arrived(values.agency!)).unique;
const calmAfterMs = await untilCalm();
while (open > 0) await pause(10);
const accepted = taken.length + probes;
const stats = await untilArrived(values.agency!, accepted);
await pool.close();
process.stdout.write(
  `${JSON.stringify({
    rate,
    accepted: taken.length,
    shed: shed.length,
    failed,
    unsent,
    acceptedPerSecond: Math.round(taken.length / seconds),
    donePerSecond: Math.round(done / seconds),
    accept: spread(taken),
    shedMs: spread(shed),
    withRetryAfter,
    endToEnd: { p50: Math.round(stats.p50), p99: Math.round(stats.p99) },
    calmAfterMs,
    drainedAfterMs: stats.unique < accepted ? null : Math.max(0, Math.round(stats.lastAt - endedAt)),
    lost: accepted - stats.unique,
    doubled: stats.doubled,
    ...(firstBad !== '' && { firstBad: firstBad.slice(0, 300) }),
  })}\n`,
);
