/** `jembatan route`: new versions of routes, staged by one person and activated by another, for all sites or for some. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { busCommand, clientOf, REASON, type BusOptions, type StepActOptions } from './bus-command.ts';
import { printJson, printTable, shortTime, UsageError, type Shell } from './shell.ts';

interface Version {
  service: string;
  version: string;
  from: string;
  stagedAt: string | null;
  stagedBy: string | null;
  inForce: boolean;
  sites: string[];
}

type AtSites = StepActOptions & { site?: string[] };
type Json = BusOptions & { json: boolean };

const ROUTES = '/v1/config/routes';
const SITE = ['--site <code...>', 'only for new applications of these sites; for all, when absent'] as const;

export function routeCommand(parent: Command, shell: Shell): void {
  const route = parent
    .command('route')
    .description('versions of routes: staged, activated by another person, rolled back (scope admin)');
  listVersions(route, shell);
  showVersion(route, shell);
  stageVersion(route, shell);
  activate(route, shell);
  rollBack(route, shell);
}

function listVersions(route: Command, shell: Shell): void {
  busCommand(route, 'list')
    .description('every version of every route, and where it is in force')
    .option('--json', 'print JSON', false)
    .action(async ({ json, ...options }: Json) => {
      const { routes } = await clientOf(shell, options).get<{ routes: Version[] }>(ROUTES);
      if (json) return printJson(shell, { routes });
      printTable(
        shell,
        ['route', 'from', 'in force', 'staged', 'by'],
        routes.map((one) => [
          ...[`${one.service}@${one.version}`, one.from, whereOf(one)],
          ...[shortTime(one.stagedAt), one.stagedBy ?? '-'],
        ]),
      );
    });
}

const whereOf = ({ inForce, sites }: Version): string =>
  [...(inForce ? ['all sites'] : []), ...sites].join(', ') || '-';

function showVersion(route: Command, shell: Shell): void {
  busCommand(route, 'show <service@version>')
    .description('a version as the bus has it, as JSON: what is looked at before it is activated')
    .action(async (which: string, options: BusOptions) => {
      const { route: text } = await clientOf(shell, options).get<{ route: unknown }>(addressOf(which));
      printJson(shell, text);
    });
}

function stageVersion(route: Command, shell: Shell): void {
  busCommand(route, 'stage <file>')
    .description("check a route's new version among the bus's files, and keep it; nobody goes by it yet")
    .requiredOption(...REASON)
    .action(async (file: string, { reason, ...options }: StepActOptions) => {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new UsageError(`${file} cannot be read (${error.code})`);
      });
      const { body } = await clientOf(shell, options).post<Version>(ROUTES, { route: text, reason });
      shell.out(`${body.service}@${body.version} is staged: another person activates it`);
    });
}

function activate(route: Command, shell: Shell): void {
  busCommand(route, 'activate <service@version>')
    .description('put a staged version in force for new applications; not by whoever staged it')
    .option(...SITE)
    .requiredOption(...REASON)
    .action(async (which: string, { reason, site, ...options }: AtSites) => {
      const body = { reason, ...(site && { sites: site }) };
      await clientOf(shell, options).post(`${addressOf(which)}/activate`, body);
      shell.out(`${which} is in force for new applications of ${sitesOf(site)}`);
    });
}

function rollBack(route: Command, shell: Shell): void {
  busCommand(route, 'rollback <service>')
    .description(
      'put the version before in force again, for new applications; first of all, end what only some sites try',
    )
    .option(...SITE)
    .requiredOption(...REASON)
    .action(async (service: string, { reason, site, ...options }: AtSites) => {
      const body = { reason, ...(site && { sites: site }) };
      const path = `${ROUTES}/${encodeURIComponent(service)}/rollback`;
      const { body: now } = await clientOf(shell, options).post<{ version: string | null }>(path, body);
      const version = now.version === null ? "the file's version" : now.version;
      shell.out(`${service}: ${version} is in force for new applications of ${sitesOf(site)}`);
    });
}

const sitesOf = (site: string[] | undefined): string => site?.join(', ') ?? 'all sites';

function addressOf(which: string): string {
  const [service, version, ...rest] = which.split('@');
  if (!service || !version || rest.length > 0)
    throw new UsageError(`${which}: write SERVICE@VERSION, as POLRES.SKCK@1.1.0`);
  return `${ROUTES}/${encodeURIComponent(service)}/${encodeURIComponent(version)}`;
}
