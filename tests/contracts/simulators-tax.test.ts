/** The tax connector against its stand-in: status and number of a taxpayer, and a bill's whole life in both accesses. */
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  HostedRequest,
  JsonObject,
  Outcome,
  SignCall,
  StepView,
} from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import tax from '../../adapters/tax/adapter.ts';
import { briSignature, signIn } from '../../adapters/tax/sign-in.ts';
import { makeSimulator } from '../../adapters/tax/simulator.ts';
import { asWanted, digitsOf, faultOf, formOf } from '../../adapters/tax/tax-number.ts';
import {
  exchange,
  handTime,
  hostedDoor,
  type CallFields,
  type Drive,
  type ExchangeKind,
  type Heard,
} from './adapter-support.ts';

const START = '2026-01-15T02:30:05.000Z';
const KEY = '10000000000000000001';
const CODE = '099010000000001';
const HOUR_MS = 3_600_000;

const apiKey: JsonObject = {
  baseUrl: 'http://tax.test',
  access: 'apiKey',
  apiKey: 'contoh-kunci',
  newsSecret: 'contoh-rahasia-kabar',
  institution: 'MPP CONTOH',
};
const bri: JsonObject = {
  baseUrl: 'http://bank.test',
  access: 'bri',
  clientId: 'contoh-klien',
  clientSecret: 'mpp-test-secret',
  newsSecret: 'contoh-rahasia-kabar',
  branchId: '000123',
  inquiryAccountCode: '411128',
  inquiryDepositCode: '402',
};
const bill = {
  npwp: '3174014508909999',
  fullName: 'Contoh Ibu',
  accountCode: '411128',
  depositCode: '402',
  amount: 150000,
};
const shown = { billingCode: CODE, amount: 150000, expiresAt: '2026-01-22T09:30:05+07:00' };
const pending = {
  is: 'pending',
  reference: CODE,
  awaits: 'payment',
  shown,
  until: '2026-01-22T09:30:05+07:00',
};
const paid = {
  is: 'ok',
  output: {
    billingCode: CODE,
    amount: 150000,
    ntpn: 'SIM0000000000001',
    ntb: '999999999991',
    paidAt: '2026-01-15T09:30:05+07:00',
  },
};

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let heard: Heard[];
let step: StepView;
let tries: number;

function start(settings: JsonObject): void {
  time = handTime(START);
  tries = 0;
  step = { state: 'open', key: KEY, input: bill, output: {} };
  drive = { adapter: tax, settings, now: time.now } as unknown as Drive;
  const door = hostedDoor(drive, ({ key }) => (key === KEY ? step : undefined));
  heard = door.heard;
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  drive.simulator = simulator;
}

async function run(
  operation: string,
  input: JsonObject,
  fields: CallFields = {},
  kind?: ExchangeKind,
): Promise<Outcome> {
  tries += 1;
  const tryKey = KEY + String(tries).padStart(4, '0');
  return (await exchange(drive, operation, input, { key: KEY, tryKey, ...fields }, kind)).outcome;
}
const create = (input: Partial<typeof bill> = {}): Promise<Outcome> =>
  run('createBilling', { ...bill, ...input });
const ask = (fields: CallFields = {}): Promise<Outcome> => run('createBilling', bill, fields, 'inquiry');
const undo = (fields: CallFields = {}): Promise<Outcome> =>
  run('createBilling', bill, fields, 'compensation');
const fault = (kind: Fault['kind'], match = '/mpn', more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });

beforeEach(() => start(apiKey));

describe('tax numbers', () => {
  test.each([
    ['02.183.241.5-000.000', 'old', null],
    ['021832415000000', 'old', null],
    ['021832416000000', 'old', 'checkDigit'],
    ['0021832415000000', 'entity', null],
    ['0021832416000000', 'entity', 'checkDigit'],
    ['3174014508909999', 'person', null],
    ['3174010508909999', 'person', null],
    ['3174017508909999', 'person', 'birthDate'],
    ['3174013002909999', 'person', 'birthDate'],
    ['9974010508909999', 'person', 'province'],
    ['3174014508900000', 'person', 'serial'],
    ['3174016902009999', 'person', null],
    ['3174012902019999', 'person', 'birthDate'],
    ['3174010013909999', 'person', 'birthDate'],
    ['12345', 'person', 'length'],
  ])('%s is of the form %s, with the fault %s', (npwp, form, found) => {
    const digits = digitsOf(npwp);
    expect([formOf(digits), faultOf(digits)]).toEqual([form, found]);
  });

  test('a branch keeps the rules of its owner', () => {
    expect(faultOf('0021832415000000000001')).toBeNull();
    expect(faultOf('0021832416000000000001')).toBe('checkDigit');
  });

  test('have 16 digits on the wire, or 15 where the register is older', () => {
    const older = { taxNumberDigits: 15 };
    expect(asWanted('02.183.241.5-000.000', {})).toBe('0021832415000000');
    expect(asWanted('0021832415000000', older)).toBe('021832415000000');
    expect(asWanted('3174014508909999', older)).toBe('3174014508909999');
    expect(asWanted('0021832415000000000001', older)).toBe('021832415000000');
  });
});

