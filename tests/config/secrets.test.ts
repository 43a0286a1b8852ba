/** Secrets: where they are read from, and what is refused. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, type Finding } from '../../src/config/finding.ts';
import { resolveSecrets } from '../../src/config/secrets.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { temporaryFolder } from './broken.ts';

function dataDir(files: Record<string, string>, mode = 0o600): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'secrets'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, 'secrets', name), text, { mode });
  return folder;
}

test('references are replaced wherever they stand, and the secrets are listed for masking', async () => {
  const source = { dataDir: dataDir({ 'bank-key': 'line 1\nline 2\n' }), env: { BANK_TOKEN: 'from env' } };
  const settings = {
    baseUrl: 'https://bank.example',
    key: 'secret://file/bank-key',
    nested: { list: ['secret://env/BANK_TOKEN', 1, null] },
  };
  const resolved = await resolveSecrets(settings, source);
  expect(resolved.settings).toEqual({
    baseUrl: 'https://bank.example',
    key: 'line 1\nline 2',
    nested: { list: ['from env', 1, null] },
  });
  expect(resolved.secrets.toSorted()).toEqual(['from env', 'line 1\nline 2']);
});

test('a secret that is missing says which file to make, all at once', async () => {
  const source = { dataDir: dataDir({}), env: {} };
  const findings = await refused({ a: 'secret://file/one', b: 'secret://env/TWO' }, source);
  expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([
    ['secret_missing', '/a'],
    ['secret_missing', '/b'],
  ]);
  expect(findings[0]!.file).toBe(join(source.dataDir, 'secrets', 'one'));
  expect(findings[0]!.fix).toContain('mode 0600');
  expect(findings[1]!.fix).toContain('TWO');
});

test.each([0o640, 0o604, 0o660, 0o644])('mode %o is refused', async (mode) => {
  const source = { dataDir: dataDir({ open: 'top secret' }, mode), env: {} };
  const [finding] = await refused({ a: 'secret://file/open' }, source);
  expect(finding).toMatchObject({ code: 'secret_mode' });
  expect(JSON.stringify(finding)).not.toContain('top secret');
});

test('mode 0400 is allowed', async () => {
  const source = { dataDir: dataDir({ tight: 'x' }, 0o400), env: {} };
  expect((await resolveSecrets({ a: 'secret://file/tight' }, source)).secrets).toEqual(['x']);
});

test.each([
  'secret://file/../ledger.db',
  'secret://file/..',
  'secret://file//etc/passwd',
  'secret://file/a/b',
  'secret://file/.hidden',
  'secret://file/a%2fb',
  'secret://file/',
  'secret://vault/a',
  'secret://env/A B',
])('%s is refused', async (reference) => {
  const [finding] = await refused({ a: reference }, { dataDir: dataDir({}), env: {} });
  expect(finding!.code).toBe('secret_name');
});

test('a link, a folder and an empty file are refused', async () => {
  const folder = dataDir({ real: 'x', empty: '\n' });
  symlinkSync(join(folder, 'secrets', 'real'), join(folder, 'secrets', 'link'));
  mkdirSync(join(folder, 'secrets', 'folder'));
  const settings = { a: 'secret://file/link', b: 'secret://file/folder', c: 'secret://file/empty' };
  const findings = await refused(settings, { dataDir: folder, env: {} });
  expect(findings.map(({ code }) => code)).toEqual(['secret_file', 'secret_file', 'secret_empty']);
});

test('inherited names of the environment object are no variables', async () => {
  const [finding] = await refused({ a: 'secret://env/toString' }, { dataDir: dataDir({}), env: {} });
  expect(finding!.code).toBe('secret_missing');
});

async function refused(
  settings: JsonObject,
  source: Parameters<typeof resolveSecrets>[1],
): Promise<Finding[]> {
  const error: unknown = await resolveSecrets(settings, source).then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error.findings;
  throw error;
}
