/** The SQLite ledger passes the ledger's contract, in a file and in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { manualClock } from './ledger-fixtures.ts';
import { ledgerSuite } from './ledger-suite.ts';

ledgerSuite('SQLite in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-ledger-'));
  const clock = manualClock();
  const ledger = sqliteLedger(join(folder, 'ledger.db'), clock);
  const close = async (): Promise<void> => {
    await ledger.close();
    await rm(folder, { recursive: true });
  };
  return { ledger, clock, close };
});

ledgerSuite('SQLite in memory', async () => {
  const clock = manualClock();
  const ledger = sqliteLedger(':memory:', clock);
  return { ledger, clock, close: () => ledger.close() };
});
