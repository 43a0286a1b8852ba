/** What is copied is proved: every chain of events holds, and every application stands at its last one. */
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import { verifyLedger } from './audit-verify.ts';
import { CommandFailed, countOf, type Shell } from './shell.ts';

/** Throws CommandFailed after naming each break. */
export function proving(shell: Shell): (ledger: DeskLedger) => Promise<void> {
  return async (ledger) => {
    const { streams, events, breaks } = await verifyLedger(ledger);
    for (const { stream, seq, why } of breaks) shell.err(`stream ${stream}, event ${seq}: ${why}`);
    const walked = `audit: ${countOf(streams, 'stream')}, ${countOf(events, 'event')}`;
    if (breaks.length > 0) throw new CommandFailed(`${walked}: ${countOf(breaks.length, 'break')}`);
    shell.out(`${walked}: unbroken`);
  };
}
