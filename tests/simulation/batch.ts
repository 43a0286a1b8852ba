/** Runs many seeds on all cores, each worker one seed at a time. */
import { Worker } from 'node:worker_threads';
import { addCounts, type Counts } from './coverage.ts';
import type { Broken } from './sim.ts';
import type { Result } from './simulate.ts';

export interface BatchOptions {
  from: number;
  seeds: number;
  jobs: number;
  /** No seed is begun after that: a slow machine runs fewer, and says so. */
  minutes?: number;
  /** These are run all the same. */
  least?: number;
  /** Goes no further than the first seed that breaks. */
  untilBroken?: boolean;
  progress?: (line: string) => void;
}

export interface Batch {
  /** How many were run. */
  seeds: number;
  seconds: number;
  simulatedMs: number;
  counts: Counts;
  /** By seed, the first invariant that broke. */
  broken: { seed: number; broken: Broken }[];
  hashes: Map<number, string>;
}

/** After so many broken seeds there is enough to look at. */
const MOST_BROKEN = 10;
const PROGRESS_MS = 10_000;

export async function runBatch(options: BatchOptions): Promise<Batch> {
  const { from, seeds, jobs, minutes = Infinity, least = 1, untilBroken, progress } = options;
  const began = performance.now();
  const batch: Batch = { seeds: 0, seconds: 0, simulatedMs: 0, counts: {}, broken: [], hashes: new Map() };
  const most = untilBroken ? 1 : MOST_BROKEN;
  let next = from;
  let said = began;
  const goesOn = (): boolean =>
    next < from + seeds &&
    batch.broken.length < most &&
    (next < from + least || performance.now() - began < minutes * 60_000);
  const take = (): number | null => (goesOn() ? next++ : null);
  const done = (result: Result): void => {
    batch.seeds += 1;
    batch.simulatedMs += result.simulatedMs;
    addCounts(batch.counts, result.counts);
    batch.hashes.set(result.seed, result.hash);
    const [broken] = result.broken;
    if (broken) {
      batch.broken.push({ seed: result.seed, broken });
      progress?.(`seed ${result.seed} broke ${broken.invariant}: ${broken.why}`);
    }
    if (!progress || performance.now() - said < PROGRESS_MS) return;
    said = performance.now();
    progress(
      `${batch.seeds} of ${seeds} seeds, ${((batch.seeds * 1000) / (said - began)).toFixed(1)} seeds/s`,
    );
  };
  await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, () => work(take, done)));
  batch.broken.sort((a, b) => a.seed - b.seed);
  batch.seconds = (performance.now() - began) / 1000;
  return batch;
}

async function work(take: () => number | null, done: (result: Result) => void): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url));
  await new Promise<void>((resolve, reject) => {
    const feed = (): void => {
      const seed = take();
      if (seed === null) resolve();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      else worker.postMessage(seed);
    };
    worker.on('error', reject);
    worker.on('message', (result: Result) => {
      done(result);
      feed();
    });
    feed();
  });
  await worker.terminate();
}
