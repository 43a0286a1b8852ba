/** Parts by month: made ahead of their time, filled with what came before them, and dropped as a whole. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { chain, EMPTY, firstBreak } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import type { Claim } from '../../src/flow/ports/ledger.ts';
import { openPool, type Database } from '../../src/ledger/postgres/database.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { keepPartitions, madeMonths, monthOf, MONTHS_AHEAD } from '../../src/ledger/postgres/partitions.ts';
import { acceptance, AT, manualClock, SETTLED, type TestClock } from '../contracts/ledger-fixtures.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';

/** A UUID v7 of an instant. */
const idAt = (at: string, n = 1): string => {
  const hex = Date.parse(at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`;
};

describe('a month', () => {
  test.each([
    ['2026-01-31T23:59:59.999Z', 0, '2026_01'],
    ['2026-01-31T23:59:59.999Z', 1, '2026_02'],
    ['2026-12-15T00:00:00.000Z', 1, '2027_01'],
    ['2028-02-29T00:00:00.000Z', 12, '2029_02'],
  ])('of %s and %i later is %s', (at, later, name) => {
    expect(monthOf(Date.parse(at), later).name).toBe(name);
  });

  test("holds the ids of its first and its last millisecond, and not its neighbours'", () => {
    const { from, to, end } = monthOf(Date.parse('2026-01-15T00:00:00.000Z'));
    const holds = (id: string): boolean => id >= from && id < to;
    expect(['2026-01-01T00:00:00.000Z', '2026-01-31T23:59:59.999Z'].map((at) => holds(idAt(at)))).toEqual([
      true,
      true,
    ]);
    expect(['2025-12-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z'].map((at) => holds(idAt(at)))).toEqual([
      false,
      false,
    ]);
    expect(holds('agency:bank') || holds('bus')).toBe(false);
    expect(new Date(end).toISOString()).toBe('2026-02-01T00:00:00.000Z');
  });
});

describe.skipIf(!hasServers)('parts', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove());

  interface Opened {
    url: string;
    db: Database;
    ledger: DeskLedger;
    clock: TestClock;
  }
  const opened = async (): Promise<Opened> => {
    const url = await databases.fresh();
    const clock = manualClock();
    const db = openPool(url, clock);
    const ledger = await postgresLedger(url, clock, { volatile: true });
    onTestFinished(() => db.close());
    onTestFinished(() => ledger.close());
    return { url, db, ledger, clock };
  };

  /** Accepts an application of that instant, sends its first step, and says where its rows lie. */
  const live = async (
    { url, ledger }: Opened,
    n: number,
    at: string,
  ): Promise<{ id: string; where: string[] }> => {
    const id = idAt(at, n);
    const base = acceptance(n);
    await ledger.accept({
      ...base,
      application: { ...base.application, id },
      steps: base.steps.map((step) => ({ ...step, applicationId: id })),
      events: chain(id, EMPTY, AT, [SETTLED]),
    });
    expect(await ledger.claim(await claimOf(ledger, id))).toMatchObject({ is: 'claimed' });
    return { id, where: await placesOf(url, id) };
  };
  const claimOf = async (ledger: DeskLedger, id: string): Promise<Claim> => {
    const { wake, fence, agency } = (await ledger.read(id))!.steps[0]!;
    const rest = { kind: 'send', round: 1, number: 1, tryKey: 'k', at: AT, leaseMs: 1000 } as const;
    return { applicationId: id, step: 'check', wake, fence, lane: agency, ...rest };
  };
  const placesOf = async (url: string, id: string): Promise<string[]> =>
    (
      await run<{ place: string }>(
        url,
        `SELECT tableoid::regclass::text AS place FROM attempts WHERE application_id = '${id}'
         UNION ALL SELECT tableoid::regclass::text FROM events WHERE stream = '${id}' ORDER BY place`,
      )
    ).map(({ place }) => place);

  /** Ends applications as the flow would, as far as retention looks at it. */
  const end = (url: string, at: string, ...ids: string[]): Promise<unknown> =>
    run(url, `UPDATE applications SET ended_at = ${Date.parse(at)} WHERE id IN ('${ids.join("', '")}')`);

  test('are made for this month and the next three; a second time makes none', async () => {
    const { db } = await opened();
    await keepPartitions(db);
    await keepPartitions(db);
    const names = (await madeMonths(db)).map(({ name }) => name);
    const wanted = Array.from({ length: MONTHS_AHEAD + 1 }, (_, later) => monthOf(db.now(), later).name);
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('take an application by the time of its id; streams of agencies and of the bus lie in the other part', async () => {
    const all = await opened();
    await keepPartitions(all.db);
    const { where } = await live(all, 1, '2026-02-03T00:00:00.000Z');
    expect(where).toEqual(['attempts_2026_02', 'events_2026_02']);
    await all.ledger.appendEvents('agency:bank', [SETTLED]);
    await all.ledger.appendEvents('bus', [SETTLED]);
    expect([await placesOf(all.url, 'agency:bank'), await placesOf(all.url, 'bus')]).toEqual([
      ['events_other'],
      ['events_other'],
    ]);
  });

  const TIMES = Array.from({ length: 12 }, (_, n) => n + 1);

  // Once in twenty a writer wrote into the other part when the month's own was there already.
  test.each(TIMES)(
    'that are made late take in what lies in the other part, while others write: %i',
    async () => {
      const all = await opened();
      const early = await live(all, 1, '2026-01-20T00:00:00.000Z');
      expect(early.where).toEqual(['attempts_other', 'events_other']);
      const [, later] = await Promise.all([
        Promise.all([keepPartitions(all.db), keepPartitions(all.db)]),
        Promise.all(Array.from({ length: 10 }, (_, n) => live(all, n + 2, '2026-01-21T00:00:00.000Z'))),
      ]);
      for (const { id } of [early, ...later]) {
        expect(await placesOf(all.url, id)).toEqual(['attempts_2026_01', 'events_2026_01']);
        expect(firstBreak(await all.ledger.events(id, 0, 9))).toBeNull();
      }
    },
  );

  test('are kept by the sweep, an hour after the last time', async () => {
    const { db, ledger, clock } = await opened();
    const has = async (name: string): Promise<boolean> =>
      (await madeMonths(db)).some((month) => month.name === name);
    await ledger.dropUnlisted(AT);
    expect([await has('2026_04'), await has('2026_05')]).toEqual([true, false]);
    clock.advance(20 * 86_400_000);
    await ledger.dropUnlisted(AT);
    expect(await has('2026_05')).toBe(true);
  });

  describe('prune', () => {
    const months = async (): Promise<Opened & { ids: string[] }> => {
      const all = await opened();
      await keepPartitions(all.db);
      const dates = ['2026-01-05T00:00:00.000Z', '2026-01-25T00:00:00.000Z', '2026-02-05T00:00:00.000Z'];
      const ids: string[] = [];
      for (const [n, at] of dates.entries()) ids.push((await live(all, n + 1, at)).id);
      return { ...all, ids };
    };
    const JUNE = Date.parse('2026-06-01T00:00:00.000Z');

    test('drops the months whose applications all ended before, and says so; the applications stay', async () => {
      const { url, ledger, db, ids } = await months();
      await end(url, '2026-03-01T00:00:00.000Z', ...ids.slice(0, 2));
      const told = { applications: 2, attempts: 2, events: 2 };
      expect(await ledger.prune(JUNE, true)).toEqual(told);
      expect(await ledger.events(ids[0]!, 0, 9)).toHaveLength(1);
      expect(await ledger.prune(JUNE, false)).toEqual(told);
      expect([await ledger.events(ids[0]!, 0, 9), await ledger.attempts(ids[1]!)]).toEqual([[], []]);
      expect((await ledger.read(ids[0]!))!.steps).toHaveLength(2);
      expect(await ledger.events(ids[2]!, 0, 9)).toHaveLength(1);
      expect((await madeMonths(db)).map(({ name }) => name)).not.toContain('2026_01');
      const [event, ...others] = await ledger.events('bus', 0, 9);
      expect([event!.type, JSON.parse(event!.data), others]).toEqual([
        'go.mpp.ledger.pruned.v1',
        { before: '2026-06-01T00:00:00.000Z' },
        [],
      ]);
      expect(await ledger.prune(JUNE, false)).toEqual({ applications: 0, attempts: 0, events: 0 });
    });

    test.each<[string, (url: string, id: string) => Promise<unknown>]>([
      [
        'an application has not ended',
        (url, id) => run(url, `UPDATE applications SET ended_at = NULL WHERE id = '${id}'`),
      ],
      ['one ended too late', (url, id) => end(url, '2026-06-01T00:00:00.000Z', id)],
      [
        'an item of it is open',
        (url, id) =>
          run(url, `INSERT INTO items VALUES ('${id}.0001', '${id}', 'check', 'refund', 'X', 'at')`),
      ],
      [
        'somebody has yet to hear of it',
        (url, id) =>
          run(
            url,
            `INSERT INTO endpoints VALUES ('end', 'mall', 'paused', NULL, 1, NULL, 0, NULL, 0, NULL, 'at', 'x');
             INSERT INTO deliveries VALUES ('end', '${id}', 1, 1)`,
          ),
      ],
    ])('keeps the whole month where %s', async (_, keep) => {
      const { url, ledger, ids } = await months();
      await end(url, '2026-03-01T00:00:00.000Z', ...ids);
      await keep(url, ids[0]!);
      const dropped = await ledger.prune(JUNE, false);
      expect(dropped).toEqual({ applications: 1, attempts: 1, events: 1 });
      expect(await ledger.events(ids[1]!, 0, 9)).toHaveLength(1);
    });

    test('keeps the month that the day lies in, whatever ended in it', async () => {
      const { url, ledger, ids } = await months();
      await end(url, '2026-01-26T00:00:00.000Z', ...ids.slice(0, 2));
      expect(await ledger.prune(Date.parse('2026-01-31T00:00:00.000Z'), false)).toMatchObject({
        applications: 0,
      });
    });

    test('beside a bus that writes, nobody is refused', async () => {
      const { url, ledger, ids, ...rest } = await months();
      await end(url, '2026-03-01T00:00:00.000Z', ...ids.slice(0, 2));
      const writing = Array.from({ length: 30 }, (_, n) =>
        live({ url, ledger, ...rest }, n + 9, '2026-02-20T00:00:00.000Z'),
      );
      const [dropped, lived] = await Promise.all([ledger.prune(JUNE, false), Promise.all(writing)]);
      expect(dropped.applications).toBe(2);
      expect(new Set(lived.flatMap(({ where }) => where))).toEqual(
        new Set(['attempts_2026_02', 'events_2026_02']),
      );
    });
  });

  test('the clock of the machine makes them for now', async () => {
    const db = openPool(await databases.fresh(), systemClock);
    onTestFinished(() => db.close());
    expect((await madeMonths(db)).map(({ name }) => name)).toContain(monthOf(systemClock.now()).name);
  });
});
