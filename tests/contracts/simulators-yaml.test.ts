/** The families without code against their stand-ins: each one's whole way, and what a person does to it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Adapter, JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import type { Fault, Simulator, SimulatorModule } from '../../src/adapter-kit/simulator.ts';
import { yamlAdapter } from '../../src/connectors/yaml/index.ts';
import * as insurer from '../../adapters/employment-insurance/simulator.ts';
import * as immigration from '../../adapters/immigration/simulator.ts';
import * as land from '../../adapters/land/simulator.ts';
import { exchange, handTime, hostedDoor, type ExchangeKind, type Heard } from './adapter-support.ts';

const KEY = '10000000000000000001';

interface Stage {
  time: ReturnType<typeof handTime>;
  simulator: Simulator;
  heard: Heard[];
  /** One call under the same key, each an attempt of its own. */
  ask(operation: string, input: JsonObject, kind?: ExchangeKind, reference?: string): Promise<Outcome>;
  fault(kind: Fault['kind'], match?: string): void;
  act(name: string, detail?: JsonObject): Promise<JsonObject>;
  /** What the stand-in's book holds: effect and how often. */
  done(): Record<string, number>;
}

function stageOf(adapter: Adapter, module: SimulatorModule, settings: JsonObject): Stage {
  const time = handTime('2026-01-15T02:30:05Z');
  const signIn = signInOf(adapter);
  const door = hostedDoor({ adapter, settings, now: time.now, signIn }, ({ key = KEY }) =>
    key === KEY ? { state: 'open', key, input: {}, output: {} } : undefined,
  );
  const simulator = module.makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  const bytes = new TextEncoder().encode('a file');
  const documents = new Map([['deed', bytes]]);
  const drive = { adapter, simulator, settings, now: time.now, signIn, documents };
  let attempts = 0;
  return {
    ...{ time, simulator, heard: door.heard },
    async ask(operation, input, kind = 'send', reference) {
      attempts += 1;
      const tryKey = KEY + String(attempts).padStart(4, '0');
      const fields = { key: KEY, tryKey, ...(reference !== undefined && { reference }) };
      return (await exchange(drive, operation, input, fields, kind)).outcome;
    },
    fault: (kind, match = '') => simulator.fault({ kind, match, times: 1 }),
    act: (name, detail = {}) => simulator.act(name, detail),
    done: () => Object.fromEntries(simulator.book().map(({ effect, times }) => [effect, times])),
  };
}

const folder = (name: string): URL => new URL(`../../adapters/${name}/`, import.meta.url);
const newsSecret = 'contoh-rahasia-kabar';

