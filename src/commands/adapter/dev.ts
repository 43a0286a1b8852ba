/** `jembatan adapter dev`: a connector against its own stand-in, again at every save. */
import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { ConnectorError } from '../../connectors/error.ts';
import type { LoadedConnector } from '../../connectors/load.ts';
import { CommandFailed, countOf, type Shell } from '../shell.ts';
import { printFindings } from './findings.ts';
import type { StandIn } from './stand-in.ts';

interface Options {
  once: boolean;
  port?: number;
}

export function devCommand(parent: Command, shell: Shell): void {
  parent
    .command('dev <path>')
    .description('run a connector against its own stand-in, and show each request, reply and outcome')
    .option('--once', 'one round, and no watching', false)
    .option('--port <port>', 'where its stand-in listens on 127.0.0.1 (default: a free port)', portOf)
    .addHelpText(
      'after',
      `
At every save it is loaded anew and its good examples are sent through the bus's own caller. A save that breaks it
shows what to mend, and the last good one goes on. The stand-in is the folder's simulator.ts, else one made of its
examples; faults and acts go to it by POST /_sim/faults and /_sim/acts/NAME. Ctrl-C ends it.`,
    )
    .action(async (path: string, { once, port }: Options) => {
      const { openStandIn } = await import('./stand-in.ts');
      const standIn = await openStandIn(shell.clock, port).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        throw new CommandFailed(`Port ${port} is taken: stop who listens there, or name another by --port`);
      });
      try {
        if (once) await onlyOnce(path, standIn, shell);
        else await untilStopped(path, standIn, shell);
      } finally {
        standIn.close();
      }
    });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}

async function load(path: string, shell: Shell): Promise<LoadedConnector> {
  const { loadConnector } = await import('../../connectors/load.ts');
  return loadConnector(path, { clock: shell.clock, as: 'own' });
}

async function onlyOnce(path: string, standIn: StandIn, shell: Shell): Promise<void> {
  const { round } = await import('./round.ts');
  const connector = await load(path, shell);
  const wrong = await round(connector, standIn, shell);
  if (wrong > 0) throw new CommandFailed(`${countOf(wrong, 'exchange')} did not go as the examples show`);
}

/** Editors write in several steps: a save is over when nothing has changed for this long. */
const QUIET_MS = 150;

async function untilStopped(path: string, standIn: StandIn, shell: Shell): Promise<void> {
  const { round } = await import('./round.ts');
  const stopped = Promise.withResolvers<void>();
  let turn: Promise<void> = Promise.resolve();
  let cancel: () => void = () => undefined;
  let watchers: FSWatcher[] = [];
  const again = (): void => {
    turn = turn.then(async () => {
      try {
        for (const one of watchers) one.close();
        watchers = foldersIn(path).map((folder) => watch(folder, changed).on('error', stopped.reject));
      } catch (error) {
        return stopped.reject(error);
      }
      try {
        await round(await load(path, shell), standIn, shell);
      } catch (error) {
        printBroken(error, shell);
      }
      shell.err(`watching ${path}, stand-in at ${standIn.url}; Ctrl-C ends`);
    });
  };
  const changed = (): void => {
    cancel();
    cancel = shell.clock.after(QUIET_MS, again);
  };
  const stop = (): void => stopped.resolve();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  again();
  try {
    await stopped.promise;
  } finally {
    cancel();
    await turn;
    for (const one of watchers) one.close();
  }
}

/** Watched each by itself, and anew at every save: a recursive watch loses a file in whose place another was put. */
function foldersIn(path: string): string[] {
  const inside = readdirSync(path, { recursive: true, withFileTypes: true });
  return [path, ...inside.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name))];
}

function printBroken(error: unknown, shell: Shell): void {
  const { findings = [] } = error as Partial<ConnectorError>;
  if (findings.length > 0) printFindings(findings, shell);
  else shell.err((error as Error).message);
  shell.err('the last good one goes on');
}
