/** Rows about the embedded ledger's file: shared, copied, full, damaged. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DatabaseSync } from 'node:sqlite';
import { spawnBus } from '../../journeys/bus-process.ts';
import { ENTRY } from '../bus.ts';
import { fill, noDisk } from '../disk.ts';
import type { Mall } from '../mall.ts';
import type { Row, Stage } from '../row.ts';

/** The log before the file may grow to 65 MB until it is folded in. */
const DISK_MB = 200;

const fileOf = ({ settings }: Mall): string => join(settings['JEMBATAN_DATA']!, 'ledger.db');

/** A second bus on the same file is refused and harms nobody; a lock held by a stranger is waited for. */
async function twoOwners(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  const [bus] = mall.buses;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(0, 300));
    stage.inject();
    if (n % 2 === 0) {
      const second = spawnBus({ ...bus!.settings, JEMBATAN_PORT: '0' }, [ENTRY]);
      const { code } = await second.ended;
      const why = /.*ledger\.db.*/.exec(second.output())?.[0].trim();
      if (code === 0 || why === undefined)
        stage.problem(`a second bus on the same file ended with ${code}: ${second.output().slice(-200)}`);
      if (n === 0) stage.note(`the second bus ends with ${code}: ${why}`);
    } else {
      const stranger = new DatabaseSync(fileOf(mall));
      while (!locks(stranger)) await pause(5);
      await pause(between(500, 3000));
      stranger.exec('ROLLBACK');
      stranger.close();
    }
    await stage.survive();
  }
}

/** False while the bus itself is writing. */
function locks(stranger: DatabaseSync): boolean {
  try {
    stranger.exec('BEGIN IMMEDIATE');
    return true;
  } catch {
    return false;
  }
}

/** The file as a power cut would leave it: the process stands still while it is copied; the copy holds all that was taken. */
async function powerCut(stage: Stage): Promise<void> {
  const { mall, load, rounds, between, pause } = stage;
  const bus = mall.buses[0]!;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(50, 600));
    bus.process!.signal('SIGSTOP');
    const taken = new Set(load.taken.map(({ id }) => id));
    const copy = copyOf(mall, n);
    bus.process!.signal('SIGCONT');
    stage.inject();
    const settings = { ...mall.settings, JEMBATAN_LEDGER: `sqlite:${copy}` };
    const db = new DatabaseSync(copy);
    const { integrity_check: found } = db.prepare('PRAGMA integrity_check').get() as {
      integrity_check: string;
    };
    const there = new Set(
      db
        .prepare('SELECT id FROM applications')
        .all()
        .map(({ id }) => String(id)),
    );
    db.close();
    if (found !== 'ok') stage.problem(`integrity_check: ${found}`);
    const lost = [...taken].filter((id) => !there.has(id)).length;
    if (lost > 0) stage.problem(`${lost} of ${taken.size} that were taken are not in the copy`);
    if (n % 5 === 0) {
      const audit = await mall.command('audit', 'verify', settings);
      if (audit.code !== 0) stage.problem(`audit verify of a copy: ${audit.output.slice(-200)}`);
    }
    if (n % 3 === 0) {
      await bus.end('SIGKILL');
      await bus.start();
    }
    await stage.survive();
  }
}

function copyOf(mall: Mall, n: number): string {
  const folder = join(mall.folder, `copy-${n}`);
  mkdirSync(folder);
  const copy = join(folder, 'ledger.db');
  for (const end of ['', '-wal'])
    if (existsSync(fileOf(mall) + end)) copyFileSync(fileOf(mall) + end, copy + end);
  return copy;
}

/** The disk fills up to its last byte, and has room again some time later: nobody starts anything anew. */
async function diskFull(stage: Stage): Promise<void> {
  const { mall, load, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(300, 1000));
    stage.inject();
    const room = await fill(mall.settings['JEMBATAN_DATA']!);
    await pause(between(1500, 4000));
    const before = load.taken.length;
    await pause(500);
    const stuck = load.taken.length === before;
    const [live, ready] = await Promise.all(['live', 'ready'].map((door) => statusOf(mall, door)));
    if (live !== 200) stage.problem(`/health/live says ${live} on a full disk`);
    if (n === 0) stage.note(`full: ${stuck ? 'nothing taken' : 'still taking'}, ready says ${ready}`);
    await room.free();
    await stage.survive();
  }
}

