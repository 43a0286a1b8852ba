/** `jembatan reload`: a running bus reads its configuration anew, whole or not at all. */
import type { Command } from 'commander';
import { busCommand, clientOf, REASON, type StepActOptions } from './bus-command.ts';
import { printJson, type Shell } from './shell.ts';

interface Reloaded {
  is: 'reloaded' | 'unchanged';
  change: Record<string, Record<string, string[]>>;
  overridden: string[];
  restart: string[];
}

interface Options extends StepActOptions {
  json: boolean;
}

export function reloadCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'reload')
    .description(
      'have the bus read its configuration anew: checked whole, then in force at once, or not at all',
    )
    .requiredOption(...REASON)
    .option('--json', 'print JSON', false)
    .action(async ({ reason, json, ...options }: Options) => {
      const { body } = await clientOf(shell, options).post<Reloaded>('/v1/config/reload', { reason });
      if (json) return printJson(shell, body);
      shell.out(body.is === 'reloaded' ? 'reloaded' : 'unchanged: the files say what is in force');
      for (const [kind, lists] of Object.entries(body.change))
        for (const [how, names] of Object.entries(lists))
          if (names.length > 0) shell.out(`  ${kind} ${how}: ${names.join(', ')}`);
      for (const one of body.overridden)
        shell.err(`Not in force: the file of ${one}, for a version was activated (jembatan route list)`);
      for (const one of body.restart) shell.err(`Only a new start takes this up: ${one}`);
    });
}
