/** The banking adapter against its bank: whole walks with signatures both ways. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, WireRequest } from '../../src/adapter-kit/contract.ts';
import { codeOf, count, KEY, startBus, type Bus } from './banking-bus.ts';

describe('a bill at the bank', () => {
  let bus: Bus;
  beforeEach(() => {
    bus = startBus();
  });

  test('is made, asked for, paid once, and paid is paid', async () => {
    expect(await bus.send()).toEqual({
      is: 'pending',
      reference: `88899${KEY}`,
      awaits: 'payment',
      shown: {
        virtualAccountNo: `88899${KEY}`,
        bank: 'Bank Contoh',
        amount: 150_000,
        expiresAt: '2026-01-16T09:30:05+07:00',
      },
      until: '2026-01-16T09:30:05+07:00',
    });
    expect(await bus.inquire()).toMatchObject({
      is: 'pending',
      reference: `88899${KEY}`,
      until: '2026-01-16T09:30:05+07:00',
    });

    const result = await bus.bank.act('pay', { virtualAccountNo: `88899${KEY}` });
    expect(codeOf(result['inquiry'])).toBe('2002400');
    expect(codeOf(result['payment'])).toBe('2002500');
    expect(bus.step).toMatchObject({
      state: 'done',
      output: { amount: 150_000, paidAt: '2026-01-15T09:30:05+07:00' },
    });
    const { paidAt, amount, bankReference, paymentRequestId } = bus.step!.output;
    expect(await bus.inquire()).toEqual({
      is: 'ok',
      output: { paidAt, amount, bankReference, paymentRequestId },
    });

    expect(codeOf((await bus.bank.act('pay', { trxId: KEY }))['inquiry'])).toBe('4042414');
    expect(await bus.send()).toMatchObject({ is: 'ok' });
    expect(await bus.undo()).toEqual({ is: 'refused', code: 'ALREADY_PAID', text: 'Paid Bill' });
    expect([count(bus, 'virtualAccount'), count(bus, 'payment'), count(bus, 'refundDue')]).toEqual([1, 1, 0]);
    expect(bus.conflicts).toEqual([]);
  });

  test('whose answer is 504 is found, and its repeat with another expiry makes no second one', async () => {
    await bus.bank.act('answer504AfterCreate', { times: 1 });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'AGENCY_TIMEOUT' });
    expect(await bus.inquire()).toMatchObject({ is: 'pending', until: '2026-01-16T09:30:05+07:00' });
    await bus.pass(60_000);
    expect(await bus.send()).toMatchObject({ is: 'pending', until: '2026-01-16T09:30:05+07:00' });
    expect(count(bus, 'virtualAccount')).toBe(1);
  });

  test('whose answer is lost, or cut, is found', async () => {
    for (const kind of ['loseReply', 'truncated', 'malformed'] as const) {
      const one = startBus();
      one.bank.fault({ match: 'create-va', kind, times: 1 });
      expect(await one.send()).toMatchObject({ is: 'unknown' });
      expect(await one.inquire()).toMatchObject({ is: 'pending' });
      expect(count(one, 'virtualAccount')).toBe(1);
    }
  });

  test('that never arrived is known to be missing', async () => {
    bus.bank.fault({ match: 'create-va', kind: 'hang', times: 1 });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await bus.inquire()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    bus.bank.fault({ match: 'create-va', kind: 'tooMany', times: 1, value: 7 });
    expect(await bus.send()).toEqual({ is: 'retry', code: 'RATE_LIMITED', afterSeconds: 7 });
    expect(await bus.send()).toMatchObject({ is: 'pending' });
  });

  test('is withdrawn once, and withdrawing nothing is done too', async () => {
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    await bus.send();
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
  });

  test('expires, at the bank and at our side', async () => {
    await bus.send();
    await bus.pass(25 * 3_600_000);
    const { inquiry, payment } = await bus.bank.act('pay', { trxId: KEY });
    expect([codeOf(inquiry), payment]).toEqual(['4042419', undefined]);
    // The first exchange finds its token of 900 s gone, the next brings a new one.
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'TOKEN_EXPIRED' });
    expect(await bus.inquire()).toEqual({ is: 'refused', code: 'BILL_EXPIRED' });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
  });

  test('X-EXTERNAL-ID is good once a day', async () => {
    const request: WireRequest = {
      method: 'POST',
      path: '/v1.0/transfer-va/inquiry-va',
      body: { json: { virtualAccountNo: '1' } },
    };
    expect((await bus.wire(request, '77'))?.body).toMatchObject({ responseCode: '4043012' });
    expect(await bus.wire(request, '77')).toMatchObject({ status: 409, body: { responseCode: '4093000' } });
  });

  test('our signature in hex is as good; a wrong secret is refused', async () => {
    expect(await startBus({ signatureEncoding: 'hex' }).send()).toMatchObject({ is: 'pending' });
    const door = startBus();
    const forged: WireRequest = {
      method: 'POST',
      path: '/v1.0/transfer-va/inquiry-va',
      headers: {},
      body: { json: {} },
    };
    await door.send();
    const headers = {
      authorization: 'Bearer bank-token-1',
      'x-timestamp': '2026-01-15T09:30:05+07:00',
      'x-signature': 'AAAA',
    };
    const response = await door.bank.fetch(
      new Request(`http://bank.test${forged.path}`, { method: 'POST', headers, body: '{}' }),
    );
    expect(await response.json()).toMatchObject({
      responseCode: '4013000',
      responseMessage: 'Unauthorized [Signature]',
    });
  });
});

describe('news of a payment', () => {
  let bus: Bus;
  beforeEach(() => {
    bus = startBus();
  });

  test('twice, the second an advice with its own X-EXTERNAL-ID: one payment, the same answer', async () => {
    await bus.send();
    bus.bank.fault({ match: 'payment', kind: 'duplicateNews', times: 1 });
    const { payment, repeat } = await bus.bank.act('pay', { trxId: KEY });
    expect(repeat).toEqual(payment);
    const [first, second] = bus.heard.filter(({ path }) => path.endsWith('/payment'));
    expect([first!.body['flagAdvise'], second!.body['flagAdvise']]).toEqual(['N', 'Y']);
    expect(first!.externalId).not.toBe(second!.externalId);
    expect([count(bus, 'payment'), bus.conflicts]).toEqual([1, []]);
  });

  test('late: the status had it first, and the news is no conflict', async () => {
    await bus.send();
    bus.bank.fault({ match: 'payment', kind: 'lateNews', times: 1, value: 120_000 });
    expect(await bus.bank.act('pay', { trxId: KEY })).toMatchObject({ late: true });
    const asked = await bus.inquire();
    expect(asked).toMatchObject({ is: 'ok', output: { amount: 150_000 } });
    bus.step = {
      ...bus.step!,
      state: 'done',
      output: { ...bus.step!.output, ...(asked as { output: JsonObject }).output },
    };
    await bus.pass(120_000);
    expect(bus.heard.at(-1)!.path).toBe('/v1.0/transfer-va/payment');
    expect([count(bus, 'payment'), count(bus, 'refundDue'), bus.conflicts]).toEqual([1, 0, []]);
  });

  test('before our own request is answered: found by its key', async () => {
    bus.bank.fault({ match: 'create-va', kind: 'newsFirst', times: 1 });
    expect(await bus.send()).toMatchObject({ is: 'pending' });
    expect(bus.step).toMatchObject({ state: 'done', reference: `88899${KEY}` });
    expect(count(bus, 'payment')).toBe(1);
  });

  test('unanswered: told again until our side decides', async () => {
    let broken = 0;
    bus = startBus({}, () => (broken > 0 ? ((broken -= 1), new Response('', { status: 502 })) : null));
    await bus.send();
    await bus.bank.act('pay', { trxId: KEY, amount: 1, insist: true });
    expect(count(bus, 'refundDue')).toBe(1);
    broken = 2;
    const { payment } = await bus.bank.act('pay', { trxId: KEY, insist: true });
    expect(payment).toMatchObject({ status: 0 });
    await bus.pass(5_000);
    expect(bus.heard.at(-1)!.body['flagAdvise']).toBe('Y');
    expect([bus.step!.state, count(bus, 'payment')]).toEqual(['done', 1]);
  });

  test('of the wrong amount: 4042513, nothing applied, the money goes back', async () => {
    await bus.send();
    const { payment } = await bus.bank.act('pay', { trxId: KEY, amount: 149_999 });
    expect(payment).toMatchObject({
      status: 404,
      body: { responseCode: '4042513', virtualAccountData: { paymentFlagStatus: '01' } },
    });
    expect([bus.step!.state, count(bus, 'payment'), count(bus, 'refundDue')]).toEqual(['open', 0, 1]);
    expect(codeOf((await bus.bank.act('pay', { trxId: KEY }))['payment'])).toBe('2002500');
  });

  test('a second payment of a paid bill: 4042514, and a conflict for a person', async () => {
    await bus.send();
    await bus.bank.act('pay', { trxId: KEY });
    const { payment } = await bus.bank.act('pay', { trxId: KEY, insist: true });
    expect(codeOf(payment)).toBe('4042514');
    expect(bus.conflicts).toMatchObject([{ is: 'ok', output: { amount: 150_000 } }]);
    expect([count(bus, 'payment'), count(bus, 'refundDue')]).toEqual([1, 1]);
  });

  test('for a cancelled bill: 4042512, and a conflict for a person', async () => {
    await bus.send();
    await bus.undo();
    bus.step = { ...bus.step!, state: 'closed' };
    const { inquiry, payment } = await bus.bank.act('pay', { trxId: KEY, insist: true });
    expect([codeOf(inquiry), codeOf(payment)]).toEqual(['4042412', '4042512']);
    expect(bus.conflicts).toHaveLength(1);
    expect([count(bus, 'payment'), count(bus, 'refundDue')]).toEqual([0, 1]);
  });

  test('for a bill that nobody knows: 4042412, and 5042500 so that the bank advises again', async () => {
    await bus.send();
    bus.step = null;
    const { inquiry, payment } = await bus.bank.act('pay', { trxId: KEY, insist: true });
    expect([codeOf(inquiry), codeOf(payment)]).toEqual(['4042412', '5042500']);
  });

  test('citizens pay by themselves', async () => {
    await bus.bank.act('autoPay', { enabled: true, delayMs: 3_000 });
    await bus.send();
    await bus.pass(3_000);
    expect(bus.step!.state).toBe('done');
  });
});
