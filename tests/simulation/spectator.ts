/** A look at the ledger from outside: the raw rows, whoever wrote them. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Vault } from '../../src/flow/ports/vault.ts';
import { makeVault } from '../../src/privacy/keys.ts';
import { KEY_FILE } from './process.ts';
import type { Scheduler } from './scheduler.ts';

type Values = (string | number)[];

export interface Spectator {
  /** Makes blind indexes; it seals nothing. */
  vault: Vault;
  /** The caller says what the columns are. */
  all<Row>(sql: string, ...values: Values): Row[];
  one<Row>(sql: string, ...values: Values): Row | undefined;
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
  const one = <Row>(sql: string, ...values: Values): Row | undefined =>
    prepared(sql).get(...values) as Row | undefined;
  return {
    vault: makeVault(KEY_FILE, { now: time.now, random: (size) => Buffer.alloc(size) }),
    all: <Row>(sql: string, ...values: Values) => prepared(sql).all(...values) as Row[],
    one,
    inboxState: (agency, id) =>
      one<{ state: string }>('SELECT state FROM inbox WHERE agency = ? AND id = ?', agency, id)?.state,
    close: () => db.close(),
  };
}
