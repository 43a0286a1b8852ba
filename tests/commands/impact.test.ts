/** `jembatan impact` over a SQLite file and over a real PostgreSQL, as a user who may only read it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { moveLedger } from '../../src/ledger/move/index.ts';
import { migrations as postgresMigrations } from '../../src/ledger/postgres/migrations.ts';
import { migrations } from '../../src/ledger/sqlite/migrations.ts';
import { MALL } from '../config/broken.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { impactSuite } from './impact-suite.ts';
import { jembatan, temporaryFolder } from './stand.ts';

const fileOf = (env: Record<string, string>): string => join(env['JEMBATAN_DATA']!, 'ledger.db');

impactSuite('SQLite', {
  take: async (env) => `sqlite:${fileOf(env)}`,
  async sql(env, text) {
    const db = new DatabaseSync(fileOf(env));
    db.exec(text);
    db.close();
  },
  async content(env) {
    const log = `${fileOf(env)}-wal`;
    const unwritten = existsSync(log) ? statSync(log).size : 0;
    return `${createHash('sha256')
      .update(readFileSync(fileOf(env)))
      .digest('hex')} ${unwritten}`;
  },
  older: `PRAGMA user_version = ${migrations.length - 1}`,
  newer: `PRAGMA user_version = ${migrations.length + 1}`,
  refusesOlder: /ledger\.db was written by an older jembatan: start this one's bus once/,
  refusesNewer: /ledger\.db was written by a newer jembatan \(schema \d+, this one knows \d+\)/,
});

describe.skipIf(!hasServers)('over a real server', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove());

  const ownerOf = ({ JEMBATAN_LEDGER: url }: Record<string, string>): string =>
    url!.replace('//looker@', '//postgres@');

  impactSuite('PostgreSQL', {
    async take(env) {
      const url = await databases.fresh();
      const prove = async (): Promise<void> => undefined;
      await moveLedger({ from: fileOf(env), to: url, clock: systemClock, tell: () => undefined, prove });
      await run(url, LOOKER);
      return url.replace('//postgres@', '//looker@');
    },
    sql: async (env, text) => void (await run(ownerOf(env), text)),
    async content(env) {
      const tables = await run<{ name: string }>(ownerOf(env), TABLES);
      const rows = tables.map(({ name }) => run(ownerOf(env), `SELECT * FROM ${name} ORDER BY 1, 2`));
      return createHash('sha256')
        .update(JSON.stringify(await Promise.all(rows)))
        .digest('hex');
    },
    older: `DELETE FROM schema_version WHERE version = ${postgresMigrations.length}`,
    newer: `INSERT INTO schema_version VALUES (${postgresMigrations.length + 2}, ${postgresMigrations.length + 2})`,
    refusesOlder: /^postgres:.* has schema \d+ and this jembatan needs \d+: run jembatan migrate$/,
    refusesNewer: /^postgres:.* was brought to schema \d+ by a newer jembatan, this one knows \d+/,
  });
});

/** A user who may read and nothing else: a write would be told by the server. */
const LOOKER = `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'looker') THEN CREATE ROLE looker LOGIN; END IF; END $$;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker`;
const TABLES = `SELECT relname::text AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`;

describe('impact without a ledger', () => {
  const words = ['impact', '--route', join(MALL, 'routes/polres.skck.yaml')];
  const env = (): Record<string, string> => ({ JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: MALL });

  test('none is made where there is none, and an empty file is none', async () => {
    const settings = env();
    expect(await jembatan(words, settings)).toMatchObject({
      code: 2,
      err: [expect.stringContaining('There is no ledger')],
    });
    expect(existsSync(fileOf(settings))).toBe(false);
    writeFileSync(fileOf(settings), '');
    writeFileSync(join(settings['JEMBATAN_DATA']!, 'keys.json'), '{}', { mode: 0o600 });
    expect(await jembatan(words, settings)).toMatchObject({
      code: 1,
      err: [expect.stringContaining('holds no ledger yet')],
    });
    expect(statSync(fileOf(settings)).size).toBe(0);
  });
});
