/** `record`: a change worked out from one version of an application is stored whole, or found to have raced. */
import { afterExchange, newLane, type Lane } from '../../domain/lane.ts';
import type { Change, FlowLedger, Recorded } from '../../flow/ports/ledger.ts';
import { ringsOf } from '../rings.ts';
import { DocumentMissing, takeDocuments } from './accept.ts';
import { brokenBy, codeOf, type Database, type Statements } from './database.ts';
import { insertDocument } from './documents.ts';
import { appendEvents, callbackRings, WOKEN, type Woken } from './events.ts';
import { INSERT_INBOX } from './inbox.ts';
import { closeItems, openItems } from './items.ts';
import { moveLane } from './lane.ts';
import { writePeople } from './people.ts';
import { clockColumns, INBOX, LANE, STEP_CHANGE } from './rows.ts';
import { rowsOf, statement, type Statement } from './statement.ts';
import { nextInTurn } from './turn.ts';

/** Two who open an item at once may count the same number: who comes second counts again. */
const MOST_COUNTS = 5;

export function recordVerbs(db: Database): Pick<FlowLedger, 'record'> {
  return {
    async record(change) {
      for (let tried = 1; ; tried += 1) {
        try {
          return await apply(db, change);
        } catch (error) {
          if (error instanceof DocumentMissing) return { is: 'documentMissing', names: error.names };
          if (codeOf(error) === 'JB001') return { is: (error as Error).message as 'raced' | 'known' };
          if (brokenBy(error) !== 'items_pkey' || tried === MOST_COUNTS) throw error;
        }
      }
    },
  };
}

/** What a good or a neutral exchange says changes its lane seldom: then it is told after the commit, and until then it sleeps on. */
async function apply(db: Database, change: Change): Promise<Recorded> {
  const { lane, documents = [] } = change;
  const now = db.now();
  if (
    documents.length === 0 &&
    !change.taken &&
    (!lane || lane.signal.is === 'good' || lane.signal.is === 'neutral')
  ) {
    const stored = await store(db, change, now);
    const changes = lane && afterExchange(stored.lane ?? newLane(lane.id), lane.signal, lane.limits, now);
    if (changes) await db.write((tx) => moveLane(tx, lane, now));
    return { is: 'done', rings: [...stored.rings, ...(await nextInTurn(db, change))] };
  }
  return db.write(async (tx) => {
    const { rings } = await store(tx, change, now);
    for (const document of documents) await insertDocument(tx, document);
    if (change.taken) await takeDocuments(tx, await ownerOf(tx, change), change.taken);
    if (lane) await moveLane(tx, lane, now);
    return { is: 'done', rings: [...rings, ...(await nextInTurn(tx, change))] };
  });
}

const PLATFORM = 'SELECT id, platform FROM applications WHERE id = ?';

async function ownerOf(tx: Statements, { applicationId }: Change): Promise<{ id: string; platform: string }> {
  const [row] = await tx.query<{ id: string; platform: string }>(PLATFORM, [applicationId]);
  return row!;
}

interface Stored {
  rings: Extract<Recorded, { is: 'done' }>['rings'];
  lane: Lane | null;
}

/** One statement, one commit; what it refuses is taken back whole. */
async function store(on: Statements, change: Change, now: number): Promise<Stored> {
  const whole = statement();
  const checks = [...moveVersion(whole, change), ...writeSteps(whole, change), ...writeInbox(whole, change)];
  const tells = change.version !== undefined && change.application !== undefined && change.events.length > 0;
  if (tells) appendEvents(whole, change.events, { text: 'moved', values: [] }, now);
  endAttempt(whole, change);
  if (change.close) closeItems(whole, change.applicationId, change.close);
  if (change.open && change.open.length > 0) openItems(whole, change.applicationId, change.open, now);
  addReferences(whole, change);
  addIndex(whole, change);
  writePeople(whole, change);
  const [row] = await on.query<{ woken?: Woken; lane: Lane | null }>(
    ...whole.whole(
      `SELECT ${checks.length > 0 ? `CASE ${checks.join(' ')} END` : 'NULL'} AS refused,
         ${tells ? WOKEN : 'NULL AS woken'}, ${READ_LANE} AS lane`,
      [change.lane?.id ?? null],
    ),
  );
  const rung = change.steps.map(({ row: step, wake }) => ({ ...step, wake: wake + 1 }));
  return { rings: [...ringsOf(rung), ...callbackRings(row!.woken ?? null, now)], lane: row!.lane };
}

const READ_LANE = `(SELECT row_to_json(one) FROM (SELECT ${LANE.select} FROM lanes WHERE id = ?::text) AS one)`;

