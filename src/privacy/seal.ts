/** Sealing of personal values: AES-256-GCM, bound to the one place where the value lies. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** Format: version (1) | nonce (12) | tag (16) | ciphertext. */
const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const HEAD = 1 + NONCE + TAG;
/** Asking for 12 bytes each time is a quarter of the cost of a seal of 1.5 kB. */
const NONCES_AT_ONCE = 256;
const ALGORITHM = 'aes-256-gcm';

export type Random = (size: number) => Buffer;
export type Seal = (key: KeyObject, place: string, value: string | Uint8Array) => Buffer;

/** Bytes that do not open: altered, from another place, or under another key. Says nothing of the content. */
export class SealError extends Error {
  override name = 'SealError';
  readonly code = 'seal_broken';
}

/** Makes `seal`. A `place` is `table/application/column`; sealed bytes open nowhere else. */
export function makeSeal(random: Random): Seal {
  let pool = random(0);
  return (key, place, value) => {
    if (pool.length < NONCE) pool = random(NONCES_AT_ONCE * NONCE);
    const nonce = pool.subarray(0, NONCE);
    pool = pool.subarray(NONCE);
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
    cipher.setAAD(Buffer.from(place));
    const body = typeof value === 'string' ? cipher.update(value, 'utf8') : cipher.update(value);
    cipher.final(); // GCM is a stream: nothing is left, the tag is made
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
  };
}

/** Opens what `seal` made. Throws a SealError. */
export function unseal(key: KeyObject, place: string, bytes: Uint8Array): Buffer {
  if (bytes.length < HEAD || bytes[0] !== VERSION) throw new SealError('Sealed bytes have an unknown form');
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(1, 1 + NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(1 + NONCE, HEAD));
    const value = decipher.update(bytes.subarray(HEAD));
    decipher.final();
    return value;
  } catch {
    throw new SealError('Sealed bytes do not open here: altered, moved, or under another key');
  }
}
