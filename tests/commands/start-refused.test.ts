/** A start that cannot go well: one clear line that says what to do, exit code 1, nothing harmed, and no password shown. */
import { chmodSync, copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { migratePostgres } from '../../src/ledger/postgres/migrate.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { openKeyFile } from '../../src/privacy/keys.ts';
import { hasServers, startPostgres, startRedis, type Server } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { fill, mountDisk, noDisk, unmountDisk } from '../faults/disk.ts';
import { jembatan, startable, temporaryFolder } from './stand.ts';

const CLOSED = '127.0.0.1:1';

/** Starts, and expects to be refused with exactly one line. */
async function refusal(env: Record<string, string>): Promise<string> {
  const { code, out, err } = await jembatan(['start'], env);
  expect([code, out]).toEqual([1, []]);
  expect(err).toHaveLength(1);
  expect(err[0]).not.toMatch(/hush|s3cret|\n/);
  return err[0]!;
}

describe('an SQLite file', () => {
  const at = (path: string): Record<string, string> => startable({ JEMBATAN_LEDGER: `sqlite:${path}` });

  test('in a folder that is not there', async () => {
    expect(await refusal(at('/nowhere/ledger.db'))).toContain(
      'check that its folder exists and can be written',
    );
  });

  test('that is no ledger', async () => {
    const path = join(temporaryFolder(), 'ledger.db');
    writeFileSync(path, 'a letter to the mayor, '.repeat(100));
    writeFileSync(`${path}.copy`, readFileSync(path));
    // Its keys would be missed first.
    const env = at(path);
    openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
    expect(await refusal(env)).toContain('is not a ledger: set JEMBATAN_LEDGER to another path');
    expect(readFileSync(path)).toEqual(readFileSync(`${path}.copy`));
  });

  test('of a newer jembatan', async () => {
    const env = at(join(temporaryFolder(), 'ledger.db'));
    const path = env['JEMBATAN_LEDGER']!.slice('sqlite:'.length);
    await sqliteLedger(path, systemClock).close();
    openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(await refusal(env)).toContain('was written by a newer jembatan');
  });

  test('that another process has open', async () => {
    const env = at(join(temporaryFolder(), 'ledger.db'));
    openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
    const first = sqliteLedger(env['JEMBATAN_LEDGER']!.slice('sqlite:'.length), systemClock);
    onTestFinished(() => first.close());
    expect(await refusal(env)).toContain('is used by another jembatan process: stop it first');
    await first.ping();
  });

  test.skipIf(process.getuid?.() === 0)('that may not be written', async () => {
    const env = at(join(temporaryFolder(), 'ledger.db'));
    const path = env['JEMBATAN_LEDGER']!.slice('sqlite:'.length);
    await sqliteLedger(path, systemClock).close();
    openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
    chmodSync(path, 0o400);
    expect(await refusal(env)).toContain('can be written');
  });

  describe.skipIf(noDisk() !== null)('on a disk that is full', () => {
    test.each([
      ['before it is made', false],
      ['when it has been used', true],
    ])('%s', async (_, used) => {
      const disk = join(temporaryFolder(), 'disk');
      mountDisk(disk, 4);
      onTestFinished(() => unmountDisk(disk));
      const env = at(join(disk, 'ledger.db'));
      const path = env['JEMBATAN_LEDGER']!.slice('sqlite:'.length);
      openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
      if (used) {
        await sqliteLedger(path, systemClock).close();
      }
      const before = used ? readFileSync(path) : null;
      const filler = await fill(disk);
      expect(await refusal(env)).toContain('disk is full: free some space');
      await filler.free();
      if (before) expect(readFileSync(path)).toEqual(before);
    });

    test('and was to take the keys too', async () => {
      const data = join(temporaryFolder(), 'data');
      mountDisk(data, 4);
      onTestFinished(() => unmountDisk(data));
      chmodSync(data, 0o700);
      const env = { ...startable({}), JEMBATAN_DATA: data };
      cpSync(join(startable({})['JEMBATAN_DATA']!, 'secrets'), join(data, 'secrets'), { recursive: true });
      const filler = await fill(data);
      expect(await refusal(env)).toContain('disk is full: free some space');
      await filler.free();
    });
  });

  test('sealed under a key file that was exchanged', async () => {
    const env = at(join(temporaryFolder(), 'ledger.db'));
    const data = env['JEMBATAN_DATA']!;
    const made = await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], env);
    expect(made.code).toBe(0);
    openKeyFile(join(data, 'other.json'), systemClock.random);
    copyFileSync(join(data, 'other.json'), join(data, 'keys.json'));
    expect(await refusal(env)).toContain('is not the key file that this ledger is sealed under');
  });
});

