/** Reloads that were asked for, and where each process stands with them. */
import type { ProcessRow } from '../../domain/installation.ts';
import type { AskedReload, ConfigLedger } from '../../flow/ports/ledger-config.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';

export function configVerbs(db: Database): ConfigLedger {
  return {
    askReload: ({ n, digest, at, by }, event) =>
      db.write(async (tx) => {
        const kept = await tx.query(ASK, [n, digest, at, by]);
        if (kept.length > 0) await appendToStream(tx, 'bus', [event], db.now());
        return kept.length > 0;
      }),
    askedReload: async () => (await db.query<AskedReload>(ASKED))[0],
    sayProcess: ({ id, name, role, startedAt, seenAt, digest, since, heard, refused }, dropBefore) =>
      db.write(async (tx) => {
        await tx.query(DROP_SILENT, [dropBefore]);
        const why = JSON.stringify(refused);
        await tx.query(SAY, [id, name, role, startedAt, seenAt, digest, since, heard, why]);
      }),
    processes: async (since) => (await db.query<StoredProcess>(PROCESSES, [since])).map(processFrom),
    dropProcess: (id) =>
      db.write(async (tx) => void (await tx.query('DELETE FROM processes WHERE id = $1', [id]))),
  };
}

type StoredProcess = Omit<ProcessRow, 'refused'> & { refused: string };
const processFrom = (row: StoredProcess): ProcessRow => ({ ...row, refused: JSON.parse(row.refused) });

const ASK = 'INSERT INTO reloads VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1';
const ASKED = 'SELECT n, digest, at, by FROM reloads ORDER BY n DESC LIMIT 1';
/** Two who drop the same rows at once do not wait for each other in turn. */
const DROP_SILENT = `DELETE FROM processes
  WHERE id IN (SELECT id FROM processes WHERE seen_at < $1 ORDER BY id FOR UPDATE SKIP LOCKED)`;
const SAY = `INSERT INTO processes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET
  (seen_at, digest, since, heard, refused) =
  (excluded.seen_at, excluded.digest, excluded.since, excluded.heard, excluded.refused)`;
const PROCESSES = `SELECT id, name, role, started_at AS "startedAt", seen_at AS "seenAt", digest, since, heard, refused
  FROM processes WHERE seen_at >= $1 ORDER BY name, started_at, id`;
