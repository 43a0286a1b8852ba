/** `jembatan replay`: steps that surely did nothing are sent again, of one application or of many; shown first. */
import { Option, type Command } from 'commander';
import { parseDuration } from '../domain/duration.ts';
import { isDate, isDateTime } from '../schema/formats.ts';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { CommandFailed, countOf, printJson, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  from?: string;
  agency?: string;
  service?: string;
  since?: string;
  until?: string;
  state?: string;
  reason?: string;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
}

interface Planned {
  applicationId: string;
  number: string;
  steps: {
    step: string;
    agency: string;
    operation: string;
    round: number;
    state: string;
    code: string | null;
    sends: { input: string; method?: string; path?: string; body?: string } | null;
  }[];
}

interface Plan {
  applications: Planned[];
  more: boolean;
}

interface Done {
  applications: { applicationId: string; is: string; code?: string; step?: string }[];
}

export function replayCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'replay [application]')
    .description(
      'send steps again that surely did nothing, as new rounds; shows what it would send, and --yes does it',
    )
    .option('--from <step>', 'this step and all after it, those that only look included')
    .option('--agency <id>', 'only steps of this agency')
    .option('--service <code>', 'without an application: of this service')
    .option('--since <time>', 'accepted then or later: 2026-11-16, 2026-11-16T08:00:00Z, or 7d')
    .option('--until <time>', 'accepted before')
    .addOption(
      new Option('--state <state>', 'in this state; failed: something waits for a person').default(
        'failed',
        'failed',
      ),
    )
    .option('--dry-run', 'only show it, whatever else is said', false)
    .option('--yes', 'do what was shown', false)
    .option('--reason <text>', 'why, in 3 to 500 characters; an application is replayed once for a reason')
    .option('--json', 'print JSON', false)
    .action(async (application: string | undefined, options: Options) => {
      const client = clientOf(shell, options);
      const does = options.yes && !options.dryRun;
      if (does && options.reason === undefined)
        throw new UsageError('--yes needs --reason: it is kept with the act');
      const { body: plan } = await client.post<Plan>(
        '/v1/replays/plan',
        questionOf(shell, application, options),
      );
      if (!does) return show(shell, plan, options.json);
      const applications = plan.applications.map(meantOf).filter(({ steps }) => steps.length > 0);
      if (applications.length === 0) throw new CommandFailed('There is nothing to replay');
      const { body } = await client.post<Done>('/v1/replays', { applications, reason: options.reason });
      tell(shell, body, plan, options.json);
    });
}

function questionOf(shell: Shell, application: string | undefined, options: Options): Record<string, string> {
  const { from, agency, service, state } = options;
  const narrowed = { ...(from !== undefined && { from }), ...(agency !== undefined && { agency }) };
  if (application !== undefined) {
    if ([service, options.since, options.until].some((one) => one !== undefined))
      throw new UsageError('--service, --since and --until choose applications: leave the application out');
    return { ...narrowed, application };
  }
  const [since, until] = [options.since, options.until].map((one) => one && timeOf(shell, one));
  const filter = { ...(service && { service }), ...(since && { since }), ...(until && { until }) };
  if (Object.keys({ ...filter, ...narrowed }).length === 0)
    throw new UsageError('Name an application, or choose by --service, --agency, --since or --until');
  return { ...narrowed, ...filter, ...(state && { state }) };
}

function timeOf({ clock }: Shell, text: string): string {
  if (/^[1-9]\d{0,5}[smhd]$/.test(text)) return new Date(clock.now() - parseDuration(text)).toISOString();
  const time = isDate(text) ? `${text}T00:00:00Z` : text;
  if (!isDateTime(time)) throw new UsageError(`${text}: write a day, a time, or so long ago as 7d`);
  return time;
}

const meantOf = ({ applicationId, steps }: Planned): { applicationId: string; steps: object[] } => ({
  applicationId,
  steps: steps.filter(({ code }) => code === null).map(({ step, round }) => ({ step, round })),
});

function show(shell: Shell, plan: Plan, json: boolean): void {
  if (json) return printJson(shell, plan);
  for (const { number, applicationId, steps } of plan.applications) {
    shell.out(`${number}  ${applicationId}`);
    for (const one of steps) for (const line of linesOf(one)) shell.out(line);
  }
  const count = plan.applications.filter((one) => meantOf(one).steps.length > 0).length;
  shell.err(`${countOf(count, 'application')} would be replayed: --yes and --reason do it`);
  if (plan.more) shell.err('There are more: replay these, and ask again');
}

function linesOf({ step, agency, operation, round, state, code, sends }: Planned['steps'][number]): string[] {
  if (code !== null) return [`  ${step}  ${state}: left as it is (${code})`];
  const first = `  ${step}  ${state}: round ${round + 1}, ${agency}.${operation}`;
  if (!sends) return [`${first}, after what runs before it`];
  const { method, path, body, input } = sends;
  return [first, ...(method ? [`    ${method} ${path}`] : []), `    ${body ?? input}`];
}

function tell(shell: Shell, { applications }: Done, plan: Plan, json: boolean): void {
  if (json) printJson(shell, { applications });
  const numbers = new Map(plan.applications.map(({ applicationId, number }) => [applicationId, number]));
  for (const { applicationId, is, code, step } of json ? [] : applications) {
    const why = code === undefined ? '' : ` (${code}${step === undefined ? '' : ` at ${step}`})`;
    shell.out(
      `${numbers.get(applicationId)}  ${is === 'repeat' ? 'replayed for this reason before' : is}${why}`,
    );
  }
  if (plan.more) shell.err('There are more: ask again');
  if (applications.some(({ is }) => is === 'refused' || is === 'notFound')) throw new CommandFailed('');
}
