/** API keys, and what people write into lanes and streams. */
import type { ApiKeyRow, DeskLedger } from '../../flow/ports/ledger-desk.ts';
import type { FlowLedger } from '../../flow/ports/ledger.ts';
import type { Database, Statements } from './database.ts';
import { holdLane } from '../../domain/lane.ts';
import { appendToStream } from './events.ts';
import { lockLane, writeLane } from './lane.ts';

type KeyVerbs = 'createKey' | 'apiKey' | 'keys' | 'revokeKey';

const KEY = `SELECT id, hash, platform, scopes, title, created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt" FROM api_keys`;

export function keyVerbs(db: Database): Pick<DeskLedger, KeyVerbs> {
  return {
    createKey: (row) => db.write((tx) => create(tx, row)),
    apiKey: async (id) => (await db.query<StoredKey>(`${KEY} WHERE id = $1`, [id])).map(keyFrom)[0],
    keys: async () => (await db.query<StoredKey>(`${KEY} ORDER BY created_at, id`)).map(keyFrom),
    revokeKey: (id, at) =>
      db.write(async (tx) => {
        const text = 'UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id';
        return (await tx.query(text, [id, at])).length > 0;
      }),
  };
}

type StoredKey = Omit<ApiKeyRow, 'scopes'> & { scopes: string };

const keyFrom = (row: StoredKey): ApiKeyRow => ({
  ...row,
  scopes: row.scopes.split(' ') as ApiKeyRow['scopes'],
});

async function create(tx: Statements, row: ApiKeyRow): Promise<void> {
  const { id, hash, platform, scopes, title, createdAt, expiresAt, revokedAt } = row;
  await tx.query(
    `INSERT INTO api_keys (id, hash, platform, scopes, title, created_at, expires_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, hash, platform, scopes.join(' '), title, createdAt, expiresAt, revokedAt],
  );
}

export function laneVerbs(db: Database): Pick<FlowLedger, 'setPaused' | 'appendEvents'> {
  return {
    setPaused: (agency, paused, event) =>
      db.write(async (tx) => {
        await writeLane(tx, holdLane(await lockLane(tx, agency), paused));
        await appendToStream(tx, `agency:${agency}`, [event], db.now());
      }),
    appendEvents: (stream, events) => db.write((tx) => appendToStream(tx, stream, events, db.now())),
  };
}
