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
  /** What of its replies has changed lately. */
  drift: { changes: number; lastAt: string } | null;
}

export function agencyCommand(parent: Command, shell: Shell): void {
  const agency = parent
    .command('agency')
    .description('the agencies: whose lane is awake, asleep or paused (scope operate)');
  listAgencies(agency, shell);
  showDrift(agency, shell);
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
        ['id', 'role', 'state', 'until', 'failures', 'adapter', 'drift', 'waiting steps'],
        agencies.map(cells),
      );
    });
}

function cells({ id, role, state, until, code, failures, adapter, drift, steps }: AgencyRow): string[] {
  const waiting = steps.map((one) => `${one.count} ${one.state} since ${shortTime(one.oldest)}`).join(', ');
  return [
    id,
    role,
    state + (code && ` (${code})`),
    shortTime(until),
    String(failures),
    adapter,
    drift ? `${drift.changes}, last ${shortTime(drift.lastAt)}` : '-',
    waiting || '-',
  ];
}

interface DriftRow {
  at: string;
  operation: string;
  exchange: string;
  status: string;
  changes: { is: string; pointer?: string; type?: string; was?: string; code?: string }[];
  sample: string | null;
}

function showDrift(agency: Command, shell: Shell): void {
  busCommand(agency, 'drift <agency>')
    .description(
      "in what an agency's replies have changed: fields, types, codes; --json shows masked samples",
    )
    .option('--json', 'print JSON', false)
    .action(async (id: string, { json, ...options }: BusOptions & { json: boolean }) => {
      const path = `/v1/agencies/${encodeURIComponent(id)}/drift`;
      const { drift } = await clientOf(shell, options).get<{ drift: DriftRow[] }>(path);
      if (json) return printJson(shell, { drift });
      printTable(
        shell,
        ['at', 'operation', 'exchange', 'status', 'change', 'what'],
        drift.flatMap(driftCells),
      );
    });
}

function driftCells({ at, operation, exchange, status, changes }: DriftRow): string[][] {
  return changes.map(({ is, pointer, type, was, code }) => {
    const types = was === undefined ? (type ?? '') : `${was} → ${type}`;
    return [shortTime(at), operation, exchange, status, is, code ?? `${pointer || '/'} ${types}`.trim()];
  });
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
