/** `check`: the shipped configuration is clean, and everything that can be wrong is found, with its line. */
import { chmodSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { printFinding } from '../../src/config/finding.ts';
import { copyOfConfig, lineOf, replaceIn, SHIPPED } from './broken.ts';

const AGENCIES = 'agencies.yaml';
const SITES = 'sites.yaml';
const PLATFORMS = 'platforms.yaml';
const CALENDAR = 'calendars/id.yaml';
const SERVICE = 'services/polres.skck.yaml';
const ROUTE = 'routes/polres.skck.yaml';
const ROUTE_KK = 'routes/polres.skck-kk.yaml';

test('the shipped configuration has no findings', async () => {
  const { catalogue, findings } = await checkConfig(SHIPPED, adapters);
  expect(findings.map(printFinding)).toEqual([]);
  const files = readdirSync(join(SHIPPED, 'services'));
  expect([...catalogue!.services.keys()].map((code) => `${code.toLowerCase()}.yaml`).toSorted()).toEqual(
    files.toSorted(),
  );
});

test('defaults are filled in', async () => {
  const { catalogue } = await checkConfig(SHIPPED, adapters);
  const [civil, bank, police] = catalogue!.agencies;
  expect(civil!.limits).toEqual({
    concurrency: 8,
    perSecond: 20,
    timeout: '20s',
    maxReplyBytes: 12_582_912,
    circuitFailures: 5,
    circuitSleep: '10s',
    circuitCap: '10m',
  });
  expect(bank!.retry).toEqual({ attempts: 8, base: '1s', cap: '15m', inquiries: 12 });
  expect(police!.retry).toEqual({ attempts: 10, base: '1s', cap: '30m', inquiries: 12 });
  expect(catalogue!.platforms.map(({ sandbox }) => sandbox)).toEqual([true, false]);
  const route = catalogue!.routes.get('POLRES.SKCK')!;
  expect(route.steps['person']).toMatchObject({ after: [], need: 'mandatory', pivot: false });
  expect(route.steps['bill']!.after).toEqual(['person']);
});

/** The limits of the police, to be replaced. */
const POLICE = '{ concurrency: 4, perSecond: 5 }';
const HOURS = (day: string): string => `{ opens: { zone: Asia/Pontianak, hours: { ${day} } } }`;
const PAUSE = (from: string, to: string): string =>
  `{ opens: { zone: Asia/Pontianak, maintenance: [{ from: ${from}, to: ${to} }] } }`;

test('opening hours, quota, weight and order are read as they are written', async () => {
  const folder = copyOfConfig();
  const limits =
    '{ perDay: 500, opens: { zone: Asia/Pontianak, calendar: ID, hours: { mon: [08:00-12:00, 13:00-15:00] }, maintenance: [{ from: 2026-12-24T22:00, to: 2026-12-25T04:00 }] } }';
  replaceIn(folder, AGENCIES, POLICE, limits);
  replaceIn(folder, PLATFORMS, 'sandbox: true', 'weight: 3');
  replaceIn(folder, ROUTE, 'version: 1.0.0', 'version: 1.0.0\norder: applicant');
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(findings.map(printFinding)).toEqual([]);
  expect(catalogue!.agencies.find(({ role }) => role === 'police')!.limits).toMatchObject({
    perDay: 500,
    opens: {
      ...{ zone: 'Asia/Pontianak', calendar: 'ID', hours: { mon: ['08:00-12:00', '13:00-15:00'] } },
      maintenance: [{ from: '2026-12-24T22:00', to: '2026-12-25T04:00' }],
    },
  });
  expect(catalogue!.platforms[0]!.weight).toBe(3);
  expect(catalogue!.routes.get('POLRES.SKCK')!.order).toBe('applicant');
});

/** `at` is a text on the finding's line, as `place` reads it. */
type Row = [title: string, file: string, from: string, to: string, code: string, at: string];

const ROWS: Row[] = [
  [
    'a duplicate YAML key',
    SITES,
    "  closes: '15:00'",
    "  closes: '15:00'\n  zone: Asia/Jakarta",
    'duplicate_key',
    'zone: Asia/Jakarta',
  ],
  ['two agencies of one name', AGENCIES, 'polres-6112:', 'bank-kalbar:', 'duplicate_key', 'role: police @-1'],
  ['a tag', SITES, 'zone: Asia/Pontianak', 'zone: !!js/function "x"', 'config_tag', '!!js/function'],
  ['a tab', SITES, '  zone: Asia/Pontianak', '\tzone: Asia/Pontianak', 'config_yaml', '\tzone'],
  ['two documents', 'regions.yaml', "'99':", "---\n'99':", 'config_yaml', '---'],
  [
    'a misspelt field',
    AGENCIES,
    '  adapter: civil-registry',
    '  adaptor: civil-registry',
    'unknown_field',
    'adaptor',
  ],
  ['a missing field', SITES, '  calendar: ID\n', '', 'missing_field', 'MPP-6112-01'],
  [
    '__proto__',
    AGENCIES,
    'role: dukcapil',
    'role: dukcapil\n  __proto__: { x: 1 }',
    'unknown_field',
    '__proto__',
  ],
  [
    'an adapter by path',
    AGENCIES,
    'adapter: civil-registry',
    'adapter: ../../tmp/x',
    'invalid_value',
    '../../tmp/x',
  ],
  [
    'an unknown adapter',
    AGENCIES,
    'adapter: civil-registry',
    'adapter: civil-registri',
    'unknown_adapter',
    'civil-registri',
  ],
  ['an unknown major', AGENCIES, 'major: 1', 'major: 7', 'unknown_major', 'major: 7'],
  ['a misspelt setting', AGENCIES, 'userId:', 'userID:', 'unknown_field', 'userID'],
  ['a missing setting', AGENCIES, '    ipUser: 127.0.0.1\n', '', 'missing_field', 'settings:'],
  [
    'a secret written out',
    AGENCIES,
    'secret://file/dukcapil-6112-password',
    'hunter2hunter2',
    'secret_literal',
    'hunter2',
  ],
  [
    'a secret by path',
    AGENCIES,
    'secret://file/dukcapil-6112-password',
    'secret://file/../../etc/passwd',
    'secret_literal',
    'etc/passwd',
  ],
  ['an open line', AGENCIES, 'http://127.0.0.1:9801', 'http://10.1.2.3:9801', 'insecure_url', '10.1.2.3'],
  [
    'a look-alike of loopback',
    AGENCIES,
    'http://127.0.0.1:9801',
    'http://127.0.0.1.example.go.id',
    'insecure_url',
    'example.go.id',
  ],
  ['concurrency 0', AGENCIES, 'concurrency: 8', 'concurrency: 0', 'invalid_value', 'concurrency: 0'],
  ['a negative rate', AGENCIES, 'perSecond: 20', 'perSecond: -1', 'invalid_value', 'perSecond: -1'],
  ['a negative time-out', AGENCIES, 'timeout: 20s', 'timeout: -20s', 'invalid_value', 'timeout: -20s'],
  ['no attempts', AGENCIES, 'attempts: 10', 'attempts: 0', 'invalid_value', 'attempts: 0'],
  [
    'too many attempts',
    AGENCIES,
    'attempts: 10',
    'attempts: 1000000000',
    'invalid_value',
    'attempts: 1000000000',
  ],
  ['a backoff above its cap', AGENCIES, 'cap: 30m', 'cap: 1s, base: 2s', 'limit_order', 'base: 2s'],
  ['a region twice', AGENCIES, 'role: police', 'role: dukcapil', 'region_shared', 'Polres Kubu Raya @+1'],
  ['an unknown region', AGENCIES, "regions: ['61', '99']", "regions: ['61', '98']", 'unknown_region', "'98'"],
  [
    'an unknown platform',
    AGENCIES,
    'role: dukcapil',
    'role: dukcapil\n  opensFor: mpp-digitl',
    'unknown_platform',
    'mpp-digitl',
  ],
  [
    'a quota without a zone to count its days in',
    AGENCIES,
    POLICE,
    `{ perDay: 9 }`,
    'missing_field',
    'perDay',
  ],
  [
    'hours in a zone that is not',
    AGENCIES,
    POLICE,
    '{ opens: { zone: Asia/Kubu } }',
    'unknown_zone',
    'Asia/Kubu',
  ],
  [
    'hours by a calendar that is not',
    AGENCIES,
    POLICE,
    '{ opens: { zone: Asia/Pontianak, calendar: IDN } }',
    'unknown_calendar',
    'IDN',
  ],
  [
    'hours that end before they begin',
    AGENCIES,
    POLICE,
    HOURS('fri: [15:00-08:00]'),
    'time_order',
    '15:00-08:00',
  ],
  [
    'hours that overlap',
    AGENCIES,
    POLICE,
    HOURS('fri: [08:00-12:00, 11:30-15:00]'),
    'time_order',
    '11:30-15:00',
  ],
  ['hours of no day', AGENCIES, POLICE, HOURS('friday: [08:00-12:00]'), 'unknown_field', 'friday'],
  ['hours in another form', AGENCIES, POLICE, HOURS('fri: [8-12]'), 'invalid_value', '8-12'],
  [
    'hours on a free weekday',
    AGENCIES,
    POLICE,
    '{ opens: { zone: Asia/Pontianak, calendar: ID, hours: { sat: [08:00-12:00] } } }',
    'closed_weekday',
    'sat:',
  ],
  [
    'maintenance on a day that is not',
    AGENCIES,
    POLICE,
    PAUSE('2026-02-30T22:00', '2026-03-01T04:00'),
    'invalid_date',
    '2026-02-30',
  ],
  [
    'maintenance that ends before it begins',
    AGENCIES,
    POLICE,
    PAUSE('2026-12-25T04:00', '2026-12-24T22:00'),
    'time_order',
    'maintenance',
  ],
  ['a weight of nothing', PLATFORMS, 'sandbox: true', 'weight: 0', 'invalid_value', 'weight: 0'],
  [
    'an order that is not',
    ROUTE,
    'version: 1.0.0',
    'version: 1.0.0\norder: platform',
    'invalid_value',
    'order:',
  ],
  ['an unknown calendar', SITES, 'calendar: ID', 'calendar: IDN', 'unknown_calendar', 'IDN'],
  ['an unknown zone', SITES, 'Asia/Pontianak', 'Asia/Kubu', 'unknown_zone', 'Asia/Kubu'],
  ['a site nowhere', SITES, "regionCode: '61.12'", "regionCode: '61.13'", 'unknown_region', '61.13'],
  ['a day that is not', CALENDAR, '2026-08-17', '2026-02-30', 'invalid_date', '2026-02-30'],
  ['a holiday in another form', CALENDAR, '2026-08-17', '17-08-2026', 'invalid_date', '17-08-2026'],
  ['no working day', CALENDAR, '[6, 7]', '[1, 2, 3, 4, 5, 6, 7]', 'invalid_value', 'weekend'],
  ['a service of nobody', SERVICE, 'agency: police', 'agency: polise', 'unknown_role', 'polise'],
  [
    'a region that nobody serves',
    SERVICE,
    "['61.12', '99.01']",
    "['61.12', '99.01', '99']",
    'region_unserved',
    'regions:',
  ],
  [
    'a fee twice',
    'services/polres.skck-kk.yaml',
    'code: KK\n',
    'code: SKCK\n',
    'duplicate_code',
    'Kartu Keluarga, en: Family card } @-1',
  ],
  ['a form that does not compile', SERVICE, 'type: string', 'type: strin', 'form_invalid', 'form:'],
  ['a pattern that hangs', SERVICE, 'minLength: 3', 'pattern: ^(a|a)*$', 'unsafe_pattern', '(a|a)*'],
  ['a nested repeat', SERVICE, 'minLength: 3', "pattern: '^([a-z]+)+$'", 'unsafe_pattern', '([a-z]+)+'],
  ['a form elsewhere', SERVICE, 'type: string', '$ref: https://example.org/x.json', 'form_invalid', '$ref'],
  ['a misspelt status', SERVICE, 'status: published', 'status: publish', 'invalid_value', 'status'],
  [
    'a route without its service',
    ROUTE,
    'service: POLRES.SKCK',
    'service: POLRES.SKCX',
    'route_without_service',
    'SKCX',
  ],
  [
    'a service without a route',
    ROUTE,
    'service: POLRES.SKCK',
    'service: POLRES.SKCX',
    'service_without_route',
    `${SERVICE}: code: POLRES.SKCK`,
  ],
  [
    'two routes of one service',
    ROUTE,
    'service: POLRES.SKCK',
    'service: POLRES.SKCK-KK',
    'duplicate_code',
    'service:',
  ],
  ['an unknown role', ROUTE, 'police.issue', 'polisi.issue', 'unknown_role', 'polisi'],
  [
    'an unknown operation',
    ROUTE,
    'dukcapil.matchPerson',
    'dukcapil.matchPersn',
    'unknown_operation',
    'matchPersn',
  ],
  ['a step after nobody', ROUTE, 'after: bill', 'after: bil', 'unknown_step', 'after: bil'],
  [
    'a loop',
    ROUTE,
    'call: dukcapil.matchPerson',
    'call: dukcapil.matchPerson\n    after: certificate',
    'step_cycle',
    'after: certificate',
  ],
  ['a step after itself', ROUTE, 'after: bill', 'after: [bill, certificate]', 'step_cycle', 'after: ['],
  ['two pivots', ROUTE, 'after: person', 'after: person\n    pivot: true', 'two_pivots', 'call: police @+2'],
  [
    'a pivot that may fail',
    ROUTE,
    'pivot: true',
    'pivot: true\n    need: bestEffort',
    'pivot_best_effort',
    'pivot: true',
  ],
  [
    'mandatory after best effort',
    ROUTE,
    'after: person',
    'after: person\n    need: bestEffort',
    'waits_for_best_effort',
    'after: bill',
  ],
  ['a deadline of no days', ROUTE, 'in: 1', 'in: 0', 'invalid_value', 'in: 0'],
  ['a bad span', ROUTE, 'waits: 7d', 'waits: 7w', 'invalid_value', '7w'],
  [
    'an expression that cannot be read',
    ROUTE,
    'nik: application.applicant.nik',
    'nik: application.(',
    'expression_syntax',
    'nik: application.(',
  ],
  [
    'a refused expression',
    ROUTE,
    'nik: application.applicant.nik',
    'nik: $eval("1")',
    'expression_refused',
    '$eval',
  ],
  [
    'a regular expression',
    ROUTE,
    'nik: application.applicant.nik',
    'nik: $contains(application.applicant.nik, /(a|a)*/)',
    'expression_refused',
    '(a|a)*',
  ],
  ['a word without quotes', ROUTE, "[code='SKCK']", '[code=SKCK]', 'unknown_name', '[code=SKCK]'],
  ['a bare word', ROUTE_KK, `"'dataChange'"`, 'dataChange', 'unknown_name', 'reason: dataChange'],
  [
    'a misspelt applicant',
    ROUTE,
    'nik: application.applicant.nik',
    'nik: application.aplicant.nik',
    'unknown_name',
    'aplicant',
  ],
  [
    'a misspelt form field',
    ROUTE,
    'application.formData.purpose',
    'application.formData.porpose',
    'unknown_name',
    'porpose',
  ],
  ['a misspelt service field', ROUTE, 'service.title', 'service.titel', 'unknown_name', 'titel'],
  ['a misspelt site field', ROUTE, 'service.title', 'site.zon', 'unknown_name', 'site.zon'],
  ['a misspelt root', ROUTE, 'service.title', 'servise.title', 'unknown_name', 'servise'],
  ['an unknown step read', ROUTE, 'service.title', 'steps.persn.output.matched', 'unknown_step', 'persn'],
  [
    'a step read too early',
    ROUTE,
    'service.title',
    'steps.certificate.output.validUntil',
    'step_not_before',
    'description: steps',
  ],
  [
    'a step that reads itself',
    ROUTE,
    'service.title',
    'steps.bill.output.bank',
    'step_not_before',
    'description: steps',
  ],
  [
    'an output that is not',
    ROUTE,
    'steps.bill.output.bankReference',
    'steps.bill.output.bankRef',
    'unknown_name',
    'bankRef',
  ],
  [
    'a part of a step that is not',
    ROUTE,
    'steps.bill.output.bankReference',
    'steps.bill.bankReference',
    'unknown_name',
    'steps.bill.bankReference',
  ],
  ['an input that the operation has not', ROUTE, 'payerName:', 'payer:', 'unknown_input', 'payer:'],
  [
    'an input that is forgotten',
    ROUTE,
    '      payerName: application.applicant.fullName\n',
    '',
    'missing_input',
    'amount: @-1',
  ],
  ['a literal that will not do', ROUTE_KK, `"'dataChange'"`, `"'changed'"`, 'literal_invalid', "'changed'"],
  [
    'a number that will not do',
    ROUTE,
    'expiresInHours: 24',
    'expiresInHours: 0',
    'literal_invalid',
    'expiresInHours: 0',
  ],
];

test.each(ROWS)('finds %s', async (_, file, from, to, code, at) => {
  const folder = copyOfConfig();
  replaceIn(folder, file, from, to);
  const { catalogue, findings } = await checkConfig(folder, adapters);
  expect(catalogue).toBeUndefined();
  const found = findings.filter((finding) => finding.code === code);
  expect(found.length, findings.map(printFinding).join('\n')).toBeGreaterThan(0);
  const places = found.map((finding) => `${finding.file}:${finding.line}`);
  expect(places).toContain(place(folder, file, at));
  for (const finding of findings) {
    expect(printFinding(finding)).not.toContain('hunter2');
    expect(finding.message).not.toBe('');
    expect(finding.fix).not.toBe('');
  }
});

/** `text`, `text @-1` (the line before it) or `file: text` when the finding is in another file. */
function place(folder: string, changed: string, at: string): string {
  const [, file = changed, text = '', shift = '0'] = /^(?:(\S+\.yaml): )?(.*?)(?: @([+-]\d))?$/s.exec(at)!;
  return `${file}:${lineOf(folder, file, text) + Number(shift)}`;
}

test('the nearest right name is offered', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'userId:', 'userID:');
  replaceIn(folder, ROUTE, 'dukcapil.matchPerson', 'dukcapil.matchPersn');
  replaceIn(folder, ROUTE_KK, `"'dataChange'"`, 'dataChange');
  const { findings } = await checkConfig(folder, adapters);
  const fixes = findings.map(({ fix }) => fix);
  expect(fixes).toContain('Write "userId"');
  expect(fixes).toContain('Write "matchPerson"');
  expect(fixes).toContain("Write 'dataChange' in quotes if the word itself is meant");
});

