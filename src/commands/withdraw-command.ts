/** `jembatan withdraw`: the citizen takes the application back. */
import type { Command } from 'commander';
import { busCommand, REASON } from './bus-command.ts';
import { endEarly, type EndEarlyOptions } from './end-early.ts';
import type { Shell } from './shell.ts';

export function withdrawCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'withdraw <application>')
    .description('take an application back for the citizen (scope applications:submit)')
    .requiredOption(...REASON)
    .action((application: string, options: EndEarlyOptions) =>
      endEarly(shell, options, application, 'withdraw'),
    );
}
