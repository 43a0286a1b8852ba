/** `backup` and `restore` of SQLite: beside a running bus, whole or not at all, over nothing that stands. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { migrations } from '../../src/ledger/sqlite/migrations.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { acceptance, changeOf, idOf, SETTLED } from '../contracts/ledger-fixtures.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan, temporaryFolder } from './stand.ts';

interface Place {
  env: Record<string, string>;
  /** The ledger's file. */
  path: string;
  folder: string;
}

function place(): Place {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  return {
    env: { JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED },
    path: join(data, 'ledger.db'),
    folder,
  };
}

/** A ledger with `count` applications, the first of which has moved on; as a running bus has it open. */
async function filled(count = 3): Promise<Place & { ledger: DeskLedger }> {
  const at = place();
  // Makes the data folder and its key file, as a first start does.
  await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], at.env);
  const ledger = sqliteLedger(at.path, systemClock, 'owner');
  for (let n = 1; n <= count; n += 1) await ledger.accept(acceptance(n));
  await ledger.record(await changeOf(ledger, 1, { events: [SETTLED] }));
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await ledger.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { ...at, ledger: { ...ledger, close } };
}

/** Every row of every table, as text. */
function dump(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .all();
  const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${String(name)}`).all()]);
  db.close();
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}

const manifestOf = (file: string): Record<string, never> =>
  JSON.parse(readFileSync(`${file}.json`, 'utf8')) as Record<string, never>;

test('a copy made beside a running bus holds all it had, and nobody else may read it', async () => {
  const { env, ledger, path, folder } = await filled();
  const file = join(folder, 'copy.db');
  const before = dump(path);
  const { code, out, err } = await jembatan(['backup', file], env);
  expect([code, err.at(-1)]).toEqual([0, expect.stringContaining('keys.json is not in it')]);
  await ledger.accept(acceptance(9));
  expect(dump(file)).toBe(before);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(out).toEqual([
    `${file}: 3 applications, 5 events, schema ${migrations.length}, ${statSync(file).size} bytes, sha256 ${sha256}`,
  ]);
  expect(manifestOf(file)).toMatchObject({ body: 'sqlite', schema: migrations.length, sha256 });
  expect([file, `${file}.json`].map((one) => statSync(one).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(readdirSync(folder).toSorted()).toEqual(['copy.db', 'copy.db.json', 'data']);
});

test('a copy holds one instant although the bus writes all the while', async () => {
  const { env, ledger, path, folder } = await filled();
  // Many pages, so that the copy takes several turns.
  const filler = new DatabaseSync(path);
  filler.exec(`INSERT INTO plans WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 8000)
    SELECT 'filler-' || n, hex(zeroblob(1000)) FROM n`);
  filler.close();
  let stop = false;
  const writing = (async () => {
    let n = 10;
    for (; !stop; n += 1) await ledger.accept(acceptance(n));
    return n - 10;
  })();
  const file = join(folder, 'copy.db');
  const { code } = await jembatan(['backup', file], env);
  stop = true;
  expect([code, (await writing) > 1]).toEqual([0, true]);
  const copy = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => copy.close());
  // What is written by one transaction is there whole or not at all.
  const apart = copy
    .prepare('SELECT count(*) AS n FROM applications LEFT JOIN events ON stream = id WHERE stream IS NULL')
    .get();
  expect(apart).toEqual({ n: 0 });
});

test('a folder gets a copy under a name of its own', async () => {
  const { env, folder } = await filled(1);
  const { code, out } = await jembatan(['backup', folder], env);
  expect([code, out[0]]).toEqual([0, expect.stringMatching(/jembatan-\d{8}T\d{6}Z\.db: 1 application, /)]);
});

test('what stands is never overwritten, and nothing is left lying about', async () => {
  const { env, folder } = await filled(1);
  const file = join(folder, 'copy.db');
  writeFileSync(file, 'a letter');
  const { code, err } = await jembatan(['backup', file], env);
  expect([code, err.at(-1)]).toEqual([1, `${file} is there already: it is left as it is`]);
  expect(readFileSync(file, 'utf8')).toBe('a letter');
  expect(readdirSync(folder).toSorted()).toEqual(['copy.db', 'data']);
});

test.each([
  ['of a ledger that is not there', 'copy.db', 'There is no ledger at'],
  ['into a folder that is not there', 'nowhere/copy.db', 'there is no such file or folder'],
])('a backup %s is refused in one line', async (what, name, said) => {
  const { env, folder } = what.includes('ledger') ? place() : await filled(1);
  const { code, out, err } = await jembatan(['backup', join(folder, name)], env);
  expect([code, out]).toEqual([1, []]);
  expect(err.at(-1)).toContain(said);
});

/** A backup, and an empty place to restore it to. */
async function backedUp(): Promise<{ file: string; from: string; to: Place }> {
  const { env, path, folder, ledger } = await filled();
  const file = join(folder, 'copy.db');
  expect((await jembatan(['backup', file], env)).code).toBe(0);
  await ledger.close();
  return { file, from: dump(path), to: place() };
}

test('a restored ledger is the one that was backed up, proved, and a bus goes on with it', async () => {
  const { file, from, to } = await backedUp();
  const { code, out, err } = await jembatan(['restore', file], to.env);
  expect([code, out]).toEqual([
    0,
    [
      'audit: 4 streams, 5 events: unbroken',
      expect.stringMatching(/ledger\.db: 3 applications, 5 events, as of 20/),
    ],
  ]);
  expect(err.join('\n')).toContain('keys.json is missing: put the copy of it there');
  expect(readdirSync(join(to.folder, 'data'))).toEqual(['ledger.db']);
  expect(dump(to.path)).toBe(from);
  expect(statSync(to.path).mode & 0o777).toBe(0o600);
  const bus = sqliteLedger(to.path, systemClock, 'owner');
  onTestFinished(() => bus.close());
  expect(await bus.accept(acceptance(1))).toMatchObject({ is: 'repeat' });
  expect(await bus.accept(acceptance(9))).toMatchObject({ is: 'accepted' });
});

test('a ledger that stands is left as it is', async () => {
  const { file, to } = await backedUp();
  expect((await jembatan(['restore', file], to.env)).code).toBe(0);
  const standing = readFileSync(to.path);
  const { code, err } = await jembatan(['restore', file], to.env);
  expect([code, err.at(-1)]).toEqual([1, expect.stringContaining('is there already: it is left as it is')]);
  expect(readFileSync(to.path)).toEqual(standing);
});

/** Changes a copy and makes its manifest fit again: what only a look inside finds. */
function tamper(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  expect(Number(db.prepare(sql).run().changes)).toBeGreaterThan(0);
  db.close();
  fitted(file);
}

function fitted(file: string, fields: object = {}): void {
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(
    `${file}.json`,
    JSON.stringify({ ...manifestOf(file), bytes: bytes.length, sha256, ...fields }),
  );
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

/** In the middle of the first page that holds rows of a table. */
function ruin(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096, 4096 * 12);
  writeFileSync(file, bytes);
  fitted(file);
}

test.each<[string, (file: string) => void, string]>([
  ['a flipped bit', (file) => flip(file, statSync(file).size - 100), 'is damaged: it is not the file'],
  ['a flipped bit in its header', (file) => flip(file, 20), 'is damaged: it is not the file'],
  ['its end cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, -4096)), 'is damaged'],
  ['its manifest missing', (file) => rmSync(`${file}.json`), 'is missing: jembatan backup wrote it beside'],
  ['a manifest that is none', (file) => writeFileSync(`${file}.json`, '{"version":1}'), 'not readable as'],
  ['a manifest that is a letter', (file) => writeFileSync(`${file}.json`, 'Dear'), 'not readable as'],
  ['a newer schema', (file) => fitted(file, { schema: 99 }), 'written by a newer jembatan'],
  ['a backup of the other body', (file) => fitted(file, { body: 'postgres' }), 'is a backup of PostgreSQL'],
  ['pages overwritten', ruin, 'damaged'],
  [
    'an application taken out',
    (file) => tamper(file, `DELETE FROM applications WHERE id = '${idOf(2)}'`),
    'does not hold what was backed up (applications: 2 rows of 3)',
  ],
  [
    'an event changed',
    (file) => tamper(file, `UPDATE events SET data = '{}' WHERE stream = '${idOf(2)}'`),
    'audit: 4 streams, 4 events: 1 break',
  ],
])('a backup with %s is refused, and nothing stands in its place', async (_, harm, said) => {
  const { file, to } = await backedUp();
  harm(file);
  const { code, err } = await jembatan(['restore', file], to.env);
  expect([code, err.join('\n')]).toEqual([1, expect.stringContaining(said)]);
  expect(readdirSync(join(to.folder, 'data'))).toEqual([]);
});

test('a backup that is not there', async () => {
  const to = place();
  const { code, err } = await jembatan(['restore', join(to.folder, 'copy.db')], to.env);
  expect([code, err[0]]).toEqual([1, expect.stringContaining('copy.db')]);
  expect(existsSync(to.path)).toBe(false);
});

test('a backup of an older schema is brought up to date on its way', async () => {
  const { env, path, folder } = place();
  const data = join(folder, 'data');
  await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate'], env);
  for (const name of readdirSync(data).filter((one) => one.startsWith('ledger'))) rmSync(join(data, name));
  const old = new DatabaseSync(path);
  old.exec(`${migrations[0]} PRAGMA user_version = 1`);
  old.close();
  const file = join(folder, 'copy.db');
  expect((await jembatan(['backup', file], env)).out[0]).toContain('schema 1');
  const to = place();
  expect((await jembatan(['restore', file], to.env)).code).toBe(0);
  const db = new DatabaseSync(to.path);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
  db.close();
});
