/** `npm run simulate -- --seeds N [--from S] [--minutes M] [--jobs J] [--seed X --trace] [--planted [--ten]]`: runs seeds; says what broke and what was met. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runBatch, type Batch } from './batch.ts';
import { RARE, unseen } from './coverage.ts';
import { BUGS, SENDING } from './planted/bugs.ts';
import { findPlanted } from './planted/find.ts';
import { simulate } from './simulate.ts';

const YEAR_MS = 365.25 * 86_400_000;
const USUAL_SEEDS = 200;
/** Fewer seeds than this need not meet every rare branch. */
const ENOUGH_SEEDS = 1_000;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    planted: { type: 'boolean', default: false },
    /** Of the planted bugs only the ten of sending, storing and telling. */
    ten: { type: 'boolean', default: false },
    /** Stops at the first seed that breaks, and says it in JSON. */
    first: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const jobs = Number(options.jobs);

async function one(seed: number): Promise<boolean> {
  const result = await simulate(seed, options.trace ? say : undefined);
  for (const { invariant, why } of result.broken) say(`${invariant}: ${why}`);
  say(`seed ${seed}: ${result.broken.length > 0 ? 'BROKEN' : 'holds'}, ${result.hash}`);
  return result.broken.length === 0;
}

async function many(seeds: number): Promise<boolean> {
  const batch = await runBatch({
    from: Number(options.from),
    seeds,
    jobs,
    // Of the whole run: what has examined the simulator is over by now.
    minutes: Number(options.minutes) - performance.now() / 60_000,
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
  return (await many(Math.max(furthest, Number(options.seeds ?? 0)))) && found;
}

async function run(): Promise<boolean> {
  if (options.seed !== undefined) return one(Number(options.seed));
  return options.planted ? examined() : many(Number(options.seeds ?? USUAL_SEEDS));
}

process.exitCode = (await run()) ? 0 : 1;
