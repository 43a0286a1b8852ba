/** Takes a connector in: everything is looked at before anything is written, and what is refused leaves no trace. */
import type { Adapter } from '../../adapter-kit/contract.ts';
import type { Clock } from '../../clock.ts';
import { ConnectorError } from '../error.ts';
import { readFolder, type ConnectorFolder } from '../folder.ts';
import { loadFolder, type LoadedConnector } from '../load.ts';
import type { Publisher } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { pack } from './pack.ts';
import { put, readStore, type Installed } from './store.ts';
import { openPackage } from './verify.ts';
import { compareVersions, idOf } from './versions.ts';

export interface AddParts {
  dataDir: string;
  publishers: readonly Publisher[];
  /** `banking@1`, … of the adapters that come with the bus. */
  shipped: ReadonlySet<string>;
  /** This bus's version. */
  bus: string;
  clock: Clock;
  /** The exam, in the interpreter alone: its grade. Throws when it is not passed. */
  examine(connector: LoadedConnector): Promise<string>;
}

export interface Added {
  id: string;
  version: string;
  publisher: string | null;
  grade: string;
  /** The version that it takes the place of. */
  before: string | null;
  /** This very package was there already. */
  same: boolean;
}

/** @throws ConnectorError; then nothing was written. */
export async function addPackage(bytes: Uint8Array, path: string, parts: AddParts): Promise<Added> {
  const { manifest, folder, publisher, digest } = openPackage(bytes, path, { ...parts, own: false });
  holdBus(manifest, parts.bus);
  const before = await placeOf(manifest, publisher, parts);
  const done = { id: idOf(manifest), version: manifest.version, publisher };
  if (before?.digest === digest) return { ...done, grade: manifest.exam.grade, before: null, same: true };
  if (before) holdVersion(manifest, before.manifest.version);
  const grade = await inInterpreter(folder, parts, (connector) => {
    holdName(manifest, connector.adapter);
    return parts.examine(connector);
  });
  await put(parts.dataDir, done.id, bytes);
  return { ...done, grade, before: before?.manifest.version ?? null, same: false };
}

/** One's own folder, unsigned: for this machine alone, and in any version. @throws ConnectorError; then nothing was written. */
export async function addOwn(path: string, parts: AddParts): Promise<Added> {
  const folder = await readFolder(path);
  return inInterpreter(folder, parts, async (connector) => {
    const { name, version } = connector.adapter;
    const before = await placeOf({ name, version }, null, parts);
    const grade = await parts.examine(connector);
    const { bytes } = pack(folder, { name, version, grade, bus: parts.bus });
    const id = idOf({ name, version });
    await put(parts.dataDir, id, bytes);
    return { id, version, publisher: null, grade, before: before?.manifest.version ?? null, same: false };
  });
}

async function inInterpreter<T>(
  folder: ConnectorFolder,
  { clock }: AddParts,
  work: (connector: LoadedConnector) => Promise<T>,
): Promise<T> {
  const connector = await loadFolder(folder, { clock, as: 'foreign' });
  try {
    return await work(connector);
  } finally {
    await connector.close();
  }
}

/** What it takes the place of, if it may. */
async function placeOf(
  named: Pick<Manifest, 'name' | 'version'>,
  publisher: string | null,
  { shipped, dataDir, publishers }: AddParts,
): Promise<Installed | undefined> {
  const id = idOf(named);
  holdShipped(id, shipped);
  const { installed } = await readStore(dataDir, publishers);
  holdPublisher(named.name, publisher, installed);
  return installed.find((one) => one.id === id);
}

function holdName(manifest: Manifest, { name, version }: Adapter): void {
  if (name === manifest.name && version === manifest.version) return;
  const what = `The package says ${manifest.name} ${manifest.version}, the adapter in it ${name} ${version}`;
  throw new ConnectorError('package_name', `${what}: its publisher must pack it again`);
}

export function holdBus({ name, version, bus: needed }: Manifest, bus: string): void {
  if (compareVersions(needed, bus) <= 0) return;
  const what = `${name} ${version} needs a bus of version ${needed} or newer; this is ${bus}`;
  throw new ConnectorError('package_bus', `${what}: update the bus first`);
}

/** What comes with the bus is updated with the bus. */
function holdShipped(id: string, shipped: ReadonlySet<string>): void {
  if (!shipped.has(id)) return;
  const what = `${id} comes with this bus and is updated with it`;
  throw new ConnectorError(
    'package_shipped',
    `${what}: a connector of one's own has another name or major version`,
  );
}

/** Whoever is trusted for one connector may not take the place of another's. */
function holdPublisher(name: string, publisher: string | null, installed: readonly Installed[]): void {
  const other = installed.find((one) => one.manifest.name === name && one.publisher !== publisher);
  if (!other) return;
  const whose = other.publisher ?? 'nobody (it is your own, unsigned)';
  throw new ConnectorError(
    'package_publisher_changed',
    `${other.id} was published by ${whose}, this package by ${publisher ?? 'nobody'}: remove it first, or trust the new key under the old name`,
  );
}

function holdVersion(named: Manifest, before: string): void {
  const [id, { version }] = [idOf(named), named];
  const order = compareVersions(version, before);
  if (order > 0) return;
  if (order < 0) {
    const what = `${id} is there in version ${before}, which is newer than ${version}`;
    throw new ConnectorError('package_downgrade', `${what}: ask for a newer one, or remove it first`);
  }
  const what = `${id} ${version} is there already with other content`;
  throw new ConnectorError('package_same_version', `${what}: a change needs a new version`);
}
