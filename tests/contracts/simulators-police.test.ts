/** The police's adapter against its stand-in: the certificate's whole way, and each fault on it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome, StepView } from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import police from '../../adapters/police/adapter.ts';
import { makeSimulator } from '../../adapters/police/simulator.ts';
import {
  exchange,
  handTime,
  hostedDoor,
  type Drive,
  type ExchangeKind,
  type Heard,
} from './adapter-support.ts';

const settings: JsonObject = {
  baseUrl: 'http://police.test',
  apiKey: 'contoh-kunci',
  newsSecret: 'contoh-rahasia-kabar',
};
const applicant = {
  nik: '9901014508909999',
  fullName: 'Contoh Ibu',
  birthDate: '1990-08-05',
  purpose: 'Melamar pekerjaan',
  photoDocumentId: 'photo',
};
const KEY = '10000000000000000001';
const cert = { certificateNumber: 'SKCK/CONTOH/000001', validUntil: '2026-07-16' };
const pending = { is: 'pending', reference: 'SKCK-000001', awaits: 'agency' };

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let heard: Heard[];
let steps: StepView[];

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  steps = [{ state: 'open', key: KEY, input: applicant, output: {} }];
  const documents = new Map([['photo', new TextEncoder().encode('a photo')]]);
  drive = { adapter: police, settings, now: time.now, documents } as unknown as Drive;
  const door = hostedDoor(drive, ({ key }) => steps.find((one) => one.key === key));
  heard = door.heard;
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  drive.simulator = simulator;
});

const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });
const issue = async (
  kind: ExchangeKind = 'send',
  over: { nik?: string; reference?: string } = {},
): Promise<Outcome> => {
  const { reference, ...fields } = over;
  const call = { key: KEY, ...(reference !== undefined && { reference }) };
  return (await exchange(drive, 'issueRecordCertificate', { ...applicant, ...fields }, call, kind)).outcome;
};

describe('issueRecordCertificate', () => {
  test('is taken, decided and told with the certificate inside', async () => {
    expect(await issue()).toEqual(pending);
    expect(await issue('inquiry')).toEqual(pending);
    await time.pass(200);
    const documents = [{ name: 'certificate', type: 'application/pdf', from: { pointer: '/pdf' } }];
    expect(heard).toHaveLength(1);
    expect(heard[0]!.answer).toMatchObject({ status: 200, apply: { is: 'ok', output: cert, documents } });
    const told = JSON.parse(heard[0]!.body) as { pdf: string };
    expect(atob(told.pdf)).toMatch(/^%PDF-1\.4\n[\s\S]*%%EOF\n$/);
  });

  test('is found by asking: the record, then the certificate', async () => {
    await issue();
    await time.pass(200);
    const { outcome, replies } = await exchange(
      drive,
      'issueRecordCertificate',
      applicant,
      { key: KEY },
      'inquiry',
    );
    const documents = [{ name: 'certificate', type: 'application/pdf', from: 'body' }];
    expect(outcome).toEqual({ is: 'ok', output: cert, documents });
    expect(replies.map((one) => one.type)).toEqual(['application/json', 'application/pdf']);
  });

  test('a second POST of one request is a second entry: so it must be asked for first', async () => {
    fault('loseReply', '/skck');
    expect(await issue()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await issue('inquiry')).toEqual(pending);
    await issue();
    expect(simulator.book()).toMatchObject([{ effect: 'recordCertificate', key: KEY, times: 2 }]);
  });

  test('what never arrived is said to be so', async () => {
    fault('hang', '/skck');
    expect(await issue()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await issue('inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(simulator.book()).toEqual([]);
  });

  test('is refused by serial 9921', async () => {
    await issue('send', { nik: '9901014508909921' });
    await time.pass(200);
    expect(heard[0]!.answer.apply).toEqual({ is: 'refused', code: 'NOT_ELIGIBLE' });
    expect(await issue('inquiry')).toEqual({ is: 'refused', code: 'NOT_ELIGIBLE' });
  });

  test('waits for an officer with serial 9922, who decides', async () => {
    await issue('send', { nik: '9901014508909922' });
    await time.pass(200);
    expect(heard[0]!.answer.apply).toEqual(pending);
    expect(await issue('inquiry')).toEqual(pending);
    const decided = await simulator.act('decide', { requestNo: 'SKCK-000001', status: 'ISSUED' });
    expect(decided).toEqual({ requestNo: 'SKCK-000001', answered: 200 });
    expect(heard[1]!.answer.apply).toMatchObject({ is: 'ok', output: cert });
  });

  test('hold, release and delay move the decision', async () => {
    await simulator.act('hold', {});
    await issue();
    await time.pass(60_000);
    expect(heard).toEqual([]);
    await simulator.act('release', {});
    expect(heard).toHaveLength(1);
    await simulator.act('delay', { ms: 5_000 });
    await issue();
    await time.pass(4_999);
    expect(heard).toHaveLength(1);
    await time.pass(1);
    expect(heard).toHaveLength(2);
  });

  test('a wrong key sends the lane to sleep, an empty photo back to the applicant', async () => {
    drive.documents = new Map([['photo', new Uint8Array()]]);
    const corrections = [{ documentId: 'photo', code: 'DOC_UNREADABLE' }];
    expect(await issue()).toEqual({ is: 'sendBack', corrections });
    drive.settings = { ...settings, apiKey: 'lain' };
    expect(await issue()).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(await issue('inquiry')).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(simulator.book()).toEqual([]);
  });

  test('is undone before it is issued, and not after', async () => {
    await issue();
    expect(await issue('compensation', { reference: 'SKCK-000001' })).toEqual({ is: 'ok', output: {} });
    expect(await issue('compensation')).toEqual({ is: 'ok', output: {} });
    expect(simulator.book()).toContainEqual({ effect: 'recordCertificateCancelled', key: KEY, times: 1 });
    await time.pass(200);
    expect(heard).toEqual([]);
    expect(await issue('inquiry')).toEqual({ is: 'refused', code: 'CANCELLED' });
    await simulator.act('decide', { requestId: KEY, status: 'ISSUED' });
    expect(await issue('compensation')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
    expect(await issue('compensation', { reference: 'SKCK-000009' })).toEqual({ is: 'ok', output: {} });
  });
});

describe('faults', () => {
  test('on the way there are told apart', async () => {
    const said = async (kind: Fault['kind'], more: Partial<Fault> = {}): Promise<Outcome> => {
      fault(kind, '/skck', more);
      return issue();
    };
    expect(await said('status')).toEqual({ is: 'unknown', code: 'HTTP_500' });
    expect(await said('status', { value: 503 })).toEqual({ is: 'retry', code: 'AGENCY_UNAVAILABLE' });
    expect(await said('tooMany', { value: 3 })).toEqual({
      is: 'retry',
      code: 'RATE_LIMITED',
      afterSeconds: 3,
    });
    expect(simulator.book()).toEqual([]);
    expect(await said('malformed')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await said('truncated')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    const slow = said('latency', { value: 5_000 });
    await time.pass(5_000);
    expect(await slow).toMatchObject({ is: 'pending' });
    expect(simulator.book()).toMatchObject([{ times: 3 }]);
  });

  test('while fetching the certificate leave the inquiry unknown', async () => {
    await issue();
    await time.pass(200);
    fault('status', '/certificate');
    expect(await issue('inquiry')).toEqual({ is: 'unknown', code: 'HTTP_500' });
    expect(await issue('inquiry')).toMatchObject({ is: 'ok' });
  });

  test('of news: twice, late, before the answer', async () => {
    fault('duplicateNews', '/news');
    await issue();
    await time.pass(200);
    expect(heard).toHaveLength(2);
    expect(heard[0]!.body).toBe(heard[1]!.body);
    fault('lateNews', '/skck', { value: 7_200_000 });
    await issue();
    await time.pass(7_199_999);
    expect(heard).toHaveLength(2);
    await time.pass(1);
    expect(heard).toHaveLength(3);
    fault('newsFirst', '/skck');
    expect(await issue()).toMatchObject({ is: 'pending', reference: 'SKCK-000003' });
    expect(heard).toHaveLength(4);
  });
});

describe('hosted news', () => {
  const { read, answer } = police.hosted.news;
  const request = (body: JsonObject): Parameters<typeof read>[0] => {
    return { method: 'POST', path: '/news', query: {}, headers: {}, body };
  };
  const whole = { eventId: 'EVT-1', requestNo: 'SKCK-000001', requestId: KEY, status: 'ISSUED', ...cert };

  test('is refused when it is not signed with our secret', async () => {
    drive.settings = { ...settings, newsSecret: 'rahasia-yang-lain-lagi' };
    const { send } = hostedDoor(drive, () => undefined);
    const agency = makeSimulator({ settings, now: time.now, after: time.after, send });
    await exchange({ ...drive, simulator: agency }, 'issueRecordCertificate', applicant, { key: KEY });
    const decided = await agency.act('decide', { requestId: KEY, status: 'ISSUED' });
    expect(decided['answered']).toBe(401);
  });

  test('without the file leaves the step waiting, for the inquiry to fetch it', () => {
    expect(read(request(whole)).outcome).toEqual(pending);
  });

  test('without an id, a number or what its status requires has a bad form', () => {
    for (const name of Object.keys(whole)) {
      const { [name as keyof typeof whole]: _, ...rest } = whole;
      expect(() => read(request(rest))).toThrow('missing');
    }
  });

  test('has an answer for every case', () => {
    const message = { id: 'EVT-1' };
    const failed = (['badSignature', 'badForm'] as const).map((is) => answer({ is, reason: '' }).status);
    const kept = (['none', 'conflict'] as const).map((is) => answer({ is, message }).status);
    expect([...failed, ...kept, answer({ is: 'busy' }).status]).toEqual([401, 400, 202, 409, 503]);
  });
});
