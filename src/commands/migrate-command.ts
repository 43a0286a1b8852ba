/** `jembatan migrate`: brings a PostgreSQL ledger up to date; the buses themselves only look whether it is. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { readEnv, type Env } from '../config/env.ts';
import { LedgerRefused } from '../ledger/refused.ts';
import { isPostgres, shownLedger } from '../ledger/url.ts';
import { CommandFailed, countOf, type Shell } from './shell.ts';

export function migrateCommand(parent: Command, shell: Shell): void {
  parent
    .command('migrate')
    .description(
      "bring a PostgreSQL ledger's schema up to date, one process at a time; beside running buses too",
    )
    .option('--check', 'only say what would be done; exit code 1 if anything', false)
    .addHelpText(
      'after',
      `
The first migration also makes keys.json in the data folder, if it is not there: every process needs that same file.`,
    )
    .action(async ({ check }: { check: boolean }) => {
      const env = readEnv(shell.env);
      if (!isPostgres(env.ledger)) {
        return shell.out(`${shownLedger(env.ledger)}: start brings an SQLite ledger up to date by itself`);
      }
      await (check ? checkSchema(shell, env) : migrate(shell, env));
    });
}

async function checkSchema(shell: Shell, { ledger }: Env): Promise<void> {
  const { standingOf } = await import('../ledger/postgres/standing.ts');
  const { schema, known } = await standingOf(ledger);
  const missing = Math.max(known - schema, 0);
  shell.out(`${shownLedger(ledger)}: schema ${schema}, ${countOf(missing, 'migration')} to run`);
  if (missing > 0) throw new CommandFailed('');
}

async function migrate(shell: Shell, env: Env): Promise<void> {
  const { migratePostgres } = await import('../ledger/postgres/migrate.ts');
  const shown = shownLedger(env.ledger);
  const { from, to } = await migratePostgres(env.ledger, shell.clock, {}, undefined, (version, ms) =>
    shell.out(`migration ${version}: ${ms} ms`),
  );
  shell.out(from === to ? `${shown}: schema ${to}, nothing to do` : `${shown}: schema ${from} → ${to}`);
  await makeKeys(shell, env);
}

/** The first of all processes makes the key file; a second one beside what is sealed already would open nothing. */
async function makeKeys(shell: Shell, env: Env): Promise<void> {
  const { keyFileOf } = await import('../open.ts');
  const path = keyFileOf(env);
  if (existsSync(path)) return;
  const { standingOf } = await import('../ledger/postgres/standing.ts');
  if ((await standingOf(env.ledger)).sealed) {
    throw new LedgerRefused(`${path} is missing: copy the one that the other processes have`);
  }
  await mkdir(env.dataDir, { recursive: true, mode: 0o700 });
  const { openKeyFile } = await import('../privacy/keys.ts');
  openKeyFile(path, shell.clock.random);
  shell.err(`Made ${path}: every process needs this same file, and a copy of it in another place`);
}
