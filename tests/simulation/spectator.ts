/** A look at the ledger from outside: the raw rows, whoever wrote them. */
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Vault } from '../../src/flow/ports/vault.ts';
import { makeVault } from '../../src/privacy/keys.ts';
import { KEY_FILE } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export type Row = Record<string, SQLOutputValue>;

export interface Spectator {
  vault: Vault;
  all(sql: string, ...values: (string | number)[]): Row[];
  one(sql: string, ...values: (string | number)[]): Row | undefined;
  inboxState(agency: string, id: string): string | undefined;
  close(): void;
}

export function makeSpectator(uri: string, time: Scheduler): Spectator {
  const db = new DatabaseSync(uri);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const one: Spectator['one'] = (sql, ...values) => prepared(sql).get(...values);
  return {
    // It seals nothing: its chance is nobody's.
    vault: makeVault(KEY_FILE, { now: time.now, random: (size) => Buffer.alloc(size) }),
    all: (sql, ...values) => prepared(sql).all(...values),
    one,
    inboxState: (agency, id) =>
      one('SELECT state FROM inbox WHERE agency = ? AND id = ?', agency, id)?.['state'] as string | undefined,
    close: () => db.close(),
  };
}
