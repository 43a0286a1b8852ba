/** QRIS against its bank: made, shown only when sound, scanned, told, asked about, cancelled. */
import { beforeEach, describe, expect, test } from 'vitest';
import { crc16, readQris } from '../../adapters/banking/qris-code.ts';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { codeOf, count, KEY, startBus, type Bus, type Errand } from './banking-bus.ts';

const errand: Errand = { operation: 'collectByQris', input: { amount: 150_000, expiresInMinutes: 15 } };
const merchant = { merchantId: '00007100010926' };
const openBus = (more: JsonObject = {}, breakHosted?: () => Response | null): Bus =>
  startBus({ ...merchant, ...more }, breakHosted, errand);
const MINUTE = 60_000;
const byNumber = { partnerReferenceNo: KEY };

describe('what is in a code (vectors 11.7)', () => {
  const DOKU =
    '00020101021126530012COM.DOKU.WWW0118936008990000002475020424750303URE51440014ID.CO.QRIS.WWW0215ID10200392934820303URE5204539953033605802ID5911GUREUM SHOP6013JAKARTA PUSAT61051064062070703A016304455C';
  const OURS =
    '00020101021226620016ID.CO.CONTOH.WWW011893600099000000001702090000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204939953033605409150000.005802ID5915MPP KOTA CONTOH6011KOTA CONTOH61051234562230119MPP-20260115-000001630422E3';
  const sealed = (body: string): string => `${body}6304${crc16(tools.bytes(`${body}6304`))}`;
  const body = OURS.slice(0, -8);

  test('the checksum of 123456789', () => {
    expect(crc16(tools.bytes('123456789'))).toBe('29B1');
    expect(crc16(tools.bytes(''))).toBe('FFFF');
  });

  test('a published code from a wall, and one for a bill', () => {
    expect(readQris(DOKU, tools)).toEqual({
      dynamic: false,
      amount: null,
      merchantName: 'GUREUM SHOP',
      merchantCity: 'JAKARTA PUSAT',
      nationalId: 'ID1020039293482',
    });
    expect(readQris(OURS, tools)).toMatchObject({
      dynamic: true,
      amount: 150_000,
      nationalId: 'ID1020000000001',
      reference: 'MPP-20260115-000001',
    });
    expect(readQris(sealed(body), tools)).toEqual(readQris(OURS, tools));
  });

  test.each([
    ['a checksum that is no hexadecimal number', `${OURS.slice(0, -4)}M2B3`],
    ['a checksum in small letters', OURS.replace(/22E3$/, '22e3')],
    ['one digit changed', OURS.replace('150000.00', '950000.00')],
    ['its end cut off', OURS.slice(0, -1)],
    ['something after its end', `${OURS} `],
    ['nothing', ''],
    ['a length that runs over', sealed(body.replace('5802ID', '5899ID'))],
    ['a length that is none', sealed(body.replace('5802ID', '58-2ID'))],
    ['the same tag twice', sealed(`${body}5802ID`)],
    ['another currency', sealed(body.replace('5303360', '5303840'))],
    ['another country', sealed(body.replace('5802ID', '5802SG'))],
    ['no merchant', sealed(body.replace('5915MPP KOTA CONTOH', ''))],
    ['no account to pay into', sealed('00020101021252049399530336054041.005802ID5903MPP6004KOTA')],
    ['an amount in cents', sealed(body.replace('5409150000.00', '5409150000.50'))],
    ['more than any code holds', sealed(body + '80991'.padEnd(1100, '1'))],
  ])('%s is no code', (_, text) => {
    expect(readQris(text, tools)).toBeNull();
  });
});

