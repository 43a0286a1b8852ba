/** `read` and `due`: what a step's work starts from, and what `recover` rings. */
import { CALLBACK_LANE, type Ring } from '../../domain/lane.ts';
import type { FlowLedger, StepRow } from '../../flow/ports/ledger.ts';
import { readLane } from './claim.ts';
import type { Database } from './database.ts';
import { ringOf } from './rings.ts';
import { APPLICATION, applicationFrom, STEP, stepFrom, type Raw } from './rows.ts';

export function readVerbs(db: Database): Pick<FlowLedger, 'read' | 'due' | 'plan' | 'savePlan'> {
  return {
    async read(applicationId) {
      const raw = db.sql(READ_APPLICATION).get(applicationId) as Raw | undefined;
      if (!raw) return undefined;
      const steps = db.sql(READ_STEPS).all(applicationId) as Raw[];
      return { application: applicationFrom(raw), steps: steps.map(stepFrom) };
    },
    due: async (horizon, most) => [
      ...dueAgencies(db).flatMap((agency) => dueSteps(db, agency, horizon, most)),
      ...dueEndpoints(db, horizon, most),
    ],
    plan: async (digest) =>
      db.sql('SELECT text FROM plans WHERE digest = ?').get(digest)?.['text'] as string | undefined,
    savePlan: (digest, text) =>
      db.write(() => void db.sql('INSERT OR IGNORE INTO plans VALUES (?, ?)').run(digest, text)),
  };
}

const READ_APPLICATION = `SELECT ${APPLICATION.select}, body, result, wrapped AS wrappedKey
  FROM applications JOIN bodies ON bodies.application_id = id LEFT JOIN keys ON owner = id WHERE id = ?`;
const READ_STEPS = `SELECT ${STEP.select} FROM steps WHERE application_id = ? ORDER BY position`;

/** The agencies with something due at any time, by hopping over the index rather than reading it. */
const DUE_AGENCIES = `WITH RECURSIVE hop (agency) AS (
    SELECT min(agency) FROM steps WHERE due_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(agency) FROM steps WHERE due_at IS NOT NULL AND agency > hop.agency) FROM hop WHERE agency IS NOT NULL
  )
  SELECT agency FROM hop WHERE agency IS NOT NULL`;

function dueAgencies(db: Database): string[] {
  return db
    .sql(DUE_AGENCIES)
    .all()
    .map((row) => row['agency'] as string);
}

function dueSteps(db: Database, agency: string, horizon: number, most: number): Ring[] {
  const lane = readLane(db, agency);
  if (lane.paused || Math.max(lane.sleepUntil, lane.probeUntil) > horizon) return [];
  const wakesAt = Math.max(lane.sleepUntil, lane.probeUntil);
  const limit = wakesAt > 0 ? 1 : most;
  const rows: StepRow[] = [];
  // A look per class keeps each of them a walk along the index, however many steps are due far away.
  for (let priority = FIRST; priority <= LAST && rows.length < limit; priority += 1) {
    rows.push(
      ...(db.sql(DUE_STEPS).all(agency, priority, horizon, limit - rows.length) as unknown as StepRow[]),
    );
  }
  return rows.map((row) => ({ ...ringOf(row), at: Math.max(row.dueAt!, wakesAt) }));
}

/** Classes of applications: urgent, priority, normal, offline batches. */
const FIRST = 1;
const LAST = 4;
const DUE_STEPS = `SELECT ${STEP.select} FROM steps WHERE agency = ? AND priority = ? AND due_at <= ? ORDER BY due_at LIMIT ?`;

function dueEndpoints(db: Database, horizon: number, most: number): Ring[] {
  return db
    .sql(
      `SELECT id, wake, due_at FROM endpoints WHERE due_at <= ? AND state = 'active' ORDER BY due_at LIMIT ?`,
    )
    .all(horizon, most)
    .map((row) => ({
      lane: CALLBACK_LANE,
      bell: { id: row['id'] as string, wake: row['wake'] as number },
      at: row['due_at'] as number,
      priority: 5,
    }));
}
