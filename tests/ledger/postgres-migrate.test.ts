/** Migrations: whole or not at all, one process at a time; and the databases that are refused, each with what to do. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { LedgerRefused, migratePostgres, postgresLedger } from '../../src/ledger/postgres/index.ts';
import { migrations, type Migration } from '../../src/ledger/postgres/migrations.ts';
import { acceptance } from '../contracts/ledger-fixtures.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers, startPostgres } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';

const lenient = { volatile: true };

/** What a migration holds. */
const LOCK = 'SELECT pg_advisory_lock(1785032045)';
/** A process that dies at this place. */
const DEATH = 'SELECT pg_terminate_backend(pg_backend_pid())';

describe.skipIf(!hasServers)('PostgreSQL', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove());

  const migrate = (url: string, all: Migration[] = migrations): ReturnType<typeof migratePostgres> =>
    migratePostgres(url, systemClock, lenient, all);
  const open = async (url: string): ReturnType<typeof postgresLedger> => {
    const ledger = await postgresLedger(url, systemClock, lenient);
    onTestFinished(() => ledger.close());
    return ledger;
  };
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => new Error('It was not refused'),
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(LedgerRefused);
    expect(error.message).not.toMatch(/secret|\n/);
    return error.message;
  };

  describe('a migration', () => {
    test(
      'that dies at any of its statements leaves nothing, and runs whole the next time',
      { timeout: 120_000 },
      async () => {
        const url = await databases.fresh('empty');
        const [only] = migrations as [Migration];
        const places = [...only.statements.keys(), only.statements.length];
        for (const place of places) {
          const dying = { ...only, statements: only.statements.toSpliced(place, 0, DEATH) };
          await expect(migrate(url, [dying])).rejects.toThrow(LedgerRefused);
          const [left] = await run(
            url,
            `SELECT count(*)::int AS tables FROM pg_class WHERE relname IN ('steps', 'keys')`,
          );
          expect(left).toEqual({ tables: 0 });
        }
        expect(await migrate(url)).toEqual({ from: 0, to: migrations.length });
        const ledger = await open(url);
        expect(await ledger.accept(acceptance(1))).toMatchObject({ is: 'accepted' });
      },
    );

    test('is run once, however many processes begin at once; the second time there is nothing to do', async () => {
      const url = await databases.fresh('empty');
      const all = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
      expect(all.map(({ from }) => from).toSorted()).toEqual([
        0,
        ...Array<number>(3).fill(migrations.length),
      ]);
      expect(await migrate(url)).toEqual({ from: migrations.length, to: migrations.length });
    });

    test('goes on from where it stands', async () => {
      const url = await databases.fresh();
      const next = { oldest: 1, statements: ['ALTER TABLE plans ADD COLUMN note text'] };
      const told: number[] = [];
      const tell = (version: number): void => void told.push(version);
      await migratePostgres(url, systemClock, lenient, [...migrations, next], tell);
      expect(told).toEqual([migrations.length + 1]);
      // It has only grown: a process that knows less runs on it.
      const ledger = await open(url);
      await ledger.savePlan('digest', '{}');
      expect(await ledger.plan('digest')).toBe('{}');
    });

    test("is not run among somebody else's tables", async () => {
      const url = await databases.fresh('empty');
      await run(url, 'CREATE TABLE recipes (id int)');
      expect(await refusal(migrate(url))).toMatch(/holds tables that are not a ledger's \(recipes\)/);
    });
  });

  describe('refused', () => {
    const at = (change: (url: URL) => void): string => {
      const url = new URL(databases.server.url.replace('postgres@', 'postgres:secret@'));
      change(url);
      return url.href;
    };

    test.each<[string, (url: URL) => void, RegExp]>([
      ['a database that is not there', (url) => (url.pathname = '/nowhere'), /there is no such database/],
      [
        'a host that is not there',
        (url) => (url.hostname = 'nowhere.invalid'),
        /there is no such host|cannot be looked up/,
      ],
      [
        'a user who is not there',
        (url) => (url.username = 'nobody'),
        /lets this user in neither by name nor by certificate/,
      ],
    ])('%s', async (_, change, told) => {
      expect(await refusal(open(at(change)))).toMatch(told);
    });

    test('a port where nobody listens', async () => {
      const port = await freePort();
      expect(await refusal(open(at((url) => (url.port = String(port)))))).toMatch(/nobody listens there/);
    });

    test('a wrong password', { timeout: 60_000 }, async () => {
      const url = await databases.fresh();
      await run(url, `CREATE ROLE clerk LOGIN PASSWORD 'right'`);
      const [file] = await run<{ hba_file: string }>(url, 'SHOW hba_file');
      const { readFile, writeFile } = await import('node:fs/promises');
      const before = await readFile(file!.hba_file, 'utf8');
      await writeFile(file!.hba_file, `host all clerk 127.0.0.1/32 scram-sha-256\n${before}`);
      await run(url, 'SELECT pg_reload_conf()');
      const wrong = url.replace('postgres@', 'clerk:secret@');
      await expect
        .poll(() =>
          open(wrong).then(
            () => 'open',
            (error: Error) => error.message,
          ),
        )
        .toMatch(/the password is wrong/);
      expect(await refusal(open(wrong))).toContain('clerk:***@');
    });

    test('a database without a ledger, or with an older one', async () => {
      const url = await databases.fresh('empty');
      expect(await refusal(open(url))).toMatch(/has no ledger yet: run jembatan migrate/);
      await run(
        url,
        'CREATE TABLE schema_version (version int, oldest int); INSERT INTO schema_version VALUES (0, 0)',
      );
      expect(await refusal(open(url))).toMatch(
        /has schema 0 and this jembatan needs \d+: run jembatan migrate/,
      );
    });

    test('a schema that this program is too old for; a newer one that still bears it is not', async () => {
      const url = await databases.fresh();
      const newer = migrations.length + 1;
      await run(url, `INSERT INTO schema_version VALUES (${newer}, 1)`);
      await expect((await open(url)).ping()).resolves.toBeUndefined();
      await run(url, `UPDATE schema_version SET oldest = ${newer} WHERE version = ${newer}`);
      const told = /brought to schema \d+ by a newer jembatan, this one knows \d+: start that newer one/;
      expect(await refusal(open(url))).toMatch(told);
      expect(await refusal(migrate(url))).toMatch(told);
    });

    test('a server that may lose what it confirmed, unless that is asked for', async () => {
      const url = await databases.fresh();
      expect(await refusal(postgresLedger(url, systemClock))).toMatch(
        /may lose what it has confirmed: turn fsync on/,
      );
      expect(await refusal(migratePostgres(url, systemClock))).toMatch(/turn fsync on/);
    });

    test('a server that confirms before it is on the disk', { timeout: 60_000 }, async () => {
      const server = await startPostgres({ synchronous_commit: 'off' });
      onTestFinished(() => server.remove());
      expect(await refusal(postgresLedger(server.url, systemClock))).toMatch(/turn synchronous_commit on/);
    });

    test('a database that takes no writes', async () => {
      const url = await databases.fresh();
      await run(
        url,
        `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`,
      );
      expect(await refusal(open(url))).toMatch(/it takes no writes: turn default_transaction_read_only off/);
    });

    test('a database in another encoding', async () => {
      await run(
        databases.server.url,
        `CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`,
      );
      expect(await refusal(open(at((url) => (url.pathname = '/latin'))))).toMatch(
        /its encoding is LATIN1: make the database anew/,
      );
    });
  });

  test('while another process migrates, the next waits; what it waits for in vain is named', async () => {
    const url = await databases.fresh();
    const holder = new pg.Client({ connectionString: url, application_name: 'jembatan migrate' });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query(LOCK);
    const waiting = migrate(url);
    const held = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()`;
    await expect.poll(async () => (await run(url, held)).length).toBe(1);
    await holder.query('SELECT pg_advisory_unlock_all()');
    expect(await waiting).toEqual({ from: migrations.length, to: migrations.length });
    await holder.query(LOCK);
    const inVain = migratePostgres(url, systemClock, { ...lenient, patienceMs: 200 });
    expect(await refusal(inVain)).toMatch(
      /is being migrated by another process \(process \d+ of the server, jembatan migrate from 127.0.0.1\)/,
    );
  });
});
