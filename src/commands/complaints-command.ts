/** `jembatan complaints`: what was complained of about an application; and its desk's answer, or forwarding it. */
import type { Command } from 'commander';
import { addressOf, busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, shortTime, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  answer?: string;
  forward: boolean;
  text?: string;
  json: boolean;
}

interface Listed {
  n: number;
  category: string;
  tier: number;
  state: string;
  dueAt: string;
  forwardedTo: string | null;
  text: string;
  answer: string | null;
}

export function complaintsCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'complaints <application> [number]')
    .description(
      'complaints about an application; of one: read it, answer it, or forward it to SP4N-LAPOR (scope task:ROLE)',
    )
    .option('--answer <text>', 'what the citizen is answered')
    .option('--forward', 'hand it to the national channel', false)
    .option('--text <text>', 'with --forward: as it is sent, without names and numbers of persons')
    .option('--json', 'print JSON', false)
    .action((application: string, number: string | undefined, options: Options) => {
      const { answer, forward, text } = options;
      if (number === undefined && (answer !== undefined || forward))
        throw new UsageError('Name the complaint by its number');
      if (number === undefined) return list(shell, options, application);
      if (answer !== undefined && forward) throw new UsageError('Give --answer, or --forward');
      if (text !== undefined && !forward) throw new UsageError('--text belongs to --forward');
      if (answer === undefined && !forward) return showOne(shell, options, application, number);
      return act(shell, options, application, number);
    });
}

async function list(shell: Shell, options: Options, application: string): Promise<void> {
  const found = await clientOf(shell, options).get<{ complaints: Listed[] }>(
    `${addressOf(application)}/complaints`,
  );
  if (options.json) return printJson(shell, found);
  for (const one of found.complaints) print(shell, one);
}

async function showOne(shell: Shell, options: Options, application: string, number: string): Promise<void> {
  const one = await clientOf(shell, options).get<Listed>(pathOf(application, number));
  if (options.json) return printJson(shell, one);
  print(shell, one);
}

function print(shell: Shell, { n, category, tier, state, dueAt, text, answer }: Listed): void {
  shell.out(`${n}  ${category}, tier ${tier}, ${state}, due ${shortTime(dueAt)}`);
  shell.out(`   ${text}`);
  if (answer !== null) shell.out(`   answered: ${answer}`);
}

const pathOf = (application: string, number: string): string =>
  `${addressOf(application)}/complaints/${encodeURIComponent(number)}`;

async function act(shell: Shell, options: Options, application: string, number: string): Promise<void> {
  const { answer, text } = options;
  const path = pathOf(application, number);
  const client = clientOf(shell, options);
  const { body } =
    answer === undefined
      ? await client.post<Listed>(`${path}/forward`, { ...(text !== undefined && { text }) })
      : await client.post<Listed>(`${path}/answer`, { text: answer });
  const to = body.forwardedTo === null ? '' : ` by application ${body.forwardedTo}`;
  shell.out(`complaint ${body.n} of ${application} is ${body.state}${to}`);
}
