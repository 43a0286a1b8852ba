/** Turns field names into the column lists of SQL statements: `dueAt` ↔ `due_at`. */

export interface Columns {
  /** `due_at, lease_until` */
  names: string;
  /** `due_at AS dueAt, …`: rows come back with the field names. */
  select: string;
  /** `:dueAt, :leaseUntil` */
  values: string;
  /** `due_at = :dueAt, …` for all fields but the named ones. */
  set(...except: string[]): string;
}

export function columns(...fields: string[]): Columns {
  return {
    names: fields.map(snake).join(', '),
    select: fields.map((field) => `${snake(field)} AS ${field}`).join(', '),
    values: fields.map((field) => `:${field}`).join(', '),
    set: (...except) =>
      fields
        .filter((field) => !except.includes(field))
        .map((field) => `${snake(field)} = :${field}`)
        .join(', '),
  };
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
