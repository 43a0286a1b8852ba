/** `migrate`, `backup` and `restore` on a real PostgreSQL, with its own programs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { migrations } from '../../src/ledger/postgres/migrations.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { acceptance, changeOf, idOf, SETTLED } from '../contracts/ledger-fixtures.ts';
import { SHIPPED } from '../config/broken.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { jembatan, temporaryFolder } from './stand.ts';

describe.skipIf(!hasServers)('a PostgreSQL ledger', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases(true);
  }, 60_000);
  afterAll(() => databases.remove(), 60_000);

  const place = (url: string, data = temporaryFolder()): Record<string, string> => ({
    ...{ JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED, JEMBATAN_LEDGER: url },
    PATH: process.env['PATH']!,
  });
  const opened = async (url: string): Promise<DeskLedger> => {
    const ledger = await postgresLedger(url, systemClock);
    onTestFinished(() => ledger.close());
    return ledger;
  };

  describe('migrate', () => {
    test('runs each migration once, says how long it took, and makes the first key file', async () => {
      const url = await databases.fresh('empty');
      const env = place(url);
      const check = await jembatan(['migrate', '--check'], env);
      expect([check.code, check.out, check.err]).toEqual([
        1,
        [expect.stringMatching(/: schema 0, \d+ migrations? to run$/)],
        [],
      ]);
      const first = await jembatan(['migrate'], env);
      expect(first.out).toEqual([
        ...migrations.map((_, n) => expect.stringMatching(`^migration ${n + 1}: \\d+ ms$`) as unknown),
        expect.stringMatching(`: schema 0 → ${migrations.length}$`),
      ]);
      const keys = join(env['JEMBATAN_DATA']!, 'keys.json');
      expect([first.code, first.err, statSync(keys).mode & 0o777]).toEqual([
        0,
        [expect.stringContaining('Made')],
        0o600,
      ]);
      const made = readFileSync(keys, 'utf8');
      const again = await jembatan(['migrate'], env);
      expect([again.code, again.out, again.err]).toEqual([0, [expect.stringContaining('nothing to do')], []]);
      expect((await jembatan(['migrate', '--check'], env)).code).toBe(0);
      expect(readFileSync(keys, 'utf8')).toBe(made);
    });

    test('by several at once runs each migration once', async () => {
      const url = await databases.fresh('empty');
      const env = place(url);
      const all = await Promise.all([1, 2, 3].map(() => jembatan(['migrate'], env)));
      expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
      expect(all.filter(({ out }) => out.join().includes('nothing to do'))).toHaveLength(2);
    });

    test('makes no key file beside what is sealed already', async () => {
      const url = await databases.fresh();
      await (await opened(url)).accept(acceptance(1));
      const env = place(url);
      const { code, err } = await jembatan(['migrate'], env);
      expect([code, err]).toEqual([1, [expect.stringContaining('keys.json is missing: copy the one')]]);
      expect(existsSync(join(env['JEMBATAN_DATA']!, 'keys.json'))).toBe(false);
    });

    test('says of SQLite that start does it', async () => {
      const env = { JEMBATAN_DATA: temporaryFolder() };
      const { code, out } = await jembatan(['migrate'], env);
      expect([code, out]).toEqual([0, [expect.stringContaining('start brings an SQLite ledger up to date')]]);
    });

    test.each<[string, (url: string) => Promise<string> | string, string]>([
      [
        'nobody there',
        async () => `postgres://bus:hush@127.0.0.1:${await freePort()}/bus`,
        'nobody listens there',
      ],
      ['no such database', (url) => url.replace(/ledger_\d+$/, 'nowhere'), 'there is no such database'],
      [
        "somebody else's tables",
        async (url) => {
          await run(url, 'CREATE TABLE recipes (id int)');
          return url;
        },
        "tables that are not a ledger's (recipes)",
      ],
    ])('%s is one line', async (_, given, said) => {
      const url = await given(await databases.fresh('empty'));
      for (const words of [['migrate'], ['backup', join(temporaryFolder(), 'copy')]]) {
        const { code, out, err } = await jembatan(words, place(url));
        expect([code, out]).toEqual([1, []]);
        if (words[0] === 'migrate') expect(err).toEqual([expect.stringContaining(said)]);
        expect(err.join('\n')).not.toContain('hush');
      }
    });

    test('a schema from the future is left alone', async () => {
      const url = await databases.fresh();
      await run(url, 'INSERT INTO schema_version (version, oldest) VALUES (99, 99)');
      for (const words of [['migrate'], ['migrate', '--check']]) {
        const { code, err } = await jembatan(words, place(url));
        expect([code, err]).toEqual([1, [expect.stringContaining('by a newer jembatan')]]);
      }
    });
  });

  const filled = async (): Promise<{ url: string; ledger: DeskLedger }> => {
    const url = await databases.fresh();
    const ledger = await opened(url);
    for (let n = 1; n <= 3; n += 1) await ledger.accept(acceptance(n));
    await ledger.record(await changeOf(ledger, 1, { events: [SETTLED] }));
    return { url, ledger };
  };
  const backedUp = async (): Promise<string> => {
    const { url } = await filled();
    const file = join(temporaryFolder(), 'copy.dump');
    expect(await jembatan(['backup', file], place(url))).toMatchObject({ code: 0 });
    return file;
  };
  const standing = (url: string): Promise<unknown[]> =>
    run(url, `SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`);

  describe('backup and restore', () => {
    test('what was backed up beside running buses comes back in an empty database, and they go on with it', async () => {
      const { url, ledger } = await filled();
      const folder = temporaryFolder();
      const env = place(url);
      let stop = false;
      const writing = (async () => {
        for (let n = 10; !stop; n += 1) await ledger.accept(acceptance(n));
      })();
      const made = await jembatan(['backup', folder], env);
      stop = true;
      await writing;
      expect([made.code, made.err]).toEqual([0, [expect.stringContaining('keys.json is not in it')]]);
      const [file] = readdirSync(folder).filter((name) => name.endsWith('.dump'));
      expect(readdirSync(folder).toSorted()).toEqual([file, `${file}.json`]);
      expect(statSync(join(folder, file!)).mode & 0o777).toBe(0o600);
      const to = await databases.fresh('empty');
      const { code, out, err } = await jembatan(['restore', join(folder, file!)], place(to));
      expect([code, err.join('\n')]).toEqual([0, expect.stringContaining('keys.json is missing')]);
      expect(out[0]).toMatch(/^audit: \d+ streams, \d+ events: unbroken$/);
      const held = /(\d+) applications, (\d+) events/;
      expect(held.exec(out[1]!)![0]).toBe(held.exec(made.out[0]!)![0]);
      const restored = await opened(to);
      expect(await restored.read(idOf(1))).toEqual(await ledger.read(idOf(1)));
      expect(await restored.accept(acceptance(1))).toMatchObject({ is: 'repeat' });
      expect(await restored.accept(acceptance(9))).toMatchObject({ is: 'accepted' });
    });

    test('a target that holds anything is left as it is', async () => {
      const file = await backedUp();
      const to = await databases.fresh();
      const { code, err } = await jembatan(['restore', file], place(to));
      expect([code, err.at(-1)]).toEqual([
        1,
        expect.stringMatching(/is not empty \(\w+\): restore into a new database/),
      ]);
      expect(await run(to, 'SELECT 1 FROM applications')).toEqual([]);
    });

    const manifest = (file: string): Record<string, unknown> =>
      JSON.parse(readFileSync(`${file}.json`, 'utf8')) as Record<string, unknown>;
    const fitted = (file: string, fields: object = {}): void => {
      const content = readFileSync(file);
      const sha256 = createHash('sha256').update(content).digest('hex');
      writeFileSync(
        `${file}.json`,
        JSON.stringify({ ...manifest(file), bytes: content.length, sha256, ...fields }),
      );
    };

    test.each<[string, (file: string) => void, string]>([
      [
        'a flipped bit',
        (file) => {
          const content = readFileSync(file);
          content[content.length >> 1]! ^= 1;
          writeFileSync(file, content);
        },
        'is damaged: it is not the file',
      ],
      [
        'its end cut off and a manifest made to fit',
        (file) => {
          writeFileSync(file, readFileSync(file).subarray(0, -2000));
          fitted(file);
        },
        'pg_restore failed: ',
      ],
      ['a newer schema', (file) => fitted(file, { schema: 99 }), 'written by a newer jembatan'],
      ['a backup of the other body', (file) => fitted(file, { body: 'sqlite' }), 'is a backup of SQLite'],
    ])('a backup with %s is refused, and the target stays empty', async (_, harm, said) => {
      const file = await backedUp();
      harm(file);
      const to = await databases.fresh('empty');
      const { code, err } = await jembatan(['restore', file], place(to));
      expect([code, err.join('\n')]).toEqual([1, expect.stringContaining(said)]);
      expect(await standing(to)).toEqual([]);
    });

    test('a backup of a broken chain is told, with what to do with the database', async () => {
      const { url } = await filled();
      await run(url, `UPDATE events SET data = '{}' WHERE stream = '${idOf(2)}'`);
      const file = join(temporaryFolder(), 'copy.dump');
      expect(await jembatan(['backup', file], place(url))).toMatchObject({ code: 0 });
      const to = await databases.fresh('empty');
      const { code, err } = await jembatan(['restore', file], place(to));
      expect([code, err.at(-1)]).toEqual([1, expect.stringMatching(/events: 1 break: drop the database$/)]);
    });

    test('without the programs of PostgreSQL, it says which to install', async () => {
      const file = await backedUp();
      const { url } = await filled();
      const nowhere = { PATH: temporaryFolder() };
      const other = join(temporaryFolder(), 'other.dump');
      const backup = await jembatan(['backup', other], { ...place(url), ...nowhere });
      expect([backup.code, backup.err.at(-1)]).toEqual([
        1,
        expect.stringContaining('pg_dump is not installed'),
      ]);
      expect([existsSync(other), existsSync(`${other}.part`)]).toEqual([false, false]);
      const to = await databases.fresh('empty');
      const restore = await jembatan(['restore', file], { ...place(to), ...nowhere });
      expect([restore.code, restore.err.at(-1)]).toEqual([
        1,
        expect.stringContaining('pg_restore is not installed'),
      ]);
    });

    test('a key is made without a word of the password', async () => {
      const url = await databases.fresh();
      await run(url, `CREATE ROLE teller LOGIN SUPERUSER PASSWORD 'hush'`);
      const env = place(url.replace('postgres@', 'teller:hush@'));
      const migrated = await jembatan(['migrate'], env);
      const made = await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], env);
      expect([migrated.code, made.code, made.err[0]]).toEqual([0, 0, expect.stringContaining('teller:***@')]);
      for (const { out, err } of [migrated, made]) expect([...out, ...err].join()).not.toContain('hush');
    });

    test('a password is neither shown nor put where others see it', async () => {
      const { url } = await filled();
      await run(url, `CREATE ROLE bus LOGIN SUPERUSER PASSWORD 'hu%sh'`);
      const own = url.replace('postgres@', 'bus:hu%25sh@');
      const file = join(temporaryFolder(), 'copy.dump');
      const programs = temporaryFolder();
      writeFileSync(join(programs, 'pg_dump'), '#!/bin/sh\necho "$@ $PGPASSWORD" >&2\nexit 3\n', {
        mode: 0o755,
      });
      const { code, err } = await jembatan(['backup', file], {
        ...place(own),
        PATH: `${programs}:/usr/bin:/bin`,
      });
      const said = err.at(-1)!;
      expect([code, said.includes('bus@127.0.0.1')]).toEqual([1, true]);
      expect(said.split('--dbname=')[1]).toMatch(/^postgres:\/\/bus@[^ ]+ hu%sh$/);
      expect((await jembatan(['backup', file], place(own))).out.join()).not.toContain('hu%');
    });
  });
});
