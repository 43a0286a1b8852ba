/** A platform's quota in `platforms.yaml`: what it may say, and what it means when it says less. */
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { copyOfConfig, replaceIn } from './broken.ts';

const SHIPPED = 'quota: { perSecond: 200, burst: 1000 }';

async function checked(quota: string): ReturnType<typeof checkConfig> {
  const folder = copyOfConfig();
  replaceIn(folder, 'platforms.yaml', SHIPPED, quota);
  return checkConfig(folder, adapters);
}

test.each([
  [SHIPPED, { perSecond: 200, burst: 1000 }],
  ['quota: { perSecond: 20 }', { perSecond: 20, burst: 40 }],
  ['quota: { perSecond: 1, burst: 1 }', { perSecond: 1, burst: 1 }],
  ['sandbox: false', undefined],
])('%s', async (quota, expected) => {
  const { catalogue, findings } = await checked(quota);
  expect(findings).toEqual([]);
  expect(catalogue!.platforms.find(({ id }) => id === 'mpp-digital')!.quota).toEqual(expected);
});

test.each([
  ['quota: { perSecond: 0 }', 'perSecond'],
  ['quota: { perSecond: 1.5 }', 'perSecond'],
  ['quota: { perSecond: -1 }', 'perSecond'],
  ['quota: { perSecond: many }', 'perSecond'],
  ['quota: { perSecond: 1e9 }', 'perSecond'],
  ['quota: { perSecond: 5, burst: 0 }', 'burst'],
  ['quota: { perSecond: 5, burts: 5 }', 'burts'],
  ['quota: { burst: 5 }', 'quota'],
  ['quota: 5', 'quota'],
])('%s is a finding at its place', async (quota, place) => {
  const { catalogue, findings } = await checked(quota);
  expect(catalogue).toBeUndefined();
  expect(findings.map(({ file }) => file)).toEqual(['platforms.yaml']);
  expect(findings[0]!.pointer).toMatch(/^\/mpp-digital\/quota/);
  expect(findings[0]!.pointer.split('/')).toContain(place);
});
