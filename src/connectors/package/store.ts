/** The connectors that were added to this bus: `adapters/<name>@<major>.jembatan` in its data folder, each the package itself. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConnectorError } from '../error.ts';
import { PACKAGE_BYTES } from './archive.ts';
import { openPackage, type Trust, type Verified } from './verify.ts';
import { idOf } from './versions.ts';

/** A package is kept as it came: verified again at each start by the same code, and replaced in one step. */
const NAME = /^([a-z][a-zA-Z0-9-]{0,62}@\d{1,4})\.jembatan$/;
const ENDING = '.jembatan';

export interface Installed extends Verified {
  /** `library@1`. */
  id: string;
  /** Relative to the data folder. */
  file: string;
}

export interface Store {
  installed: Installed[];
  broken: { file: string; error: Error }[];
}

/** Reads and verifies every one. Never throws for what is in a package. */
export async function readStore(dataDir: string, publishers: Trust['publishers']): Promise<Store> {
  const store: Store = { installed: [], broken: [] };
  for (const name of await filesIn(join(dataDir, 'adapters'))) {
    const file = `adapters/${name}`;
    try {
      store.installed.push(await readOne(dataDir, file, { publishers, own: true }));
    } catch (error) {
      store.broken.push({ file, error: error as Error });
    }
  }
  return store;
}

async function readOne(dataDir: string, file: string, trust: Trust): Promise<Installed> {
  const [, id] = NAME.exec(file.slice('adapters/'.length)) ?? [];
  if (id === undefined)
    throw new ConnectorError('package_file', 'No connector is called so: move this file away');
  const verified = openPackage(await readPackage(join(dataDir, file)), file, trust);
  if (idOf(verified.manifest) === id) return { ...verified, id, file };
  throw new ConnectorError('package_file', `It holds ${idOf(verified.manifest)}: move this file away`);
}

/** The whole file, a plain one within the size of a package. @throws ConnectorError */
export async function readPackage(path: string): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new ConnectorError('package_format', `${path} is no file: name a package`);
    if (stat.size > PACKAGE_BYTES)
      throw new ConnectorError(
        'package_size',
        `${path} has more than ${PACKAGE_BYTES} bytes: its publisher must make it smaller`,
      );
    return new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** `library@1`, … of all that were added, whatever is in them. */
export async function namesIn(dataDir: string): Promise<string[]> {
  const names = await filesIn(join(dataDir, 'adapters'));
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []);
}

/** What begins with a dot is a write that did not end. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith('.')).toSorted();
}

/** Beside it and then in its place, on the disk before it has its name: whoever reads finds the old one or the new one. */
export async function put(dataDir: string, id: string, bytes: Uint8Array): Promise<void> {
  const folder = join(dataDir, 'adapters');
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${id}.new`);
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, join(folder, id + ENDING));
  await keepNames(folder);
}

export async function take(dataDir: string, id: string): Promise<void> {
  const folder = join(dataDir, 'adapters');
  await rm(join(folder, id + ENDING));
  await keepNames(folder);
}

/** A name is on the disk only when its folder is. */
async function keepNames(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
