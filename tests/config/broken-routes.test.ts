/** `check`: one mistake in a sound configuration is one finding, with its code, its place and a way to mend it. */
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { printFinding, type Finding } from '../../src/config/finding.ts';
import { copyOfConfig, lineOf, replaceIn, SOUND } from './broken.ts';

const now = Date.parse('2026-12-01T00:00:00Z');
const IZIN = 'routes/contoh.izin.yaml';
const BAGIAN = 'routes/contoh.bagian.yaml';
const RANTING = 'routes/contoh.ranting.yaml';
const SERVICE = 'services/contoh.izin.yaml';
const AGENCIES = 'agencies.yaml';
const PAYMENT = 'fragments/payment.yaml';
const IDENTITY = 'fragments/identity.yaml';

/**
 * What is in the file and what is put in its place; then the finding: its code, its pointer, and a text of its line.
 * `file text` where the finding is in another file.
 */
type Row = [title: string, file: string, from: string, to: string, code: string, pointer: string, at: string];

/** A step that opens another application. */
const opens = (code: string): string => `steps:
  open:
    call: bus.child
    with: { service: "'${code}'" }
`;
/** A step that cannot be undone: a consent at the health exchange. */
const consent = (more = ''): string => `  consent:
    call: health.setConsent
    with: { ihsNumber: "'P00000000000'", decision: "'given'", officerName: site.code }
${more}`;

const ORDER: Row[] = [
  [
    'a loop',
    IZIN,
    'after: judge',
    'after: [judge, decide]',
    'step_cycle',
    '/steps/pause/after',
    'after: [judge',
  ],
  [
    'a step after nobody',
    IZIN,
    'after: pause',
    'after: pauze',
    'unknown_step',
    '/steps/decide/after',
    'pauze',
  ],
  [
    'a mandatory step after one that may fail',
    IZIN,
    'call: bus.wait',
    'call: bus.wait\n    need: bestEffort',
    'waits_for_best_effort',
    '/steps/decide/after',
    'after: pause',
  ],
  [
    'money taken beside a check',
    IZIN,
    'after: [person, office]',
    'after: person',
    'irreversible_before_check',
    '/steps/bill/after',
    'after: person',
  ],
  [
    'money taken beside a person who decides',
    IZIN,
    'after: judge',
    'after: []',
    'irreversible_before_check',
    '/steps/bill/after',
    'after: [person',
  ],
  [
    'what cannot be undone before the pivot',
    IZIN,
    '  pause:\n',
    `${consent('    after: [person, office, bill, judge]\n')}  pause:\n`,
    'no_undo_before_pivot',
    '/steps/consent/call',
    'call: health.setConsent',
  ],
  [
    'what cannot be undone, and no pivot',
    BAGIAN,
    'result:',
    consent('    after: look\nresult:'),
    'no_pivot',
    '/steps/consent/call',
    'health.setConsent',
  ],
  [
    'two pivots',
    BAGIAN,
    'result:',
    `    pivot: true\n${consent('    after: look\n    pivot: true\n')}result:`,
    'two_pivots',
    '/steps/consent/pivot',
    'pivot: true\nresult',
  ],
  [
    'a pivot that may fail',
    IZIN,
    'pivot: true',
    'pivot: true\n    need: bestEffort',
    'pivot_best_effort',
    '/steps/certificate/pivot',
    'pivot: true',
  ],
  [
    'a step that never runs',
    IZIN,
    'validFor: 7d',
    "when: 'false'",
    'never_runs',
    '/steps/office/when',
    'when:',
  ],
];

