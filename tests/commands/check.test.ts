/** `jembatan check`: one line for a clean configuration, every mistake with its place for a broken one. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfConfig, lineOf, replaceIn, SHIPPED, SOUND } from '../config/broken.ts';
import { jembatan, temporaryFolder } from './stand.ts';

test('the shipped configuration: one line', async () => {
  const { code, out, err } = await jembatan(['check', '--config', SHIPPED]);
  const files = readdirSync(join(SHIPPED, 'services')).length;
  const counts = new RegExp(
    `^config: \\d+ agencies, ${files} services, ${files} routes, 2 platforms, 2 sites: no mistakes(, \\d+ warnings? \\(named by check --strict\\))?$`,
  );
  expect({ code, out, err }).toEqual({ code: 0, out: [expect.stringMatching(counts)], err: [] });
});

test('warnings are counted, and named and refused by --strict', async () => {
  const folder = copyOfConfig(SOUND);
  const clean = await jembatan(['check', '--strict', '--config', folder]);
  expect([clean.code, clean.out]).toEqual([
    0,
    ['config: 5 agencies, 3 services, 3 routes, 1 platform, 1 site: no mistakes'],
  ]);
  replaceIn(folder, 'agencies.yaml', '  agreement: none\n', '');
  const counted = await jembatan(['check', '--config', folder]);
  expect([counted.code, counted.out]).toEqual([0, [`${clean.out[0]}, 1 warning (named by check --strict)`]]);
  const json = await jembatan(['check', '--json', '--config', folder]);
  expect(JSON.parse(json.out.join('\n'))).toMatchObject({
    ...{ ok: true, findings: [] },
    warnings: [{ code: 'agreement_missing', file: 'agencies.yaml', pointer: '/bank-99' }],
  });
  const strict = await jembatan(['check', '--strict', '--config', folder]);
  expect([strict.code, strict.err]).toEqual([1, [`config: 1 mistake in ${folder}`]]);
  expect(strict.out).toEqual([expect.stringMatching(/^agencies\.yaml:\d+ \/bank-99 agreement_missing: /)]);
});

test('an agreement that has ended is a mistake on the day it is checked', async () => {
  const folder = copyOfConfig(SOUND);
  replaceIn(folder, 'agencies.yaml', '2027-12-31', '2020-12-31');
  const { code, out } = await jembatan(['check', '--config', folder]);
  expect([code, out.length]).toEqual([1, 1]);
  expect(out[0]).toContain('/dukcapil-9901/agreement/validUntil agreement_expired: PKS 470/1/2025 ended');
});

test('a broken one: every mistake at once, in order, with file, line and pointer', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, 'agencies.yaml', 'adapter: civil-registry', 'adapter: civil-registri');
  replaceIn(folder, 'sites.yaml', 'zone: Asia/Pontianak', 'zone: Asia/Pontiac');
  replaceIn(folder, 'routes/polres.skck.yaml', 'call: bank.', 'call: bnak.');
  const { code, out, err } = await jembatan(['check', '--config', folder]);
  expect(code).toBe(1);
  const place = (file: string, text: string): string => `${file}:${lineOf(folder, file, text)} `;
  const files = out.map((line) => line.split(':')[0]!);
  expect(files).toEqual(files.toSorted((a, b) => a.localeCompare(b)));
  for (const [file, text, code] of [
    ['agencies.yaml', 'civil-registri', 'unknown_adapter'],
    ['sites.yaml', 'Pontiac', 'unknown_zone'],
    ['routes/polres.skck.yaml', 'bnak.', 'unknown_role'],
  ] as const) {
    const line = out.find((one) => one.startsWith(place(file, text)));
    expect(line, file).toMatch(new RegExp(`^\\S+ /\\S+ ${code}`));
  }
  expect(err).toEqual([`config: ${out.length} mistakes in ${folder}`]);
});

test('JSON for programs, with the same exit code', async () => {
  const well = await jembatan(['check', '--config', SHIPPED, '--json']);
  expect(JSON.parse(well.out.join('\n'))).toMatchObject({
    ok: true,
    counts: { platforms: 2, sites: 2 },
    findings: [],
  });
  const folder = copyOfConfig();
  replaceIn(folder, 'agencies.yaml', 'userId:', 'userID:');
  const broken = await jembatan(['check', '--json'], { JEMBATAN_CONFIG: folder });
  const { ok, findings } = JSON.parse(broken.out.join('\n')) as {
    ok: boolean;
    findings: { file: string; line: number }[];
  };
  expect([broken.code, ok, broken.err]).toEqual([1, false, []]);
  expect(findings).toContainEqual(
    expect.objectContaining({
      file: 'agencies.yaml',
      line: lineOf(folder, 'agencies.yaml', 'userID:'),
      pointer: '/dukcapil-6112/settings/userID',
    }),
  );
});

test('a folder that is not there has mistakes, not a stack trace', async () => {
  const { code, out } = await jembatan(['check', '--config', join(temporaryFolder(), 'nowhere')]);
  expect(code).toBe(1);
  expect(out.join('\n')).toContain('agencies.yaml:1');
  expect(out.join('\n')).not.toMatch(/^ +at /m);
});

test('what start would refuse, check refuses', async () => {
  const { code, err } = await jembatan(['check', '--config', SHIPPED], { JEMBATAN_LEDGER: 'mysql://x' });
  expect(code).toBe(1);
  expect(err[0]).toContain('Allowed: sqlite:PATH or postgres://');
});

test('--secrets: a configuration with mistakes comes first, and it says so', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, 'agencies.yaml', 'timeout: 20s', 'timeout: 30 parsecs');
  const { code, err } = await jembatan(['check', '--secrets', '--config', folder]);
  expect([code, err]).toEqual([
    1,
    [`config: 1 mistake in ${folder}; secrets are looked at when it has none`],
  ]);
});

test('--secrets: missing and exposed ones are named, never shown; then one line', async () => {
  const data = temporaryFolder();
  const env = { JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED };
  const names = [
    ...readFileSync(join(SHIPPED, 'agencies.yaml'), 'utf8').matchAll(/^ +\w+: secret:\/\/file\/(\S+)/gm),
  ].map(([, name]) => name!);
  const missing = await jembatan(['check', '--secrets'], env);
  expect([missing.code, missing.out.length]).toEqual([1, names.length]);
  for (const name of names) {
    const line = `${join(data, 'secrets', name)} secret_missing: There is no such file. Make it, with the secret in it and mode 0600.`;
    expect(missing.out).toContain(line);
  }
  expect(missing.err).toEqual([`secrets: ${names.length} not in place; ${SHIPPED} has no mistakes`]);

  mkdirSync(join(data, 'secrets'));
  for (const name of names) writeFileSync(join(data, 'secrets', name), 'hush-hush', { mode: 0o600 });
  chmodSync(join(data, 'secrets', names[0]!), 0o644);
  const exposed = await jembatan(['check', '--secrets'], env);
  expect(exposed.out).toHaveLength(1);
  expect(exposed.out[0]).toMatch(/^\S+ secret_mode: It can be read by others\. Run: /);
  expect(exposed.out[0]).toContain(`${join(data, 'secrets', names[0]!)} secret_mode`);
  expect(exposed.out[0]).toContain('chmod 600');

  chmodSync(join(data, 'secrets', names[0]!), 0o600);
  const well = await jembatan(['check', '--secrets'], env);
  expect([well.code, well.out.length]).toEqual([0, 1]);
  expect([missing, exposed, well].flatMap(({ out, err }) => [...out, ...err]).join()).not.toContain(
    'hush-hush',
  );
});
