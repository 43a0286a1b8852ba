/** `jembatan move`: from the embedded edition's SQLite file to the distributed one's PostgreSQL, proved row by row. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { readEnv } from '../config/env.ts';
import { isPostgres, shownLedger, sqlitePath } from '../ledger/url.ts';
import { progressOf } from './progress.ts';
import { proving } from './prove.ts';
import { countOf, printTable, UsageError, type Shell } from './shell.ts';
import { thereIs } from './store.ts';

interface Options {
  from?: string;
  to?: string;
}

export function moveCommand(parent: Command, shell: Shell): void {
  parent
    .command('move')
    .description(
      'move a stopped bus from SQLite to PostgreSQL: every row, proved the same on both sides, or nothing',
    )
    .option('--from <ledger>', 'sqlite:PATH (default: DATA/ledger.db)')
    .option(
      '--to <url>',
      'postgres://… (default: JEMBATAN_LEDGER, which other users of the machine cannot see)',
    )
    .addHelpText(
      'after',
      `
Stop the bus, make a backup, run jembatan migrate on the new database, then move. A move that fails or is killed leaves
both sides as they were. One that ends marks the SQLite file: no bus starts on it any more. keys.json goes on being
needed as it is.`,
    )
    .action((options: Options) => move(shell, options));
}

async function move(shell: Shell, options: Options): Promise<void> {
  const { from, to } = places(shell, options);
  thereIs(from);
  const { moveLedger } = await import('../ledger/move/index.ts');
  const tell = progressOf(shell);
  const { tables, leases, again } = await moveLedger({
    from: sqlitePath(from),
    to,
    clock: shell.clock,
    prove: proving(shell),
    tell: ({ table, doing, ...progress }) => tell({ doing: `${table}, rows ${doing}`, ...progress }),
  });
  printTable(
    shell,
    ['table', 'rows', 'sha256'],
    tables.map(({ table, rows, digest }) => [table, String(rows), digest]),
  );
  if (again) shell.err('An earlier move had stored all of it already');
  if (leases > 0) shell.err(`${countOf(leases, 'exchange')} that a dead bus left open will be asked about`);
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  shell.out(`moved ${countOf(rows, 'row')} to ${shownLedger(to)}: the same on both sides`);
  shell.err(
    `Start the buses with JEMBATAN_LEDGER set to it and the same keys.json. ${from} refuses to start now`,
  );
}

function places(shell: Shell, options: Options): { from: string; to: string } {
  const env = readEnv(shell.env);
  const file = isPostgres(env.ledger) ? `sqlite:${join(env.dataDir, 'ledger.db')}` : env.ledger;
  const { from = file, to = env.ledger } = options;
  if (!/^sqlite:./.test(from)) throw new UsageError('--from is sqlite:PATH');
  if (!/^postgres(ql)?:\/\/[^\s/]/.test(to))
    throw new UsageError('Say where to: JEMBATAN_LEDGER=postgres://USER:PASSWORD@HOST/DATABASE, or --to');
  return { from, to };
}
