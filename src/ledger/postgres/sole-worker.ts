/** Where bells live in one process's memory, one process answers them: a lock that PostgreSQL lets go of when its holder is gone. */
import pg from 'pg';
import { sleep, type Clock } from '../../clock.ts';
import { LedgerRefused } from '../refused.ts';
import { connection } from './database.ts';

/** `jemb`: one lock a ledger, for each database has its own. */
const LOCK = 0x6a656d62;
const CONNECT_MS = 5_000;
const RETRY_MS = 2_000;

const TAKEN =
  'Another worker process already answers the lanes of this ledger, each ringing only its own bells: set JEMBATAN_QUEUE to a Redis for more than one, or JEMBATAN_ROLE=api here';

/**
 * Takes the lock, or throws LedgerRefused. When the connection is lost it is taken again; `lost` is called when
 * another process was faster. Returns what lets go of it.
 */
export async function soleWorker(url: string, clock: Clock, lost: () => void): Promise<() => Promise<void>> {
  let held: pg.Client | null = null;
  let over = false;
  const hold = async (): Promise<void> => {
    const client = new pg.Client({
      ...connection(url, 'jembatan worker'),
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on('error', () => undefined);
    client.once('end', () => void (client === held && !over && again()));
    await client.connect();
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [LOCK]);
    if ((rows[0] as { taken: boolean }).taken) return void (held = client);
    await client.end();
    throw new LedgerRefused(TAKEN);
  };
  const again = async (): Promise<void> => {
    await sleep(clock, RETRY_MS);
    if (over) return;
    try {
      await hold();
    } catch (error) {
      if (error instanceof LedgerRefused) return lost();
      await again();
    }
  };
  await hold();
  return async () => {
    over = true;
    await held?.end();
  };
}
