/** `read` and `due`: what a step's work starts from, and what `recover` rings. */
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Ring } from '../../domain/lane.ts';
import type { FlowLedger } from '../../flow/ports/ledger.ts';
import { readLane } from './claim.ts';
import type { Database } from './database.ts';
import { ringOf, type Due } from './rings.ts';
import { APPLICATION, applicationFrom, STEP, stepFrom, type Raw } from './rows.ts';

export function readVerbs(db: Database): Pick<FlowLedger, 'read' | 'due' | 'plan' | 'savePlan'> {
  return {
    async read(applicationId) {
      const raw = db.sql(READ_APPLICATION).get(applicationId) as Raw | undefined;
      if (!raw) return undefined;
      const steps = db.sql(READ_STEPS).all(applicationId) as Raw[];
      return { application: applicationFrom(raw), steps: steps.map(stepFrom) };
    },
    async due(horizon, most) {
      const rings = dueEndpoints(db, horizon, most);
      for (const agency of dueAgencies(db)) {
        await db.turn();
        for (const ring of dueSteps(db, agency, horizon, most)) rings.push(ring);
      }
      return rings;
    },
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

/**
 * What the lane can be given when it is awake goes by class, then what falls due later by its time: neither a place
 * nor the one probe of a sleeping lane is spent on a higher class that is due in minutes.
 */
function dueSteps(db: Database, agency: string, horizon: number, most: number): Ring[] {
  const lane = readLane(db, agency);
  const wakesAt = Math.max(lane.sleepUntil, lane.probeUntil);
  if (lane.paused || wakesAt > horizon) return [];
  const limit = wakesAt > 0 ? 1 : most;
  const awake = Math.min(Math.max(db.now(), wakesAt), horizon);
  const rows: Due[] = [];
  // A look per class keeps each of them a walk along the index, however many steps are due far away.
  for (const priority of CLASSES) {
    if (rows.length === limit) break;
    rows.push(...dueRows(db, DUE_OF_CLASS, agency, priority, awake, limit - rows.length));
  }
  if (rows.length < limit) rows.push(...dueRows(db, DUE_LATER, agency, awake, horizon, limit - rows.length));
  return rows.map((row) => ({ ...ringOf(row), at: Math.max(row.dueAt!, wakesAt) }));
}

function dueRows(db: Database, text: string, ...values: (number | string)[]): Due[] {
  return db.sql(text).all(...values) as unknown as Due[];
}

/** Classes of applications: urgent, priority, normal, offline batches. */
const CLASSES = [1, 2, 3, 4];
/** All of it stands in the index: no row is read. */
const DUE =
  'SELECT application_id AS applicationId, name, agency, priority, wake, due_at AS dueAt FROM steps';
const DUE_OF_CLASS = `${DUE} WHERE agency = ? AND priority = ? AND due_at <= ? ORDER BY due_at LIMIT ?`;
const DUE_LATER = CLASSES.map(
  (priority) => `${DUE} WHERE agency = ?1 AND priority = ${priority} AND due_at > ?2 AND due_at <= ?3`,
)
  .join(' UNION ALL ')
  .concat(' ORDER BY due_at LIMIT ?4');

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
      priority: CALLBACK_PRIORITY,
    }));
}
