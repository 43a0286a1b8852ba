/** The simulator examined: each planted bug must be found. */
import { spawn } from 'node:child_process';
import type { Broken } from '../sim.ts';
import type { Bug } from './bugs.ts';

/** A bug must be found within so many seeds. */
const SEEDS = 500;
const RUN = new URL('../run.ts', import.meta.url).pathname;
const HOOK = new URL('hook.ts', import.meta.url).href;

interface Found {
  name: string;
  /** The first seed that finds it; null when none does. */
  first: { seed: number; broken: Broken } | null;
}

/** Whether all were found, and the furthest seed that was needed: without a bug all up to it must hold. */
export async function findPlanted(
  bugs: readonly Bug[],
  jobs: number,
  say: (line: string) => void,
): Promise<{ found: boolean; furthest: number }> {
  const waiting = [...bugs];
  const all: Found[] = [];
  const widest = Math.max(...bugs.map(({ name }) => name.length));
  const examine = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
      const found = await find(bug.name);
      all.push(found);
      const what = found.first
        ? `seed ${found.first.seed}`.padEnd(10) +
          ` ${found.first.broken.invariant}: ${found.first.broken.why}`
        : 'NOT FOUND';
      say(`${bug.name.padEnd(widest)}  ${what.slice(0, 160)}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, examine));
  const furthest = Math.max(...all.map(({ first }) => first?.seed ?? SEEDS));
  const missed = bugs.length - all.filter(({ first }) => first).length;
  say(`${bugs.length - missed} of ${bugs.length} planted bugs found`);
  return { found: missed === 0, furthest };
}

function find(name: string): Promise<Found> {
  const args = ['--import', HOOK, RUN, '--first', '--jobs', '1', '--seeds', String(SEEDS)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PLANTED: name },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const last = out.trimEnd().split('\n').at(-1) ?? '';
      try {
        resolve({ name, first: JSON.parse(last) as Found['first'] });
      } catch {
        reject(new Error(`The run with "${name}" ended without a result: ${out}`));
      }
    });
  });
}
