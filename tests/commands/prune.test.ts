/** `prune` in both ledgers: what ended long ago loses its attempts and events, and everything still holds. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { chain, EMPTY } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { openPool } from '../../src/ledger/postgres/database.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { keepPartitions } from '../../src/ledger/postgres/partitions.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { acceptance, AT, SETTLED } from '../contracts/ledger-fixtures.ts';
import { SHIPPED } from '../config/broken.ts';
import { startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { jembatan, temporaryFolder } from './stand.ts';

const DAY = 24 * 3_600_000;
/** The ids' own time: PostgreSQL keeps months apart by it. */
const idAt = (at: number, n: number): string => {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`;
};

interface Opened {
  env: Record<string, string>;
  ledger: DeskLedger;
}

type Open = (clock: Clock) => Promise<Opened>;

/** What the clock of whoever prunes says: the end of the year. */
const NOW = Date.parse('2026-12-31T12:00:00.000Z');
const clock: Clock = { ...systemClock, now: () => NOW };

/** Two applications that ended in January, one in November, one still open since January. */
async function filled({ ledger }: Opened): Promise<string[]> {
  const ids: string[] = [];
  for (const [n, month, ended] of [
    [1, 0, 0],
    [2, 0, 0],
    [3, 10, 10],
    [4, 1, null],
  ] as const) {
    const at = Date.UTC(2026, month, 10);
    const id = idAt(at, n);
    const { application, ...rest } = acceptance(n);
    const steps = rest.steps.map((step) => ({ ...step, applicationId: id }));
    const events = chain(id, EMPTY, AT, [{ type: 'go.mpp.application.accepted.v1', data: {} }]);
    await ledger.accept({ ...rest, application: { ...application, id, acceptedAt: at }, steps, events });
    ids.push(id);
    if (ended === null) continue;
    const { version, head } = (await ledger.read(id))!.application;
    const more = chain(id, { seq: version, hash: head }, AT, [SETTLED, SETTLED]);
    const moved = {
      state: 'completed',
      ending: null,
      endedAt: Date.UTC(2026, ended, 20),
      clock: null,
    } as const;
    const change = { applicationId: id, version, events: more, application: moved, steps: [] };
    expect(await ledger.record(change)).toMatchObject({ is: 'done' });
  }
  return ids;
}

function pruneSuite(name: string, open: Open): void {
  describe(name, () => {
    test('says first, drops then, and what stays is whole', { timeout: 30_000 }, async () => {
      const opened = await open(clock);
      const ids = await filled(opened);
      const { ledger, env } = opened;
      const left = (): Promise<number[]> =>
        Promise.all(ids.map(async (id) => (await ledger.events(id, 0, 9)).length));
      const dry = await jembatan(['prune', '--before', '2026-02-01', '--dry-run'], env, clock);
      expect([dry.code, dry.out]).toEqual([
        0,
        ['would drop 0 attempts and 6 events of 2 applications that ended before 2026-02-01'],
      ]);
      expect(await left()).toEqual([3, 3, 3, 1]);
      const done = await jembatan(['prune', '--before', '2026-02-01'], env, clock);
      expect([done.code, done.out]).toEqual([
        0,
        ['dropped 0 attempts and 6 events of 2 applications that ended before 2026-02-01'],
      ]);
      expect(await left()).toEqual([0, 0, 3, 1]);
      expect((await ledger.read(ids[0]!))!.application.state).toBe('completed');
      expect(await ledger.accept(acceptance(1))).toMatchObject({ is: 'repeat', applicationId: ids[0] });
      const again = await jembatan(['prune', '--before', '2026-02-01'], env, clock);
      expect(again.out[0]).toMatch(/^dropped 0 attempts and 0 events/);
      const proved = await jembatan(['audit', 'verify'], env);
      expect(proved).toMatchObject({
        code: 0,
        out: [expect.stringMatching(/^audit: 3 streams, \d+ events: unbroken$/)],
      });
    });

    test('late news of an application whose events were dropped is no break', async () => {
      const opened = await open(clock);
      const [id] = (await filled(opened)) as [string];
      const { ledger, env } = opened;
      await jembatan(['prune', '--before', '2026-02-01'], env, clock);
      for (let n = 0; n < 2; n += 1) {
        const { version, head, endedAt } = (await ledger.read(id))!.application;
        const events = chain(id, { seq: version, hash: head }, AT, [SETTLED]);
        const application = { state: 'completed', ending: null, endedAt, clock: null } as const;
        await ledger.record({ applicationId: id, version, events, application, steps: [] });
      }
      expect(await jembatan(['audit', 'verify'], env)).toMatchObject({ code: 0 });
    });
  });
}

pruneSuite('SQLite', async () => {
  const data = temporaryFolder();
  const env = { JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED };
  await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], env);
  const ledger = sqliteLedger(join(data, 'ledger.db'), systemClock, 'owner');
  onTestFinished(() => ledger.close());
  return { env, ledger };
});

describe.skipIf(!hasServers)('over a real server', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases(true);
  }, 60_000);
  afterAll(() => databases.remove(), 60_000);

  pruneSuite('PostgreSQL', async () => {
    const url = await databases.fresh();
    const env = { JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: SHIPPED, JEMBATAN_LEDGER: url };
    await jembatan(['migrate'], env);
    // As of a bus that has run since January: each month has its part.
    const db = openPool(url, systemClock);
    await keepPartitions({ ...db, now: () => Date.UTC(2026, 0, 1) }, 12);
    await db.close();
    const ledger = await postgresLedger(url, systemClock);
    onTestFinished(() => ledger.close());
    return { env, ledger };
  });
});

test.each([
  [[], "required option '--before <date>'"],
  [['--before', 'yesterday'], '--before is a day such as'],
  [['--before', '2026-02-30'], '--before is a day such as'],
  [
    ['--before', new Date(NOW - 89 * DAY).toISOString().slice(0, 10)],
    'is less than 90 days ago: that is kept',
  ],
  [['--before', '2199-01-01'], 'is less than 90 days ago'],
])('prune %j is a wrong call', async (words, said) => {
  const { code, err } = await jembatan(['prune', ...words], { JEMBATAN_DATA: temporaryFolder() }, clock);
  expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
});