const NAMES: Row[] = [
  [
    'a step for a refusal that would have ended the application',
    IZIN,
    'after: judge',
    "after: judge\n    when: steps.judge.state = 'rejected'",
    'never_runs',
    '/steps/pause/when',
    "when: steps.judge.state = 'rejected'",
  ],
  [
    'a state that is none',
    IZIN,
    "when: application.formData.office != ''",
    "when: steps.certificate.state = 'done'",
    'unknown_state',
    '/steps/tell/when',
    "'done'",
  ],
  ['an unknown role', BAGIAN, 'health.', 'helth.', 'unknown_role', '/steps/look/call', 'helth'],
  [
    'an unknown operation',
    BAGIAN,
    'findOrganization',
    'findOrganisation',
    'unknown_operation',
    '/steps/look/call',
    'findOrganisation',
  ],
  [
    'an operation that the bus has not',
    IZIN,
    'bus.wait',
    'bus.weit',
    'unknown_operation',
    '/steps/pause/call',
    'weit',
  ],
  [
    'an unknown field of a step',
    IZIN,
    'insist: true',
    'insists: true',
    'unknown_field',
    '/steps/certificate/insists',
    'insists',
  ],
  [
    'an input that the operation has not',
    BAGIAN,
    'organizationId:',
    'organisationId:',
    'unknown_input',
    '/steps/look/with/organisationId',
    'organisationId',
  ],
  [
    'an input that is forgotten',
    IZIN,
    '      birthDate: application.applicant.birthDate\n',
    '',
    'missing_input',
    '/steps/certificate/with',
    'with:\n      nik',
  ],
  ['a time without an end', IZIN, `{ for: "'3d'" }`, '{}', 'missing_input', '/steps/pause/with', 'with: {}'],
  [
    'a time that is none',
    IZIN,
    `'3d'`,
    `'three days'`,
    'literal_invalid',
    '/steps/pause/with/for',
    'three days',
  ],
  [
    'a field that the form has not',
    IZIN,
    'see: { office: application.formData.office',
    'see: { office: application.formData.offise',
    'unknown_name',
    '/steps/decide/with/see/office',
    'offise',
  ],
  [
    'a field that the person does not fill in',
    IZIN,
    'steps.decide.output.number',
    'steps.decide.output.numbr',
    'unknown_name',
    '/steps/certificate/with/purpose',
    'numbr',
  ],
  [
    'a field that a time does not give',
    IZIN,
    'steps.pause.output.until',
    'steps.pause.output.end',
    'unknown_name',
    '/steps/decide/with/see/until',
    'output.end',
  ],
  [
    'a field that a sub-application does not give',
    IZIN,
    'steps.part.output.result.note',
    'steps.part.output.result.notes',
    'unknown_name',
    '/result/part',
    'result.notes',
  ],
  [
    'an output where its number is meant',
    IZIN,
    'steps.part.output.result.note',
    'steps.part.output.nomor',
    'unknown_name',
    '/result/part',
    'nomor',
  ],
  [
    'the round before of a step that never runs again',
    IZIN,
    'steps.office.output.name',
    'steps.office.before.name',
    'never_again',
    '/result/office',
    'before.name',
  ],
  [
    'the round before, misspelt',
    PAYMENT,
    'steps.judge.before.owed)',
    'steps.judge.before.owes)',
    'unknown_name',
    '/steps/bill/with/amount',
    `owes`,
  ],
  [
    'a step that reads itself',
    IZIN,
    'content: steps.certificate.output.certificateNumber',
    'content: steps.tell.output.ticket',
    'step_not_before',
    '/steps/tell/with/content',
    'steps.tell',
  ],
];

const SHAPES: Row[] = [
  [
    'nothing where a text is needed',
    BAGIAN,
    '{ organizationId: application.formData.note }',
    '{ organizationId: null }',
    'literal_invalid',
    '/steps/look/with/organizationId',
    'organizationId: null',
  ],
  [
    'a list where a text is needed',
    RANTING,
    'nik: application.applicant.nik',
    'nik: [application.applicant.nik]',
    'literal_invalid',
    '/steps/person/with/nik',
    'nik: [',
  ],
  [
    'an object where a choice is needed',
    IZIN,
    'classification: "\'informationRequest\'"',
    'classification: {}',
    'literal_invalid',
    '/steps/tell/with/classification',
    'classification: {}',
  ],
  [
    'nothing where one field of several is needed',
    BAGIAN,
    '{ organizationId: application.formData.note }',
    '{}',
    'missing_input',
    '/steps/look/with',
    'with: {}',
  ],
];

