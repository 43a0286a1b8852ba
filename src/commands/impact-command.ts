/** `jembatan impact`: what a candidate route or adapter would have sent for the applications of the last days. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration } from '../domain/duration.ts';
import type { Impact } from '../rehearse/impact/impact.ts';
import { span } from './rehearse-command.ts';
import { CommandFailed, countOf, printJson, UsageError, type Shell } from './shell.ts';

interface Options {
  since: number;
  route?: string;
  adapter?: string;
  most: number;
  config?: string;
  json: boolean;
}

const AFTER_HELP = `
It reads the ledger (JEMBATAN_DATA, JEMBATAN_LEDGER: SQLite or PostgreSQL, a standby too) beside a running bus and changes
nothing. For every step that an application has sent, the candidate's request is built from the same application, and
what differs is counted by field. What belongs to a person is shown by its form only.

Exit codes: 0 compared, whatever was found; 1 refused, or some requests could not be built (they are named by
application and step); 2 called wrongly.`;

export function impactCommand(parent: Command, shell: Shell): void {
  parent
    .command('impact')
    .description('what a candidate route or adapter would have sent for recorded applications, masked')
    .option('--since <span>', 'applications of so long ago and later', span, parseDuration('7d'))
    .option('--route <file>', 'a candidate route, for applications of its service')
    .option(
      '--adapter <path>',
      'a candidate adapter, for every step that goes by it: its folder or its package',
    )
    .option('--most <n>', 'applications at the most, the newest', count, 10_000)
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      if ((options.route === undefined) === (options.adapter === undefined))
        throw new UsageError('Say of what: --route FILE or --adapter PATH, one of them');
      const { impactIn } = await import('./rehearse/impact.ts');
      const { title, impact } = await impactIn(shell, options);
      if (options.json) printJson(shell, { title, ...impact });
      else print(title, impact, shell);
      if (impact.isCut) shell.err(`Only the newest ${options.most} were looked at: --most takes more`);
      if (impact.failed > 0) throw new CommandFailed('');
    });
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1 to 999999.');
}

const SIGNS = { added: '+', removed: '-', changed: '~' };

function print(title: string, impact: Impact, shell: Shell): void {
  shell.out(title);
  for (const { step, at, is, count: times, examples } of impact.fields) {
    shell.out(`  ${SIGNS[is]} ${step} ${at}: ${countOf(times, 'time')}`);
    for (const { before, after } of examples) shell.out(`      ${before} → ${after}`);
  }
  for (const { number, step, why } of impact.failures) shell.out(`  ! ${number} ${step}: ${why}`);
  const unnamed = impact.failed - impact.failures.length;
  if (unnamed > 0) shell.out(`  ! … and ${unnamed} more`);
  shell.out(totals(impact));
}

function totals({ applications, erased, requests, same, failed, fields }: Impact): string {
  const counts = [
    countOf(applications, 'application'),
    ...(erased > 0 ? [`${erased} more that are erased`] : []),
    `${countOf(requests, 'request')} compared`,
    `${same} the same`,
    ...(failed > 0 ? [`${failed} that cannot be built`] : []),
  ];
  const nothing = requests > 0 && failed === 0 && fields.length === 0;
  return `${counts.join(', ')}${nothing ? ': nothing changes' : ''}`;
}
