/** Holds on titles at the land office's stand-in: placed once, kept from others, released, run out, used up. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import type { Simulator } from '../../src/adapter-kit/simulator.ts';
import { yamlAdapter } from '../../src/connectors/yaml/index.ts';
import * as land from '../../adapters/land/simulator.ts';
import { exchange, handTime, type ExchangeKind } from './adapter-support.ts';

const DAY_MS = 86_400_000;
const [OURS, THEIRS, TRANSFER] = ['10000000000000000001', '10000000000000000002', '10000000000000000003'];
const TITLE = '99.01.00001';
const asked = { certificateNumber: TITLE, nik: '9901014508909999', fullName: 'Contoh Ibu', days: 30 };
const held = {
  is: 'ok',
  output: { holdNumber: 'H-9901-2026-000001', heldUntil: '2026-02-14T02:30:05.000Z' },
};
const TITLE_HELD = { is: 'refused', code: 'TITLE_HELD' };

const adapter = await yamlAdapter(new URL('../../adapters/land/', import.meta.url));
const settings = {
  ...{ baseUrl: 'http://land.test', apiKey: 'kunci', newsSecret: 'contoh-rahasia-kabar' },
  officeCode: '9901',
};
let time: ReturnType<typeof handTime>;
let simulator: Simulator;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  simulator = land.makeSimulator({ settings, now: time.now, after: time.after, send });
});

async function ask(operation: string, input: JsonObject, key: string, kind?: ExchangeKind): Promise<Outcome> {
  const documents = new Map([['deed', new TextEncoder().encode('a deed')]]);
  const drive = { adapter, simulator, settings, now: time.now, signIn: signInOf(adapter), documents };
  return (await exchange(drive, operation, input, { key }, kind)).outcome;
}

const hold = (key: string, over: JsonObject = {}): Promise<Outcome> =>
  ask('holdTitle', { ...asked, ...over }, key);
const isThere = (key: string): Promise<Outcome> => ask('holdTitle', asked, key, 'inquiry');
const releaseTitle = (key: string): Promise<Outcome> => ask('holdTitle', asked, key, 'compensation');
const submit = (over: JsonObject = {}): Promise<Outcome> =>
  ask(
    'submitTransfer',
    {
      ...{ certificateNumber: TITLE, transferType: 'sale', transactionValue: 150_000_000 },
      seller: { nik: '9901014508909999', fullName: 'Contoh Ibu' },
      buyer: { nik: '9901010508909999', fullName: 'Contoh Bapak' },
      deed: { number: '12/2026', date: '2026-01-12', notaryName: 'Contoh Notaris' },
      ...{ taxObjectNumber: '990101000100100010', regionalReceipt: 'NTPD0000000001', deedDocumentId: 'deed' },
      ...over,
    },
    TRANSFER,
  );
const booked = (): Record<string, number> =>
  Object.fromEntries(simulator.book().map(({ effect, key, times }) => [`${effect} ${key.slice(-1)}`, times]));

/** Paid and registered. */
async function register(): Promise<void> {
  await simulator.act('pay', { requestId: TRANSFER });
  await time.pass(200);
}