const SETTINGS: Row[] = [
  [
    'insisting on what may be done once only',
    IZIN,
    'when: application.formData.office',
    'insist: true\n    when: application.formData.office',
    'retry_of_once',
    '/steps/tell/insist',
    'insist: true\n    when',
  ],
  [
    'running again what may be done once only',
    IZIN,
    'when: application.formData.office',
    "again: { when: steps.tell.code = 'X', steps: [certificate] }\n    when: application.formData.office",
    'retry_of_once',
    '/steps/tell/again',
    'again:',
  ],
  [
    'having run again what may be done once only',
    IZIN,
    'result:\n',
    "  after:\n    call: health.findOrganization\n    after: tell\n    need: bestEffort\n    again: { when: steps.after.code = 'X', steps: [tell] }\n    with: { organizationId: application.formData.office }\nresult:\n",
    'retry_of_once',
    '/steps/after/again/steps/0',
    'again:',
  ],
  [
    'a bill made anew that is none',
    IZIN,
    'insist: true',
    'rebill: 2',
    'rebill_without_money',
    '/steps/certificate/rebill',
    'rebill',
  ],
  [
    'an age limit of what is done',
    IZIN,
    'insist: true',
    'validFor: 2d',
    'valid_for_effect',
    '/steps/certificate/validFor',
    'validFor: 2d',
  ],
  [
    'a wait for what answers at once',
    IZIN,
    'validFor: 7d',
    'waits: 7d',
    'never_waits',
    '/steps/office/waits',
    'waits: 7d\n    with',
  ],
  [
    'a reminder of what answers at once',
    IZIN,
    'validFor: 7d',
    'remind: [1d]',
    'never_waits',
    '/steps/office/remind',
    'remind: [1d]',
  ],
  [
    'an end of what answers at once',
    IZIN,
    'validFor: 7d',
    'onTimeout: reject',
    'never_waits',
    '/steps/office/onTimeout',
    'onTimeout: reject\n    with',
  ],
  [
    'a time that runs out',
    IZIN,
    'after: judge',
    'after: judge\n    onTimeout: reject',
    'never_times_out',
    '/steps/pause/onTimeout',
    'onTimeout: reject\n    with',
  ],
  [
    'a reminder after the wait',
    IZIN,
    '[3d, 6d]',
    '[3d, 12d]',
    'remind_after_wait',
    '/steps/decide/remind/1',
    '12d',
  ],
  [
    'a reminder after a time',
    IZIN,
    'after: judge',
    'after: judge\n    remind: [4d]',
    'remind_after_wait',
    '/steps/pause/remind/0',
    '[4d]',
  ],
  ['reminders in no order', IZIN, '[3d, 6d]', '[6d, 3d]', 'remind_order', '/steps/decide/remind/1', '[6d'],
  [
    'a decision that is nobody’s',
    BAGIAN,
    'health.findOrganization\n    with: { organizationId:',
    'bus.task\n    with: { see:',
    'task_missing',
    '/steps/look/call',
    'bus.task',
  ],
  [
    'a task of an agency’s',
    IZIN,
    'insist: true',
    "task: { role: head, title: { id: Ya, en: 'Yes' } }",
    'task_elsewhere',
    '/steps/certificate/task',
    'task: { role',
  ],
  [
    'a task that is due too late',
    IZIN,
    'due: 5d',
    'due: 11d',
    'due_after_wait',
    '/steps/decide/task/due',
    'due: 11d',
  ],
  [
    'a task without a text in English',
    IZIN,
    '{ id: Putuskan, en: Decide }',
    '{ id: Putuskan }',
    'missing_field',
    '/steps/decide/task/title/en',
    'Putuskan',
  ],
  [
    'a task whose text is blank',
    IZIN,
    'en: Decide',
    "en: ' '",
    'missing_text',
    '/steps/decide/task/title/en',
    'Putuskan',
  ],
  [
    'a task form that does not compile',
    IZIN,
    'number: { type: string',
    'number: { type: strin',
    'form_invalid',
    '/steps/decide/task/form',
    'form:',
  ],
  [
    'a task form that may hang',
    IZIN,
    'number: { type: string',
    "number: { type: string, pattern: '(a+)+'",
    'unsafe_pattern',
    '/steps/decide/task/form/properties/number/pattern',
    '(a+)+',
  ],
  [
    'running again a step that is not',
    PAYMENT,
    'steps: [bill]',
    'steps: [bil]',
    'unknown_step',
    '/steps/judge/again/steps/0',
    '[bil]',
  ],
  [
    'running again what comes later',
    PAYMENT,
    'steps: [bill]',
    'steps: [bill, pause]',
    'again_not_before',
    '/steps/judge/again/steps/1',
    'pause',
  ],
  [
    'running again itself',
    PAYMENT,
    'steps: [bill]',
    'steps: [bill, judge]',
    'again_itself',
    '/steps/judge/again/steps/1',
    '[bill, judge]',
  ],
  [
    'a refusal that never comes',
    IZIN,
    'pivot: true',
    'pivot: true\n    onRefusal: { PHOTO_REJECTED: expire }',
    'never_refused',
    '/steps/certificate/onRefusal/PHOTO_REJECTED',
    'onRefusal',
  ],
  [
    'a refusal that no officer knows',
    IZIN,
    'onTimeout: reject',
    'onTimeout: reject\n    onRefusal: { OUT_OF_TIMES: expire }',
    'never_refused',
    '/steps/decide/onRefusal/OUT_OF_TIMES',
    'onRefusal',
  ],
  [
    'a refusal of a mere wait',
    IZIN,
    'call: bus.wait',
    'call: bus.wait\n    onRefusal: { OUT_OF_TIME: expire }',
    'never_refused',
    '/steps/pause/onRefusal/OUT_OF_TIME',
    'onRefusal',
  ],
  [
    'a refusal that ends no application, for it does not depend on the step',
    IZIN,
    'after: certificate\n    need: bestEffort\n    with: { service',
    'after: certificate\n    need: bestEffort\n    onRefusal: { CANCELLED: expire }\n    with: { service',
    'never_expires',
    '/steps/part/onRefusal',
    'onRefusal',
  ],
  [
    'a refusal that comes after the point of no return',
    IZIN,
    'result:\n',
    `  last:
    call: dukcapil.matchPerson
    after: certificate
    onRefusal: { NIK_NOT_FOUND: expire }
    with: { nik: application.applicant.nik }
result:
`,
    'never_expires',
    '/steps/last/onRefusal',
    'onRefusal',
  ],
  [
    'a condition that reads what comes later',
    PAYMENT,
    'when: steps.judge.output.owed > 0',
    "when: steps.decide.state = 'rejected'",
    'step_not_before',
    '/steps/judge/again/when',
    'steps.decide',
  ],
];

