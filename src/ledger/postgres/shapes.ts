/** Shapes of agencies' replies: what is known of each exchange, and when operators were told of it. */
import type { ChainedEvent } from '../../domain/chain.ts';
import type {
  ShapeLedger,
  ShapeLooks,
  ShapeMark,
  ShapeSighting,
  ToldShape,
} from '../../flow/ports/ledger-shapes.ts';
import type { Database, Statements } from './database.ts';
import { appendToStream } from './events.ts';
import { EVENT } from './rows.ts';

/** Thrown inside the transaction to take back the marks beside the one that another had first. */
class Known extends Error {}

export function shapeVerbs(db: Database): ShapeLedger & ShapeLooks {
  return {
    shapes: (agency, place) => db.query<ShapeMark>(SHAPES, [agency, place]),
    async keepShapes(sighting) {
      try {
        return await db.write((tx) => keep(tx, sighting, db.now()));
      } catch (error) {
        if (error instanceof Known) return false;
        throw error;
      }
    },
    toldShapes: (since) => db.query<ToldShape>(TOLD, [since]),
    lastEvents: (stream, type, most) => db.query<ChainedEvent>(LAST_EVENTS, [stream, type, most]),
  };
}

const SHAPES = 'SELECT mark, told_at AS "toldAt", n FROM shapes WHERE agency = ? AND place = ? ORDER BY mark';
const TOLD = `SELECT agency, place, mark, told_at AS "toldAt" FROM shapes WHERE told_at >= ?
  ORDER BY told_at DESC, agency DESC, place DESC, mark DESC LIMIT 1000`;
const LAST_EVENTS = `SELECT ${EVENT.select} FROM events WHERE stream = ? AND type = ? ORDER BY seq DESC LIMIT ?`;

/** In the order of the marks, so that two who bring the same ones do not wait for each other. */
const KEEP = `INSERT INTO shapes SELECT ?::text, ?::text, mark, ?::text, 0 FROM unnest(?::text[]) AS mark
  ON CONFLICT (agency, place, mark) DO NOTHING RETURNING 1`;
const KEEP_AGAIN = `INSERT INTO shapes SELECT ?::text, ?::text, mark, ?::text, 0 FROM unnest(?::text[]) AS mark
  ON CONFLICT (agency, place, mark) DO UPDATE SET told_at = excluded.told_at WHERE shapes.told_at < ? RETURNING 1`;
const LEARNED = `INSERT INTO shapes VALUES (?, ?, ?, NULL, 1)
  ON CONFLICT (agency, place, mark) DO UPDATE SET n = shapes.n + 1`;

async function keep(tx: Statements, sighting: ShapeSighting, now: number): Promise<true> {
  const { agency, place, marks, told, again, since, learned, at, event } = sighting;
  for (const [some, toldAt] of [[marks, null] as const, [told, at] as const]) {
    if (some.length === 0) continue;
    const kept = await tx.query(KEEP, [agency, place, toldAt, some.toSorted()]);
    if (kept.length < some.length) throw new Known();
  }
  if (again.length > 0) {
    const kept = await tx.query(KEEP_AGAIN, [agency, place, at, again.toSorted(), since]);
    if (kept.length < again.length) throw new Known();
  }
  if (learned !== undefined) await tx.query(LEARNED, [agency, place, learned]);
  if (event) await appendToStream(tx, `agency:${agency}`, [event], now);
  return true;
}
