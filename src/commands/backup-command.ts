/** `jembatan backup`: a copy of the ledger that holds one instant, made beside the running bus. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readEnv, type Env } from '../config/env.ts';
import type { Manifest } from '../ledger/backup/manifest.ts';
import { isPostgres, shownLedger, sqlitePath } from '../ledger/url.ts';
import { progressOf } from './progress.ts';
import { countOf, type Shell } from './shell.ts';
import { thereIs } from './store.ts';

export function backupCommand(parent: Command, shell: Shell): void {
  parent
    .command('backup <file>')
    .description('copy the ledger to a file (or into a folder) while the bus runs; keys.json is not in it')
    .addHelpText(
      'after',
      `
Beside the copy stands FILE.json: its SHA-256, schema and counts, which restore asks for. SQLite is copied as a
database file, PostgreSQL by pg_dump. keys.json is left out on purpose: with it every copy could be read. Keep it apart.`,
    )
    .action(async (given: string) => {
      const env = readEnv(shell.env);
      const file = fileOf(given, env, new Date(shell.clock.now()).toISOString());
      const { bytes, sha256, rows, schema } = await backUp(shell, env, file);
      const held = `${countOf(rows['applications'] ?? 0, 'application')}, ${countOf(rows['events'] ?? 0, 'event')}`;
      shell.out(`${file}: ${held}, schema ${schema}, ${bytes} bytes, sha256 ${sha256}`);
      shell.err(
        `${join(env.dataDir, 'keys.json')} is not in it, and without that file nothing in it can be read: keep a copy of it in another place`,
      );
    });
}

/** A folder gets a name of its own for each copy. */
function fileOf(given: string, env: Env, at: string): string {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) return given;
  const time = at.replaceAll(/[-:]|\.\d+/g, '');
  return join(given, `jembatan-${time}.${isPostgres(env.ledger) ? 'dump' : 'db'}`);
}

async function backUp(shell: Shell, { ledger }: Env, file: string): Promise<Manifest> {
  const tell = progressOf(shell);
  const { clock, env } = shell;
  if (isPostgres(ledger)) {
    const { backupPostgres } = await import('../ledger/backup/postgres.ts');
    return backupPostgres({ url: ledger, file, env, clock, tell });
  }
  thereIs(ledger);
  shell.err(`Copying ${shownLedger(ledger)}`);
  const { backupSqlite } = await import('../ledger/backup/sqlite.ts');
  return backupSqlite(sqlitePath(ledger), file, new Date(clock.now()).toISOString(), tell);
}
