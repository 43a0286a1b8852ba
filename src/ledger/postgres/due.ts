/** `read` and `due`: what a step's work starts from, and what `recover` rings. */
import { shareLane, take } from '../../domain/fair-share.ts';
import { CALLBACK_LANE, newLane, type Lane, type Ring } from '../../domain/lane.ts';
import type { DueWanted, FlowLedger, StepRow } from '../../flow/ports/ledger.ts';
import { ringOf, type Due } from '../rings.ts';
import type { Database, Statements } from './database.ts';
import { fill, read, soonest, type ClassLine, type Shelf } from './due-shelves.ts';
import { callbackRings } from './events.ts';
import { APPLICATION, applicationFrom, LANE, STEP, type RawApplication } from './rows.ts';

export function readVerbs(db: Database): Pick<FlowLedger, 'read' | 'openLike' | 'due' | 'plan' | 'savePlan'> {
  return {
    // The application first: should it change in between, the version is the older one, and its change is raced.
    read: (applicationId) =>
      db.reading(async (on) => {
        const [[raw], steps] = await Promise.all([
          on.query<RawApplication>(READ_APPLICATION, [applicationId]),
          on.query<StepRow>(READ_STEPS, [applicationId]),
        ]);
        return raw && { application: applicationFrom(raw), steps };
      }),
    openLike: (kind, value) => db.query(OPEN_LIKE, [kind, value]),
    due: (wanted) => due(db, wanted),
    plan: async (digest) =>
      (await db.query<{ text: string }>('SELECT text FROM plans WHERE digest = ?', [digest]))[0]?.text,
    savePlan: async (digest, text) => {
      await db.query('INSERT INTO plans VALUES (?, ?) ON CONFLICT DO NOTHING', [digest, text]);
    },
  };
}

const OPEN_LIKE = `SELECT id, number, platform FROM search_index JOIN applications ON id = application_id
  WHERE kind = $1 AND value = $2 AND ended_at IS NULL ORDER BY id LIMIT 10`;
const READ_APPLICATION = `SELECT ${APPLICATION.select}, body, result, wrapped AS "wrappedKey"
  FROM applications JOIN bodies ON bodies.application_id = id LEFT JOIN keys ON owner = id WHERE id = ?`;
const READ_STEPS = `SELECT ${STEP.select} FROM steps WHERE application_id = ? ORDER BY position`;

/** A lane as the sweep finds it: what may be rung, and from when on. */
interface Sought {
  lines: ClassLine[];
  wakesAt: number;
  awake: number;
  room: number;
}

async function due(db: Database, wanted: DueWanted): Promise<Ring[]> {
  const { horizon, most, lanes, weights = new Map() } = wanted;
  const withCallbacks = lanes?.includes(CALLBACK_LANE) ?? true;
  const now = db.now();
  const [callbacks, sought] = await Promise.all([
    withCallbacks ? dueEndpoints(db, now, horizon, most(CALLBACK_LANE)) : [],
    seek(db, wanted, now),
  ]);
  const taken = await serve(db, sought, ({ awake }) => [-1, awake], byClass(weights));
  const left = sought.map((lane, n) => ({ ...lane, room: lane.room - taken[n]!.length }));
  const later = await serve(
    db,
    left,
    ({ awake }) => [awake, horizon],
    (shelves, room) => take(soonest(shelves), room),
  );
  const rings = sought.flatMap(({ wakesAt }, n) =>
    [...taken[n]!, ...later[n]!].map((row) => ({ ...ringOf(row), at: Math.max(row.dueAt!, wakesAt) })),
  );
  return [...callbacks, ...rings];
}

type Choose = (shelves: Shelf[], room: number) => Due[];

/** Classes of applications: urgent, priority, normal, offline batches. */
const CLASSES = [1, 2, 3, 4];

/**
 * What the lane can be given when it is awake goes by class and, within it, by the platforms' shares; then what falls
 * due later by its time: neither a place nor the one probe of a sleeping lane is spent on what is due in minutes.
 */
const byClass =
  (weights: ReadonlyMap<string, number>): Choose =>
  (shelves, room) => {
    const rows: Due[] = [];
    for (const priority of CLASSES) {
      const ofClass = shelves.filter(({ line }) => line.priority === priority);
      const waiting = ofClass.map((shelf) => ({ ...shelf.line, rows: read(shelf) }));
      rows.push(...shareLane<Due>(waiting, weights, room - rows.length));
    }
    return rows;
  };

