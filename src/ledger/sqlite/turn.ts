/** Whose turn comes next: what `record` rings besides its own. */
import type { Ring } from '../../domain/lane.ts';
import type { Change } from '../../flow/ports/ledger.ts';
import { ringOf, type Due } from '../rings.ts';
import { HOLDING } from '../turn.ts';
import type { Database } from './database.ts';

/** The steps of the first application that now holds a turn, where they are due. */
const NEXT = `SELECT application_id AS applicationId, name, agency, priority, platform, service, wake, due_at AS dueAt
  FROM steps WHERE state = 'ready' AND lease_until IS NULL AND due_at IS NOT NULL AND agency = ?1 AND turn = ?2
    AND application_id = (SELECT min(application_id) FROM steps
      WHERE agency = ?1 AND turn = ?2 AND turn IS NOT NULL AND state IN ${HOLDING})
    AND application_id > ?3`;

/** Whose turn comes because these steps moved on: their own bells were dropped while they had to wait. */
export function nextInTurn(db: Database, { steps }: Change): Ring[] {
  const moved = steps.filter(({ row }) => row.turn !== null);
  return moved.flatMap(({ row }) => {
    const next = db.sql(NEXT).all(row.agency, row.turn, row.applicationId) as unknown as Due[];
    return next.map(ringOf);
  });
}
