/** `jembatan demo`: the command around the demo. */
import type { Command } from 'commander';
import { CommandFailed, type Shell } from './shell.ts';

export function demoCommand(parent: Command, shell: Shell): void {
  parent
    .command('demo')
    .description('start a bus and stand-in agencies on free ports and watch real applications travel')
    .option('--keep', 'leave it running, with the key and URLs printed', false)
    .action(async ({ keep }: { keep: boolean }) => {
      // Loaded when it is called: the bus's parts take longer to load than most commands take to run.
      const { demo } = await import('./demo/index.ts');
      const terminal = process.stdout.isTTY ? process.stdout : null;
      if (!(await demo({ keep, terminal, print: shell.out }))) throw new CommandFailed('');
    });
}
