/** `npm run bench`: the bus beside a plain forwarder and a hand-written BullMQ forwarder, in one run on one machine, as ratios. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { openDatabase } from '../src/ledger/sqlite/database.ts';
import { makeMall, type Mall } from './mall.ts';
import { isOnPath, launch, run, type Child } from './process.ts';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
  },
});
const HERE = fileURLToPath(new URL('./', import.meta.url));
const LISTENING = /listen\w* (?:on http:\/\/[^ ]+:)?(\d+)/;
const node = process.execPath;
/** As `npm start` runs the bus; the peers get the same. */
const NURSERY = ['--max-semi-space-size=64'];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What one run of the load generator measured. */
interface Run {
  accepted: number;
  acceptedPerSecond: number;
  endToEndPerSecond: number;
  accept: { p50: number; p99: number };
  endToEnd: { p50: number; p99: number };
  lost: number;
  doubled: number;
  firstBad?: string;
}

interface System {
  name: string;
  child: Child;
  key: string;
  runs: Run[];
}

const agency = await launch(node, [`${HERE}agency-stub.ts`], LISTENING);
const mall = await makeMall(agency.port);
checkDurable(mall);
const systems: System[] = [
  {
    name: 'plain forwarder',
    child: await launch(node, [...NURSERY, `${HERE}peers/plain.ts`, String(agency.port)], LISTENING),
    key: 'none',
    runs: [],
  },
  {
    name: 'jembatan',
    child: await launch(node, [...NURSERY, `${HERE}../src/cli.ts`, 'start'], LISTENING, mall.env),
    key: mall.key,
    runs: [],
  },
];
const redis = await startRedis();
if (redis) {
  const args = [...NURSERY, `${HERE}peers/bullmq.ts`, String(agency.port), String(redis.port)];
  systems.push({ name: 'Hono + BullMQ', child: await launch(node, args, LISTENING), key: 'none', runs: [] });
} else {
  say('skipped: Hono + BullMQ, for no redis-server is on the PATH (apt-get install redis-server)');
}

say(
  `${values.n} applications of 2 kB, ${values.connections} connections, ${values.rounds} interleaved rounds after a warm-up`,
);
for (let round = 0; round <= Number(values.rounds); round += 1) {
  for (const system of systems) {
    const measured = await measure(system);
    if (round > 0) system.runs.push(measured);
  }
}
const report = {
  at: new Date().toISOString(),
  machine: machine(),
  n: Number(values.n),
  systems: systems.map(summary),
};
for (const { child } of systems) await child.stop();
await agency.stop();
await redis?.stop();
await checkSealed(mall);
print(report);
await mkdir(`${HERE}results`, { recursive: true });
await writeFile(
  `${HERE}results/${report.at.slice(0, 19).replaceAll(':', '')}.json`,
  `${JSON.stringify(report, null, 2)}\n`,
);
await rm(mall.folder, { recursive: true, force: true });

async function measure({ child, key }: System): Promise<Run> {
  const args = [
    '--url',
    `http://127.0.0.1:${child.port}/v1/applications`,
    '--agency',
    `http://127.0.0.1:${agency.port}`,
  ];
  const load = [
    `${HERE}load.ts`,
    ...args,
    '--n',
    values.n,
    '--connections',
    values.connections,
    '--key',
    key,
  ];
  return JSON.parse(await run(node, load)) as Run;
}

async function startRedis(): Promise<(Child & { port: number }) | null> {
  if (!isOnPath('redis-server')) return null;
  const dir = await mkdtemp(join(tmpdir(), 'jembatan-redis-'));
  const port = 20_000 + (process.pid % 20_000);
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--appendonly',
    'yes',
    '--save',
    '',
    '--dir',
    dir,
  ];
  const child = await launch('redis-server', args, /Ready to accept connections/);
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { ...child, port, stop };
}

/** A ledger that does not wait for the disk would be no fair match, nor ours. */
function checkDurable({ settings }: Mall): void {
  const db = openDatabase(settings.ledger.slice('sqlite:'.length), systemClock, 'guest');
  const { synchronous } = db.sql('PRAGMA synchronous').get() as { synchronous: number };
  if (synchronous !== 2) throw new Error(`The ledger runs with synchronous = ${synchronous}, not 2 (FULL)`);
  say('checked: synchronous = 2');
  void db.close();
}

/** The names sent stand in no stored byte. */
async function checkSealed({ settings }: Mall): Promise<void> {
  const path = settings.ledger.slice('sqlite:'.length);
  const db = new DatabaseSync(path);
  const { n } = db.prepare('SELECT count(*) AS n FROM applications').get() as { n: number };
  db.close();
  const bytes = await readFile(path);
  if (n === 0 || bytes.includes('BENCH-'))
    throw new Error('A name that was sent stands in the ledger in the clear');
  say(`checked: ${n} applications stored, no stored byte shows a name that was sent`);
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

type Summary = ReturnType<typeof summary>;

function summary({ name, child, runs }: System) {
  const of = (read: (one: Run) => number): number => median(runs.map(read));
  return {
    name,
    acceptedPerSecond: of((one) => one.acceptedPerSecond),
    endToEndPerSecond: of((one) => one.endToEndPerSecond),
    acceptMs: { p50: of((one) => one.accept.p50), p99: of((one) => one.accept.p99) },
    endToEndMs: { p50: of((one) => one.endToEnd.p50), p99: of((one) => one.endToEnd.p99) },
    peakMb: child.peakMb(),
    lost: runs.reduce((sum, one) => sum + one.lost, 0),
    doubled: runs.reduce((sum, one) => sum + one.doubled, 0),
    ...(runs.some((one) => one.firstBad !== undefined) && {
      firstBad: runs.find((one) => one.firstBad)?.firstBad,
    }),
  };
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node ${process.version}`;
}

function print({ systems: rows }: { systems: Summary[] }): void {
  const ours = rows.find(({ name }) => name === 'jembatan')!;
  say('');
  say(
    'system            accepted/s  end to end/s  202 p50/p99 ms   end to end p50/p99 ms  peak MB  lost  doubled',
  );
  for (const row of rows) {
    const cells = [
      row.name.padEnd(17),
      String(row.acceptedPerSecond).padStart(10),
      String(row.endToEndPerSecond).padStart(13),
      `${row.acceptMs.p50} / ${row.acceptMs.p99}`.padStart(15),
      `${row.endToEndMs.p50} / ${row.endToEndMs.p99}`.padStart(22),
      String(row.peakMb).padStart(8),
      String(row.lost).padStart(5),
      String(row.doubled).padStart(8),
    ];
    say(cells.join(' '));
  }
  say('');
  for (const peer of rows.filter((row) => row !== ours)) {
    const ratio = (read: (row: Summary) => number): string => (read(ours) / read(peer)).toFixed(2);
    say(
      `jembatan / ${peer.name}: accepted ${ratio((r) => r.acceptedPerSecond)}, end to end ${ratio((r) => r.endToEndPerSecond)}, memory ${ratio((r) => r.peakMb)}`,
    );
  }
}
