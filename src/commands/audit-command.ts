/** `jembatan audit`: proves that nobody changed, moved or dropped an event. */
import type { Command } from 'commander';
import { verifyLedger, type Break } from './audit-verify.ts';
import { CommandFailed, countOf, printJson, type Shell } from './shell.ts';
import { withLedger } from './store.ts';

export function auditCommand(parent: Command, shell: Shell): void {
  parent
    .command('audit')
    .description('the chain of events')
    .command('verify')
    .description(
      "walk every stream's chain, and hold every application against its last event; beside a running bus too",
    )
    .option('--json', 'print JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const { streams, events, breaks } = await withLedger(shell, verifyLedger);
      const walked = `audit: ${countOf(streams, 'stream')}, ${countOf(events, 'event')}`;
      if (json) printJson(shell, { ok: breaks.length === 0, streams, events, breaks });
      else for (const one of breaks) shell.out(lineOf(one));
      if (breaks.length > 0)
        throw new CommandFailed(json ? '' : `${walked}: ${countOf(breaks.length, 'break')}`);
      if (!json) shell.out(`${walked}: unbroken`);
    });
}

const lineOf = ({ stream, seq, why }: Break): string => `stream ${stream}, event ${seq}: ${why}`;
