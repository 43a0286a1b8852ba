/** Which tables and columns the two bodies share, read from the databases themselves: a column that one of them lacks is an error, never left behind. */
import type { Statements } from '../postgres/database.ts';
import { LedgerRefused } from '../refused.ts';
import type { Database } from '../sqlite/database.ts';

export interface Column {
  name: string;
  /** PostgreSQL's own name of the type. */
  type: string;
  /** What gives its value in SQLite. */
  source: string;
}

export interface Table {
  name: string;
  columns: Column[];
  /** The primary key, in its order: both bodies sort by it byte for byte. */
  key: string[];
}

/** What only PostgreSQL keeps: a note of something that stands elsewhere too. */
const DERIVED: Record<string, string> = {
  'deliveries.last_seq':
    'coalesce((SELECT version FROM applications WHERE id = deliveries.application_id), next_seq)',
};

export async function sharedTables(source: Database, target: Statements): Promise<Table[]> {
  const known = await columnsOf(target);
  const names = source
    .sql(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .all()
    .map(({ name }) => name as string);
  return names.map((name) => matched(source, name, known.get(name) ?? []));
}

function matched(source: Database, name: string, target: { column: string; type: string }[]): Table {
  const info = source.sql('SELECT name, pk FROM pragma_table_info(?)').all(name) as {
    name: string;
    pk: number;
  }[];
  const columns = target.map(({ column, type }) => {
    const stands = info.some((one) => one.name === column);
    return { name: column, type, source: stands ? column : (DERIVED[`${name}.${column}`] ?? '') };
  });
  const lost = [
    ...info.filter((one) => !columns.some((column) => column.name === one.name)),
    ...columns.filter((column) => column.source === ''),
  ];
  if (lost.length > 0) {
    const listed = lost.map((column) => `${name}.${column.name}`).join(', ');
    throw new LedgerRefused(`The two ledgers do not fit together (${listed}): run jembatan migrate first`);
  }
  const key = info.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return { name, columns, key: key.map((one) => one.name) };
}

/** Tables as they are named in statements: a table in parts counts once. */
const COLUMNS = `SELECT c.relname::text AS name, a.attname::text AS column, format_type(a.atttypid, NULL) AS type
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;

async function columnsOf(target: Statements): Promise<Map<string, { column: string; type: string }[]>> {
  const rows = await target.query<{ name: string; column: string; type: string }>(COLUMNS);
  return Map.groupBy(rows, ({ name }) => name);
}