const refuseWithout = (part: string, as: string): string =>
  `WHEN NOT EXISTS (SELECT 1 FROM ${part}) THEN refuse('${as}')`;

/** Compare-and-set on the version. It is the first to be checked: who changes an application waits for its row before any other. */
function moveVersion(whole: Statement, change: Change): string[] {
  const { applicationId, version, application, events } = change;
  const last = events.at(-1);
  if (version === undefined || !application) return [];
  if (!last) {
    whole.part('moved', HOLD, [applicationId, version]);
    return [refuseWithout('moved', 'raced')];
  }
  const { state, ending, endedAt, result, body } = application;
  const { clock, clockAt } = clockColumns(application);
  const fields = [last.seq, last.hash, state, ending && JSON.stringify(ending), endedAt, clock, clockAt];
  whole.part('moved', MOVE, [...fields, applicationId, version]);
  if (endedAt !== null)
    whole.part('freed', 'DELETE FROM open_locks WHERE application_id = ?', [applicationId]);
  if (result)
    whole.part('ended', 'UPDATE bodies SET result = ? WHERE application_id = ?', [result, applicationId]);
  else if (body)
    whole.part('mended', 'UPDATE bodies SET body = ? WHERE application_id = ?', [body, applicationId]);
  return [refuseWithout('moved', 'raced')];
}

const MOVE = `UPDATE applications SET version = ?, head = ?, state = ?, ending = ?, ended_at = ?, clock = ?, clock_at = ?
  WHERE id = ? AND version = ? RETURNING platform`;
/** Without an event nothing moves, but nothing may move meanwhile either. */
const HOLD = 'SELECT platform FROM applications WHERE id = ? AND version = ? FOR NO KEY UPDATE';

const WRITE_STEP = `UPDATE steps SET ${STEP_CHANGE.set} WHERE application_id = ? AND name = ? AND wake = ? AND fence = ? RETURNING 1`;

function writeSteps(whole: Statement, { steps, oldRounds = [] }: Change): string[] {
  const checks = steps.map(({ row, wake, fence }, n) => {
    const written = { ...row, wake: row.dueAt === null ? wake : wake + 1 };
    whole.part(`step${n}`, WRITE_STEP, [
      ...STEP_CHANGE.of(written),
      row.applicationId,
      row.name,
      wake,
      fence,
    ]);
    return refuseWithout(`step${n}`, 'raced');
  });
  if (oldRounds.length > 0) {
    const values = oldRounds.flatMap((old) => [
      ...[old.applicationId, old.name, old.round, old.key, old.agency, old.state, old.code, old.sealed],
    ]);
    whole.part(
      'rounds',
      `INSERT INTO old_rounds VALUES ${rowsOf(oldRounds.length, '?, ?, ?, ?, ?, ?, ?, ?')}`,
      values,
    );
  }
  return checks;
}

function writeInbox(whole: Statement, { inbox }: Change): string[] {
  if (!inbox) return [];
  whole.part('heard', INSERT_INBOX, INBOX.of(inbox));
  return [refuseWithout('heard', 'known')];
}

const END_ATTEMPT = `UPDATE attempts SET ended_at = ?, outcome = ?, code = ?, status = ?, sealed = ?
  WHERE application_id = ? AND step = ? AND round = ? AND number = ? AND (ended_at IS NULL OR outcome = 'lost')`;

/** A lost attempt's late result still finds its row; any other result is written once. */
function endAttempt(whole: Statement, { applicationId, attempt }: Change): void {
  if (!attempt) return;
  const { step, round, number, endedAt, outcome, code, status, sealed } = attempt;
  const values = [endedAt, outcome, code, status, sealed, applicationId, step, round, number];
  whole.part('tried', END_ATTEMPT, values);
}

function addIndex(whole: Statement, { applicationId, index = [] }: Change): void {
  if (index.length === 0) return;
  whole.part(
    'found',
    `INSERT INTO search_index VALUES ${rowsOf(index.length, '?, ?, ?')} ON CONFLICT DO NOTHING`,
    index.flatMap(({ kind, value }) => [kind, value, applicationId]),
  );
}

function addReferences(whole: Statement, { applicationId, references = [] }: Change): void {
  if (references.length === 0) return;
  whole.part(
    'referred',
    `INSERT INTO step_references VALUES ${rowsOf(references.length, '?, ?, ?, ?')} ON CONFLICT DO NOTHING`,
    references.flatMap(({ agency, reference, step }) => [agency, reference, applicationId, step]),
  );
}
