/** Turns field names into the column lists of SQL statements: `dueAt` ↔ `due_at`. */

export interface Columns {
  /** `due_at, lease_until` */
  names: string;
  /** `due_at AS "dueAt", …`: rows come back with the field names. PostgreSQL folds those that stand without quotes. */
  select: string;
  /** `?, ?` */
  marks: string;
  /** `due_at = ?, …` */
  set: string;
  /** `due_at = excluded.due_at, …`: for a row that stands already. */
  taken: string;
  /** A row's values in the columns' order. Bound by place: by name costs half as much again (20 columns: 12 µs). */
  of(row: object): Value[];
}

export type Value = null | number | string | Uint8Array;

export function columns(...fields: string[]): Columns {
  return {
    names: fields.map(snake).join(', '),
    select: fields.map((field) => `${snake(field)} AS "${field}"`).join(', '),
    marks: fields.map(() => '?').join(', '),
    set: fields.map((field) => `${snake(field)} = ?`).join(', '),
    taken: fields.map((field) => `${snake(field)} = excluded.${snake(field)}`).join(', '),
    of: (row) => fields.map((field) => (row as Record<string, Value | undefined>)[field] ?? null),
  };
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
