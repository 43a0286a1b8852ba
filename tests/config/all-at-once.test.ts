/** `check` names every mistake at once: a bad field hides nothing else, and nothing that follows from it is reported. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { printFinding, type Finding } from '../../src/config/finding.ts';
import { copyOfConfig, lineOf, replaceIn } from './broken.ts';

const AGENCIES = 'agencies.yaml';
const SKCK = 'routes/polres.skck.yaml';
const KK = 'routes/polres.skck-kk.yaml';
const SERVICE = 'services/polres.skck.yaml';

/** Where, what is there, what is put there, and then the finding: its code, its pointer and a text on its line. */
type Planted = [file: string, from: string, to: string, code: string, pointer: string, at: string];

const PLANTED: Planted[] = [
  [
    AGENCIES,
    'secret://file/dukcapil-6112-password',
    'hunter2',
    'secret_literal',
    '/dukcapil-6112/settings/password',
    'hunter2',
  ],
  [
    AGENCIES,
    'timeout: 20s',
    'timeout: 30 parsecs',
    'invalid_value',
    '/dukcapil-6112/limits/timeout',
    'parsecs',
  ],
  [
    AGENCIES,
    "regions: ['61', '99']",
    "regions: ['61', '98', nine]",
    'unknown_region',
    '/bank-kalbar/regions/1',
    "'98'",
  ],
  [AGENCIES, "'98', nine]", "'98', nine]", 'invalid_value', '/bank-kalbar/regions/2', 'nine'],
  [AGENCIES, 'adapter: police', 'adapter: polise', 'unknown_adapter', '/polres-6112/adapter', 'polise'],
  [
    AGENCIES,
    'apiKey: secret://file/polres-6112-apiKey',
    'apiKey: hunter2',
    'secret_literal',
    '/polres-6112/settings/apiKey',
    'apiKey: hunter2',
  ],
  [
    AGENCIES,
    'attempts: 10, cap: 30m',
    'attempts: 0, cap: 30m',
    'invalid_value',
    '/polres-6112/retry/attempts',
    'attempts: 0',
  ],
  [
    'platforms.yaml',
    'sandbox: true',
    'sandbox: perhaps',
    'invalid_value',
    '/mpp-kuburaya/sandbox',
    'perhaps',
  ],
  ['regions.yaml', 'Provinsi Contoh', '5', 'invalid_value', '/99', "'99':"],
  ['regions.yaml', 'Kabupaten Contoh', '[]', 'invalid_value', '/99.01', "'99.01'"],
  ['sites.yaml', "closes: '15:00'", 'closes: three', 'invalid_value', '/MPP-6112-01/closes', 'three'],
  ['sites.yaml', 'calendar: ID', 'calendar: IDN', 'unknown_calendar', '/MPP-6112-01/calendar', 'IDN'],
  ['calendars/id.yaml', 'weekend: [6, 7]', 'weekend: [6, 8]', 'invalid_value', '/weekend/1', '[6, 8]'],
  ['calendars/id.yaml', '2026-08-17:', '2026-02-30:', 'invalid_date', '/holidays/2026-02-30', '2026-02-30'],
  [SERVICE, 'version: 1.0.0', 'version: one', 'invalid_value', '/version', 'version: one'],
  [
    SERVICE,
    'minLength: 3',
    'pattern: ^(a|a)*$',
    'unsafe_pattern',
    '/form/properties/purpose/pattern',
    '(a|a)*',
  ],
  [SERVICE, 'channels: [direct,', 'channels: [directly,', 'invalid_value', '/channels/0', 'directly'],
  [SKCK, 'in: 1', 'in: 0', 'invalid_value', '/deadline/in', 'in: 0'],
  [SKCK, 'bank.collectPayment', 'bank.colectPayment', 'unknown_operation', '/steps/bill/call', 'colect'],
  [SKCK, 'waits: 7d', 'waits: 7w', 'invalid_value', '/steps/certificate/waits', '7w'],
  [
    SKCK,
    'after: bill',
    'after: [bill, 5]',
    'invalid_value',
    '/steps/certificate/after/1',
    'after: [bill, 5]',
  ],
  [
    SKCK,
    'application.formData.purpose',
    'application.formData.porpose',
    'unknown_name',
    '/steps/certificate/with/purpose',
    'porpose',
  ],
  [KK, 'version: 1.0.0', 'versio: 1.0.0', 'unknown_field', '/versio', 'versio'],
  [
    KK,
    'nik: application.applicant.nik',
    'nik: application.aplicant.nik',
    'unknown_name',
    '/steps/person/with/nik',
    'aplicant',
  ],
];
/** The other half of a misspelt field. */
const HALVES = [`${KK}:1 /version missing_field`];

