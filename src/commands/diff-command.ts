/** `jembatan diff`: what another version of a route, a service or the agencies changes for applications. */
import type { Command } from 'commander';
import { countOf, printJson, type Shell } from './shell.ts';

interface Options {
  config?: string;
  json: boolean;
}

const AFTER_HELP = `
Each side is a file (a route, a service or the agencies), a service's code (as configured now), or what an application
in the ledger is pinned to: its id, its number, or the digest of its plan. The exit code is 0 whether they differ or not.`;

export function diffCommand(parent: Command, shell: Shell): void {
  parent
    .command('diff <before> <after>')
    .description('what another version of a route, a service or the agencies changes, and what stays pinned')
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action(async (before: string, after: string, { config, json }: Options) => {
      const [{ openParts }, { openSide, compared }, { changeLines }] = await Promise.all([
        import('./rehearse/parts.ts'),
        import('./rehearse/sides.ts'),
        import('../rehearse/diff/changes.ts'),
      ]);
      const parts = await openParts(shell, config);
      try {
        const sides = [await openSide(parts, before), await openSide(parts, after)] as const;
        const { title, changes, stays } = compared(...sides);
        if (json) return printJson(shell, { title, changes, stays });
        shell.out(title);
        for (const line of changeLines(changes)) shell.out(`  ${line}`);
        for (const line of stays) shell.out(line);
        shell.out(changes.length === 0 ? 'no difference' : countOf(changes.length, 'difference'));
      } finally {
        await parts.close();
      }
    });
}
