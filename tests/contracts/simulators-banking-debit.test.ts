/** Direct debit against its bank: charged once, whatever is lost; cancelled while open, given back once taken. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { codeOf, count, KEY, startBus, type Bus } from './banking-bus.ts';

const byPage = { amount: 150_000, returnUrl: 'https://mpp.example/selesai', expiresInMinutes: 30 };
const byToken = { amount: 150_000, cardToken: '6d7963617264746f6b656e', expiresInMinutes: 30 };
const openBus = (input: JsonObject, more: JsonObject = {}): Bus =>
  startBus({ merchantId: '23489182303312', ...more }, () => null, {
    operation: 'chargeByDirectDebit',
    input,
  });
const MINUTE = 60_000;
const byNumber = { partnerReferenceNo: KEY };
const PAID = { paidAt: '2026-01-15T09:30:05+07:00', amount: 150_000, bankReference: 'DD00000001' };

describe("a charge by the payer's card token", () => {
  let bus: Bus;
  beforeEach(() => {
    bus = openBus(byToken);
  });

  test('is taken at once and proved by its status', async () => {
    expect(await bus.send()).toEqual({ is: 'ok', output: PAID });
    expect(count(bus, 'debit')).toBe(1);
  });

  test.each([['loseReply'], ['truncated'], ['malformed']] as const)(
    'whose answer is gone (%s) is asked about, never sent again',
    async (kind) => {
      bus.bank.fault({ match: 'payment-host-to-host', kind, times: 1 });
      expect(await bus.send()).toMatchObject({ is: 'unknown' });
      expect(await bus.inquire()).toEqual({ is: 'ok', output: PAID });
      expect(count(bus, 'debit')).toBe(1);
    },
  );

  test.each([['504/00'], ['202/00'], ['500/00'], ['500/01'], ['500/02']])(
    'answered %s after it was taken is perhaps done',
    async (answer) => {
      await bus.bank.act('answerInstead', { match: 'payment-host-to-host', answer });
      expect(await bus.send()).toMatchObject({ is: 'unknown' });
      expect(await bus.inquire()).toEqual({ is: 'ok', output: PAID });
      expect(count(bus, 'debit')).toBe(1);
    },
  );

  test('sent twice all the same takes no second money: the first is asked about', async () => {
    await bus.send();
    expect(await bus.send()).toEqual({ is: 'ok', output: PAID });
    await bus.pass(MINUTE);
    // Its end differs now, so the bank calls it inconsistent.
    expect(await bus.send()).toEqual({ is: 'ok', output: PAID });
    expect(count(bus, 'debit')).toBe(1);
  });

  test('that never arrived is known to be missing', async () => {
    bus.bank.fault({ match: 'payment-host-to-host', kind: 'hang', times: 1 });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await bus.inquire()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test.each([
    ['empty-1', 'INSUFFICIENT_FUNDS'],
    ['blocked-1', 'CARD_BLOCKED'],
    ['expired-1', 'CARD_EXPIRED'],
    ['otp-1', 'OTP_REQUIRED'],
  ])('%s: %s', async (cardToken, code) => {
    const refused = openBus({ ...byToken, cardToken });
    expect(await refused.send()).toMatchObject({ is: 'refused', code });
    expect(refused.bank.book()).toEqual([]);
  });

  test('is given back once', async () => {
    await bus.send();
    bus.step = { ...bus.step!, state: 'done', output: PAID };
    bus.bank.fault({ match: 'debit/refund', kind: 'loseReply', times: 1 });
    expect(await bus.undo()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(count(bus, 'refund')).toBe(1);
    expect(await bus.inquire()).toEqual({ is: 'refused', code: 'PAYMENT_REFUNDED' });
  });

  test('that may not be given back now is for a person', async () => {
    await bus.send();
    bus.step = { ...bus.step!, state: 'done', output: PAID };
    await bus.bank.act('cannotRefund', { enabled: true });
    expect(await bus.undo()).toMatchObject({ is: 'refused', code: 'OPERATION_NOT_ALLOWED' });
  });
});

describe("a charge on the bank's own page", () => {
  let bus: Bus;
  beforeEach(() => {
    bus = openBus(byPage);
  });

  test('waits for the payer, and is told', async () => {
    expect(await bus.send()).toEqual({
      is: 'pending',
      reference: 'DD00000001',
      awaits: 'payment',
      shown: {
        payUrl: 'https://bank.example/bayar?biz=DD00000001',
        bank: 'Bank Contoh',
        amount: 150_000,
        expiresAt: '2026-01-15T10:00:05+07:00',
      },
      until: '2026-01-15T10:00:05+07:00',
    });
    expect(await bus.inquire()).toMatchObject({ is: 'pending', shown: { amount: 150_000 } });
    bus.bank.fault({ match: 'debit/notify', kind: 'duplicateNews', times: 1 });
    const { news, repeat } = await bus.bank.act('payDebit', byNumber);
    expect([codeOf(news), repeat]).toEqual(['2005600', news]);
    expect(bus.step).toMatchObject({ state: 'done', output: PAID });
    expect(await bus.inquire()).toEqual({ is: 'ok', output: PAID });
    expect([count(bus, 'debit'), bus.conflicts]).toEqual([1, []]);
  });

  test('that the payer leaves is over in time; that fails is refused', async () => {
    await bus.send();
    await bus.pass(30 * MINUTE);
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'TOKEN_EXPIRED' });
    expect(await bus.inquire()).toEqual({ is: 'refused', code: 'BILL_EXPIRED' });
    const failed = openBus(byPage);
    await failed.send();
    await failed.bank.act('failDebit', byNumber);
    expect(failed.step!.state).toBe('closed');
    expect(await failed.inquire()).toEqual({ is: 'refused', code: 'PAYMENT_FAILED' });
  });

  test('is cancelled while open, and cancelling again or nothing is done too', async () => {
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    await bus.send();
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect([await bus.bank.act('payDebit', byNumber), count(bus, 'debit')]).toEqual([{ refused: true }, 0]);
  });

  test('that was paid when it is cancelled is given back', async () => {
    await bus.send();
    await bus.bank.act('lateNotify', { delayMs: 3_600_000 });
    await bus.bank.act('payDebit', byNumber);
    expect(bus.step!.state).toBe('open');
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect([count(bus, 'debit'), count(bus, 'refund')]).toEqual([1, 1]);
  });

  test('paid after it was cancelled: a conflict for a person', async () => {
    await bus.send();
    await bus.undo();
    bus.step = { ...bus.step!, state: 'closed' };
    await bus.bank.act('payDebit', { ...byNumber, insist: true });
    expect(bus.conflicts).toMatchObject([{ is: 'ok', output: { amount: 150_000 } }]);
    expect([count(bus, 'debit'), count(bus, 'lateDebit')]).toEqual([0, 1]);
  });

  test('the notification address is sent along where it is set', async () => {
    const notifyUrl = 'https://bus.example/hosted/bank/v1.0/debit/notify';
    const sent: JsonObject[] = [];
    const told = openBus(byPage, { notifyUrl });
    const { fetch } = told.bank;
    told.bank.fetch = async (request, env) => {
      if (request.url.includes('host-to-host')) sent.push((await request.clone().json()) as JsonObject);
      return fetch(request, env);
    };
    await told.send();
    expect(sent[0]!['urlParams']).toEqual([
      { url: byPage.returnUrl, type: 'PAY_RETURN', isDeeplink: 'N' },
      { url: notifyUrl, type: 'PAY_NOTIFY', isDeeplink: 'N' },
    ]);
  });
});
