/** A server that is gone, slow or in nobody's hands: every verb says so within its time, and all goes on when it is back. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sleep, systemClock } from '../../src/clock.ts';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { acceptance, changeOf, claimOf, idOf, SETTLED } from '../contracts/ledger-fixtures.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';

describe.skipIf(!hasServers)('a server that fails', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases(true);
  }, 60_000);
  afterAll(() => databases.remove());

  const opened = async (): Promise<{ url: string; ledger: DeskLedger }> => {
    const url = await databases.emptied();
    const ledger = await postgresLedger(url, systemClock);
    onTestFinished(() => ledger.close());
    return { url, ledger };
  };

  test(
    'stopped at once under load and started again: what was confirmed is there, the rest is unknown, and it goes on',
    { timeout: 60_000 },
    async () => {
      const { ledger } = await opened();
      const confirmed: number[] = [];
      const refused: unknown[] = [];
      let n = 0;
      let over = false;
      const send = async (): Promise<void> => {
        while (!over) {
          const mine = (n += 1);
          await ledger.accept(acceptance(mine)).then(
            () => void confirmed.push(mine),
            (error: unknown) => {
              refused.push(error);
              return sleep(systemClock, 20);
            },
          );
        }
      };
      const sending = Array.from({ length: 8 }, send);
      await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(50);
      await databases.server.signal('SIGQUIT');
      await expect.poll(() => refused.length).toBeGreaterThan(20);
      await expect(ledger.read(idOf(1))).rejects.toThrow(CommitUnknown);
      await expect(ledger.ping()).rejects.toThrow(CommitUnknown);
      const before = confirmed.length;
      await databases.server.start();
      await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
      over = true;
      await Promise.all(sending);
      expect(refused.filter((error) => !(error instanceof CommitUnknown))).toEqual([]);
      const found = await Promise.all(confirmed.map((mine) => ledger.read(idOf(mine))));
      expect(found).not.toContain(undefined);
      // Asked again under the same key, what was unknown is stored once.
      const numbers = Array.from({ length: n }, (_, index) => index + 1);
      const again = await Promise.all(numbers.map((mine) => ledger.accept(acceptance(mine))));
      const anew = numbers.filter((mine) => again[mine - 1]!.is === 'accepted');
      expect(anew.filter((mine) => confirmed.includes(mine))).toEqual([]);
      expect(new Set(again.map(({ is }) => is))).toEqual(new Set(['accepted', 'repeat']));
    },
  );

  test('a connection that is cut in the middle of a change leaves all of it or nothing', async () => {
    const { url, ledger } = await opened();
    await ledger.accept(acceptance(1));
    await ledger.claim(await claimOf(ledger));
    const change = await changeOf(ledger, 1, {
      events: [SETTLED],
      steps: { check: { state: 'succeeded', dueAt: null } },
    });
    // Another holds the application: the change waits for it, and is cut off while it waits.
    const other = await connected(url);
    await other.query('BEGIN; SELECT 1 FROM applications FOR UPDATE');
    const recording = ledger.record(change).catch((error: unknown) => error);
    const waiting = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    await expect.poll(async () => (await run(url, waiting)).length).toBe(1);
    await run(url, `SELECT pg_terminate_backend(pid) FROM (${waiting}) AS cut`);
    expect(await recording).toBeInstanceOf(CommitUnknown);
    await other.query('ROLLBACK');
    expect((await ledger.read(idOf(1)))!.application.version).toBe(1);
    expect(await ledger.record(change)).toMatchObject({ is: 'done' });
  });

  test('a row that nobody lets go of is not waited for without end', { timeout: 20_000 }, async () => {
    const { url, ledger } = await opened();
    await ledger.accept(acceptance(1));
    const claim = await claimOf(ledger);
    const other = await connected(url);
    await other.query('BEGIN; SELECT 1 FROM steps FOR UPDATE');
    await expect(ledger.claim(claim)).rejects.toThrow(CommitUnknown);
    await other.query('ROLLBACK');
    expect(await ledger.claim(claim)).toMatchObject({ is: 'claimed' });
  });

  test(
    'a pool whose connections are all taken lets nobody wait without end, and serves again',
    { timeout: 40_000 },
    async () => {
      const { url, ledger } = await opened();
      await ledger.savePlan('a', '{}');
      const other = await connected(url);
      await other.query('BEGIN; LOCK TABLE plans IN ACCESS EXCLUSIVE MODE');
      const waiting = Array.from({ length: 40 }, () => ledger.plan('a'));
      const settled = await Promise.allSettled(waiting);
      for (const one of settled)
        expect(one).toMatchObject({ status: 'rejected', reason: expect.any(CommitUnknown) as unknown });
      await other.query('ROLLBACK');
      expect(await ledger.plan('a')).toBe('{}');
    },
  );

  test('a server that became a standby is no place to write: not now, and it is said so', async () => {
    const { url, ledger } = await opened();
    await ledger.ping();
    await run(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`);
    onTestFinished(() =>
      run(
        url,
        `SET transaction_read_only = off; ALTER DATABASE ${new URL(url).pathname.slice(1)} RESET ALL`,
      ).then(() => undefined),
    );
    await run(
      url,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await expect
      .poll(() =>
        ledger.savePlan('b', '{}').then(
          () => 'stored',
          (error: Error) => error.constructor.name,
        ),
      )
      .toBe('CommitUnknown');
    expect(await ledger.plan('b')).toBeUndefined();
  });

  const connected = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
});
