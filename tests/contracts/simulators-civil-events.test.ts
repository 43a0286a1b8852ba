/** The Dinas's work queue for civil events: births, deaths, marriages, moves and cards against the stand-in. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import type { Simulator } from '../../src/adapter-kit/simulator.ts';
import civilRegistry from '../../adapters/civil-registry/adapter.ts';
import { makeSimulator } from '../../adapters/civil-registry/simulator.ts';
import {
  exchange,
  handTime,
  hostedDoor,
  type Drive,
  type ExchangeKind,
  type Heard,
} from './adapter-support.ts';

const settings: JsonObject = {
  baseUrl: 'http://registry.test',
  customerPath: 'CONTOH',
  userId: 'contoh',
  password: 'contoh-sandi',
  ipUser: '192.0.2.10',
  newsSecret: 'contoh-rahasia-kabar',
};
const KEY = '10000000000000000001';
const mother = { nik: '9901014508909999', fullName: 'Contoh Ibu' };
const address = { street: 'Jalan Contoh Nomor 2', regionCode: '99.02' };
const girl = { fullName: 'Contoh Anak', sex: 'female', birthDate: '2026-01-11', birthPlace: 'Contoh Raya' };
const family = { motherNik: mother.nik, motherName: mother.fullName, familyCardNumber: '9901010101269999' };

/** Every event: what is handed in, where its news goes, its ticket, and what comes of it. */
const EVENTS: [operation: string, input: JsonObject, path: string, ticket: string, output: JsonObject][] = [
  [
    'registerBirth',
    { child: girl, ...family },
    '/news/birth',
    'LAHIR-000001',
    { certificateNumber: '9901-LU-15012026-9999', nik: '9901015101269999' },
  ],
  [
    'registerDeath',
    { ...mother, deathDate: '2026-01-12', reporterNik: mother.nik, reporterName: 'Contoh' },
    '/news/death',
    'MATI-000001',
    { certificateNumber: '9901-KM-15012026-9999' },
  ],
  [
    'recordMarriage',
    { husband: mother, wife: mother, marriageDate: '2026-01-10', marriageBookNumber: '12' },
    '/news/marriage',
    'KAWIN-000001',
    { familyCardNumber: '9901010101269999' },
  ],
  [
    'issueMoveLetter',
    { ...mother, familyCardNumber: '9901010101269999', reason: 'work', address },
    '/news/moveOut',
    'PINDAH-000001',
    { letterNumber: 'SKPWNI/9901/15012026/9999', validUntil: '2026-04-25' },
  ],
  [
    'acceptMoveIn',
    { ...mother, letterNumber: 'SKPWNI/9901/15012026/9999', address },
    '/news/moveIn',
    'DATANG-000001',
    { acceptanceNumber: '9901-DATANG-15012026-9999' },
  ],
  [
    'issueIdentityCard',
    { kind: 'child', ...mother },
    '/news/identityCard',
    'KTP-000001',
    { documentNumber: 'KTP-9901-9999' },
  ],
  [
    'correctCertificate',
    {
      ...{ certificate: 'birth', certificateNumber: '9901-LU-15012026-9999', nik: '9901015101269999' },
      ...{ field: 'fullName', oldValue: 'Contoh Annak', newValue: 'Contoh Anak' },
      ...{ applicantNik: mother.nik, applicantName: mother.fullName },
    },
    '/news/correction',
    'BETUL-000001',
    { certificateNumber: '9901-LU-15012026-9999', noteNumber: '9901-CP-15012026-9999' },
  ],
];

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let heard: Heard[];
let told: string[];

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  drive = { adapter: civilRegistry, settings, now: time.now } as unknown as Drive;
  const door = hostedDoor(drive, () => ({ state: 'open', key: KEY, input: {}, output: {} }));
  heard = door.heard;
  told = [];
  simulator = makeSimulator({
    ...{ settings, now: time.now, after: time.after },
    send(path, init) {
      told.push(path);
      return door.send(path, init);
    },
  });
  drive.simulator = simulator;
});

const ask = async (operation: string, input: JsonObject, kind: ExchangeKind = 'send'): Promise<Outcome> =>
  (await exchange(drive, operation, input, { key: KEY }, kind)).outcome;

