/** What agencies sent us: found by their own message id, kept with the answer we gave. */
import type { FlowLedger, InboxRow, StepAddress } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';
import { INBOX } from './rows.ts';

type Verbs =
  | 'findByKey'
  | 'findByReference'
  | 'inbox'
  | 'waitingNews'
  | 'keepNews'
  | 'wrappedKey'
  | 'grantToken'
  | 'tokenLives';

export function inboxVerbs(db: Database): Pick<FlowLedger, Verbs> {
  return {
    findByKey: async (agency, key) =>
      address(
        db
          .sql(
            `SELECT application_id AS applicationId, name AS step FROM steps WHERE key = ?1 AND agency = ?2
             UNION ALL SELECT application_id, step FROM old_rounds WHERE key = ?1 AND agency = ?2`,
          )
          .get(key, agency),
      ),
    // A reference that is given twice speaks of the later step.
    findByReference: async (agency, reference) =>
      address(
        db
          .sql(
            `SELECT application_id AS applicationId, step FROM step_references WHERE agency = ? AND reference = ?
             ORDER BY application_id DESC LIMIT 1`,
          )
          .get(agency, reference),
      ),
    inbox: async (agency, id) =>
      db.sql(`SELECT ${INBOX.select} FROM inbox WHERE agency = ? AND id = ?`).get(agency, id) as
        InboxRow | undefined,
    waitingNews: async (agency, reference) =>
      db
        .sql(
          `SELECT ${INBOX.select} FROM inbox WHERE agency = ? AND reference = ? AND state = 'waiting' ORDER BY at`,
        )
        .all(agency, reference) as unknown as InboxRow[],
    keepNews: (row) => db.write(() => insertInbox(db, row)),
    wrappedKey: (owner, wrapped) =>
      wrapped ? db.write(() => keepKey(db, owner, wrapped)) : readKey(db, owner),
    grantToken: (agency, hash, expiresAt) => db.write(() => grant(db, agency, hash, expiresAt)),
    tokenLives: async (agency, hash) =>
      db
        .sql('SELECT 1 AS alive FROM granted_tokens WHERE agency = ? AND hash = ? AND expires_at > ?')
        .get(agency, hash, db.now()) !== undefined,
  };
}

/**
 * Stores a message; news that waited for its step is replaced by the same message applied or answered. False when
 * the message is known already, or another stands under its id.
 */
export function insertInbox(db: Database, row: InboxRow): boolean {
  const stored = db
    .sql(
      `INSERT INTO inbox (${INBOX.names}) VALUES (${INBOX.marks})
       ON CONFLICT DO UPDATE SET ${INBOX.taken}
       WHERE inbox.state = 'waiting' AND excluded.state <> 'waiting' AND inbox.content = excluded.content`,
    )
    .run(...INBOX.of(row));
  return stored.changes > 0;
}

function address(raw: unknown): StepAddress | undefined {
  return raw as StepAddress | undefined;
}

async function readKey(db: Database, owner: string): Promise<Uint8Array | undefined> {
  return db.sql('SELECT wrapped FROM keys WHERE owner = ?').get(owner)?.['wrapped'] as Uint8Array | undefined;
}

function keepKey(db: Database, owner: string, wrapped: Uint8Array): Uint8Array {
  db.sql('INSERT OR IGNORE INTO keys VALUES (?, NULL, ?)').run(owner, wrapped);
  return db.sql('SELECT wrapped FROM keys WHERE owner = ?').get(owner)!['wrapped'] as Uint8Array;
}

function grant(db: Database, agency: string, hash: string, expiresAt: number): void {
  db.sql('DELETE FROM granted_tokens WHERE expires_at <= ?').run(db.now());
  db.sql('INSERT OR REPLACE INTO granted_tokens VALUES (?, ?, ?)').run(agency, hash, expiresAt);
}
