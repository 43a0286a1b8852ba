/** The bus beside a plain forwarder and a hand-written BullMQ forwarder, in one run on one machine, as ratios. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../src/clock.ts';
import { openDatabase } from '../src/ledger/sqlite/database.ts';
import { hasServers } from '../tests/support/servers.ts';
import { startAgency } from './agency.ts';
import { machine } from './machine.ts';
import { makeMall, type Mall } from './mall.ts';
import { closed, type Closed, type Measured } from './measure.ts';
import type { Options } from './options.ts';
import { median } from './quantile.ts';
import { publish, say, table, type Report } from './report.ts';
import {
  makeStage,
  startBullmq,
  startDistributed,
  startEmbedded,
  startPlain,
  type System,
} from './systems.ts';
import { serverVersions } from './versions.ts';

interface Row {
  name: string;
  acceptedPerSecond: number;
  endToEndPerSecond: number;
  acceptMs: { p50: number; p99: number };
  endToEndMs: { p50: number; p99: number };
  /** Milliseconds of CPU that one application costs, all processes of the system together, and each. */
  cpuMsEach: number;
  parts: { name: string; cpuMsEach: number; peakMb: number }[];
  lost: number;
  doubled: number;
  firstBad?: string;
}

interface Compared extends Report {
  sizes: { n: number; rounds: number; connections: number };
  systems: Row[];
  /** Ours divided by the peer's, end to end. */
  ratios: Record<string, number>;
}

export async function compare(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const agency = await startAgency();
  stack.defer(agency.stop);
  const { systems, malls, versions } = await startAll(options, agency.port, stack);
  const { n, rounds, connections } = options;
  say(`${n} applications of 2 kB, ${connections} connections, ${rounds} interleaved rounds after a warm-up`);
  const runs = systems.map((): Measured<Closed>[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, system] of systems.entries()) {
      const measured = await closed(system, `http://127.0.0.1:${agency.port}`, n, connections);
      if (round > 0) runs[at]!.push(measured);
    }
  }
  const rows = systems.map((system, at) => rowOf(system, runs[at]!, n));
  for (const system of systems) await system.stop();
  for (const mall of malls) await checkSealed(mall);
  const sizes = { n, rounds, connections };
  const report: Compared = {
    kind: 'compare',
    machine: machine(versions),
    sizes,
    systems: rows,
    ratios: ratiosOf(rows),
  };
  await publish(options.out, report, textOf(report));
}

async function startAll(
  { editions, workers }: Options,
  port: number,
  stack: AsyncDisposableStack,
): Promise<{ systems: System[]; malls: Mall[]; versions: { postgres?: string; redis?: string } }> {
  const started = (system: System): System => {
    stack.defer(system.stop);
    return system;
  };
  const systems = [started(await startPlain(port))];
  const malls: Mall[] = [];
  let versions = {};
  if (hasServers) systems.push(started(await startBullmq(port)));
  else say('skipped: BullMQ and the distributed edition, for postgres and redis-server are not installed');
  if (editions.includes('embedded')) {
    const mall = await makeMall(port);
    stack.defer(mall.remove);
    checkDurable(mall);
    malls.push(mall);
    systems.push(started(await startEmbedded(mall)));
  }
  if (editions.includes('distributed') && hasServers) {
    const stage = await makeStage(port);
    stack.defer(stage.remove);
    versions = await serverVersions(stage);
    for (const some of workers) systems.push(started(await startDistributed(stage, some)));
  }
  return { systems, malls, versions };
}

const ledgerOf = ({ folder }: Mall): string => join(folder, 'data', 'ledger.db');

/** A ledger that does not wait for the disk would be no fair match, nor ours. */
function checkDurable(mall: Mall): void {
  const db = openDatabase(ledgerOf(mall), systemClock, 'guest');
  const { synchronous } = db.sql('PRAGMA synchronous').get() as { synchronous: number };
  void db.close();
  if (synchronous !== 2) throw new Error(`The ledger runs with synchronous = ${synchronous}, not 2 (FULL)`);
  say('checked: synchronous = 2');
}

/** The names sent stand in no stored byte. */
async function checkSealed(mall: Mall): Promise<void> {
  const db = new DatabaseSync(ledgerOf(mall));
  const { n } = db.prepare('SELECT count(*) AS n FROM applications').get() as { n: number };
  db.close();
  const bytes = await readFile(ledgerOf(mall));
  if (n === 0 || bytes.includes('BENCH-'))
    throw new Error('A name that was sent stands in the ledger in the clear');
  say(`checked: ${n} applications stored, no stored byte shows a name that was sent`);
}

function rowOf({ name, parts }: System, runs: Measured<Closed>[], n: number): Row {
  const of = (read: (one: Measured<Closed>) => number): number => median(runs.map(read));
  const each = parts.map((part, at) => ({
    name: part.name,
    cpuMsEach: round2(of(({ costs }) => (costs[at]!.cpuSeconds * 1000) / n)),
    peakMb: Math.max(...runs.map(({ costs }) => costs[at]!.peakMb)),
  }));
  const bad = runs.find(({ firstBad }) => firstBad !== undefined)?.firstBad;
  return {
    name,
    acceptedPerSecond: of((one) => one.acceptedPerSecond),
    endToEndPerSecond: of((one) => one.endToEndPerSecond),
    acceptMs: { p50: of((one) => one.accept.p50), p99: of((one) => one.accept.p99) },
    endToEndMs: { p50: of((one) => one.endToEnd.p50), p99: of((one) => one.endToEnd.p99) },
    cpuMsEach: round2(each.reduce((sum, part) => sum + part.cpuMsEach, 0)),
    parts: each,
    lost: runs.reduce((sum, one) => sum + one.lost, 0),
    doubled: runs.reduce((sum, one) => sum + one.doubled, 0),
    ...(bad !== undefined && { firstBad: bad }),
  };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
const PEERS = ['plain forwarder', 'Hono + BullMQ'];

function ratiosOf(rows: Row[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const ours of rows.filter(({ name }) => !PEERS.includes(name)))
    for (const peer of rows.filter(({ name }) => PEERS.includes(name)))
      ratios[`${ours.name} / ${peer.name}`] = round2(ours.endToEndPerSecond / peer.endToEndPerSecond);
  return ratios;
}

function textOf({ systems, ratios }: Compared): string {
  const rates = table(
    [
      'system',
      'accepted/s',
      'end to end/s',
      '202 p50 / p99 ms',
      'end to end p50 / p99 ms',
      'CPU ms each',
      'lost',
      'doubled',
    ],
    systems.map((row) => [
      ...[
        row.name,
        row.acceptedPerSecond,
        row.endToEndPerSecond,
        `${row.acceptMs.p50} / ${row.acceptMs.p99}`,
      ],
      ...[`${row.endToEndMs.p50} / ${row.endToEndMs.p99}`, row.cpuMsEach, row.lost, row.doubled],
    ]),
  );
  const processes = systems.flatMap(({ name, parts }) =>
    parts.map((part) => [`${name}: ${part.name}`, part.cpuMsEach, part.peakMb]),
  );
  const bad = systems.filter(({ firstBad }) => firstBad !== undefined);
  return [
    rates,
    table(['process', 'CPU ms each', 'peak MB'], processes),
    table(['end to end', 'ratio'], Object.entries(ratios)),
    ...bad.map(({ name, firstBad }) => `${name} answered: ${firstBad}`),
  ].join('\n\n');
}
