/** What people look at: lists, searches, streams, open items, lanes and keys. */
import type { ChainedEvent } from '../../domain/chain.ts';
import { holdLane, type Lane } from '../../domain/lane.ts';
import type { ApiKeyRow, DeskLedger, ListFilter, Summary } from '../../flow/ports/ledger-desk.ts';
import type { AttemptRow, DocumentRow, FlowLedger, ItemRow, OldRound } from '../../flow/ports/ledger.ts';
import { columns } from '../columns.ts';
import { readLane, writeLane } from './claim.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';
import { itemIds } from './items.ts';
import { ATTEMPT, DOCUMENT, EVENT, LANE, STEP, stepFrom, type Raw } from './rows.ts';

const SUMMARY = columns(
  ...[
    'id',
    'number',
    'platform',
    'site',
    'service',
    'channel',
    'state',
    'acceptedAt',
    'promisedAt',
    'endedAt',
  ],
);
const KEY = columns('id', 'hash', 'platform', 'scopes', 'title', 'createdAt', 'expiresAt', 'revokedAt');
const OLD_ROUND = columns('step', 'round', 'key', 'agency', 'state', 'code', 'sealed');

type LookVerbs =
  'list' | 'search' | 'byNumber' | 'events' | 'streams' | 'attempts' | 'oldRounds' | 'documentsOf';
type WorkVerbs = 'openItems' | 'stuck' | 'lanes' | 'backlog' | 'adaptersInUse' | 'agenciesInUse' | 'ping';

export function lookVerbs(db: Database): Pick<DeskLedger, LookVerbs> {
  const all = <T>(text: string, ...values: (null | number | string)[]): T[] =>
    db.sql(text).all(...values) as T[];
  return {
    list: async (filter) => {
      const { text, values } = listQuery(filter);
      return all<Summary>(text, ...values);
    },
    search: async (kind, value, platform, most) =>
      all<Summary>(
        `SELECT ${SUMMARY.select} FROM applications WHERE platform = ?1 AND id IN
         (SELECT application_id FROM search_index WHERE kind = ?2 AND value = ?3
          UNION SELECT application_id FROM client_references WHERE ?2 = 'clientReference' AND platform = ?1 AND reference = ?3)
         ORDER BY id DESC LIMIT ?4`,
        ...[platform, kind, value, most],
      ),
    byNumber: async (number) =>
      db.sql('SELECT id FROM applications WHERE number = ?').get(number)?.['id'] as string | undefined,
    events: async (stream, after, most) =>
      all<ChainedEvent>(
        `SELECT ${EVENT.select} FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?`,
        stream,
        after,
        most,
      ),
    streams: async (after, most) =>
      all<Raw>(
        'SELECT DISTINCT stream FROM events WHERE stream > ? ORDER BY stream LIMIT ?',
        after,
        most,
      ).map(({ stream }) => stream as string),
    attempts: async (id) =>
      all<AttemptRow>(
        `SELECT ${ATTEMPT.select} FROM attempts WHERE application_id = ? ORDER BY at, step, number`,
        id,
      ),
    oldRounds: async (id) =>
      all<OldRound>(
        `SELECT ${OLD_ROUND.select} FROM old_rounds WHERE application_id = ? ORDER BY step, round`,
        id,
      ),
    documentsOf: async (id) =>
      all<DocumentRow>(`SELECT ${DOCUMENT.select} FROM documents WHERE application_id = ? ORDER BY name`, id),
  };
}

const FILTERS = {
  platform: 'platform = ?',
  state: 'state = ?',
  service: 'service = ?',
  site: 'site = ?',
  after: 'id < ?',
  from: 'id >= ?',
} as const;

/** Only the filters that are given stand in the text: an index serves no `? IS NULL OR …`. */
export function listQuery(filter: ListFilter): { text: string; values: (number | string)[] } {
  const conditions: string[] = [];
  const values: (number | string)[] = [];
  for (const [name, condition] of Object.entries(FILTERS)) {
    const value = filter[name as keyof typeof FILTERS];
    if (value === undefined || value === '') continue;
    conditions.push(condition);
    values.push(value);
  }
  if (filter.attention) conditions.push('id IN (SELECT application_id FROM items WHERE closed_at IS NULL)');
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const text = `SELECT ${SUMMARY.select} FROM applications ${where} ORDER BY id DESC LIMIT ?`;
  return { text, values: [...values, filter.most] };
}

