/**
 * The form of a package: a line that names the form, a line with the manifest's size and signature, the manifest, and
 * the files one after the other as it lists them. A tar would hold links, owners, times and padding to be refused one
 * by one; here there is no place for them, and what is not in the manifest cannot be in the package.
 */
import { ConnectorError } from '../error.ts';
import { FOLDER_LIMITS } from '../folder.ts';
import { readManifest, sha256, type Manifest } from './manifest.ts';

const FORM = 'jembatan connector 1';
const HEAD = /^jembatan connector 1\n([1-9]\d{0,6}) (-|[A-Za-z0-9_-]{86})\n/;
const HEAD_BYTES = 256;
const MANIFEST_BYTES = 262_144;
export const PACKAGE_BYTES = HEAD_BYTES + MANIFEST_BYTES + FOLDER_LIMITS.allBytes;

export interface Archive {
  manifest: Manifest;
  /** The very bytes that are signed. */
  manifestBytes: Uint8Array;
  /** `-` for none. */
  signature: string;
  files: Map<string, Uint8Array>;
}

export function writeArchive(
  manifestBytes: Uint8Array,
  signature: string,
  files: Iterable<Uint8Array>,
): Uint8Array {
  const head = Buffer.from(`${FORM}\n${manifestBytes.length} ${signature}\n`);
  return new Uint8Array(Buffer.concat([head, manifestBytes, Buffer.from('\n'), ...files]));
}

/** Whole and unbroken; who signed it is another question. @throws ConnectorError */
export function readArchive(bytes: Uint8Array): Archive {
  if (bytes.length > PACKAGE_BYTES)
    throw new ConnectorError(
      'package_size',
      `The package has more than ${PACKAGE_BYTES} bytes: its publisher must make it smaller`,
    );
  const [head, size, signature] =
    HEAD.exec(Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')) ?? [];
  if (head === undefined || Number(size) > MANIFEST_BYTES)
    throw new ConnectorError('package_format', 'This is no package: jembatan adapter pack makes one');
  const end = head.length + Number(size);
  const manifestBytes = bytes.subarray(head.length, end);
  if (bytes[end] !== NEWLINE) throw broken('package_missing', 'ends within its manifest');
  const manifest = readManifest(manifestBytes);
  return { manifest, manifestBytes, signature: signature!, files: cut(manifest, bytes.subarray(end + 1)) };
}

const NEWLINE = 0x0a;

function cut(manifest: Manifest, bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (const file of manifest.files) {
    const one = bytes.subarray(at, (at += file.bytes));
    if (one.length < file.bytes) throw broken('package_missing', `ends within ${file.path} or before it`);
    if (sha256(one) !== file.sha256)
      throw broken('package_digest', `holds another ${file.path} than its manifest says`);
    files.set(file.path, one);
  }
  if (at < bytes.length)
    throw broken('package_undeclared', `holds ${bytes.length - at} bytes that its manifest does not name`);
  return files;
}

function broken(code: string, what: string): ConnectorError {
  return new ConnectorError(code, `The package is broken: it ${what}. Get it from its publisher again`);
}