test('everything is reported at once, in the order of files and lines', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'major: 1', 'major: 7');
  replaceIn(folder, AGENCIES, "regions: ['61', '99']", "regions: ['61', '98']");
  replaceIn(folder, SITES, 'calendar: ID', 'calendar: IDN');
  replaceIn(folder, ROUTE, 'service.title', 'service.titel');
  replaceIn(folder, SERVICE, 'agency: police', 'agency: polise');
  const { findings } = await checkConfig(folder, adapters);
  const codes = findings.map(({ code }) => code);
  for (const code of [
    'unknown_major',
    'unknown_region',
    'unknown_calendar',
    'unknown_name',
    'unknown_role',
  ]) {
    expect(codes).toContain(code);
  }
  const order = findings.map(({ file, line }) => `${file}:${String(line).padStart(5, '0')}`);
  expect(order).toEqual(order.toSorted());
});

test('one broken file does not drown the rest in findings of its own', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'role: dukcapil', 'rol: dukcapil');
  replaceIn(folder, SITES, 'Asia/Pontianak', 'Asia/Kubu');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code }) => code).toSorted()).toEqual([
    'missing_field',
    'unknown_field',
    'unknown_zone',
  ]);
});

test('an at is worked out before any step, so it reads none', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, ROUTE, 'after: bill', 'after: bill\n    at: steps.person.output.matched');
  const [finding] = (await checkConfig(folder, adapters)).findings;
  expect(finding).toMatchObject({ code: 'step_not_before', line: lineOf(folder, ROUTE, 'at: steps') });
  replaceIn(folder, ROUTE, 'at: steps.person.output.matched', 'at: site.regionCode');
  expect((await checkConfig(folder, adapters)).findings).toEqual([]);
});

