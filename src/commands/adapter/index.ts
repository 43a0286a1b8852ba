/** `jembatan adapter`: connectors, from their first line to a bus that carries them. */
import type { Command } from 'commander';
import type { Shell } from '../shell.ts';
import { addCommand } from './add.ts';
import { keyCommand } from './key.ts';
import { listCommand } from './list.ts';
import { packCommand } from './pack.ts';
import { removeCommand } from './remove.ts';
import { testCommand } from './test.ts';
import { trustCommand } from './trust.ts';

export function adapterCommand(program: Command, shell: Shell): void {
  const adapter = program
    .command('adapter')
    .description('connectors: write, examine, pack, trust, add, list, remove');
  const commands = [
    testCommand,
    ...[packCommand, keyCommand, trustCommand],
    ...[addCommand, listCommand, removeCommand],
  ];
  for (const register of commands) register(adapter, shell);
}
