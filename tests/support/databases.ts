/** Ledgers in one real PostgreSQL server, for tests: fresh copies of a template, and one that is emptied again and again. */
import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import { migratePostgres } from '../../src/ledger/postgres/index.ts';
import { startPostgres, type Server } from './servers.ts';

export interface Databases {
  server: Server;
  /** A ledger of its own, at the newest schema, or a database without one. */
  fresh(empty?: 'empty'): Promise<string>;
  /** One and the same ledger, without a row: many times faster than a fresh one. */
  emptied(): Promise<string>;
  remove(): Promise<void>;
}

/** Nothing is to outlive a test: the disk is not waited for. */
const VOLATILE = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
/** Several pools at once. */
const MANY = { max_connections: '200' };

const EMPTY = `DO $$ DECLARE one name; BEGIN
  FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition AND relname <> 'schema_version'
  LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
END $$`;

/** Starts a server: `durable` as in production, else as fast as it goes. */
export async function startDatabases(durable = false): Promise<Databases> {
  const server = await startPostgres(durable ? MANY : { ...VOLATILE, ...MANY });
  const urlOf = (name: string): string => server.url.replace(/\/postgres$/, `/${name}`);
  await run(server.url, 'CREATE DATABASE template');
  await migratePostgres(urlOf('template'), systemClock, { volatile: !durable });
  let made = 0;
  const fresh = async (empty?: 'empty'): Promise<string> => {
    const name = `ledger_${(made += 1)}`;
    await run(server.url, `CREATE DATABASE ${name} ${empty ? '' : 'TEMPLATE template'}`);
    return urlOf(name);
  };
  let same: Promise<string> | null = null;
  return {
    server,
    fresh,
    async emptied() {
      const url = await (same ??= fresh());
      await run(url, EMPTY);
      return url;
    },
    remove: () => server.remove(),
  };
}

/** Runs statements on a connection of their own, and gives the rows of the last. */
export async function run<T = Record<string, unknown>>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ([await client.query(text)].flat().at(-1) as pg.QueryResult).rows as T[];
  } finally {
    await client.end();
  }
}
