/** The bench runs, at its smallest: what it seeds is what the flow would have left, and what it measures adds up. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { makeMall, HELD_LANE, type Mall } from '../../bench/mall.ts';
import { readOptions } from '../../bench/options.ts';
import { seed } from '../../bench/seed/seed.ts';
import { draw } from '../../bench/svg.ts';
import { makeStage } from '../../bench/systems.ts';
import { systemClock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { firstBreak } from '../../src/domain/chain.ts';
import { HORIZON_MS } from '../../src/domain/lane.ts';
import { openStep, places } from '../../src/flow/view.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import type { Vault } from '../../src/flow/ports/vault.ts';
import { openStore } from '../../src/open.ts';
import { hasServers } from '../support/servers.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

/** Seconds where the machine is quiet: each starts several processes. */
const SLOW_MS = 180_000;
/** Of every 20, one is ready and five wait for news: so many of each are looked at. */
const SEEDED = 40;

async function seeded(mall: Mall): Promise<{ ledger: DeskLedger; vault: Vault }> {
  await seed(mall, { from: 0, to: SEEDED / 2, of: SEEDED });
  await seed(mall, { from: SEEDED / 2, to: SEEDED, of: SEEDED });
  const store = await openStore(readEnv(mall.env), 'guest');
  undo.push(() => store.ledger.close());
  return store;
}

const editions = [
  { edition: 'embedded', make: () => makeMall(1), there: true },
  {
    edition: 'distributed',
    make: async (): Promise<Mall> => {
      const { mall, remove } = await makeStage(1);
      return { ...mall, remove };
    },
    there: hasServers,
  },
];

describe.each(editions)('the seeded ledger of the $edition edition', ({ make, there }) => {
  test.skipIf(!there)('holds what the flow would have left', { timeout: SLOW_MS }, async () => {
    const mall = await make();
    undo.push(mall.remove);
    const { ledger, vault } = await seeded(mall);

    const found = await ledger.list({ platform: 'bench', most: SEEDED + 1 });
    expect(found).toHaveLength(SEEDED);
    expect(found.filter(({ state }) => state === 'waitingAppointment')).toHaveLength((SEEDED / 20) * 19);
    for (const { id } of found) {
      const { application, steps } = (await ledger.read(id))!;
      const events = await ledger.events(id, 0, 10);
      expect(events).toHaveLength(6);
      expect(firstBreak(events)).toBeNull();
      expect(events.at(-1)).toMatchObject({ seq: application.version, hash: application.head });
      expect(await ledger.attempts(id)).toHaveLength(2);
      const key = await vault.openKey(id, application.wrappedKey);
      expect(vault.unseal(key, places.body(id), application.body).toString()).toContain('BENCH-seed-');
      expect(steps.map((step) => openStep(vault, key, step).operation)).toHaveLength(4);
    }
    // The ready ones lie in a paused lane, and nothing else comes due meanwhile.
    expect(await ledger.due({ horizon: systemClock.now() + HORIZON_MS, most: () => 100 })).toEqual([]);
    const backlog = await ledger.backlog();
    expect(backlog.find(({ agency }) => agency === HELD_LANE)).toMatchObject({ state: 'ready', count: 2 });
  });
});

describe('the bench', () => {
  test(
    'measures the embedded edition over a seeded ledger and draws what it found',
    { timeout: SLOW_MS },
    async () => {
      const out = await mkdtemp(join(tmpdir(), 'jembatan-bench-test-'));
      undo.push(() => rm(out, { recursive: true, force: true }));
      const small = ['--sizes', '20', '--n', '20', '--rounds', '1', '--connections', '5', '--seconds', '1'];
      const args = ['bench/run.ts', 'curve', '--editions', 'embedded', ...small, '--out', out];
      await promisify(execFile)(process.execPath, args, { cwd: ROOT });

      const kept = await readdir(out);
      expect(kept.map((name) => name.slice(10))).toEqual(['-curve.json', '-curve.svg']);
      const { points } = JSON.parse(await readFile(join(out, kept[0]!), 'utf8'));
      expect(points).toMatchObject([{ edition: 'embedded', openApplications: 20, lost: 0, doubled: 0 }]);
      expect(points[0].endToEndPerSecond).toBeGreaterThan(0);
    },
  );

  test('says what an option should have been', () => {
    expect(() => readOptions(['curve', '--sizes', '1000,many'])).toThrow(
      '--sizes takes whole numbers from 1',
    );
    expect(() => readOptions(['speed'])).toThrow('what is one of: compare, convert, curve, overload, wipe');
    expect(readOptions(['wipe'])).toMatchObject({ workers: [1, 2, 4], pending: 100_000 });
    expect(readOptions(['--help'])).toBeNull();
  });
});

test('a chart keeps its proportions: twice the value is twice as high, ten times as many one decade further', () => {
  const points = [
    [1000, 100],
    [10_000, 50],
    [100_000, 0],
  ] as const;
  const panels = [{ title: 'Rate', yLabel: '/s', series: [{ name: 'one <process>', points: [...points] }] }];
  const svg = draw({ title: 'Costs', subtitle: '', xLabel: 'open', x: 'log', panels });
  const marks = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const [first, second, third] = marks as [number[], number[], number[]];
  expect(second[0]! - first[0]!).toBeCloseTo(third[0]! - second[0]!, 1);
  expect(third[1]! - second[1]!).toBeCloseTo(second[1]! - first[1]!, 1);
  expect(svg).toContain('one &lt;process>');
});
