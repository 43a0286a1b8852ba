/** Connections to PostgreSQL: a pool, prepared statements, time-outs everywhere, and transactions that are tried again where PostgreSQL asks for it. */
import { hash } from 'node:crypto';
import pg from 'pg';
import { sleep, type Clock } from '../../clock.ts';
import { CommitUnknown } from '../../domain/commit-unknown.ts';
import type { Value } from '../columns.ts';

/** A row with the field names that the statement gave its columns. */
export type Row = Record<string, null | boolean | number | string | Uint8Array>;

/** What a place may be given; arrays are for `unnest` and `= ANY`. */
export type Bound = Value | boolean | readonly (Value | boolean)[];

/** Runs statements, each prepared once per connection. Values are bound by place: `$1`, `$2`, or `?` in their order. */
export interface Statements {
  query<T = Row>(text: string, values?: readonly Bound[]): Promise<T[]>;
}

export interface Database extends Statements {
  /**
   * Runs `work` as one transaction. It may run several times (serialization failures, deadlocks): it changes nothing
   * but rows. What it throws rolls back. Statements that are sent without awaiting those before run in their order.
   * Throws CommitUnknown when the connection failed.
   */
  write<T>(work: (tx: Statements) => Promise<T>): Promise<T>;
  /** Reads several things on one connection and in one round trip: each as it was when those before were read, or later. */
  reading<T>(work: (on: Statements) => Promise<T>): Promise<T>;
  /** Milliseconds since the epoch, by the ledger's own clock. */
  now(): number;
  close(): Promise<void>;
}

const TIMEOUTS = {
  /** Waiting for a free connection, or for a new one. */
  connectionTimeoutMillis: 5_000,
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
  /** A server that says nothing at all. */
  query_timeout: 15_000,
  /** A connection keeps its prepared statements: it is not given up between two sweeps. */
  idleTimeoutMillis: 60_000,
};
/** Connections per process: more only wait for each other's rows. */
const POOL = 16;
/**
 * A statement is planned once per connection, whatever its values: planning an acceptance anew costs more than running
 * it. Planned while a table is still empty, it walks along an index all the same.
 */
export const OPTIONS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off';
/** Tries of one transaction: serialization failures come in bursts. */
const TRIES = 6;
/** Serialization failure, deadlock: nothing was stored, and PostgreSQL asks for another try. */
const RETRY = new Set(['40001', '40P01']);
/** A row on its way into the part for everything else, while its month's own part was made: the next try finds that one. */
const isMisplaced = (error: unknown): boolean =>
  codeOf(error) === '23514' && (error as pg.DatabaseError).constraint === undefined;
/** Connection lost (08), out of resources (53), shut down or timed out (57), a lock waited for in vain, the disk (58), a server that became a standby (25006). */
const NOT_NOW = /^(08|25006|25P03|53|55P03|57|58)/;

/** Numbers fit: no counter here reaches 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

const DISK_FULL = '53100';

/** How this process connects, for the pool and for single connections alike. */
export function connection(url: string, name = 'jembatan'): pg.ClientConfig {
  return { connectionString: url, application_name: name, types, keepAlive: true };
}

/** The server refuses every write of such a connection. */
const READ_ONLY = '-c default_transaction_read_only=on';

/** Opens a pool; nothing is connected before the first statement. `clock` is the ledger's own. */
export function openPool(url: string, clock: Clock, onlyReads = false): Database {
  const options = onlyReads ? `${OPTIONS} ${READ_ONLY}` : OPTIONS;
  const config = { ...connection(url), ...TIMEOUTS, options, max: POOL, pipeline: true };
  const pool = new pg.Pool(config);
  // A broken connection is told to whoever uses it, and replaced: unheard, the event would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const again = async <T>(work: (on: Connection) => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await withClient(pool, work);
      } catch (error) {
        if (!RETRY.has(codeOf(error)) && !isMisplaced(error)) throw error;
        if (tried === TRIES) throw new CommitUnknown(error);
        await sleep(clock, clock.chance() * 2 ** tried);
      }
    }
  };
  return {
    query: (text, values) => again((on) => on.query(text, values)),
    reading: again,
    write: (work) => again((on) => inTransaction(on, work)),
    now: clock.now,
    close: () => pool.end(),
  };
}

interface Connection extends Statements {
  /** Says whether a transaction was ended as it was meant to be: COMMIT of a failed one says ROLLBACK. */
  command(text: 'BEGIN' | 'COMMIT' | 'ROLLBACK'): Promise<string>;
}

async function withClient<T>(pool: pg.Pool, work: (on: Connection) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(told);
  let failed: unknown;
  const run = async (query: string | pg.QueryConfig): Promise<pg.QueryResult> =>
    client.query(query).catch((error: unknown) => told((failed = error)));
  try {
    return await work({
      query: async <R>(text: string, values: readonly Bound[] = []) =>
        (await run(prepared(text, values))).rows as R[],
      command: async (text) => (await run(text)).command,
    });
  } finally {
    client.release(failed !== undefined && !isAnswer(failed));
  }
}

async function inTransaction<T>(on: Connection, work: (tx: Statements) => Promise<T>): Promise<T> {
  const begun = on.command('BEGIN');
  const value = await Promise.all([work(on), begun]).catch(async (error: unknown) => {
    await on.command('ROLLBACK');
    throw error;
  });
  if ((await on.command('COMMIT')) !== 'COMMIT') throw new CommitUnknown(new Error('rolled back'));
  return value[0];
}

const known = new Map<string, { name: string; text: string }>();

function prepared(text: string, values: readonly Bound[]): pg.QueryConfig {
  let query = known.get(text);
  if (!query) {
    let n = 0;
    query = { name: hash('sha1', text), text: text.replaceAll('?', () => `$${(n += 1)}`) };
    known.set(text, query);
  }
  return { ...query, values: values as unknown[] };
}

/** The SQLSTATE of an error, or nothing. */
export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** The constraint that a statement broke, if that is what its error says. */
export const brokenBy = (error: unknown): string | undefined =>
  codeOf(error) === '23505' ? (error as pg.DatabaseError).constraint : undefined;

/** PostgreSQL answered and the connection stands. */
const isAnswer = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.severity === 'ERROR' || !/^(08|25P03|57P)/.test(codeOf(error)));

/** What PostgreSQL says about a statement stands; after anything else nobody knows, or it is not the time. */
function told(error: unknown): never {
  if (error instanceof pg.DatabaseError && !NOT_NOW.test(codeOf(error))) throw error;
  throw new CommitUnknown(error, codeOf(error) === DISK_FULL ? 'storageFull' : null);
}
