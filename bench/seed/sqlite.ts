/** Seeds a SQLite ledger: straight into its tables, in large transactions, with nobody else at it. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Row } from './rows.ts';
import { camel, filled, snake, valueOf, type Column, type Sink } from './tables.ts';

interface Insert {
  statement: StatementSync;
  columns: Column[];
}

/** The disk is waited for once, at the end: what is lost with the machine is seeded again. */
export function sqliteSink(path: string): Sink {
  const db = new DatabaseSync(path);
  db.exec(
    'PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 100000; BEGIN',
  );
  const inserts = new Map<string, Insert>();
  const insertInto = (table: string, row: Row): Insert => {
    const columns = filled(columnsOf(db, snake(table)), row);
    const names = columns.map(({ name }) => name).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const statement = db.prepare(`INSERT INTO ${snake(table)} (${names}) VALUES (${marks})`);
    return { statement, columns };
  };
  return {
    put(table, rows) {
      if (rows.length === 0) return;
      let insert = inserts.get(table);
      if (!insert) inserts.set(table, (insert = insertInto(table, rows[0]!)));
      const { statement, columns } = insert;
      for (const row of rows) statement.run(...columns.map((column) => plain(valueOf(row, column))));
    },
    async flush() {
      db.exec('COMMIT; BEGIN');
    },
    async close() {
      db.exec('COMMIT; PRAGMA synchronous = FULL; PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

const plain = (value: ReturnType<typeof valueOf>): Exclude<typeof value, boolean> =>
  typeof value === 'boolean' ? Number(value) : value;

function columnsOf(db: DatabaseSync, table: string): Column[] {
  const found = db.prepare(`PRAGMA table_info(${table})`).all() as { name: string; type: string }[];
  if (found.length === 0) throw new Error(`The ledger has no table ${table}`);
  return found.map(({ name, type }) => ({ name, field: camel(name), type: type.toLowerCase() }));
}
