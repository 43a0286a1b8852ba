/** What the flow asks of the keeper of keys: sealing, blind indexes and salted commitments. */
import type { KeyObject } from 'node:crypto';

/** A data key: AES-256, one per application (or per agency and day, before the application is known). */
export type SealKey = KeyObject;

export interface Vault {
  /** Makes a key for an owner (`application/0190…`) and wraps it for keeping. */
  newKey(owner: string): Promise<{ key: SealKey; wrapped: Buffer }>;
  /** Unwraps a kept key; throws when it was wrapped for another owner or under another key file. */
  openKey(owner: string, wrapped: Uint8Array): Promise<SealKey>;
  /** Drops an owner's key from memory: after erasure, and when a key changes. */
  forget(owner: string): void;
  /** Seals a value for one place only: `table/application/column`. */
  seal(key: SealKey, place: string, value: string | Uint8Array): Buffer;
  /** Throws when the bytes were altered, or sealed for another place or under another key. */
  unseal(key: SealKey, place: string, bytes: Uint8Array): Buffer;
  /** Blind index: the same 22 characters for the same kind and value, on the whole bus. */
  index(kind: string, value: string): string;
  /** Salted SHA-256 in hex, for the event chain; the salt (16 bytes or more) lives inside a seal. */
  commit(salt: Uint8Array, value: string): string;
}
