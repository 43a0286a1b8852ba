/** Rows about the bus's own edge: restarted under its users, overrun, its callbacks refused, its agency's certificate bad. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Flood } from '../flood.ts';
import { openFrontDoor } from '../front-door.ts';
import { inBoth, type Row, type Stage } from '../row.ts';
import { ROOT } from '../../journeys/bus-process.ts';
import type { Bus } from '../bus.ts';
import { earlierOf } from '../mall.ts';
import { noEarlier } from '../release.ts';
import { noOpenssl } from '../tls.ts';

/** Told to stop and started anew, one after another; platforms behind the proxy never see a failure. */
function rolling(stage: Stage): Promise<void> {
  return rolled(stage, () => undefined);
}

/** The same while versions change: each process to this release, then each back to the earlier one, and so on. */
function rollingVersions(stage: Stage): Promise<void> {
  const { mall } = stage;
  return rolled(stage, (bus, n) => {
    bus.root = Math.floor(n / mall.buses.length) % 2 === 0 ? ROOT : earlierOf(mall);
  });
}

async function rolled(stage: Stage, change: (bus: Bus, n: number) => void): Promise<void> {
  const { mall, load, rounds, between, pause } = stage;
  const door = await openFrontDoor(mall.apis);
  mall.door = () => door.url;
  await stage.survive();
  const before = { ...load.failed };
  for (let n = 0; n < rounds; n += 1) {
    const bus = mall.buses[n % mall.buses.length]!;
    await pause(between(200, 1000));
    stage.inject();
    const { code, signal } = await bus.end('SIGTERM');
    if (code !== 0) stage.problem(`${bus.name} ended with ${code ?? signal} after SIGTERM`);
    change(bus, n);
    await bus.start();
    while (door.ready() < mall.apis.length) await pause(20);
    await stage.survive({ effects: true });
  }
  const failed = Object.entries(load.failed).filter(([code, count]) => count > (before[code] ?? 0));
  if (failed.length > 0)
    stage.problem(`platforms saw ${failed.map(([code, count]) => `${count} × ${code}`).join(', ')}`);
  stage.note(`taken out: ${door.gone.join(', ')}`);
  mall.door = mall.api;
  await door.close();
}

const FLOOD = fileURLToPath(new URL('../flood.ts', import.meta.url));
const PLATEAU_SECONDS = 5;
const LEAST_GOODPUT = 0.8;
const LONGEST_MS = 5_000;

async function flood({ mall, load }: Stage, ...args: string[]): Promise<Flood> {
  const all = ['--url', mall.door(), '--key', mall.key, '--service', 'FAULT.ONCE', ...args];
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [FLOOD, ...all], options);
  const report = JSON.parse(stdout) as Flood;
  for (const one of report.taken) load.taken.push({ ...one, at: Date.now(), by: mall.door() });
  return report;
}

/** First as much as it can take, then five times as much: it goes on taking what it can, and turns the rest away at once. */
async function overload(stage: Stage): Promise<void> {
  const { rounds } = stage;
  const seconds = String(PLATEAU_SECONDS);
  await flood(stage, '--connections', '50', '--seconds', '2');
  const plateau = (await flood(stage, '--connections', '50', '--seconds', seconds)).inTime / PLATEAU_SECONDS;
  for (let n = 0; n < rounds; n += 1) {
    stage.inject();
    const over = await flood(stage, '--rate', String(Math.round(plateau * 5)), '--seconds', seconds);
    const goodput = over.inTime / PLATEAU_SECONDS / plateau;
    const { takenMs, turnedMs, codes } = over;
    stage.note(
      `plateau ${Math.round(plateau)}/s; at 5 × goodput ${goodput.toFixed(2)} of it, taken p99 ${takenMs.p99} ms, turned away p50 ${turnedMs.p50} ms, p99 ${turnedMs.p99} ms; ${JSON.stringify(codes)}`,
    );
    if (goodput < LEAST_GOODPUT) stage.problem(`goodput at 5 × is ${goodput.toFixed(2)} of the plateau`);
    if (takenMs.p99 > LONGEST_MS) stage.problem(`p99 of what was taken is ${takenMs.p99} ms`);
    await stage.survive();
  }
}

/** The receiver is down, overrun, moved or gone; what it missed comes later, in order. */
async function deafReceiver(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 1000));
    stage.inject();
    mall.receiver.status = [503, 410, 429, 302, 500][n % 5]!;
    await pause(between(1500, 4000));
    mall.receiver.status = 204;
    if (n % 5 === 1) await resume(stage);
    await stage.survive({ effects: true });
  }
}

interface Endpoint {
  id: string;
  state: string;
}

/** After a 410 the endpoint is off until a person resumes it. */
async function resume({ mall, problem, pause }: Stage): Promise<void> {
  const headers = { authorization: `Bearer ${mall.key}` };
  const url = `${mall.api()}/v1/callback-endpoints`;
  for (let tries = 0; tries < 100; tries += 1) {
    const { endpoints } = (await (await fetch(url, { headers })).json()) as { endpoints: Endpoint[] };
    const [endpoint] = endpoints;
    if (endpoint!.state === 'disabled')
      return void (await fetch(`${url}/${endpoint!.id}/resume`, { method: 'POST', headers }));
    mall.receiver.status = 410;
    await pause(100);
    mall.receiver.status = 204;
  }
  problem('an endpoint that said 410 was not disabled');
}

/** The agency shows a certificate that is expired, another's, or a stranger's: nothing may be sent to it. */
async function certificates(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  const { good, bad } = mall.certificates!;
  const kinds = Object.values(bad);
  const { bureau } = mall.offices;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 800));
    stage.inject();
    bureau.present!(kinds[n % kinds.length]!);
    mall.links.bureau.reset();
    await pause(200);
    const before = Object.values(bureau.seen).reduce((sum, count) => sum + count, 0);
    await pause(between(500, 2000));
    const after = Object.values(bureau.seen).reduce((sum, count) => sum + count, 0);
    if (after > before)
      stage.problem(`${after - before} requests were sent to ${Object.keys(bad)[n % kinds.length]}`);
    bureau.present!(good);
    mall.links.bureau.reset();
    await stage.survive({ effects: true });
  }
}

export const edgeRows: Row[] = [
  ...inBoth(
    {
      id: 'F28',
      fault: 'certificate expired, of another, of a stranger',
      rounds: { full: 12, smoke: 3 },
      cannot: noOpenssl,
      run: certificates,
    },
    { tls: true },
    'embedded',
  ),
  {
    id: 'F31',
    fault: 'rolling restart behind a proxy: no failure seen',
    mall: { edition: 'distributed', apis: 2, workers: 2, settings: { JEMBATAN_DRAIN: '3s' } },
    rounds: { full: 24, smoke: 4 },
    run: rolling,
  },
  {
    id: 'F31',
    fault: 'rolling change of release and back, two versions side by side',
    mall: {
      edition: 'distributed',
      apis: 2,
      workers: 2,
      earlier: true,
      settings: { JEMBATAN_DRAIN: '3s' },
    },
    rounds: { full: 16, smoke: 0 },
    cannot: noEarlier,
    run: rollingVersions,
  },
  ...inBoth(
    {
      id: 'F35',
      fault: 'five times as much as it can take',
      rounds: { full: 2, smoke: 0 },
      alone: true,
      run: overload,
    },
    {},
    'embedded',
  ),
  ...inBoth(
    {
      id: 'F36',
      fault: 'callbacks refused: 503, 410, 429, 302, 500',
      rounds: { full: 10, smoke: 2 },
      run: deafReceiver,
    },
    {},
    'embedded',
  ),
];
