/** `jembatan rehearse`: a route against the agencies' stand-ins in virtual time, its failures too. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration } from '../domain/duration.ts';
import { CommandFailed, type Shell } from './shell.ts';

interface Options {
  application?: string;
  fail: string[];
  act: string[];
  for: number;
  allFailures: boolean;
  idle: boolean;
  start?: number;
  config?: string;
  json: boolean;
}

const AFTER_HELP = `
Without an application the first example of the service in the folder examples/ beside the configuration is sent, else
one that is made up. Unless --idle says otherwise bills are paid after 10 minutes and officers approve after an hour.

Faults (--fail STEP=FAULT[:VALUE][*TIMES], several with commas): loseReply, hang, status:503, tooMany:30, malformed,
truncated, latency:60s, down:2h (nobody answers), lateNews:1h, duplicateNews, newsFirst, noNews:1d.

Acts (--act, once for each): "pay STEP", "decide STEP approved {…}", "decide STEP rejected CODE", "decide STEP sendBack
/pointer=CODE", "correct /pointer=VALUE", "withdraw", "cancel", "retry STEP", "AGENCY.ACT {…}" (its stand-in's acts
stand in the adapter's guide). Each may end in "at 2h" or "when STEP is STATE", and "after 10m".`;

export function rehearseCommand(parent: Command, shell: Shell): void {
  parent
    .command('rehearse <service|file>')
    .description("play a service's route, or that of a file, against the agencies' stand-ins in virtual time")
    .option('--application <file>', 'the application to send: a JSON file')
    .option('--fail <faults>', 'what goes wrong: STEP=FAULT,…', also, [])
    .option('--act <act>', 'what somebody does, and when', also, [])
    .option('--for <span>', 'the longest that is played, such as 12h or 60d', span, parseDuration('30d'))
    .option('--all-failures', "each step's faults, one after the other, as a table", false)
    .option('--idle', 'nobody pays or decides unless --act says so', false)
    .option('--start <time>', 'when it begins: 2026-11-16T09:00:00+07:00', instant)
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .option('--json', 'print JSON', false)
    .addHelpText('after', AFTER_HELP)
    .action((target: string, options: Options) => rehearseTarget(target, options, shell));
}

const also = (value: string, before: string[]): string[] => [...before, value];

export function span(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new InvalidArgumentError('Write 30s, 10m, 2h or 14d.');
  }
}

export function instant(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Write a time such as 2026-11-16T09:00:00+07:00.');
  return ms;
}

// The bus's parts are loaded when it is called: they take longer to load than most commands to run.
async function rehearseTarget(target: string, options: Options, shell: Shell): Promise<void> {
  const [{ openParts }, { plannedRehearsal }] = await Promise.all([
    import('./rehearse/parts.ts'),
    import('./rehearse/planned.ts'),
  ]);
  const parts = await openParts(shell, options.config);
  try {
    const rehearsal = await plannedRehearsal(parts, target, options);
    const print = await import('./rehearse/print.ts');
    const isWell = options.allFailures
      ? await print.failures(rehearsal, shell, options.json)
      : await print.one(rehearsal, shell, options.json);
    if (!isWell) throw new CommandFailed('');
  } finally {
    await parts.close();
  }
}