describe.skipIf(!hasServers)('PostgreSQL and Redis', () => {
  const held: { postgres?: Server; redis?: Server; web?: NetServer } = {};
  let postgres = '';
  let redis = '';
  let web = '';
  let named = 0;

  beforeAll(async () => {
    held.postgres = await startPostgres();
    held.redis = await startRedis(['--requirepass', 's3cret']);
    held.web = createServer(
      (socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    held.web.listen(0, '127.0.0.1');
    await once(held.web, 'listening');
    postgres = held.postgres.url.replace('postgres@', 'postgres:s3cret@');
    redis = held.redis.url.replace('redis://', 'redis://:s3cret@');
    web = `127.0.0.1:${(held.web.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await held.postgres?.remove();
    await held.redis?.remove();
    held.web?.close();
  });

  /** A database of its own, and a start on it with the keys in place. */
  async function database(options = ''): Promise<{ url: string; env: Record<string, string> }> {
    const name = `refused_${(named += 1)}`;
    await query(postgres, `CREATE DATABASE ${name} ${options}`);
    const url = postgres.replace(/postgres$/, name);
    const env = startable({
      JEMBATAN_LEDGER: url,
      JEMBATAN_QUEUE: redis,
      JEMBATAN_PORT: String(await freePort()),
    });
    openKeyFile(join(env['JEMBATAN_DATA']!, 'keys.json'), systemClock.random);
    return { url, env };
  }

  async function query(url: string, text: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  test('no server there', async () => {
    const { env } = await database();
    const line = await refusal({ ...env, JEMBATAN_LEDGER: `postgres://bus:s3cret@${CLOSED}/ledger` });
    expect(line).toMatch(/^postgres:\/\/bus:\*\*\*@127\.0\.0\.1:1\/ledger /);
  });

  test('a server of another kind', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    expect(await refusal({ ...env, JEMBATAN_LEDGER: `postgres://bus:s3cret@${web}/ledger` })).toMatch(
      /mend host and port/,
    );
    expect(await refusal({ ...env, JEMBATAN_QUEUE: `redis://${web}` })).toContain('check host and port');
  });

  test('no such database, no such user', async () => {
    const { env } = await database();
    const unknown = postgres.replace(/postgres$/, 'nowhere');
    expect(await refusal({ ...env, JEMBATAN_LEDGER: unknown })).toContain('nowhere');
    const stranger = postgres.replace('//postgres:', '//stranger:');
    expect(await refusal({ ...env, JEMBATAN_LEDGER: stranger })).toContain('stranger');
  });

  test('no ledger in it yet', async () => {
    const { env } = await database();
    expect(await refusal(env)).toContain('run jembatan migrate');
  });

  test('a schema from the future', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    await query(url, 'INSERT INTO schema_version (version, oldest) VALUES (999, 999)');
    expect(await refusal(env)).toContain('by a newer jembatan');
  });

  test('a server that may lose what it has confirmed, or takes no writes', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    const name = new URL(url).pathname.slice(1);
    await query(postgres, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    expect(await refusal(env)).toContain('turn synchronous_commit on');
    await query(postgres, `ALTER DATABASE ${name} SET synchronous_commit = on`);
    await query(postgres, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await refusal(env)).toContain('it takes no writes');
  });

  test('an encoding that loses letters', async () => {
    const { env } = await database(`ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    expect(await refusal(env)).toContain('its encoding is SQL_ASCII');
  });

  test('keys that are missing, or those of another ledger', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    const data = env['JEMBATAN_DATA']!;
    const made = await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], env);
    expect(made.code).toBe(0);
    const elsewhere = { ...env, JEMBATAN_DATA: join(data, 'elsewhere') };
    cpSync(join(data, 'secrets'), join(elsewhere.JEMBATAN_DATA, 'secrets'), { recursive: true });
    expect(await refusal(elsewhere)).toContain('copy the one that the other processes have');
    openKeyFile(join(elsewhere.JEMBATAN_DATA, 'keys.json'), systemClock.random);
    expect(await refusal(elsewhere)).toContain('is not the key file that this ledger is sealed under');
  });

  test('a Redis that is not there, refuses the password, or may evict', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    expect(await refusal({ ...env, JEMBATAN_QUEUE: `redis://:s3cret@${CLOSED}` })).toContain(
      'whether Redis runs',
    );
    const wrong = redis.replace('s3cret', 's3cret-not');
    expect(await refusal({ ...env, JEMBATAN_QUEUE: wrong })).toContain('refused the user or password');
    const evicting = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    onTestFinished(() => evicting.remove());
    expect(await refusal({ ...env, JEMBATAN_QUEUE: evicting.url })).toContain(
      'set maxmemory-policy noeviction',
    );
  });

  test('a second worker where bells live in one process', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    const { soleWorker } = await import('../../src/ledger/postgres/sole-worker.ts');
    const release = await soleWorker(url, systemClock, () => undefined);
    onTestFinished(release);
    expect(await refusal({ ...env, JEMBATAN_QUEUE: 'memory' })).toContain('set JEMBATAN_QUEUE to a Redis');
  });

  test('a lane that no agency has', async () => {
    const { url, env } = await database();
    await migratePostgres(url, systemClock);
    const { code, err } = await jembatan(['start'], { ...env, JEMBATAN_LANES: 'nobody' });
    expect(code).toBe(1);
    expect(err[0]).toContain('JEMBATAN_LANES names nobody, and there is no such agency');
  });
});
