/** A real configuration folder read anew: what a running bus would put in force, and what it would not. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { readEnv } from '../../src/config/env.ts';
import { changeOf } from '../../src/domain/catalogue-change.ts';
import type { ConfigSource } from '../../src/flow/ports/config-source.ts';
import { configSource } from '../../src/reopen.ts';
import { SHIPPED } from './broken.ts';

const ROUTE = 'routes/polres.skck.yaml';
let folder: string;
let data: string;
let source: ConfigSource;

beforeEach(async () => {
  const base = mkdtempSync(join(tmpdir(), 'jembatan-reopen-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  [folder, data] = [join(base, 'config'), join(base, 'data')];
  cpSync(SHIPPED, folder, { recursive: true });
  mkdirSync(join(data, 'secrets'), { recursive: true });
  const { catalogue } = await checkConfig(folder, adapters);
  const env = readEnv({ JEMBATAN_CONFIG: folder, JEMBATAN_DATA: data });
  for (const [, name] of readFileSync(join(folder, 'agencies.yaml'), 'utf8').matchAll(
    /secret:\/\/file\/(\S+)/g,
  ))
    writeFileSync(join(data, 'secrets', name!), `hush-${name}`, { mode: 0o600 });
  source = await configSource({ env, catalogue: catalogue!, adapters, source: {}, mask: () => undefined });
});

const inside = (): string[] => readdirSync(join(folder, 'routes'));

test('every shipped route, as the ledger keeps it, stands in the place of its file', async () => {
  const plain = await source.read([]);
  if (plain.is === 'wrong') throw new Error(JSON.stringify(plain.findings));
  const { routes } = plain.catalogue;
  const texts = [...routes.values()].map((route) => ({
    file: `${route.service}.yaml`,
    text: JSON.stringify(route),
  }));
  const before = inside();
  const read = await source.read(texts);
  if (read.is === 'wrong') throw new Error(JSON.stringify(read.findings));
  expect(read.catalogue.routes).toEqual(routes);
  expect(read.secrets.length).toBeGreaterThan(5);
  expect(inside()).toEqual(before);
});

test('a route that does not fit what it calls is found in its own text; the folder is as it was', async () => {
  const text = readFileSync(join(folder, ROUTE), 'utf8').replace(
    'call: dukcapil.matchPerson',
    'call: dukcapil.matchPersn',
  );
  const read = await source.read([{ file: 'staged.yaml', text }]);
  expect(read).toMatchObject({ is: 'wrong' });
  const { findings } = read as Extract<typeof read, { is: 'wrong' }>;
  expect(findings.map(({ code, file, line }) => [code, file, line])).toContainEqual([
    'unknown_operation',
    'routes/staged.yaml',
    text.split('\n').findIndex((one) => one.includes('matchPersn')) + 1,
  ]);
  expect(inside()).not.toContain('staged.yaml');
  expect((await source.read([])).is).toBe('sound');
});

test('what a text includes is put in its place, from the folder as it is', async () => {
  const plain = await source.read([]);
  if (plain.is === 'wrong') throw new Error(JSON.stringify(plain.findings));
  const [route] = plain.catalogue.routes.values();
  const [name, step] = Object.entries(route!.steps)[0]!;
  mkdirSync(join(folder, 'fragments'), { recursive: true });
  writeFileSync(join(folder, 'fragments', 'staged.yaml'), JSON.stringify({ first: step }));
  const steps = { ...route!.steps, [name]: { $include: 'fragments/staged.yaml#/first' } };
  const text = JSON.stringify({ ...route, version: '9.0.0', steps });
  const read = await source.read([{ file: 'staged.yaml', text }]);
  if (read.is === 'wrong') throw new Error(JSON.stringify(read.findings));
  expect(read.catalogue.routes.get(route!.service)).toEqual({ ...route, version: '9.0.0' });
});

test('a shipped fragment that was changed changes the routes that include it, and is told as they are', async () => {
  const before = await source.read([]);
  const path = join(folder, 'fragments', 'payment.yaml');
  const payer = 'application.applicant.fullName';
  writeFileSync(path, readFileSync(path, 'utf8').replace(payer, `$uppercase(${payer})`));
  const after = await source.read([]);
  if (before.is === 'wrong' || after.is === 'wrong') throw new Error(JSON.stringify([before, after]));
  const { routes, ...others } = changeOf(before.catalogue, after.catalogue);
  expect(others).toEqual({});
  // The one of births says itself who pays.
  expect(routes).toEqual({ added: [], removed: [], changed: ['KEMENAG.NIKAH'] });
  rmSync(path);
  const gone = await source.read([]);
  const { findings } = gone as Extract<typeof gone, { is: 'wrong' }>;
  expect(findings.map(({ code, file }) => `${code} ${file}`).toSorted()).toEqual([
    'unknown_fragment routes/dukcapil.akta-lahir.yaml',
    'unknown_fragment routes/kemenag.nikah.yaml',
  ]);
});

test('a file that is broken meanwhile, a secret that is gone: both are said, and nothing is half read', async () => {
  writeFileSync(join(folder, ROUTE), 'service: [');
  expect(await source.read([])).toMatchObject({ is: 'wrong', findings: [{ file: ROUTE }] });
  cpSync(join(SHIPPED, ROUTE), join(folder, ROUTE));
  rmSync(join(data, 'secrets'), { recursive: true });
  const read = await source.read([]);
  expect(read).toMatchObject({ is: 'wrong' });
  expect(JSON.stringify(read)).toContain('secret_missing');
});

test('what only a new start takes up is named', async () => {
  mkdirSync(join(data, 'adapters'));
  writeFileSync(join(data, 'adapters', 'library@2.jembatan'), 'not looked at');
  expect(await source.read([])).toMatchObject({ is: 'sound', restart: ['connector library@2 was added'] });
});

test('the service and version of a text are read from it alone', () => {
  const text = readFileSync(join(folder, ROUTE), 'utf8');
  expect(source.head({ file: 'a.yaml', text })).toEqual({
    service: 'POLRES.SKCK',
    version: expect.any(String),
  });
  expect(source.head({ file: 'a.yaml', text: 'a: [' })).toMatchObject({ findings: [{ file: 'a.yaml' }] });
  expect(source.head({ file: 'a.yaml', text: 'steps: {}' })).toMatchObject({
    findings: [{ code: 'not_a_route' }],
  });
});