describe('land', async () => {
  const adapter = await yamlAdapter(folder('land'));
  const settings = { baseUrl: 'http://land.test', apiKey: 'kunci', newsSecret, officeCode: '9901' };
  const transfer: JsonObject = {
    ...{ certificateNumber: '99.01.00001', transferType: 'sale', transactionValue: 150_000_000 },
    seller: { nik: '9901010508909999', fullName: 'Contoh Bapak' },
    buyer: { nik: '9901014508909999', fullName: 'Contoh Ibu' },
    deed: { number: '12/2026', date: '2026-01-12', notaryName: 'Contoh Notaris' },
    ...{ taxObjectNumber: '990101000100100010', regionalReceipt: 'NTPD0000000001', deedDocumentId: 'deed' },
  };
  const TICKET = '9901-2026-000001';
  const registered = { ticketNumber: TICKET, certificateNumber: '99.01.00001', registeredOn: '2026-01-15' };
  const titleOf = (from: unknown) => [{ name: 'certificate', type: 'application/pdf', from }];
  let stage: Stage;
  beforeEach(() => void (stage = stageOf(adapter, land, settings)));
  const submit = (kind?: ExchangeKind, over: JsonObject = {}): Promise<Outcome> =>
    stage.ask('submitTransfer', { ...transfer, ...over }, kind);

  test('a ticket waits for its payment order, and tells of the new title', async () => {
    expect(await submit()).toMatchObject({
      is: 'pending',
      reference: TICKET,
      awaits: 'payment',
      shown: { amount: 200_000 },
    });
    await stage.time.pass(86_400_000);
    expect(stage.heard).toEqual([]);
    await stage.act('pay', { ticketNumber: TICKET });
    expect(stage.heard.map(({ answer }) => answer.apply)).toEqual([
      { is: 'pending', reference: TICKET, awaits: 'agency' },
    ]);
    await stage.time.pass(200);
    const output = { ...registered, registeredOn: '2026-01-16' };
    expect(stage.heard[1]!.answer).toMatchObject({
      status: 200,
      apply: { is: 'ok', output, documents: titleOf({ pointer: '/title/document' }) },
    });
    expect(stage.done()).toEqual({ ticket: 1, paymentOrderPaid: 1, titleTransferred: 1 });
  });

  test('is found by asking: the ticket, then the certificate', async () => {
    await stage.act('autoPay', { enabled: true, delayMs: 100 });
    await submit();
    await stage.time.pass(300);
    expect(await submit('inquiry')).toEqual({ is: 'ok', output: registered, documents: titleOf('body') });
  });

  test('after a lost answer the office knows the request', async () => {
    stage.fault('loseReply', 'tickets');
    expect(await submit()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await submit('inquiry')).toMatchObject({ is: 'pending', reference: TICKET });
    expect(await submit()).toMatchObject({ is: 'pending', reference: TICKET });
    expect(stage.done()).toEqual({ ticket: 1 });
  });

  test('what never arrived is said to be so', async () => {
    stage.fault('hang', 'tickets');
    expect(await submit()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await submit('inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test.each<[string, JsonObject, Outcome]>([
    ['a blocked title', { certificateNumber: '99.9921' }, { is: 'refused', code: 'TITLE_BLOCKED' }],
    [
      'an unknown tax receipt',
      { regionalReceipt: 'NTPD9999' },
      { is: 'sendBack', corrections: [{ pointer: '/regionalReceipt', code: 'DATA_MISMATCH' }] },
    ],
  ])('%s is not taken', async (_, over, outcome) => {
    expect(await submit('send', over)).toEqual(outcome);
    expect(stage.done()).toEqual({});
  });

  test('an officer sends it back, or refuses', async () => {
    await submit();
    await stage.act('decide', { requestId: KEY, status: 'RETURNED', reason: 'DEED_UNREADABLE' });
    // News knows no step yet when it is read: which document is meant the inquiry says.
    expect(stage.heard[0]!.answer.apply).toEqual({
      is: 'sendBack',
      corrections: [{ code: 'DOC_UNREADABLE' }],
    });
    expect(await submit('inquiry')).toEqual({
      is: 'sendBack',
      corrections: [{ documentId: 'deed', code: 'DOC_UNREADABLE' }],
    });
    await stage.act('decide', { requestId: KEY, status: 'REFUSED', reason: 'DISPUTE' });
    expect(await submit('inquiry')).toEqual({ is: 'refused', code: 'DISPUTE' });
    await stage.act('expire', { requestId: KEY });
    expect(await submit('inquiry')).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
  });

  test('can be cancelled until it is registered', async () => {
    expect(await submit('compensation')).toEqual({ is: 'ok', output: {} });
    await submit();
    expect(await submit('compensation')).toEqual({ is: 'ok', output: {} });
    expect(await submit('inquiry')).toEqual({ is: 'refused', code: 'CANCELLED' });
    await stage.act('decide', { requestId: KEY, status: 'DONE' });
    expect(await submit('compensation')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
  });

  test('a title is checked', async () => {
    const check = (certificateNumber: string, nik = '9901014508909999') =>
      stage.ask('checkTitle', { certificateNumber, nik, fullName: 'Contoh Ibu' });
    expect(await check('99.1')).toMatchObject({ is: 'ok', output: { status: 'clear', holderMatches: true } });
    expect(await check('99.9924', '9901014508909929')).toMatchObject({
      is: 'ok',
      output: { status: 'mortgaged', holderMatches: false },
    });
    expect(await check('99.9922')).toEqual({ is: 'refused', code: 'DISPUTE' });
    expect(await check('99.9923')).toEqual({ is: 'refused', code: 'TITLE_NOT_FOUND' });
  });

  test('a wrong key is refused, and so is news with a wrong signature', async () => {
    const other = stageOf(adapter, land, settings);
    const wrong = {
      adapter,
      simulator: other.simulator,
      settings: { ...settings, apiKey: 'x' },
      now: other.time.now,
      signIn: signInOf(adapter),
    };
    const input = { certificateNumber: '99.1', nik: '9901014508909999', fullName: 'Contoh Ibu' };
    expect((await exchange(wrong, 'checkTitle', input)).outcome).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    const door = hostedDoor(
      {
        adapter,
        settings: { ...settings, newsSecret: 'another-secret-of-ours' },
        now: other.time.now,
        signIn: signInOf(adapter),
      },
      () => undefined,
    );
    const deaf = land.makeSimulator({
      settings,
      now: other.time.now,
      after: other.time.after,
      send: door.send,
    });
    await exchange(
      { ...wrong, simulator: deaf, settings, documents: new Map([['deed', new Uint8Array([1])]]) },
      'submitTransfer',
      transfer,
    );
    expect(await deaf.act('decide', { requestId: KEY, status: 'REFUSED' })).toEqual({ answered: 401 });
  });
});

describe('employment-insurance', async () => {
  const adapter = await yamlAdapter(folder('employment-insurance'));
  const settings = {
    baseUrl: 'http://jamsostek.test',
    clientId: 'mpp',
    clientSecret: 'rahasia',
    newsSecret,
    branchCode: 'PTK',
  };
  const person: JsonObject = {
    ...{ nik: '9901014508909999', fullName: 'Contoh Ibu', birthDate: '1990-08-05', phone: '+6281200000000' },
    ...{ occupation: 'Pedagang', monthlyIncome: 2_500_000, programmes: ['JKK', 'JKM'] },
  };
  const bill = { employmentInsuranceNumber: '99000000001', months: 3 };
  const register = (kind?: ExchangeKind, over: JsonObject = {}): Promise<Outcome> =>
    stage.ask('registerParticipant', { ...person, ...over }, kind);
  const pay = (kind?: ExchangeKind): Promise<Outcome> => stage.ask('createContributionBill', bill, kind);
  let stage: Stage;
  beforeEach(() => void (stage = stageOf(adapter, insurer, settings)));

  test('registers once under a key, however often it is put there', async () => {
    stage.fault('loseReply', 'registrations');
    expect(await register()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await register()).toEqual({ is: 'pending', reference: 'REG-000001', awaits: 'agency' });
    await stage.time.pass(200);
    expect(stage.heard[0]!.answer.apply).toEqual({
      is: 'ok',
      output: { employmentInsuranceNumber: '99508909999' },
    });
    expect(await register()).toEqual({ is: 'ok', output: { employmentInsuranceNumber: '99508909999' } });
    expect(stage.done()).toEqual({ registration: 1, participantRegistered: 1 });
    expect(await register('compensation')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
  });

  test.each<[string, Outcome]>([
    ['9923', { is: 'refused', code: 'NIK_NOT_FOUND' }],
    [
      '9924',
      {
        is: 'sendBack',
        corrections: [
          { pointer: '/fullName', code: 'DATA_MISMATCH' },
          { pointer: '/birthDate', code: 'DATA_MISMATCH' },
        ],
      },
    ],
    ['9925', { is: 'refused', code: 'ALREADY_REGISTERED' }],
  ])('a NIK that ends in %s is not taken', async (serial, outcome) => {
    expect(await register('send', { nik: `990101450890${serial}` })).toEqual(outcome);
  });

  test('an officer decides', async () => {
    await register('send', { nik: '9901014508909922' });
    await stage.time.pass(200);
    expect(stage.heard[0]!.answer.apply).toMatchObject({ is: 'pending' });
    await stage.act('decide', { registrationNumber: 'REG-000001', state: 'REFUSED' });
    expect(await register('inquiry')).toEqual({ is: 'refused', code: 'NOT_ELIGIBLE' });
  });

  test('a bill is paid, or not in time, or cancelled', async () => {
    expect(await pay()).toMatchObject({
      is: 'pending',
      reference: '990000000001',
      awaits: 'payment',
      until: '2026-01-31T09:30:05+07:00',
    });
    await stage.act('pay', { billNumber: '990000000001' });
    const paid = {
      billNumber: '990000000001',
      amount: 50_400,
      paidAt: '2026-01-15T09:30:05+07:00',
      paidUntil: '2026-04-15',
    };
    expect(stage.heard[0]!.answer.apply).toEqual({ is: 'ok', output: paid });
    expect(await pay('inquiry')).toEqual({ is: 'ok', output: paid });
    expect(await pay('compensation')).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    expect(stage.done()).toEqual({ contributionBill: 1, contributionPaid: 1 });
    await stage.act('expire', { requestId: KEY });
    expect(await pay('inquiry')).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
  });

  test('a bill that was cancelled is no more', async () => {
    await pay();
    expect(await pay('compensation')).toEqual({ is: 'ok', output: {} });
    expect(await pay('inquiry')).toEqual({ is: 'refused', code: 'CANCELLED' });
  });

  test('a participant is looked up', async () => {
    const look = (nik: string) => stage.ask('checkParticipant', { nik });
    expect(await look('9901014508909999')).toMatchObject({
      is: 'ok',
      output: { status: 'active', paidUntil: '2026-12-31' },
    });
    expect(await look('9901014508909927')).toMatchObject({ is: 'ok', output: { status: 'inactive' } });
    expect(await look('9901014508909926')).toEqual({ is: 'refused', code: 'PARTICIPANT_NOT_FOUND' });
  });

  test('maintenance is said with 200, a token that ran out with 401', async () => {
    await stage.act('maintenance', { enabled: true });
    expect(await pay()).toEqual({ is: 'away', code: 'AGENCY_MAINTENANCE' });
    await stage.act('expireTokens');
    expect(await pay()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
  });
});

describe('immigration', async () => {
  const adapter = await yamlAdapter(folder('immigration'));
  const settings = { baseUrl: 'http://passport.test', bearerToken: 'token', newsSecret, officeCode: 'PTK' };
  const person: JsonObject = {
    ...{
      nik: '9901014508909999',
      fullName: 'Contoh Ibu',
      birthDate: '1990-08-05',
      passportType: 'electronic',
    },
    ...{ isExpedited: true, purpose: 'Wisata', preferredDate: '2026-01-20' },
  };
  const NUMBER = 'PTK-2026-000001';
  const booked = {
    applicationNumber: NUMBER,
    appointmentAt: '2026-01-20T09:00:00+07:00',
    place: 'Loket MPP',
    stateReceipt: '9901PTK202600000',
    amount: 1_650_000,
  };
  const WAIVER = { ground: 'migrantWorker', letterNumber: '560/9999/2026', proofDocumentId: 'deed' };
  const FREE: JsonObject = { passportType: 'regular', isExpedited: false, waiver: WAIVER };
  let stage: Stage;
  beforeEach(() => void (stage = stageOf(adapter, immigration, settings)));
  const book = (kind?: ExchangeKind, over: JsonObject = {}): Promise<Outcome> =>
    stage.ask('bookAppointment', { ...person, ...over }, kind);
  const follow = (kind?: ExchangeKind): Promise<Outcome> =>
    stage.ask('followPassport', { applicationNumber: NUMBER }, kind);
  const attend = (kind?: ExchangeKind): Promise<Outcome> =>
    stage.ask('attendInterview', { applicationNumber: NUMBER }, kind);
  const paid = async (serial = '9999'): Promise<void> => {
    await book('send', { nik: `990101450890${serial}` });
    await stage.act('pay', { requestId: KEY });
  };

  test('a place is held for two hours', async () => {
    expect(await book()).toMatchObject({
      is: 'pending',
      reference: NUMBER,
      awaits: 'payment',
      until: '2026-01-15T11:30:05+07:00',
      shown: { amount: 1_650_000 },
    });
    await stage.time.pass(7_199_999);
    expect(await book('inquiry')).toMatchObject({ is: 'pending' });
    await stage.time.pass(1);
    expect(await book('inquiry')).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
    // The bill said so: who would be told of it has let the place go by then.
    expect(stage.heard).toEqual([]);
    expect(await attend()).toEqual({ is: 'refused', code: 'REQUIREMENT_NOT_MET' });
  });

  test.each<[string, JsonObject, number]>([
    ['regular', {}, 350_000],
    ['regular', { validityYears: 10 }, 650_000],
    ['electronic', { validityYears: 5 }, 650_000],
    ['electronic', { validityYears: 10 }, 950_000],
    ['electronic', { validityYears: 10, isExpedited: true }, 1_950_000],
  ])('the bill of a %s one, %j', async (passportType, over, amount) => {
    const asked = { passportType, isExpedited: false, ...over };
    expect(await book('send', asked)).toMatchObject({ is: 'pending', shown: { amount } });
  });

  test('the first passport of a migrant worker is free: no bill, and its place can be given up', async () => {
    const { stateReceipt: _, ...rest } = booked;
    const output = { ...rest, waiverNumber: 'BEBAS-2026-000001', amount: 0 };
    expect(await book('send', FREE)).toEqual({ is: 'ok', output });
    expect(await book('inquiry', FREE)).toEqual({ is: 'ok', output });
    expect(stage.done()).toEqual({ passportApplication: 1, appointmentConfirmed: 1 });
    expect(await book('compensation', FREE)).toEqual({ is: 'ok', output: {} });
  });

  test('the same day is to be paid for, waived or not', async () => {
    expect(await book('send', { ...FREE, isExpedited: true })).toMatchObject({
      is: 'pending',
      shown: { amount: 1_000_000, waiverNumber: 'BEBAS-2026-000001' },
    });
  });

  test.each<[string, JsonObject, string]>([
    ['without its letter', { waiver: { ground: 'scholarship', letterNumber: '1' } }, 'PROOF_MISSING'],
    ['for an electronic passport', { passportType: 'electronic' }, 'NOT_COVERED'],
    ['for ten years', { validityYears: 10 }, 'NOT_COVERED'],
    ['for a second passport', { previousPassportNumber: 'X0000009' }, 'NOT_FIRST_PASSPORT'],
    ['for a NIK that ends in 9927', { nik: '9901014508909927' }, 'NOT_ENTITLED'],
  ])('no waiver %s: the fee as usual, and why', async (_, over, waiverRefused) => {
    expect(await book('send', { ...FREE, ...over })).toMatchObject({
      is: 'pending',
      awaits: 'payment',
      shown: { amount: expect.any(Number), reasonCode: 'WAIVER_REFUSED', waiverRefused },
    });
  });

  test('paid, interviewed, and ready', async () => {
    await book();
    await stage.act('pay', { requestId: KEY });
    expect(stage.heard[0]!.answer.apply).toEqual({ is: 'ok', output: booked });
    expect(await follow()).toMatchObject({
      is: 'pending',
      reference: NUMBER,
      awaits: 'appointment',
      shown: { place: 'Loket MPP' },
    });
    expect(await attend()).toMatchObject({ is: 'pending', awaits: 'appointment' });
    await stage.time.pass(600);
    expect(stage.heard.map(({ answer }) => answer.apply?.is)).toEqual(['ok', 'pending', 'ok', 'ok']);
    expect(await attend('compensation')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
    expect(await follow('inquiry')).toEqual({
      is: 'ok',
      output: { passportNumber: 'X0000001', collectFrom: '2026-01-16' },
    });
    expect(await book('compensation')).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    expect(stage.done()).toEqual({ passportApplication: 1, appointmentConfirmed: 1, appointmentTaken: 1 });
  });

  test.each<[string, Outcome]>([
    ['9921', { is: 'refused', code: 'NOT_ELIGIBLE', text: expect.stringContaining('keberatan') }],
    ['9922', { is: 'refused', code: 'APPOINTMENT_MISSED' }],
  ])('a NIK that ends in %s gets none', async (serial, outcome) => {
    await paid(serial);
    await attend();
    await stage.time.pass(400);
    expect(stage.heard.at(-1)!.answer.apply).toEqual(outcome);
    expect(await attend('inquiry')).toEqual(outcome);
    expect(await follow('inquiry')).toEqual(outcome);
  });

  test('who missed his appointment gets one more, and no third', async () => {
    const another = async (requestId: string): Promise<Response> =>
      stage.simulator.fetch(
        new Request('http://passport.test/passports/v1/appointments', {
          ...{ method: 'POST', body: JSON.stringify({ requestId, applicationNumber: NUMBER }) },
          headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
        }),
      );
    await paid('9922');
    await attend();
    await stage.time.pass(200);
    // The same request is about the same appointment.
    expect(await attend()).toEqual({ is: 'refused', code: 'APPOINTMENT_MISSED' });
    const second = await another('2');
    expect([second.status, await second.json()]).toEqual([
      201,
      expect.objectContaining({ appointment: { at: '2026-01-27T09:00:00+07:00', place: 'Loket MPP' } }),
    ]);
    await stage.time.pass(200);
    const third = await another('3');
    expect([third.status, await third.json()]).toEqual([409, { error: 'REBOOKING_SPENT' }]);
    const taken = stage.simulator.book().filter(({ effect }) => effect === 'appointmentTaken');
    expect(taken.map(({ key, times }) => [key, times])).toEqual([
      [KEY, 1],
      ['2', 1],
    ]);
    expect(stage.done()).toMatchObject({ passportApplication: 1, appointmentConfirmed: 1 });
  });

  test('an appointment that is to come is given up, and what never was is not there', async () => {
    expect(await attend('inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await attend('compensation')).toEqual({ is: 'ok', output: {} });
    await paid();
    await attend();
    expect(await attend('compensation')).toEqual({ is: 'ok', output: {} });
    expect(await attend('inquiry')).toEqual({ is: 'refused', code: 'CANCELLED' });
    await stage.time.pass(600);
    expect(stage.done()).toMatchObject({ appointmentReleased: 1 });
    expect(await book('compensation')).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
  });

  test.each<[string, Outcome['is']]>([
    ['9923', 'refused'],
    ['9924', 'sendBack'],
    ['9925', 'refused'],
  ])('a NIK that ends in %s is not taken', async (serial, is) => {
    expect((await book('send', { nik: `990101450890${serial}` })).is).toBe(is);
    expect(stage.done()).toEqual({});
  });

  test('after a lost answer it is asked for: a second POST would hold a second place', async () => {
    stage.fault('loseReply', 'applications');
    expect(await book()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await book('inquiry')).toMatchObject({ is: 'pending', reference: NUMBER });
    await book();
    expect(stage.done()).toEqual({ passportApplication: 2 });
    expect(await book('compensation')).toEqual({ is: 'ok', output: {} });
    expect(stage.done()).toEqual({ passportApplication: 2, placeReleased: 2 });
  });
});
