/** `jembatan new-round`: runs a step again with new input, under a new key. */
import type { Command } from 'commander';
import { actOnStep, busCommand, REASON, type StepActOptions } from './bus-command.ts';
import type { Shell } from './shell.ts';

export function newRoundCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'new-round <application> <step>')
    .description(
      'run a step again with new input: a correction, a new bill (scope operate); the old round is kept',
    )
    .requiredOption(...REASON)
    .action(async (application: string, step: string, options: StepActOptions) => {
      await actOnStep(shell, options, [application, step, 'new-round'], {});
      shell.out(`${step} of ${application} begins a new round: jembatan show ${application}`);
    });
}
