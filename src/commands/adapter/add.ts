/** `jembatan adapter add`: takes a package in, or one's own folder. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { readEnv } from '../../config/env.ts';
import type { AddParts, Added } from '../../connectors/package/add.ts';
import { BUS_VERSION, shippedIds } from '../carried.ts';
import { printJson, UsageError, type Shell } from '../shell.ts';

interface Options {
  own: boolean;
  json: boolean;
}

export function addCommand(parent: Command, shell: Shell): void {
  parent
    .command('add <package>')
    .description(
      'take a connector in: its signature, its files and its exam are looked at before anything is written',
    )
    .option('--own', 'a folder of your own, unsigned, for this machine alone', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
It is kept in the data folder (JEMBATAN_DATA) beside what is shipped, each major version by itself, and carried from the
next start on. Code runs in an interpreter that knows no file, socket, clock or chance. A newer minor version takes the
place of an older one; older ones, and other bytes under the same version, are refused.`,
    )
    .action((path: string, options: Options) => addConnector(shell, path, options));
}

async function addConnector(shell: Shell, path: string, { own, json }: Options): Promise<void> {
  const isFolder = statSync(path).isDirectory();
  if (isFolder && !own) {
    throw new UsageError(
      `${path} is a folder: nobody has signed it. Yours and for this machine alone: --own. For others: jembatan adapter pack`,
    );
  }
  if (own && !isFolder) throw new UsageError(`--own belongs to a folder, and ${path} is a file`);
  const { dataDir, configDir } = readEnv(shell.env);
  const [{ addOwn, addPackage }, { readPackage }, { readPublishers }, { examineForeign }] = await Promise.all(
    [
      import('../../connectors/package/add.ts'),
      import('../../connectors/package/store.ts'),
      import('../../config/publishers.ts'),
      import('./examined.ts'),
    ],
  );
  const publishers = await readPublishers(configDir);
  const parts: AddParts = {
    ...{ dataDir, publishers, shipped: await shippedIds(), bus: BUS_VERSION, clock: shell.clock },
    examine: (connector) => examineForeign(connector, shell),
  };
  const added = isFolder ? await addOwn(path, parts) : await addPackage(await readPackage(path), path, parts);
  if (json) return printJson(shell, added);
  shell.out(`${added.id} ${added.same ? 'is there already' : 'is added'}: ${saidOf(added)}`);
  if (!added.same) shell.err('The bus carries it from its next start on');
}

function saidOf({ version, publisher, grade, before }: Added): string {
  const whose = publisher === null ? 'your own, unsigned' : `from ${publisher}`;
  return `version ${version}, ${whose}, grade ${grade}${before === null ? '' : `; it was ${before}`}`;
}
