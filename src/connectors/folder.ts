/** Reads a connector's folder whole, within limits: no links, no dot files, nothing that is not a plain file. */
import { constants, type Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectorError, ConnectorError } from './error.ts';

export interface ConnectorFolder {
  path: string;
  kind: 'code' | 'yaml';
  /** By path inside the folder, with `/`, sorted. */
  files: Map<string, Uint8Array>;
}

export const FOLDER_LIMITS = {
  files: 400,
  fileBytes: 1_048_576,
  allBytes: 8_388_608,
  /** Folders within each other. */
  depth: 4,
};

/** @throws ConnectorError that names the file and what to do. */
export async function readFolder(path: string): Promise<ConnectorFolder> {
  const files = new Map<string, Uint8Array>();
  await walk(path, '', 1, files);
  return folderOf(path, files);
}

/** What a set of files is: a connector in code or in YAML. @throws ConnectorError when it is neither or both. */
export function folderOf(path: string, files: ReadonlyMap<string, Uint8Array>): ConnectorFolder {
  const [code, yaml] = [files.has('adapter.ts'), files.has('connector.yaml')];
  if (code === yaml) {
    const what = code
      ? 'there is an adapter.ts and a connector.yaml. Keep one of them'
      : 'there is neither adapter.ts nor connector.yaml: jembatan adapter new makes one';
    throw new ConnectorError('connector_kind', `${path} is no connector: ${what}`);
  }
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { path, kind: code ? 'code' : 'yaml', files: new Map(sorted) };
}

async function walk(root: string, at: string, depth: number, files: Map<string, Uint8Array>): Promise<void> {
  for (const entry of await entriesOf(root, at)) {
    if (entry.name.startsWith('.')) continue;
    const path = at === '' ? entry.name : `${at}/${entry.name}`;
    if (entry.isDirectory()) {
      if (depth === FOLDER_LIMITS.depth)
        throw refused(path, 'connector_depth', `Folders lie deeper than ${depth}`, 'Move its files up');
      await walk(root, path, depth + 1, files);
    } else if (entry.isFile()) {
      files.set(path, await bytesOf(join(root, path), path));
      hold(path, files);
    } else {
      throw refused(path, 'connector_link', 'It is a link or no plain file', 'Put the file itself here');
    }
  }
}

async function entriesOf(root: string, at: string): Promise<Dirent[]> {
  try {
    return await readdir(join(root, at), { withFileTypes: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`;
    throw new ConnectorError('connector_unreadable', `${root} ${why}: name a connector's folder`);
  }
}

async function bytesOf(full: string, path: string): Promise<Uint8Array> {
  // O_NOFOLLOW: a link that is put in place between look and open is refused too.
  const handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    if (size > FOLDER_LIMITS.fileBytes) throw tooLarge(path);
    return new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
}

function hold(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  const { files: most, allBytes } = FOLDER_LIMITS;
  if (files.size > most)
    throw refused(
      path,
      'connector_files',
      `There are more than ${most} files`,
      'Leave out what is not needed',
    );
  const bytes = [...files.values()].reduce((sum, one) => sum + one.length, 0);
  if (bytes > allBytes)
    throw refused(path, 'connector_size', `All files have more than ${allBytes} bytes`, 'Make them smaller');
}

function tooLarge(path: string): ConnectorError {
  const message = `The file has more than ${FOLDER_LIMITS.fileBytes} bytes`;
  return refused(path, 'connector_size', message, 'Make it smaller');
}

function refused(file: string, code: string, message: string, fix: string): ConnectorError {
  return connectorError({ file, code, message, fix });
}
