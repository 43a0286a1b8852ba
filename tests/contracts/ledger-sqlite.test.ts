/** What only the SQLite ledger promises: durable pragmas, one commit for a group, and the files it refuses. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workVerbs, lookVerbs } from '../../src/ledger/sqlite/desk.ts';
import { openDatabase, type Database } from '../../src/ledger/sqlite/database.ts';
import { readVerbs } from '../../src/ledger/sqlite/due.ts';
import { CommitUnknown, LedgerRefused, sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { migrations } from '../../src/ledger/sqlite/migrations.ts';
import { openItems } from '../../src/ledger/sqlite/items.ts';
import { sweepVerbs } from '../../src/ledger/sqlite/sweep.ts';
import { acceptance, changeOf, document, idOf, manualClock, SETTLED, store, AT } from './ledger-fixtures.ts';

let folder: string;
let path: string;
const closing: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jembatan-sqlite-'));
  path = join(folder, 'ledger.db');
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true });
});

function open(as: 'owner' | 'guest' = 'owner', at = path): ReturnType<typeof sqliteLedger> {
  const ledger = sqliteLedger(at, manualClock(), as);
  closing.push(() => ledger.close());
  return ledger;
}

/** Another connection to the file, as the tests' own eyes and hands. */
function beside(): DatabaseSync {
  const db = new DatabaseSync(path);
  closing.push(() => db.close());
  return db;
}

