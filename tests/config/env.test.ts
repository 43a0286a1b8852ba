/** The environment: defaults, every variable, and everything wrong at once. */
import { expect, test } from 'vitest';
import { readEnv } from '../../src/config/env.ts';
import { ConfigError, printFinding, type Finding } from '../../src/config/finding.ts';

test('the defaults are the embedded edition on this machine only', () => {
  expect(readEnv({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    dataDir: './data',
    configDir: './config',
    ledger: 'sqlite:data/ledger.db',
    queue: 'memory',
    role: 'all',
    lanes: null,
    drainMs: 0,
    graceMs: 60_000,
    logLevel: 'info',
    url: 'http://127.0.0.1:8080',
  });
});

test('every variable is read', () => {
  const env = readEnv({
    JEMBATAN_HOST: '0.0.0.0',
    JEMBATAN_PORT: '9000',
    JEMBATAN_DATA: '/var/lib/jembatan',
    JEMBATAN_CONFIG: '/etc/jembatan',
    JEMBATAN_LEDGER: 'postgresql://bus:pass@db/jembatan',
    JEMBATAN_QUEUE: 'rediss://queue:6379',
    JEMBATAN_ROLE: 'worker',
    JEMBATAN_LANES: 'bank-*,callbacks',
    JEMBATAN_DRAIN: '5s',
    JEMBATAN_GRACE: '2m',
    JEMBATAN_LOG: 'debug',
    JEMBATAN_URL: 'https://bus.example.go.id/',
    JEMBATAN_SECRET_BANK: 'not a setting',
    PATH: 'not ours',
  });
  expect(env).toEqual({
    host: '0.0.0.0',
    port: 9000,
    dataDir: '/var/lib/jembatan',
    configDir: '/etc/jembatan',
    ledger: 'postgresql://bus:pass@db/jembatan',
    queue: 'rediss://queue:6379',
    role: 'worker',
    lanes: ['bank-*', 'callbacks'],
    drainMs: 5000,
    graceMs: 120_000,
    logLevel: 'debug',
    url: 'https://bus.example.go.id',
  });
});

test('the ledger lies in the data folder unless told otherwise', () => {
  expect(readEnv({ JEMBATAN_DATA: '/srv/bus' }).ledger).toBe('sqlite:/srv/bus/ledger.db');
});

test('an unknown name is an error with the nearest right one', () => {
  const [finding] = refused({ JEMBATAN_PROT: '80' });
  expect(finding).toMatchObject({
    code: 'env_unknown',
    pointer: '/JEMBATAN_PROT',
    fix: 'Write JEMBATAN_PORT',
  });
  expect(refused({ JEMBATAN_SOMETHING_ELSE: '1' })[0]!.fix).toContain('JEMBATAN_LEDGER');
});

test.each(['FOO', 'MODE', 'NODE', 'HOME', 'SOMETHING_ELSE'])(
  'JEMBATAN_%s is near to none, so all are listed',
  (name) => expect(refused({ [`JEMBATAN_${name}`]: 'x' })[0]!.fix).toMatch(/^Known: JEMBATAN_PORT, .*_KEY$/),
);

test.each([
  ['JEMBATAN_QUEUE', 'redis://queue:6379'],
  ['JEMBATAN_ROLE', 'api'],
  ['JEMBATAN_ROLE', 'worker'],
])('%s=%s is refused beside an SQLite ledger, which has one process', (name, value) => {
  const [finding] = refused({ [name]: value });
  expect(finding).toMatchObject({ code: 'env_value', pointer: `/${name}` });
  expect(finding!.fix).toContain('an SQLite ledger');
  expect(printFinding(finding!)).toMatch(/^environment env_value: /);
});

test.each([
  'redis://queue',
  'redis+sentinel://a:1,b:2/main',
  'redis+cluster://a:1,b:2',
  'rediss://u:p@queue:6380/1',
])('the queue may be %s', (queue) =>
  expect(readEnv({ JEMBATAN_LEDGER: 'postgres://db/bus', JEMBATAN_QUEUE: queue }).queue).toBe(queue),
);

test.each([
  ['JEMBATAN_PORT', '65536'],
  ['JEMBATAN_PORT', '-1'],
  ['JEMBATAN_PORT', '80a'],
  ['JEMBATAN_PORT', ''],
  ['JEMBATAN_HOST', 'a b'],
  ['JEMBATAN_DATA', ''],
  ['JEMBATAN_CONFIG', 'a\nb'],
  ['JEMBATAN_LEDGER', 'mysql://db'],
  ['JEMBATAN_LEDGER', 'sqlite:'],
  ['JEMBATAN_QUEUE', 'kafka'],
  ['JEMBATAN_ROLE', 'ALL'],
  ['JEMBATAN_LANES', ''],
  ['JEMBATAN_LANES', 'a b'],
  ['JEMBATAN_LANES', '*a'],
  // One process answers where the queue is memory: nobody would answer the other lanes.
  ['JEMBATAN_LANES', 'bank-*'],
  ['JEMBATAN_DRAIN', '5'],
  ['JEMBATAN_GRACE', '-1s'],
  ['JEMBATAN_LOG', 'loud'],
  ['JEMBATAN_URL', 'bus.example.go.id'],
  ['JEMBATAN_URL', 'ftp://bus.example.go.id'],
  ['JEMBATAN_URL', 'https://user:secret@bus.example.go.id'],
])('%s=%s is refused by name', (name, value) => {
  const findings = refused({ [name]: value });
  expect(findings.map(({ pointer }) => pointer)).toContain(`/${name}`);
  expect(findings[0]!.message).toContain(name);
  expect(findings[0]!.fix).toMatch(/^Allowed: ./);
});

test('everything is said at once and no value is repeated', () => {
  const findings = refused({
    JEMBATAN_ROLE: 'nobody-knows',
    JEMBATAN_QUEUE: 'nobody-knows',
    JEMBATAN_X: 'nobody-knows',
  });
  expect(findings).toHaveLength(3);
  expect(JSON.stringify(findings)).not.toContain('nobody-knows');
});

function refused(env: Record<string, string>): Finding[] {
  try {
    readEnv(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.findings;
    throw error;
  }
  throw new Error('was not refused');
}
