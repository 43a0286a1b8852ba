/** What a move asks of the PostgreSQL side before it writes. */
import type { Clock } from '../../clock.ts';
import { openPool, type Statements } from '../postgres/database.ts';
import { keepPartitions, monthOf } from '../postgres/partitions.ts';
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';
import type { Table } from './tables.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** Nobody else writes until the move ends. */
export async function lockTables(target: Statements, tables: Table[], url: string): Promise<void> {
  try {
    await target.query(
      `LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN SHARE ROW EXCLUSIVE MODE NOWAIT`,
    );
  } catch (error) {
    const { code } = (error as Error).cause as { code?: string };
    if (code !== LOCK_NOT_AVAILABLE) throw error;
    throw busy(url, error);
  }
}

const busy = (url: string, cause: unknown): LedgerRefused =>
  new LedgerRefused(`${shownLedger(url)} is being written to: stop every bus and every other move first`, {
    cause,
  });

export async function areEmpty(target: Statements, tables: Table[]): Promise<boolean> {
  const any = tables.map(({ name }) => `EXISTS (SELECT 1 FROM ${name})`).join(' OR ');
  const [found] = await target.query<{ any: boolean }>(`SELECT ${any} AS any`);
  return !found!.any;
}

/**
 * Makes the parts of every month since `first`: rows that lie in no month of their own could never be dropped by the
 * month. Empty parts harm nobody when the move then fails.
 */
export async function makeMonths(url: string, clock: Clock, first: number): Promise<void> {
  let months = 0;
  while (monthOf(first, months).end <= clock.now()) months += 1;
  const db = openPool(url, clock);
  try {
    await keepPartitions({ ...db, now: () => first }, months);
  } catch (error) {
    throw busy(url, error);
  } finally {
    await db.close();
  }
}
