/** An agency's gateway, and the applications that it brings, as `agencies.yaml` says them: filled in, checked, and its key kept secret. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { checkConfig } from '../../src/config/check.ts';
import { printFinding } from '../../src/config/finding.ts';
import { resolveAgency } from '../../src/config/secrets.ts';
import { copyOfConfig, lineOf, replaceIn, temporaryFolder } from './broken.ts';

const AGENCIES = 'agencies.yaml';
const RETRY = 'retry: { attempts: 10, cap: 30m }';
const POLICE = 'polres-6112';

/** The shipped configuration, the police behind a gateway. */
function behind(gateway: string): string {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, RETRY, `${RETRY}\n  gateway:\n    ${gateway}`);
  return folder;
}

const found = async (folder: string, list: readonly Adapter[] = adapters) =>
  (await checkConfig(folder, list)).findings;

describe('a gateway', () => {
  test('has a header by default, and its name is read in any case', async () => {
    const key = 'secret://file/splp';
    const { catalogue } = await checkConfig(behind(`{ prefix: /polri/1.0, key: ${key} }`), adapters);
    const police = catalogue!.agencies.find(({ id }) => id === POLICE)!;
    expect(police.gateway).toEqual({ prefix: '/polri/1.0', header: 'apikey', key });
    const whole = `{ prefix: /a/v1, tenant: kab.go.id, header: AuthorizationSPLP, scheme: Bearer, key: ${key} }`;
    const other = await checkConfig(behind(whole), adapters);
    expect(other.catalogue!.agencies.find(({ id }) => id === POLICE)!.gateway).toEqual({
      ...{ prefix: '/a/v1', tenant: 'kab.go.id', header: 'authorizationsplp', scheme: 'Bearer', key },
    });
  });

  test.each<[string, string, string, string, string]>([
    ['without a key', '{ prefix: /a/1.0 }', 'missing_field', '/key', 'prefix: /a/1.0'],
    ['without a prefix', '{ key: secret://file/splp }', 'missing_field', '/prefix', 'key: secret'],
    ['with its key written out', '{ prefix: /a/1.0, key: hunter2 }', 'secret_literal', '/key', 'hunter2'],
    [
      'with a misspelt field',
      '{ prefix: /a/1.0, key: secret://file/splp, tenent: x }',
      'unknown_field',
      '/tenent',
      'tenent',
    ],
    ...['a/1.0', '/a/1.0/', '/a//b', '/../b', '/a?b', '/a b', 'https://a/b', '/'].map(
      (prefix): [string, string, string, string, string] => [
        `with the prefix ${prefix}`,
        `{ prefix: '${prefix}', key: secret://file/splp }`,
        'invalid_value',
        '/prefix',
        'prefix:',
      ],
    ),
    [
      'with a tenant that is a path',
      "{ prefix: /a, key: secret://file/splp, tenant: 'a/b' }",
      'invalid_value',
      '/tenant',
      'tenant',
    ],
    [
      'under a header of the connection',
      '{ prefix: /a, key: secret://file/splp, header: Host }',
      'gateway_header',
      '/header',
      'Host',
    ],
  ])('%s is a finding', async (_, gateway, code, pointer, at) => {
    const folder = behind(gateway);
    const findings = await found(folder);
    expect(findings.map((one) => [one.code, one.pointer, one.line])).toEqual([
      [
        code,
        `/${POLICE}/gateway${pointer}`,
        pointer === '/key' || pointer === '/prefix' ? expect.any(Number) : lineOf(folder, AGENCIES, at),
      ],
    ]);
    expect(findings.map(printFinding).join()).not.toContain('hunter2');
  });

  test('has a header of its own: neither the agency’s key’s nor its sign-in’s', async () => {
    const signed = (scheme: string): Adapter[] =>
      adapters.map((adapter) => (adapter.name === 'police' ? { ...adapter, signIn: { scheme } } : adapter));
    const under = async (header: string, scheme: string): Promise<string[]> => {
      const folder = behind(`{ prefix: /a, key: secret://file/splp, header: ${header} }`);
      return (await found(folder, signed(scheme))).map(({ code }) => code);
    };
    expect(await under('X-Api-Key', 'apiKey')).toEqual(['gateway_header']);
    expect(await under('apikey', 'apiKey')).toEqual([]);
    expect(await under('Authorization', 'basic')).toEqual(['gateway_header']);
    expect(await under('Authorization', 'none')).toEqual([]);
  });

  test('has its key resolved with the settings’ secrets, and masked with them', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, 'secrets'));
    writeFileSync(join(dataDir, 'secrets', 'splp'), 'kunci-splp\n', { mode: 0o600 });
    const { catalogue } = await checkConfig(behind('{ prefix: /a, key: secret://file/splp }'), adapters);
    const police = catalogue!.agencies.find(({ id }) => id === POLICE)!;
    const settings = { ...police.settings, apiKey: 'secret://env/POLICE', newsSecret: 'secret://env/NEWS' };
    const source = { dataDir, env: { POLICE: 'kunci-polri', NEWS: 'kabar' } };
    const { agency, secrets } = await resolveAgency({ ...police, settings }, source);
    expect(agency.gateway).toEqual({ prefix: '/a', header: 'apikey', key: 'kunci-splp' });
    expect(agency.settings).toMatchObject({ apiKey: 'kunci-polri', newsSecret: 'kabar' });
    expect(secrets.toSorted()).toEqual(['kabar', 'kunci-polri', 'kunci-splp']);
  });

  test('without its secret says so before anything starts', async () => {
    const { catalogue } = await checkConfig(behind('{ prefix: /a, key: secret://env/SPLP_KEY }'), adapters);
    const police = catalogue!.agencies.find(({ id }) => id === POLICE)!;
    const refused = resolveAgency({ ...police, settings: {} }, { dataDir: temporaryFolder(), env: {} });
    await expect(refused).rejects.toThrow(/The secret SPLP_KEY is not set/);
  });
});

describe('an agency that brings applications', () => {
  const opening = (opens: string): Adapter[] =>
    adapters.map((adapter) =>
      adapter.name === 'police'
        ? {
            ...adapter,
            hosted: {
              ...adapter.hosted,
              brings: {
                opens,
                path: '/x',
                read: () => ({ id: '' }),
                answer: () => ({ status: 200, body: null }),
              },
            },
          }
        : adapter,
    );
  const named = (platform: string): string => {
    const folder = copyOfConfig();
    replaceIn(folder, AGENCIES, RETRY, `${RETRY}\n  opensFor: ${platform}`);
    return folder;
  };

  test('has to name whose they are', async () => {
    const findings = await found(copyOfConfig(), opening('POLRES.SKCK'));
    expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['missing_opens_for', `/${POLICE}`],
    ]);
    expect(findings[0]!.message).toContain('POLRES.SKCK');
    expect(await found(named('mpp-kuburaya'), opening('POLRES.SKCK'))).toEqual([]);
  });

  test('for a platform that there is, and a service that is offered', async () => {
    expect((await found(named('mpp-kuburya'), opening('POLRES.SKCK'))).map(({ code }) => code)).toEqual([
      'unknown_platform',
    ]);
    const findings = await found(named('mpp-kuburaya'), opening('OSS.NOWHERE'));
    expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['opens_nothing', `/${POLICE}/opensFor`],
    ]);
  });
});
