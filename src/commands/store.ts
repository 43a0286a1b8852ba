/** The ledger as commands beside the bus open it: one that is there, never a new one. */
import { existsSync } from 'node:fs';
import { readEnv } from '../config/env.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import { LedgerRefused } from '../ledger/refused.ts';
import { isPostgres, sqlitePath } from '../ledger/url.ts';
import type { Shell } from './shell.ts';

/** An answer about an empty new ledger would be a lie. Throws LedgerRefused; PostgreSQL says it itself. */
export function thereIs(ledger: string): void {
  const path = sqlitePath(ledger);
  if (isPostgres(ledger) || existsSync(path)) return;
  throw new LedgerRefused(
    `There is no ledger at ${path}: set JEMBATAN_DATA or JEMBATAN_LEDGER to the bus's own`,
  );
}

/** Opens the ledger as a guest for `work` and closes it. */
export async function withLedger<T>(shell: Shell, work: (ledger: DeskLedger) => Promise<T>): Promise<T> {
  const env = readEnv(shell.env);
  thereIs(env.ledger);
  // Loaded when it is called: the bus's parts take longer to load than most commands take to run.
  const { openStore } = await import('../open.ts');
  const { ledger } = await openStore(env, 'guest');
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