describe('a hold', () => {
  test('is placed once under a key, and found by it', async () => {
    expect(await hold(OURS)).toEqual(held);
    expect(await hold(OURS)).toEqual(held);
    expect(await isThere(OURS)).toEqual(held);
    expect(booked()).toEqual({ 'titleHeld 1': 1 });
  });

  test('whose answer is lost is asked about; what never arrived is said to be so', async () => {
    simulator.fault({ match: 'holds', kind: 'loseReply', times: 1 });
    expect(await hold(OURS)).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await isThere(OURS)).toEqual(held);
    expect(await isThere(THEIRS)).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test('keeps another from holding the title, and from transferring it', async () => {
    await hold(OURS);
    expect(await hold(THEIRS)).toEqual(TITLE_HELD);
    expect(await submit()).toEqual(TITLE_HELD);
    expect(await submit({ holdNumber: 'H-9901-2026-000009' })).toEqual(TITLE_HELD);
    expect(await hold(THEIRS, { certificateNumber: '99.01.00002' })).toMatchObject({ is: 'ok' });
    expect(booked()).toEqual({ 'titleHeld 1': 1, 'titleHeld 2': 1 });
  });

  test('runs out on its day: the title is free, and it counts for nothing', async () => {
    await hold(OURS);
    await time.pass(30 * DAY_MS - 1);
    expect(await hold(THEIRS)).toEqual(TITLE_HELD);
    await time.pass(1);
    expect(await isThere(OURS)).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
    expect(await hold(THEIRS)).toMatchObject({ is: 'ok' });
    expect(await submit({ holdNumber: 'H-9901-2026-000001' })).toEqual(TITLE_HELD);
  });

  test.each<[string, JsonObject, Outcome]>([
    ['a blocked title', { certificateNumber: '99.9921' }, { is: 'refused', code: 'TITLE_BLOCKED' }],
    ['a title in dispute', { certificateNumber: '99.9922' }, { is: 'refused', code: 'DISPUTE' }],
    ['an unknown title', { certificateNumber: '99.9923' }, { is: 'refused', code: 'TITLE_NOT_FOUND' }],
    [
      'who is not its holder',
      { nik: '9901014508909929' },
      {
        is: 'sendBack',
        corrections: [
          { pointer: '/nik', code: 'DATA_MISMATCH' },
          { pointer: '/fullName', code: 'DATA_MISMATCH' },
        ],
      },
    ],
  ])('is not placed: %s', async (_, over, outcome) => {
    expect(await hold(OURS, over)).toEqual(outcome);
    expect(booked()).toEqual({});
  });
});

describe('released', () => {
  test('it lets others at the title; twice, or where nothing is, does no harm', async () => {
    expect(await releaseTitle(OURS)).toEqual({ is: 'ok', output: {} });
    await hold(OURS);
    expect(await releaseTitle(OURS)).toEqual({ is: 'ok', output: {} });
    expect(await releaseTitle(OURS)).toEqual({ is: 'ok', output: {} });
    expect(await isThere(OURS)).toEqual({ is: 'refused', code: 'CANCELLED' });
    expect(await hold(THEIRS)).toMatchObject({ is: 'ok' });
    expect(booked()).toEqual({ 'titleHeld 1': 1, 'titleReleased 1': 1, 'titleHeld 2': 1 });
  });

  test('after it ran out: there is nothing left to release', async () => {
    await hold(OURS);
    await time.pass(31 * DAY_MS);
    await hold(THEIRS);
    expect(await releaseTitle(OURS)).toEqual({ is: 'ok', output: {} });
    expect(await hold(TRANSFER)).toEqual(TITLE_HELD);
  });

  test('it is not, once a registered transfer has used it up; until then it is', async () => {
    await hold(OURS);
    expect(await submit({ holdNumber: 'H-9901-2026-000001' })).toMatchObject({ is: 'pending' });
    await register();
    expect(await releaseTitle(OURS)).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
    expect(booked()).toMatchObject({ 'titleHeld 1': 1, 'titleTransferred 3': 1, 'holdUsed 1': 1 });
    expect(booked()).not.toHaveProperty('titleReleased 1');
    // The new holder may sell it on.
    expect(await hold(THEIRS)).toMatchObject({ is: 'ok' });
  });
});

describe('by hand', () => {
  test('somebody else holds a title', async () => {
    await simulator.act('otherHold', { certificateNumber: TITLE, days: 2 });
    expect(await hold(OURS)).toEqual(TITLE_HELD);
    await time.pass(2 * DAY_MS);
    expect(await hold(OURS)).toMatchObject({ is: 'ok' });
  });

  test('a hold is ended before its day', async () => {
    await hold(OURS);
    await simulator.act('endHold', { requestId: OURS });
    expect(await isThere(OURS)).toEqual({ is: 'refused', code: 'OUT_OF_TIME' });
    await expect(simulator.act('endHold', { requestId: THEIRS })).rejects.toThrow('No hold');
  });
});
