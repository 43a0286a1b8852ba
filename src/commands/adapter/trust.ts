/** `jembatan adapter trust`: whose connectors this bus takes. */
import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { readEnv } from '../../config/env.ts';
import { nearest } from '../../config/finding.ts';
import { CommandFailed, printJson, printTable, UsageError, type Shell } from '../shell.ts';

export function trustCommand(parent: Command, shell: Shell): void {
  const trust = parent
    .command('trust')
    .description('whose connectors this bus takes, kept in publishers.yaml: add, list, remove');
  trust
    .command('add <key>')
    .description('trust a public key: the line itself, or a file that holds it')
    .requiredOption('--name <name>', 'whose it is; a second key under one name takes over from the first')
    .addHelpText(
      'after',
      `
Be sure that the key is theirs: heard by another way than the package. What they sign still has to pass its exam, runs
in an interpreter without files or network, and reaches only the agencies that agencies.yaml gives it.`,
    )
    .action((key: string, { name }: { name: string }) => trustKey(shell, key, name));
  trust
    .command('list')
    .description('every publisher that is trusted, with keys and connectors')
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => listTrusted(shell, json));
  trust
    .command('remove <name>')
    .description('trust a publisher no more; connectors of theirs have to be removed before')
    .action((name: string) => distrust(shell, name));
}

const NAME = /^[a-z][a-zA-Z0-9-]{0,62}$/;
/** A public key is a line; a PEM file has a few. */
const MOST_BYTES = 10_000;

async function trustKey(shell: Shell, given: string, name: string): Promise<void> {
  const { configDir } = readEnv(shell.env);
  if (!NAME.test(name))
    throw new UsageError('--name is letters, digits and hyphens, such as dinas-perpustakaan');
  const [{ readPublicKey }, { readPublishers, addPublisherKey }] = await Promise.all([
    import('../../connectors/package/keys.ts'),
    import('../../config/publishers.ts'),
  ]);
  const key = readPublicKey(textOf(given));
  const publishers = await readPublishers(configDir);
  const holder = publishers.find(({ keys }) => keys.includes(key));
  if (holder) throw new CommandFailed(`${key} is trusted already, as ${holder.name}`);
  await addPublisherKey(configDir, name, key);
  shell.out(`${name} is trusted: ${key}`);
}

function textOf(given: string): string {
  const stat = given.startsWith('ed25519:') ? undefined : statSync(given, { throwIfNoEntry: false });
  if (stat === undefined) return given;
  if (stat.size > MOST_BYTES) throw new UsageError(`${given} is too large for a public key`);
  return readFileSync(given, 'utf8');
}

async function listTrusted(shell: Shell, json: boolean): Promise<void> {
  const env = readEnv(shell.env);
  const [{ readStore }, { readPublishers }] = await Promise.all([
    import('../../connectors/package/store.ts'),
    import('../../config/publishers.ts'),
  ]);
  const publishers = await readPublishers(env.configDir);
  const { installed } = await readStore(env.dataDir, publishers);
  const known = publishers.map(({ name, keys }) => {
    return { name, keys, connectors: installed.filter((one) => one.publisher === name).map(({ id }) => id) };
  });
  if (json) return printJson(shell, { publishers: known });
  const rows = known.flatMap(({ name, keys, connectors }) =>
    keys.map((key) => [name, key, connectors.join(' ') || '-']),
  );
  printTable(shell, ['publisher', 'key', 'connectors'], rows);
}

async function distrust(shell: Shell, name: string): Promise<void> {
  const env = readEnv(shell.env);
  const [{ readStore }, { readPublishers, removePublisher }] = await Promise.all([
    import('../../connectors/package/store.ts'),
    import('../../config/publishers.ts'),
  ]);
  const publishers = await readPublishers(env.configDir);
  const names = publishers.map((one) => one.name);
  if (!names.includes(name)) {
    const near = nearest(name, names);
    throw new UsageError(
      `There is no publisher ${name}${near === undefined ? '' : `, did you mean ${near}?`}`,
    );
  }
  const { installed } = await readStore(env.dataDir, publishers);
  const theirs = installed.filter(({ publisher }) => publisher === name).map(({ id }) => id);
  if (theirs.length > 0) {
    const first = `jembatan adapter remove ${theirs.join(', jembatan adapter remove ')}`;
    throw new CommandFailed(
      `${theirs.join(', ')} came from ${name} and would not start any more. First: ${first}`,
    );
  }
  await removePublisher(env.configDir, name);
  shell.out(`${name} is trusted no more`);
}
