/** A small batch of the simulation on every test run; `npm run simulate` runs many more. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import routeSchema from '../../schemas/route.json' with { type: 'json' };
import type { JsonObject } from '../../src/domain/outcome.ts';
import { HELD } from './held.ts';
import { openMall } from './mall.ts';
import { BUGS, planted } from './planted/bugs.ts';
import { simulate } from './simulate.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SEEDS = Array.from({ length: 30 }, (_, at) => at + 1);
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

describe('the routes drawn', () => {
  /** A third of them draws its routes. */
  const MALLS = Array.from({ length: 90 }, (_, at) => at + 1);
  /** Fragments are put in their place before anything runs; what may be sent to whom, and who mends it later, is no matter of order. */
  const ELSEWHERE = ['$include', 'purpose', 'correctedBy'];

  test(
    'say everything that a route can say, and nearly all pass the check',
    { timeout: 60_000 },
    async () => {
      const malls = await Promise.all(MALLS.map(openMall));
      const drawn = malls.reduce((sum, mall) => sum + mall.drawn, 0);
      const routes = malls.flatMap(({ catalogue }) => [...catalogue.routes.values()]);
      const kept = routes.filter(({ service }) => service.startsWith('RND.'));
      expect(kept.length / drawn).toBeGreaterThan(0.85);
      const steps = kept.flatMap((route) => Object.values(route.steps));
      const said = new Set(steps.flatMap((step) => Object.keys(step)));
      const { step, fields } = routeSchema.$defs as unknown as Record<string, { properties: JsonObject }>;
      expect(fields).toBeDefined();
      const sayable = Object.keys(step!.properties).filter((name) => !ELSEWHERE.includes(name));
      expect(sayable.filter((name) => !said.has(name))).toEqual([]);
      const ofRoute = new Set(kept.flatMap((route) => Object.keys(route)));
      const whole = Object.keys((routeSchema as { properties: JsonObject }).properties);
      expect(whole.filter((name) => !ofRoute.has(name))).toEqual([]);
      const calls = new Set(steps.map(({ call }) => call));
      expect([...calls]).toEqual(expect.arrayContaining(['bus.task', 'bus.wait', 'bus.child']));
    },
  );
});

describe('the table of invariants', () => {
  const page = readFileSync(`${ROOT}docs/simulation.md`, 'utf8');

  test('names I1 to I19, each with a check', () => {
    const numbers = Array.from({ length: 19 }, (_, at) => `I${at + 1}`);
    expect(Object.keys(HELD)).toEqual(expect.arrayContaining(numbers));
  });

  test.each(Object.entries(HELD))(
    '%s is checked where it says, and stands in the page',
    (name, { by, says }) => {
      for (const file of by)
        expect(readFileSync(`${ROOT}tests/simulation/${file}.ts`, 'utf8')).toMatch(
          new RegExp(`(break|broken)\\(\\s*'${name}'`),
        );
      expect(page).toMatch(new RegExp(`\\| ${name} +\\| ${says.replaceAll(/[()]/g, '.')} +\\|`));
    },
  );
});

describe('the planted bugs', () => {
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