const SERVICES: Row[] = [
  [
    'a sub-application of nothing',
    IZIN,
    'CONTOH.BAGIAN',
    'CONTOH.BAGIEN',
    'unknown_service',
    '/steps/part/with/service',
    'BAGIEN',
  ],
  [
    'a sub-application of a draft',
    'services/contoh.bagian.yaml',
    'status: published',
    'status: draft',
    'child_not_offered',
    '/steps/part/with/service',
    `${IZIN} CONTOH.BAGIAN`,
  ],
  [
    'a correction by no service',
    IZIN,
    'correctedBy: CONTOH.RANTING',
    'correctedBy: CONTOH.RANTENG',
    'unknown_service',
    '/steps/certificate/correctedBy',
    'correctedBy',
  ],
  [
    'a correction by a draft',
    'services/contoh.ranting.yaml',
    'status: published',
    'status: draft',
    'correction_not_offered',
    '/steps/certificate/correctedBy',
    `${IZIN} correctedBy`,
  ],
  [
    'a sub-application of itself',
    RANTING,
    'steps:\n',
    opens('CONTOH.RANTING'),
    'child_cycle',
    '/steps/open/with/service',
    `'CONTOH.RANTING'`,
  ],
  [
    'a loop of sub-applications',
    BAGIAN,
    'steps:\n',
    opens('CONTOH.IZIN'),
    'child_cycle',
    '/steps/open/with/service',
    `'CONTOH.IZIN'`,
  ],
  [
    'a form that a sub-application has not',
    IZIN,
    'formData: { note:',
    'formData: { notes:',
    'unknown_input',
    '/steps/part/with/formData/notes',
    'notes:',
  ],
  [
    'a step that decides and is not',
    IZIN,
    'decides: decide',
    'decides: decides',
    'unknown_step',
    '/deadline/decides',
    'deadline:',
  ],
  [
    'silence that no law takes for consent',
    SERVICE,
    'deemedApproval: { legalBasis: UU 30/2014 pasal 53 }\n',
    '',
    'deemed_without_law',
    '/deadline/onBreach',
    `${IZIN} deadline:`,
  ],
  [
    'silence that approves nothing',
    IZIN,
    ', decides: decide',
    '',
    'deemed_without_step',
    '/deadline/onBreach',
    'deadline:',
  ],
  [
    'silence past the point of no return',
    IZIN,
    'decides: decide',
    'decides: certificate',
    'deemed_after_pivot',
    '/deadline/decides',
    'deadline:',
  ],
  [
    'an office in no zone',
    AGENCIES,
    '{ zone: Asia/Pontianak, closes',
    '{ zone: Asia/Kubu, closes',
    'unknown_zone',
    '/polres-9901/office/zone',
    'office:',
  ],
  [
    'an office by no calendar',
    AGENCIES,
    "closes: '15:00', calendar: ID",
    "closes: '15:00', calendar: IDN",
    'unknown_calendar',
    '/polres-9901/office/calendar',
    'office:',
  ],
];