test(`${PLANTED.length} mistakes in eight files are all listed, and nothing else`, async () => {
  const folder = copyOfConfig();
  for (const [file, from, to] of PLANTED) replaceIn(folder, file, from, to);
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(catalogue).toBeUndefined();
  const planted = PLANTED.map(
    ([file, , , code, pointer, at]) => `${file}:${lineOf(folder, file, at)} ${pointer} ${code}`,
  );
  const first = lineOf(folder, KK, 'service:');
  const expected = [...planted, ...HALVES.map((half) => half.replace(':1 ', `:${first} `))];
  expect(places(findings)).toEqual(expected.toSorted());
  expect(findings.map(printFinding).join()).not.toContain('hunter2');
});

/** One shape mistake each, of a name or a part that other checks lean on: only it is reported. */
const LONE: [file: string, from: string, to: string, place: string][] = [
  [AGENCIES, 'role: police', 'role: Police!', '/polres-6112/role invalid_value'],
  [AGENCIES, '  role: police\n', '', '/polres-6112/role missing_field'],
  [
    AGENCIES,
    "role: police\n  title: { id: Polres Kubu Raya, en: Kubu Raya police }\n  regions: ['61.12', '99.01']",
    'role: police\n  title: { id: Polres Kubu Raya, en: Kubu Raya police }\n  regions: 61',
    '/polres-6112/regions invalid_value',
  ],
  [AGENCIES, 'adapter: police', 'adapter: ./police', '/polres-6112/adapter invalid_value'],
  [AGENCIES, 'major: 1', 'major: one', '/dukcapil-6112/major invalid_value'],
  [AGENCIES, 'polres-6112:', 'Polres_6112:', '/Polres_6112 invalid_value'],
  [AGENCIES, 'role: police', 'role: police\n  vpn: perhaps', '/polres-6112/vpn invalid_value'],
  [AGENCIES, 'cap: 30m }', 'base: 20m, cap: 30 }', '/polres-6112/retry/cap invalid_value'],
  [
    AGENCIES,
    'limits: { timeout: 30s }',
    'limits: { circuitSleep: 20m, circuitCap: long }',
    '/bank-kalbar/limits/circuitCap invalid_value',
  ],
  [AGENCIES, 'limits: { timeout: 30s }', 'limits: 5', '/bank-kalbar/limits invalid_value'],
  ['regions.yaml', "'99.01': ", "'99.1': ", '/99.1 invalid_value'],
  ['calendars/id.yaml', 'id: ID', 'id: id', '/id invalid_value'],
  ['sites.yaml', "regionCode: '61.12'", 'regionCode: 61', '/MPP-6112-01/regionCode invalid_value'],
  [SERVICE, 'code: POLRES.SKCK', 'code: skck', '/code invalid_value'],
  [SERVICE, 'status: published', 'status: publish', '/status invalid_value'],
  [SERVICE, 'agency: police', 'agency: 5', '/agency invalid_value'],
  [SERVICE, "regions: ['61.12', '99.01']", "regions: ['61.12', '61.12']", '/regions invalid_value'],
  [SERVICE, 'fees:\n', 'fees:\n  - 5\n  - 5\n', '/fees/0 invalid_value,/fees/1 invalid_value'],
  [SKCK, 'service: POLRES.SKCK', 'service: skck', '/service invalid_value'],
  [SKCK, '    call: bank.collectPayment\n', '', '/steps/bill/call missing_field'],
  [SKCK, 'after: person', 'after: 5', '/steps/bill/after invalid_value'],
  [SKCK, 'after: bill', 'after: { a: b }', '/steps/certificate/after invalid_value'],
  [SKCK, 'after: bill', 'after: bill\n    need: perhaps', '/steps/certificate/need invalid_value'],
  [SKCK, 'steps:\n', 'steps:\n  a-b: 5\n', '/steps/a-b invalid_value'],
];

