/** `prune`: months of attempts and events go as a whole, once every application of theirs ended long ago. */
import type { DeskLedger, Pruned } from '../../flow/ports/ledger-desk.ts';
import { prunedEvent } from '../pruned.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';
import { dropMonth, madeMonths, type Month } from './partitions.ts';
import { openSession, type Session } from './session.ts';

export function pruneVerbs(db: Database, url: string): Pick<DeskLedger, 'prune'> {
  return { prune: (before, dryRun) => prune(db, url, before, dryRun) };
}

/** Months are counted on a connection without time limits: each may hold millions. */
async function prune(db: Database, url: string, before: number, dryRun: boolean): Promise<Pruned> {
  const all: Pruned = { applications: 0, attempts: 0, events: 0 };
  const session = await openSession(url, 'jembatan prune');
  try {
    for (const month of await madeMonths(db)) {
      if (month.end > before || !(await isOver(session, month, before))) continue;
      const held = await count(session, month);
      const first = all.applications === 0 && held.applications > 0;
      if (!dryRun) await drop(db, month, first ? before : null);
      all.applications += held.applications;
      all.attempts += held.attempts;
      all.events += held.events;
    }
    return all;
  } finally {
    await session.close();
  }
}

/** Whoever is owed a callback, or an answer by a person, keeps the month. */
const OPEN = `SELECT
    EXISTS (SELECT 1 FROM applications WHERE id >= $1 AND id < $2 AND (ended_at IS NULL OR ended_at >= $3))
    OR EXISTS (SELECT 1 FROM items WHERE id >= $1 AND id < $2 AND closed_at IS NULL)
    OR EXISTS (SELECT 1 FROM endpoints, LATERAL (
      SELECT 1 FROM deliveries WHERE endpoint_id = endpoints.id AND application_id >= $1 AND application_id < $2 LIMIT 1
    ) AS one) AS open`;

async function isOver(session: Session, { from, to }: Month, before: number): Promise<boolean> {
  const [found] = await session.query<{ open: boolean }>(OPEN, [from, to, before]);
  return !found!.open;
}

const COUNT = `SELECT (SELECT count(*) FROM applications WHERE id >= $1 AND id < $2) AS applications,
  (SELECT count(*) FROM attempts WHERE application_id >= $1 AND application_id < $2) AS attempts,
  (SELECT count(*) FROM events WHERE stream >= $1 AND stream < $2) AS events`;

async function count(session: Session, { from, to }: Month): Promise<Pruned> {
  return (await session.query<Pruned>(COUNT, [from, to]))[0]!;
}

/** All that is written to the two tables waits for as long as this takes: no row is touched. */
function drop(db: Database, month: Month, told: number | null): Promise<void> {
  return db.write(async (tx) => {
    if (told !== null) await appendToStream(tx, 'bus', [prunedEvent(told)], db.now());
    await dropMonth(tx, month);
  });
}
