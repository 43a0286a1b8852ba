/** Appends events, and makes the platform's callback endpoints due in the same transaction. */
import { chain, type ChainedEvent, type NewEvent } from '../../domain/chain.ts';
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Ring } from '../../domain/lane.ts';
import type { Database } from './database.ts';
import { EVENT } from './rows.ts';

/**
 * Inserts an application's chained events; returns the bells of endpoints that became due. One that is paused or
 * disabled only notes where it has to go on: nothing is skipped.
 */
export function appendEvents(db: Database, events: ChainedEvent[], platform: string): Ring[] {
  insertEvents(db, events);
  const first = events[0];
  if (!first) return [];
  const now = db.now();
  const rings: Ring[] = [];
  for (const { id } of db.sql('SELECT id FROM endpoints WHERE platform = ?').all(platform)) {
    db.sql('INSERT INTO deliveries VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(
      id!,
      first.stream,
      first.seq,
    );
    const due = db
      .sql(
        `UPDATE endpoints SET due_at = ?, wake = wake + 1
         WHERE id = ? AND state = 'active' AND due_at IS NULL AND lease_until IS NULL RETURNING wake`,
      )
      .get(now, id!);
    if (!due) continue;
    const bell = { id: id as string, wake: due['wake'] as number };
    rings.push({ lane: CALLBACK_LANE, bell, at: now, priority: CALLBACK_PRIORITY });
  }
  return rings;
}

/** Appends to a stream whose head only the ledger knows: an agency's, the bus's. */
export function appendToStream(db: Database, stream: string, events: NewEvent[]): void {
  const last = db.sql('SELECT seq, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1').get(stream);
  const head = last ? { seq: last['seq'] as number, hash: last['hash'] as string } : { seq: 0, hash: '' };
  insertEvents(db, chain(stream, head, new Date(db.now()).toISOString(), events));
}

const INSERT_EVENT = `INSERT INTO events (${EVENT.names}) VALUES (${EVENT.marks})`;

function insertEvents(db: Database, events: ChainedEvent[]): void {
  for (const event of events) db.sql(INSERT_EVENT).run(...EVENT.of(event));
}
