/** `jembatan restore`: puts a backup where no ledger stands, and proves it. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { readEnv, type Env } from '../config/env.ts';
import type { Manifest } from '../ledger/backup/manifest.ts';
import { LedgerRefused } from '../ledger/refused.ts';
import { isPostgres, shownLedger, sqlitePath } from '../ledger/url.ts';
import { progressOf } from './progress.ts';
import { proving } from './prove.ts';
import { CommandFailed, countOf, type Shell } from './shell.ts';

export function restoreCommand(parent: Command, shell: Shell): void {
  parent
    .command('restore <file>')
    .description('put a backup where JEMBATAN_LEDGER points; nothing that stands there is overwritten')
    .addHelpText(
      'after',
      `
FILE.json must lie beside FILE. The copy is held against it, checked as a database, its rows are counted and its
chains of events walked. A bus started on an old copy sends again what was sent since: read "Restore" in
docs/ledger.md first.`,
    )
    .action(async (file: string) => {
      const env = readEnv(shell.env);
      const { rows, madeAt } = await putBack(shell, env, file);
      const held = `${countOf(rows['applications'] ?? 0, 'application')}, ${countOf(rows['events'] ?? 0, 'event')}`;
      shell.out(`${shownLedger(env.ledger)}: ${held}, as of ${madeAt}`);
      const keys = join(env.dataDir, 'keys.json');
      if (!existsSync(keys)) shell.err(`${keys} is missing: put the copy of it there that you keep apart`);
      shell.err(
        'What agencies were sent after that time it does not know: docs/ledger.md says how to start on it',
      );
    });
}

async function putBack(shell: Shell, { ledger }: Env, file: string): Promise<Manifest> {
  const tell = progressOf(shell);
  const prove = proving(shell);
  if (isPostgres(ledger)) return putBackPostgres(shell, ledger, file);
  const path = sqlitePath(ledger);
  if (existsSync(path))
    throw new LedgerRefused(`${path} is there already: it is left as it is. Move it away first`);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { restoreSqlite } = await import('../ledger/backup/sqlite.ts');
  const { sqliteLedger } = await import('../ledger/sqlite/index.ts');
  return restoreSqlite({ file, path, tell, prove, open: (part) => sqliteLedger(part, shell.clock, 'owner') });
}

async function putBackPostgres(shell: Shell, url: string, file: string): Promise<Manifest> {
  const { restorePostgres } = await import('../ledger/backup/postgres.ts');
  const { migrations } = await import('../ledger/postgres/migrations.ts');
  const known = migrations.length;
  const manifest = await restorePostgres({ url, file, env: shell.env, tell: progressOf(shell), known });
  if (manifest.schema < known) {
    shell.err(`Its schema is ${manifest.schema}: run jembatan migrate, then jembatan audit verify`);
    return manifest;
  }
  const { postgresLedger } = await import('../ledger/postgres/index.ts');
  const ledger = await postgresLedger(url, shell.clock);
  try {
    await proving(shell)(ledger);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new CommandFailed(`${error.message}: drop the database`);
  } finally {
    await ledger.close();
  }
  return manifest;
}
