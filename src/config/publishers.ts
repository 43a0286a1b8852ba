/** `publishers.yaml`: whose signed connectors are taken. The one file of the configuration that a command writes. */
import { rename, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError } from './finding.ts';
import { loadConfig } from './load.ts';

export interface Publisher {
  name: string;
  /** As in the file: `ed25519:…`. */
  keys: string[];
}

export const PUBLISHERS = 'publishers.yaml';

/** None when there is no such file. Mistakes in other files do not stand in the way. @throws ConfigError */
export async function readPublishers(configDir: string): Promise<Publisher[]> {
  const { files, findings } = await loadConfig(configDir);
  const theirs = findings.filter(({ file }) => file === PUBLISHERS);
  if (theirs.length > 0) throw new ConfigError(theirs);
  const file = files.find(({ kind }) => kind === 'publishers');
  return Object.entries(file?.value ?? {}).map(([name, entry]) => {
    return { name, keys: (entry as { keys: string[] }).keys };
  });
}

const HEADING = '# Whose signed connectors this bus takes. Kept by: jembatan adapter trust.\n';

/** Adds a key to a publisher, who may be new. Whatever else is in the file stays as it is, comments too. */
export async function addPublisherKey(configDir: string, name: string, key: string): Promise<void> {
  await edit(configDir, (document) => {
    if (document.hasIn([name, 'keys'])) document.addIn([name, 'keys'], key);
    else document.setIn([name], document.createNode({ keys: [key] }));
  });
}

export async function removePublisher(configDir: string, name: string): Promise<void> {
  await edit(configDir, (document) => void document.deleteIn([name]));
}

async function edit(
  configDir: string,
  change: (document: ReturnType<typeof parseDocument>) => void,
): Promise<void> {
  const path = join(configDir, PUBLISHERS);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : HEADING;
  const document = parseDocument(text);
  change(document);
  // Beside it and then in its place: a bus that reads meanwhile finds the old one or the new one.
  await writeFile(`${path}.new`, document.toString());
  await rename(`${path}.new`, path);
}
