/** `jembatan adapter pack`: a connector's folder as one signed file. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { BUS_VERSION } from '../carried.ts';
import { printJson, type Shell } from '../shell.ts';

interface Options {
  key: string;
  out?: string;
  json: boolean;
}

export function packCommand(parent: Command, shell: Shell): void {
  parent
    .command('pack <folder>')
    .description('examine a connector, and make it a signed package that other buses can add')
    .requiredOption('--key <file>', 'your private key: jembatan adapter key makes one')
    .option('--out <file>', 'the package (default: NAME-VERSION.jembatan, here)')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
The same folder and key make the same bytes, wherever and whenever. Files whose names begin with a dot are left out;
any other that has no place in a connector is refused.`,
    )
    .action((folder: string, options: Options) => packFolder(shell, folder, options));
}

async function packFolder(shell: Shell, path: string, { key, out, json }: Options): Promise<void> {
  const [{ loadConnector }, { pack }, { readPrivateKey }, { examineOwn }] = await Promise.all([
    import('../../connectors/load.ts'),
    import('../../connectors/package/pack.ts'),
    import('../../connectors/package/keys.ts'),
    import('./examined.ts'),
  ]);
  const privateKey = readPrivateKey(readFileSync(key, 'utf8'));
  const connector = await loadConnector(path, { clock: shell.clock, as: 'own' });
  const { name, version } = connector.adapter;
  const parts = { name, version, bus: BUS_VERSION, key: privateKey };
  // What may not be packed is said before the exam, which takes a while.
  pack(connector.folder, { ...parts, grade: 'A' });
  const grade = await examineOwn(connector, shell);
  const { fileName, bytes, digest, manifest } = pack(connector.folder, { ...parts, grade });
  const file = out ?? fileName;
  writeFileSync(file, bytes);
  if (json)
    return printJson(shell, { file, digest, grade, bytes: bytes.length, publisher: manifest.publisher });
  shell.out(file);
  shell.err(`${name} ${version}, grade ${grade}, ${manifest.files.length} files, sha256 ${digest}`);
}
