/** What a command over the API reads of the environment, and what it leaves alone. */
import { expect, test } from 'vitest';
import { readClientEnv } from '../../src/config/env.ts';
import { ConfigError } from '../../src/config/finding.ts';

test.each<[Record<string, string>, string]>([
  [{}, 'http://127.0.0.1:8080'],
  [{ JEMBATAN_PORT: '9000' }, 'http://127.0.0.1:9000'],
  [
    { JEMBATAN_PORT: '9000', JEMBATAN_URL: 'https://bus.example.go.id/mpp/' },
    'https://bus.example.go.id/mpp',
  ],
  [{ JEMBATAN_PORT: 'eighty', JEMBATAN_QUEUE: 'kafka', JEMBATAN_SECRET_BANK: 'x' }, 'http://127.0.0.1:8080'],
])('%j: the bus is at %s', (env, url) => {
  expect(readClientEnv(env)).toEqual({ url, key: undefined });
});

test.each([
  ['JEMBATAN_URL', 'bus.local'],
  ['JEMBATAN_URL', 'https://user:secret@bus.example.go.id'],
  ['JEMBATAN_KEY', 'with\nline'],
  ['JEMBATAN_KEY', ''],
  ['JEMBATAN_KEY', 'kunci-é'],
  ['JEMBATAN_KEYS', 'jmb_x'],
])('%s=%j is refused by name, and not repeated', (name, value) => {
  let thrown: unknown;
  try {
    readClientEnv({ [name]: value });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const { findings } = thrown as ConfigError;
  expect(findings.map(({ pointer }) => pointer)).toEqual([`/${name}`]);
  if (value !== '') expect(JSON.stringify(findings)).not.toContain(JSON.stringify(value).slice(1, -1));
});
