/** `prune`: attempts and events of applications that ended long ago go; the applications themselves stay. */
import type { DeskLedger, Pruned } from '../../flow/ports/ledger-desk.ts';
import { prunedEvent } from '../pruned.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';

/** Applications in one transaction: writes of the bus come in between. */
const BATCH = 200;

export function pruneVerbs(db: Database): Pick<DeskLedger, 'prune'> {
  return {
    async prune(before, dryRun) {
      const all: Pruned = { applications: 0, attempts: 0, events: 0 };
      for (let after = ''; ;) {
        const ids = endedIds(db, after, before);
        const last = ids.at(-1);
        if (last === undefined) return all;
        const first = all.applications === 0;
        const few = dryRun ? count(db, ids) : await db.write(() => drop(db, ids, first ? before : null));
        all.applications += few.applications;
        all.attempts += few.attempts;
        all.events += few.events;
        after = last;
        await db.turn();
      }
    },
  };
}

/** Whoever is owed a callback, or an answer by a person, keeps what it is about. */
const ENDED = `SELECT id FROM applications WHERE id > ? AND ended_at < ?
    AND EXISTS (SELECT 1 FROM events WHERE stream = id)
    AND NOT EXISTS (SELECT 1 FROM items WHERE application_id = applications.id AND closed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM endpoints JOIN deliveries ON endpoint_id = endpoints.id WHERE application_id = applications.id)
  ORDER BY id LIMIT ${BATCH}`;

function endedIds(db: Database, after: string, before: number): string[] {
  return db
    .sql(ENDED)
    .all(after, before)
    .map(({ id }) => id as string);
}

function count(db: Database, ids: string[]): Pruned {
  const of = (text: string, id: string): number => db.sql(text).get(id)!['n'] as number;
  const sum = (text: string): number => ids.reduce((total, id) => total + of(text, id), 0);
  return {
    applications: ids.length,
    attempts: sum('SELECT count(*) AS n FROM attempts WHERE application_id = ?'),
    events: sum('SELECT count(*) AS n FROM events WHERE stream = ?'),
  };
}

function drop(db: Database, ids: string[], told: number | null): Pruned {
  if (told !== null) appendToStream(db, 'bus', [prunedEvent(told)]);
  const all = (text: string): number =>
    ids.reduce((total, id) => total + Number(db.sql(text).run(id).changes), 0);
  return {
    applications: ids.length,
    attempts: all('DELETE FROM attempts WHERE application_id = ?'),
    events: all('DELETE FROM events WHERE stream = ?'),
  };
}