const AGREEMENTS: Row[] = [
  [
    'an agreement that has ended',
    AGENCIES,
    '2027-12-31',
    '2026-11-30',
    'agreement_expired',
    '/dukcapil-9901/agreement/validUntil',
    'validUntil',
  ],
  [
    'an agreement until no day',
    AGENCIES,
    '2027-12-31',
    '2027-02-30',
    'invalid_date',
    '/dukcapil-9901/agreement/validUntil',
    'validUntil',
  ],
  [
    'an agreement without its fields',
    AGENCIES,
    'fields: [/nik, /fullName], legalBasis',
    'legalBasis',
    'missing_field',
    '/dukcapil-9901/agreement/purposes/IDENTITY/fields',
    'IDENTITY:',
  ],
  [
    'a default that is no purpose',
    AGENCIES,
    'default: IDENTITY',
    'default: IDENTITI',
    'unknown_purpose',
    '/dukcapil-9901/agreement/default',
    'default:',
  ],
  [
    'an agreed field that nobody takes',
    AGENCIES,
    '[/nik, /fullName]',
    '[/nik, /fullName, /fulName]',
    'unknown_agreed_field',
    '/dukcapil-9901/agreement/purposes/IDENTITY/fields/2',
    'IDENTITY:',
  ],
  [
    'a field without a purpose',
    RANTING,
    'nik: application.applicant.nik',
    'nik: application.applicant.nik, sex: application.applicant.sex',
    'field_without_purpose',
    '/steps/person/with/sex',
    'sex:',
  ],
  [
    'a purpose that is not agreed on',
    IDENTITY,
    'purpose: IDENTITY',
    'purpose: IDENTITAS',
    'unknown_purpose',
    '/match/purpose',
    'purpose:',
  ],
  [
    'a service that is no purpose, and no default',
    AGENCIES,
    '    default: IDENTITY\n',
    '',
    'unknown_purpose',
    '/steps/person/call',
    `${RANTING} call:`,
  ],
  [
    'a purpose of the bus',
    IZIN,
    'after: judge',
    'after: judge\n    purpose: IDENTITY',
    'purpose_of_bus',
    '/steps/pause/purpose',
    'purpose:',
  ],
];