describe('BRI’s signature', () => {
  const call: SignCall = { settings: bri, now: START, tryKey: '1', token: 'test-access-token', tools };
  const message = {
    method: 'POST',
    path: '/v2.0/mpn/inquiryNpwpCTAS',
    headers: {},
    body: Buffer.from('{"npwp":"3174014508909999"}'),
  };
  const SIGNATURE = 'uUACrpXWxoXOppKF0jTdog11tYd6VXYXnYBPi2k7/lI=';

  test('is that of the published rule', () => {
    const bearer = 'Bearer test-access-token';
    expect(briSignature(message, 'mpp-test-secret', bearer, START, call)).toBe(SIGNATURE);
    expect(signIn.sign!(message, call)).toEqual({
      authorization: bearer,
      'bri-timestamp': START,
      'bri-signature': SIGNATURE,
      'bri-externalid': expect.stringMatching(/^\d{9}$/),
    });
  });

  test('is held against what the bank sends', () => {
    const verify = (headers: Record<string, string>, body = message.body): unknown =>
      signIn.verify!({ ...message, headers: { ...signed, ...headers }, body }, '', {
        ...call,
        settings: { ...bri, newsSecret: 'mpp-test-secret' },
      });
    const signed = {
      authorization: 'Bearer test-access-token',
      'bri-timestamp': START,
      'bri-signature': SIGNATURE,
    };
    expect(verify({})).toBeNull();
    expect(verify({ 'bri-timestamp': '2026-01-15T02:30:05Z' })).toMatch('yyyy-MM-dd');
    expect(verify({ 'bri-timestamp': '2026-01-15T02:35:05.001Z' })).toMatch('too far');
    expect(verify({ authorization: 'Bearer other' })).toMatch('does not match');
    expect(verify({ 'bri-signature': '' })).toMatch('does not match');
    expect(verify({}, Buffer.from('{"npwp":"0"}'))).toMatch('does not match');
  });
});

