/** Opens a package and says whose it is: nothing in it is looked at, let alone run, before its signature holds. */
import { ConnectorError } from '../error.ts';
import { folderOf, type ConnectorFolder } from '../folder.ts';
import { readArchive } from './archive.ts';
import { isSignedBy, type Publisher } from './keys.ts';
import { sha256, type Manifest } from './manifest.ts';

export interface Verified {
  manifest: Manifest;
  folder: ConnectorFolder;
  /** The trusted publisher's name; null for one's own, unsigned. */
  publisher: string | null;
  digest: string;
}

export interface Trust {
  publishers: readonly Publisher[];
  /** Unsigned ones are taken too: those that this machine packed itself. */
  own: boolean;
}

/** @throws ConnectorError that says what to do. */
export function openPackage(bytes: Uint8Array, path: string, trust: Trust): Verified {
  const { manifest, manifestBytes, signature, files } = readArchive(bytes);
  const publisher = publisherOf(manifest, manifestBytes, signature, trust);
  const folder = folderOf(path, files);
  if (folder.kind !== manifest.kind)
    throw new ConnectorError(
      'package_manifest',
      `The manifest says ${manifest.kind}, the files are ${folder.kind}: its publisher must pack it again`,
    );
  return { manifest, folder, publisher, digest: sha256(manifestBytes) };
}

function publisherOf(
  { name, publisher: key }: Manifest,
  manifestBytes: Uint8Array,
  signature: string,
  { publishers, own }: Trust,
): string | null {
  if (key === null) {
    if (own && signature === '-') return null;
    throw new ConnectorError(
      'package_unsigned',
      `The package of ${name} is not signed: ask its publisher for a signed one`,
    );
  }
  const known = publishers.find(({ keys }) => keys.includes(key));
  if (!known) {
    const how = `jembatan adapter trust add ${key} --name NAME, once you have heard from them that this is their key`;
    throw new ConnectorError(
      'package_publisher',
      `${name} is signed by ${key}, which is not trusted: ${how}`,
    );
  }
  if (isSignedBy(key, manifestBytes, signature)) return known.name;
  const what = `The signature of ${name} does not fit the key of ${known.name}`;
  throw new ConnectorError('package_signature', `${what}: do not use it, and tell them`);
}
