/** Callback endpoints: what is due at each, and what was delivered. */
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Ring } from '../../domain/lane.ts';
import type { ChainedEvent } from '../../domain/chain.ts';
import type { Delivery, DeliveryLogRow, EndpointRow, NotifyLedger } from '../../flow/ports/ledger-notify.ts';
import type { Database, Statements } from './database.ts';
import { endBatch } from './notify-batch.ts';
import { ENDPOINT, EVENT } from './rows.ts';

/** Applications served per batch: a few at a time, so that none waits long behind another's backlog. */
const BATCH = 20;

const FIELDS = `${ENDPOINT.select}, (SELECT wrapped FROM keys WHERE owner = 'endpoint/' || endpoints.id) AS "wrappedKey"`;

export function notifyVerbs(db: Database): Omit<NotifyLedger, 'appendEvents' | 'read'> {
  return {
    createEndpoint: (row) => db.write((tx) => create(tx, row)),
    endpoint: async (id) => (await db.query<EndpointRow>(READ, [id]))[0],
    endpointsOf: (platform) => db.query<EndpointRow>(READ_ALL, [platform]),
    updateEndpoint: (id, fields) => db.write((tx) => update(tx, id, fields, db.now())),
    resealEndpoint: async (id, sealed) => void (await db.query(RESEAL, [id, sealed])),
    deleteEndpoint: (id) => db.write((tx) => remove(tx, id)),
    claimEndpoint: (id, wake, leaseMs) => db.reading((on) => claim(on, id, wake, db.now(), leaseMs)),
    eventsFrom: (applicationId, seq, most) => db.query<ChainedEvent>(EVENTS, [applicationId, seq, most]),
    endBatch: (batch) =>
      db.write(async (tx) => {
        const goesOn = await endBatch(tx, batch);
        return goesOn ? makeDue(tx, batch.id, batch.failed?.retryAt ?? db.now()) : [];
      }),
    deliveryLog: (endpointId, after, most) =>
      after === ''
        ? db.query<DeliveryLogRow>(`${LOG} ORDER BY id DESC LIMIT $2`, [endpointId, most])
        : db.query<DeliveryLogRow>(`${LOG} AND id < $3 ORDER BY id DESC LIMIT $2`, [endpointId, most, after]),
    redeliver: (endpointId, applicationId, fromSeq) =>
      db.write(async (tx) => {
        await tx.query(REDELIVER, [endpointId, applicationId, fromSeq]);
        return makeDue(tx, endpointId, db.now());
      }),
  };
}

const READ = `SELECT ${FIELDS} FROM endpoints WHERE id = $1`;
const READ_ALL = `SELECT ${FIELDS} FROM endpoints WHERE platform = $1 ORDER BY id`;
const RESEAL = 'UPDATE endpoints SET sealed = $2 WHERE id = $1';
const EVENTS = `SELECT ${EVENT.select} FROM events WHERE stream = $1 AND seq >= $2 ORDER BY seq LIMIT $3`;
const LOG = `SELECT endpoint_id AS "endpointId", id, at, application_id AS "applicationId", seq, status, code
  FROM delivery_log WHERE endpoint_id = $1`;
/** Events that are appended meanwhile raise `last_seq` too: the higher one stands. */
const REDELIVER = `INSERT INTO deliveries (endpoint_id, application_id, next_seq, last_seq)
  SELECT $1, id, $3::bigint, greatest(version, $3::bigint) FROM applications WHERE id = $2
  ON CONFLICT (endpoint_id, application_id) DO UPDATE SET next_seq = least(deliveries.next_seq, excluded.next_seq),
    last_seq = greatest(deliveries.last_seq, excluded.last_seq)`;

async function create(tx: Statements, row: EndpointRow): Promise<void> {
  await tx.query('INSERT INTO keys (owner, wrapped) VALUES ($1, $2)', [`endpoint/${row.id}`, row.wrappedKey]);
  await tx.query(`INSERT INTO endpoints (${ENDPOINT.names}) VALUES (${ENDPOINT.marks})`, ENDPOINT.of(row));
}

async function update(
  tx: Statements,
  id: string,
  { state, code }: Parameters<NotifyLedger['updateEndpoint']>[1],
  now: number,
): Promise<Ring[]> {
  await tx.query(
    'UPDATE endpoints SET state = $2, code = $3, failures = 0, failing_since = NULL WHERE id = $1',
    [id, state, code],
  );
  return state === 'active' ? makeDue(tx, id, now) : [];
}

async function remove(tx: Statements, id: string): Promise<void> {
  await tx.query('DELETE FROM endpoints WHERE id = $1', [id]);
  await tx.query('DELETE FROM deliveries WHERE endpoint_id = $1', [id]);
  await tx.query('DELETE FROM keys WHERE owner = $1', [`endpoint/${id}`]);
}

/** Of two who come with the same bell, the second finds another wake. A lease that ran out is taken over by the bell that its due time rings. */
const CLAIM = `UPDATE endpoints SET fence = fence + 1, wake = wake + 1, lease_until = $4, due_at = $4
  WHERE id = $1 AND wake = $2 AND state = 'active' AND (lease_until IS NULL OR lease_until <= $3)
  RETURNING ${FIELDS}`;
const DUE = `SELECT application_id AS "applicationId", next_seq AS "nextSeq" FROM deliveries WHERE endpoint_id = $1
  ORDER BY application_id LIMIT ${BATCH}`;

async function claim(
  on: Statements,
  id: string,
  wake: number,
  now: number,
  leaseMs: number,
): Promise<{ row: EndpointRow; due: Delivery[] } | undefined> {
  // Two statements in one round trip: what the batch before has moved is seen only by one that begins after it.
  const [[row], due] = await Promise.all([
    on.query<EndpointRow>(CLAIM, [id, wake, now, now + leaseMs]),
    on.query<Delivery>(DUE, [id]),
  ]);
  return row && { row, due };
}

const MAKE_DUE = `UPDATE endpoints SET due_at = $2, wake = wake + 1
  WHERE id = $1 AND state = 'active' AND lease_until IS NULL
    AND EXISTS (SELECT 1 FROM deliveries WHERE endpoint_id = $1) RETURNING wake`;

/**
 * Rings an endpoint that has something to deliver and is not being served. What is being appended this moment may be
 * missed by both sides; the sweep finds it (`due`).
 */
async function makeDue(tx: Statements, id: string, at: number): Promise<Ring[]> {
  const due = await tx.query<{ wake: number }>(MAKE_DUE, [id, at]);
  return due.map(({ wake }) => ({
    ...{ lane: CALLBACK_LANE, bell: { id, wake }, at },
    priority: CALLBACK_PRIORITY,
  }));
}