/** Serves all lanes in one round trip; those of which too little was read are read further, and served anew. */
async function serve(
  on: Statements,
  lanes: Sought[],
  span: (lane: Sought) => [after: number, until: number],
  choose: Choose,
): Promise<Due[][]> {
  const shelves = lanes.map((lane) => {
    const [after, until] = span(lane);
    if (lane.room <= 0 || after >= until) return [];
    // Twice what each would get in the mean: most often nobody needs more.
    const size = Math.min(lane.room, Math.max(16, Math.ceil((2 * lane.room) / lane.lines.length)));
    return lane.lines.map((line): Shelf => ({ line, after, until, size, rows: [], isShort: true }));
  });
  const taken: Due[][] = lanes.map(() => []);
  for (let open = [...shelves.keys()]; open.length > 0;) {
    await fill(
      on,
      open.flatMap((n) => shelves[n]!),
    );
    for (const n of open) taken[n] = choose(shelves[n]!, lanes[n]!.room);
    open = open.filter((n) => shelves[n]!.some(({ isShort }) => isShort));
  }
  return taken;
}

type FoundLine = ClassLine & { lane: Lane | null };

async function seek(on: Statements, wanted: DueWanted, now: number): Promise<Sought[]> {
  const { horizon, most, stuck = () => 0, lanes } = wanted;
  const text = `${lanes ? AMONG : ALL} ${LINES}`;
  const found = await on.query<FoundLine>(text, lanes ? [lanes] : []);
  const sought: Sought[] = [];
  for (const [agency, lines] of Map.groupBy(found, (line) => line.agency)) {
    const lane = lines[0]!.lane ?? newLane(agency);
    const wakesAt = Math.max(lane.sleepUntil, lane.probeUntil);
    if (lane.paused || wakesAt > horizon) continue;
    const awake = Math.min(Math.max(now, wakesAt), horizon);
    sought.push({ lines, wakesAt, awake, room: wakesAt > 0 ? 1 + stuck(agency) : most(agency) });
  }
  return sought;
}

/** The agencies with something due at any time, by hopping over the index rather than reading it. */
const ALL = `WITH RECURSIVE agencies (agency) AS (
    (SELECT agency FROM steps WHERE due_at IS NOT NULL ORDER BY agency LIMIT 1)
    UNION ALL
    SELECT next.agency FROM agencies, LATERAL (
      SELECT steps.agency FROM steps WHERE due_at IS NOT NULL AND steps.agency > agencies.agency ORDER BY agency LIMIT 1
    ) AS next
  )`;
const AMONG = 'WITH RECURSIVE agencies (agency) AS (SELECT unnest(?::text[]))';
/** Which platform has work for which service in each of them, by hopping likewise. */
const LINES = `, lines (agency, priority, platform, service) AS (
    SELECT agency COLLATE "C", 0, '' COLLATE "C", '' COLLATE "C" FROM agencies
    UNION ALL
    SELECT lines.agency, next.priority, next.platform, next.service FROM lines, LATERAL (
      SELECT steps.priority, steps.platform, steps.service FROM steps
      WHERE due_at IS NOT NULL AND steps.agency = lines.agency
        AND (steps.priority, steps.platform, steps.service) > (lines.priority, lines.platform, lines.service)
      ORDER BY steps.priority, steps.platform, steps.service LIMIT 1
    ) AS next
  )
  SELECT lines.*, (SELECT row_to_json(one) FROM (SELECT ${LANE.select} FROM lanes WHERE id = lines.agency) AS one) AS lane
  FROM lines WHERE priority > 0`;

/**
 * Besides those that are due: endpoints with something to deliver that nobody serves. They were missed by two who
 * passed each other, one ending a batch, the other appending an event.
 */
const ENDPOINTS = `WITH missed AS (
    SELECT endpoints.id FROM endpoints, LATERAL (SELECT 1 FROM deliveries WHERE endpoint_id = endpoints.id LIMIT 1) AS one
    WHERE state = 'active' AND due_at IS NULL AND lease_until IS NULL FOR NO KEY UPDATE OF endpoints SKIP LOCKED
  ), woken AS (
    UPDATE endpoints SET due_at = $1, wake = wake + 1 FROM missed WHERE endpoints.id = missed.id
    RETURNING endpoints.id, wake, due_at
  )
  SELECT id, wake, due_at AS "dueAt" FROM woken
  UNION ALL
  (SELECT id, wake, due_at FROM endpoints WHERE due_at <= $2 AND state = 'active' ORDER BY due_at LIMIT $3)`;

async function dueEndpoints(on: Statements, now: number, horizon: number, most: number): Promise<Ring[]> {
  const rows = await on.query<{ id: string; wake: number; dueAt: number }>(ENDPOINTS, [now, horizon, most]);
  return rows.flatMap(({ id, wake, dueAt }) => callbackRings([[id, wake]], dueAt));
}
