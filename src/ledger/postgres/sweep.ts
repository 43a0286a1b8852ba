/** What the sweep looks for besides bells: news that may be taken up, and what has had its time. */
import type { FoundNews, RecoverLedger } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';
import { keepPartitions } from './partitions.ts';
import { INBOX } from './rows.ts';

/** How often the sweep looks whether the coming months have their parts. */
const PARTITIONS_MS = 3_600_000;

type SweepVerbs = 'newsWithSteps' | 'clocksDue' | 'dropUnlisted' | 'dropDeliveries';

export function sweepVerbs(db: Database): Pick<RecoverLedger, SweepVerbs> {
  const dropped = async (text: string, before: string): Promise<number> =>
    (await db.query(text, [before])).length;
  let kept = -Infinity;
  /** Where it fails it is the next hour's: until then rows go into the part for everything else. */
  const keep = async (): Promise<void> => {
    if (db.now() - kept < PARTITIONS_MS) return;
    kept = db.now();
    await keepPartitions(db);
  };
  return {
    newsWithSteps: (after, most) =>
      db.query<FoundNews>(NEWS, [after?.agency ?? '', after?.reference ?? '', after?.id ?? '', most]),
    clocksDue: async (now, most) => (await db.query<{ id: string }>(CLOCKS, [now, most])).map(({ id }) => id),
    dropUnlisted: async (before) => {
      await keep();
      return dropped(DROP_UNLISTED, before);
    },
    dropDeliveries: (before) => dropped(DROP_DELIVERIES, before),
  };
}

/** The order is the index's own. A reference that is given twice speaks of the later step. */
const NEWS = `SELECT ${INBOX.select.replace('application_id', 'inbox.application_id')}, given.adapter FROM inbox,
  LATERAL (
    SELECT steps.adapter FROM step_references AS found
    JOIN steps ON steps.application_id = found.application_id AND steps.name = found.step
    WHERE found.agency = inbox.agency AND found.reference = inbox.reference
    ORDER BY found.application_id DESC LIMIT 1
  ) AS given
  WHERE state = 'waiting' AND (agency, reference, id) > (?, ?, ?)
  ORDER BY agency, reference, id LIMIT ?`;

const CLOCKS = 'SELECT id FROM applications WHERE clock_at <= ? ORDER BY clock_at LIMIT ?';
/** Several processes sweep: what another is dropping is left to it. */
const DROP_UNLISTED = `WITH old AS (
    SELECT id FROM documents WHERE application_id IS NULL AND at < ? LIMIT 1000 FOR UPDATE SKIP LOCKED
  ), dropped AS (DELETE FROM documents USING old WHERE documents.id = old.id RETURNING old.id),
  chunk AS (DELETE FROM chunks WHERE document_id = ANY (ARRAY(SELECT id FROM dropped))),
  key AS (DELETE FROM keys WHERE owner = ANY (ARRAY(SELECT 'document/' || id FROM dropped)))
  SELECT 1 FROM dropped`;
const DROP_DELIVERIES = `DELETE FROM delivery_log WHERE (endpoint_id, id) IN
  (SELECT endpoint_id, id FROM delivery_log WHERE at < ? LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING 1`;
