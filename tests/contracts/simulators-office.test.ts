/** The office's own walks: what it knows, a case from its opening to its end, and postings that are taken once. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { yamlAdapter } from '../../src/connectors/yaml/index.ts';
import { makeSimulator } from '../../adapters/office/simulator.ts';
import { exchange, handTime, hostedDoor, type ExchangeKind, type Heard } from './adapter-support.ts';

const KEY = '10000000000000000001';
const adapter = await yamlAdapter(new URL('../../adapters/office/', import.meta.url));
const settings = {
  ...{ baseUrl: 'http://office.test', apiKey: 'kunci', newsSecret: 'contoh-rahasia-kabar' },
  officeCode: 'KUA-9901',
};
const CASE = 'KUA-9901-2026-000001';
const bride: JsonObject = { kind: 'MARRIAGE-BOOK', nik: '9901014508909999', fullName: 'Contoh Ibu' };

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let heard: Heard[];
let ask: (operation: string, input: JsonObject, kind?: ExchangeKind, key?: string) => Promise<Outcome>;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  const signIn = signInOf(adapter);
  const door = hostedDoor({ adapter, settings, now: time.now, signIn }, ({ key = KEY }) =>
    key === KEY ? { state: 'open', key, input: bride, output: {} } : undefined,
  );
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  ({ heard } = door);
  const documents = new Map([['paper', new TextEncoder().encode('a file')]]);
  const drive = { adapter, simulator, settings, now: time.now, signIn, documents };
  ask = async (operation, input, kind = 'send', key = KEY) =>
    (await exchange(drive, operation, input, { key, tryKey: `${key}0001` }, kind)).outcome;
});

const fault = (kind: Fault['kind']): void => simulator.fault({ kind, match: '', times: 1 });
const done = (): Record<string, number> =>
  Object.fromEntries(simulator.book().map(({ effect, times }) => [effect, times]));

describe('lookUp', () => {
  test.each<[string, JsonObject, Outcome]>([
    [
      'a fine',
      { kind: 'TRAFFIC-FINES', reference: 'KB 9921 ZZ' },
      {
        is: 'refused',
        code: 'VEHICLE_BLOCKED',
        text: 'Denda tilang elektronik nomor 9901-000001, Rp500.000',
      },
    ],
    [
      'no fine',
      { kind: 'TRAFFIC-FINES', reference: 'KB 9999 ZZ' },
      { is: 'ok', output: { status: 'clear', facts: { open: 0 } } },
    ],
    [
      'what does not fit',
      { kind: 'VEHICLE', reference: 'KB 9922 ZZ' },
      { is: 'sendBack', corrections: [{ pointer: '/reference', code: 'DATA_MISMATCH' }] },
    ],
    ['what nobody knows', { kind: 'VEHICLE', reference: 'KB 9923 ZZ' }, { is: 'refused', code: 'NOT_FOUND' }],
    [
      'an inactive registration',
      { kind: 'STR', reference: 'STR-9921' },
      { is: 'refused', code: 'STR_INACTIVE' },
    ],
  ])('%s', async (_, input, outcome) => {
    expect(await ask('lookUp', input)).toEqual(outcome);
    expect(done()).toEqual({});
  });

  test('says what it was told to know', async () => {
    await simulator.act('know', { kind: 'PKB', facts: { amount: 1 } });
    expect(await ask('lookUp', { kind: 'PKB' })).toMatchObject({ output: { facts: { amount: 1 } } });
  });
});

describe('openCase', () => {
  test('is decided by itself and tells it, with its paper', async () => {
    expect(await ask('openCase', bride)).toMatchObject({ is: 'pending', reference: CASE });
    await time.pass(200);
    expect(heard[0]!.answer).toMatchObject({
      status: 200,
      apply: { is: 'ok', output: { caseNumber: CASE }, documents: [{ name: 'letter' }] },
    });
    expect(await ask('openCase', bride, 'inquiry')).toMatchObject({ is: 'ok' });
    expect(done()).toEqual({ case: 1, caseGranted: 1 });
  });

  test('after a lost answer the office knows the request', async () => {
    fault('loseReply');
    expect(await ask('openCase', bride)).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask('openCase', bride)).toMatchObject({ is: 'pending', reference: CASE });
    expect(done()).toEqual({ case: 1 });
  });

  test('what never arrived is said to be so', async () => {
    expect(await ask('openCase', bride, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test.each([
    ['9921', { is: 'refused', code: 'REQUIREMENT_NOT_MET' }],
    ['9922', { is: 'sendBack', corrections: [{ pointer: '/fields', code: 'DATA_MISMATCH' }] }],
    ['9924', { is: 'sendBack', corrections: [{ documentId: 'paper', code: 'DOC_UNREADABLE' }] }],
    ['9925', { is: 'refused', code: 'NOT_ELIGIBLE' }],
    ['9926', { is: 'pending' }],
  ])('of a NIK that ends in %s', async (end, outcome) => {
    const documents = [{ type: 'LETTER', documentId: 'paper' }];
    const input = { ...bride, nik: `990101450890${end}`, documents };
    await ask('openCase', input);
    await time.pass(200);
    expect(await ask('openCase', input, 'inquiry')).toMatchObject(outcome);
  });

  test('is closed while nothing is issued; a hold even after it was granted', async () => {
    const slot = { ...bride, kind: 'CEREMONY-SLOT' };
    await ask('openCase', slot);
    await time.pass(200);
    expect(await ask('openCase', slot, 'compensation')).toMatchObject({ is: 'ok' });
    expect(done()).toEqual({ case: 1, caseGranted: 1, caseClosed: 1 });
    const other = '10000000000000000002';
    await ask('openCase', bride, 'send', other);
    await time.pass(200);
    expect(await ask('openCase', bride, 'compensation', other)).toEqual({
      is: 'refused',
      code: 'ALREADY_ISSUED',
    });
  });

  test('is held, and decided by hand', async () => {
    await simulator.act('hold', {});
    await ask('openCase', bride);
    await time.pass(60_000);
    expect(heard).toEqual([]);
    await simulator.act('decide', { requestId: KEY, status: 'REFUSED', reason: 'NOT_ELIGIBLE' });
    expect(heard[0]!.answer.apply).toMatchObject({ is: 'refused', code: 'NOT_ELIGIBLE' });
  });

  test('a slot says whether it is in the office’s hours, and whether it comes too soon', async () => {
    const factsOf = async (ceremonyAt: string, place: string): Promise<unknown> => {
      const fields = { ceremonyAt, place };
      const found = await ask('lookUp', { kind: 'CEREMONY-SLOT', fields });
      return found.is === 'ok' ? found.output['facts'] : found;
    };
    // Thursday 15 January: the tenth working day is Thursday 29.
    expect(await factsOf('2026-01-28T10:00:00+07:00', 'office')).toMatchObject({
      inOffice: true,
      dispensation: true,
    });
    expect(await factsOf('2026-01-30T10:00:00+07:00', 'office')).toMatchObject({ dispensation: false });
    expect(await factsOf('2026-01-31T10:00:00+07:00', 'office')).toMatchObject({ inOffice: false });
    expect(await factsOf('2026-01-30T15:00:00+07:00', 'office')).toMatchObject({ inOffice: false });
    expect(await factsOf('2026-01-30T10:00:00+07:00', 'outside')).toMatchObject({ inOffice: false });
  });
});

test('a posting is taken once, and another amount than was assessed is refused', async () => {
  const input = { kind: 'PKB-PAID', reference: 'KB 9999 ZZ', amount: 1 };
  const first = await ask('post', input);
  expect(first).toMatchObject({ is: 'ok', output: { receiptNumber: 'R-000001' } });
  expect(await ask('post', input)).toEqual(first);
  expect(done()).toEqual({ posting: 1 });
  const wrong = { ...input, reference: 'KB 9927 ZZ' };
  expect(await ask('post', wrong, 'send', '10000000000000000002')).toEqual({
    is: 'refused',
    code: 'AMOUNT_MISMATCH',
  });
});
