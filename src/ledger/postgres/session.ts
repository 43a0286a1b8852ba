/** One connection to PostgreSQL for long work beside the bus (copying, comparing, counting): no time limits, and plain words when there is none. */
import pg from 'pg';
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';
import { connection, type Bound, type Statements } from './database.ts';

export interface Session extends Statements {
  /** A page of a query's rows after the other, within the open transaction. */
  pages<T>(text: string, size: number): AsyncGenerator<T[]>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/** Opens one. Throws LedgerRefused with what to do. */
export async function openSession(url: string, name: string): Promise<Session> {
  const client = clientOf(url, name);
  // A connection that breaks is told to whoever waits for an answer.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new LedgerRefused(`${shownLedger(url)} cannot be used: ${whyNot(error)}`, { cause: error });
  }
  const query = async <T>(text: string, values: readonly Bound[] = []): Promise<T[]> => {
    try {
      return (await client.query(text, values as unknown[])).rows as T[];
    } catch (error) {
      throw new LedgerRefused(`${shownLedger(url)}: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    query,
    async *pages<T>(text: string, size: number) {
      await query(`DECLARE page NO SCROLL CURSOR FOR ${text}`);
      for (;;) {
        const rows = await query<T>(`FETCH ${size} FROM page`);
        if (rows.length === 0) break;
        yield rows;
      }
      await query('CLOSE page');
    },
    close: () => client.end(),
  };
}

function clientOf(url: string, name: string): pg.Client {
  try {
    return new pg.Client({ ...connection(url, name), connectionTimeoutMillis: CONNECT_MS });
  } catch (error) {
    throw new LedgerRefused(`${shownLedger(url)} is no address of a PostgreSQL database`, { cause: error });
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there: start the server, or mend host and port',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of its host cannot be looked up now',
  ETIMEDOUT: 'its host does not answer',
  '28000': 'the server lets this user in neither by name nor by certificate',
  '28P01': 'the password is wrong',
  '3D000': 'there is no such database: createdb makes one',
  '53300': 'the server has no connection left',
  '57P03': 'the server is starting or stopping',
};

function whyNot(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  if (/timeout/.test(message)) return REASONS['ETIMEDOUT']!;
  if (code === '')
    return `who listens there does not speak as PostgreSQL does (${message}): mend host and port`;
  return REASONS[code] ?? message;
}
