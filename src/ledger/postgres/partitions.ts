/** Attempts and events lie in parts by month, so that an old month goes as a whole: an id begins with the time of its acceptance. */
import type { Database, Statements } from './database.ts';

/** A part made so many months before its time: nothing hangs on the day it is made. */
export const MONTHS_AHEAD = 3;

export interface Month {
  /** `2026_01` */
  name: string;
  /** Ids of that month lie between: the first of them, and the first of the next month. */
  from: string;
  to: string;
  /** When it is over, ms since the epoch. */
  end: number;
}

/** A month, counted from the one that an instant lies in. */
export function monthOf(at: number, later = 0): Month {
  const date = new Date(at);
  const first = (n: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later + n, 1);
  const [start, end] = [first(0), first(1)];
  const name = new Date(start).toISOString().slice(0, 7).replace('-', '_');
  return { name, from: firstId(start), to: firstId(end), end };
}

/** What the ids (UUID v7) of an instant begin with: 48 bits of milliseconds. */
function firstId(at: number): string {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

const PARTED = [
  { table: 'attempts', key: 'application_id' },
  { table: 'events', key: 'stream' },
] as const;

/** `jemp`: one process at a time makes parts or drops them. */
const LOCK = 0x6a656d70;

/** Makes the parts of this month and of those ahead. What lies in the part for everything else already moves into them. */
export async function keepPartitions(db: Database, ahead = MONTHS_AHEAD): Promise<void> {
  const months = Array.from({ length: ahead + 1 }, (_, n) => monthOf(db.now(), n));
  const wanted = months.flatMap((month) => PARTED.map((parted) => ({ ...parted, month })));
  const known = new Set(await partsOf(db));
  for (const { table, key, month } of wanted) {
    if (!known.has(`${table}_${month.name}`)) await db.write((tx) => makePart(tx, table, key, month));
  }
}

async function partsOf(on: Statements): Promise<string[]> {
  const rows = await on.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent IN ('attempts'::regclass, 'events'::regclass)`,
  );
  return rows.map(({ name }) => name);
}

async function makePart(
  tx: Statements,
  table: string,
  key: string,
  { name, from, to }: Month,
): Promise<void> {
  const part = `${table}_${name}`;
  await tx.query('SELECT pg_advisory_xact_lock(?)', [LOCK]);
  if ((await partsOf(tx)).includes(part)) return;
  await tx.query(`CREATE TABLE ${part} (LIKE ${table})`);
  // Nobody adds to it meanwhile, nor has looked where to add: what came between would belong to neither. Of writers who
  // waited for the lock on the other part alone, one in two hundred wrote into it all the same.
  await tx.query(`LOCK TABLE ONLY ${table} IN SHARE ROW EXCLUSIVE MODE`);
  await tx.query(`LOCK TABLE ${table}_other IN ACCESS EXCLUSIVE MODE`);
  await tx.query(
    `WITH moved AS (DELETE FROM ${table}_other WHERE ${key} >= '${from}' AND ${key} < '${to}' RETURNING *)
     INSERT INTO ${part} SELECT * FROM moved`,
  );
  await tx.query(`ALTER TABLE ${table} ATTACH PARTITION ${part} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

/** The months that have a part of events, oldest first. */
export async function madeMonths(on: Statements): Promise<Month[]> {
  const names = (await partsOf(on)).map((part) => /^events_(\d{4})_(\d{2})$/.exec(part));
  const starts = names.flatMap((found) =>
    found ? [Date.UTC(Number(found[1]), Number(found[2]) - 1, 1)] : [],
  );
  return starts.toSorted((a, b) => a - b).map((start) => monthOf(start));
}

/** Drops a month's parts. Whoever asks for them meanwhile waits until the commit. */
export async function dropMonth(tx: Statements, { name }: Month): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(?)', [LOCK]);
  for (const { table } of PARTED) {
    await tx.query(`ALTER TABLE ${table} DETACH PARTITION ${table}_${name}`);
    await tx.query(`DROP TABLE ${table}_${name}`);
  }
}