describe('a bill by QRIS', () => {
  let bus: Bus;
  beforeEach(() => {
    bus = openBus();
  });

  test('is shown, scanned, told by the bank, and done once', async () => {
    const made = await bus.send();
    expect(made).toMatchObject({
      is: 'pending',
      reference: 'QR00000001',
      awaits: 'payment',
      shown: { bank: 'Bank Contoh', amount: 150_000, expiresAt: '2026-01-15T09:45:05+07:00' },
      until: '2026-01-15T09:45:05+07:00',
    });
    const { qrContent } = bus.step!.output;
    expect(readQris(qrContent as string, tools)).toMatchObject({ amount: 150_000, reference: KEY });
    expect(await bus.inquire()).toMatchObject({ is: 'pending', shown: { qrContent } });

    const { news } = await bus.bank.act('payQr', byNumber);
    expect(codeOf(news)).toBe('2005200');
    const paid = { amount: 150_000, bankReference: 'QR00000001' };
    expect(bus.step).toMatchObject({ state: 'done', output: paid });
    expect(await bus.inquire()).toMatchObject({ is: 'ok', output: paid });
    expect(await bus.send()).toMatchObject({ is: 'ok', output: paid });
    expect([count(bus, 'qrisCode'), count(bus, 'qrisPayment'), bus.conflicts]).toEqual([1, 1, []]);
    expect(await bus.bank.act('payQr', byNumber)).toEqual({ refused: true });
  });

  test('whose code is broken is shown to nobody; asked for again it is the same broken one', async () => {
    await bus.bank.act('breakQr', { times: 1 });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'QR_UNREADABLE' });
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'QR_UNREADABLE' });
    expect(bus.step!.output).toEqual({});
  });

  test.each([['loseReply'], ['truncated'], ['malformed']] as const)(
    'whose answer is gone (%s) gets its code again under the same number',
    async (kind) => {
      bus.bank.fault({ match: 'qr-mpm-generate', kind, times: 1 });
      expect(await bus.send()).toMatchObject({ is: 'unknown' });
      await bus.pass(MINUTE);
      const found = await bus.inquire();
      expect(found).toMatchObject({ is: 'pending', until: '2026-01-15T09:46:05+07:00' });
      expect(readQris(bus.step!.output['qrContent'] as string, tools)).toMatchObject({ amount: 150_000 });
      expect(count(bus, 'qrisCode')).toBe(1);
      expect(codeOf((await bus.bank.act('payQr', byNumber))['news'])).toBe('2005200');
    },
  );

  test('whose answer is gone at a bank that gives a code once: nobody sees it, nothing is made twice', async () => {
    await bus.bank.act('keepQr', { enabled: true });
    await bus.bank.act('answerInstead', { match: 'qr-mpm-generate', answer: '504/00' });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'AGENCY_TIMEOUT' });
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'QR_NOT_SHOWN' });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'QR_NOT_SHOWN' });
    expect(count(bus, 'qrisCode')).toBe(1);
  });

  test('that never arrived is known to be missing', async () => {
    bus.bank.fault({ match: 'qr-mpm-generate', kind: 'hang', times: 1 });
    expect(await bus.send()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await bus.inquire()).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await bus.send()).toMatchObject({ is: 'pending' });
  });

  test('that is not paid in time is over; who is paying then is waited for', async () => {
    await bus.send();
    await bus.pass(15 * MINUTE);
    // The first exchange finds its token of 900 s gone.
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'TOKEN_EXPIRED' });
    expect(await bus.inquire()).toEqual({ is: 'refused', code: 'BILL_EXPIRED' });
    expect(await bus.bank.act('payQr', byNumber)).toEqual({ refused: true });
  });

  test('is cancelled, and cancelling again or nothing is done too', async () => {
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    await bus.send();
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
    expect(await bus.inquire()).toEqual({ is: 'refused', code: 'TRANSACTION_CANCELLED' });
    expect(await bus.bank.act('payQr', byNumber)).toEqual({ refused: true });
  });

  test('that is paid is not cancelled away', async () => {
    await bus.send();
    await bus.bank.act('payQr', byNumber);
    expect(await bus.undo()).toEqual({ is: 'refused', code: 'ALREADY_PAID' });
    bus.step = { ...bus.step!, output: {} };
    expect(await bus.undo()).toEqual({ is: 'refused', code: 'ALREADY_PAID', text: 'Paid Bill' });
    await bus.bank.act('refundQr', byNumber);
    bus.step = { ...bus.step, output: { bankReference: 'QR00000001' } };
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
  });

  test('at a bank that cannot cancel runs out by itself', async () => {
    await bus.bank.act('cannotCancelQr', { enabled: true });
    await bus.send();
    await bus.pass(5 * MINUTE);
    expect(await bus.undo()).toEqual({ is: 'retry', code: 'QR_STILL_OPEN', afterSeconds: 600 });
    await bus.pass(10 * MINUTE);
    expect(await bus.undo()).toMatchObject({ is: 'retry', code: 'TOKEN_EXPIRED' });
    expect(await bus.undo()).toEqual({ is: 'ok', output: {} });
  });

  test('without the merchant id that cancelling wants is refused, with the field named nowhere but at the bank', async () => {
    const bare = openBus({ merchantId: '' });
    await bare.send();
    expect(await bare.undo()).toMatchObject({ is: 'refused', code: 'MANDATORY_FIELD_MISSING' });
  });
});

