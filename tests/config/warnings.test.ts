/** `check`: what a bus can start with and somebody should know is a warning; nothing is kept from starting by one. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { printFinding } from '../../src/config/finding.ts';
import { copyOfConfig, lineOf, replaceIn, SOUND } from './broken.ts';

const now = Date.parse('2026-12-01T00:00:00Z');
const IZIN = 'routes/contoh.izin.yaml';
const BAGIAN = 'routes/contoh.bagian.yaml';
const SERVICE = 'services/contoh.izin.yaml';
const AGENCIES = 'agencies.yaml';

type Row = [title: string, file: string, from: string, to: string, code: string, pointer: string, at: string];

const ROWS: Row[] = [
  [
    'an agency without an agreement',
    AGENCIES,
    '  agreement: none\n',
    '',
    'agreement_missing',
    '/bank-99',
    'bank-99:',
  ],
  [
    'an agreement that ends soon',
    AGENCIES,
    '2027-12-31',
    '2026-12-24',
    'agreement_ends',
    '/dukcapil-9901/agreement/validUntil',
    'validUntil',
  ],
  [
    'a year without free days',
    'calendars/id.yaml',
    '  2027-08-17: Proklamasi Kemerdekaan\n',
    '',
    'calendar_year',
    '/holidays',
    'holidays:',
  ],
  [
    'a condition that always holds',
    IZIN,
    "when: application.formData.office != ''",
    "when: 'true'",
    'always_runs',
    '/steps/tell/when',
    "when: 'true'",
  ],
  [
    'a check that could have come before the payment',
    IZIN,
    '  pause:\n',
    '  known:\n    call: health.findOrganization\n    after: bill\n    with: { organizationId: application.formData.office }\n  pause:\n',
    'check_too_late',
    '/steps/known/after',
    'after: bill',
  ],
  [
    'a step between two that run again',
    'fragments/payment.yaml',
    '    after: bill\n',
    '    after: [bill, seen]\n',
    'again_gap',
    '/steps/judge/again/steps',
    'again:',
  ],
  [
    'a field without a name',
    SERVICE,
    ', title: Kantor / Office',
    '',
    'missing_title',
    '/form/properties/office',
    'office:',
  ],
  [
    'a second application of somebody without a NIK',
    'services/contoh.bagian.yaml',
    'version: 1.0.0',
    'version: 1.0.0\nduplicates: refuse',
    'duplicates_without_nik',
    '/duplicates',
    'duplicates:',
  ],
];

test.each(ROWS)('%s', async (title, file, from, to, code, pointer, at) => {
  const folder = copyOfConfig(SOUND);
  replaceIn(folder, file, from, to);
  if (title.includes('between')) addSeen(folder);
  const { catalogue, findings, warnings } = await checkConfig(folder, adapters, { now });
  expect(findings.map(printFinding)).toEqual([]);
  expect(catalogue).toBeDefined();
  expect(warnings.map((one) => `${one.code} ${one.file}:${one.line} ${one.pointer}`)).toEqual([
    `${code} ${file}:${lineOf(folder, file, at)} ${pointer}`,
  ]);
});

function addSeen(folder: string): void {
  const seen = '  seen:\n    call: bus.wait\n    after: bill\n    with: { for: "\'1h\'" }\n';
  replaceIn(folder, IZIN, '  pause:\n', `${seen}  pause:\n`);
}

test('a fragment that nobody includes', async () => {
  const folder = copyOfConfig(SOUND);
  writeFileSync(join(folder, 'fragments/lost.yaml'), 'note: { type: string }\n');
  const { warnings } = await checkConfig(folder, adapters, { now });
  expect(warnings.map(({ code, file }) => [code, file])).toEqual([
    ['fragment_unused', 'fragments/lost.yaml'],
  ]);
});

test('without the day an agreement that has ended keeps no bus from starting', async () => {
  const folder = copyOfConfig(SOUND);
  replaceIn(folder, AGENCIES, '2027-12-31', '2025-12-31');
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(findings).toEqual([]);
  expect(catalogue).toBeDefined();
  expect((await checkConfig(folder, adapters, { now })).catalogue).toBeUndefined();
});

test('the last day of an agreement ends where the agency is', async () => {
  const folder = copyOfConfig(SOUND);
  replaceIn(folder, AGENCIES, '2027-12-31', '2026-11-30');
  const at = async (time: string): Promise<string[]> => {
    const { findings } = await checkConfig(folder, adapters, { now: Date.parse(time) });
    return findings.map(({ code }) => code);
  };
  expect(await at('2026-11-30T16:59:59Z')).toEqual([]);
  expect(await at('2026-11-30T17:00:00Z')).toEqual(['agreement_expired']);
  const office = "  office: { zone: Asia/Jayapura, closes: '15:00', calendar: ID }\n  agreement:\n";
  replaceIn(folder, AGENCIES, '  agreement:\n', office);
  expect(await at('2026-11-30T15:00:00Z')).toEqual(['agreement_expired']);
});

test('four applications deep is one too many; three are not', async () => {
  const folder = copyOfConfig(SOUND);
  const opens = (code: string): string =>
    `steps:\n  open:\n    call: bus.child\n    with: { service: "'${code}'" }\n`;
  replaceIn(folder, BAGIAN, 'steps:\n', opens('CONTOH.RANTING'));
  expect((await checkConfig(folder, adapters, { now })).findings).toEqual([]);
  for (const [kind, name] of [
    ['services', 'code'],
    ['routes', 'service'],
  ] as const) {
    const text = `${name}: CONTOH.DAUN\nversion: 1.0.0\n`;
    writeFileSync(join(folder, `${kind}/contoh.daun.yaml`), text);
  }
  appendFileSync(
    join(folder, 'services/contoh.daun.yaml'),
    "title: { id: Daun, en: Leaf }\nagency: police\nstatus: published\nchannels: [self]\nregions: ['99.01']\nform: { type: object }\n",
  );
  appendFileSync(
    join(folder, 'routes/contoh.daun.yaml'),
    `steps:\n  rest:\n    call: bus.wait\n    with: { for: "'1h'" }\n`,
  );
  replaceIn(folder, 'routes/contoh.ranting.yaml', 'steps:\n', opens('CONTOH.DAUN'));
  const { findings } = await checkConfig(folder, adapters, { now });
  expect(findings.map(({ code, file, pointer }) => [code, file, pointer])).toEqual([
    ['child_depth', 'routes/contoh.ranting.yaml', '/steps/open/with/service'],
  ]);
});
