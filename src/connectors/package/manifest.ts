/** What a package says of itself: written one way only, so that the same connector makes the same bytes. */
import { createHash } from 'node:crypto';
import { compileForOwner } from '../../schema/validate.ts';
import { parseJson } from '../../wire/json.ts';
import { ConnectorError } from '../error.ts';
import { FOLDER_LIMITS } from '../folder.ts';
import { mayHold, WHAT_MAY_BE } from './paths.ts';

export interface Manifest {
  name: string;
  version: string;
  kind: 'code' | 'yaml';
  /** Public key of whoever signed it; null when it is one's own and unsigned. */
  publisher: string | null;
  /** The oldest bus that carries it. */
  bus: string;
  /** What the publisher's own exam said. There is no time: packed again, it is the same. */
  exam: { grade: string };
  files: ManifestFile[];
}

export interface ManifestFile {
  path: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export const VERSION = /^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,5})){2}$/;

const check = compileForOwner({
  type: 'object',
  required: ['name', 'version', 'kind', 'publisher', 'bus', 'exam', 'files'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: '^[a-z][a-zA-Z0-9-]{0,62}$' },
    version: { type: 'string', pattern: VERSION.source },
    kind: { enum: ['code', 'yaml'] },
    publisher: { type: ['string', 'null'], pattern: '^ed25519:[A-Za-z0-9_-]{43}$' },
    bus: { type: 'string', pattern: VERSION.source },
    exam: {
      type: 'object',
      required: ['grade'],
      additionalProperties: false,
      properties: { grade: { enum: ['A', 'B', 'C', 'D', 'F'] } },
    },
    files: {
      type: 'array',
      minItems: 1,
      maxItems: FOLDER_LIMITS.files,
      items: {
        type: 'object',
        required: ['path', 'bytes', 'sha256'],
        additionalProperties: false,
        properties: {
          path: { type: 'string', minLength: 1, maxLength: 200 },
          bytes: { type: 'integer', minimum: 0, maximum: FOLDER_LIMITS.fileBytes },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      },
    },
  },
});

export function filesOf(files: ReadonlyMap<string, Uint8Array>): ManifestFile[] {
  return [...files]
    .map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The one way to write it: for people's eyes, for a package begins with it. */
export function writeManifest({ name, version, kind, publisher, bus, exam, files }: Manifest): Uint8Array {
  const { grade } = exam;
  const listed = files.map(({ path, bytes, sha256: digest }) => ({ path, bytes, sha256: digest }));
  const fields = { name, version, kind, publisher, bus, exam: { grade }, files: listed };
  return new Uint8Array(Buffer.from(JSON.stringify(fields, null, 2)));
}

/** @throws ConnectorError */
export function readManifest(bytes: Uint8Array): Manifest {
  const manifest = parsed(bytes);
  const [problem] = check(manifest);
  if (problem) throw refused(`the manifest's ${problem.pointer || 'whole'} ${problem.detail}`);
  const held = manifest as Manifest;
  if (!Buffer.from(writeManifest(held)).equals(bytes))
    throw refused('the manifest is not written as pack writes it');
  holdPaths(held.files);
  return held;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw refused(`the manifest cannot be read: ${(error as Error).message}`);
  }
}

/** For whoever got it; who packs hears of a file that may not be before this. */
const AGAIN = 'its publisher must pack it again';

function holdPaths(files: ManifestFile[]): void {
  const seen = new Set<string>();
  let all = 0;
  for (const { path, bytes } of files) {
    const shown = JSON.stringify(path);
    if (!mayHold(path))
      throw new ConnectorError(
        'package_path',
        `The package names a file ${shown}, and may hold ${WHAT_MAY_BE}: do not use it, and tell its publisher`,
      );
    // Where names differ by case alone, some disks keep one of them.
    if (seen.has(path.toLowerCase()))
      throw new ConnectorError(
        'package_duplicate',
        `The package names ${shown} twice, or beside its like in another case: ${AGAIN} with one of them`,
      );
    seen.add(path.toLowerCase());
    all += bytes;
  }
  if (all > FOLDER_LIMITS.allBytes)
    throw new ConnectorError(
      'package_size',
      `The package's files have more than ${FOLDER_LIMITS.allBytes} bytes: ${AGAIN}, smaller`,
    );
}

function refused(why: string): ConnectorError {
  return new ConnectorError(
    'package_manifest',
    `This is no package that can be taken: ${why}. Get it from its publisher again`,
  );
}
