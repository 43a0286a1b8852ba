/** `jembatan thread`: what was said about an application and what the citizen was told; and saying something. */
import { createHash } from 'node:crypto';
import { Option, type Command } from 'commander';
import { AUTHORS, WAYS } from '../domain/thread.ts';
import { addressOf, busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, shortTime, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  say?: string;
  from: string;
  channel: string;
  json: boolean;
}

interface Entry {
  at: string;
  from: string;
  channel?: string;
  text?: string;
  id?: string;
  en?: string;
}

export function threadCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'thread <application>')
    .description('what was said about an application and what the citizen was told; --say adds to it')
    .option('--say <text>', 'say something')
    .addOption(new Option('--from <whom>', 'who says it').choices(AUTHORS).default('officer'))
    .addOption(new Option('--channel <way>', 'the way it came').choices(WAYS).default('counter'))
    .option('--json', 'print JSON', false)
    .action((application: string, options: Options) =>
      options.say === undefined
        ? read(shell, options, application)
        : say(shell, options, application, options.say),
    );
}

async function read(shell: Shell, options: Options, application: string): Promise<void> {
  const found = await clientOf(shell, options).get<{ messages: Entry[] }>(
    `${addressOf(application)}/messages`,
  );
  if (options.json) return printJson(shell, found);
  for (const { at, from, channel, text, id = '', en = '' } of found.messages) {
    const who = channel === undefined ? from : `${from} (${channel})`;
    shell.out(`${shortTime(at)}  ${who}: ${text ?? `${id} / ${en}`}`);
  }
}

/** The same words on the same day are the same message: sending them again after a broken connection is safe. */
async function say(shell: Shell, options: Options, application: string, text: string): Promise<void> {
  if (text.trim() === '') throw new UsageError('--say needs words');
  const { from, channel } = options;
  const day = new Date(shell.clock.now()).toISOString().slice(0, 10);
  const key = createHash('sha256')
    .update(JSON.stringify([application, from, channel, text, day]))
    .digest('hex');
  const { body } = await clientOf(shell, options).post<{ n: number }>(
    `${addressOf(application)}/messages`,
    { from, channel, text },
    { 'idempotency-key': `say-${key}` },
  );
  shell.out(`message ${body.n} of ${application}`);
}
