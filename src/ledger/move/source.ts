/** What a move does to the SQLite file, all of it in the one transaction that the move ends with. */
import type { Database } from '../sqlite/database.ts';
import type { Table } from './tables.ts';

export const countOf = (source: Database, { name }: Table): number =>
  source.sql(`SELECT count(*) AS n FROM ${name}`).get()!['n'] as number;

/**
 * Ends the leases of a bus that died, as a start does; returns how many steps had one. Their end is a time that
 * stands in the row already: a second move after a killed one makes the same rows.
 */
export function endLeases(source: Database): number {
  const { changes } = source
    .sql(
      'UPDATE steps SET lease_until = since, due_at = since, wake = wake + 1 WHERE lease_until IS NOT NULL',
    )
    .run();
  source.sql('UPDATE lanes SET probe_until = 0').run();
  source
    .sql('UPDATE endpoints SET lease_until = NULL, due_at = 0, wake = wake + 1 WHERE lease_until IS NOT NULL')
    .run();
  return Number(changes);
}

/** A negative version: openDatabase refuses the file from now on. */
export function markMoved(source: Database): void {
  const { user_version: version } = source.sql('PRAGMA user_version').get() as { user_version: number };
  source.sql(`PRAGMA user_version = ${-version}`).run();
}

/** When the first application was accepted: its id (a UUID v7) begins with that time. Null when there is none. */
export function beginning(source: Database): number | null {
  const first = source.sql('SELECT min(id) AS id FROM applications').get()!['id'] as string | null;
  const found = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(first ?? '');
  return found && Number.parseInt(found[1]! + found[2]!, 16);
}
