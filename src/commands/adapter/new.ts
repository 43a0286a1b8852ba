/** `jembatan adapter new`: a folder that passes its exam, to be changed into a connector of one's own. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { shippedIds } from '../carried.ts';
import { UsageError, type Shell } from '../shell.ts';

interface Options {
  yaml: boolean;
  in: string;
}

export function newCommand(parent: Command, shell: Shell): void {
  parent
    .command('new <name>')
    .description('write the folder of a connector that passes its exam, to begin from')
    .option('--yaml', 'without code: one connector.yaml', false)
    .option('--in <dir>', 'the folder to make it in', '.')
    .action(async (name: string, { yaml, in: place }: Options) => {
      await checkName(name);
      const folder = join(place, name);
      await refuseTaken(folder);
      const files = yaml
        ? (await import('./template-yaml.ts')).yamlFiles(name)
        : await (await import('./template-code.ts')).codeFiles(name);
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, file);
        await mkdir(dirname(path), { recursive: true });
        // Never over a file that came there meanwhile.
        await writeFile(path, text, { flag: 'wx' });
        shell.out(path);
      }
      shell.err(`jembatan adapter dev ${folder}    runs it against its stand-in at every save`);
      shell.err(`jembatan adapter test ${folder}   examines it`);
    });
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MOST_LETTERS = 63;

async function checkName(name: string): Promise<void> {
  if (!NAME.test(name) || name.length > MOST_LETTERS)
    throw new UsageError(
      'A name has small letters, digits and single dashes, as in land-office, and at most 63 of them',
    );
  const id = `${name}@1`;
  if ((await shippedIds()).has(id))
    throw new UsageError(`${id} comes with the bus: a connector of one's own has another name`);
}

async function refuseTaken(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (found.length > 0) throw new UsageError(`${folder} is not empty: give another name, or clear it away`);
}
