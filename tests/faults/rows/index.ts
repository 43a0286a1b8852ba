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

export const notHere: NotHere[] = [];