/** Every row of every table. */
function dump(db: DatabaseSync): string {
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).all();
  const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${String(name)}`).all()]);
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(LedgerRefused);
    return (error as Error).message;
  }
  throw new Error('It was not refused');
};

describe('the file', () => {
  test('is written through: synchronous = FULL (2), WAL, deleted bytes overwritten', () => {
    const db = openDatabase(path, manualClock());
    closing.push(() => db.close());
    const pragma = (name: string): unknown => Object.values(db.sql(`PRAGMA ${name}`).get()!)[0];
    expect([pragma('synchronous'), pragma('journal_mode'), pragma('secure_delete')]).toEqual([2, 'wal', 1]);
  });

  test('keeps everything over a restart, and its serials go on', async () => {
    const first = sqliteLedger(path, manualClock());
    await first.accept(acceptance(1));
    const serials = await Promise.all([1, 2, 3].map(() => first.nextSerial('MPP-9999-01', 2026)));
    await first.close();
    const again = open();
    expect((await again.read(idOf(1)))!.application.number).toBe('9999-01-26-000001-0');
    expect(await again.nextSerial('MPP-9999-01', 2026)).toBeGreaterThan(Math.max(...serials));
  });

  test('what was asked for before closing is committed, what comes after is refused', async () => {
    const ledger = sqliteLedger(path, manualClock());
    const accepted = ledger.accept(acceptance(1));
    await ledger.close();
    await expect(accepted).resolves.toMatchObject({ is: 'accepted' });
    await expect(ledger.accept(acceptance(2))).rejects.toThrow(CommitUnknown);
    expect(await open().read(idOf(2))).toBeUndefined();
  });
});

describe('group commit', () => {
  /** Pages written to the WAL so far: every commit appends at least one of 4096 bytes and a header of 24. */
  const pages = async (): Promise<number> => Math.floor((await stat(`${path}-wal`)).size / 4120);

  test('writes issued together share one transaction', async () => {
    const ledger = open();
    await ledger.savePlan('first', '{}');
    const before = await pages();
    await Promise.all(Array.from({ length: 100 }, (_, n) => ledger.savePlan(`together-${n}`, '{}')));
    const together = (await pages()) - before;
    for (let n = 0; n < 20; n += 1) await ledger.savePlan(`apart-${n}`, '{}');
    const apart = (await pages()) - before - together;
    expect(together).toBeLessThan(10);
    expect(apart).toBeGreaterThanOrEqual(20);
  });

  test('a failing write takes only its own with it', async () => {
    const ledger = open();
    await ledger.accept(acceptance(1));
    const doubled = acceptance(2, { application: { number: '9999-01-26-000001-0' } });
    const before = dump(beside());
    await expect(ledger.accept(doubled)).rejects.toThrow(/UNIQUE/);
    expect(dump(beside())).toBe(before);
    const group = [
      ledger.accept(acceptance(3)),
      ledger.accept(doubled),
      ledger.accept(acceptance(4)),
      ledger.savePlan('digest', '{}'),
    ];
    const settled = await Promise.allSettled(group);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect([
      await ledger.read(idOf(3)),
      await ledger.read(idOf(4)),
      await ledger.plan('digest'),
    ]).not.toContain(undefined);
  });

  test('an acceptance that is refused leaves no trace, not even at the documents it looked at', async () => {
    const ledger = open();
    await ledger.saveDocument(document('doc-1'));
    const before = dump(beside());
    const wanted = [
      { hash: 'hash of doc-1', name: 'photo' },
      { hash: 'never uploaded', name: 'scan' },
    ];
    expect(await ledger.accept(acceptance(1, { documents: wanted }))).toMatchObject({
      is: 'documentMissing',
    });
    expect(dump(beside())).toBe(before);
  });

  test('a change that raced leaves no trace', async () => {
    const ledger = open();
    await ledger.accept(acceptance(1));
    const before = dump(beside());
    const change = await changeOf(ledger, 1, {
      events: [SETTLED],
      open: [{ step: 'check', kind: 'conflict', code: 'X' }],
    });
    expect(await ledger.record({ ...change, version: 7 })).toEqual({ is: 'raced' });
    expect(dump(beside())).toBe(before);
  });

  test('a failed COMMIT leaves the whole group unknown, and the ledger goes on afterwards', async () => {
    const ledger = open();
    await ledger.accept(acceptance(1));
    // A foreign key that is looked at only by COMMIT: the group's writes succeed, their commit does not.
    const poison = beside();
    poison.exec(`CREATE TABLE wells (id INTEGER PRIMARY KEY);
      CREATE TABLE buckets (well INTEGER REFERENCES wells (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER poison AFTER INSERT ON plans WHEN new.digest = 'poison' BEGIN INSERT INTO buckets VALUES (1); END;`);
    const before = dump(poison);
    const group = [
      ledger.accept(acceptance(2)),
      ledger.savePlan('poison', '{}'),
      ledger.savePlan('fine', '{}'),
    ];
    const settled = await Promise.allSettled(group);
    for (const one of settled)
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(CommitUnknown) as unknown });
    expect(dump(poison)).toBe(before);
    expect(await ledger.accept(acceptance(2))).toMatchObject({ is: 'accepted' });
    expect(await store(ledger, 1, { events: [SETTLED] })).toMatchObject({ is: 'done' });
  });
});

describe('what is asked at every sweep and on every page reads an index, however much the ledger holds', () => {
  /** Says how SQLite goes about every statement that a piece of work runs. */
  const plansOf = async (work: (db: Database) => unknown): Promise<string[]> => {
    const db = openDatabase(path, manualClock());
    closing.push(() => db.close());
    const texts = new Set<string>();
    const sql: Database['sql'] = (text) => {
      texts.add(text);
      return db.sql(text);
    };
    await work({ ...db, sql });
    const explain = (text: string): string[] =>
      db
        .sql(`EXPLAIN QUERY PLAN ${text}`)
        .all()
        .map((row) => String(row['detail']));
    return [...texts].flatMap(explain);
  };
  /** Walks that begin at a table's first row, and results sorted only after all of them were found. */
  const slow = (plan: string[]): string[] =>
    plan.filter((line) => /^SCAN (?!hop)(?!.* USING )|TEMP B-TREE FOR ORDER BY/.test(line));
  const seed = async (): Promise<void> => {
    const ledger = sqliteLedger(path, manualClock());
    await ledger.accept(acceptance(1));
    await ledger.close();
  };

  test.each<[string, string, (db: Database) => unknown]>([
    [
      'due',
      'SEARCH steps USING COVERING INDEX steps_due',
      (db) => readVerbs(db).due({ horizon: Date.parse(AT) + 1, most: () => 9 }),
    ],
    ['stuck', 'SCAN steps USING INDEX steps_stuck', (db) => workVerbs(db).stuck(9)],
    [
      'list of all',
      'SEARCH applications USING PRIMARY KEY (id<?)',
      (db) => lookVerbs(db).list({ after: 'x', most: 9 }),
    ],
    [
      "list of a platform's",
      'SEARCH applications USING INDEX applications_platform (platform=?',
      (db) => lookVerbs(db).list({ platform: 'mall', after: 'x', most: 9 }),
    ],
    [
      "list of a platform's in a state",
      'SEARCH applications USING INDEX applications_state (platform=? AND state=?',
      (db) => lookVerbs(db).list({ platform: 'mall', state: 'accepted', after: 'x', most: 9 }),
    ],
    [
      'list of those with an open item',
      'SCAN items USING INDEX items_listed',
      (db) => lookVerbs(db).list({ attention: true, most: 9 }),
    ],
    [
      "list of a platform's with an open item",
      'SEARCH applications USING INDEX applications_platform (platform=? AND id=?)',
      (db) => lookVerbs(db).list({ platform: 'mall', attention: true, most: 9 }),
    ],
    ['openItems', 'SEARCH items USING INDEX items_listed', (db) => workVerbs(db).openItems({ most: 9 })],
    [
      "openItems of an application's",
      'SEARCH items USING INDEX items_listed (id>? AND id<?)',
      (db) => workVerbs(db).openItems({ applicationId: idOf(1), most: 9 }),
    ],
    [
      'the number of the next item',
      'SEARCH items USING PRIMARY KEY (id>? AND id<?)',
      (db) => openItems(db, idOf(1), [{ step: 'check', kind: 'conflict', code: 'X' }]),
    ],
    ['kept news', 'inbox USING INDEX inbox_waiting', (db) => sweepVerbs(db).newsWithSteps(null, 9)],
    ['unlisted uploads', 'documents USING INDEX documents_dropped', (db) => sweepVerbs(db).dropUnlisted(AT)],
    [
      'old deliveries',
      'delivery_log USING COVERING INDEX delivery_log_at',
      (db) => sweepVerbs(db).dropDeliveries(AT),
    ],
  ])('%s', async (_, expected, work) => {
    await seed();
    const plan = await plansOf(work);
    expect(plan.join('\n')).toContain(expected);
    expect(slow(plan)).toEqual([]);
  });
});

describe('refused', () => {
  test('a second owner, until the first one is gone', async () => {
    const first = sqliteLedger(path, manualClock());
    expect(refusal(() => open())).toMatch(/used by another jembatan process: stop it first/);
    await first.close();
    await expect(open().ping()).resolves.toBeUndefined();
  });

  test('what is no database, and then its place is free again', async () => {
    await writeFile(path, 'This is a letter, not a ledger. '.repeat(100));
    expect(refusal(() => open())).toMatch(/is not a ledger: set JEMBATAN_LEDGER to another path/);
    await rm(path);
    await expect(open().ping()).resolves.toBeUndefined();
  });

  test("somebody else's database, and nothing is written to it", async () => {
    const other = beside();
    other.exec('CREATE TABLE recipes (id INTEGER PRIMARY KEY); PRAGMA user_version = 0');
    expect(refusal(() => open())).toMatch(/is not a ledger/);
    other.exec('PRAGMA user_version = 1');
    expect(refusal(() => open('guest'))).toMatch(/is not a ledger/);
    expect(other.prepare('SELECT count(*) AS n FROM sqlite_master').get()).toEqual({ n: 1 });
  });

  test('a file of a newer schema, left as it is', async () => {
    await sqliteLedger(path, manualClock()).close();
    const newer = beside();
    newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    expect(refusal(() => open())).toMatch(/was written by a newer jembatan/);
    expect(newer.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length + 1 });
  });

  test('a missing folder, and a folder in its place', async () => {
    const told = /cannot be opened .*check that its folder exists and can be written/;
    expect(refusal(() => open('owner', join(folder, 'nowhere', 'ledger.db')))).toMatch(told);
    await mkdir(path);
    expect(refusal(() => open())).toMatch(told);
  });
});

describe('a guest', () => {
  test('reads and writes beside the owner, both ways', async () => {
    const owner = open();
    await owner.accept(acceptance(1));
    const guest = open('guest');
    expect((await guest.read(idOf(1)))!.application.platform).toBe('mall');
    const key = {
      id: 'key-1',
      hash: 'h',
      platform: 'mall',
      scopes: [],
      title: 't',
      createdAt: AT,
      expiresAt: null,
      revokedAt: null,
    };
    await Promise.all([guest.createKey(key), owner.accept(acceptance(2))]);
    expect(await owner.apiKey('key-1')).toBeDefined();
    expect(await guest.read(idOf(2))).toBeDefined();
  });

  test('needs no owner, and shuts none out', async () => {
    await open('guest').ping();
    await expect(open('owner').ping()).resolves.toBeUndefined();
  });
});