const statusOf = async (mall: Mall, door: string): Promise<number> =>
  (await fetch(`${mall.api()}/health/${door}`)).status;

/** Bytes of a copy are flipped: the ledger is refused, or the audit finds it, or nothing that is read has changed. */
async function damage(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause, chance } = stage;
  const bus = mall.buses[0]!;
  const found = { refused: 0, found: 0, harmless: 0, silent: 0 };
  const silent: string[] = [];
  await pause(3000);
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(0, 100));
    bus.process!.signal('SIGSTOP');
    const copy = copyOf(mall, n);
    bus.process!.signal('SIGCONT');
    const db = new DatabaseSync(copy);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const before = dumpOf(db);
    db.close();
    flip(copy, chance);
    stage.inject();
    const audit = await mall.command('audit', 'verify', {
      ...mall.settings,
      JEMBATAN_LEDGER: `sqlite:${copy}`,
    });
    const differs = changed(copy, before);
    const unnoticed = differs === null ? 'refused' : differs.length === 0 ? 'harmless' : 'silent';
    const noticed = /break/.test(audit.output) ? 'found' : 'refused';
    const verdict = audit.code === 0 ? unnoticed : noticed;
    if (verdict === 'silent') silent.push(...differs!);
    found[verdict] += 1;
    rmSync(join(copy, '..'), { recursive: true });
    await stage.survive();
  }
  stage.note(
    Object.entries(found)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(', '),
  );
  if (silent.length > 0) stage.note(`silent: ${[...new Set(silent)].join(', ')}`);
}

/** Eight bytes in a row at a random place behind the header page. */
function flip(path: string, chance: () => number): void {
  const file = openSync(path, 'r+');
  const at = 4096 + Math.floor(chance() * (statSync(path).size - 4096 - 8));
  const bytes = Buffer.alloc(8);
  readSync(file, bytes, 0, 8, at);
  writeSync(
    file,
    bytes.map((byte) => byte ^ 0xff),
    0,
    8,
    at,
  );
  closeSync(file);
}

const TABLES = ['applications', 'steps', 'events', 'attempts', 'items', 'inbox'];
type Dump = Record<string, Record<string, unknown>[]>;
const dumpOf = (db: DatabaseSync): Dump =>
  Object.fromEntries(TABLES.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]));

/** Tables and columns that read otherwise than before; null where the file cannot be read. */
function changed(path: string, before: Dump): string[] | null {
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    const after = dumpOf(db);
    db.close();
    const names = TABLES.flatMap((table) =>
      after[table]!.length === before[table]!.length
        ? before[table]!.flatMap((row, n) =>
            Object.keys(row)
              .filter((column) => !isDeepStrictEqual(row[column], after[table]![n]![column]))
              .map((column) => `${table}.${column}`),
          )
        : [`${table} (rows)`],
    );
    return [...new Set(names)];
  } catch {
    return null;
  }
}

export const sqliteRows: Row[] = [
  {
    id: 'F15',
    fault: 'two processes on one file; a lock held by a stranger',
    mall: { edition: 'embedded' },
    rounds: { full: 20, smoke: 2 },
    run: twoOwners,
  },
  {
    id: 'F16',
    fault: 'power cut: the file copied at any instant; kill -9',
    mall: { edition: 'embedded' },
    rounds: { full: 40, smoke: 4 },
    run: powerCut,
  },
  {
    id: 'F17',
    fault: 'disk full',
    mall: { edition: 'embedded', disk: DISK_MB },
    rounds: { full: 12, smoke: 2 },
    cannot: noDisk,
    run: diskFull,
  },
  {
    id: 'F19',
    fault: 'bytes flipped in the file',
    mall: { edition: 'embedded' },
    rounds: { full: 30, smoke: 3 },
    run: damage,
  },
];
