/** Opens the SQLite file: pragmas, migrations, and the one group of writes that share a commit. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { CommitUnknown } from '../../domain/commit-unknown.ts';
import { LedgerRefused } from '../refused.ts';
import { migrations } from './migrations.ts';

export interface Database {
  /** Prepares a statement once. */
  sql(text: string): StatementSync;
  /** Runs `work` in the next shared transaction, behind a savepoint of its own; resolves after the commit. */
  write<T>(work: () => T): Promise<T>;
  /** Milliseconds since the epoch, by the ledger's own clock. */
  now(): number;
  /** Lets others have their turn: between the parts of a long reading. */
  turn(): Promise<void>;
  close(): Promise<void>;
}

/** Turns that a group waits for company: with three, writes share more pages and a commit less often waits for the disk (8 % of the bus's CPU under load). */
const GROUP_TURNS = 3;

function afterTurns(clock: Clock, turns: number, fn: () => void): void {
  if (turns === 0) fn();
  else clock.turn(() => afterTurns(clock, turns - 1, fn));
}

interface Job {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** The one process that runs the bus is its `owner`; a command beside it reads and adds as `guest`, or only reads as `reader`. */
export type OpenAs = 'owner' | 'guest' | 'reader';

/** Opens (or, but for a reader, makes) the ledger file. Throws LedgerRefused for an owned, foreign or newer file. */
export function openDatabase(path: string, clock: Clock, as: OpenAs = 'owner'): Database {
  const lock = as === 'owner' ? own(path) : null;
  const db = orClose(lock, () => connect(path, as));
  const statements = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    let statement = statements.get(text);
    if (!statement) {
      statement = db.prepare(text);
      statement.setAllowUnknownNamedParameters(true);
      statements.set(text, statement);
    }
    return statement;
  };
  let group: Job[] = [];
  const flush = (): void => {
    const jobs = group;
    group = [];
    if (jobs.length > 0) commit(sql, jobs);
  };
  return {
    sql,
    now: clock.now,
    turn: () => new Promise((resolve) => clock.turn(resolve)),
    write<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (group.length === 0) afterTurns(clock, GROUP_TURNS, flush);
        group.push({ work, resolve: resolve as (value: unknown) => void, reject });
      });
    },
    async close() {
      flush();
      db.close();
      lock?.close();
    },
  };
}

/**
 * One process owns the ledger: two would each believe in their own lanes and end each other's leases. The lock is
 * an open transaction on a file beside it, which the system lets go of when the process dies, however it dies.
 */
function own(path: string): DatabaseSync | null {
  if (path === ':memory:') return null;
  return refusing(path, () => {
    const lock = new DatabaseSync(`${path}.owner`);
    orClose(lock, () => lock.exec('BEGIN EXCLUSIVE'));
    return lock;
  });
}

/** The log is folded into the file at 64 MB: a page that changes often is then written once for many commits (8 % of the CPU). */
const CHECKPOINT_PAGES = 16_000;

function connect(path: string, as: OpenAs): DatabaseSync {
  return refusing(path, () => {
    const db = new DatabaseSync(path, { timeout: 5000, readOnly: as === 'reader' });
    orClose(db, () => {
      // Before the first write: somebody else's database is left as it is.
      if (isForeign(db)) throw new LedgerRefused(notOurs(path));
      if (as === 'reader') return checkVersion(db, path, as);
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
        PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
      migrate(db, path, as);
    });
    return db;
  });
}

function isForeign(db: DatabaseSync): boolean {
  const { tables, ours } = db
    .prepare(`SELECT count(*) AS tables, total(name = 'step_references') AS ours FROM sqlite_master`)
    .get() as { tables: number; ours: number };
  return tables > 0 && ours === 0;
}

/** What is refused must not stay open: its lock would outlive the refusal. */
function orClose<T>(held: DatabaseSync | null, work: () => T): T {
  try {
    return work();
  } catch (error) {
    held?.close();
    throw error;
  }
}

function refusing<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof LedgerRefused) throw error;
    throw new LedgerRefused(reason(path, error), { cause: error });
  }
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const SQLITE_NOT_A_DB = 26;

function reason(path: string, error: unknown): string {
  const code = (error as { errcode?: number }).errcode;
  if (code === SQLITE_BUSY) return `${path} is used by another jembatan process: stop it first`;
  if (code === SQLITE_NOT_A_DB) return notOurs(path);
  if (code === SQLITE_FULL)
    return `${path} cannot be opened, for its disk is full: free some space, then start again`;
  return `${path} cannot be opened (${(error as Error).message}): check that its folder exists and can be written`;
}

const notOurs = (path: string): string => `${path} is not a ledger: set JEMBATAN_LEDGER to another path`;

function migrate(db: DatabaseSync, path: string, as: OpenAs): void {
  for (let next = checkVersion(db, path, as); next < migrations.length; next += 1) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[next]} PRAGMA user_version = ${next + 1}; COMMIT;`);
  }
}

/** The schema's version, if whoever opens it may go on from there. */
function checkVersion(db: DatabaseSync, path: string, as: OpenAs): number {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  // The mark of `jembatan move`: the same applications are open elsewhere.
  if (version < 0) throw new LedgerRefused(`${path} was moved to PostgreSQL: set JEMBATAN_LEDGER to its URL`);
  if (version > migrations.length) {
    throw new LedgerRefused(
      `${path} was written by a newer jembatan (schema ${version}, this one knows ${migrations.length})`,
    );
  }
  // A command must not move the schema under a running bus of another version; an empty file is anybody's.
  if (as !== 'owner' && version > 0 && version < migrations.length) {
    throw new LedgerRefused(
      `${path} was written by an older jembatan: start this one's bus once, it brings it up to date`,
    );
  }
  if (as === 'reader' && version === 0) throw new LedgerRefused(`${path} holds no ledger yet: start the bus`);
  return version;
}

function commit(sql: Database['sql'], jobs: Job[]): void {
  const done: (() => void)[] = [];
  try {
    sql('BEGIN IMMEDIATE').run();
    for (const job of jobs) done.push(runOne(sql, job));
    sql('COMMIT').run();
  } catch (error) {
    rollBack(sql);
    for (const job of jobs) job.reject(unconfirmed(error));
    return;
  }
  for (const tell of done) tell();
}

/** A failing verb takes only its own writes with it. */
function runOne(sql: Database['sql'], job: Job): () => void {
  sql('SAVEPOINT verb').run();
  try {
    const value = job.work();
    sql('RELEASE verb').run();
    return () => job.resolve(value);
  } catch (error) {
    undo(sql, error);
    return () => job.reject(isFull(error) ? unconfirmed(error) : error);
  }
}

/** Where SQLite has rolled the whole group back by itself, what made it do so is what happened, not the savepoint that is gone. */
function undo(sql: Database['sql'], cause: unknown): void {
  try {
    sql('ROLLBACK TO verb').run();
    sql('RELEASE verb').run();
  } catch {
    throw cause;
  }
}

const isFull = (error: unknown): boolean => (error as { errcode?: number }).errcode === SQLITE_FULL;
const unconfirmed = (error: unknown): CommitUnknown =>
  new CommitUnknown(error, isFull(error) ? 'storageFull' : null);

function rollBack(sql: Database['sql']): void {
  try {
    sql('ROLLBACK').run();
  } catch {
    // SQLite has rolled back by itself.
  }
}