test.each(LONE)('%s: nothing follows from %j → %j', async (file, from, to, place) => {
  const folder = copyOfConfig();
  replaceIn(folder, file, from, to);
  const { findings } = await checkConfig(folder, adapters);
  const found = findings.map(({ pointer, code }) => `${pointer} ${code}`).join(',');
  expect([found, ...new Set(findings.map((one) => one.file))]).toEqual([place, file]);
});

test('a step that is no step, a plan that is no plan: one mistake each', async () => {
  const folder = copyOfConfig();
  const text = readFileSync(join(folder, SKCK), 'utf8');
  writeFileSync(join(folder, SKCK), text.replace(/ {2}bill:\n( {4}.*\n)+/, '  bill: 5\n'));
  const broken = await checkConfig(folder, adapters);
  expect(broken.findings.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/steps/bill', 'invalid_value'],
  ]);
  writeFileSync(join(folder, SKCK), text.replace(/^steps:\n( .*\n)+/m, 'steps: 5\n'));
  const lost = await checkConfig(folder, adapters);
  expect(lost.findings.map(({ pointer, code }) => [pointer, code])).toEqual([['/steps', 'invalid_value']]);
});

test('an order that cannot be read is no reason to doubt what is read of earlier steps', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, SKCK, 'description: service.title', 'description: $string(steps.person.output.matched)');
  replaceIn(folder, SKCK, 'after: person', 'after: 5');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ pointer }) => pointer)).toEqual(['/steps/bill/after']);
});

test('a secret of an unknown adapter, that two others keep too, is reported once', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'adapter: police', 'adapter: polise');
  replaceIn(folder, AGENCIES, 'secret://file/polres-6112-newsSecret', 'hunter2');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code }) => code)).toEqual(['unknown_adapter', 'secret_literal']);
});

test('of two services of one name both are checked', async () => {
  const folder = copyOfConfig();
  const text = readFileSync(join(folder, SERVICE), 'utf8');
  writeFileSync(join(folder, 'services/a.yaml'), text.replace("['61.12', '99.01']", "['61.12', '98']"));
  writeFileSync(join(folder, 'services/z.yaml'), text.replace('minLength: 3', 'pattern: (a+)+'));
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ file, code }) => [file, code]).toSorted()).toEqual(
    [
      ['services/a.yaml', 'region_unserved'],
      ['services/a.yaml', 'region_unserved'],
      ['services/a.yaml', 'region_unserved'],
      ['services/a.yaml', 'unknown_region'],
      [SERVICE, 'duplicate_code'],
      ['services/z.yaml', 'duplicate_code'],
      ['services/z.yaml', 'unsafe_pattern'],
    ].toSorted(),
  );
});

test('a name written twice does not hide a secret written out', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'role: dukcapil', 'role: dukcapil\n  major: 1');
  replaceIn(folder, AGENCIES, 'secret://file/polres-6112-apiKey', 'hunter2');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code }) => code).toSorted()).toEqual(['duplicate_key', 'secret_literal']);
});

test.each([
  [
    AGENCIES,
    'timeout: 20s',
    'timeout: 30 parsecs',
    'Write it like 5s or 10m; meant: The longest an exchange',
  ],
  [SKCK, 'version: 1.0.0', 'version: one', 'Write it like 1.0.0'],
  ['sites.yaml', "closes: '15:00'", 'closes: three', 'Write it like 15:00; meant: Local closing time'],
  [AGENCIES, "['61', '99']", '[six]', 'Write it like 61.12 or 61; meant: A region code, or * for all'],
  [AGENCIES, 'polres-6112:', 'Polres_6112:', 'Write it like polres-6112'],
  [SKCK, 'steps:\n', 'steps:\n  a-b: { call: dukcapil.matchPerson, with: {} }\n', 'Write it like familyCard'],
  ['regions.yaml', "'99.01': ", "'99.1': ", 'Write it like 61.12'],
])('%s: the form that %j has, shown', async (file, from, to, fix) => {
  const folder = copyOfConfig();
  replaceIn(folder, file, from, to);
  const { findings } = await checkConfig(folder, adapters);
  const finding = findings.find(({ code }) => code === 'invalid_value');
  expect(finding?.fix.startsWith(fix), finding && printFinding(finding)).toBe(true);
});

function places(findings: Finding[]): string[] {
  return findings.map(({ file, line, pointer, code }) => `${file}:${line} ${pointer} ${code}`).toSorted();
}
