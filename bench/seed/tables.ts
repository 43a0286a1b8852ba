/** Where seeded rows go: a ledger's tables, asked for their columns, so that a new column needs no change here unless it must be filled. */
import type { Row, Value } from './rows.ts';

export interface Column {
  name: string;
  field: string;
  /** As the database names it, in lower case. */
  type: string;
}

/** Takes rows by table, and keeps them. */
export interface Sink {
  put(table: string, rows: Row[]): void;
  /** Waits until what was put is on its way to the disk and the sink takes more. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** `dueAt` ↔ `due_at` */
export const snake = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camel = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The columns that a row fills; those it does not know keep their default. */
export function filled(columns: Column[], row: Row): Column[] {
  return columns.filter(({ field }) => Object.hasOwn(row, field));
}

export const valueOf = (row: Row, { field }: Column): Value => row[field] ?? null;
