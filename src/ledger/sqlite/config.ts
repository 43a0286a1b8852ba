/** Reloads that were asked for, and where each process stands with them. */
import type { ProcessRow } from '../../domain/installation.ts';
import type { AskedReload, ConfigLedger } from '../../flow/ports/ledger-config.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';

export function configVerbs(db: Database): ConfigLedger {
  return {
    askReload: ({ n, digest, at, by }, event) =>
      db.write(() => {
        const { changes } = db.sql(ASK).run(n, digest, at, by);
        if (changes > 0) appendToStream(db, 'bus', [event]);
        return changes > 0;
      }),
    askedReload: async () => db.sql(ASKED).get() as AskedReload | undefined,
    sayProcess: ({ id, name, role, startedAt, seenAt, digest, since, heard, refused }, dropBefore) =>
      db.write(() => {
        db.sql(DROP_SILENT).run(dropBefore);
        const why = JSON.stringify(refused);
        db.sql(SAY).run(id, name, role, startedAt, seenAt, digest, since, heard, why);
      }),
    processes: async (since) => (db.sql(PROCESSES).all(since) as unknown as StoredProcess[]).map(processFrom),
    dropProcess: (id) => db.write(() => void db.sql('DELETE FROM processes WHERE id = ?').run(id)),
  };
}

type StoredProcess = Omit<ProcessRow, 'refused'> & { refused: string };
const processFrom = (row: StoredProcess): ProcessRow => ({ ...row, refused: JSON.parse(row.refused) });

const ASK = 'INSERT INTO reloads VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
const ASKED = 'SELECT n, digest, at, by FROM reloads ORDER BY n DESC LIMIT 1';
const DROP_SILENT = 'DELETE FROM processes WHERE seen_at < ?';
const SAY = 'INSERT OR REPLACE INTO processes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const PROCESSES = `SELECT id, name, role, started_at AS startedAt, seen_at AS seenAt, digest, since, heard, refused
  FROM processes WHERE seen_at >= ? ORDER BY name, started_at, id`;
