/** `check`: an operation that an agency's profile does not offer is found in the route that calls it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { copyOfConfig, lineOf, replaceIn } from './broken.ts';

const ROUTE = 'routes/polres.skck.yaml';
const entry = (profile: string): string => `
bapenda-9901:
  role: pajak
  title: { id: Bapenda Contoh, en: Contoh tax office }
  regions: ['99.01']
  adapter: local-tax
  major: 1
  settings:
    baseUrl: https://pajak.example
    profile: ${profile}
    username: mpp
    password: secret://file/bapenda-9901-password
    areaCode: '9901'
`;

async function offers(profile: string, operation: string): Promise<(string | number)[][]> {
  const folder = copyOfConfig();
  appendFileSync(join(folder, 'agencies.yaml'), entry(profile));
  replaceIn(folder, ROUTE, 'dukcapil.matchPerson', `pajak.${operation}`);
  const { findings } = await checkConfig(folder, adapters);
  const line = lineOf(folder, ROUTE, `pajak.${operation}`);
  return findings
    .filter(({ code }) => code === 'operation_not_offered')
    .map((one) => [one.pointer, one.line - line, one.message]);
}

test.each([
  ['path', 'payPropertyTax'],
  ['soap', 'payTransferDuty'],
  ['bandarLampung', 'payTransferDuty'],
  ['bpn', 'notifyLandTransfer'],
])('profile %s offers %s', async (profile, operation) => {
  expect(await offers(profile, operation)).toEqual([]);
});

test.each([
  ['path', 'payTransferDuty'],
  ['bpn', 'payPropertyTax'],
  ['soap', 'notifyLandTransfer'],
])('profile %s does not offer %s', async (profile, operation) => {
  const [[pointer, line, message] = [], ...others] = await offers(profile, operation);
  expect([pointer, line, others]).toEqual(['/steps/person/call', 0, []]);
  expect(message).toMatch(`bapenda-9901 does not offer ${operation}: its settings/profile must be one of`);
});
