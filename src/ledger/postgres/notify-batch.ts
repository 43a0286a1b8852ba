/** The end of a batch of callbacks: what was delivered is logged, each application moves on, the lease ends. */
import type { DeliveryLogRow, Moved, NotifyLedger } from '../../flow/ports/ledger-notify.ts';
import type { Statements } from './database.ts';

type Batch = Parameters<NotifyLedger['endBatch']>[0];

/** False when the endpoint is not to be made due: it is somebody else's by now, or it is to stand still. */
export async function endBatch(tx: Statements, batch: Batch): Promise<boolean> {
  const { id, fence, moved, log, failed, state, code } = batch;
  const [ended] = await Promise.all([
    // The endpoint first: whoever works at its deliveries holds its row.
    tx.query(END, [id, fence, state, code, failed !== null, failed?.at ?? null]),
    moveOn(tx, id, moved),
    writeLog(tx, log),
  ]);
  return ended.length > 0 && state === 'active';
}

/** A person's pause meanwhile stands. */
const END = `UPDATE endpoints SET lease_until = NULL, due_at = NULL,
    state = CASE state WHEN 'active' THEN $3 ELSE state END, code = $4,
    failures = CASE WHEN $5::boolean THEN failures + 1 ELSE 0 END,
    failing_since = CASE WHEN $5::boolean THEN coalesce(failing_since, $6::bigint) END
  WHERE id = $1 AND fence = $2 RETURNING id`;

const LOG = `INSERT INTO delivery_log (endpoint_id, id, at, application_id, seq, status, code)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::int[], $7::text[])`;

async function writeLog(tx: Statements, log: DeliveryLogRow[]): Promise<void> {
  if (log.length === 0) return;
  const of = <K extends keyof DeliveryLogRow>(name: K): DeliveryLogRow[K][] => log.map((row) => row[name]);
  await tx.query(LOG, [
    ...[of('endpointId'), of('id'), of('at'), of('applicationId'), of('seq'), of('status'), of('code')],
  ]);
}

/** A redelivery that was asked for meanwhile has set another number: it stands. */
const MOVE = `UPDATE deliveries SET next_seq = moved.next_seq
  FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS moved (application_id, from_seq, next_seq)
  WHERE endpoint_id = $1 AND deliveries.application_id = moved.application_id AND deliveries.next_seq = moved.from_seq`;
/** One statement that looks at the row alone: whoever appends an event meanwhile raises `last_seq`, and the row stays. */
const DONE = `DELETE FROM deliveries WHERE endpoint_id = $1 AND application_id = ANY ($2::text[]) AND next_seq > last_seq`;

async function moveOn(tx: Statements, id: string, moved: Moved[]): Promise<void> {
  if (moved.length === 0) return;
  const ids = moved.map(({ applicationId }) => applicationId);
  const numbers = (name: 'fromSeq' | 'nextSeq'): number[] => moved.map((one) => one[name]);
  await Promise.all([
    tx.query(MOVE, [id, ids, numbers('fromSeq'), numbers('nextSeq')]),
    tx.query(DONE, [id, ids]),
  ]);
}