describe('the register', () => {
  const check = (npwp: string, fullName = 'Contoh Ibu'): Promise<Outcome> =>
    run('checkTaxpayer', { npwp, fullName, serviceCode: 'DPMPTSP.SIP' });

  test('confirms a taxpayer, and says what stands in the way', async () => {
    const letterNumber = 'KSWP-CONTOH-000001';
    expect(await check('3174014508909999')).toEqual({
      is: 'ok',
      output: { npwp: '3174014508909999', valid: true, letterNumber },
    });
    const code = async (npwp: string, name?: string): Promise<unknown> =>
      ((await check(npwp, name)) as { code?: string }).code;
    expect(await code('3174014508909911')).toBe('TAX_NAME_MISMATCH');
    expect(await code('3174014508909912')).toBe('TAX_RETURN_MISSING');
    expect(await code('3174014508909913')).toBe('TAX_VAT_RETURN_MISSING');
    expect(await code('3174014508909914')).toBe('TAX_NUMBER_NOT_FOUND');
    expect(await code('3174017508909914')).toBe('TAX_NUMBER_INVALID');
    expect(await code('3174014508909999', 'Nama Salah')).toBe('TAX_NAME_MISMATCH');
  });

  test('validates a number, by the name that stands in it', async () => {
    await simulator.act('taxpayer', { npwp: '3174014508909999', name: 'CONTOH IBU' });
    const validate = (npwp: string, fullName: string): Promise<Outcome> =>
      run('validateTaxNumber', { npwp, fullName });
    expect(await validate('3174014508909999', 'Contoh, Ibu')).toMatchObject({
      is: 'ok',
      output: { status: 'active', registeredName: 'CONTOH IBU', nameMatched: true },
    });
    expect(await validate('3174014508909999', 'Orang Lain')).toEqual({
      is: 'refused',
      code: 'TAX_NAME_MISMATCH',
    });
    expect(await validate('3174014508909915', 'x')).toEqual({ is: 'refused', code: 'TAX_NUMBER_DELETED' });
    expect(await validate('3174014508909916', 'Contoh Wajib Pajak')).toMatchObject({
      output: { status: 'nonEffective' },
    });
  });

  test('serves nobody with a wrong key', async () => {
    drive.settings = { ...apiKey, apiKey: 'lain' };
    expect(await check('3174014508909999')).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(await create()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(simulator.book()).toEqual([]);
  });
});

describe('a bill', () => {
  test('is made, paid and told', async () => {
    expect(await create()).toEqual(pending);
    expect(await ask()).toEqual(pending);
    expect(await simulator.act('pay', { kd_billing: CODE })).toEqual({ kd_billing: CODE, answered: 200 });
    expect(heard).toMatchObject([{ case: 'found', answer: { status: 200, apply: paid } }]);
    expect(await ask({ reference: CODE })).toEqual(paid);
    expect(simulator.book()).toMatchObject([
      { effect: 'billing', key: KEY, times: 1 },
      { effect: 'payment', key: KEY, times: 1 },
    ]);
  });

  test('expires by its clock, and by hand, and is told', async () => {
    await create();
    await time.pass(168 * HOUR_MS - 1);
    expect(await ask()).toEqual(pending);
    await time.pass(1);
    expect(await ask({ reference: CODE })).toEqual({ is: 'refused', code: 'BILL_EXPIRED' });
    await expect(simulator.act('pay', { kd_billing: CODE })).rejects.toThrow('EXPIRED');
    await simulator.act('validity', { hours: 2 });
    await create();
    expect(await simulator.act('expire', { noReferensi: KEY })).toMatchObject({ answered: 200 });
    expect(heard.at(-1)!.answer.apply).toEqual({ is: 'refused', code: 'BILL_EXPIRED' });
  });

  test('pays itself where it is told to', async () => {
    await simulator.act('autoPay', { enabled: true, delayMs: 500 });
    await create();
    await time.pass(500);
    expect(heard).toHaveLength(1);
    expect((await ask()).is).toBe('ok');
  });

  test('is a second one at a second POST: so it must be asked for first', async () => {
    fault('loseReply');
    expect(await create()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask()).toEqual(pending);
    await create();
    expect(simulator.book()).toMatchObject([{ effect: 'billing', key: KEY, times: 2 }]);
  });

  test('that never arrived is said to be so, and no gateway is believed in its place', async () => {
    fault('hang');
    expect(await create()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    fault('status', '/mpn', { value: 404, body: 'not found' });
    expect(await ask()).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    fault('tooMany', '/mpn', { value: 7 });
    expect(await ask()).toEqual({ is: 'unknown', code: 'RATE_LIMITED' });
    expect(await ask({ reference: CODE })).toEqual({ is: 'unknown', code: 'BILLING_NOT_FOUND' });
  });

  test('is cancelled while it is unpaid, and not after', async () => {
    await create();
    expect(await undo({ reference: CODE, output: shown })).toEqual({ is: 'ok', output: {} });
    expect(await undo()).toEqual({ is: 'ok', output: {} });
    expect(simulator.book()).toContainEqual({ effect: 'billingCancelled', key: KEY, times: 1 });
    expect(await ask()).toEqual({ is: 'refused', code: 'CANCELLED' });
    start(apiKey);
    await create();
    await simulator.act('pay', { noReferensi: KEY });
    expect(await undo()).toMatchObject({ is: 'refused', code: 'ALREADY_PAID' });
  });

  test('is refused for what is wrong with it', async () => {
    expect(await create({ npwp: '3174014508909914' })).toMatchObject({ code: 'TAX_NUMBER_NOT_FOUND' });
    expect(await create({ accountCode: '999999' })).toMatchObject({ code: 'TAX_ACCOUNT_UNKNOWN' });
    expect(simulator.book()).toEqual([]);
  });

  test('has its news twice, late, or before the answer', async () => {
    fault('duplicateNews', '/news');
    await create();
    await simulator.act('pay', { kd_billing: CODE });
    expect(heard).toHaveLength(2);
    expect(heard[0]!.body).toBe(heard[1]!.body);
    start(apiKey);
    fault('lateNews', '/news', { value: HOUR_MS });
    await create();
    await simulator.act('pay', { kd_billing: CODE });
    expect(heard).toEqual([]);
    await time.pass(HOUR_MS);
    expect(heard).toHaveLength(1);
    start(apiKey);
    fault('newsFirst', '/mpn/v1/billings');
    expect(await create()).toEqual(pending);
    expect(heard).toHaveLength(1);
  });

  test('paid with another amount is not believed', async () => {
    await create();
    step = { ...step, input: { ...bill, amount: 140000 } };
    await simulator.act('pay', { kd_billing: CODE });
    expect(heard[0]!.answer).toEqual({ status: 422, body: { errorCode: 'AMOUNT_DIFFERS' } });
  });
});

describe('access as BRI has it', () => {
  beforeEach(() => start(bri));

  test('walks the whole way, every request signed', async () => {
    expect(await create()).toEqual(pending);
    expect(await ask()).toEqual(pending);
    expect(await simulator.act('pay', { kd_billing: CODE })).toMatchObject({ answered: 200 });
    expect(heard).toMatchObject([{ case: 'found', answer: { apply: paid } }]);
    expect(await run('validateTaxNumber', { npwp: '3174014508909999' })).toMatchObject({
      is: 'ok',
      output: { registeredName: 'CONTOH WAJIB PAJAK' },
    });
    expect(await run('validateTaxNumber', { npwp: '3174014508909914' })).toMatchObject({
      code: 'TAX_NUMBER_NOT_FOUND',
    });
  });

  test('a wrong secret, an old token and a repeated number are refused', async () => {
    await create();
    const refused = { is: 'away', code: 'AUTH_FAILED' };
    tries = 0;
    expect(await ask()).toEqual(refused);
    await time.pass(HOUR_MS);
    expect(await ask()).toEqual(refused);
    start(bri);
    drive.settings = { ...bri, clientSecret: 'lain' };
    await expect(create()).rejects.toThrow('AUTH_FAILED');
  });

  test('does not confirm taxpayers: nothing is sent', async () => {
    const input = { npwp: '3174014508909999', fullName: 'Contoh Ibu', serviceCode: 'X' };
    await expect(run('checkTaxpayer', input)).rejects.toThrow('PROFILE_UNSUPPORTED');
  });
});

describe('hosted news', () => {
  const { read, answer } = tax.hosted.news;
  const request = (body: JsonObject): HostedRequest => ({
    method: 'POST',
    path: '/news',
    query: {},
    headers: {},
    body,
  });
  const whole = {
    ...{ eventId: 'EVT-1', noReferensi: KEY, kd_billing: CODE, nominal: '150000', status: 'PAID' },
    ...{ ntpn: 'SIM0000000000001', ntb: '999999999991', tgl_bayar: '2026-01-15 09:30:05' },
  };

  test('is read, and without any of its fields has a bad form', () => {
    expect(read(request(whole))).toMatchObject({ id: 'EVT-1', key: KEY, reference: CODE, outcome: paid });
    for (const name of Object.keys(whole)) {
      const { [name as keyof typeof whole]: _, ...rest } = whole;
      expect(() => read(request(rest)), name).toThrow('missing');
    }
  });

  test('is refused when it is not signed with our secret, or too old', async () => {
    await create();
    drive.settings = { ...apiKey, newsSecret: 'rahasia-yang-lain-lagi' };
    expect(await simulator.act('pay', { kd_billing: CODE })).toMatchObject({ answered: 401 });
    const call: SignCall = { settings: apiKey, now: START, tryKey: '', tools };
    const message = { method: 'POST', path: '/news', body: Buffer.from('{}') };
    const verify = (stamp: string): unknown =>
      signIn.verify!({ ...message, headers: { 'x-timestamp': stamp, 'x-signature': '' } }, '', call);
    expect(verify('soon')).toMatch('epoch seconds');
    expect(verify('1768443904')).toMatch('too far');
    expect(verify('1768444205')).toMatch('does not match');
  });

  test('has an answer for every case', () => {
    const message = { id: 'EVT-1' };
    const failed = (['badSignature', 'badForm'] as const).map((is) => answer({ is, reason: '' }).status);
    const kept = (['none', 'conflict'] as const).map((is) => answer({ is, message }).status);
    expect([...failed, ...kept, answer({ is: 'busy' }).status]).toEqual([401, 400, 202, 409, 503]);
  });
});
