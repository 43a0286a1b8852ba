/** `accept`: an application is born with its steps, first event, locks and documents, or not at all. */
import type { Accepted, Acceptance, FlowLedger, Locks } from '../../flow/ports/ledger.ts';
import { ringsOf } from '../rings.ts';
import { SERIAL_BLOCK, serialsOf } from '../serials.ts';
import { brokenBy, codeOf, type Database, type Statements } from './database.ts';
import { appendEvents, callbackRings, WOKEN, type Woken } from './events.ts';
import { INSERT_INBOX } from './inbox.ts';
import { openItems } from './items.ts';
import { APPLICATION, applicationRow, INBOX, STEP } from './rows.ts';
import { rowsOf, statement, type Statement } from './statement.ts';

/** Thrown inside the transaction to take back the documents that were taken over before one was missed. */
export class DocumentMissing extends Error {
  readonly names: string[];
  constructor(names: string[]) {
    super('documentMissing');
    this.names = names;
  }
}

const RESERVE = `INSERT INTO serials VALUES (?, ?, 1 + ?) ON CONFLICT (site, year) DO UPDATE SET next = serials.next + ?
  RETURNING next - ? AS first`;

export function acceptVerbs(db: Database): Pick<FlowLedger, 'accept' | 'accepted' | 'nextSerial'> {
  const reserve = async (site: string, year: number): Promise<number> => {
    const [row] = await db.query<{ first: number }>(RESERVE, [
      site,
      year,
      SERIAL_BLOCK,
      SERIAL_BLOCK,
      SERIAL_BLOCK,
    ]);
    return row!.first;
  };
  return {
    nextSerial: serialsOf(reserve),
    accept: (acceptance) => accept(db, acceptance),
    accepted: (locks) => earlier(db, locks),
  };
}

/** Who is first writes; that somebody was before is found out by what stands in the way, so that the many do not ask. */
async function accept(db: Database, acceptance: Acceptance): Promise<Accepted> {
  const hasDocuments = acceptance.documents.length > 0;
  try {
    return await (hasDocuments
      ? db.write((tx) => withDocuments(tx, acceptance, db.now()))
      : insert(db, acceptance, db.now()));
  } catch (error) {
    const isKnown = codeOf(error) === 'JB001';
    if (!isKnown && !(error instanceof DocumentMissing) && brokenBy(error) === undefined) throw error;
    const known = await earlier(db, { ...acceptance, platform: acceptance.application.platform });
    if (known) return known;
    if (brokenBy(error) === 'open_locks_pkey') return duplicateOf(db, acceptance.openLock!);
    if (error instanceof DocumentMissing) return { is: 'documentMissing', names: error.names };
    if (isKnown) return { is: 'known' };
    throw error;
  }
}

const HOLDER = 'SELECT number FROM open_locks JOIN applications ON id = application_id WHERE value = $1';

/** Whoever held the place may have ended meanwhile: the caller asks again. */
async function duplicateOf(db: Database, value: string): Promise<Accepted> {
  const [holder] = await db.query<{ number: string }>(HOLDER, [value]);
  return { is: 'duplicateOpen', number: holder?.number ?? '' };
}

async function withDocuments(tx: Statements, acceptance: Acceptance, now: number): Promise<Accepted> {
  const known = await earlier(tx, { ...acceptance, platform: acceptance.application.platform });
  if (known) return known;
  await takeDocuments(tx, acceptance.application, acceptance.documents);
  return insert(tx, acceptance, now);
}

async function insert(on: Statements, acceptance: Acceptance, now: number): Promise<Accepted> {
  const whole = statement();
  insertApplication(whole, acceptance);
  insertLocks(whole, acceptance);
  const { application, steps, items = [], events, inbox } = acceptance;
  if (inbox) whole.part('heard', INSERT_INBOX, INBOX.of(inbox));
  whole.part(
    'planned',
    `INSERT INTO steps (${STEP.names}) VALUES ${rowsOf(steps.length, STEP.marks)}`,
    steps.flatMap((step) => STEP.of(step)),
  );
  if (items.length > 0) openItems(whole, application.id, items, now);
  appendEvents(whole, events, { text: '(SELECT ?::text AS platform)', values: [application.platform] }, now);
  const [row] = await on.query<{ woken: Woken }>(
    ...whole.whole(`SELECT ${inbox ? `${UNKNOWN} AS refused, ` : ''}${WOKEN}`),
  );
  return { is: 'accepted', rings: [...ringsOf(steps), ...callbackRings(row!.woken, now)] };
}

