/** Copies of a PostgreSQL ledger by its own programs: one instant out, one transaction in, and only into an empty database. */
import { open, rm, stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import { schemaOf } from '../postgres/check-server.ts';
import { openSession, type Session } from '../postgres/session.ts';
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';
import { placed, type Tell } from './files.ts';
import { checkedManifest, missingRows, sha256Of, writeManifest, type Manifest } from './manifest.ts';
import { runProgram, type Environment } from './programs.ts';

export interface Place {
  url: string;
  /** The backup. */
  file: string;
  env: Environment;
  clock: Clock;
  tell: Tell;
}

/** Writes a dump that holds one instant, and its manifest. The buses go on writing meanwhile. */
export async function backupPostgres({ url, file, env, clock, tell }: Place): Promise<Manifest> {
  const part = `${file}.part`;
  const session = await openSession(url, 'jembatan backup');
  try {
    // Made before pg_dump opens it, so that nobody else may read it.
    await (await open(part, 'w', 0o600)).close();
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const [exported] = await session.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    const { version: schema } = (await schemaOf(session)) ?? nothing(url);
    const rows = await rowsIn(session);
    const watching = watchSize(part, clock, tell);
    const args = [
      ...['--format=custom', '--compress=1'],
      ...OURS,
      `--snapshot=${exported!.id}`,
      `--file=${part}`,
    ];
    await runProgram('pg_dump', args, url, env).finally(watching);
    const madeAt = new Date(clock.now()).toISOString();
    const sha256 = await sha256Of(part);
    const bytes = await placed(part, file);
    const manifest: Manifest = { version: 1, body: 'postgres', schema, madeAt, bytes, sha256, rows };
    await writeManifest(file, manifest);
    return manifest;
  } finally {
    await session.close();
    await rm(part, { force: true });
  }
}

function nothing(url: string): never {
  throw new LedgerRefused(`There is no ledger in ${shownLedger(url)}: set JEMBATAN_LEDGER to the bus's own`);
}

/** Whoever restores it owns it. */
const OURS = ['--no-owner', '--no-privileges'];

const WATCH_MS = 1_000;

function watchSize(part: string, clock: Clock, tell: Tell): () => void {
  let cancel: () => void = () => undefined;
  let over = false;
  const look = async (): Promise<void> => {
    const { size } = await stat(part).catch(() => ({ size: 0 }));
    if (over) return;
    tell({ doing: 'bytes written', done: size, total: 0 });
    cancel = clock.after(WATCH_MS, () => void look());
  };
  cancel = clock.after(WATCH_MS, () => void look());
  return () => {
    over = true;
    cancel();
  };
}

const TABLES = `SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace
  AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`;

async function rowsIn(session: Session): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const { name } of await session.query<{ name: string }>(TABLES)) {
    const [counted] = await session.query<{ n: number }>(`SELECT count(*) AS n FROM "${name}"`);
    rows[name] = counted!.n;
  }
  return rows;
}

export interface RestorePostgres extends Omit<Place, 'clock'> {
  /** The newest schema that this program knows. */
  known: number;
}

/** Puts a dump into an empty database. What it held is counted again; the caller proves the chains. Throws LedgerRefused. */
export async function restorePostgres({ url, file, env, tell, known }: RestorePostgres): Promise<Manifest> {
  const manifest = await checkedManifest(file, (done) => tell({ doing: 'bytes checked', done, total: 0 }));
  if (manifest.body !== 'postgres')
    throw new LedgerRefused(
      `${file} is a backup of SQLite: set JEMBATAN_LEDGER to sqlite:PATH, then move it`,
    );
  if (manifest.schema > known)
    throw new LedgerRefused(`${file} was written by a newer jembatan: restore it with that one`);
  const session = await openSession(url, 'jembatan restore');
  try {
    const [standing] = await session.query<{ name: string }>(`${STANDING} LIMIT 1`);
    if (standing)
      throw new LedgerRefused(
        `${shownLedger(url)} is not empty (${standing.name}): restore into a new database`,
      );
    tell({ doing: 'bytes restored', done: 0, total: manifest.bytes });
    await runProgram('pg_restore', ['--single-transaction', '--exit-on-error', ...OURS, file], url, env);
    const missing = missingRows(manifest.rows, await rowsIn(session));
    if (missing !== null)
      throw new LedgerRefused(`${file} did not arrive whole (${missing}): drop the database`);
    await session.query('ANALYZE');
    return manifest;
  } finally {
    await session.close();
  }
}

/** Anything at all that a restore could get mixed up with. */
const STANDING = `SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace`;
