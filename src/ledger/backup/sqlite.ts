/** Copies of a SQLite ledger: made beside a running bus, put back only where none stands. */
import { copyFile, open, rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import type { DeskLedger } from '../../flow/ports/ledger-desk.ts';
import { LedgerRefused } from '../refused.ts';
import { migrations } from '../sqlite/migrations.ts';
import { placed, type Tell } from './files.ts';
import { checkedManifest, missingRows, sha256Of, writeManifest, type Manifest } from './manifest.ts';

/** Pages between two turns of the event loop: 4 MB. */
const PAGES = 1_000;

/** Writes a copy that holds one instant, and its manifest. The bus goes on writing meanwhile. */
export async function backupSqlite(
  path: string,
  file: string,
  madeAt: string,
  tell: Tell,
): Promise<Manifest> {
  const part = `${file}.part`;
  try {
    await copyOut(path, part, tell);
    const { schema, rows } = look(part, 'quick_check');
    const sha256 = await sha256Of(part);
    const bytes = await placed(part, file);
    const manifest: Manifest = { version: 1, body: 'sqlite', schema, madeAt, bytes, sha256, rows };
    await writeManifest(file, manifest);
    return manifest;
  } finally {
    await rm(part, { force: true });
  }
}

async function copyOut(path: string, part: string, tell: Tell): Promise<void> {
  // Made before SQLite opens it, so that nobody else may read it.
  await (await open(part, 'w', 0o600)).close();
  const source = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    // An open reading keeps its instant: without it every write of the bus would begin the copy anew.
    source.exec('BEGIN; SELECT 1 FROM sqlite_schema;');
    await backup(source, part, {
      rate: PAGES,
      progress: ({ totalPages: total, remainingPages }) =>
        tell({ doing: 'pages copied', done: total - remainingPages, total }),
    });
  } finally {
    source.close();
  }
}

/** Opens a copy and says what it holds. Throws LedgerRefused for one that is not sound. */
function look(
  part: string,
  check: 'quick_check' | 'integrity_check',
): { schema: number; rows: Record<string, number> } {
  const db = new DatabaseSync(part);
  try {
    // One file, without a log beside it.
    db.exec('PRAGMA journal_mode = DELETE');
    const [found] = Object.values(db.prepare(`PRAGMA ${check}(1)`).get()!);
    if (found !== 'ok') throw new LedgerRefused(`${part} is damaged: ${String(found)}`);
    const names = db
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
      )
      .all();
    const rows = names.map(({ name }) => {
      const { n } = db.prepare(`SELECT count(*) AS n FROM ${String(name)}`).get() as { n: number };
      return [String(name), n];
    });
    const { user_version: schema } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    return { schema, rows: Object.fromEntries(rows) as Record<string, number> };
  } finally {
    db.close();
  }
}

export interface Restore {
  /** The backup. */
  file: string;
  /** Where the ledger is to stand. */
  path: string;
  tell: Tell;
  /** Opens a ledger file, for `prove`. */
  open: (path: string) => DeskLedger;
  /** Throws when what was restored does not hold together. */
  prove: (ledger: DeskLedger) => Promise<void>;
}

/** Puts a backup in a ledger's place, proved before it stands there. Throws LedgerRefused with what to do. */
export async function restoreSqlite({
  file,
  path,
  tell,
  open: openLedger,
  prove,
}: Restore): Promise<Manifest> {
  const manifest = await checkedManifest(file, (done) => tell({ doing: 'bytes checked', done, total: 0 }));
  if (manifest.body !== 'sqlite')
    throw new LedgerRefused(`${file} is a backup of PostgreSQL: set JEMBATAN_LEDGER to an empty database`);
  if (manifest.schema > migrations.length)
    throw new LedgerRefused(`${file} was written by a newer jembatan: restore it with that one`);
  const part = `${path}.part`;
  try {
    await copyFile(file, part);
    const missing = missingRows(manifest.rows, look(part, 'integrity_check').rows);
    if (missing !== null) throw new LedgerRefused(`${file} does not hold what was backed up (${missing})`);
    const ledger = openLedger(part);
    try {
      await prove(ledger);
    } finally {
      await ledger.close();
    }
    await placed(part, path);
    return manifest;
  } finally {
    for (const beside of ['', '-wal', '-shm', '.owner']) await rm(part + beside, { force: true });
  }
}
