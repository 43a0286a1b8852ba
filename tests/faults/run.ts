/** `npm run faults`: plays the rows of the matrix, prints the table, and fails if anything was lost, doubled or not survived. */
import { mkdir, writeFile } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import { cpus } from 'node:os';
import { countOf, readOptions } from '../support/options.ts';
import { hasServers } from '../support/servers.ts';
import { isWell, play, RESULTS } from './play.ts';
import type { Result, Row } from './row.ts';
import { notHere, rows } from './rows/index.ts';
import { slots, type Slots } from './slots.ts';
import { tableOf } from './table.ts';

/** Rows that only wait for leases and retries. */
const SETTLING = 6;

const HELP = `npm run faults -- [options]

  --rows F1,F7/embedded   these rows only (docs/faults.md names them)
  --edition NAME          embedded or distributed; a distributed one needs postgres and redis-server
  --rounds N              so many injections a row
  --smoke                 few rounds, of the rows that take part in it
  --seed N                plays again what a run said it played
  --jobs 2                rows under load side by side; while they settle, others begin
`;

const values = readOptions(HELP, {
  rows: { type: 'string' },
  edition: { type: 'string' },
  rounds: { type: 'string' },
  seed: { type: 'string' },
  smoke: { type: 'boolean', default: false },
  jobs: { type: 'string' },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
// Each server that a row starts is ended with this process.
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const given = (name: 'rounds' | 'seed' | 'jobs', otherwise: number): number =>
  countOf(HELP, name, values[name] ?? String(otherwise));
const seed = given('seed', randomInt(1, 2 ** 31));
const wanted = values.rows?.split(',');
const named = (row: Row): boolean =>
  !wanted || wanted.some((one) => one === row.id || one === `${row.id}/${row.mall.edition}`);
const chosen = rows
  .filter(named)
  .filter(({ mall }) => !values.edition || mall.edition === values.edition)
  .filter(({ mall }) => hasServers || mall.edition === 'embedded')
  .filter(({ rounds }) => !values.smoke || wanted !== undefined || rounds.smoke > 0);
if (chosen.length === 0) throw new Error(`No row is called ${values.rows ?? values.edition}`);

say(`faults: ${chosen.length} rows, seed ${seed}${values.smoke ? ', smoke' : ''}`);
const began = Date.now();
const results: Result[] = [];
const absent = wanted ? [] : [...notHere];

async function playOne(row: Row, underLoad: Slots): Promise<void> {
  const why = row.cannot?.() ?? null;
  if (why !== null) return void absent.push({ id: row.id, fault: row.fault, why });
  const usual = values.smoke ? Math.max(1, row.rounds.smoke) : row.rounds.full;
  const rounds = given('rounds', usual);
  const result = await play(row, { seed, rounds, underLoad });
  results.push(result);
  say(
    `${isWell(result) ? 'well    ' : 'NOT WELL'}  ${row.id} ${result.edition}: ${row.fault} (${result.seconds} s)`,
  );
  for (const problem of result.problems) say(`    ${problem}`);
}

const jobs = given('jobs', 2);
const underLoad = slots(jobs);
const open = slots(jobs + SETTLING);
await Promise.all(chosen.filter(({ alone }) => !alone).map((row) => open(() => playOne(row, underLoad))));
for (const row of chosen.filter(({ alone }) => alone)) await playOne(row, underLoad);
const place = new Map(chosen.map((row, at) => [`${row.id} ${row.mall.edition} ${row.fault}`, at]));
const placeOf = ({ id, edition, fault }: Result): number => place.get(`${id} ${edition} ${fault}`)!;
results.sort((a, b) => placeOf(a) - placeOf(b));
say(tableOf(results, absent));
const seconds = Math.round((Date.now() - began) / 1000);
const bad = results.filter((one) => !isWell(one));
await keep();
say(
  `faults: ${results.length} rows in ${seconds} s, ${bad.length === 0 ? 'all well' : `NOT WELL: ${bad.map(({ id, edition }) => `${id}/${edition}`).join(', ')}`}`,
);
process.exit(bad.length === 0 ? 0 : 1);

async function keep(): Promise<void> {
  const at = new Date().toISOString();
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
  const report = { at, seed, smoke: values.smoke, machine, seconds, results, absent };
  await mkdir(RESULTS, { recursive: true });
  await writeFile(
    `${RESULTS}${at.slice(0, 16).replace(':', '')}.json`,
    `${JSON.stringify(report, null, 2)}\n`,
  );
}