const DEEP = `match:
  $include: fragments/identity.yaml#/a
a:
  $include: fragments/identity.yaml#/b
b:
  $include: fragments/identity.yaml#/c
c:
  call`;

const INCLUDES: Row[] = [
  [
    'a fragment that is not',
    IZIN,
    'fragments/identity.yaml#',
    'fragments/identiti.yaml#',
    'unknown_fragment',
    '/steps/person/$include',
    'identiti',
  ],
  [
    'a part that is not',
    IZIN,
    'identity.yaml#/match',
    'identity.yaml#/metch',
    'unknown_part',
    '/steps/person/$include',
    'metch',
  ],
  [
    'an include of another folder',
    IZIN,
    'fragments/identity.yaml#/match',
    '../secrets.yaml#/match',
    'include_form',
    '/steps/person/$include',
    'secrets',
  ],
  [
    'a fragment in itself',
    PAYMENT,
    '        $include: fragments/payment.yaml#/form',
    '        $include: fragments/payment.yaml#/steps',
    'include_cycle',
    '/steps/judge/task/form/$include',
    '$include: fragments/payment.yaml#/steps',
  ],
  [
    'fragments in fragments in fragments',
    IDENTITY,
    'match:\n  call',
    DEEP,
    'include_depth',
    '/b/$include',
    '$include: fragments/identity.yaml#/c',
  ],
  [
    'fields over what has none',
    'services/contoh.ranting.yaml',
    '#/note\n',
    '#/note/type\n',
    'include_no_map',
    '/form/properties/note/$include',
    '#/note/type',
  ],
  [
    'a mistake in a fragment',
    IDENTITY,
    'application.applicant.fullName',
    'application.aplicant.fullName',
    'unknown_name',
    '/match/with/fullName',
    'aplicant',
  ],
  [
    'a field of a fragment’s step that is not',
    PAYMENT,
    'rebill: 2',
    'rebil: 2',
    'unknown_field',
    '/steps/bill/rebil',
    'rebil',
  ],
  [
    'a mistake over a fragment',
    IZIN,
    'description: service.title',
    'desc: service.title',
    'unknown_input',
    '/steps/bill/with/desc',
    'desc:',
  ],
];

test.each([...ORDER, ...NAMES, ...SHAPES, ...SETTINGS, ...SERVICES, ...AGREEMENTS, ...INCLUDES])(
  '%s',
  async (_, file, from, to, code, pointer, at) => {
    const folder = copyOfConfig(SOUND);
    replaceIn(folder, file, from, to);
    const { catalogue, findings } = await checkConfig(folder, adapters, { now });
    expect(catalogue).toBeUndefined();
    expect(findings.map(place)).toEqual([`${code} ${placeOf(folder, file, at)} ${pointer}`]);
    for (const { message, fix } of findings) expect([message, fix]).not.toContain('');
  },
);

const place = ({ code, file, line, pointer }: Finding): string => `${code} ${file}:${line} ${pointer}`;

function placeOf(folder: string, changed: string, at: string): string {
  const [, file = changed, text = ''] = /^(?:(\S+\.yaml) )?(.*)$/s.exec(at)!;
  return `${file}:${lineOf(folder, file, text)}`;
}

test('what they are broken from is sound', async () => {
  const { findings, warnings, catalogue } = await checkConfig(SOUND, adapters, { now });
  expect([...findings, ...warnings].map(printFinding)).toEqual([]);
  expect(catalogue!.routes.size).toBe(3);
});
