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
  const first = async <T>(text: string, ...values: (string | number)[]): Promise<T | undefined> =>
    (await db.query<T>(text, values))[0];
  return {
    findByKey: (agency, key) => first<StepAddress>(BY_KEY, key, agency),
    findByReference: (agency, reference) => first<StepAddress>(BY_REFERENCE, agency, reference),
    inbox: (agency, id) =>
      first<InboxRow>(`SELECT ${INBOX.select} FROM inbox WHERE agency = ? AND id = ?`, agency, id),
    waitingNews: (agency, reference) => db.query<InboxRow>(WAITING, [agency, reference]),
    keepNews: async (row) => (await db.query(INSERT_INBOX, INBOX.of(row))).length > 0,
    async wrappedKey(owner, wrapped) {
      if (wrapped)
        await db.query('INSERT INTO keys VALUES (?, NULL, ?) ON CONFLICT DO NOTHING', [owner, wrapped]);
      return (await first<{ wrapped: Uint8Array }>('SELECT wrapped FROM keys WHERE owner = ?', owner))
        ?.wrapped;
    },
    grantToken: async (agency, hash, expiresAt) => {
      await db.query(GRANT, [agency, hash, expiresAt, db.now()]);
    },
    tokenLives: async (agency, hash) => (await first(LIVES, agency, hash, db.now())) !== undefined,
  };
}

/**
 * Stores a message; news that waited for its step is replaced by the same message applied or answered. Gives no row
 * when the message is known already, or another stands under its id.
 */
export const INSERT_INBOX = `INSERT INTO inbox (${INBOX.names}) VALUES (${INBOX.marks})
  ON CONFLICT (agency, id) DO UPDATE SET ${INBOX.taken}
  WHERE inbox.state = 'waiting' AND excluded.state <> 'waiting' AND inbox.content = excluded.content RETURNING 1`;

const BY_KEY = `SELECT application_id AS "applicationId", name AS step FROM steps WHERE key = $1 AND agency = $2
  UNION ALL SELECT application_id, step FROM old_rounds WHERE key = $1 AND agency = $2`;
/** A reference that is given twice speaks of the later step. */
const BY_REFERENCE = `SELECT application_id AS "applicationId", step FROM step_references WHERE agency = ? AND reference = ?
  ORDER BY application_id DESC LIMIT 1`;
const WAITING = `SELECT ${INBOX.select} FROM inbox WHERE agency = ? AND reference = ? AND state = 'waiting' ORDER BY at`;
const GRANT = `WITH gone AS (DELETE FROM granted_tokens WHERE expires_at <= $4 AND (agency, hash) <> ($1, $2))
  INSERT INTO granted_tokens VALUES ($1, $2, $3) ON CONFLICT (agency, hash) DO UPDATE SET expires_at = excluded.expires_at`;
const LIVES = 'SELECT 1 FROM granted_tokens WHERE agency = ? AND hash = ? AND expires_at > ?';
