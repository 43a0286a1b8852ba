/** `jembatan reload`: every process of a running bus reads its configuration anew, whole or not at all. */
import type { Command } from 'commander';
import { busCommand, clientOf, REASON, type StepActOptions } from './bus-command.ts';
import { amiss, printProcesses, untilHeard } from './process-table.ts';
import { CommandFailed, printJson, type Shell } from './shell.ts';

interface Reloaded {
  is: 'reloaded' | 'asked' | 'unchanged';
  process: string;
  reload: number | null;
  change: Record<string, Record<string, string[]>>;
  overridden: string[];
  restart: string[];
}

interface Options extends StepActOptions {
  json: boolean;
  wait: boolean;
}

/** A process takes it up within a sweep and its check's time; an api waits for the workers first. */
const PATIENCE_MS = 30_000;

export function reloadCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'reload')
    .description(
      'have every process read its configuration anew: checked whole, then in force, or not at all; exit code 1 when one keeps its old',
    )
    .requiredOption(...REASON)
    .option('--no-wait', 'do not wait for the other processes')
    .option('--json', 'print JSON', false)
    .action(async ({ reason, json, wait, ...options }: Options) => {
      const client = clientOf(shell, options);
      const { body } = await client.post<Reloaded>('/v1/config/reload', { reason });
      if (!json) printReloaded(shell, body);
      if (!body.reload || !wait) return json ? printJson(shell, body) : undefined;
      const found = await untilHeard(client, shell, body.reload, PATIENCE_MS);
      if (json) printJson(shell, { ...body, ...found });
      else if (found.processes.length > 1) printProcesses(shell, found);
      const wrong = amiss(found);
      for (const line of wrong) shell.err(line);
      if (wrong.length > 0) throw new CommandFailed('');
    });
}

function printReloaded(shell: Shell, { is, process, change, overridden, restart }: Reloaded): void {
  const words = {
    reloaded: 'reloaded',
    asked: `checked by ${process}: it and the others take it up, workers first`,
    unchanged: `unchanged: the files of ${process} say what is in force there`,
  };
  shell.out(words[is]);
  for (const [kind, lists] of Object.entries(change))
    for (const [how, names] of Object.entries(lists))
      if (names.length > 0) shell.out(`  ${kind} ${how}: ${names.join(', ')}`);
  for (const one of overridden)
    shell.err(`Not in force: the file of ${one}, for a version was activated (jembatan route list)`);
  for (const one of restart) shell.err(`Only a new start takes this up: ${one}`);
}
