/** The key file's making and refusal, and the vault over it. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeVault, openKeyFile } from '../../src/privacy/keys.ts';
import { SealError } from '../../src/privacy/seal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jembatan-keys-'));
  path = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = { now: () => 0, random: randomBytes };

test('the key file is made once, for its owner alone, and is the same at the next start', () => {
  const first = openKeyFile(path, randomBytes);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['keys.json']);
  const again = openKeyFile(path, randomBytes);
  expect(again.kek.key.equals(first.kek.key)).toBe(true);
  expect(again.index.equals(first.index)).toBe(true);
});

test.each([0o640, 0o604, 0o660, 0o666])('a key file with mode %o is refused', (mode) => {
  openKeyFile(path, randomBytes);
  chmodSync(path, mode);
  expect(() => openKeyFile(path, randomBytes)).toThrow(expect.objectContaining({ code: 'key_file_exposed' }));
});

test.each(['', '{}', 'null', '{"version":2}'])(
  'a key file with content %j is refused and kept',
  (content) => {
    writeFileSync(path, content, { mode: 0o600 });
    expect(() => openKeyFile(path, randomBytes)).toThrow(
      expect.objectContaining({ code: 'key_file_invalid' }),
    );
    expect(readFileSync(path, 'utf8')).toBe(content);
  },
);

test('a wrapped key opens for its owner only, and only under its key file', async () => {
  const file = openKeyFile(path, randomBytes);
  const vault = makeVault(file, clock);
  const { key, wrapped } = await vault.newKey('application/a');
  const fresh = makeVault(openKeyFile(path, randomBytes), clock);
  expect((await fresh.openKey('application/a', wrapped)).equals(key)).toBe(true);
  await expect(fresh.openKey('application/b', wrapped)).rejects.toThrow(SealError);
  const other = makeVault(openKeyFile(join(folder, 'other.json'), randomBytes), clock);
  await expect(other.openKey('application/a', wrapped)).rejects.toThrow(SealError);
});

test('an opened key is kept for five minutes, and forgotten on demand', async () => {
  let now = 1_000;
  const vault = makeVault(openKeyFile(path, randomBytes), { now: () => now, random: randomBytes });
  const { wrapped } = await vault.newKey('application/a');
  const first = await vault.openKey('application/a', wrapped);
  now += 5 * 60_000 - 1;
  expect(await vault.openKey('application/a', wrapped)).toBe(first);
  now += 2;
  const second = await vault.openKey('application/a', wrapped);
  expect(second).not.toBe(first);
  vault.forget('application/a');
  expect(await vault.openKey('application/a', wrapped)).not.toBe(second);
});

test('a new wrapped key of an owner is not answered with the old one', async () => {
  const vault = makeVault(openKeyFile(path, randomBytes), clock);
  const one = await vault.newKey('application/a');
  const two = await vault.newKey('application/a');
  expect((await vault.openKey('application/a', one.wrapped)).equals(one.key)).toBe(true);
  expect((await vault.openKey('application/a', two.wrapped)).equals(two.key)).toBe(true);
});

test('blind indexes agree within a bus and kind, and nowhere else', () => {
  const vault = makeVault(openKeyFile(path, randomBytes), clock);
  const nik = '9901014508909999';
  expect(vault.index('nik', nik)).toMatch(/^[\w-]{22}$/);
  expect(vault.index('nik', nik)).toBe(vault.index('nik', nik));
  expect(vault.index('nik', nik)).not.toBe(vault.index('kk', nik));
  const other = makeVault(openKeyFile(join(folder, 'other.json'), randomBytes), clock);
  expect(other.index('nik', nik)).not.toBe(vault.index('nik', nik));
});

test('a commitment needs a salt and depends on it', () => {
  const vault = makeVault(openKeyFile(path, randomBytes), clock);
  const salt = Buffer.alloc(16, 1);
  expect(vault.commit(salt, 'x')).toMatch(/^[0-9a-f]{64}$/);
  expect(vault.commit(salt, 'x')).not.toBe(vault.commit(Buffer.alloc(16, 2), 'x'));
  expect(() => vault.commit(Buffer.alloc(8), 'x')).toThrow(RangeError);
});
