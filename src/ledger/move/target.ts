/** What a move asks of the PostgreSQL side before it writes. */
import type { Statements } from '../postgres/database.ts';
import { LedgerRefused } from '../refused.ts';
import type { Table } from './tables.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** Nobody else writes until the move ends. */
export async function lockTables(target: Statements, tables: Table[], shown: string): Promise<void> {
  try {
    await target.query(
      `LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN SHARE ROW EXCLUSIVE MODE NOWAIT`,
    );
  } catch (error) {
    const { code } = (error as Error).cause as { code?: string };
    if (code !== LOCK_NOT_AVAILABLE) throw error;
    throw new LedgerRefused(`${shown} is being written to: stop every bus and every other move first`, {
      cause: error,
    });
  }
}

export async function areEmpty(target: Statements, tables: Table[]): Promise<boolean> {
  const any = tables.map(({ name }) => `EXISTS (SELECT 1 FROM ${name})`).join(' OR ');
  const [found] = await target.query<{ any: boolean }>(`SELECT ${any} AS any`);
  return !found!.any;
}
