/** Appends events, and makes the platform's callback endpoints due by the same statement. */
import { chain, type ChainedEvent, type NewEvent } from '../../domain/chain.ts';
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Ring } from '../../domain/lane.ts';
import type { Statements } from './database.ts';
import { EVENT } from './rows.ts';
import { rowsOf, type Statement } from './statement.ts';

/** What `appendEvents` leaves to be selected: the endpoints that became due, as pairs of id and wake. */
export const WOKEN = `(SELECT json_agg(json_build_array(id, wake)) FROM woken) AS woken`;
export type Woken = [id: string, wake: number][] | null;

/**
 * An application's events. One endpoint that is paused or disabled only notes where it has to go on: nothing is
 * skipped. `of` is where the platform is read from, as `platform`.
 *
 * Nobody waits for an endpoint's row: whoever holds it either makes it due as well, or is about to look what is due
 * there. Should that look come a moment too soon, the sweep finds deliveries at an endpoint that nobody serves.
 */
export function appendEvents(
  into: Statement,
  events: ChainedEvent[],
  of: { text: string; values: string[] },
  now: number,
): void {
  const [first, last] = [events[0]!, events.at(-1)!];
  into.part(
    'appended',
    `INSERT INTO events (${EVENT.names}) VALUES ${rowsOf(events.length, EVENT.marks)}`,
    events.flatMap((event) => EVENT.of(event)),
  );
  into.part(
    'told',
    `SELECT endpoints.* FROM endpoints JOIN ${of.text} AS one ON endpoints.platform = one.platform`,
    of.values,
  );
  into.part('noted', NOTE, [first.stream, first.seq, last.seq]);
  into.part('woken', WAKE, [now]);
}

/** Raising `last_seq` keeps the row from whoever has just delivered all that was known and is about to delete it. */
const NOTE = `INSERT INTO deliveries (endpoint_id, application_id, next_seq, last_seq)
  SELECT id, ?::text, ?::bigint, ?::bigint FROM told
  ON CONFLICT (endpoint_id, application_id) DO UPDATE SET last_seq = excluded.last_seq`;
const WAKE = `UPDATE endpoints SET due_at = ?, wake = endpoints.wake + 1
  WHERE id IN (SELECT endpoints.id FROM endpoints JOIN told ON told.id = endpoints.id
    WHERE endpoints.state = 'active' AND endpoints.due_at IS NULL AND endpoints.lease_until IS NULL
    FOR NO KEY UPDATE OF endpoints SKIP LOCKED)
  RETURNING endpoints.id, endpoints.wake`;

export function callbackRings(woken: Woken, at: number): Ring[] {
  const ringOf = ([id, wake]: [string, number]): Ring => ({
    ...{ lane: CALLBACK_LANE, bell: { id, wake }, at },
    priority: CALLBACK_PRIORITY,
  });
  return (woken ?? []).map(ringOf);
}

/** Appends to a stream whose head only the ledger knows: an agency's, the bus's. One after the other. */
export async function appendToStream(
  tx: Statements,
  stream: string,
  events: NewEvent[],
  now: number,
): Promise<void> {
  if (events.length === 0) return;
  void tx
    .query('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`stream/${stream}`])
    .catch(() => undefined);
  const [last] = await tx.query<{ seq: number; hash: string }>(HEAD, [stream]);
  const chained = chain(stream, last ?? { seq: 0, hash: '' }, new Date(now).toISOString(), events);
  const values = chained.flatMap((event) => EVENT.of(event));
  await tx.query(`INSERT INTO events (${EVENT.names}) VALUES ${rowsOf(events.length, EVENT.marks)}`, values);
}

const HEAD = 'SELECT seq, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1';
