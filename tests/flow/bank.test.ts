import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { act, certificateApplication, items, look, stepOf, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const bank = (world: World) => world.simulators['bank-kalbar']!;
const atBank = (world: World, name: string, detail: JsonObject) =>
  world.clock.during(bank(world).act(name, detail));
const codeOf = (answer: unknown): string => (answer as { body: { responseCode: string } }).body.responseCode;
const booked = (world: World, effect: string): number =>
  bank(world)
    .book()
    .filter((entry) => entry.effect === effect)
    .reduce((sum, { times }) => sum + times, 0);

/** A certificate application whose bill waits for its payment. */
async function billed(world: World): Promise<{ id: string; virtualAccountNo: string }> {
  const id = await submit(world, await certificateApplication(world));
  await world.clock.advance(5000);
  const step = await stepOf(world, id, 'bill');
  expect(step.state).toBe('waitingPayment');
  return { id, virtualAccountNo: step.shown!['virtualAccountNo'] as string };
}

describe('a bank signs in, asks for and pays a bill', () => {
  test('right: asked, told and taken once', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    const { inquiry, payment } = await atBank(world, 'pay', { virtualAccountNo });
    expect([codeOf(inquiry), codeOf(payment)]).toEqual(['2002400', '2002500']);
    expect(await stepOf(world, id, 'bill')).toMatchObject({ state: 'succeeded', output: { amount: 30_000 } });
    await world.clock.advance(MINUTE);
    expect((await look(world, id)).state).toBe('completed');
    expect(booked(world, 'payment')).toBe(1);
  });

  test('nobody pays who has not signed in', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    const body = JSON.stringify({
      virtualAccountNo,
      paymentRequestId: '1',
      paidAmount: { value: '30000.00', currency: 'IDR' },
    });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer forged' },
      body,
    };
    const response = await world.hosted('bank-kalbar', '/v1.0/transfer-va/payment', init);
    expect(response.status).toBe(401);
    expect((await stepOf(world, id, 'bill')).state).toBe('waitingPayment');
  });

  test('a wrong amount is refused, and the bill goes on waiting', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    const { payment } = await atBank(world, 'pay', { virtualAccountNo, amount: 29_999 });
    expect(codeOf(payment)).toBe('4042513');
    expect((await stepOf(world, id, 'bill')).state).toBe('waitingPayment');
    const again = await atBank(world, 'pay', { virtualAccountNo });
    expect(codeOf(again['payment'])).toBe('2002500');
  });

  test('twice with flagAdvise: the same bytes, applied once', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    bank(world).fault({ match: 'payment', kind: 'duplicateNews', times: 1 });
    const { payment, repeat } = await atBank(world, 'pay', { virtualAccountNo });
    expect(repeat).toEqual(payment);
    expect(booked(world, 'payment')).toBe(1);
    expect(await items(world, id)).toEqual([]);
  });

  test('after a cancellation it is a refund to make, and nothing is applied', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    await world.clock.advance(MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'withdrawn' });
    const { inquiry, payment } = await atBank(world, 'pay', { virtualAccountNo, insist: true });
    expect([codeOf(inquiry), codeOf(payment)]).toEqual(['4042412', '4042512']);
    expect(await items(world, id)).toEqual(['bill refund PAID_LATE_OR_TWICE']);
    expect((await stepOf(world, id, 'bill')).state).toBe('compensated');
    expect(booked(world, 'refundDue')).toBe(1);
  });

  test('two payments at the same instant: one is taken, the other hears that the bill is paid', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    const pay = () => bank(world).act('pay', { virtualAccountNo, insist: true });
    const paid = await world.clock.during(Promise.all([pay(), pay()]));
    expect(paid.map(({ payment }) => codeOf(payment)).toSorted()).toEqual(['2002500', '4042514']);
    expect(await items(world, id)).toEqual(['bill refund PAID_LATE_OR_TWICE']);
  });

  test('a payment that we learned by asking and that the bank tells later is one payment', async () => {
    const world = await open();
    const { id, virtualAccountNo } = await billed(world);
    bank(world).fault({ match: 'payment', kind: 'lateNews', times: 1, value: HOUR });
    await atBank(world, 'pay', { virtualAccountNo });
    await world.clock.advance(30 * MINUTE, 2000);
    expect((await stepOf(world, id, 'bill')).state).toBe('succeeded');
    await world.clock.advance(HOUR, 5000);
    expect(await items(world, id)).toEqual([]);
    expect(booked(world, 'refundDue')).toBe(0);
    expect(booked(world, 'payment')).toBe(1);
  });
});

test('create-VA answered 504, then found by inquiry', async () => {
  const world = await open();
  await atBank(world, 'answer504AfterCreate', { times: 1 });
  const id = await submit(world, await certificateApplication(world));
  await world.clock.advance(5000);
  expect((await stepOf(world, id, 'bill')).state).toBe('unknown');
  await world.clock.advance(3 * MINUTE);
  const { state, history } = await stepOf(world, id, 'bill');
  expect(state).toBe('waitingPayment');
  expect(history.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    'send unknown',
    'inquiry more',
    'inquiry pending',
  ]);
  expect(booked(world, 'virtualAccount')).toBe(1);
});

test('a second round of a bill', async () => {
  const world = await open();
  const first = await billed(world);
  const { id } = first;
  const keyOf = async (): Promise<string> =>
    (await world.ledger.read(id))!.steps.find(({ name }) => name === 'bill')!.key;
  const oldKey = await keyOf();
  expect(await act(world, `applications/${id}/steps/bill/new-round`)).toBe(202);
  await world.clock.advance(5000);
  const second = await stepOf(world, id, 'bill');
  expect(second).toMatchObject({ state: 'waitingPayment', round: 2, attempts: 1 });
  expect(await keyOf()).not.toBe(oldKey);
  expect(second.shown!['virtualAccountNo']).not.toBe(first.virtualAccountNo);
  const [kept] = await world.ledger.oldRounds(id);
  expect(kept).toMatchObject({ step: 'bill', round: 1, key: oldKey, state: 'waitingPayment' });
  // Who pays the old bill gets his money back; it never settles the new one.
  const late = await atBank(world, 'pay', { virtualAccountNo: first.virtualAccountNo, insist: true });
  expect([codeOf(late['inquiry']), codeOf(late['payment'])]).toEqual(['4042412', '4042512']);
  expect(await items(world, id)).toEqual(['bill refund PAID_LATE_OR_TWICE']);
  expect((await stepOf(world, id, 'bill')).state).toBe('waitingPayment');
  // Paying the new one does not make anybody forget the refund; a person closes it.
  await atBank(world, 'pay', { virtualAccountNo: second.shown!['virtualAccountNo']! });
  await world.clock.advance(MINUTE);
  expect(await look(world, id)).toMatchObject({ state: 'completed' });
  expect(await items(world, id)).toEqual(['bill refund PAID_LATE_OR_TWICE']);
  expect(await act(world, `applications/${id}/steps/bill/resolve`, { as: 'notDone' })).toBe(200);
  expect(await items(world, id)).toEqual([]);
});

test('an unpaid bill ends its application as expired, and the account is closed', async () => {
  const world = await open();
  const { id } = await billed(world);
  await world.clock.advance(25 * HOUR, 120_000);
  expect(await look(world, id)).toMatchObject({ state: 'expired', items: [] });
  expect((await stepOf(world, id, 'bill')).state).toBe('compensated');
});
