/** `npm run simulate -- --seeds N [--from S] [--minutes M] [--jobs J] [--seed X --trace] [--planted [--ten]]`: runs seeds; says what broke and what was met. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runBatch, type Batch } from './batch.ts';
import { RARE, unseen } from './coverage.ts';
import { BUGS, SENDING } from './planted/bugs.ts';
import { findPlanted } from './planted/find.ts';
import { simulate } from './simulate.ts';

const YEAR_MS = 365.25 * 86_400_000;
/** Fewer seeds than this need not meet every rare branch. */
const ENOUGH_SEEDS = 1_000;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
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

async function many(): Promise<boolean> {
  const batch = await runBatch({
    from: Number(options.from),
    seeds: Number(options.seeds),
    jobs,
    minutes: Number(options.minutes),
    untilBroken: options.first,
    ...(!options.first && { progress: say }),
  });
  if (options.first) {
    say(JSON.stringify(batch.broken[0] ?? null));
    return batch.broken.length === 0;
  }
  report(batch);
  const blind = batch.seeds >= ENOUGH_SEEDS ? unseen(batch.counts) : [];
  for (const name of blind) say(`never met: ${name}`);
  return batch.broken.length === 0 && blind.length === 0;
}

function report({ seeds, seconds, simulatedMs, counts, broken }: Batch): void {
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
  if (broken.length === 0 && seeds < Number(options.seeds))
    say(`time was over after ${seeds} of ${options.seeds} seeds`);
  say(broken.length === 0 ? 'every invariant held' : `${broken.length} seeds broke an invariant`);
}

const held = options.planted
  ? await findPlanted(options.ten ? SENDING : BUGS, jobs, say)
  : await (options.seed === undefined ? many() : one(Number(options.seed)));
process.exitCode = held ? 0 : 1;
