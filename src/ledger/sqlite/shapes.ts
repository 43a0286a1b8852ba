/** Shapes of agencies' replies: what is known of each exchange, and when operators were told of it. */
import type { ChainedEvent } from '../../domain/chain.ts';
import type {
  ShapeLedger,
  ShapeLooks,
  ShapeMark,
  ShapeSighting,
  ToldShape,
} from '../../flow/ports/ledger-shapes.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';
import { EVENT } from './rows.ts';

/** Thrown inside the transaction to take back the marks before the one that another had first. */
class Known extends Error {}

export function shapeVerbs(db: Database): ShapeLedger & ShapeLooks {
  return {
    shapes: async (agency, place) => db.sql(SHAPES).all(agency, place) as unknown as ShapeMark[],
    async keepShapes(sighting) {
      try {
        return await db.write(() => keep(db, sighting));
      } catch (error) {
        if (error instanceof Known) return false;
        throw error;
      }
    },
    toldShapes: async (since) => db.sql(TOLD).all(since) as unknown as ToldShape[],
    lastEvents: async (stream, type, most) =>
      db.sql(LAST_EVENTS).all(stream, type, most) as unknown as ChainedEvent[],
  };
}

const SHAPES = 'SELECT mark, told_at AS toldAt, n FROM shapes WHERE agency = ? AND place = ? ORDER BY mark';
const TOLD = `SELECT agency, place, mark, told_at AS toldAt FROM shapes WHERE told_at >= ?
  ORDER BY told_at DESC, agency DESC, place DESC, mark DESC LIMIT 1000`;
const LAST_EVENTS = `SELECT ${EVENT.select} FROM events WHERE stream = ? AND type = ? ORDER BY seq DESC LIMIT ?`;

const KEEP = 'INSERT INTO shapes VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING';
const KEEP_AGAIN = `INSERT INTO shapes VALUES (?, ?, ?, ?, 0)
  ON CONFLICT DO UPDATE SET told_at = excluded.told_at WHERE shapes.told_at < ?`;
const LEARNED = 'INSERT INTO shapes VALUES (?, ?, ?, NULL, 1) ON CONFLICT DO UPDATE SET n = n + 1';

function keep(db: Database, sighting: ShapeSighting): true {
  const { agency, place, marks, told, again, since, learned, at, event } = sighting;
  for (const [some, toldAt] of [[marks, null] as const, [told, at] as const])
    for (const mark of some)
      if (db.sql(KEEP).run(agency, place, mark, toldAt).changes === 0) throw new Known();
  for (const mark of again)
    if (db.sql(KEEP_AGAIN).run(agency, place, mark, at, since).changes === 0) throw new Known();
  if (learned !== undefined) db.sql(LEARNED).run(agency, place, learned);
  if (event) appendToStream(db, `agency:${agency}`, [event]);
  return true;
}
