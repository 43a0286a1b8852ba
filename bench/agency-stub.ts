/** The agency side of every bench: answers as the civil registry does, and remembers which stamps arrived when. */
import http from 'node:http';

/** `BENCH-<run>-<seq>-<sent, µs>`, found anywhere in a body. */
const STAMP = /BENCH-(\w+)-(\d+)-(\d+)/;
const REPLY = JSON.stringify({
  content: [{ NIK: 'Sesuai', NAMA_LGKP: 'Sesuai (100)' }],
  lastPage: true,
  numberOfElements: 1,
  totalElements: 1,
  quotaLimiter: 99_999,
});
/** Arrivals are counted per quarter of a second. */
const BUCKET_MS = 250;

interface Seen {
  beganAt: number;
  times: Map<string, number>;
  latencies: number[];
  /** First arrivals per bucket since the reset. */
  timeline: number[];
  calls: number;
  lastAt: number;
}

const fresh = (): Seen => ({
  ...{ beganAt: Date.now(), times: new Map(), latencies: [], timeline: [], calls: 0, lastAt: 0 },
});
let seen = fresh();

const server = http.createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on('data', (part: Buffer) => parts.push(part));
  req.on('end', () => {
    res.setHeader('content-type', 'application/json');
    if (req.url === '/count') return res.end(JSON.stringify({ unique: seen.times.size }));
    if (req.url === '/stats') return res.end(JSON.stringify(stats()));
    if (req.url === '/reset') {
      seen = fresh();
      return res.end('{}');
    }
    note(Buffer.concat(parts).toString('latin1'));
    return res.end(REPLY);
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`listening ${port}\n`);
});

function note(body: string): void {
  seen.calls += 1;
  const found = STAMP.exec(body);
  if (!found) return;
  const [, run, seq, sentMicros] = found;
  const now = Date.now();
  const id = `${run}-${seq}`;
  const times = (seen.times.get(id) ?? 0) + 1;
  seen.times.set(id, times);
  if (times > 1) return;
  seen.latencies.push(now - Number(sentMicros) / 1000);
  seen.lastAt = now;
  const bucket = Math.floor((now - seen.beganAt) / BUCKET_MS);
  while (seen.timeline.length <= bucket) seen.timeline.push(0);
  seen.timeline[bucket]! += 1;
}

function stats(): object {
  const sorted = seen.latencies.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  let doubled = 0;
  for (const times of seen.times.values()) doubled += times - 1;
  const { beganAt, calls, lastAt, timeline } = seen;
  const unique = seen.times.size;
  return {
    calls,
    unique,
    doubled,
    beganAt,
    lastAt,
    p50: at(0.5),
    p99: at(0.99),
    bucketMs: BUCKET_MS,
    timeline,
  };
}
