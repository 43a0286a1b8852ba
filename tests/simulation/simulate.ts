/** One seed: a world, its faults, calm, and what must hold in the end. */
import { hash } from 'node:crypto';
import { threadId } from 'node:worker_threads';
import { busAdapter } from '../../src/adapter-kit/bus-adapter.ts';
import { makeRegistry } from '../../src/adapter-kit/registry.ts';
import { newEndpoint, newEndpointSecret } from '../../src/flow/endpoints.ts';
import { SWEEP_MS } from '../../src/flow/share.ts';
import type { Log } from '../../src/flow/ports/log.ts';
import { makeMask } from '../../src/privacy/mask.ts';
import { compile } from '../../src/schema/validate.ts';
import { makeLog } from '../../src/watch/log.ts';
import { simAdapter } from './adapter.ts';
import { makeAgency } from './agency.ts';
import { makeCoverage, type Counts } from './coverage.ts';
import { calmDown, planFaults } from './faults.ts';
import { checkEnd, checkOrphans, OUT_OF_TURN } from './invariants.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { AGENCIES, openMall, PLATFORMS } from './mall.ts';
import { makeMonitor } from './monitor.ts';
import { mendApplications } from './applicants.ts';
import { decideTasks } from './officers.ts';
import { operate, resumeAll } from './operator.ts';
import { isAtRest, unexplained } from './rest.ts';
import { openPlatforms } from './platforms.ts';
import { startProcess } from './process.ts';
import { makeReceivers } from './receivers.ts';
import { makeScheduler } from './scheduler.ts';
import type { Broken, Sim } from './sim.ts';
import { makeSpectator } from './spectator.ts';

export interface Result {
  seed: number;
  broken: Broken[];
  /** Over every stream's head, every attempt and the agencies' books. */
  hash: string;
  counts: Counts;
  simulatedMs: number;
}

/** Faults happen within so long; then everything must come to its end within days. */
const FAULTS_MS = 780_000;
const DRAIN_MS = 9 * 86_400_000;
const LOOK_MS = 60_000;
const LOOKS = 30;
/** Sweeps come late by this at the most while faults last, and by half of the time since when they are over. */
const BUSY_LAG_MS = 100_000;
const LONGEST_LAG_MS = 1_200_000;

/** Every so many seeds the real log is held, with its masking; it costs a tenth of a run. Else only what failed. */
const REAL_LOG_EVERY = 5;

const realLog = (lines: string[]): Log =>
  makeLog('info', makeMask([]), { write: (line) => void lines.push(line) });

function errorLog(lines: string[]): Log {
  const keep = (event: string, fields: object = {}): void => {
    const error = 'error' in fields ? String((fields.error as Error).stack) : '';
    lines.push(JSON.stringify({ event, error }));
  };
  return { info: () => undefined, warn: () => undefined, error: keep };
}

const registry = makeRegistry([simAdapter, busAdapter], compile);
let worlds = 0;

export async function simulate(
  seed: number,
  trace: (line: string) => void = () => undefined,
): Promise<Result> {
  const { catalogue } = await openMall(seed);
  const sim = openSim(seed, catalogue, trace);
  await openDoors(sim);
  openPlatforms(sim);
  planFaults(sim, FAULTS_MS);
  void operate(sim);
  void decideTasks(sim);
  void mendApplications(sim);
  lookForOrphans(sim);
  const { time, broken } = sim;
  time.lag = (ms) => (ms === SWEEP_MS ? time.between(0, BUSY_LAG_MS) : 0);
  await time.run(() => broken.length > 0 || time.passed() >= FAULTS_MS);
  if (broken.length === 0) await drain(sim);
  if (broken.length === 0) await checkEnd(sim);
  const result = {
    seed,
    broken,
    hash: eventHash(sim),
    counts: sim.coverage.counts,
    simulatedMs: time.passed(),
  };
  for (const process of sim.processes) process?.clock.kill();
  for (const ledger of sim.opened) await ledger.close();
  sim.spectator.close();
  return result;
}

