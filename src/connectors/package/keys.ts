/** Publishers' keys: made, read from a file or a line, and what they sign. ed25519 throughout. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign as signBytes,
  verify as verifyBytes,
  type KeyObject,
} from 'node:crypto';
import { ConnectorError } from '../error.ts';

export interface Publisher {
  name: string;
  keys: string[];
}

const PREFIX = 'ed25519:';
export const PUBLIC_KEY = /^ed25519:[A-Za-z0-9_-]{43}$/;
/** Signed before the manifest, so that a signature made for anything else never fits. */
const CONTEXT = 'jembatan connector package\n';

/** The private key as PEM, and the public one as the line that goes round. */
export function newPublisherKey(): { privateKey: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: lineOf(createPublicKey(privateKey)),
  };
}

/** @throws ConnectorError when the text is no private key of ours. */
export function readPrivateKey(pem: string): KeyObject {
  const key = tried(() => createPrivateKey(pem));
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new ConnectorError(
    'package_key',
    'The file holds no private ed25519 key in PEM form: jembatan adapter key FILE makes one',
  );
}

/** The line of a public key; of a private one too, when that is what was given. @throws ConnectorError */
export function readPublicKey(text: string): string {
  const line = text.trim();
  if (PUBLIC_KEY.test(line)) return line;
  const key = tried(() => createPublicKey(text));
  if (key?.asymmetricKeyType === 'ed25519') return lineOf(key);
  throw new ConnectorError(
    'package_key',
    `This is no public key: a line such as ${PREFIX}7Qx0…, as jembatan adapter key prints it, or a PEM file`,
  );
}

export function lineOf(key: KeyObject): string {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return PREFIX + x!;
}

/** base64url, 86 characters. */
export function sign(manifest: Uint8Array, key: KeyObject): string {
  return signBytes(null, signed(manifest), key).toString('base64url');
}

export function isSignedBy(line: string, manifest: Uint8Array, signature: string): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: line.slice(PREFIX.length) };
  const key = tried(() => createPublicKey({ key: jwk, format: 'jwk' }));
  return key !== null && verifyBytes(null, signed(manifest), key, Buffer.from(signature, 'base64url'));
}

const signed = (manifest: Uint8Array): Buffer => Buffer.concat([Buffer.from(CONTEXT), manifest]);

function tried<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
