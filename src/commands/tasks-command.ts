/** `jembatan tasks`: what a role has to decide, oldest first; and one decision with what there is to see. */
import type { Command } from 'commander';
import { addressOf, busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, printTable, shortTime, UsageError, type Shell } from './shell.ts';

interface Listed {
  applicationId: string;
  number: string;
  step: string;
  openedAt: string;
  dueAt: string | null;
}

interface Options extends BusOptions {
  role?: string;
  json: boolean;
}

export function tasksCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'tasks [application] [step]')
    .description('what a role has to decide, oldest first; of one step: what there is to see, and its form')
    .option('--role <role>', 'whose queue (scope task:ROLE, or operate)')
    .option('--json', 'print JSON', false)
    .action(async (application: string | undefined, step: string | undefined, options: Options) => {
      if (application !== undefined) return one(shell, options, application, step);
      if (options.role === undefined)
        throw new UsageError('Name a role by --role, or an application and a step');
      await queue(shell, options, options.role);
    });
}

async function queue(shell: Shell, options: Options, role: string): Promise<void> {
  const found = await clientOf(shell, options).get<{ tasks: Listed[]; nextCursor: string | null }>(
    `/v1/tasks?role=${encodeURIComponent(role)}&limit=500`,
  );
  if (options.json) return printJson(shell, found);
  printTable(
    shell,
    ['number', 'step', 'since', 'due', 'application'],
    found.tasks.map(({ number, step, openedAt, dueAt, applicationId }) => {
      return [number, step, shortTime(openedAt), dueAt === null ? '-' : shortTime(dueAt), applicationId];
    }),
  );
  if (found.nextCursor !== null) shell.err('There are more: --json and the API show them all');
}

async function one(
  shell: Shell,
  options: Options,
  application: string,
  step: string | undefined,
): Promise<void> {
  if (step === undefined) throw new UsageError('Name the step that is to be decided, too');
  const path = `${addressOf(application)}/steps/${encodeURIComponent(step)}/task`;
  printJson(shell, await clientOf(shell, options).get(path));
}