describe.each(EVENTS)('%s', (operation, input, path, ticket, output) => {
  test('is taken, issued, told at its own path, and its paper is a PDF', async () => {
    expect(await ask(operation, input)).toEqual({ is: 'pending', reference: ticket, awaits: 'agency' });
    await time.pass(200);
    expect(told).toEqual([path]);
    const { apply } = heard[0]!.answer;
    expect(apply).toMatchObject({ is: 'ok', output });
    expect(await ask(operation, input, 'inquiry')).toEqual(apply);
    const { url } = (apply as { documents: { from: { url: string } }[] }).documents[0]!.from;
    const file = await simulator.fetch(new Request(url));
    expect(await file.text()).toMatch(/^%PDF-1\.4\n/);
    expect(simulator.book()).toHaveLength(1);
  });

  test('its answer lost, the same request is the same ticket', async () => {
    simulator.fault({ match: '/adminduk', kind: 'loseReply', times: 1 });
    expect(await ask(operation, input)).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask(operation, input)).toMatchObject({ is: 'pending', reference: ticket });
    expect(simulator.book()).toMatchObject([{ key: KEY, times: 1 }]);
  });

  test('is answered as the Dinas decides, once', async () => {
    const [, event = 'identityCard'] = path.split('/').slice(1);
    await simulator.act('answer', { event, status: 'REJECTED', reasonCode: 'NOT_ELIGIBLE' });
    await ask(operation, input);
    await time.pass(200);
    expect(heard[0]!.answer.apply).toEqual({ is: 'refused', code: 'NOT_ELIGIBLE' });
  });
});

test.each(['registerBirth', 'registerDeath', 'correctCertificate'])(
  '%s cannot be undone: no exchange takes it back',
  (operation) => {
    const known = civilRegistry.operations as Record<string, { compensation?: unknown }>;
    expect(known[operation]!.compensation).toBeUndefined();
  },
);

test('a move letter is taken back after it was issued, until it is used', async () => {
  const [operation, input] = EVENTS.find(([name]) => name === 'issueMoveLetter')!;
  await ask(operation, input);
  await time.pass(200);
  await simulator.act('use', { requestId: KEY });
  expect(await ask(operation, input, 'compensation')).toEqual({ is: 'refused', code: 'ALREADY_USED' });
});

test('a move letter that nobody used is cancelled, with the card of those who stay', async () => {
  const [operation, input] = EVENTS.find(([name]) => name === 'issueMoveLetter')!;
  const stayingHead = { nik: '9901010703889999', fullName: 'Contoh Bapak' };
  await ask(operation, { ...input, stayingHead });
  await time.pass(200);
  expect(heard[0]!.answer.apply).toMatchObject({ output: { familyCardNumber: '9901010101269999' } });
  expect(await ask(operation, input, 'compensation')).toEqual({ is: 'ok', output: {} });
  expect(simulator.book()).toContainEqual({ effect: 'moveLetterCancelled', key: KEY, times: 1 });
});

test('holding one event leaves the others alone', async () => {
  await simulator.act('hold', { event: 'birth' });
  const [birth, death] = [EVENTS[0]!, EVENTS[1]!];
  await ask(birth[0], birth[1]);
  await exchange(drive, death[0], death[1], { key: '10000000000000000002' });
  await time.pass(60_000);
  expect(told).toEqual(['/news/death']);
  await simulator.act('release', {});
  expect(told).toEqual(['/news/death', '/news/birth']);
});

test('a form without what its event needs is incomplete', async () => {
  expect(await ask('registerBirth', { child: girl })).toEqual({
    is: 'sendBack',
    corrections: [{ code: 'DOC_MISSING' }],
  });
  expect(simulator.book()).toEqual([]);
});

