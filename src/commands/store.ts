/** The ledger as commands beside the bus open it: one that is there, never a new one. */
import { existsSync } from 'node:fs';
import { readEnv } from '../config/env.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import { LedgerRefused } from '../ledger/sqlite/index.ts';
import type { Shell } from './shell.ts';

/** Opens the ledger as a guest for `work` and closes it. An answer about an empty new one would be a lie. */
export async function withLedger<T>(shell: Shell, work: (ledger: DeskLedger) => Promise<T>): Promise<T> {
  const env = readEnv(shell.env);
  const path = env.ledger.replace(/^sqlite:/, '');
  if (!existsSync(path)) {
    throw new LedgerRefused(
      `There is no ledger at ${path}: set JEMBATAN_DATA or JEMBATAN_LEDGER to the bus's own`,
    );
  }
  // Loaded when it is called: the bus's parts take longer to load than most commands take to run.
  const { openStore } = await import('../main.ts');
  const { ledger } = await openStore(env, 'guest');
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