function openSim(seed: number, mall: Catalogue, trace: (line: string) => void): Sim {
  const time = makeScheduler(seed);
  const lines: string[] = [];
  const broken: Broken[] = [];
  const uri = `file:simulation-${threadId}-${(worlds += 1)}?mode=memory&cache=shared`;
  const sim = {
    ...{ seed, time, uri, mall, registry, lines, broken, coverage: makeCoverage() },
    ...{ monitor: makeMonitor(() => sim), receivers: makeReceivers(() => sim) },
    log: seed % REAL_LOG_EVERY === 0 ? realLog(lines) : errorLog(lines),
    ...{ agencies: new Map(), processes: [], opened: [], receipts: new Map(), endpoints: new Map() },
    ...{ submitted: new Map(), diligent: time.odds(0.6) },
    ...{ embedded: time.odds(0.35), calm: false, crashes: 0, busy: 0 },
    bells: { lost: 0, doubled: 0, late: 0 },
    break: (invariant: string, why: string) => {
      trace(`${stamp(time.now())} BROKEN ${invariant}: ${why}`);
      broken.push({ invariant, why });
    },
    trace: (line: string) => trace(`${stamp(time.now())} ${line}`),
  } as unknown as Sim;
  for (const id of AGENCIES) sim.agencies.set(id, makeAgency(sim, id));
  const places = sim.embedded ? 1 : time.between(2, 3);
  // The first to open it makes the schema, and while the spectator looks on it lives.
  for (let place = 0; place < places; place += 1) {
    sim.processes.push(startProcess(sim, `p${place}`, place));
    sim.spectator ??= makeSpectator(uri, time);
  }
  return sim;
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(5, 23);

/** Each platform hears of its applications at one endpoint, one of them now and then at two. */
async function openDoors(sim: Sim): Promise<void> {
  const { desk } = sim.processes[0]!;
  const opening = PLATFORMS.flatMap((platform, n) => {
    const urls =
      n === 0 && sim.time.odds(0.25)
        ? [`https://${platform}.test/a`, `https://${platform}.test/b`]
        : [`https://${platform}.test/a`];
    sim.endpoints.set(platform, urls);
    return urls.map(async (url) => {
      const secret = { url, secrets: [newEndpointSecret(desk)], types: [] };
      await desk.ledger.createEndpoint(await newEndpoint(desk, platform, secret));
    });
  });
  let open = false;
  void Promise.all(opening).then(() => (open = true));
  await sim.time.run(() => open);
}

function lookForOrphans(sim: Sim): void {
  sim.time.at(2 * LOOK_MS, () => {
    checkOrphans(sim);
    if (sim.spectator.one(`SELECT 1 FROM steps WHERE turn IS NOT NULL AND ${OUT_OF_TURN}`))
      sim.coverage.saw('turn: waited behind an earlier application');
    if (!sim.calm) lookForOrphans(sim);
  });
}

/** How long one receiver is slow when all else is calm, and when it begins. */
const SLOW_FROM_MS = 300_000;
const SLOW_MS = 3_600_000;

function slowOne({ time, endpoints, receivers }: Sim): void {
  const url = time.pick([...endpoints.values()].flat());
  time.at(SLOW_FROM_MS, () => receivers.slow.add(url));
  time.at(SLOW_FROM_MS + SLOW_MS, () => receivers.slow.delete(url));
}

/** After the faults: runs until nothing is left to do, or the time for it is over. */
async function drain(sim: Sim): Promise<void> {
  const { time, broken } = sim;
  calmDown(sim);
  sim.trace('calm');
  const since = time.passed();
  time.lag = (ms) => (ms === SWEEP_MS ? Math.min(30_000 + (time.passed() - since) / 2, LONGEST_LAG_MS) : 0);
  slowOne(sim);
  let settled = false;
  const look = (): void => {
    settled = isSettled(sim);
    void resumeAll(sim);
    // Days may pass.
    time.at(LOOK_MS + (time.passed() - since) / LOOKS, look);
  };
  look();
  await time.run(() => settled || broken.length > 0 || time.passed() - since > DRAIN_MS);
  if (!settled && broken.length === 0)
    sim.break('I13', `not at rest after ${DRAIN_MS / 86_400_000} days: ${restless(sim)}`);
}

const OWED = `SELECT endpoint_id || ' ' || application_id AS what FROM deliveries LIMIT 3`;

function isSettled(sim: Sim): boolean {
  return sim.busy === 0 && !sim.spectator.one(OWED) && isAtRest(sim);
}

function restless(sim: Sim): string {
  const owed = sim.spectator.all<{ what: string }>(OWED).map(({ what }) => what);
  return `${sim.busy} actors, ${[...unexplained(sim), ...owed].slice(0, 6).join(', ')}`;
}

function eventHash({ spectator, agencies }: Sim): string {
  const heads = spectator.all('SELECT stream, seq, hash FROM events ORDER BY stream, seq');
  const attempts = spectator.all(
    `SELECT application_id, step, round, number, kind, try_key, at, ended_at, outcome, code FROM attempts
     ORDER BY application_id, step, round, number`,
  );
  const books = [...agencies.values()].map(({ books: entries }) => [...entries.values()]);
  return hash('sha256', JSON.stringify([heads, attempts, books]), 'hex');
}
