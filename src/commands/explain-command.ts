/** `jembatan explain`: what a code means to the citizen, to an officer and to an engineer. */
import type { Command } from 'commander';
import type { Adapter } from '../adapter-kit/contract.ts';
import { readEnv } from '../config/env.ts';
import { TEMPLATES, type MessageCode } from '../domain/messages/templates.ts';
import { AGENCY_CODES, OWN_CODES, voicesOf, type KnownError } from '../domain/messages/voices.ts';
import { lookAtInstalled, shippedAdapters } from './carried.ts';
import { CommandFailed, printJson, type Shell } from './shell.ts';

export function explainCommand(parent: Command, shell: Shell): void {
  parent
    .command('explain <code>')
    .description(
      'what a code of an answer, an item or a message means: to the citizen, an officer, an engineer',
    )
    .option('--json', 'print JSON', false)
    .action((code: string, { json }: { json: boolean }) => explainCode(shell, code, json));
}

async function explainCode(shell: Shell, code: string, json: boolean): Promise<void> {
  const template = Object.hasOwn(TEMPLATES, code) ? TEMPLATES[code as MessageCode] : undefined;
  if (template) {
    if (json) printJson(shell, { code, template });
    else
      tell(shell, [
        ['citizen (id)', template.id],
        ['citizen (en)', template.en],
      ]);
    return;
  }
  const errors = await knownErrors(shell);
  const voices = voicesOf(code, errors);
  if (!voices) throw new CommandFailed(`No code is called ${code}${nearest(code, errors)}`);
  if (json) return printJson(shell, { code, ...voices });
  tell(shell, [
    ['citizen (id)', voices.citizen.id],
    ['citizen (en)', voices.citizen.en],
    ['officer (id)', voices.officer.id],
    ['officer (en)', voices.officer.en],
    ...voices.engineer.split('\n').map((line): [string, string] => ['engineer', line]),
  ]);
}

function tell(shell: Shell, lines: [who: string, text: string][]): void {
  for (const [who, text] of lines) shell.out(`${who.padEnd(14)}${text}`);
}

/** Every row of every adapter's own table: the shipped ones and those that were added here. */
async function knownErrors(shell: Shell): Promise<KnownError[]> {
  const { carried, close } = await lookAtInstalled(readEnv(shell.env), shell.clock);
  await close();
  const shipped = await shippedAdapters();
  const all: Pick<Adapter, 'name' | 'errors'>[] = [...shipped, ...carried.map(({ adapter }) => adapter)];
  return all.flatMap(({ name, errors = [] }) => errors.map((row) => ({ adapter: name, ...row })));
}

function nearest(code: string, errors: KnownError[]): string {
  const all = new Set([...OWN_CODES, ...AGENCY_CODES, ...errors.map((one) => one.code)]);
  const wanted = code.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const like = [...all].filter((one) => one.toLowerCase().replaceAll('_', '').includes(wanted));
  return wanted.length < 3 || like.length === 0 ? '' : `; these are alike: ${like.slice(0, 5).join(', ')}`;
}