test('a step may read the number of its application and how an earlier step ended', async () => {
  const folder = copyOfConfig();
  replaceIn(
    folder,
    ROUTE,
    'after: bill',
    "after: bill\n    when: steps.bill.state = 'succeeded' and $exists(application.number)",
  );
  expect((await checkConfig(folder, adapters)).findings).toEqual([]);
});

test('a private line may be http', async () => {
  const folder = copyOfConfig();
  replaceIn(folder, AGENCIES, 'http://127.0.0.1:9801', 'http://10.1.2.3:9801');
  replaceIn(folder, AGENCIES, 'role: dukcapil', 'role: dukcapil\n  vpn: true');
  expect((await checkConfig(folder, adapters)).findings).toEqual([]);
});

const FILES: [string, (folder: string) => void, string, string][] = [
  ['an empty file', (folder) => writeFileSync(join(folder, SITES), ''), 'config_empty', SITES],
  ['a comment only', (folder) => writeFileSync(join(folder, SITES), '# nothing\n'), 'config_empty', SITES],
  ['a missing file', (folder) => rmSync(join(folder, SITES)), 'config_missing', SITES],
  ['a BOM', (folder) => replaceIn(folder, SITES, 'MPP-6112-01', '\uFEFFMPP-6112-01'), 'config_bom', SITES],
  [
    'not UTF-8',
    (folder) => writeFileSync(join(folder, SITES), Buffer.from([0x61, 0x3a, 0xff])),
    'config_encoding',
    SITES,
  ],
  [
    'a huge file',
    (folder) => writeFileSync(join(folder, SITES), '#'.repeat(1_048_577)),
    'config_size',
    SITES,
  ],
  ['a link', link, 'config_symlink', SITES],
  [
    'a list instead of a map',
    (folder) => writeFileSync(join(folder, SITES), '- a\n'),
    'invalid_value',
    SITES,
  ],
  ['an alias bomb', (folder) => writeFileSync(join(folder, SITES), bomb()), 'config_alias', SITES],
  ['an alias of nothing', (folder) => writeFileSync(join(folder, SITES), 'a: *b\n'), 'config_alias', SITES],
  [
    'a misnamed file',
    (folder) => renameSync(join(folder, SITES), join(folder, 'site.yaml')),
    'unknown_file',
    'site.yaml',
  ],
  [
    'a .yml',
    (folder) => renameSync(join(folder, ROUTE), join(folder, 'routes/a.yml')),
    'unknown_file',
    'routes/a.yml',
  ],
  ['no folder at all', (folder) => rmSync(folder, { recursive: true }), 'config_missing', AGENCIES],
];

test.each(FILES)('refuses %s', async (_, spoil, code, file) => {
  const folder = copyOfConfig();
  spoil(folder);
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map((finding) => `${finding.code} ${finding.file}`)).toContain(`${code} ${file}`);
});

test.skipIf(process.getuid?.() === 0)('an unreadable file is a finding', async () => {
  const folder = copyOfConfig();
  chmodSync(join(folder, SITES), 0);
  const { findings } = await checkConfig(folder, adapters);
  expect(findings).toContainEqual(expect.objectContaining({ code: 'config_unreadable', file: SITES }));
});

function link(folder: string): void {
  renameSync(join(folder, SITES), join(folder, 'real.txt'));
  symlinkSync(join(folder, 'real.txt'), join(folder, SITES));
}

function bomb(): string {
  const level = (name: string, inner: string): string =>
    `${name}: &${name} [${Array(9).fill(inner).join(', ')}]\n`;
  return level('a', 'x') + level('b', '*a') + level('c', '*b') + level('d', '*c') + level('e', '*d');
}
