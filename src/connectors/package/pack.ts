/** Packs a connector's folder: the same folder, key and grade make the same bytes, wherever and whenever. */
import type { KeyObject } from 'node:crypto';
import { ConnectorError, type ConnectorFinding } from '../error.ts';
import type { ConnectorFolder } from '../folder.ts';
import { writeArchive } from './archive.ts';
import { lineOf, sign } from './keys.ts';
import { filesOf, readManifest, sha256, writeManifest, type Manifest } from './manifest.ts';
import { mayHold, WHAT_MAY_BE } from './paths.ts';

export interface PackParts {
  name: string;
  version: string;
  grade: string;
  /** The oldest bus that carries it. */
  bus: string;
  /** Absent: unsigned, for one's own machine. */
  key?: KeyObject;
}

export interface Packed {
  fileName: string;
  bytes: Uint8Array;
  manifest: Manifest;
  /** SHA-256 of the manifest, which names everything else by its own. */
  digest: string;
}

/** @throws ConnectorError when a file has no place in a package. */
export function pack({ kind, files }: ConnectorFolder, parts: PackParts): Packed {
  const { name, version, grade, bus, key } = parts;
  holdFiles(files.keys());
  const publisher = key ? lineOf(key) : null;
  const manifest = { name, version, kind, publisher, bus, exam: { grade }, files: filesOf(files) };
  const manifestBytes = writeManifest(manifest);
  readManifest(manifestBytes);
  const signature = key ? sign(manifestBytes, key) : '-';
  const inOrder = manifest.files.map(({ path }) => files.get(path)!);
  return {
    fileName: `${name}-${version}.jembatan`,
    bytes: writeArchive(manifestBytes, signature, inOrder),
    manifest,
    digest: sha256(manifestBytes),
  };
}

function holdFiles(paths: Iterable<string>): void {
  const findings = [...paths]
    .filter((path) => !mayHold(path))
    .map((file): ConnectorFinding => {
      const message = `It has no place in a package, which holds ${WHAT_MAY_BE}`;
      return {
        file,
        code: 'package_path',
        message,
        fix: 'Move it away, or name it with a dot at the beginning',
      };
    });
  if (findings.length === 0) return;
  const [first] = findings as [ConnectorFinding];
  throw new ConnectorError('package_path', `${first.file}: ${first.message}. ${first.fix}`, findings);
}
