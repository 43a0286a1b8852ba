/** `accept`: an application is born with its steps, first event, locks and documents, or not at all. */
import type { Accepted, Acceptance, FlowLedger, Locks } from '../../flow/ports/ledger.ts';
import { SERIAL_BLOCK, serialsOf } from '../serials.ts';
import type { Database } from './database.ts';
import { appendEvents } from './events.ts';
import { insertInbox } from './inbox.ts';
import { DocumentMissing, takeDocuments } from './documents.ts';
import { openItems } from './items.ts';
import { ringsOf } from '../rings.ts';
import { APPLICATION, applicationRow, STEP, type Raw } from './rows.ts';

/** Thrown inside the transaction: another message stands under the id of the one that brought the application. */
class Known extends Error {}

const RESERVE = `INSERT INTO serials VALUES (?, ?, 1 + ?) ON CONFLICT DO UPDATE SET next = next + ?
  RETURNING next - ? AS first`;

export function acceptVerbs(db: Database): Pick<FlowLedger, 'accept' | 'accepted' | 'nextSerial'> {
  const first = (site: string, year: number): number =>
    db.sql(RESERVE).get(site, year, SERIAL_BLOCK, SERIAL_BLOCK, SERIAL_BLOCK)!['first'] as number;
  return {
    nextSerial: serialsOf((site, year) => db.write(() => first(site, year))),
    async accept(acceptance) {
      try {
        return await db.write(() => accept(db, acceptance));
      } catch (error) {
        if (error instanceof DocumentMissing) return { is: 'documentMissing', names: error.names };
        if (error instanceof Known) return { is: 'known' };
        throw error;
      }
    },
    accepted: async (locks) => earlier(db, locks),
  };
}

function accept(db: Database, acceptance: Acceptance): Accepted {
  const { application, inbox } = acceptance;
  const known = earlier(db, { ...acceptance, platform: application.platform });
  if (known) return known;
  if (inbox && !insertInbox(db, inbox)) throw new Known();
  const holder = acceptance.openLock === undefined ? undefined : holderOf(db, acceptance.openLock);
  if (holder !== undefined) return { is: 'duplicateOpen', number: holder };
  takeDocuments(db, application, acceptance.documents);
  insertApplication(db, acceptance);
  for (const step of acceptance.steps) db.sql(INSERT_STEP).run(...STEP.of(step));
  openItems(db, application.id, acceptance.items ?? []);
  const endpoints = appendEvents(db, acceptance.events, application.platform);
  return { is: 'accepted', rings: [...ringsOf(acceptance.steps), ...endpoints] };
}

const INSERT_STEP = `INSERT INTO steps (${STEP.names}) VALUES (${STEP.marks})`;
const INSERT_APPLICATION = `INSERT INTO applications (${APPLICATION.names}) VALUES (${APPLICATION.marks})`;

/** The two locks: the Idempotency-Key, then the platform's own reference. */
function earlier(db: Database, { platform, fingerprint, ...locks }: Locks): Accepted | null {
  const byKey =
    locks.idempotencyKey !== undefined &&
    db
      .sql('SELECT application_id, fingerprint FROM idempotency WHERE platform = ? AND key = ?')
      .get(platform, locks.idempotencyKey);
  if (byKey) return byKey['fingerprint'] === fingerprint ? repeat(db, byKey as Raw) : { is: 'keyReused' };
  const byReference = db
    .sql('SELECT application_id, fingerprint FROM client_references WHERE platform = ? AND reference = ?')
    .get(platform, locks.clientReference);
  if (!byReference) return null;
  return byReference['fingerprint'] === fingerprint
    ? repeat(db, byReference as Raw)
    : { is: 'referenceTaken', applicationId: byReference['application_id'] as string };
}

function repeat(db: Database, found: Raw): Accepted {
  const id = found['application_id'] as string;
  const row = db.sql('SELECT number, promised_at FROM applications WHERE id = ?').get(id)!;
  return {
    is: 'repeat',
    applicationId: id,
    number: row['number'] as string,
    promisedAt: row['promised_at'] as number | null,
  };
}

function insertApplication(db: Database, { application, ...locks }: Acceptance): void {
  const { id, platform, acceptedAt, wrappedKey } = application;
  const last = locks.events.at(-1)!;
  db.sql('INSERT INTO keys VALUES (?, ?, ?)').run(id, id, wrappedKey);
  const row = { ...application, sandbox: Number(application.sandbox), version: last.seq, head: last.hash };
  db.sql(INSERT_APPLICATION).run(...APPLICATION.of(applicationRow(row)));
  db.sql('INSERT INTO bodies VALUES (?, ?, NULL)').run(id, application.body);
  if (locks.idempotencyKey !== undefined) {
    db.sql('INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)').run(
      ...[platform, locks.idempotencyKey, locks.fingerprint, id, acceptedAt],
    );
  }
  db.sql('INSERT INTO client_references VALUES (?, ?, ?, ?)').run(
    platform,
    locks.clientReference,
    locks.fingerprint,
    id,
  );
  if (locks.openLock !== undefined) db.sql('INSERT INTO open_locks VALUES (?, ?)').run(locks.openLock, id);
  for (const { kind, value } of locks.index) {
    db.sql('INSERT OR IGNORE INTO search_index VALUES (?, ?, ?)').run(kind, value, id);
  }
}

const HOLDER = 'SELECT number FROM open_locks JOIN applications ON id = application_id WHERE value = ?';

function holderOf(db: Database, value: string): string | undefined {
  return db.sql(HOLDER).get(value)?.['number'] as string | undefined;
}
