/** `jembatan demo`: the command around the demo. */
import { Command } from 'commander';
import { demo } from './demo/index.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description('start a bus and stand-in agencies on free ports and watch real applications travel')
    .option('--keep', 'leave it running, with the key and URLs printed', false)
    .action(async ({ keep }: { keep: boolean }) => {
      const terminal = process.stdout.isTTY ? process.stdout : null;
      const well = await demo({ keep, terminal, print: (line) => void process.stdout.write(`${line}\n`) });
      process.exitCode = well ? 0 : 1;
    });
}
