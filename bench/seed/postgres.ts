/** Seeds a PostgreSQL ledger: one COPY per table, all at once. */
import { once } from 'node:events';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import { openPool } from '../../src/ledger/postgres/database.ts';
import { keepPartitions } from '../../src/ledger/postgres/partitions.ts';
import type { Row, Value } from './rows.ts';
import { camel, filled, snake, valueOf, type Column, type Sink } from './tables.ts';

interface Copy {
  child: ChildProcessByStdio<Writable, null, null>;
  columns: Column[];
  ended: Promise<number>;
}

/** psql speaks COPY as fast as the server takes it. Months are made as if the ledger had been there since `since`. */
export async function postgresSink(url: string, since: number): Promise<Sink> {
  const db = openPool(url, systemClock);
  await keepPartitions({ ...db, now: () => since }, 1);
  await db.close();
  const tables = await tablesOf(url);
  const copies = new Map<string, Copy>();
  const copyInto = (table: string, row: Row): Copy => {
    const all = tables.get(snake(table));
    if (!all) throw new Error(`The ledger has no table ${snake(table)}`);
    const columns = filled(all, row);
    const names = columns.map(({ name }) => name).join(', ');
    const command = `\\copy ${snake(table)} (${names}) FROM STDIN`;
    const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url, '-c', command], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const ended = once(child, 'exit').then(([code]) => code as number);
    // What it has to say it says by its exit code.
    child.stdin.on('error', () => undefined);
    return { child, columns, ended };
  };
  return {
    put(table, rows) {
      if (rows.length === 0) return;
      let copy = copies.get(table);
      if (!copy) copies.set(table, (copy = copyInto(table, rows[0]!)));
      const { child, columns } = copy;
      const line = (row: Row): string =>
        `${columns.map((column) => written(valueOf(row, column), column)).join('\t')}\n`;
      child.stdin.write(rows.map(line).join(''));
    },
    async flush() {
      const full = [...copies.values()].filter(({ child }) => child.stdin.writableNeedDrain);
      await Promise.all(full.map(({ child, ended }) => Promise.race([once(child.stdin, 'drain'), ended])));
    },
    async close() {
      for (const [table, { child, ended }] of copies) {
        child.stdin.end();
        if ((await ended) !== 0) throw new Error(`COPY into ${table} failed`);
      }
      await query(url, 'ANALYZE');
      await query(url, 'CHECKPOINT');
    },
  };
}

/** A value in COPY's text format. */
function written(value: Value, { type }: Column): string {
  if (value === null) return '\\N';
  if (value instanceof Uint8Array)
    return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
  if (typeof value === 'boolean') return type === 'boolean' ? String(value) : String(Number(value));
  if (typeof value === 'number' && type.startsWith('timestamp')) return new Date(value).toISOString();
  return String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}

async function tablesOf(url: string): Promise<Map<string, Column[]>> {
  const tables = new Map<string, Column[]>();
  const found = await query<{ table: string; name: string; type: string }>(
    url,
    `SELECT table_name AS table, column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = current_schema() ORDER BY ordinal_position`,
  );
  for (const { table, name, type } of found) {
    const columns = tables.get(table) ?? [];
    columns.push({ name, type, field: camel(name) });
    tables.set(table, columns);
  }
  return tables;
}

/** One statement over a connection of its own. */
export async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
