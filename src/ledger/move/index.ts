/** Moves a ledger from SQLite to PostgreSQL: all of it, proved the same row by row, or nothing. */
import type { Clock } from '../../clock.ts';
import type { DeskLedger } from '../../flow/ports/ledger-desk.ts';
import { openSession, type Session } from '../postgres/session.ts';
import { LedgerRefused } from '../refused.ts';
import { openDatabase, type Database } from '../sqlite/database.ts';
import { sqliteLedger } from '../sqlite/index.ts';
import { shownLedger } from '../url.ts';
import { compareTable } from './compare.ts';
import { copyTable } from './copy.ts';
import { beginning, countOf, endLeases, markMoved } from './source.ts';
import { areEmpty, lockTables, makeMonths } from './target.ts';
import { sharedTables, type Table } from './tables.ts';

export interface Progress {
  table: string;
  doing: 'copied' | 'compared';
  done: number;
  total: number;
}

export interface MovedTable {
  table: string;
  rows: number;
  digest: string;
}

export interface Moved {
  tables: MovedTable[];
  /** Exchanges that a dead bus had left open: they are asked about, as after any crash. */
  leases: number;
  /** An earlier move had stored everything and died before it could say so. */
  again: boolean;
}

export interface Move {
  /** Path of the SQLite file. */
  from: string;
  /** URL of a migrated, empty PostgreSQL database. */
  to: string;
  clock: Clock;
  tell: (progress: Progress) => void;
  /** Throws when what is to be moved does not hold together. What arrives is the same, row by row. */
  prove: (ledger: DeskLedger) => Promise<void>;
}

/**
 * Copies and compares within one transaction of each side: whatever ends it early leaves both as they were. At its
 * end the SQLite file is marked, so that no bus starts on it any more: two ledgers would send everything twice.
 * Throws LedgerRefused with what to do.
 */
export async function moveLedger(move: Move): Promise<Moved> {
  // The owner's lock: no bus runs on it, and none starts meanwhile. Closing takes back what was not committed.
  const source = openDatabase(move.from, move.clock, 'owner');
  try {
    const target = await openSession(move.to, 'jembatan move');
    try {
      const tables = await sharedTables(source, target);
      const first = beginning(source);
      if (first !== null) await makeMonths(move.to, move.clock, first);
      return await inBoth(source, target, () => moveAll(source, target, tables, move));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function inBoth<T>(source: Database, target: Session, work: () => Promise<T>): Promise<T> {
  source.sql('BEGIN IMMEDIATE').run();
  await target.query('BEGIN');
  const value = await work();
  try {
    await target.query('COMMIT');
    markMoved(source);
    source.sql('COMMIT').run();
  } catch (error) {
    const { message } = error as Error;
    throw new LedgerRefused(`Run move again before any bus starts, it looks what is stored (${message})`, {
      cause: error,
    });
  }
  // Without statistics the first plans are guesses; should this fail, autovacuum comes to it.
  await target.query('ANALYZE').catch(() => undefined);
  return value;
}

async function moveAll(
  source: Database,
  target: Session,
  tables: Table[],
  { from, to, clock, tell, prove }: Move,
): Promise<Moved> {
  const shown = shownLedger(to);
  await lockTables(target, tables, to);
  const leases = endLeases(source);
  const again = !(await areEmpty(target, tables));
  await proved(sqliteLedger(from, clock, 'guest'), prove);
  const counted = tables.map((table) => ({ table, total: countOf(source, table) }));
  for (const { table, total } of again ? [] : counted) {
    await copyTable(source, target, table, (done) =>
      tell({ table: table.name, doing: 'copied', done, total }),
    );
  }
  const moved: MovedTable[] = [];
  for (const { table, total } of counted) {
    const told = (done: number): void => tell({ table: table.name, doing: 'compared', done, total });
    const { rows, digest, differs } = await compareTable(source, target, table, told);
    if (differs !== null) throw new LedgerRefused(refusal(shown, again, table, differs));
    moved.push({ table: table.name, rows, digest });
  }
  return { tables: moved, leases, again };
}

/** Only a target that we did not write can differ: what we write is compared before it is committed. */
const refusal = (shown: string, again: boolean, { name }: Table, key: string): string =>
  again
    ? `${shown} is not empty (${name} ${key} is not the same there): nothing was moved. Move into a database that holds nothing`
    : `${name} ${key} did not arrive as it is: nothing was moved`;

async function proved(guest: DeskLedger, prove: Move['prove']): Promise<void> {
  try {
    await prove(guest);
  } finally {
    await guest.close();
  }
}
