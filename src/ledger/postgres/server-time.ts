/** The database server's time: what all processes of one ledger go by. */
import pg from 'pg';
import type { Clock } from '../../clock.ts';
import { connection } from './database.ts';

/** Longest wait for an answer; a slower one would say little about the time. */
const ANSWER_MS = 3_000;

/** Milliseconds since the epoch, as the server has it when this resolves. Throws what the connection throws. */
export async function serverTime(url: string, clock: Pick<Clock, 'now'>): Promise<number> {
  const client = new pg.Client({
    ...connection(url, 'jembatan clock'),
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const asked = clock.now();
    const { rows } = await client.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    return Math.round((rows[0] as { now: number }).now + (clock.now() - asked) / 2);
  } finally {
    await client.end();
  }
}
