/** `jembatan adapter`: connectors, from their first line to a bus that carries them. */
import type { Command } from 'commander';
import type { Shell } from '../shell.ts';
import { addCommand } from './add.ts';
import { devCommand } from './dev.ts';
import { docsCommand } from './docs.ts';
import { keyCommand } from './key.ts';
import { listCommand } from './list.ts';
import { newCommand } from './new.ts';
import { packCommand } from './pack.ts';
import { removeCommand } from './remove.ts';
import { testCommand } from './test.ts';
import { trustCommand } from './trust.ts';
import { tryCommand } from './try.ts';

export function adapterCommand(program: Command, shell: Shell): void {
  const adapter = program
    .command('adapter')
    .description('connectors: write, try, examine, pack, trust, add, list, remove');
  const commands = [
    ...[newCommand, devCommand, tryCommand, testCommand],
    ...[packCommand, keyCommand, trustCommand],
    ...[addCommand, listCommand, removeCommand, docsCommand],
  ];
  for (const register of commands) register(adapter, shell);
}
