/** The PostgreSQL ledger passes the ledger's contract, over a real server. */
import { afterAll, beforeAll, describe } from 'vitest';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { manualClock } from './ledger-fixtures.ts';
import { ledgerSuite } from './ledger-suite.ts';

describe.skipIf(!hasServers)('over a real server', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove());

  ledgerSuite('PostgreSQL', async () => {
    const clock = manualClock();
    const ledger = await postgresLedger(await databases.emptied(), clock, { volatile: true });
    return { ledger, clock, close: () => ledger.close() };
  });
});
