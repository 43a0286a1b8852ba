/** The processes of an installation as a person reads them: which configuration each goes by, and what became of the last reload. */
import { sleep } from '../clock.ts';
import { countOf, printTable, shortTime, type Shell } from './shell.ts';
import type { Client } from './client.ts';

export interface Processes {
  asked: { n: number; digest: string; at: string; by: string } | null;
  processes: Process[];
}

interface Process {
  name: string;
  role: string;
  digest: string;
  since: string;
  seenAt: string;
  heard: number;
  refused: { code: string; file: string; line: number }[];
}

export const processesOf = (client: Client): Promise<Processes> => client.get('/v1/config/processes');

const LOOK_MS = 1_000;

/** Looks until every process has looked at a reload, for so long at most (ms). */
export async function untilHeard(
  client: Client,
  shell: Shell,
  n: number,
  patienceMs: number,
): Promise<Processes> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const found = await processesOf(client);
    if (found.processes.every(({ heard }) => heard >= n) || waited >= patienceMs) return found;
    await sleep(shell.clock, LOOK_MS);
  }
}

/** Enough to tell one from another. */
const DIGEST_LENGTH = 10;

export function printProcesses(shell: Shell, { asked, processes }: Processes): void {
  const n = asked?.n ?? 0;
  printTable(
    shell,
    ['process', 'role', 'configuration', 'since', n > 0 ? `reload ${n}` : 'no reload yet'],
    processes.map((one) => [
      ...[one.name, one.role, one.digest.slice(0, DIGEST_LENGTH), shortTime(one.since)],
      wordOf(one, n),
    ]),
  );
}

function wordOf({ heard, refused }: Process, n: number): string {
  if (heard < n) return 'not yet';
  if (refused.length === 0) return n > 0 ? 'well' : '-';
  return `kept its old: ${refused.map(placeOf).join(', ')}`;
}

const placeOf = ({ code, file, line }: Process['refused'][number]): string =>
  file === '' ? code : `${code} at ${line > 0 ? `${file}:${line}` : file}`;

/** What is not as it should be, in a sentence each; none when all go by one configuration. */
export function amiss({ asked, processes }: Processes): string[] {
  const n = asked?.n ?? 0;
  const late = processes.filter(({ heard }) => heard < n);
  const kept = processes.filter(({ heard, refused }) => heard >= n && refused.length > 0);
  const configurations = new Set(processes.map(({ digest }) => digest)).size;
  const names = (some: Process[]): string => some.map(({ name }) => name).join(', ');
  return [
    ...(late.length > 0 ? [`Not heard of yet: ${names(late)} (jembatan processes)`] : []),
    ...(kept.length > 0
      ? [`Kept the old configuration: ${names(kept)}. Mend the files there, then reload`]
      : []),
    ...(configurations > 1
      ? [`${countOf(processes.length, 'process', 'processes')} go by ${configurations} configurations`]
      : []),
  ];
}
