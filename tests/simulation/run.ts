/** `npm run simulate`: runs seeds; says what broke and what was met. */
import { availableParallelism } from 'node:os';
import { countOf, mistaken, readOptions } from '../support/options.ts';
import { runBatch, type Batch } from './batch.ts';
import { RARE, unseen } from './coverage.ts';
import { BUGS, SENDING } from './planted/bugs.ts';
import { findPlanted } from './planted/find.ts';
import { simulate } from './simulate.ts';

const YEAR_MS = 365.25 * 86_400_000;
/** Fewer seeds than this need not meet every rare branch. */
const ENOUGH_SEEDS = 1_000;

const HELP = `npm run simulate -- [options]

  --seeds 200     so many seeds
  --from 1        the first of them
  --seed N        this one only, and --trace: every request, commit and message of it
  --planted       before that, bugs are planted into the source: each must be found within 500 seeds
  --ten           of these only the ten of sending, storing and telling
  --minutes M     no seed is begun after so many, but for those that the planted bugs needed
  --jobs N        seeds at once (as many as there are cores)
  --first         stops at the first seed that breaks, and says it in JSON
`;

const options = readOptions(HELP, {
  seeds: { type: 'string' },
  from: { type: 'string' },
  minutes: { type: 'string', default: 'Infinity' },
  seed: { type: 'string' },
  trace: { type: 'boolean', default: false },
  jobs: { type: 'string', default: String(availableParallelism()) },
  planted: { type: 'boolean', default: false },
  ten: { type: 'boolean', default: false },
  first: { type: 'boolean', default: false },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const given = (name: 'seeds' | 'from' | 'seed' | 'jobs', otherwise = ''): number =>
  countOf(HELP, name, options[name] ?? otherwise);
const jobs = given('jobs');
const minutes = Number(options.minutes);

async function one(seed: number): Promise<boolean> {
  const result = await simulate(seed, options.trace ? say : undefined);
  for (const { invariant, why } of result.broken) say(`${invariant}: ${why}`);
  say(`seed ${seed}: ${result.broken.length > 0 ? 'BROKEN' : 'holds'}, ${result.hash}`);
  return result.broken.length === 0;
}

/** `least`: so many are run, however long they take. */
async function many(seeds: number, least = 1): Promise<boolean> {
  const batch = await runBatch({
    from: given('from', '1'),
    seeds,
    least,
    jobs,
    // Of the whole run: what has examined the simulator is over by now.
    minutes: minutes - performance.now() / 60_000,
    untilBroken: options.first,
    ...(!options.first && { progress: say }),
  });
  if (options.first) {
    say(JSON.stringify(batch.broken[0] ?? null));
    return batch.broken.length === 0;
  }
  report(batch, seeds);
  const blind = batch.seeds >= ENOUGH_SEEDS ? unseen(batch.counts) : [];
  for (const name of blind) say(`never met: ${name}`);
  return batch.broken.length === 0 && blind.length === 0;
}

function report({ seeds, seconds, simulatedMs, counts, broken }: Batch, asked: number): void {
  const widest = Math.max(...RARE.map((name) => name.length));
  for (const name of RARE) say(`${name.padEnd(widest)}  ${String(counts[name] ?? 0).padStart(9)}`);
  const rate = (seeds / seconds).toFixed(1);
  say(
    `${seeds} seeds in ${seconds.toFixed(0)} s (${rate} seeds/s), ${(simulatedMs / YEAR_MS).toFixed(2)} years simulated`,
  );
  for (const { seed, broken: first } of broken) {
    say(`seed ${seed} broke ${first.invariant}: ${first.why}`);
    say(`  again: npm run simulate -- --seed ${seed} --trace`);
  }
  if (broken.length === 0 && seeds < asked) say(`time was over after ${seeds} of ${asked} seeds`);
  say(broken.length === 0 ? 'every invariant held' : `${broken.length} seeds broke an invariant`);
}

/** All must be found; then the same seeds, or as many as are asked for, must hold without them. */
async function examined(): Promise<boolean> {
  const { found, furthest } = await findPlanted(options.ten ? SENDING : BUGS, jobs, say);
  return (await many(Math.max(furthest, given('seeds', '1')), furthest)) && found;
}

async function run(): Promise<boolean> {
  if (!(minutes > 0)) mistaken(HELP, `--minutes is a number above 0, not "${options.minutes}"`);
  if (options.planted && (options.seed ?? options.from) !== undefined)
    mistaken(HELP, '--planted begins at seed 1: give neither --seed nor --from');
  if (options.seed !== undefined) return one(given('seed'));
  return options.planted ? examined() : many(given('seeds', '200'));
}

process.exitCode = (await run()) ? 0 : 1;
