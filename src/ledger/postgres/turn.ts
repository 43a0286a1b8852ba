/** Whose turn comes because steps moved on: where a route asks for order, their own bells were dropped while they had to wait. */
import type { Ring } from '../../domain/lane.ts';
import type { Change } from '../../flow/ports/ledger.ts';
import { ringOf, type Due } from '../rings.ts';
import { HOLDING } from '../turn.ts';
import type { Statements } from './database.ts';

/** The steps of the first application that now holds a turn, where they are due. */
const NEXT = `SELECT application_id AS "applicationId", name, agency, priority, platform, service, wake, due_at AS "dueAt"
  FROM steps WHERE state = 'ready' AND lease_until IS NULL AND due_at IS NOT NULL AND agency = $1 AND turn = $2
    AND application_id = (SELECT min(application_id) FROM steps
      WHERE agency = $1 AND turn = $2 AND turn IS NOT NULL AND state IN ${HOLDING})
    AND application_id > $3`;

/** Most changes touch no step that others wait behind, and ask nothing. */
export async function nextInTurn(on: Statements, { steps }: Change): Promise<Ring[]> {
  const rings: Ring[] = [];
  for (const { row } of steps) {
    if (row.turn === null) continue;
    const next = await on.query<Due>(NEXT, [row.agency, row.turn, row.applicationId]);
    rings.push(...next.map(ringOf));
  }
  return rings;
}
