/** `jembatan key`: API keys, made, listed and revoked in the ledger itself, beside a running bus or before its first start. */
import type { Command } from 'commander';
import { SCOPES, type ApiKeyRow } from '../flow/ports/ledger-desk.ts';
import type { CreateOptions } from './key-create.ts';
import { CommandFailed, countOf, printJson, printTable, shortTime, UsageError, type Shell } from './shell.ts';
import { withLedger } from './store.ts';

export function keyCommand(parent: Command, shell: Shell): void {
  const key = parent.command('key').description('API keys: create, list, revoke');
  key
    .command('create')
    .description('make a key; its text is printed once and stored nowhere')
    .requiredOption('--platform <id>', 'whose key it is: an entry of platforms.yaml')
    .requiredOption('--scope <scope...>', `what it may do: ${SCOPES.join(', ')}, task:ROLE`)
    .option('--title <text>', 'what it is for', '')
    .option(
      '--expires <date>',
      'last day (2027-01-31, in UTC) or time (2027-01-31T17:00:00+07:00); never when absent',
    )
    .option('--json', 'print JSON', false)
    .action(async (options: CreateOptions) => {
      // Loaded when it is called: the bus's parts take longer to load than most commands take to run.
      const { createKey } = await import('./key-create.ts');
      await createKey(shell, options);
    });
  key
    .command('list')
    .description('every key, without its text')
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => listKeys(shell, json));
  key
    .command('revoke <id>')
    .description('end a key at once; the bus need not be restarted')
    .action((id: string) => revokeKey(shell, id));
}

async function listKeys(shell: Shell, json: boolean): Promise<void> {
  const rows = await withLedger(shell, (ledger) => ledger.keys());
  const keys = rows.map(({ id, platform, scopes, title, createdAt, expiresAt, revokedAt }) => {
    const state = stateOf({ expiresAt, revokedAt }, shell.clock.now());
    return { id, platform, state, scopes, title, createdAt, expiresAt, revokedAt };
  });
  if (json) return printJson(shell, { keys });
  printTable(
    shell,
    ['id', 'platform', 'state', 'scopes', 'created', 'expires', 'title'],
    keys.map(({ id, platform, state, scopes, createdAt, expiresAt, title }) => {
      return [id, platform, state, scopes.join(' '), shortTime(createdAt), shortTime(expiresAt), title];
    }),
  );
}

function stateOf({ revokedAt, expiresAt }: Pick<ApiKeyRow, 'revokedAt' | 'expiresAt'>, now: number): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'valid';
}

async function revokeKey(shell: Shell, given: string): Promise<void> {
  // Who pastes the whole key means its id.
  const id = /^jmb_([A-Za-z0-9]{12})_/.exec(given)?.[1] ?? given;
  await withLedger(shell, async (ledger) => {
    const row = await ledger.apiKey(id);
    if (!row)
      throw new UsageError(
        `There is no key ${id} among ${countOf((await ledger.keys()).length, 'key')}: jembatan key list`,
      );
    const at = new Date(shell.clock.now()).toISOString();
    if (!(await ledger.revokeKey(id, at)))
      throw new CommandFailed(`The key ${id} was revoked already, at ${row.revokedAt ?? at}`);
    await ledger.appendEvents('bus', [
      { type: 'go.mpp.key.revoked.v1', data: { key: id, platform: row.platform, by: 'cli' } },
    ]);
    shell.out(`${id} is revoked`);
  });
}
