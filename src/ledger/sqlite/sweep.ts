/** What the sweep looks for besides bells: news that may be taken up, and what has had its time. */
import type { FoundNews, RecoverLedger } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';
import { INBOX } from './rows.ts';

type SweepVerbs = 'newsWithSteps' | 'clocksDue' | 'dropUnlisted' | 'dropDeliveries';

export function sweepVerbs(db: Database): Pick<RecoverLedger, SweepVerbs> {
  return {
    newsWithSteps: async (after, most) =>
      db
        .sql(NEWS)
        .all(after?.agency ?? '', after?.reference ?? '', after?.id ?? '', most) as unknown as FoundNews[],
    clocksDue: async (now, most) =>
      db
        .sql(CLOCKS)
        .all(now, most)
        .map(({ id }) => id as string),
    // Asked at every sweep: a look costs nothing, a write only where there is something to drop.
    dropUnlisted: async (before) =>
      unlisted(db, before).length > 0 ? db.write(() => dropUnlisted(db, before)) : 0,
    dropDeliveries: async (before) =>
      db.sql('SELECT 1 FROM delivery_log WHERE at < ? LIMIT 1').get(before)
        ? db.write(() => Number(db.sql(DROP_DELIVERIES).run(before).changes))
        : 0,
  };
}

/** The order is the index's own. A reference that is given twice speaks of the later step. */
const NEWS = `SELECT * FROM (
    SELECT ${INBOX.select}, (
      SELECT steps.adapter FROM step_references AS found
      JOIN steps ON steps.application_id = found.application_id AND steps.name = found.step
      WHERE found.agency = inbox.agency AND found.reference = inbox.reference
      ORDER BY found.application_id DESC LIMIT 1
    ) AS adapter
    FROM inbox WHERE state = 'waiting' AND (agency, reference, id) > (?, ?, ?)
    ORDER BY agency, reference, id
  ) WHERE adapter IS NOT NULL LIMIT ?`;

const CLOCKS = 'SELECT id FROM applications WHERE clock_at <= ? ORDER BY clock_at LIMIT ?';

function unlisted(db: Database, before: string): string[] {
  const rows = db
    .sql('SELECT id FROM documents WHERE application_id IS NULL AND at < ? LIMIT 1000')
    .all(before);
  return rows.map(({ id }) => id as string);
}

function dropUnlisted(db: Database, before: string): number {
  const old = unlisted(db, before);
  for (const id of old) {
    db.sql('DELETE FROM chunks WHERE document_id = ?').run(id);
    db.sql('DELETE FROM keys WHERE owner = ?').run(`document/${id}`);
    db.sql('DELETE FROM documents WHERE id = ?').run(id);
  }
  return old.length;
}

const DROP_DELIVERIES = `DELETE FROM delivery_log WHERE (endpoint_id, id) IN
  (SELECT endpoint_id, id FROM delivery_log WHERE at < ? LIMIT 1000)`;