/** What waits, for whom, and where it stands still. */
export function workVerbs(db: Database): Pick<DeskLedger, WorkVerbs> {
  const all = <T>(text: string, ...values: (null | number | string)[]): T[] =>
    db.sql(text).all(...values) as T[];
  return {
    openItems: async ({ applicationId, platform = null, role = null, after = '', most }) => {
      const [from, to] = applicationId === undefined ? ['', LAST_ID] : itemIds(applicationId);
      return all<ItemRow>(OPEN_ITEMS, after > from ? after : from, to, platform, most, role);
    },
    stuck: async (most) => all<Raw>(STUCK, most).map(stepFrom),
    lanes: async () =>
      all<Raw>(`SELECT ${LANE.select} FROM lanes ORDER BY id`).map(
        (raw) => ({ ...raw, paused: raw['paused'] === 1 }) as unknown as Lane,
      ),
    backlog: async () =>
      all(
        `SELECT agency, state, count(*) AS count, min(since) AS oldest FROM steps
         WHERE state NOT IN ('pending', 'succeeded', 'skipped', 'cancelled', 'rejected', 'compensated', 'compensationFailed')
         GROUP BY agency, state ORDER BY agency, state`,
      ),
    adaptersInUse: async () => all<{ adapter: string }>(IN_USE).map(({ adapter }) => adapter),
    agenciesInUse: async () => all<{ agency: string; adapter: string }>(AGENCIES_IN_USE),
    ping: async () => void db.sql('SELECT 1').get(),
  };
}

const IN_USE = `SELECT DISTINCT adapter FROM steps
  WHERE application_id IN (SELECT id FROM applications WHERE ended_at IS NULL) ORDER BY adapter`;
const AGENCIES_IN_USE = `SELECT DISTINCT agency, adapter FROM steps
  WHERE application_id IN (SELECT id FROM applications WHERE ended_at IS NULL) ORDER BY agency, adapter`;
/** Beyond every id: they begin with a digit or a letter. */
const LAST_ID = '~';
export const OPEN_ITEMS = `SELECT items.id, application_id AS applicationId, number, platform, step, kind, items.code,
    role, due_at AS dueAt, opened_at AS openedAt, closed_at AS closedAt, closed_by AS closedBy
  FROM items JOIN applications ON applications.id = application_id
  WHERE closed_at IS NULL AND items.id > ?1 AND items.id < ?2 AND (?3 IS NULL OR platform = ?3)
    AND (?5 IS NULL OR role = ?5)
  ORDER BY items.id LIMIT ?4`;
export const STUCK = `SELECT ${STEP.select} FROM steps WHERE state IN ('parked', 'unknown') ORDER BY since LIMIT ?`;

type ActVerbs = 'createKey' | 'apiKey' | 'keys' | 'revokeKey';

export function keyVerbs(db: Database): Pick<DeskLedger, ActVerbs> {
  return {
    createKey: (row) =>
      db.write(
        () =>
          void db
            .sql(`INSERT INTO api_keys (${KEY.names}) VALUES (${KEY.marks})`)
            .run(...KEY.of({ ...row, scopes: row.scopes.join(' ') })),
      ),
    apiKey: async (id) => keyFrom(db.sql(READ_KEY).get(id)),
    keys: async () =>
      db
        .sql(`SELECT ${KEY.select} FROM api_keys ORDER BY created_at`)
        .all()
        .map((raw) => keyFrom(raw)!),
    revokeKey: (id, at) =>
      db.write(
        () =>
          db.sql('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL').run(at, id)
            .changes > 0,
      ),
  };
}

const READ_KEY = `SELECT ${KEY.select} FROM api_keys WHERE id = ?`;

function keyFrom(raw: unknown): ApiKeyRow | undefined {
  const row = raw as (Omit<ApiKeyRow, 'scopes'> & { scopes: string }) | undefined;
  return row && { ...row, scopes: row.scopes.split(' ') as ApiKeyRow['scopes'] };
}

type LaneVerbs = 'setPaused' | 'appendEvents';

export function laneVerbs(db: Database): Pick<FlowLedger, LaneVerbs> {
  return {
    setPaused: (agency, paused, event) =>
      db.write(() => {
        writeLane(db, holdLane(readLane(db, agency), paused));
        appendToStream(db, `agency:${agency}`, [event]);
      }),
    appendEvents: (stream, events) => db.write(() => appendToStream(db, stream, events)),
  };
}
