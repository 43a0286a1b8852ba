/** The key file and the vault over it: wraps one key per application and makes blind indexes. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { SealKey, Vault } from '../flow/ports/vault.ts';
import { makeSeal, unseal, SealError, type Random } from './seal.ts';

const KEY_BYTES = 32;
const MIN_SALT_BYTES = 16;
/** 22 characters of base64url carry 132 bits: no two values meet, and rows stay short. */
const INDEX_CHARACTERS = 22;
const CACHED_KEYS = 10_000;
const CACHE_MS = 5 * 60_000;

export interface KeyFile {
  /** Wraps the applications' keys. */
  kek: { id: string; key: KeyObject };
  /** Makes blind indexes. */
  index: KeyObject;
}

export class KeyFileError extends Error {
  override name = 'KeyFileError';
  readonly code: 'key_file_exposed' | 'key_file_invalid';
  constructor(code: KeyFileError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Opens the key file, made with fresh keys at the first start. Throws a KeyFileError or the file system's error. */
export function openKeyFile(path: string, random: Random): KeyFile {
  try {
    return readKeyFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  makeKeyFile(path, random);
  return readKeyFile(path);
}

function readKeyFile(path: string): KeyFile {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new KeyFileError('key_file_invalid', `Key file ${path} is not a plain file`);
    if ((stat.mode & 0o077) !== 0) {
      throw new KeyFileError('key_file_exposed', `Key file ${path} is open to others: run chmod 600 on it`);
    }
    return parseKeyFile(path, readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
}

function parseKeyFile(path: string, text: string): KeyFile {
  try {
    const { version, kek, index } = JSON.parse(text);
    if (version !== 1 || !/^[\w-]{1,40}$/.test(kek.id)) throw new Error('form');
    return { kek: { id: kek.id, key: keyOf(kek.key) }, index: keyOf(index) };
  } catch {
    throw new KeyFileError('key_file_invalid', `Key file ${path} is not readable as version 1`);
  }
}

function keyOf(base64: string): KeyObject {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== KEY_BYTES) throw new Error('length');
  return createSecretKey(bytes);
}

/** Losing this file loses every application: it is on the disk, whole, before its name exists. */
function makeKeyFile(path: string, random: Random): void {
  const content = {
    version: 1,
    kek: { id: random(6).toString('hex'), key: random(KEY_BYTES).toString('base64') },
    index: random(KEY_BYTES).toString('base64'),
  };
  const draft = `${path}.${random(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(content) + '\n', { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another process made it first: its keys are the keys.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** The vault over a key file. A wrapped key is: length of the wrapping key's id (1) | id | sealed key. */
export function makeVault(file: KeyFile, clock: Pick<Clock, 'now' | 'random'>): Vault {
  const seal = makeSeal(clock.random);
  const kekId = Buffer.from(file.kek.id);
  const opened = new LRUCache<string, { wrapped: Buffer; key: SealKey }>({
    max: CACHED_KEYS,
    ttl: CACHE_MS,
    ttlResolution: 0,
    perf: clock,
  });
  const place = (owner: string): string => `key/${file.kek.id}/${owner}`;
  return {
    async newKey(owner) {
      const bytes = clock.random(KEY_BYTES);
      const key = createSecretKey(bytes);
      const sealed = seal(file.kek.key, place(owner), bytes);
      bytes.fill(0);
      const wrapped = Buffer.concat([Buffer.of(kekId.length), kekId, sealed]);
      opened.set(owner, { wrapped, key });
      return { key, wrapped };
    },
    async openKey(owner, wrapped) {
      const known = opened.get(owner);
      if (known && known.wrapped.equals(wrapped)) return known.key;
      const head = 1 + kekId.length;
      if (wrapped[0] !== kekId.length || !kekId.equals(wrapped.subarray(1, head))) {
        throw new SealError('The key was wrapped under another key file');
      }
      const bytes = unseal(file.kek.key, place(owner), wrapped.subarray(head));
      const key = createSecretKey(bytes);
      bytes.fill(0);
      opened.set(owner, { wrapped: Buffer.from(wrapped), key });
      return key;
    },
    forget: (owner) => void opened.delete(owner),
    seal,
    unseal,
    index(kind, value) {
      const code = createHmac('sha256', file.index).update(`${kind}\0${value}`).digest('base64url');
      return code.slice(0, INDEX_CHARACTERS);
    },
    commit(salt, value) {
      if (salt.length < MIN_SALT_BYTES) throw new RangeError(`A salt has ${MIN_SALT_BYTES} bytes or more`);
      return hash('sha256', Buffer.concat([salt, Buffer.from(value)]), 'hex');
    },
  };
}
