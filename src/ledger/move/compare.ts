/** Holds two tables against each other row by row, in the order of their key: the same rows on both sides, or the first that differs. */
import { createHash } from 'node:crypto';
import type { Session } from '../postgres/session.ts';
import type { Database } from '../sqlite/database.ts';
import { rowsOf } from './copy.ts';
import { canonical, type Cell } from './rows.ts';
import type { Table } from './tables.ts';

export interface Compared {
  rows: number;
  /** SHA-256 of the table in canonical form. */
  digest: string;
  /** The key of the first row that is not the same on both sides, or null. */
  differs: string | null;
}

const PAGE = 1_000;

/** Called with the rows compared so far. */
export async function compareTable(
  source: Database,
  target: Session,
  table: Table,
  tell: (done: number) => void,
): Promise<Compared> {
  const { name, columns, key } = table;
  const digest = createHash('sha256');
  const ours = rowsOf(source, table);
  let rows = 0;
  const fields = columns.map((column) => `"${column.name}"`).join(', ');
  const order = key.map((column) => `"${column}"`).join(', ');
  const ended = (differs: string | null): Compared => ({ rows, digest: digest.digest('hex'), differs });
  const pages = target.pages<Record<string, Cell>>(`SELECT ${fields} FROM ${name} ORDER BY ${order}`, PAGE);
  for await (const page of pages) {
    for (const theirs of page) {
      const next = ours.next();
      const text = next.done ? null : canonical(columns, next.value);
      if (text === null || text !== canonical(columns, theirs)) {
        ours.return(undefined);
        return ended(keyOf(table, next.done ? theirs : next.value));
      }
      digest.update(text).update('\n\n');
      rows += 1;
    }
    tell(rows);
  }
  const more = ours.next();
  ours.return(undefined);
  return ended(more.done ? null : keyOf(table, more.value));
}

const keyOf = ({ key }: Table, row: Record<string, Cell>): string =>
  key.map((column) => String(row[column])).join(' ');
