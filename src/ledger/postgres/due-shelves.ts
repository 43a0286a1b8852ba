/** What waits in a lane under one name, read as far as it is needed: the first of it, and more should that be taken. */
import type { Line } from '../../domain/lane.ts';
import type { Due } from '../rings.ts';
import { IN_TURN } from '../turn.ts';
import type { Statements } from './database.ts';

/** One platform's work of one class for one service at one agency. */
export type ClassLine = Line & { agency: string; priority: number };

export interface Shelf {
  line: ClassLine;
  /** Due after this, and until that. */
  after: number;
  until: number;
  /** How many were asked for. */
  size: number;
  rows: Due[];
  /** Somebody came to its end, and it may not be the end of the line. */
  isShort: boolean;
}

/** What lies on the shelf; whoever comes to its end is heard. */
export function* read(shelf: Shelf): Generator<Due, void> {
  yield* shelf.rows;
  if (shelf.rows.length === shelf.size) shelf.isShort = true;
}

/** Several shelves by the due times of what lies there. */
export function* soonest(shelves: Shelf[]): Generator<Due, void> {
  const open = shelves.map(read).map((rows) => ({ rows, head: rows.next().value }));
  for (;;) {
    let next: (typeof open)[number] | null = null;
    for (const one of open) if (one.head && (!next?.head || one.head.dueAt! < next.head.dueAt!)) next = one;
    if (!next?.head) return;
    yield next.head;
    next.head = next.rows.next().value;
  }
}

/** Each is a walk along the index that ends after so many rows, however many steps are due far away. */
const FILL = `SELECT nth, step.* FROM unnest(
    $1::text[], $2::integer[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[]
  ) WITH ORDINALITY AS line (agency, priority, platform, service, after, until, size, nth), LATERAL (
    SELECT application_id AS "applicationId", name, steps.agency, steps.priority, steps.platform, steps.service, wake,
      due_at AS "dueAt"
    FROM steps WHERE steps.agency = line.agency AND steps.priority = line.priority
      AND steps.platform = line.platform AND steps.service = line.service
      AND due_at > line.after AND due_at <= line.until AND ${IN_TURN}
    ORDER BY due_at LIMIT line.size
  ) AS step`;

/** Fills those that are short, all in one round trip; next time four times as many are asked for. */
export async function fill(on: Statements, shelves: Shelf[]): Promise<void> {
  const short = shelves.filter(({ isShort }) => isShort);
  for (const shelf of short) {
    if (shelf.rows.length > 0) shelf.size *= 4;
    shelf.rows = [];
    shelf.isShort = false;
  }
  const of = <T>(field: (shelf: Shelf) => T): T[] => short.map(field);
  const found = await on.query<Due & { nth: number }>(FILL, [
    of(({ line }) => line.agency),
    of(({ line }) => line.priority),
    of(({ line }) => line.platform),
    of(({ line }) => line.service),
    ...[of(({ after }) => after), of(({ until }) => until), of(({ size }) => size)],
  ]);
  for (const { nth, ...row } of found) short[nth - 1]!.rows.push(row);
}
