/** Many rows at once: 25,000 open applications of four steps, so that a plan that reads them all is seen. */
import { openPool } from '../../src/ledger/postgres/database.ts';
import { keepPartitions } from '../../src/ledger/postgres/partitions.ts';
import { manualClock } from '../contracts/ledger-fixtures.ts';
import { run } from '../support/databases.ts';

export const SEEDED = 25_000;
/** When the first of them was accepted; the others follow by the second. */
export const SEEDED_AT = Date.parse('2026-01-15T00:00:00.000Z');

/** Of each application: step 0 done, 1 due within 60 days, or ready, 2 and 3 to come. Every tenth has an open item. */
const SEED = `
CREATE TEMP TABLE seed AS SELECT n, overlay(hex placing '-' from 9 for 0) || '-7000-8000-' || lpad(n::text, 12, '0') AS id, at,
    'mall-' || n % 200 AS platform, 'SERVICE-' || n % 5 AS service
  FROM (SELECT n, at, lpad(to_hex(at), 12, '0') AS hex
    FROM (SELECT n, ${SEEDED_AT} + n * 1000 AS at FROM generate_series(1, ${SEEDED}) AS n) AS numbers) AS hexed;
INSERT INTO applications SELECT id, 'no-' || n, platform, 'MPP-9999-01', service, '99.99', 'direct', true, 'digest',
    (ARRAY['accepted', 'inProgress', 'completed'])[1 + n % 3], NULL, 3, 3, 'head', at, at, NULL FROM seed;
INSERT INTO bodies SELECT id, decode(repeat('00', 200), 'hex'), NULL FROM seed;
INSERT INTO keys SELECT id, id, 'key' FROM seed;
INSERT INTO steps SELECT id, 'step-' || s, platform, service, CASE WHEN n % 50 = 0 THEN 'turn-' || n % 100 END, 1 + n % 4, s,
    'agency-' || n % 15, 'check', 'testing@1', CASE WHEN s = 0 THEN 'succeeded' WHEN s > 1 THEN 'pending'
      WHEN n % 20 = 0 THEN 'ready' WHEN n % 33 = 0 THEN 'parked' ELSE 'waitingAgency' END, at, NULL, 1, 0, 0, 0, 1,
    CASE WHEN s = 1 THEN at + n / 15 % 60 * 86400000::bigint END, 0, NULL, NULL, lpad((n * 4 + s)::text, 20, '0'), NULL, NULL, 'sealed'
  FROM seed, generate_series(0, 3) AS s;
INSERT INTO attempts SELECT id, 'step-0', 1, a, 'send', 'key', 'at', 'at', 'ok', NULL, 200, 'sealed' FROM seed, generate_series(1, 2) AS a;
INSERT INTO events SELECT id, e, 'at', 'type', '{}', 'hash', NULL FROM seed, generate_series(1, 3) AS e;
INSERT INTO idempotency SELECT platform, 'key-' || n, 'same', id, at FROM seed;
INSERT INTO client_references SELECT platform, 'reference-' || n, 'same', id FROM seed;
INSERT INTO search_index SELECT 'nik', 'nik-' || n, id FROM seed;
INSERT INTO old_rounds SELECT id, 'step-0', 1, 'old-' || n, 'agency-1', 'succeeded', NULL, 'sealed' FROM seed;
INSERT INTO step_references SELECT 'agency-' || n % 15, 'reference-' || n, id, 'step-1' FROM seed;
INSERT INTO items SELECT id || '.0001', id, 'step-1', 'conflict', 'X', 'at', CASE WHEN n % 10 > 0 THEN 'at' END, NULL FROM seed;
INSERT INTO inbox SELECT 'agency-' || n % 15, 'message-' || n, 'c', CASE WHEN n % 10 = 0 THEN 'waiting' ELSE 'applied' END, 'paid',
    'reference-' || n, NULL, NULL, 'at', 'owner', 'request', 'answer' FROM seed;
INSERT INTO shapes SELECT 'agency-' || n % 15, 'place-' || n % 200, 'string /field' || n,
    CASE WHEN n % 100 = 0 THEN '2026-01-15' END, 0 FROM seed;
INSERT INTO documents SELECT 'doc-' || n, platform, CASE WHEN n % 10 > 0 THEN id END, 'name', 'hash-' || n, 'type', 9, '2026-01-15' FROM seed;
INSERT INTO chunks SELECT 'doc-' || n, 0, 'bytes' FROM seed;
INSERT INTO endpoints SELECT 'end-' || n, 'mall-' || n, 'active', NULL, 1, NULL, 0, NULL, 0, NULL, 'at', 'sealed' FROM seed WHERE n <= 1000;
INSERT INTO deliveries SELECT 'end-' || n % 20, id, 1, 3 FROM seed;
INSERT INTO delivery_log SELECT 'end-' || n % 20, 'line-' || n, '2026-01-15', id, 1, 200, NULL FROM seed;
ANALYZE`;

export async function seed(url: string): Promise<void> {
  const db = openPool(url, manualClock());
  await keepPartitions(db);
  await db.close();
  await run(url, SEED);
}
