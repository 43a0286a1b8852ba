/** `record`: a change worked out from one version of an application is stored whole, or found to have raced. */
import { afterExchange, type Ring } from '../../domain/lane.ts';
import type { Change, FlowLedger, Recorded } from '../../flow/ports/ledger.ts';
import { moveLane, readLane } from './claim.ts';
import type { Database } from './database.ts';
import { DocumentMissing, insertDocument, takeDocuments } from './documents.ts';
import { appendEvents } from './events.ts';
import { insertInbox } from './inbox.ts';
import { writeItems } from './items.ts';
import { writePeople } from './people.ts';
import { ringOf } from '../rings.ts';
import { clockColumns, STEP_CHANGE } from './rows.ts';
import { nextInTurn } from './turn.ts';

/** Thrown inside the transaction to take back what was written before it showed. */
class Refused extends Error {
  readonly is: 'raced' | 'known';
  constructor(is: 'raced' | 'known') {
    super(is);
    this.is = is;
  }
}

export function recordVerbs(db: Database): Pick<FlowLedger, 'record'> {
  return {
    async record(change) {
      try {
        return await db.write(() => apply(db, change));
      } catch (error) {
        if (error instanceof Refused) return { is: error.is };
        if (error instanceof DocumentMissing) return { is: 'documentMissing', names: error.names };
        throw error;
      }
    },
  };
}

function apply(db: Database, change: Change): Recorded {
  const platform = moveVersion(db, change);
  const rings: Ring[] = writeSteps(db, change);
  if (platform !== null) rings.push(...appendEvents(db, change.events, platform));
  if (change.attempt) endAttempt(db, change);
  writeItems(db, change);
  writePeople(db, change);
  for (const { agency, reference, step } of change.references ?? []) {
    db.sql('INSERT OR IGNORE INTO step_references VALUES (?, ?, ?, ?)').run(
      agency,
      reference,
      change.applicationId,
      step,
    );
  }
  for (const document of change.documents ?? []) insertDocument(db, document);
  for (const { kind, value } of change.index ?? [])
    db.sql('INSERT OR IGNORE INTO search_index VALUES (?, ?, ?)').run(kind, value, change.applicationId);
  if (change.taken) takeDocuments(db, { id: change.applicationId, platform: platform! }, change.taken);
  if (change.inbox && !insertInbox(db, change.inbox)) throw new Refused('known');
  if (change.lane) signalLane(db, change.lane);
  rings.push(...nextInTurn(db, change));
  return { is: 'done', rings };
}

const MOVE = `UPDATE applications SET version = ?, head = ?, state = ?, ending = ?, ended_at = ?, clock = ?, clock_at = ?
  WHERE id = ? AND version = ? RETURNING platform`;

/** Compare-and-set on the version; returns the platform when events are appended. */
function moveVersion(db: Database, { applicationId, version, application, events }: Change): string | null {
  const last = events.at(-1);
  if (version === undefined || !application) return null;
  if (!last) {
    const same = db
      .sql('SELECT 1 FROM applications WHERE id = ? AND version = ?')
      .get(applicationId, version);
    if (!same) throw new Refused('raced');
    return null;
  }
  const { state, ending, endedAt, result, body } = application;
  const { clock, clockAt } = clockColumns(application);
  const moved = db
    .sql(MOVE)
    .get(
      ...[last.seq, last.hash, state, ending && JSON.stringify(ending), endedAt, clock, clockAt],
      ...[applicationId, version],
    );
  if (!moved) throw new Refused('raced');
  if (endedAt !== null) db.sql('DELETE FROM open_locks WHERE application_id = ?').run(applicationId);
  if (result) db.sql('UPDATE bodies SET result = ? WHERE application_id = ?').run(result, applicationId);
  if (body) db.sql('UPDATE bodies SET body = ? WHERE application_id = ?').run(body, applicationId);
  return moved['platform'] as string;
}

const WRITE_STEP = `UPDATE steps SET ${STEP_CHANGE.set} WHERE application_id = ? AND name = ? AND wake = ? AND fence = ?`;

function writeSteps(db: Database, { steps, oldRounds }: Change): Ring[] {
  const rings: Ring[] = [];
  for (const { row, wake, fence } of steps) {
    const due = row.dueAt !== null;
    const written = { ...row, wake: due ? wake + 1 : wake };
    const { changes } = db
      .sql(WRITE_STEP)
      .run(...STEP_CHANGE.of(written), row.applicationId, row.name, wake, fence);
    if (changes === 0) throw new Refused('raced');
    if (due) rings.push(ringOf(written));
  }
  for (const old of oldRounds ?? []) {
    db.sql('INSERT INTO old_rounds VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[old.applicationId, old.name, old.round, old.key, old.agency, old.state, old.code, old.sealed],
    );
  }
  return rings;
}

const END_ATTEMPT = `UPDATE attempts SET ended_at = ?, outcome = ?, code = ?, status = ?, sealed = ?
  WHERE application_id = ? AND step = ? AND round = ? AND number = ? AND (ended_at IS NULL OR outcome = 'lost')`;

/** A lost attempt's late result still finds its row; any other result is written once. */
function endAttempt(db: Database, { applicationId, attempt }: Change): void {
  const { step, round, number, endedAt, outcome, code, status, sealed } = attempt!;
  db.sql(END_ATTEMPT).run(endedAt, outcome, code, status, sealed, applicationId, step, round, number);
}

function signalLane(db: Database, { id, signal, limits }: NonNullable<Change['lane']>): void {
  const moved = afterExchange(readLane(db, id), signal, limits, db.now());
  if (moved) moveLane(db, moved);
}
