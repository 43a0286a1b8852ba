/** The command line as a whole: every command, and how a run ends. */
import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { wantsStacks } from '../config/env.ts';
import { adapterCommand } from './adapter/index.ts';
import { agencyCommand } from './agency-command.ts';
import { auditCommand } from './audit-command.ts';
import { backupCommand } from './backup-command.ts';
import { cancelCommand } from './cancel-command.ts';
import { checkCommand } from './check-command.ts';
import { complaintsCommand } from './complaints-command.ts';
import { decideCommand } from './decide-command.ts';
import { demoCommand } from './demo-command.ts';
import { diffCommand } from './diff-command.ts';
import { explain } from './explain.ts';
import { explainCommand } from './explain-command.ts';
import { impactCommand } from './impact-command.ts';
import { itemsCommand } from './items-command.ts';
import { keyCommand } from './key-command.ts';
import { listCommand } from './list-command.ts';
import { migrateCommand } from './migrate-command.ts';
import { moveCommand } from './move-command.ts';
import { newRoundCommand } from './new-round-command.ts';
import { planCommand } from './plan-command.ts';
import { processesCommand } from './processes-command.ts';
import { pruneCommand } from './prune-command.ts';
import { reconcileCommand } from './reconcile-command.ts';
import { rehearseCommand } from './rehearse-command.ts';
import { reloadCommand } from './reload-command.ts';
import { replayCommand } from './replay-command.ts';
import { resolveCommand } from './resolve-command.ts';
import { restoreCommand } from './restore-command.ts';
import { retryCommand } from './retry-command.ts';
import { sendCommand } from './send-command.ts';
import { routeCommand } from './route-command.ts';
import type { Shell } from './shell.ts';
import { showCommand } from './show-command.ts';
import { startCommand } from './start-command.ts';
import { stuckCommand } from './stuck-command.ts';
import { surveyCommand } from './survey-command.ts';
import { tasksCommand } from './tasks-command.ts';
import { threadCommand } from './thread-command.ts';
import { testRoutesCommand } from './test-routes-command.ts';
import { withdrawCommand } from './withdraw-command.ts';

type Register = (parent: Command, shell: Shell) => void;

const GROUPS: [heading: string, commands: Register[]][] = [
  ['The bus:', [startCommand, demoCommand, checkCommand, adapterCommand, explainCommand]],
  ['Routes, before they run:', [planCommand, rehearseCommand, testRoutesCommand, diffCommand, impactCommand]],
  ['Its ledger, on the same machine:', [keyCommand, auditCommand]],
  ['Care of the ledger:', [migrateCommand, backupCommand, restoreCommand, moveCommand, pruneCommand]],
  [
    'Applications, over the API:',
    [sendCommand, showCommand, listCommand, withdrawCommand, threadCommand, surveyCommand],
  ],
  [
    'Operators, over the API:',
    [
      ...[itemsCommand, stuckCommand, retryCommand, newRoundCommand, resolveCommand, cancelCommand],
      ...[replayCommand, agencyCommand, reconcileCommand],
    ],
  ],
  ['Configuration, over the API:', [reloadCommand, processesCommand, routeCommand]],
  ['Officers, over the API:', [tasksCommand, decideCommand, complaintsCommand]],
];

const AFTER_HELP = `
Commands over the API find the bus by --url or JEMBATAN_URL (else http://127.0.0.1:8080) and sign in by
JEMBATAN_KEY. Exit codes: 0 well, 1 refused or failed, 2 called wrongly.`;

export function makeProgram(shell: Shell): Command {
  const program = new Command('jembatan')
    .description('The service bus behind public service malls.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out(text.trimEnd()),
      writeErr: (text) => shell.err(text.trimEnd()),
    })
    .showHelpAfterError('Add --help to see what it takes.')
    .addHelpText('after', AFTER_HELP);
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const register of commands) register(program, shell);
  }
  return program;
}

/** Runs one command line; resolves to the exit code. */
export async function run(words: string[], shell: Shell): Promise<number> {
  try {
    await makeProgram(shell).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    const { code, lines } = explain(error);
    for (const line of lines) shell.err(line);
    if (wantsStacks(shell.env) && code !== 0 && error instanceof Error) shell.err(error.stack ?? '');
    return code;
  }
}
