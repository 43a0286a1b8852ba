/** The banking adapter by itself: response codes as data, numbers and amounts, what it answers to a bank. */
import { describe, expect, test } from 'vitest';
import banking from '../../adapters/banking/adapter.ts';
import { failureOf, parseCode, responseCases } from '../../adapters/banking/response-codes.ts';
import { rupiahOf, timeOf } from '../../adapters/banking/values.ts';
import { identityOf } from '../../adapters/banking/virtual-account.ts';
import type {
  Call,
  Hosted,
  HostedCase,
  HostedNews,
  JsonObject,
  JsonValue,
  StepView,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { bill, KEY, settings, START } from './banking-bus.ts';

const { collectPayment } = banking.operations;

describe('response codes', () => {
  const reply = (status: number, body: JsonValue): WireReply => ({
    status,
    headers: {},
    body,
    bytes: 1,
    type: 'application/json',
  });

  test('are seven digits (vector 11.10), as text or as a number', () => {
    expect(parseCode('4042714')).toEqual({ http: '404', service: '27', case: '14' });
    expect(parseCode(2002700)).toEqual({ http: '200', service: '27', case: '00' });
    expect(parseCode('404271')).toBeNull();
    expect(parseCode('40427140')).toBeNull();
    expect(parseCode(undefined)).toBeNull();
  });

  test('are the 63 of the standard, each in both languages, and each is in the error table', () => {
    expect(Object.keys(responseCases)).toHaveLength(63);
    for (const [key, { next, code, words, meaning }] of Object.entries(responseCases)) {
      for (const text of [meaning.id, meaning.en]) expect(text, key).toMatch(/^\w.*\.$/);
      const row = banking.errors.find(({ signal }) => signal === `${key} ${words}`);
      if (next === 'done') expect(row).toBeUndefined();
      else expect(row).toMatchObject({ code, meaning });
    }
  });

  test.each(Object.entries(responseCases))('%s means what the table says', (key, { next, code, words }) => {
    const body = { responseCode: key.replace('/', '27'), responseMessage: words };
    const outcome = failureOf(reply(Number(key.slice(0, 3)), body), { tools });
    if (next === 'refuse') expect(outcome).toEqual({ is: 'refused', code, text: words });
    else if (next === 'ask') expect(outcome).toEqual({ is: 'unknown', code });
    else if (next === 'done') expect(outcome).toEqual({ is: 'unknown', code: 'UNREADABLE_REPLY' });
    else expect(outcome).toMatchObject({ is: 'retry', code: next === 'renewToken' ? 'TOKEN_EXPIRED' : code });
  });

  test('that are missing or not in the standard never say "surely not done"', () => {
    expect(failureOf(reply(404, { responseCode: '4042799' }), { tools })).toEqual({
      is: 'unknown',
      code: 'UNLISTED_RESPONSE',
    });
    expect(failureOf(reply(200, '<html>'), { tools })).toEqual({ is: 'unknown', code: 'UNREADABLE_REPLY' });
    expect(failureOf(reply(500, null), { tools })).toEqual({ is: 'unknown', code: 'HTTP_500' });
    expect(failureOf(reply(401, null), { tools })).toEqual({ is: 'away', code: 'AUTH_FAILED' });
  });

  test('a success of another service or under a failing status is none', async () => {
    const call: Call = { settings, key: KEY, tryKey: '1', now: new Date(START).toISOString(), tools };
    for (const [status, responseCode] of [
      [200, '2002600'],
      [502, '2002700'],
    ] as const) {
      expect(await collectPayment.reply(reply(status, { responseCode }), bill, call)).toEqual({
        is: 'unknown',
        code: 'UNREADABLE_REPLY',
      });
    }
  });
});

describe('times', () => {
  const call: Call = { settings, key: KEY, tryKey: '1', now: new Date(START).toISOString(), tools };

  test.each([
    ['2026-01-15T10:30:55+07:00', '2026-01-15T10:30:55+07:00'],
    ['2026-01-15T03:30:55.123Z', '2026-01-15T03:30:55.123Z'],
    ['2026-01-15T10:30:55+0700', '2026-01-15T10:30:55+07:00'],
    ['2026-01-15 10:30:55', '2026-01-15T10:30:55+07:00'],
    ['20260115T033055Z', '2026-01-15T03:30:55Z'],
    ['20260115T103055', '2026-01-15T10:30:55+07:00'],
  ])('%s is %s', (told, time) => {
    expect(timeOf(told, call)).toBe(time);
  });

  test.each(['', 'yesterday', '2026-01-15', '2026-13-45T10:30:55Z', '2026-13-45 10:30:55', 20260115])(
    '%s is none',
    (told) => {
      expect(timeOf(told, call)).toBeUndefined();
    },
  );

  test('without an offset it is read in the zone of the bank', () => {
    const eastern = { ...call, settings: { ...settings, zone: 'Asia/Jayapura' } };
    expect(timeOf('2026-01-15T10:30:55', eastern)).toBe('2026-01-15T10:30:55+09:00');
  });
});

describe('numbers and amounts', () => {
  const call: Call = { settings, key: KEY, tryKey: '1', now: new Date(START).toISOString(), tools };

  test('an account number is the padded company code and the serial (vector 11.10)', () => {
    const identity = identityOf({ ...bill, customerNo: '0000000123' }, call);
    expect(identity).toEqual({
      partnerServiceId: '   88899',
      customerNo: '0000000123',
      virtualAccountNo: '   888990000000123',
    });
    expect(identity['virtualAccountNo']).toHaveLength(18);
  });

  test('rupiah are whole and IDR', () => {
    expect(rupiahOf({ value: '150000.00', currency: 'IDR' })).toBe(150_000);
    expect(rupiahOf({ value: 150000, currency: 'IDR' })).toBe(150_000);
    for (const value of ['150000.50', '-1.00', '1e5', '', '9999999999999999.00'])
      expect(rupiahOf({ value, currency: 'IDR' })).toBeNull();
    expect(rupiahOf({ value: '1.00', currency: 'USD' })).toBeNull();
    expect(rupiahOf(null)).toBeNull();
  });
});

describe('hosted answers that need no step', () => {
  const {
    token,
    bill: inquiry,
    paid,
    qrisNotified,
    debitNotified,
  } = banking.hosted as unknown as { token: Hosted } & Record<
    'bill' | 'paid' | 'qrisNotified' | 'debitNotified',
    HostedNews
  >;
  const call = { settings, now: new Date(START).toISOString(), tools };
  const code = async (hosted: Hosted, hostedCase: HostedCase): Promise<unknown> => {
    const { status, body } = await hosted.answer(hostedCase, call);
    const { responseCode } = body as JsonObject;
    expect((responseCode as string).slice(0, 3)).toBe(String(status));
    return responseCode;
  };
  const message = { id: 'pay-1', content: {} };

  test.each([
    ['73', token],
    ['24', inquiry],
    ['25', paid],
    ['52', qrisNotified],
    ['56', debitNotified],
  ] as const)('of service %s', async (service, hosted) => {
    expect(await code(hosted, { is: 'badSignature', reason: 'Signature' })).toBe(`401${service}00`);
    expect(await code(hosted, { is: 'badSignature', reason: 'Invalid token' })).toBe(`401${service}01`);
    expect(await code(hosted, { is: 'badForm', reason: 'unexpected end' })).toBe(`400${service}00`);
    expect(await code(hosted, { is: 'badForm', reason: 'invalid paidAmount' })).toBe(`400${service}01`);
    expect(await code(hosted, { is: 'badForm', reason: 'missing paidAmount' })).toBe(`400${service}02`);
    expect(await code(hosted, { is: 'busy' })).toBe(`504${service}00`);
    if (service !== '73') expect(await code(hosted, { is: 'conflict', message })).toBe(`404${service}18`);
  });

  test('a token is granted with its life as text', async () => {
    expect(await token.answer({ is: 'granted', token: 'abc', expiresInSeconds: 900 }, call)).toEqual({
      status: 200,
      body: {
        responseCode: '2007300',
        responseMessage: 'Successful',
        accessToken: 'abc',
        tokenType: 'Bearer',
        expiresIn: '900',
      },
    });
  });

  const request = (body: JsonObject) => ({ method: 'POST', path: paid.path, query: {}, headers: {}, body });
  const payment = {
    partnerServiceId: '   88899',
    customerNo: '0000000123',
    virtualAccountNo: '   888990000000123',
    paymentRequestId: '202601151030550001',
    channelCode: 6011,
    trxDateTime: '2026-01-15T10:30:55+07:00',
    referenceNo: '000000012345',
    paidAmount: { value: '150000.00', currency: 'IDR' },
    flagAdvise: 'N',
  };

  test('a payment is the same whatever its advice flag, and a number for customerNo is taken', async () => {
    const first = await paid.read(request(payment), call);
    expect(first).toMatchObject({ id: 'pay-202601151030550001', reference: '888990000000123' });
    expect(await paid.read(request({ ...payment, flagAdvise: 'Y' }), call)).toEqual(first);
    expect(await paid.read(request({ ...payment, customerNo: 123 }), call)).toMatchObject({
      content: { customerNo: '123' },
    });
    expect(await paid.read(request({ ...payment, trxId: KEY }), call)).toMatchObject({ key: KEY });
  });

  test.each([
    ['missing virtualAccountNo', { virtualAccountNo: '  ' }],
    ['invalid virtualAccountNo', { virtualAccountNo: '88899x' }],
    ['missing paymentRequestId', { paymentRequestId: '' }],
    ['invalid paymentRequestId', { paymentRequestId: 'x'.repeat(129) }],
    ['invalid paidAmount', { paidAmount: { value: '150000.50', currency: 'IDR' } }],
    ['invalid paidAmount', { paidAmount: null }],
  ])('%s', async (reason, change) => {
    await expect(async () => paid.read(request({ ...payment, ...change }), call)).rejects.toThrow(reason);
  });

  /** Vector 11.4. */
  const notice = {
    originalReferenceNo: 'REF0001',
    originalPartnerReferenceNo: 'MPP-20260115-000001',
    latestTransactionStatus: '00',
    transactionStatusDesc: 'Success',
    amount: { value: '150000.00', currency: 'IDR' },
  };
  const noted = async (change: JsonObject, step: Partial<StepView>) => {
    const read = await qrisNotified.read(request({ ...notice, ...change }), call);
    const known: StepView = { state: 'open', key: KEY, input: { amount: 150_000 }, output: {}, ...step };
    return qrisNotified.answer({ is: 'found', message: read, step: known }, call);
  };
  const paidOutput = { paidAt: call.now, amount: 150_000, bankReference: 'REF0001' };

  test('a notification (vector 11.4) is found by the bank’s reference, or by our key', async () => {
    const read = await qrisNotified.read(request(notice), call);
    expect(read).toEqual({
      id: 'REF0001-00',
      reference: 'REF0001',
      content: {
        originalReferenceNo: 'REF0001',
        latestTransactionStatus: '00',
        amount: { value: '150000.00', currency: 'IDR' },
      },
    });
    const ours = { ...notice, originalPartnerReferenceNo: KEY, transactionStatusDesc: 'again' };
    expect(await qrisNotified.read(request(ours), call)).toMatchObject({ id: 'REF0001-00', key: KEY });
  });

  test.each([
    ['missing originalReferenceNo', { originalReferenceNo: '' }],
    ['missing latestTransactionStatus', { latestTransactionStatus: null }],
    ['invalid latestTransactionStatus', { latestTransactionStatus: '08' }],
    ['invalid amount', { amount: { value: '150000.50', currency: 'IDR' } }],
  ])('a notification with %s', async (reason, change) => {
    await expect(async () => qrisNotified.read(request({ ...notice, ...change }), call)).rejects.toThrow(
      reason,
    );
  });

  test('a notification settles an open step, and is only taken note of by one that it settled', async () => {
    expect(await noted({}, {})).toEqual({
      status: 200,
      body: { responseCode: '2005200', responseMessage: 'Successful' },
      apply: { is: 'ok', output: paidOutput },
    });
    const again = await noted({}, { state: 'done', output: paidOutput });
    expect(again).toEqual({ status: 200, body: { responseCode: '2005200', responseMessage: 'Successful' } });
  });

  test('money that no step waits for is applied, so that the bus keeps it as a refund to make', async () => {
    const other = await noted({}, { state: 'done', output: { ...paidOutput, bankReference: 'REF0009' } });
    expect(other.apply).toEqual({ is: 'ok', output: paidOutput });
    const late = await noted({ amount: { value: '1.00', currency: 'IDR' } }, { state: 'closed' });
    expect(late.apply).toMatchObject({ is: 'ok', output: { amount: 1 } });
  });

  test('another amount than the bill’s settles nothing', async () => {
    const answer = await noted({ amount: { value: '149999.00', currency: 'IDR' } }, {});
    expect(answer).toEqual({
      status: 404,
      body: { responseCode: '4045213', responseMessage: 'Invalid Amount' },
    });
  });

  test.each([
    ['01', 'open', undefined],
    ['02', 'open', undefined],
    ['03', 'open', undefined],
    ['07', 'open', undefined],
    ['04', 'open', 'PAYMENT_REFUNDED'],
    ['05', 'open', 'TRANSACTION_CANCELLED'],
    ['06', 'open', 'PAYMENT_FAILED'],
    ['04', 'done', 'PAYMENT_REFUNDED'],
    ['05', 'closed', undefined],
  ] as const)('status %s of a step that is %s', async (latestTransactionStatus, state, refusal) => {
    const { status, apply } = await noted({ latestTransactionStatus }, { state });
    expect(status).toBe(200);
    expect(apply).toEqual(refusal && { is: 'refused', code: refusal });
  });

  test('our reply to a payment has the fields of SNAP', async () => {
    const step: StepView = { state: 'open', key: KEY, input: { ...bill }, output: {} };
    const read = await paid.read(request(payment), call);
    expect(await paid.answer({ is: 'found', message: read, step }, call)).toMatchObject({
      status: 200,
      body: {
        responseCode: '2002500',
        responseMessage: 'Successful',
        virtualAccountData: {
          paymentFlagReason: { english: 'Success', indonesia: 'Sukses' },
          virtualAccountNo: '   888990000000123',
          paymentRequestId: '202601151030550001',
          paidAmount: { value: '150000.00', currency: 'IDR' },
          paymentFlagStatus: '00',
          billDetails: [],
        },
      },
      apply: {
        is: 'ok',
        output: { paidAt: '2026-01-15T10:30:55+07:00', amount: 150_000, bankReference: '000000012345' },
      },
    });
  });
});
