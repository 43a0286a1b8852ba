/** `read` and `due`: what a step's work starts from, and what `recover` rings. */
import { shareLane, take } from '../../domain/fair-share.ts';
import { CALLBACK_LANE, CALLBACK_PRIORITY, type Line, type Ring } from '../../domain/lane.ts';
import type { DueWanted, FlowLedger } from '../../flow/ports/ledger.ts';
import { readLane } from './claim.ts';
import { IN_TURN } from '../turn.ts';
import type { Database } from './database.ts';
import { ringOf, type Due } from '../rings.ts';
import { APPLICATION, applicationFrom, STEP, stepFrom, type Raw } from './rows.ts';

export function readVerbs(db: Database): Pick<FlowLedger, 'read' | 'openLike' | 'due' | 'plan' | 'savePlan'> {
  return {
    async read(applicationId) {
      const raw = db.sql(READ_APPLICATION).get(applicationId) as Raw | undefined;
      if (!raw) return undefined;
      const steps = db.sql(READ_STEPS).all(applicationId) as Raw[];
      return { application: applicationFrom(raw), steps: steps.map(stepFrom) };
    },
    openLike: async (kind, value) =>
      db.sql(OPEN_LIKE).all(kind, value) as { id: string; number: string; platform: string }[],
    due: (wanted) => due(db, wanted),
    plan: async (digest) =>
      db.sql('SELECT text FROM plans WHERE digest = ?').get(digest)?.['text'] as string | undefined,
    savePlan: (digest, text) =>
      db.write(() => void db.sql('INSERT OR IGNORE INTO plans VALUES (?, ?)').run(digest, text)),
  };
}

const OPEN_LIKE = `SELECT id, number, platform FROM search_index JOIN applications ON id = application_id
  WHERE kind = ? AND value = ? AND ended_at IS NULL ORDER BY id LIMIT 10`;
const READ_APPLICATION = `SELECT ${APPLICATION.select}, body, result, wrapped AS wrappedKey
  FROM applications JOIN bodies ON bodies.application_id = id LEFT JOIN keys ON owner = id WHERE id = ?`;
const READ_STEPS = `SELECT ${STEP.select} FROM steps WHERE application_id = ? ORDER BY position`;

/** An agency's lane after the other: others have their turn between them. */
async function due(db: Database, wanted: DueWanted): Promise<Ring[]> {
  const { horizon, most, stuck = () => 0, lanes, weights = new Map() } = wanted;
  const isWanted = (lane: string): boolean => lanes === undefined || lanes.includes(lane);
  const rings = isWanted(CALLBACK_LANE) ? dueEndpoints(db, horizon, most(CALLBACK_LANE)) : [];
  for (const agency of [...hop(db, AGENCIES)].filter(isWanted)) {
    await db.turn();
    const room = { awake: most(agency), asleep: 1 + stuck(agency) };
    for (const ring of dueSteps(db, agency, horizon, room, weights)) rings.push(ring);
  }
  return rings;
}

/** The values of an index's next column, by hopping over it rather than reading it. */
function* hop(db: Database, text: string, ...prefix: (string | number)[]): Generator<string, void> {
  for (let last = ''; ;) {
    const { next } = db.sql(text).get(...prefix, last) as { next: string | null };
    if (next === null) return;
    yield next;
    last = next;
  }
}

/** A row value would not do: `(platform, service) > (?, ?)` reads every step of the line that it leaves. */
const HOP = 'FROM steps WHERE due_at IS NOT NULL AND';
const AGENCIES = `SELECT min(agency) AS next ${HOP} agency > ?`;
const PLATFORMS = `SELECT min(platform) AS next ${HOP} agency = ? AND priority = ? AND platform > ?`;
const SERVICES = `SELECT min(service) AS next ${HOP} agency = ? AND priority = ? AND platform = ? AND service > ?`;

/**
 * What the lane can be given when it is awake goes by class and, within it, by the platforms' shares; then what falls
 * due later by its time: neither a place nor the one probe of a sleeping lane is spent on what is due in minutes.
 */
function dueSteps(
  db: Database,
  agency: string,
  horizon: number,
  room: { awake: number; asleep: number },
  weights: ReadonlyMap<string, number>,
): Ring[] {
  const lane = readLane(db, agency);
  const wakesAt = Math.max(lane.sleepUntil, lane.probeUntil);
  if (lane.paused || wakesAt > horizon) return [];
  const limit = wakesAt > 0 ? room.asleep : room.awake;
  const awake = Math.min(Math.max(db.now(), wakesAt), horizon);
  const lines = [...dueLines(db, agency)].map((line) => ({
    ...line,
    ...ahead(walk(db, agency, line, horizon)),
  }));
  const rows: Due[] = [];
  for (const priority of CLASSES) {
    const ofClass = lines.filter((line) => line.priority === priority);
    const due = ofClass.map((line) => ({ ...line, rows: upTo(line, awake) }));
    rows.push(...shareLane<Due>(due, weights, limit - rows.length));
  }
  // There is room for what is due later only where all that is due now was taken.
  rows.push(...take(soonest(lines), limit - rows.length));
  return rows.map((row) => ({ ...ringOf(row), at: Math.max(row.dueAt!, wakesAt) }));
}

/** Classes of applications: urgent, priority, normal, offline batches. */
const CLASSES = [1, 2, 3, 4];

type ClassLine = Line & { priority: number };

/** Which platform has work for which service, due at any time. */
function* dueLines(db: Database, agency: string): Generator<ClassLine, void> {
  for (const priority of CLASSES)
    for (const platform of hop(db, PLATFORMS, agency, priority))
      for (const service of hop(db, SERVICES, agency, priority, platform))
        yield { priority, platform, service };
}

/** All of it stands in the index: no row is read but of steps that may have to wait for their turn. */
const DUE = `SELECT application_id AS applicationId, name, agency, priority, platform, service, wake, due_at AS dueAt
  FROM steps WHERE agency = ? AND priority = ? AND platform = ? AND service = ? AND due_at <= ?
  AND ${IN_TURN} ORDER BY due_at LIMIT ? OFFSET ?`;

/** A line's due steps, read as far as they are taken: the first few, then twice as many each time. */
function* walk(
  db: Database,
  agency: string,
  { priority, platform, service }: ClassLine,
  until: number,
): Generator<Due, void> {
  for (let size = 16, seen = 0; ; seen += size, size *= 2) {
    const rows = db.sql(DUE).all(agency, priority, platform, service, until, size, seen);
    yield* rows as unknown as Due[];
    if (rows.length < size) return;
  }
}

/** Rows, of which the next is seen before it is taken. */
interface Ahead {
  peek(): Due | undefined;
  take(): Due;
}

function ahead(rows: Generator<Due, void>): Ahead {
  let head = rows.next().value ?? undefined;
  return {
    peek: () => head,
    take() {
      const row = head!;
      head = rows.next().value ?? undefined;
      return row;
    },
  };
}

function* upTo(rows: Ahead, until: number): Generator<Due, void> {
  for (let next = rows.peek(); next && next.dueAt! <= until; next = rows.peek()) yield rows.take();
}

function* soonest(lines: Ahead[]): Generator<Due, void> {
  for (;;) {
    let next: Ahead | null = null;
    for (const one of lines)
      if (one.peek() && (!next || one.peek()!.dueAt! < next.peek()!.dueAt!)) next = one;
    if (!next) return;
    yield next.take();
  }
}

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
