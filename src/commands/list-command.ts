/** `jembatan list`: applications, newest first; or those of one person, found by a number that never stands in a URL. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { STATES } from '../domain/application.ts';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { printJson, printTable, shortTime, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  state?: string;
  service?: string;
  site?: string;
  attention: boolean;
  nik?: string;
  phone?: string;
  reference?: string;
  limit: number;
  json: boolean;
}

interface Row {
  id: string;
  number: string;
  service: string;
  site: string;
  channel: string;
  state: string;
  acceptedAt: string;
  promisedAt: string | null;
}

/** Rows of one request; the API's own bound. */
const PAGE = 200;
const MOST_ROWS = 10_000;

export function listCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'list')
    .description("applications, newest first; an operator sees every platform's")
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .option('--service <code>', 'only of this service')
    .option('--site <code>', 'only taken at this site')
    .option('--attention', 'only those with an open item for a person', false)
    .option('--nik <number>', 'only of this person; each search is written down')
    .option('--phone <number>', 'only of this phone number')
    .option('--reference <text>', "only the one with this clientReference of the platform's")
    .option('--limit <rows>', 'at most so many', rows, 50)
    .option('--json', 'print JSON', false)
    .action(async (options: Options) => {
      const wanted = searchOf(options);
      const { found, more } = await (wanted ? search(shell, options, wanted) : fetchRows(shell, options));
      if (options.json) return printJson(shell, { applications: found, more });
      printTable(
        shell,
        ['number', 'state', 'service', 'site', 'channel', 'accepted', 'promised', 'id'],
        found.map(({ number, state, service, site, channel, acceptedAt, promisedAt, id }) => {
          return [number, state, service, site, channel, shortTime(acceptedAt), shortTime(promisedAt), id];
        }),
      );
      if (more) shell.err(`There are more than ${options.limit}: --limit shows more`);
    });
}

/** One number, and nothing else beside it. */
function searchOf({ nik, phone, reference: clientReference, ...options }: Options): object | null {
  const given = Object.entries({ nik, phone, clientReference }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  const { state, service, site, attention } = options;
  if (given.length > 1 || attention || [state, service, site].some((one) => one !== undefined))
    throw new UsageError('--nik, --phone and --reference each stand alone');
  return Object.fromEntries(given);
}

async function search(
  shell: Shell,
  options: Options,
  wanted: object,
): Promise<{ found: Row[]; more: boolean }> {
  const { body } = await clientOf(shell, options).post<{ applications: Row[] }>(
    '/v1/applications/search',
    wanted,
  );
  return { found: body.applications.slice(0, options.limit), more: body.applications.length > options.limit };
}

async function fetchRows(shell: Shell, options: Options): Promise<{ found: Row[]; more: boolean }> {
  const client = clientOf(shell, options);
  const found: Row[] = [];
  for (let cursor: string | null = ''; ;) {
    const query = queryOf(options, Math.min(PAGE, options.limit - found.length), cursor);
    const page: { applications: Row[]; nextCursor: string | null } = await client.get(
      `/v1/applications?${query}`,
    );
    found.push(...page.applications);
    cursor = page.nextCursor;
    if (cursor === null || found.length >= options.limit) return { found, more: cursor !== null };
  }
}

function queryOf({ state, service, site, attention }: Options, limit: number, cursor: string): string {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries({ state, service, site, cursor }))
    if (value) query.set(name, value);
  if (attention) query.set('attention', 'true');
  return query.toString();
}

function rows(text: string): number {
  const count = Number(text);
  if (!/^\d{1,5}$/.test(text) || count < 1 || count > MOST_ROWS) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ROWS}.`);
  }
  return count;
}
