/** `jembatan retry`: sends a parked step again, or brings a waiting one's next try forward. */
import type { Command } from 'commander';
import { actOnStep, busCommand, REASON, type StepActOptions } from './bus-command.ts';
import type { Shell } from './shell.ts';

export function retryCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'retry <application> <step>')
    .description("send a parked step again, or bring a waiting one's next try forward (scope operate)")
    .requiredOption(...REASON)
    .action(async (application: string, step: string, options: StepActOptions) => {
      await actOnStep(shell, options, [application, step, 'retry'], {});
      shell.out(`${step} of ${application} is sent again: jembatan show ${application}`);
    });
}
