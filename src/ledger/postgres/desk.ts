/** What people look at: lists, searches, streams, open items and what stands still. */
import type { ChainedEvent } from '../../domain/chain.ts';
import type { Lane } from '../../domain/lane.ts';
import type { DeskLedger, Summary } from '../../flow/ports/ledger-desk.ts';
import type { AttemptRow, DocumentRow, ItemRow, OldRound, StepRow } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';
import { listQuery, openItemsQuery, SUMMARY } from './desk-queries.ts';
import { ATTEMPT, DOCUMENT, EVENT, LANE, STEP } from './rows.ts';

export { keyVerbs, laneVerbs } from './desk-acts.ts';

type LookVerbs =
  'list' | 'search' | 'byNumber' | 'events' | 'streams' | 'attempts' | 'oldRounds' | 'documentsOf';
type WorkVerbs = 'openItems' | 'stuck' | 'lanes' | 'backlog' | 'adaptersInUse' | 'agenciesInUse' | 'ping';

export function lookVerbs(db: Database): Pick<DeskLedger, LookVerbs> {
  return {
    list: (filter) => db.query<Summary>(...listQuery(filter)),
    search: (kind, value, platform, most) => db.query<Summary>(SEARCH, [platform, kind, value, most]),
    byNumber: async (number) => (await db.query<{ id: string }>(BY_NUMBER, [number]))[0]?.id,
    events: (stream, after, most) => db.query<ChainedEvent>(EVENTS, [stream, after, most]),
    streams: async (after, most) =>
      (await db.query<{ stream: string }>(STREAMS, [after, most])).map(({ stream }) => stream),
    attempts: (id) => db.query<AttemptRow>(ATTEMPTS, [id]),
    oldRounds: (id) => db.query<OldRound>(OLD_ROUNDS, [id]),
    documentsOf: (id) => db.query<DocumentRow>(DOCUMENTS, [id]),
  };
}

const SEARCH = `SELECT ${SUMMARY} FROM applications WHERE platform = $1 AND id IN
  (SELECT application_id FROM search_index WHERE kind = $2 AND value = $3
   UNION SELECT application_id FROM client_references WHERE $2 = 'clientReference' AND platform = $1 AND reference = $3)
  ORDER BY id DESC LIMIT $4`;
const BY_NUMBER = 'SELECT id FROM applications WHERE number = $1';
const EVENTS = `SELECT ${EVENT.select} FROM events WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3`;
const STREAMS = 'SELECT DISTINCT stream FROM events WHERE stream > $1 ORDER BY stream LIMIT $2';
const ATTEMPTS = `SELECT ${ATTEMPT.select} FROM attempts WHERE application_id = $1 ORDER BY at, step, number`;
const OLD_ROUNDS = `SELECT step, round, key, agency, state, code, sealed FROM old_rounds WHERE application_id = $1
  ORDER BY step, round`;
const DOCUMENTS = `SELECT ${DOCUMENT.select} FROM documents WHERE application_id = $1 ORDER BY name`;

/** What waits, for whom, and where it stands still. */
export function workVerbs(db: Database): Pick<DeskLedger, WorkVerbs> {
  return {
    openItems: (filter) => db.query<ItemRow>(...openItemsQuery(filter)),
    stuck: (most) => db.query<StepRow>(STUCK, [most]),
    lanes: () => db.query<Lane>(`SELECT ${LANE.select} FROM lanes ORDER BY id`),
    backlog: () => db.query(BACKLOG),
    adaptersInUse: async () => (await db.query<{ adapter: string }>(IN_USE)).map(({ adapter }) => adapter),
    agenciesInUse: () => db.query<{ agency: string; adapter: string }>(AGENCIES_IN_USE),
    ping: async () => void (await db.query('SELECT 1')),
  };
}

const IN_USE = `SELECT DISTINCT adapter FROM steps
  WHERE application_id IN (SELECT id FROM applications WHERE ended_at IS NULL) ORDER BY adapter`;
const AGENCIES_IN_USE = `SELECT DISTINCT agency, adapter FROM steps
  WHERE application_id IN (SELECT id FROM applications WHERE ended_at IS NULL) ORDER BY agency, adapter`;
const STUCK = `SELECT ${STEP.select} FROM steps WHERE state IN ('parked', 'unknown') ORDER BY since LIMIT $1`;
const BACKLOG = `SELECT agency, state, count(*) AS count, min(since) AS oldest FROM steps
  WHERE state NOT IN ('pending', 'succeeded', 'skipped', 'cancelled', 'rejected', 'compensated', 'compensationFailed')
  GROUP BY agency, state ORDER BY agency, state`;
