/** Sends N unique applications and waits until the agency has seen each; prints one JSON line. */
import http from 'node:http';
import { parseArgs } from 'node:util';

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

/** One application of about 2 kB, like those of a counter. */
function body(seq: number): string {
  return JSON.stringify({
    schemaVersion: '1.0.0',
    clientReference: `bench-${run}-${seq}`,
    serviceCode: 'BENCH.MATCH',
    mppSiteCode: 'MPP-9901-01',
    jurisdictionCode: '99.01',
    channel: 'electronic',
    channelDetail: 'web',
    locale: 'id-ID',
    applicant: {
      partyType: 'person',
      roles: ['applicant'],
      fullName: `BENCH-${run}-${seq}-${Date.now() * 1000}`,
      nik: '9901014107909999',
      birthDate: '1990-07-01',
      sex: 'female',
      phone: '+6280000000000',
      address: {
        street: 'Jalan Contoh Nomor 507',
        rt: '001',
        rw: '002',
        regionCode: '99.01',
        postalCode: '99999',
      },
      identityAssurance: 'declared',
    },
    formData: {
      note: 'Pelayanan administrasi kependudukan, kesehatan, perbankan dan pajak daerah. '.repeat(9),
    },
    consents: [
      {
        consentId: 'consent-1',
        dataSubject: 'applicant',
        legalBasis: 'consent',
        purposeCode: 'SERVICE',
        purposeText: 'Pemrosesan permohonan layanan',
        dataCategories: ['identity', 'contact'],
        recipients: ['DUKCAPIL'],
        agreementVersion: '2026-01',
        method: 'inApp',
        givenBy: 'subject',
        givenAt: '2026-11-18T08:30:00+07:00',
      },
    ],
  });
}

function send(seq: number): Promise<void> {
  return new Promise((resolve) => {
    const text = body(seq);
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
    const options = {
      host: url.hostname,
      port: url.port,
      path: url.pathname,
      method: 'POST',
      agent,
      headers,
    };
    const req = http.request(options, (res) => {
      let answer = '';
      res.on('data', (part: Buffer) => (answer += part.toString()));
      res.on('end', () => done(String(res.statusCode), answer));
    });
    req.on('error', (error) => done('error', error.message));
    req.end(text);
  });
}

interface Stats {
  unique: number;
  doubled: number;
  lastAt: number;
  p50: number;
  p99: number;
}
const agency = (path: string): Promise<Stats> =>
  fetch(values.agency! + path, { method: 'POST' }).then((r) => r.json() as Promise<Stats>);

/** Gives up when nothing has arrived for so long. */
const STALL_MS = 15_000;

await agency('/reset');
let next = 0;
const began = Date.now();
await Promise.all(
  Array.from({ length: Number(values.connections) }, async () => {
    while (next < total) await send(next++);
  }),
);
const sent = Date.now();
const accepted = Object.entries(codes).reduce(
  (sum, [code, count]) => sum + (code.startsWith('2') ? count : 0),
  0,
);
let stats = await agency('/stats');
for (let stalledAt = Date.now(), last = -1; stats.unique < accepted && Date.now() - stalledAt < STALL_MS;) {
  if (stats.unique !== last) [last, stalledAt] = [stats.unique, Date.now()];
  await new Promise((resolve) => setTimeout(resolve, 50));
  stats = await agency('/stats');
}
latencies.sort((a, b) => a - b);
const quantile = (share: number): number =>
  Math.round((latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0) * 10) /
  10;
process.stdout.write(
  `${JSON.stringify({
    accepted,
    codes,
    acceptedPerSecond: Math.round(accepted / ((sent - began) / 1000)),
    endToEndPerSecond: Math.round(stats.unique / ((stats.lastAt - began) / 1000)),
    accept: { p50: quantile(0.5), p99: quantile(0.99) },
    endToEnd: { p50: Math.round(stats.p50), p99: Math.round(stats.p99) },
    lost: accepted - stats.unique,
    doubled: stats.doubled,
    ...(firstBad !== '' && { firstBad: firstBad.slice(0, 300) }),
  })}\n`,
);
agent.destroy();
