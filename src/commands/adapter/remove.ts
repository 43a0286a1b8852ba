/** `jembatan adapter remove`: takes an added connector out, unless something still goes by it. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readEnv, type Env } from '../../config/env.ts';
import { suggest } from '../../config/finding.ts';
import { isPostgres, sqlitePath } from '../../ledger/url.ts';
import { shippedIds } from '../carried.ts';
import { CommandFailed, UsageError, type Shell } from '../shell.ts';
import { withLedger } from '../store.ts';

export function removeCommand(parent: Command, shell: Shell): void {
  parent
    .command('remove <name@major>')
    .description('take an added connector out; not while an agency or a running application goes by it')
    .action((id: string) => remove(shell, id));
}

async function remove(shell: Shell, id: string): Promise<void> {
  const env = readEnv(shell.env);
  const { namesIn, take } = await import('../../connectors/package/store.ts');
  const ids = await namesIn(env.dataDir);
  const comesWithBus = (await shippedIds()).has(id);
  if (!ids.includes(id)) {
    const fix = comesWithBus ? 'It comes with the bus' : suggest(id, ids);
    throw new UsageError(`${id} was not added to this bus. ${fix}`);
  }
  // What came with the bus later goes on carrying them.
  if (!comesWithBus) {
    await holdConfig(env, id);
    await holdApplications(shell, env, id);
  }
  await take(env.dataDir, id);
  shell.out(`${id} is removed`);
}

async function holdConfig({ configDir }: Env, id: string): Promise<void> {
  const { loadConfig } = await import('../../config/load.ts');
  const { catalogue } = await loadConfig(configDir);
  const going = catalogue.agencies.filter(({ adapter, major }) => `${adapter}@${major}` === id);
  if (going.length === 0) return;
  const names = going.map((agency) => agency.id).join(', ');
  throw new CommandFailed(`agencies.yaml goes by ${id} for ${names}: take it out there first`);
}

/** An application keeps its adapter's major version for life. */
async function holdApplications(shell: Shell, { ledger }: Env, id: string): Promise<void> {
  if (!isPostgres(ledger) && !existsSync(sqlitePath(ledger))) return;
  const pinned = await withLedger(shell, (open) => open.adaptersInUse());
  if (!pinned.includes(id)) return;
  throw new CommandFailed(`Applications that have not ended go by ${id}: wait for them, or cancel them`);
}
