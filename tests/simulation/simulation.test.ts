/** A small batch of the simulation on every test run; `npm run simulate` runs many more. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUGS, planted } from './planted/bugs.ts';
import { simulate } from './simulate.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SEEDS = Array.from({ length: 40 }, (_, at) => at + 1);
const hashes = new Map<number, string>();

describe('the simulation', () => {
  test.each(SEEDS)('every invariant holds under seed %d', async (seed) => {
    const { broken, hash } = await simulate(seed);
    hashes.set(seed, hash);
    expect(broken).toEqual([]);
  });

  test('the same seed gives the same run, here and in another process', { timeout: 60_000 }, async () => {
    const [seed, other] = SEEDS as [number, number];
    const { hash } = await simulate(seed);
    const args = ['tests/simulation/run.ts', '--seed', String(seed)];
    const said = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect(hash).toBe(hashes.get(seed));
    expect(said).toContain(hash);
    expect(hashes.get(other)).not.toBe(hash);
  });
});

describe('the planted bugs', () => {
  test('are ten', () => expect(BUGS).toHaveLength(10));

  test.each(BUGS.map((bug) => [bug.name, bug] as const))('"%s" has its place in the source', (_, bug) => {
    for (const file of new Set(bug.patches.map((patch) => patch.file))) {
      const text = readFileSync(ROOT + file, 'utf8');
      expect(planted(bug, file, text)).not.toBe(text);
    }
  });

  test('are refused when their place is gone', () => {
    const bug = { name: 'gone', patches: [{ file: 'a.ts', find: 'x', replace: 'y' }] };
    expect(() => planted(bug, 'a.ts', 'z')).toThrow('0 times');
    expect(() => planted(bug, 'a.ts', 'x x')).toThrow('2 times');
  });
});
