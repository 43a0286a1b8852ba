/** Callback endpoints: what is due at each, and what was delivered. */
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Ring } from '../../domain/lane.ts';
import type { ChainedEvent } from '../../domain/chain.ts';
import type { Delivery, DeliveryLogRow, EndpointRow, NotifyLedger } from '../../flow/ports/ledger-notify.ts';
import type { Database } from './database.ts';
import { ENDPOINT, EVENT } from './rows.ts';

/** Applications served per batch: a few at a time, so that none waits long behind another's backlog. */
const BATCH = 20;

const READ = `SELECT ${ENDPOINT.select}, (SELECT wrapped FROM keys WHERE owner = 'endpoint/' || endpoints.id) AS wrappedKey FROM endpoints`;

export function notifyVerbs(db: Database): Omit<NotifyLedger, 'appendEvents' | 'read'> {
  const read = (id: string): EndpointRow | undefined =>
    db.sql(`${READ} WHERE id = ?`).get(id) as EndpointRow | undefined;
  return {
    createEndpoint: (row) => db.write(() => create(db, row)),
    endpoint: async (id) => read(id),
    endpointsOf: async (platform) =>
      db.sql(`${READ} WHERE platform = ? ORDER BY id`).all(platform) as unknown as EndpointRow[],
    updateEndpoint: (id, fields) => db.write(() => update(db, id, fields)),
    resealEndpoint: (id, sealed) =>
      db.write(() => void db.sql('UPDATE endpoints SET sealed = ? WHERE id = ?').run(sealed, id)),
    deleteEndpoint: (id) => db.write(() => remove(db, id)),
    claimEndpoint: (id, wake, leaseMs) => db.write(() => claim(db, id, wake, leaseMs, read)),
    eventsFrom: async (applicationId, seq, most) =>
      db
        .sql(`SELECT ${EVENT.select} FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?`)
        .all(applicationId, seq, most) as unknown as ChainedEvent[],
    endBatch: (batch) => db.write(() => endBatch(db, batch)),
    deliveryLog: async (endpointId, after, most) =>
      db
        .sql(
          `SELECT endpoint_id AS endpointId, id, at, application_id AS applicationId, seq, status, code FROM delivery_log
           WHERE endpoint_id = ? AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?`,
        )
        .all(endpointId, after, after, most) as unknown as DeliveryLogRow[],
    redeliver: (endpointId, applicationId, fromSeq) =>
      db.write(() => {
        db.sql(
          `INSERT INTO deliveries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next_seq = min(next_seq, excluded.next_seq)`,
        ).run(endpointId, applicationId, fromSeq);
        return makeDue(db, endpointId, db.now());
      }),
  };
}

function create(db: Database, row: EndpointRow): void {
  db.sql('INSERT INTO keys VALUES (?, NULL, ?)').run(`endpoint/${row.id}`, row.wrappedKey);
  db.sql(`INSERT INTO endpoints (${ENDPOINT.names}) VALUES (${ENDPOINT.marks})`).run(...ENDPOINT.of(row));
}

function update(
  db: Database,
  id: string,
  { state, code }: Parameters<NotifyLedger['updateEndpoint']>[1],
): Ring[] {
  db.sql('UPDATE endpoints SET state = ?, code = ?, failures = 0, failing_since = NULL WHERE id = ?').run(
    state,
    code,
    id,
  );
  return state === 'active' ? makeDue(db, id, db.now()) : [];
}

function remove(db: Database, id: string): void {
  db.sql('DELETE FROM endpoints WHERE id = ?').run(id);
  db.sql('DELETE FROM deliveries WHERE endpoint_id = ?').run(id);
  db.sql('DELETE FROM keys WHERE owner = ?').run(`endpoint/${id}`);
}

function claim(
  db: Database,
  id: string,
  wake: number,
  leaseMs: number,
  read: (id: string) => EndpointRow | undefined,
): { row: EndpointRow; due: Delivery[] } | undefined {
  const now = db.now();
  const until = now + leaseMs;
  // A lease that ran out is taken over by the bell that its due time rings.
  const taken = db
    .sql(
      `UPDATE endpoints SET fence = fence + 1, wake = wake + 1, lease_until = ?, due_at = ?
       WHERE id = ? AND wake = ? AND state = 'active' AND (lease_until IS NULL OR lease_until <= ?)`,
    )
    .run(until, until, id, wake, now);
  if (taken.changes === 0) return undefined;
  const due = db
    .sql(
      'SELECT application_id AS applicationId, next_seq AS nextSeq FROM deliveries WHERE endpoint_id = ? LIMIT ?',
    )
    .all(id, BATCH) as unknown as Delivery[];
  return { row: read(id)!, due };
}

function endBatch(db: Database, batch: Parameters<NotifyLedger['endBatch']>[0]): Ring[] {
  const { id, fence, moved, log, failed, state, code } = batch;
  for (const row of log) {
    db.sql('INSERT INTO delivery_log VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      ...[row.endpointId, row.id, row.at, row.applicationId, row.seq, row.status, row.code],
    );
  }
  for (const { applicationId, fromSeq, nextSeq } of moved) {
    // A redelivery that was asked for meanwhile has set another number: it stands.
    db.sql(
      'UPDATE deliveries SET next_seq = ? WHERE endpoint_id = ? AND application_id = ? AND next_seq = ?',
    ).run(...[nextSeq, id, applicationId, fromSeq]);
    db.sql(
      `DELETE FROM deliveries WHERE endpoint_id = ? AND application_id = ?
       AND next_seq > (SELECT version FROM applications WHERE id = ?)`,
    ).run(id, applicationId, applicationId);
  }
  const ended = db
    .sql(
      `UPDATE endpoints SET lease_until = NULL, due_at = NULL,
         state = CASE state WHEN 'active' THEN ? ELSE state END, code = ?,
         failures = CASE WHEN ? THEN failures + 1 ELSE 0 END,
         failing_since = CASE WHEN ? THEN coalesce(failing_since, ?) ELSE NULL END
       WHERE id = ? AND fence = ?`,
    )
    .run(...[state, code, Number(failed !== null), Number(failed !== null), failed?.at ?? null, id, fence]);
  if (ended.changes === 0 || state !== 'active') return [];
  return makeDue(db, id, failed?.retryAt ?? db.now());
}

/** Rings an endpoint that has something to deliver and is not being served. */
function makeDue(db: Database, id: string, at: number): Ring[] {
  const due = db
    .sql(
      `UPDATE endpoints SET due_at = ?, wake = wake + 1 WHERE id = ? AND state = 'active' AND lease_until IS NULL
       AND EXISTS (SELECT 1 FROM deliveries WHERE endpoint_id = endpoints.id) RETURNING wake`,
    )
    .get(at, id);
  if (!due) return [];
  return [
    { lane: CALLBACK_LANE, bell: { id, wake: due['wake'] as number }, at, priority: CALLBACK_PRIORITY },
  ];
}
