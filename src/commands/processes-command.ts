/** `jembatan processes`: which process goes by which configuration. */
import type { Command } from 'commander';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { amiss, printProcesses, processesOf } from './process-table.ts';
import { CommandFailed, printJson, type Shell } from './shell.ts';

export function processesCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'processes')
    .description('the processes that are there and the configuration of each; exit code 1 when they differ')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...options }: BusOptions & { json: boolean }) => {
      const found = await processesOf(clientOf(shell, options));
      if (json) printJson(shell, found);
      else printProcesses(shell, found);
      const wrong = amiss(found);
      for (const line of wrong) shell.err(line);
      if (wrong.length > 0) throw new CommandFailed('');
    });
}
