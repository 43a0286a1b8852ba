/** `jembatan agency`: the agencies' lanes, and holding one or letting it go on. */
import type { Command } from 'commander';
import { busCommand, clientOf, REASON, type BusOptions, type StepActOptions } from './bus-command.ts';
import { printJson, printTable, shortTime, type Shell } from './shell.ts';

interface AgencyRow {
  id: string;
  role: string;
  title: { id: string; en: string };
  adapter: string;
  state: string;
  until: string | null;
  code: string;
  failures: number;
  steps: { state: string; count: number; oldest: string }[];
}

export function agencyCommand(parent: Command, shell: Shell): void {
  const agency = parent
    .command('agency')
    .description('the agencies: whose lane is awake, asleep or paused (scope operate)');
  listAgencies(agency, shell);
  setPaused(agency, shell, 'pause', "hold an agency's lane: nothing is sent to it until it is resumed");
  setPaused(agency, shell, 'resume', "let a paused agency's lane go on; what is due is sent at once");
}

function listAgencies(agency: Command, shell: Shell): void {
  busCommand(agency, 'list')
    .description('every agency with its lane and what waits in it')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...options }: BusOptions & { json: boolean }) => {
      const { agencies } = await clientOf(shell, options).get<{ agencies: AgencyRow[] }>('/v1/agencies');
      if (json) return printJson(shell, { agencies });
      printTable(
        shell,
        ['id', 'role', 'state', 'until', 'failures', 'adapter', 'waiting steps'],
        agencies.map(cells),
      );
    });
}

function cells({ id, role, state, until, code, failures, adapter, steps }: AgencyRow): string[] {
  const waiting = steps.map((one) => `${one.count} ${one.state} since ${shortTime(one.oldest)}`).join(', ');
  return [
    id,
    role,
    state + (code && ` (${code})`),
    shortTime(until),
    String(failures),
    adapter,
    waiting || '-',
  ];
}

function setPaused(agency: Command, shell: Shell, act: 'pause' | 'resume', description: string): void {
  busCommand(agency, `${act} <agency>`)
    .description(description)
    .requiredOption(...REASON)
    .action(async (id: string, { reason, ...options }: StepActOptions) => {
      const path = `/v1/agencies/${encodeURIComponent(id)}/${act}`;
      const { body } = await clientOf(shell, options).post<{ id: string; state: string }>(path, { reason });
      shell.out(`${body.id} is ${body.state}`);
    });
}