describe('news of a scan', () => {
  test('twice, and late when the status had it first: one payment, no conflict', async () => {
    const bus = openBus();
    await bus.send();
    bus.bank.fault({ match: 'qr-mpm-notify', kind: 'duplicateNews', times: 1 });
    const { news, repeat } = await bus.bank.act('payQr', byNumber);
    expect(repeat).toEqual(news);
    const heard = bus.heard.filter(({ path }) => path.endsWith('/qr-mpm-notify'));
    expect(heard[0]!.externalId).not.toBe(heard[1]!.externalId);

    const late = openBus();
    await late.send();
    await late.bank.act('lateNotify', { delayMs: 120_000 });
    expect(await late.bank.act('payQr', byNumber)).toEqual({ late: true });
    const asked = await late.inquire();
    expect(asked).toMatchObject({ is: 'ok' });
    late.step = { ...late.step!, state: 'done', output: (asked as { output: JsonObject }).output };
    await late.pass(120_000);
    expect(late.heard.at(-1)!.path).toBe('/v1.0/qr/qr-mpm-notify');
    expect([count(bus, 'qrisPayment'), bus.conflicts, late.conflicts]).toEqual([1, [], []]);
  });

  test('before our own request is answered: found by its key', async () => {
    const bus = openBus();
    bus.bank.fault({ match: 'qr-mpm-generate', kind: 'newsFirst', times: 1 });
    expect(await bus.send()).toMatchObject({ is: 'pending' });
    expect(bus.step).toMatchObject({ state: 'done', reference: 'QR00000001' });
  });

  test('unanswered, or for a code that nobody knows yet: told again until it is taken', async () => {
    let broken = 1;
    const bus = openBus({}, () => (broken > 0 ? ((broken -= 1), new Response('', { status: 502 })) : null));
    await bus.send();
    const { step } = bus;
    bus.step = null;
    expect((await bus.bank.act('payQr', byNumber))['news']).toMatchObject({ status: 0 });
    await bus.pass(5_000);
    bus.step = step;
    await bus.pass(5_000);
    expect([bus.heard.length, bus.step!.state, count(bus, 'qrisPayment')]).toEqual([2, 'done', 1]);
  });

  test('signed by another key is refused; signed like every other call it is taken where the settings say so', async () => {
    const bus = openBus({ notificationProof: 'symmetric' });
    await bus.send();
    expect(codeOf((await bus.bank.act('payQr', byNumber))['news'])).toBe('2005200');
    expect(bus.step!.state).toBe('done');

    const forged = openBus({ bankPublicKey: 'none' });
    await forged.send();
    const { news } = await forged.bank.act('payQr', byNumber);
    expect([codeOf(news), forged.step!.state]).toEqual(['4015200', 'open']);
  });

  test('that it failed, and that it was given back after all', async () => {
    const bus = openBus();
    await bus.send();
    expect(codeOf((await bus.bank.act('failQr', byNumber))['news'])).toBe('2005200');
    expect(bus.step!.state).toBe('closed');

    const back = openBus();
    await back.send();
    await back.bank.act('payQr', byNumber);
    await back.bank.act('refundQr', byNumber);
    expect(back.conflicts).toEqual([{ is: 'refused', code: 'PAYMENT_REFUNDED' }]);
  });

  test('of money for a code that was cancelled: a conflict for a person', async () => {
    const bus = openBus();
    await bus.send();
    await bus.undo();
    bus.step = { ...bus.step!, state: 'closed' };
    expect(codeOf((await bus.bank.act('payQr', { ...byNumber, insist: true }))['news'])).toBe('2005200');
    expect(bus.conflicts).toMatchObject([{ is: 'ok', output: { amount: 150_000 } }]);
    expect([count(bus, 'qrisPayment'), count(bus, 'lateQrisPayment')]).toEqual([0, 1]);
  });

  test('of another amount: 4045213, and nothing is settled', async () => {
    const bus = openBus();
    await bus.send();
    const { news } = await bus.bank.act('payQr', { ...byNumber, amount: 149_999 });
    expect([codeOf(news), bus.step!.state]).toEqual(['4045213', 'open']);
    expect(await bus.inquire()).toEqual({ is: 'unknown', code: 'AMOUNT_DIFFERS' });
  });

  test('citizens scan by themselves', async () => {
    const bus = openBus();
    await bus.bank.act('autoPay', { enabled: true, delayMs: 3_000 });
    await bus.send();
    await bus.pass(3_000);
    expect(bus.step!.state).toBe('done');
  });
});
