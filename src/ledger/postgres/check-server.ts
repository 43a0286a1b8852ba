/** Says in one line why a PostgreSQL database cannot be a ledger, and what to do about it. */
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';
import { migrations } from './migrations.ts';
import { openSession, type Session } from './session.ts';

/** What an opening may do without. */
export interface Leniency {
  /** Only tests ask for it: a server that may lose what it has confirmed. */
  volatile?: boolean;
  /** Only reads, and may not write: a standby serves as well. */
  reader?: boolean;
  /** How long a migration waits for another's end. */
  patienceMs?: number;
}

/** Looks before the first connection of the pool. Throws LedgerRefused. */
export async function checkServer(url: string, leniency: Leniency): Promise<void> {
  const session = await openSession(url, 'jembatan');
  try {
    await checkSettings(session, url, leniency);
    const schema = await schemaOf(session);
    const known = migrations.length;
    if (!schema) throw new LedgerRefused(`${shownLedger(url)} has no ledger yet: run jembatan migrate`);
    if (schema.oldest > known) throw tooNew(url, schema.version, known);
    if (schema.version < known) {
      throw new LedgerRefused(
        `${shownLedger(url)} has schema ${schema.version} and this jembatan needs ${known}: run jembatan migrate`,
      );
    }
  } finally {
    await session.close();
  }
}

export function tooNew(url: string, version: number, known: number): LedgerRefused {
  return new LedgerRefused(
    `${shownLedger(url)} was brought to schema ${version} by a newer jembatan, this one knows ${known}: start that newer one`,
  );
}

export interface Schema {
  version: number;
  /** The lowest version that a process may know and still run on it. */
  oldest: number;
}

export async function schemaOf(session: Session): Promise<Schema | undefined> {
  const [found] = await session.query<{ there: boolean }>(
    `SELECT to_regclass('schema_version') IS NOT NULL AS there`,
  );
  if (!found!.there) return undefined;
  const [schema] = await session.query<Schema>(
    'SELECT coalesce(max(version), 0) AS version, coalesce(max(oldest), 0) AS oldest FROM schema_version',
  );
  return schema;
}

/** PostgreSQL 14 detaches parts of tables and tells in pipelines what older ones do not. */
const OLDEST_SERVER = 140_000;

interface Settings {
  server: number;
  release: string;
  encoding: string;
  fsync: string;
  commit: string;
  standby: boolean;
  readOnly: string;
}

const SETTINGS = `SELECT current_setting('server_version_num')::int AS server, current_setting('server_version') AS release,
  current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
  current_setting('synchronous_commit') AS commit, pg_is_in_recovery() AS standby,
  current_setting('transaction_read_only') AS "readOnly"`;

export async function checkSettings(
  session: Session,
  url: string,
  { volatile = false, reader = false }: Leniency,
): Promise<void> {
  const [found] = await session.query<Settings>(SETTINGS);
  const { server, release, encoding, fsync, commit, standby, readOnly } = found!;
  const refuse = (why: string): never => {
    throw new LedgerRefused(`${shownLedger(url)} cannot be used: ${why}`);
  };
  if (server < OLDEST_SERVER) refuse(`it is PostgreSQL ${release}, and 14 or later is needed`);
  if (encoding !== 'UTF8') refuse(`its encoding is ${encoding}: make the database anew with ENCODING UTF8`);
  if (reader) return;
  if (standby) refuse('it is a standby: name the primary server');
  if (readOnly === 'on') refuse('it takes no writes: turn default_transaction_read_only off for this user');
  if (volatile) return;
  if (fsync === 'off') refuse('it may lose what it has confirmed: turn fsync on');
  if (commit === 'off') refuse('it may lose what it has confirmed: turn synchronous_commit on');
}
