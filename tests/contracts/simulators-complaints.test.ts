/** LAPOR's adapter against its stand-in behind the gateway: forwarding, handing back, follow-ups by page. */
import { beforeEach, describe, expect, test } from 'vitest';
import complaints from '../../adapters/complaints/adapter.ts';
import { makeSimulator } from '../../adapters/complaints/simulator.ts';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { exchange, handTime, type Drive } from './adapter-support.ts';

const settings: JsonObject = {
  baseUrl: 'http://splp.test/lapor/3.0.0',
  authToken: 'contoh-auth',
  token: '{CONTOH-TOKEN}',
  channel: 13,
  userId: 9999,
  classificationIds: { complaint: 6, aspiration: 7, informationRequest: 8 },
};
const complaint = {
  title: 'Loket tutup sebelum waktunya',
  content: 'Loket 3 tutup pukul 14.00.',
  classification: 'complaint',
  isAnonymous: true,
  isSecret: false,
};
const KEY = '10000000000000000001';
const tag = `#jembatan${KEY}`;

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  simulator = makeSimulator({
    settings,
    now: time.now,
    after: time.after,
    send: () => Promise.resolve(Response.json({})),
  });
  drive = { adapter: complaints, simulator, settings, now: time.now };
});

const ask = async (operation: string, input: JsonObject): Promise<Outcome> =>
  (await exchange(drive, operation, input, { key: KEY })).outcome;
const forward = (): Promise<Outcome> => ask('forwardComplaint', complaint);
const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });

describe('forwardComplaint', () => {
  test('gives LAPOR’s ticket, and the tag by which a person finds it', async () => {
    expect(await forward()).toEqual({ is: 'ok', output: { ticket: '4199656', tag } });
    expect(simulator.book()).toMatchObject([{ effect: 'complaint', key: KEY, times: 1 }]);
  });

  test('works with and without the gateway’s prefix', async () => {
    drive.settings = { ...settings, baseUrl: 'http://splp.test' };
    expect(await forward()).toMatchObject({ is: 'ok' });
    drive.settings = { ...settings, baseUrl: 'http://splp.test/sandbox-konsolidasi/1.0' };
    expect(await forward()).toMatchObject({ is: 'ok' });
  });

  test('sent twice it is two complaints: so a lost answer is a person’s', async () => {
    fault('loseReply', 'complaints/complaint');
    expect(await forward()).toEqual({ is: 'unknown', code: 'LOST' });
    await forward();
    expect(simulator.book()).toMatchObject([{ effect: 'complaint', key: KEY, times: 2 }]);
    expect(complaints.operations.forwardComplaint.effect).toBe('once');
  });

  test('of what may have been taken nothing is said that would send it again', async () => {
    const faults: [Fault['kind'], number | undefined, string][] = [
      ['status', 500, 'HTTP_500'],
      ['status', 503, 'HTTP_503'],
      ['malformed', undefined, 'BAD_RESPONSE'],
      ['truncated', undefined, 'BAD_RESPONSE'],
    ];
    for (const [kind, value, code] of faults) {
      fault(kind, 'complaints/complaint', value === undefined ? {} : { value });
      expect(await forward(), kind).toEqual({ is: 'unknown', code });
    }
    fault('tooMany', 'complaints/complaint', { value: 9 });
    expect(await forward()).toEqual({ is: 'retry', code: 'RATE_LIMITED', afterSeconds: 9 });
  });

  test('a token without its braces is given them; a wrong one is for another API', async () => {
    drive.settings = { ...settings, token: 'CONTOH-TOKEN' };
    expect(await forward()).toMatchObject({ is: 'ok' });
    for (const wrong of [{ token: 'LAIN' }, { authToken: 'lain' }]) {
      drive.settings = { ...settings, ...wrong };
      expect(await forward()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    }
  });

  test('tells LAPOR nothing of who complains', async () => {
    const { forwardComplaint } = complaints.operations;
    const fields = Object.keys(forwardComplaint.input.properties);
    expect(fields.filter((name) => /name|nik|phone|email|address/i.test(name))).toEqual([]);
  });
});

describe('rejectComplaint', () => {
  const reject = (ticket: string): Promise<Outcome> =>
    ask('rejectComplaint', { ticket, reason: 'Bukan kewenangan', description: 'Urusan kementerian lain.' });

  test('hands the complaint back', async () => {
    await forward();
    expect(await reject('4199656')).toEqual({ is: 'ok', output: { ticket: '4199656' } });
    expect(await simulator.act('state', { ticket: '4199656' })).toEqual({ state: 'rejected' });
    expect(simulator.book()).toContainEqual({ effect: 'complaintRejected', key: KEY, times: 1 });
  });

  test('of a ticket that LAPOR does not know is refused', async () => {
    expect(await reject('9913')).toEqual({
      is: 'refused',
      code: 'TICKET_NOT_FOUND',
      text: 'Complaint not found',
    });
  });
});

describe('listFollowUps', () => {
  const list = (more: JsonObject = {}): ReturnType<typeof exchange> =>
    exchange(drive, 'listFollowUps', { ticket: '4199656', ...more });
  const answer = async (count: number): Promise<void> => {
    for (let n = 1; n <= count; n += 1)
      await simulator.act('answer', { ticket: '4199656', text: `Jawaban ${n}` });
  };
  const texts = (outcome: Outcome): unknown[] =>
    outcome.is === 'ok' ? (outcome.output['followUps'] as JsonObject[]).map((one) => one['text']) : [];

  test('follows the pages to the last, in their order', async () => {
    await answer(5);
    const { outcome, replies } = await list();
    expect(replies).toHaveLength(3);
    expect(texts(outcome)).toEqual([1, 2, 3, 4, 5].map((n) => `Jawaban ${n}`));
    expect(outcome).toMatchObject({ output: { nextPage: null } });
    expect((outcome as { output: JsonObject }).output['followUps']).toContainEqual({
      followUpId: '1',
      at: '2026-01-15 09:30:05',
      by: 'DPMPTSP Contoh',
      text: 'Jawaban 1',
    });
  });

  test('stops after ten pages and says where to go on', async () => {
    await simulator.act('pages', { size: 1 });
    await answer(12);
    const first = await list();
    expect(first.replies).toHaveLength(10);
    expect(texts(first.outcome)).toHaveLength(10);
    expect(first.outcome).toMatchObject({ output: { nextPage: 11 } });
    const rest = await list({ fromPage: 11 });
    expect(texts(rest.outcome)).toEqual(['Jawaban 11', 'Jawaban 12']);
    expect(rest.outcome).toMatchObject({ output: { nextPage: null } });
  });

  test('a page that fails on the way fails the whole', async () => {
    await answer(3);
    let pages = 0;
    const secondFails = (request: Request): ReturnType<Simulator['fetch']> => {
      pages += 1;
      if (pages === 2) fault('status', 'followups', { value: 503 });
      return simulator.fetch(request);
    };
    drive.simulator = { ...simulator, fetch: secondFails };
    expect((await list()).outcome).toEqual({ is: 'retry', code: 'AGENCY_UNAVAILABLE' });
    expect(pages).toBe(2);
    expect(texts((await list()).outcome)).toHaveLength(3);
  });

  test('none yet is an empty list; an unknown ticket is refused', async () => {
    expect((await list()).outcome).toEqual({ is: 'ok', output: { followUps: [], nextPage: null } });
    expect((await list({ ticket: '9913' })).outcome).toMatchObject({
      is: 'refused',
      code: 'TICKET_NOT_FOUND',
    });
  });
});
