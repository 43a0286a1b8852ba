/** `jembatan adapter try`: one call, to a connector's own stand-in or to a configured agency. */
import { type Command, Option } from 'commander';
import type { Outcome } from '../../domain/outcome.ts';
import type { Kind } from './converse.ts';
import { CommandFailed, printJson, UsageError, type Shell } from '../shell.ts';

export interface TryOptions {
  input: string;
  path?: string;
  agency?: string;
  kind: Kind;
  settings?: string;
  documents?: string;
  key?: string;
  reference?: string;
  yes: boolean;
  json: boolean;
}

export function tryCommand(parent: Command, shell: Shell): void {
  parent
    .command('try <operation>')
    .description('make one call, and show request, reply and outcome')
    .requiredOption('--input <file>', "the operation's input, JSON or YAML")
    .option('--path <folder>', "a connector's folder: the call goes to its own stand-in")
    .option('--agency <id>', 'an agency of the configuration: the call goes there, with its secrets')
    .addOption(
      new Option('--kind <kind>', 'which exchange of the operation')
        .choices(['send', 'inquiry', 'compensation'])
        .default('send'),
    )
    .option('--settings <file>', 'with --path: settings in place of those of the examples')
    .option('--documents <dir>', 'where documents lie, each under its id as its name')
    .option('--key <digits>', 'the intent: that of an earlier send, for an inquiry or compensation')
    .option('--reference <text>', "the agency's reference, if an earlier reply gave one")
    .option('--yes', 'with --agency: it may have an effect there', false)
    .option('--json', 'print JSON', false)
    .action((operation: string, options: TryOptions) => tryOnce(shell, operation, options));
}

async function tryOnce(shell: Shell, operation: string, options: TryOptions): Promise<void> {
  if ((options.path === undefined) === (options.agency === undefined)) {
    throw new UsageError('Name one of --path FOLDER (its own stand-in) and --agency ID (the real one)');
  }
  if (options.key !== undefined && !/^\d{1,20}$/.test(options.key)) {
    throw new UsageError('--key takes at most 20 digits');
  }
  // Loaded when it is called: callers and connectors take longer to load than most commands to run.
  const [{ openPartner }, { makePrinter }, { inputOf, askOf }] = await Promise.all([
    import('./partner.ts'),
    import('./print-turns.ts'),
    import('./try-input.ts'),
  ]);
  const partner = await openPartner(shell, operation, options);
  try {
    const input = await inputOf(options.input, partner.adapter, operation);
    const ask = askOf(operation, input, options, shell);
    const turns = await partner.talk.ask(ask);
    const last = turns.at(-1)!.outcome;
    const { mask } = partner;
    if (options.json) printJson(shell, JSON.parse(mask(JSON.stringify({ key: ask.key, turns }))));
    else {
      const printer = makePrinter(shell, mask, process.stdout.isTTY);
      printer.heading(`${partner.name} ${operation} ${options.kind}, key ${ask.key}`);
      printer.turns(turns);
    }
    const failure = failureOf(last, options.kind);
    if (failure !== null) throw new CommandFailed(options.json ? '' : failure);
  } finally {
    await partner.close();
  }
}

/** Outcomes by which the agency neither did it nor decided; an inquiry's `retry` is an answer. */
function failureOf(outcome: Outcome, kind: Kind): string | null {
  if (outcome.is === 'unknown') return `perhaps done: ${outcome.code}`;
  if (outcome.is === 'away') return `the agency serves nobody now: ${outcome.code}`;
  return outcome.is === 'retry' && kind !== 'inquiry' ? `surely not done: ${outcome.code}` : null;
}
