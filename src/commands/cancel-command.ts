/** `jembatan cancel`: an operator ends an application before the step that cannot be undone. */
import type { Command } from 'commander';
import { busCommand, REASON } from './bus-command.ts';
import { endEarly, type EndEarlyOptions } from './end-early.ts';
import type { Shell } from './shell.ts';

export function cancelCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'cancel <application>')
    .description('end an application and undo what can be undone (scope operate)')
    .requiredOption(...REASON)
    .action((application: string, options: EndEarlyOptions) =>
      endEarly(shell, options, application, 'cancel'),
    );
}
