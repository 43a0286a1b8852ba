/** `jembatan impact`: what a candidate route or adapter would have sent for the applications of the last days. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration } from '../domain/duration.ts';
import type { Impact } from '../rehearse/impact/impact.ts';
import { span } from './rehearse-command.ts';
import { countOf, printJson, UsageError, type Shell } from './shell.ts';

interface Options {
  since: number;
  route?: string;
  adapter?: string;
  most: number;
  config?: string;
  json: boolean;
}

const AFTER_HELP = `
It reads the ledger (JEMBATAN_DATA, JEMBATAN_LEDGER) beside a running bus and changes nothing. For every request that an
application has made, the candidate's is built from the same application, and what differs is counted by field. What
belongs to a person is shown by its form only.`;

export function impactCommand(parent: Command, shell: Shell): void {
  parent
    .command('impact')
    .description('what a candidate route or adapter would have sent for recorded applications, masked')
    .option('--since <span>', 'applications of so long ago and later', span, parseDuration('7d'))
    .option('--route <file>', 'a candidate route, for applications of its service')
    .option('--adapter <folder>', 'the folder of a candidate adapter, for every step that goes by it')
    .option('--most <n>', 'applications at the most', count, 1000)
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      if ((options.route === undefined) === (options.adapter === undefined))
        throw new UsageError('Say of what: --route FILE or --adapter FOLDER, one of them');
      const { impactIn } = await import('./rehearse/impact.ts');
      const { title, impact } = await impactIn(shell, options);
      if (options.json) return printJson(shell, { title, ...impact });
      print(title, impact, shell);
    });
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1 to 999999.');
}

const SIGNS = { added: '+', removed: '-', changed: '~' };

function print(title: string, { applications, requests, same, fields }: Impact, shell: Shell): void {
  shell.out(title);
  for (const { step, at, is, count: times, examples } of fields) {
    shell.out(`  ${SIGNS[is]} ${step} ${at}: ${times} times`);
    for (const { before, after } of examples) shell.out(`      ${before} → ${after}`);
  }
  shell.out(
    `${countOf(applications, 'application')}, ${countOf(requests, 'request')} compared, ${same} the same`,
  );
}
