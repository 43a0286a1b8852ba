/** The matrix: every row that is real here, and those that are not, with why. */
import type { NotHere, Row } from '../row.ts';
import { agencyRows } from './agency.ts';
import { edgeRows } from './edge.ts';
import { networkRows } from './network.ts';
import { postgresRows } from './postgres.ts';
import { processRows } from './process.ts';
import { redisRows } from './redis.ts';
import { sqliteRows } from './sqlite.ts';

export const rows: Row[] = [
  ...processRows,
  ...sqliteRows,
  ...agencyRows,
  ...redisRows,
  ...postgresRows,
  ...networkRows,
  ...edgeRows,
];

export const notHere: NotHere[] = [
  {
    id: 'F19',
    fault: "a damaged page of PostgreSQL's",
    why: "its own checksums find it (on by default in the tests' servers); what the bus adds is audit verify, proved on SQLite",
  },
  {
    id: 'F28',
    fault: 'a revoked certificate; our own client certificate',
    why: 'Node checks no revocation by itself, and no adapter signs in by a client certificate',
  },
  {
    id: 'F30',
    fault: 'a bad configuration while it runs',
    why: 'a reload that finds one is refused whole, under load and by every process: tests/commands/reload-processes.test.ts proves it',
  },
  {
    id: 'F38',
    fault: 'key service, identity provider or trace collector away',
    why: 'the bus has none to lose: keys are a file, API keys stand in the ledger',
  },
];
