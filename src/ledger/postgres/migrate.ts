/** Brings a database's schema up to date: numbered migrations, each whole or not at all, one process at a time. */
import type { Clock } from '../../clock.ts';
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';
import { checkSettings, schemaOf, tooNew, type Leniency } from './check-server.ts';
import { codeOf, openPool } from './database.ts';
import { migrations as all, type Migration } from './migrations.ts';
import { keepPartitions } from './partitions.ts';
import { openSession, type Session } from './session.ts';

export interface Migrated {
  /** The schema's version before and after. */
  from: number;
  to: number;
}

/** Runs the migrations that are missing, telling of each; a bus may run meanwhile. Throws LedgerRefused with what to do. */
export async function migratePostgres(
  url: string,
  clock: Clock,
  leniency: Leniency = {},
  migrations: Migration[] = all,
  tell: (version: number, ms: number) => void = () => undefined,
): Promise<Migrated> {
  const session = await openSession(url, 'jembatan migrate');
  try {
    await checkSettings(session, url, leniency);
    // Held by the session: a process that dies lets go of it.
    await lock(session, url, leniency);
    const from = await begin(session, url, migrations.length);
    for (let version = from; version < migrations.length; version += 1) {
      const begun = clock.now();
      await run(session, migrations[version]!, version + 1);
      tell(version + 1, clock.now() - begun);
    }
    await partition(url, clock);
    return { from, to: Math.max(from, migrations.length) };
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** `jemm`. */
const LOCK = 0x6a656d6d;
const PATIENCE_MS = 60_000;

async function lock(session: Session, url: string, { patienceMs = PATIENCE_MS }: Leniency): Promise<void> {
  try {
    await session.query(`SET lock_timeout = ${patienceMs}`);
    await session.query('SELECT pg_advisory_lock($1)', [LOCK]);
  } catch (error) {
    if (codeOf((error as Error).cause) !== '55P03') throw error;
    const [holder] = await session.query<{ pid: number; name: string; host: string }>(HOLDER, [LOCK]);
    const who = holder ? ` (process ${holder.pid} of the server, ${holder.name} from ${holder.host})` : '';
    throw new LedgerRefused(
      `${shownLedger(url)} is being migrated by another process${who}: wait for it, or end it`,
      { cause: error },
    );
  }
}

const HOLDER = `SELECT pid, application_name AS name, coalesce(host(client_addr), 'its own machine') AS host
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND objid = $1::bigint::oid
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The version that stands; makes the table that names it. */
async function begin(session: Session, url: string, known: number): Promise<number> {
  const schema = await schemaOf(session);
  if (schema) {
    if (schema.oldest > known) throw tooNew(url, schema.version, known);
    return schema.version;
  }
  const [other] = await session.query<{ name: string }>(OTHERS);
  if (other) {
    throw new LedgerRefused(
      `${shownLedger(url)} holds tables that are not a ledger's (${other.name}): name a database of its own`,
    );
  }
  await session.query(
    'CREATE TABLE schema_version (version integer PRIMARY KEY, oldest integer NOT NULL, at timestamptz NOT NULL DEFAULT now())',
  );
  return 0;
}

const OTHERS = `SELECT relname::text AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') LIMIT 1`;

async function run(session: Session, { oldest, statements }: Migration, version: number): Promise<void> {
  await session.query('BEGIN');
  for (const statement of statements) await session.query(statement);
  await session.query('INSERT INTO schema_version (version, oldest) VALUES ($1, $2)', [version, oldest]);
  await session.query('COMMIT');
}

async function partition(url: string, clock: Clock): Promise<void> {
  const db = openPool(url, clock);
  try {
    await keepPartitions(db);
  } finally {
    await db.close();
  }
}