/** Another message stands under its id: all is taken back. */
const UNKNOWN = `CASE WHEN NOT EXISTS (SELECT 1 FROM heard) THEN refuse('known') END`;

function insertApplication(whole: Statement, { application, events }: Acceptance): void {
  const { id, wrappedKey, body } = application;
  const last = events.at(-1)!;
  const row = { ...application, version: last.seq, head: last.hash };
  whole.part(
    'born',
    `INSERT INTO applications (${APPLICATION.names}) VALUES (${APPLICATION.marks})`,
    APPLICATION.of(applicationRow(row)),
  );
  whole.part('kept', 'INSERT INTO keys VALUES (?, ?, ?)', [id, id, wrappedKey]);
  whole.part('said', 'INSERT INTO bodies VALUES (?, ?, NULL)', [id, body]);
}

function insertLocks(whole: Statement, { application, index, ...locks }: Acceptance): void {
  const { id, platform, acceptedAt } = application;
  const { idempotencyKey, clientReference, fingerprint } = locks;
  if (idempotencyKey !== undefined) {
    const values = [platform, idempotencyKey, fingerprint, id, acceptedAt];
    whole.part('locked', 'INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)', values);
  }
  const values = [platform, clientReference, fingerprint, id];
  if (locks.openLock !== undefined)
    whole.part('held', 'INSERT INTO open_locks VALUES (?, ?)', [locks.openLock, id]);
  whole.part('named', 'INSERT INTO client_references VALUES (?, ?, ?, ?)', values);
  if (index.length === 0) return;
  whole.part(
    'indexed',
    `INSERT INTO search_index VALUES ${rowsOf(index.length, '?, ?, ?')} ON CONFLICT DO NOTHING`,
    index.flatMap(({ kind, value }) => [kind, value, id]),
  );
}

/** The two locks: the Idempotency-Key, then the platform's own reference. */
const EARLIER = `SELECT byKey, fingerprint, id AS "applicationId", number, promised_at AS "promisedAt" FROM (
    SELECT true AS byKey, application_id, fingerprint FROM idempotency WHERE platform = $1 AND key = $2
    UNION ALL
    SELECT false, application_id, fingerprint FROM client_references WHERE platform = $1 AND reference = $3
  ) AS found JOIN applications ON id = application_id ORDER BY byKey DESC LIMIT 1`;

interface Earlier {
  bykey: boolean;
  fingerprint: string;
  applicationId: string;
  number: string;
  promisedAt: number | null;
}

async function earlier(on: Statements, locks: Locks): Promise<Accepted | null> {
  const { platform, idempotencyKey = null, clientReference, fingerprint } = locks;
  const [found] = await on.query<Earlier>(EARLIER, [platform, idempotencyKey, clientReference]);
  if (!found) return null;
  const { applicationId, number, promisedAt } = found;
  if (found.fingerprint === fingerprint) return { is: 'repeat', applicationId, number, promisedAt };
  return found.bykey ? { is: 'keyReused' } : { is: 'referenceTaken', applicationId };
}

/** One that another is taking is waited for: should that one fail, it is free. */
const TAKE = `UPDATE documents SET application_id = ?, name = ? WHERE id = (
    SELECT id FROM documents WHERE platform = ? AND hash = ? AND application_id IS NULL ORDER BY id LIMIT 1 FOR UPDATE
  ) RETURNING id`;

/** Takes over uploaded documents. Throws DocumentMissing with the names of those that were never uploaded. */
export async function takeDocuments(
  tx: Statements,
  { id, platform }: { id: string; platform: string },
  documents: Acceptance['documents'],
): Promise<void> {
  const missing: string[] = [];
  for (const { hash, name } of documents) {
    const [taken] = await tx.query<{ id: string }>(TAKE, [id, name, platform, hash]);
    if (!taken) missing.push(name);
    else await tx.query('UPDATE keys SET application_id = ? WHERE owner = ?', [id, `document/${taken.id}`]);
  }
  if (missing.length > 0) throw new DocumentMissing(missing);
}
