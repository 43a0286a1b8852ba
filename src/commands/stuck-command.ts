/** `jembatan stuck`: steps that wait for a person or whose outcome is unknown, and since when. */
import type { Command } from 'commander';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, printTable, shortTime, type Shell } from './shell.ts';

interface StuckStep {
  applicationId: string;
  step: string;
  agency: string;
  operation: string;
  state: string;
  code: string | null;
  attempts: number;
  since: string;
  nextAttemptAt: string | null;
}

const MOST_ROWS = 500;

export function stuckCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'stuck')
    .description('steps that are parked or unknown, and since when (scope operate); the oldest 500')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...options }: BusOptions & { json: boolean }) => {
      const { steps } = await clientOf(shell, options).get<{ steps: StuckStep[] }>(
        `/v1/stuck?limit=${MOST_ROWS}`,
      );
      if (json) return printJson(shell, { steps });
      printTable(
        shell,
        ['step', 'agency', 'operation', 'state', 'code', 'attempts', 'since', 'next', 'application'],
        steps.map(
          ({ step, agency, operation, state, code, attempts, since, nextAttemptAt, applicationId }) => {
            const times = [shortTime(since), shortTime(nextAttemptAt)];
            return [step, agency, operation, state, code ?? '-', String(attempts), ...times, applicationId];
          },
        ),
      );
    });
}