describe('correcting a certificate', () => {
  const NUMBER = '9901-LU-15012026-9999';
  const CHILD = '9901015101269999';
  let requests = 0;

  beforeEach(async () => {
    requests = 0;
    await ask('registerBirth', { child: { ...girl, fullName: 'Contoh Annak' }, ...family });
    await time.pass(200);
  });

  /** What comes of it once it was decided. */
  async function correct(fields: JsonObject): Promise<JsonObject> {
    requests += 1;
    const key = `2000000000000000000${requests}`;
    const name = { field: 'fullName', oldValue: 'Contoh Annak', newValue: 'Contoh Anak' };
    const person = { nik: CHILD, applicantNik: mother.nik, applicantName: mother.fullName };
    const input = { certificate: 'birth', certificateNumber: NUMBER, ...name, ...person, ...fields };
    await exchange(drive, 'correctCertificate', input, { key });
    await time.pass(200);
    const { outcome } = await exchange(drive, 'correctCertificate', input, { key }, 'inquiry');
    return outcome as unknown as JsonObject;
  }

  test('writes it into the certificate, and into whom the register matches', async () => {
    const asked = { nik: CHILD, fullName: 'Contoh Anak Perempuan Sehat' };
    expect(await ask('matchPerson', asked)).toMatchObject({ is: 'refused', code: 'DATA_MISMATCH' });
    expect(await correct({ newValue: asked.fullName })).toMatchObject({
      ...{ is: 'refused', code: 'COURT_DECISION_NEEDED' },
    });
    expect(await correct({ newValue: asked.fullName, courtDecisionNumber: '12/Pdt.P/2026' })).toMatchObject({
      ...{ is: 'ok', output: { certificateNumber: NUMBER } },
    });
    expect(await simulator.act('certificate', { number: NUMBER })).toMatchObject({
      ...{ fullName: asked.fullName, birthPlace: 'Contoh Raya', motherName: 'Contoh Ibu' },
    });
    expect(await ask('matchPerson', asked)).toMatchObject({ is: 'ok' });
    expect(simulator.book().filter(({ effect }) => effect === 'certificateCorrection')).toHaveLength(2);
  });

  test('a slip of the pen needs no court; asked again, it is corrected already', async () => {
    expect(await correct({})).toMatchObject({ is: 'ok' });
    expect(await correct({})).toEqual({ is: 'refused', code: 'ALREADY_CORRECTED' });
  });

  test.each<[string, JsonObject, string, string]>([
    ['an old value that does not stand there', { oldValue: 'Contoh Anek' }, '/oldValue', 'DATA_MISMATCH'],
    [
      'a certificate that is not there',
      { certificateNumber: '1-LU-2-3' },
      '/certificateNumber',
      'CERTIFICATE_NOT_FOUND',
    ],
    [
      'the serial of those that are not there',
      { certificateNumber: '9901-LU-15012026-9913' },
      '/certificateNumber',
      'CERTIFICATE_NOT_FOUND',
    ],
  ])('%s goes back to the applicant, and nothing is written', async (_, fields, pointer, code) => {
    expect(await correct(fields)).toEqual({ is: 'sendBack', corrections: [{ pointer, code }] });
    const held = await simulator.act('certificate', { number: NUMBER });
    expect(held).toMatchObject({ fullName: 'Contoh Annak' });
  });

  test('one that the stand-in did not issue holds what it is said to hold, until it is corrected', async () => {
    const other = { certificateNumber: '9901-KM-01022020-9999', field: 'deathDate', oldValue: '2020-01-31' };
    expect(await correct({ ...other, newValue: '2020-01-30' })).toMatchObject({ is: 'ok' });
    expect(await correct({ ...other, newValue: '2020-01-29' })).toMatchObject({ is: 'sendBack' });
  });
});

describe('matchPerson, where the route sends back', () => {
  const person = { ...mother, birthDate: '1990-08-05', onMismatch: 'sendBack' };

  test('names the fields that differ', async () => {
    await simulator.act('person', { ...mother, birthDate: '1990-08-06', fullName: 'Lain Sekali' });
    expect(await ask('matchPerson', person)).toEqual({
      is: 'sendBack',
      corrections: [
        { pointer: '/fullName', code: 'DATA_MISMATCH' },
        { pointer: '/birthDate', code: 'DATA_MISMATCH' },
      ],
    });
  });

  test.each([
    ['9901014508909913', { is: 'sendBack', corrections: [{ pointer: '/nik', code: 'NIK_NOT_FOUND' }] }],
    ['9901014508909911', { is: 'refused', code: 'PERSON_DECEASED' }],
    ['9901014508909914', { is: 'refused', code: 'NIK_BLOCKED' }],
  ])('%s is mended where it can be', async (nik, outcome) => {
    expect(await ask('matchPerson', { ...person, nik })).toMatchObject(outcome);
  });
});
