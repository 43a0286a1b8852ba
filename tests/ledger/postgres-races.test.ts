/** Two processes' pools over one database: whoever loses a race finds it lost, and nothing is stored twice or by half. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { firstBreak } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { openPool, type Database } from '../../src/ledger/postgres/database.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { SETTLED, acceptance, changeOf, claimOf, document, idOf } from '../contracts/ledger-fixtures.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';

describe.skipIf(!hasServers)('two pools over one database', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove());

  const opened = async (): Promise<{ url: string; both: [DeskLedger, DeskLedger] }> => {
    const url = await databases.emptied();
    const open = async (): Promise<DeskLedger> => {
      const ledger = await postgresLedger(url, systemClock, { volatile: true });
      onTestFinished(() => ledger.close());
      return ledger;
    };
    return { url, both: [await open(), await open()] };
  };
  const pool = async (): Promise<Database> => {
    const db = openPool(await databases.emptied(), systemClock);
    onTestFinished(() => db.close());
    return db;
  };

  /** So many at once, by turns in either process. */
  const times = <T>(
    both: [DeskLedger, DeskLedger],
    count: number,
    work: (on: DeskLedger, n: number) => Promise<T>,
  ) => Promise.all(Array.from({ length: count }, (_, n) => work(both[n % 2]!, n)));
  const countOf = (words: string[]): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));

  test('of 50 acceptances under one key one is stored, and the others are given its number', async () => {
    const { url, both } = await opened();
    const same = { idempotencyKey: 'one', fingerprint: 'same', clientReference: 'one' };
    const answers = await times(both, 50, (on, n) => on.accept(acceptance(n + 1, same)));
    expect(countOf(answers.map(({ is }) => is))).toEqual({ accepted: 1, repeat: 49 });
    const [stored] = await run<{ id: string }>(url, 'SELECT id FROM applications');
    const repeats = answers.filter((answer) => answer.is === 'repeat');
    expect(new Set(repeats.map(({ applicationId }) => applicationId))).toEqual(new Set([stored!.id]));
    const [left] = await run(
      url,
      'SELECT count(*)::int AS steps, (SELECT count(*)::int FROM events) AS events FROM steps',
    );
    expect(left).toEqual({ steps: 2, events: 1 });
  });

  test('of two bodies under one reference one is stored, the other is told that it is taken', async () => {
    const { both } = await opened();
    const answers = await times(both, 20, (on, n) =>
      on.accept(acceptance(n + 1, { clientReference: 'one', fingerprint: `body ${n % 2}` })),
    );
    expect(countOf(answers.map(({ is }) => is))).toEqual({ accepted: 1, repeat: 9, referenceTaken: 10 });
  });

  test('of 20 who list one upload, one takes it over', async () => {
    const { both } = await opened();
    await both[0].saveDocument(document('doc-1'));
    const documents = [{ hash: 'hash of doc-1', name: 'photo' }];
    const answers = await times(both, 20, (on, n) => on.accept(acceptance(n + 1, { documents })));
    expect(countOf(answers.map(({ is }) => is))).toEqual({ accepted: 1, documentMissing: 19 });
  });

  test('the same application with a document, sent 20 times at once, is a repeat and misses nothing', async () => {
    const { both } = await opened();
    await both[0].saveDocument(document('doc-1'));
    const documents = [{ hash: 'hash of doc-1', name: 'photo' }];
    const same = { documents, idempotencyKey: 'one', fingerprint: 'same', clientReference: 'one' };
    const answers = await times(both, 20, (on, n) => on.accept(acceptance(n + 1, same)));
    expect(countOf(answers.map(({ is }) => is))).toEqual({ accepted: 1, repeat: 19 });
  });

  test('of 20 claims with one bell one wins, and one attempt is written', async () => {
    const { both } = await opened();
    await both[0].accept(acceptance(1));
    const claim = await claimOf(both[0]);
    const claimed = await times(both, 20, (on) => on.claim(claim));
    expect(countOf(claimed.map(({ is }) => is))).toEqual({ claimed: 1, stale: 19 });
    expect(await both[0].attempts(idOf(1))).toHaveLength(1);
  });

  test('of 20 who find a sleeping lane due, one probes it', async () => {
    const { url, both } = await opened();
    for (let n = 1; n <= 20; n += 1) await both[0].accept(acceptance(n));
    await run(url, `INSERT INTO lanes VALUES ('registry', false, 1, 'X', 0, 1, 0, '', 0)`);
    const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => claimOf(both[0], n + 1)));
    const claimed = await times(both, 20, (on, n) => on.claim(claims[n]!));
    expect(countOf(claimed.map((one) => (one.is === 'claimed' ? `probe ${one.probe}` : one.is)))).toEqual({
      'probe true': 1,
      closed: 19,
    });
    const begun = await Promise.all(claims.map(async (_, n) => (await both[0].attempts(idOf(n + 1))).length));
    expect(begun.reduce((sum, count) => sum + count)).toBe(1);
  });

  test('of 20 changes worked out from one version one is stored, whole', async () => {
    const { url, both } = await opened();
    await both[0].accept(acceptance(1));
    const changes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        changeOf(both[0], 1, {
          events: [SETTLED],
          steps: { check: { state: 'parked', dueAt: null, code: `by ${n}` } },
          open: [{ step: 'check', kind: 'conflict', code: `by ${n}` }],
          references: [{ agency: 'bank', reference: `by ${n}`, step: 'pay' }],
        }),
      ),
    );
    const recorded = await times(both, 20, (on, n) => on.record(changes[n]!));
    expect(countOf(recorded.map(({ is }) => is))).toEqual({ done: 1, raced: 19 });
    const winner = `by ${recorded.findIndex(({ is }) => is === 'done')}`;
    const [left] = await run(
      url,
      `SELECT (SELECT json_agg(code) FROM items) AS items, (SELECT json_agg(reference) FROM step_references) AS references,
         (SELECT json_agg(code) FROM steps WHERE code IS NOT NULL) AS steps`,
    );
    expect(left).toEqual({ items: [winner], references: [winner], steps: [winner] });
    expect(firstBreak(await both[1].events(idOf(1), 0, 10))).toBeNull();
  });

  test('a retry that was worked out before a cancellation does not outlive it, though it appends no event', async () => {
    const { both } = await opened();
    for (let round = 1; round <= 20; round += 1) {
      await both[0].accept(acceptance(round));
      const retry = await changeOf(both[0], round, { steps: { check: { dueAt: Date.now() + 5 } } });
      const state = { state: 'accepted', ending: null, endedAt: null, clock: null } as const;
      const ending = await changeOf(both[1], round, {
        events: [SETTLED],
        steps: { pay: { state: 'cancelled' } },
      });
      const [retried, ended] = await Promise.all([
        both[0].record({ ...retry, version: 1, application: state }),
        both[1].record(ending),
      ]);
      expect(ended.is).toBe('done');
      const { steps } = (await both[0].read(idOf(round)))!;
      // Either it came before, or not at all: never unseen beside it.
      expect(steps[0]!.wake).toBe(retried.is === 'done' ? 2 : 1);
    }
  });

  test('items that are opened at once without a version are numbered one after the other', async () => {
    const { both } = await opened();
    await both[0].accept(acceptance(1));
    const open = [{ step: 'check', kind: 'conflict', code: 'X' }] as const;
    const change = await changeOf(both[0], 1, { open: [...open] });
    await times(both, 4, (on) => on.record(change));
    const ids = (await both[0].openItems({ applicationId: idOf(1), most: 9 })).map(({ id }) => id.slice(-4));
    expect(ids).toEqual(['0001', '0002', '0003', '0004']);
  });

  test('a stream whose head only the ledger knows stays a chain, whoever appends', async () => {
    const { both } = await opened();
    await times(both, 40, (on, n) => on.appendEvents('bus', [{ type: 'go.mpp.test.v1', data: { n } }]));
    const events = await both[0].events('bus', 0, 100);
    expect([events.length, firstBreak(events)]).toEqual([40, null]);
  });

  test('serials of two processes never meet', async () => {
    const { both } = await opened();
    const serials = await times(both, 1000, (on) => on.nextSerial('MPP-9999-01', 2026));
    expect(new Set(serials).size).toBe(1000);
  });

  test('transactions that lock each other out are tried again, whole', async () => {
    const db = await pool();
    await db.query(`INSERT INTO plans VALUES ('a', '0'), ('b', '0')`);
    const met = Promise.withResolvers<void>();
    let begun = 0;
    let tries = 0;
    const both = (first: string, second: string): Promise<void> =>
      db.write(async (tx) => {
        tries += 1;
        const add = `UPDATE plans SET text = (text::int + 1)::text WHERE digest = $1`;
        await tx.query(add, [first]);
        if ((begun += 1) === 2) met.resolve();
        await met.promise;
        await tx.query(add, [second]);
      });
    await Promise.all([both('a', 'b'), both('b', 'a')]);
    expect(await db.query('SELECT text FROM plans ORDER BY digest')).toEqual([{ text: '2' }, { text: '2' }]);
    // The same one may be chosen again, when the machine is slow.
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(tries).toBeLessThanOrEqual(6);
  });

  test('serialization failures are tried again; what never comes through is unknown, and the pool goes on', async () => {
    const db = await pool();
    let tries = 0;
    const failing = db.write(async (tx) => {
      tries += 1;
      await tx.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$`);
    });
    await expect(failing).rejects.toThrow('could not confirm a commit');
    expect(tries).toBe(6);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('what the work of a transaction throws is thrown as it is, and takes its rows back', async () => {
    const db = await pool();
    const failing = db.write(async (tx) => {
      void tx.query(`INSERT INTO plans VALUES ('a', '0')`);
      throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await db.query('SELECT 1 FROM plans')).toEqual([]);
  });

  test('a failed statement that the work swallows still fails the transaction', async () => {
    const db = await pool();
    const failing = db.write(async (tx) => {
      await tx.query(`INSERT INTO plans VALUES ('a', '0')`);
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(failing).rejects.toThrow('could not confirm a commit');
    expect(await db.query('SELECT 1 FROM plans')).toEqual([]);
  });
});
