/** Tests of routes as files: every mistake at once with its place, and a line for everything that went otherwise. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { differencesOf } from '../../src/rehearse/route-tests/compare.ts';
import { readTests, testFilesUnder } from '../../src/rehearse/route-tests/read.ts';
import { runTest, type Tested } from '../../src/rehearse/route-tests/run.ts';
import type { Expected } from '../../src/rehearse/route-tests/types.ts';
import { play, ROOT, smallMall, stageOptions } from './support.ts';

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jembatan-route-tests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.test.yaml');
  writeFileSync(path, text);
  return path;
}

const EXAMPLE = `${ROOT}examples/07-skck-loket.json`;

const WRONG = `service: POLRES.SKCK
application: nothere.json
tests:
  - name: one of many
    agencies:
      - { fault: loseRply, step: bill }
      - { fault: loseReply, step: bil, at: 2h, when: bill is waiting }
      - { step: certificate, act: decide }
      - { agency: bnak, act: hold }
      - { fault: hang, act: hold, step: bill }
    peple: []
    people:
      - { decide: bill, as: approved }
      - { withdraw: why not }
      - { pay: bill, when: whenever }
    expect: { state: done, steps: { bil: succeeded }, books: { bnk: { payment: 1 } } }
  - name: one of many
    for: 3 days
    expect: { state: completed, items: [foo bar], events: [step.succeeded of foo], sent: { foo: {} } }
  - nme: x
`;

test('every mistake of a file at once, each with its line, its pointer and what to do', async () => {
  const path = fileOf(WRONG);
  const { tests, findings } = await readTests(path, await smallMall());
  expect(tests).toBeUndefined();
  expect(findings.every(({ file, fix }) => file === path && fix !== '')).toBe(true);
  expect(findings.map(({ line, pointer, code }) => `${line} ${pointer} ${code}`).toSorted()).toEqual(
    [
      '2 /application application_file',
      '6 /tests/0/agencies/0/fault invalid_value',
      '7 /tests/0/agencies/1/step unknown_step',
      '7 /tests/0/agencies/1/at two_times',
      '7 /tests/0/agencies/1/when unknown_state',
      '8 /tests/0/agencies/2 act_too_early',
      '9 /tests/0/agencies/3/agency unknown_agency',
      '10 /tests/0/agencies/4/act two_acts',
      '10 /tests/0/agencies/4 act_too_early',
      '11 /tests/0/peple unknown_field',
      '13 /tests/0/people/0/decide no_task',
      '14 /tests/0/people/1 no_time',
      '15 /tests/0/people/2/when condition_form',
      '16 /tests/0/expect/state invalid_value',
      '16 /tests/0/expect/steps/bil unknown_step',
      '16 /tests/0/expect/books/bnk unknown_agency',
      '17 /tests/1/name duplicate_name',
      '18 /tests/1/for invalid_value',
      '19 /tests/1/expect/items/0 unknown_step',
      '19 /tests/1/expect/events/0 unknown_step',
      '19 /tests/1/expect/sent/foo unknown_step',
      '20 /tests/2/name missing_field',
      '20 /tests/2/expect missing_field',
      '20 /tests/2/nme unknown_field',
    ].toSorted(),
  );
});

test.each([
  ['service: NO.SUCH\ntests: [{ name: abc, expect: { state: completed } }]\n', '/service unknown_service'],
  ['service: POLRES.SKCK\nservice: POLRES.SKCK\ntests: []\n', ' duplicate_key'],
  ['- a\n', ' invalid_value'],
])('%j', async (text, said) => {
  const { findings } = await readTests(fileOf(text), await smallMall());
  expect(findings.map(({ pointer, code }) => `${pointer} ${code}`)).toContain(said);
});

test('a file itself, or every test file of a folder and its folders', async () => {
  const path = fileOf('x: 1\n');
  expect(await testFilesUnder(path)).toEqual([path]);
  expect(await testFilesUnder(join(path, '..'))).toEqual([path]);
});

async function tested(text: string): Promise<Tested> {
  const path = fileOf(`service: POLRES.SKCK\napplication: ${EXAMPLE}\ntests:\n${text}`);
  const { tests, findings } = await readTests(path, await smallMall());
  expect(findings).toEqual([]);
  return runTest(path, tests!, tests!.tests[0]!, {
    ...(await stageOptions()),
    finder: () => async () => undefined,
    otherwise: () => Promise.reject(new Error('it names one')),
  });
}

describe('a test that holds', () => {
  test.each([
    [
      'a fault and the books',
      `  - name: abc
    agencies: [{ fault: loseReply, step: bill }, { fault: status, value: 503, times: 2, step: person }]
    expect:
      { state: completed, within: 1h, items: [], events: [step.unknown of bill, application.completed],
        told: [accepted, payment, paid, completed], never: [step.conflict], books: { bank: { payment: 1, refundDue: 0 }, polres-6112: { recordCertificate: 1 } },
        steps: { person: { state: succeeded, attempts: 3, agency: dukcapil-6112 } }, sent: { bill: { amount: 30000 } },
        result: { bankReference: '000000000001' } }
`,
    ],
    [
      'a patch of the application',
      `  - name: abc
    application: { with: { applicant: { nik: '9901011405019913' } } }
    expect: { state: rejected, code: NIK_NOT_FOUND, steps: { bill: cancelled } }
`,
    ],
    [
      'a field that is taken away',
      `  - name: abc
    application: { with: { formData: { purpose: null } } }
    expect: { refused: { /formData/purpose: missing_field } }
`,
    ],
    [
      'an act that is refused, as it must be',
      `  - name: abc
    people: [{ withdraw: too late now, when: application is completed, after: 1d, refused: application_ended }]
    expect: { state: completed }
`,
    ],
    [
      'nobody pays; an operator cancels',
      `  - name: abc
    start: '2026-12-01T10:00:00+07:00'
    for: 3h
    habits: { pay: never }
    people: [{ cancel: it was a mistake, at: 2h }]
    expect: { state: cancelled, steps: { bill: compensated } }
`,
    ],
  ])('%s', async (_, text) => {
    expect((await tested(text)).differences).toEqual([]);
  });
});

test('a fault that never strikes, an act that is not refused and one whose time never comes are differences', async () => {
  const { differences } = await tested(`  - name: abc
    application: { with: { applicant: { nik: '9901011405019913' } } }
    agencies: [{ fault: hang, step: certificate }]
    people:
      - { withdraw: changed his mind, when: bill is waitingPayment }
      - { cancel: as a trial, at: 1h }
    expect: { state: rejected }
`);
  expect(differences).toEqual([
    { at: 'the citizen withdraws', expected: 'to be done', found: 'its time never came' },
    { at: 'the operator cancels', expected: 'to be done', found: 'application_ended' },
    { at: 'certificate: hang', expected: 'to strike', found: 'the step sent nothing then' },
  ]);
});

test('every expectation can fail, and says what was found', async () => {
  const rehearsed = await play();
  const of = (expect: Expected): string[] =>
    differencesOf(expect, rehearsed).map(({ at, expected, found }) => `${at}: ${expected} / ${found}`);
  expect(of({ state: 'rejected', code: 'X', within: '5m' })).toEqual([
    '/state: rejected / completed',
    '/code: X / nothing',
    '/within: 5m / 10m',
  ]);
  expect(of({ steps: { bill: 'rejected', person: { round: 2, code: 'X' } } })).toEqual([
    '/steps/bill: rejected / succeeded',
    '/steps/person/round: 2 / 1',
    '/steps/person/code: X / null',
  ]);
  expect(of({ items: ['bill refund'] })).toEqual(['/items: bill refund / none']);
  expect(of({ events: ['step.succeeded of bill', 'step.succeeded of person'] })).toEqual([
    expect.stringMatching(/^\/events\/1: step\.succeeded of person, after step\.succeeded of bill \/ /),
  ]);
  expect(of({ never: ['step.waiting of bill', 'sla.paused'] })).toHaveLength(2);
  expect(of({ told: ['accepted', 'completed', 'payment'] })).toEqual([
    '/told/2: payment / accepted, processing, payment, paid, processing, completed',
  ]);
  expect(of({ sent: { bill: { amount: 1, description: { en: 'x' } } } })).toEqual([
    '/sent/bill/amount: 1 / 30000',
    expect.stringMatching(/^\/sent\/bill\/description\/en: "x" \/ /),
  ]);
  expect(of({ result: { validUntil: 'x', more: 1 } })).toHaveLength(2);
  expect(of({ books: { bank: { payment: 2 }, police: { other: 1 } } })).toEqual([
    '/books/bank/payment: 2 / 1',
    '/books/police/other: 1 / 0',
  ]);
  expect(of({ doubled: 1, lost: 1 })).toEqual(['/doubled: 1 / 0', '/lost: 1 / 0']);
  expect(of({ refused: { '/formData': 'x' } })).toEqual(['/refused/formData: x / taken in']);
});
