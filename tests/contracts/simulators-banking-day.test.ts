/** The bank's list of a day and its options: history by pages, report by GET or POST, every signed query, tokens, the missing-field rule. */
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../adapters/banking/simulator-payments.ts';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { bill, KEY, startBus, type Bus, type Errand } from './banking-bus.ts';

const day = (more: JsonObject = {}): Errand => ({
  operation: 'dailyReconciliation',
  input: { date: '2026-01-15', ...more },
});
const outputOf = (outcome: Outcome): JsonObject => {
  expect(outcome).toMatchObject({ is: 'ok' });
  return (outcome as { output: JsonObject }).output;
};
const list = async (bus: Bus): Promise<JsonObject> => outputOf(await bus.send());

/** A bus whose bank has taken one payment of a virtual account. */
async function withPayment(more: JsonObject, errand: Errand): Promise<Bus> {
  const bus = startBus(more, () => null, errand);
  const partnerServiceId = '   88899';
  const customerNo = '0000000123';
  const json = {
    ...{ partnerServiceId, customerNo, virtualAccountNo: partnerServiceId + customerNo },
    ...{ virtualAccountName: bill.payerName, trxId: KEY, expiredDate: '2026-01-16T23:59:59+07:00' },
    totalAmount: { value: '150000.00', currency: 'IDR' },
  };
  await bus.wire({ method: 'POST', path: '/v1.0/transfer-va/create-va', body: { json } });
  await bus.bank.act('pay', { trxId: KEY, insist: true });
  return bus;
}

const PAYMENT = {
  amount: 150_000,
  paidAt: '2026-01-15T09:30:05+07:00',
  partnerReferenceNo: KEY,
  bankReference: '000000000001',
};

describe('the history', () => {
  test('of a quiet day', async () => {
    expect(await list(startBus({}, () => null, day()))).toEqual({
      date: '2026-01-15',
      source: 'transactionHistory',
      complete: true,
      payments: [],
      skipped: 0,
      unreadable: 0,
    });
  });

  test('of every kind of payment, under our own number', async () => {
    const bus = await withPayment({}, day());
    await bus.bank.act('takeOther', { amount: 5_000, partnerReferenceNo: 'SHOP-1' });
    const { payments } = await list(bus);
    expect(payments).toContainEqual(PAYMENT);
    expect(payments).toContainEqual(expect.objectContaining({ amount: 5_000, partnerReferenceNo: 'SHOP-1' }));
  });

  test('page by page, each payment once', async () => {
    const bus = startBus({}, () => null, day());
    await bus.bank.act('takeOther', { times: 120 });
    const { payments, complete } = await list(bus);
    const numbers = (payments as JsonObject[]).map((one) => one['partnerReferenceNo']);
    expect([numbers.length, new Set(numbers).size, complete]).toEqual([120, 120, true]);
  });

  test('of more than ten pages says that it is not complete', async () => {
    const bus = startBus({}, () => null, day());
    await bus.bank.act('takeOther', { times: 501 });
    const { payments, complete } = await list(bus);
    expect([(payments as JsonObject[]).length, complete]).toEqual([500, false]);
  });

  test('of a stretch of the day, to the end of its last minute', async () => {
    const at = (fromTime: string, toTime: string) => withPayment({}, day({ fromTime, toTime }));
    expect((await list(await at('09:30', '09:30')))['payments']).toHaveLength(1);
    expect((await list(await at('09:31', '23:59')))['payments']).toEqual([]);
    expect((await list(await at('00:00', '09:29')))['payments']).toEqual([]);
  });
});

