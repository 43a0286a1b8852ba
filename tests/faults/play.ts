/** Plays one row: a mall, load, the faults, healing, settling, and what the books say. */
import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { chanceOf } from '../support/chance.ts';
import { checkMall } from './check.ts';
import { startLoad, type Load } from './load.ts';
import { openMall, type Mall } from './mall.ts';
import type { Result, Row, Stage } from './row.ts';
import type { Slots } from './slots.ts';

export const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));
const RATE = 20;
/** Nothing has moved for so long: longer than any lease (that of callbacks is 2 minutes). */
const SETTLE_MS = 150_000;
const SURVIVE_MS = 60_000;
/** Load before the first fault and after the last. */
const QUIET_MS = 500;

export interface Playing {
  seed: number;
  rounds: number;
  /** Held while there is load; what settles needs little of the machine. */
  underLoad: Slots;
}

export async function play(row: Row, { seed, rounds, underLoad }: Playing): Promise<Result> {
  const { edition } = row.mall;
  const result: Result = {
    ...{ id: row.id, edition, fault: row.fault, applications: 0, injected: 0, survived: 0 },
    ...{ lost: 0, doubled: 0, items: 0, failed: {}, settled: 0, seconds: 0, problems: [], notes: [] },
  };
  let began = Date.now();
  let mall: Mall | null = null;
  let load: Load | null = null;
  try {
    await underLoad(async () => {
      began = Date.now();
      const there = (mall = await openMall(row.mall));
      const url = (): string => there.door();
      load = startLoad({ url, key: there.key, log: join(there.folder, 'load.log'), rate: row.rate ?? RATE });
      await setTimeout(QUIET_MS);
      await row.run(stageOf(there, load, seed, rounds, result));
      await there.heal();
      await setTimeout(QUIET_MS);
      await load.finish(60_000);
    });
    await hold(mall!, load!, SETTLE_MS, result);
  } catch (error) {
    result.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    if (!isWell(result) && mall) await keepOutput(row, mall);
    (load as Load | null)?.close();
    await (mall as Mall | null)?.close();
  }
  result.seconds = Math.round((Date.now() - began) / 1000);
  return result;
}

async function hold(mall: Mall, load: Load, settleMs: number, result: Result): Promise<void> {
  const began = Date.now();
  const { problems, ...counts } = await checkMall(mall, load, settleMs);
  Object.assign(result, counts, {
    failed: load.failed,
    applications: new Set(load.taken.map(({ id }) => id)).size,
  });
  result.settled = Math.round((Date.now() - began) / 1000);
  result.problems.push(...problems);
  if (result.applications === 0) result.problems.push('no application was taken: nothing was proved');
}

/** What the processes of a row that is not well wrote: where to look first. */
async function keepOutput({ id }: Row, { options, buses }: Mall): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  for (const { name, output } of buses)
    await writeFile(`${RESULTS}${id}-${options.edition}-${name.replace(' ', '-')}.log`, output());
}

function stageOf(mall: Mall, load: Load, seed: number, rounds: number, result: Result): Stage {
  const chance = chanceOf(seed);
  return {
    mall,
    load,
    chance,
    rounds,
    between: (least, most) => Math.floor(least + chance() * (most - least)),
    pause: (ms) => setTimeout(ms),
    inject: () => void (result.injected += 1),
    survivedAll: () => void (result.survived = result.injected),
    problem: (text) => void result.problems.push(text),
    note: (text) => void result.notes.push(text),
    async survive({ withinMs = SURVIVE_MS, effects = false } = {}) {
      const done = (): number => mall.offices.bureau.book.length;
      const [taken, entered] = [load.taken.length, done()];
      for (const until = Date.now() + withinMs; Date.now() < until; await setTimeout(5))
        if (load.taken.length > taken && (!effects || done() > entered))
          return void (result.survived = Math.min(result.survived + 1, result.injected));
      const what = load.taken.length > taken ? 'done' : 'taken';
      result.problems.push(`nothing was ${what} for ${withinMs} ms after fault ${result.injected}`);
    },
  };
}

/** Nothing lost, nothing doubled, every fault survived, and nothing else amiss. */
export const isWell = (one: Result): boolean =>
  one.lost === 0 && one.doubled === 0 && one.survived >= one.injected && one.problems.length === 0;
