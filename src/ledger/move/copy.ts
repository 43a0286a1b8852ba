/** Copies a table's rows from SQLite to PostgreSQL, some at a time. */
import type { Statements } from '../postgres/database.ts';
import type { Database } from '../sqlite/database.ts';
import { cellOf, type Cell } from './rows.ts';
import type { Table } from './tables.ts';

/** One statement's worth: enough that its round trip does not count, little enough for a small machine. */
const MOST_ROWS = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** Called with the rows done so far. */
export async function copyTable(
  source: Database,
  target: Statements,
  table: Table,
  tell: (done: number) => void,
): Promise<void> {
  const text = insertText(table);
  let done = 0;
  for (const rows of batches(source, table)) {
    const values = table.columns.map((column) => rows.map((row) => cellOf(column, row[column.name] ?? null)));
    await target.query(text, values);
    tell((done += rows.length));
  }
}

/** All of a table in the order of its key. */
export function* rowsOf(source: Database, { name, columns, key }: Table): Generator<Record<string, Cell>> {
  const fields = columns.map((column) => `${column.source} AS ${column.name}`).join(', ');
  const order = key.map((column) => `${name}.${column}`).join(', ');
  const rows = source.sql(`SELECT ${fields} FROM ${name} ORDER BY ${order}`).iterate();
  yield* rows as IterableIterator<Record<string, Cell>>;
}

function* batches(source: Database, table: Table): Generator<Record<string, Cell>[]> {
  let rows: Record<string, Cell>[] = [];
  let bytes = 0;
  for (const row of rowsOf(source, table)) {
    rows.push(row);
    for (const cell of Object.values(row))
      if (cell !== null && typeof cell === 'object') bytes += cell.length;
    if (rows.length < MOST_ROWS && bytes < MOST_BYTES) continue;
    yield rows;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield rows;
}

function insertText({ name, columns }: Table): string {
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const arrays = columns.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ');
  return `INSERT INTO ${name} (${names}) SELECT * FROM unnest(${arrays})`;
}