describe('the report of virtual accounts', () => {
  const source = 'virtualAccountReport';

  test.each([
    ['GET', 'include'],
    ['GET', 'sorted'],
    ['GET', 'exclude'],
    ['POST', 'include'],
  ])('by %s, the query signed as %s', async (reportMethod, signedQuery) => {
    const bus = await withPayment({ reportMethod, signedQuery, reconciliationSource: source }, day());
    expect(await list(bus)).toMatchObject({
      source,
      payments: [{ ...PAYMENT, virtualAccountNo: '888990000000123' }],
    });
  });

  test('whose query is signed otherwise than the bank wants is refused', async () => {
    const bus = startBus({ signedQuery: 'sorted' }, () => null, day({ source }));
    const path = '/v1.0/transfer-va/report?startDate=2026-01-15&endDate=2026-01-15';
    const wrong = await bus.wire({ method: 'GET', path });
    expect(wrong?.body).toMatchObject({ responseCode: '4043511' });
    const plain = startBus({}, () => null, day({ source }));
    // Signed by the whole query as sent, which a bank that sorts it would not have.
    const { fetch } = plain.bank;
    plain.bank.fetch = (request, env) => {
      const turned = request.url.replace(/\?(startDate=[^&]*)&(endDate=[^&]*)$/, '?$2&$1');
      return fetch(new Request(turned, request), env);
    };
    expect((await plain.wire({ method: 'GET', path }))?.body).toMatchObject({ responseCode: '4013500' });
  });

  test('of a day without any', async () => {
    const bus = startBus({}, () => null, day({ source }));
    expect(await list(bus)).toMatchObject({ source, payments: [], complete: true });
  });
});

describe('what banks want otherwise', () => {
  test.each([
    ['grantType', { grantType: 1, grant_type: 0 }],
    ['grant_type', { grantType: 0, grant_type: 1 }],
  ])('a token by %s', async (tokenBody, counts) => {
    const bus = startBus({ tokenBody });
    await bus.send();
    expect(await bus.bank.act('signIns', {})).toEqual(counts);
  });

  test('delete-va by POST', async () => {
    const bus = startBus({ deleteMethod: 'POST' });
    await bus.send();
    const methods: string[] = [];
    const { fetch } = bus.bank;
    bus.bank.fetch = (request, env) => {
      methods.push(`${request.method} ${new URL(request.url).pathname}`);
      return fetch(request, env);
    };
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(methods).toEqual(['POST /v1.0/transfer-va/delete-va']);
  });
});

describe('the status of a transfer', () => {
  const ask = (input: JsonObject): Promise<Outcome> =>
    startBus({}, () => null, { operation: 'transferStatus', input }).send();

  test('by our number, by the bank’s, and of one that is not there', async () => {
    expect(await ask({ partnerReferenceNo: 'SETTLE-20260115-01', serviceCode: '18' })).toEqual({
      is: 'ok',
      output: { status: 'success', amount: 5_000_000, bankReference: 'TRF0001' },
    });
    expect(await ask({ bankReference: 'TRF0002', serviceCode: '22' })).toMatchObject({
      output: { status: 'pending' },
    });
    expect(await ask({ partnerReferenceNo: 'SETTLE-20260115-01', serviceCode: '17' })).toEqual({
      is: 'refused',
      code: 'TRANSACTION_NOT_FOUND',
    });
  });

  test('of one that was entered', async () => {
    const input = { partnerReferenceNo: 'SETTLE-9', serviceCode: '17' };
    const bus = startBus({}, () => null, { operation: 'transferStatus', input });
    const entered = {
      originalPartnerReferenceNo: 'SETTLE-9',
      serviceCode: '17',
      latestTransactionStatus: '06',
    };
    await bus.bank.act('transfer', entered);
    expect(await bus.send()).toEqual({ is: 'ok', output: { status: 'failed' } });
  });
});

describe('one bank’s missing-field rule for the reply to a payment', () => {
  const answer = (responseCode: string | null, paymentFlagStatus: string | null) => ({
    status: 200,
    body: {
      ...(responseCode !== null && { responseCode }),
      virtualAccountData: { ...(paymentFlagStatus !== null && { paymentFlagStatus }) },
    },
  });
  test.each([
    [null, null, 'timeout'],
    [null, '00', 'timeout'],
    ['2002500', null, 'timeout'],
    ['2002500', '02', 'timeout'],
    ['5042500', null, 'timeout'],
    ['2002500', '00', 'taken'],
    ['2002500', '01', 'failed'],
    ['4042512', null, 'failed'],
    ['4042514', '01', 'failed'],
  ])('code %s, flag %s: %s', (code, flag, verdict) => {
    expect(verdictOf(answer(code, flag))).toBe(verdict);
  });
});
