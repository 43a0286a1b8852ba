/** The civil registry's adapter against its stand-in: each operation walked, each fault met. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome, StepView } from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import civilRegistry from '../../adapters/civil-registry/adapter.ts';
import { makeSimulator } from '../../adapters/civil-registry/simulator.ts';
import {
  exchange,
  handTime,
  hostedDoor,
  type Drive,
  type ExchangeKind,
  type Heard,
} from './adapter-support.ts';

const settings: JsonObject = {
  baseUrl: 'http://registry.test',
  customerPath: 'CONTOH',
  userId: 'contoh',
  password: 'contoh-sandi',
  ipUser: '192.0.2.10',
  newsSecret: 'contoh-rahasia-kabar',
};
const mother = { nik: '9901014508909999', fullName: 'Contoh Ibu', birthDate: '1990-08-05' };
const card = { nik: '9901014508909999', fullName: 'Contoh Ibu', reason: 'newMember' };
const KEY = '10000000000000000001';

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let heard: Heard[];
/** What the bus knows, by key. */
let steps: StepView[];

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  steps = [];
  drive = { adapter: civilRegistry, settings, now: time.now } as unknown as Drive;
  const door = hostedDoor(drive, ({ key }) => steps.find((one) => one.key === key));
  heard = door.heard;
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  drive.simulator = simulator;
});

const match = async (input: JsonObject): Promise<Outcome> =>
  (await exchange(drive, 'matchPerson', input)).outcome;
const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });
const reissue = async (kind: ExchangeKind = 'send', reference?: string): Promise<Outcome> => {
  const fields = { key: KEY, ...(reference !== undefined && { reference }) };
  return (await exchange(drive, 'reissueFamilyCard', card, fields, kind)).outcome;
};
const known = (): void => void steps.push({ state: 'open', key: KEY, input: card, output: {} });

describe('matchPerson', () => {
  test('an unlisted person of province 99 matches', async () => {
    const outcome = await match(mother);
    expect(outcome).toMatchObject({ is: 'ok', output: { matched: true, quotaRemaining: 9_999 } });
    expect(outcome).toMatchObject({ output: { elements: { fullName: { match: true, score: 100 } } } });
  });

  test.each([
    ['9901014508909911', 'PERSON_DECEASED'],
    ['9901014508909912', 'NIK_DUPLICATE'],
    ['9901014508909913', 'NIK_NOT_FOUND'],
    ['9901014508909914', 'NIK_BLOCKED'],
    ['9901014508900000', 'NIK_INVALID'],
    ['9801014508909999', 'NIK_NOT_FOUND'],
  ])('%s is %s', async (nik, code) => {
    expect(await match({ ...mother, nik })).toMatchObject({ is: 'refused', code });
  });

  test('a wrong name is a mismatch that names the element only', async () => {
    const outcome = await match({ ...mother, fullName: 'Salah Nama' });
    expect(outcome).toEqual({ is: 'refused', code: 'DATA_MISMATCH', text: 'fullName' });
  });

  test('a listed person is compared with his record, by likeness and threshold', async () => {
    await simulator.act('person', { ...mother, fullName: 'Contoh Ibunda', sex: 'female' });
    expect(await match(mother)).toMatchObject({ is: 'refused', text: 'fullName' });
    const near = await match({ ...mother, fullName: 'CONTOH IBUNDO', sex: 'female', birthPlace: 'Contoh' });
    const elements = { fullName: { match: true, score: 92 }, birthPlace: { match: null, score: null } };
    expect(near).toMatchObject({ is: 'ok', output: { elements } });
    expect(
      await match({ ...mother, fullName: 'Contoh Ibunda', birthDate: '1990-08-06', sex: 'male' }),
    ).toMatchObject({
      text: 'birthDate, sex',
    });
    await simulator.act('person', { ...mother, status: 'deceased' });
    expect(await match(mother)).toMatchObject({ is: 'refused', code: 'PERSON_DECEASED' });
  });

  test.each(['userId', 'password', 'ipUser'])(
    'a wrong %s sends the lane to sleep, a wrong path is a bad response',
    async (name) => {
      drive.settings = { ...settings, [name]: '192.0.2.99' };
      expect(await match(mother)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
      drive.settings = { ...settings, customerPath: 'LAIN' };
      expect(await match(mother)).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    },
  );

  test('the quota counts down, runs out, and is new after midnight in Jakarta', async () => {
    await simulator.act('quota', { remaining: 1 });
    expect(await match(mother)).toMatchObject({ is: 'ok', output: { quotaRemaining: 0 } });
    const until = '2026-01-16T00:00:00+07:00';
    expect(await match(mother)).toEqual({ is: 'away', code: 'QUOTA_EXHAUSTED', until });
    await time.pass(Date.parse(until) - time.now() - 1);
    expect(await match(mother)).toMatchObject({ is: 'away' });
    await time.pass(1);
    expect(await match(mother)).toMatchObject({ is: 'ok', output: { quotaRemaining: 9_999 } });
  });

  test('faults are told apart, and a read leaves nothing in the book', async () => {
    const said = async (kind: Fault['kind'], more: Partial<Fault> = {}): Promise<Outcome> => {
      fault(kind, 'get_json', more);
      return match(mother);
    };
    expect(await said('status')).toEqual({ is: 'unknown', code: 'HTTP_500' });
    expect(await said('status', { value: 503 })).toEqual({ is: 'retry', code: 'AGENCY_UNAVAILABLE' });
    expect(await said('tooMany', { value: 3 })).toEqual({
      is: 'retry',
      code: 'RATE_LIMITED',
      afterSeconds: 3,
    });
    expect(await said('malformed')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await said('truncated')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await said('loseReply')).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await said('hang')).toEqual({ is: 'unknown', code: 'LOST' });
    const slow = said('latency', { value: 5_000 });
    await time.pass(5_000);
    expect(await slow).toMatchObject({ is: 'ok' });
    expect(simulator.book()).toEqual([]);
  });
});

describe('reissueFamilyCard', () => {
  const issued = { is: 'ok', output: { documentNumber: '9901010101269999' } };

  test('is taken, decided, told, and its card is a PDF', async () => {
    expect(await reissue()).toEqual({ is: 'pending', reference: 'KK-000001', awaits: 'agency' });
    known();
    expect(await reissue('inquiry')).toMatchObject({ is: 'pending' });
    await time.pass(200);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ case: 'found', message: { key: KEY, reference: 'KK-000001' } });
    expect(heard[0]!.answer).toMatchObject({ status: 200, apply: issued });
    const outcome = await reissue('inquiry');
    expect(outcome).toEqual(heard[0]!.answer.apply);
    const from = (outcome as { documents: { from: { url: string } }[] }).documents[0]!.from;
    const file = await simulator.fetch(new Request(from.url));
    expect(await file.text()).toMatch(/^%PDF-1\.4\n[\s\S]*%%EOF\n$/);
  });

  test('the same requestId again is the same ticket, entered once', async () => {
    fault('loseReply', '/adminduk');
    expect(await reissue()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await reissue()).toMatchObject({ is: 'pending', reference: 'KK-000001' });
    const entry = { effect: 'familyCard', key: KEY, times: 1, detail: { ticket: 'KK-000001' } };
    expect(simulator.book()).toEqual([entry]);
  });

  test('what never arrived is said to be so', async () => {
    fault('hang', '/adminduk');
    expect(await reissue()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(simulator.book()).toEqual([]);
    expect(await reissue('inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test('a person decides: rejected, returned, and later otherwise', async () => {
    known();
    await simulator.act('hold', {});
    await reissue();
    await time.pass(60_000);
    expect(heard).toEqual([]);
    const decided = await simulator.act('decide', {
      requestId: KEY,
      status: 'RETURNED',
      reasonCode: 'DOC_MISSING',
    });
    expect(decided).toEqual({ ticket: 'KK-000001', answered: 200 });
    await simulator.act('decide', { ticket: 'KK-000001', status: 'REJECTED', reasonCode: 'DISPUTE' });
    expect(heard.map((one) => one.answer.apply)).toEqual([
      { is: 'sendBack', corrections: [{ code: 'DOC_MISSING' }] },
      { is: 'refused', code: 'DISPUTE' },
    ]);
    expect(await reissue('inquiry')).toEqual({ is: 'refused', code: 'DISPUTE' });
  });

  test('release decides what was held, and delay moves the decision', async () => {
    await simulator.act('hold', {});
    await reissue();
    await simulator.act('release', {});
    await simulator.act('delay', { ms: 5_000 });
    await exchange(drive, 'reissueFamilyCard', card, { key: '10000000000000000002' });
    await time.pass(4_999);
    expect(heard).toHaveLength(1);
    await time.pass(1);
    expect(heard).toHaveLength(2);
  });

  test('news that comes twice has one id; news of an unknown step is kept', async () => {
    fault('duplicateNews', '/news');
    await reissue();
    await time.pass(200);
    expect(heard.map((one) => [one.case, one.answer.status])).toEqual([
      ['none', 202],
      ['none', 202],
    ]);
    expect(heard[0]!.body).toBe(heard[1]!.body);
  });

  test('late news comes late, and news may come before the answer', async () => {
    known();
    fault('lateNews', '/adminduk', { value: 7_200_000 });
    await reissue();
    await time.pass(7_199_999);
    expect(heard).toEqual([]);
    await time.pass(1);
    expect(heard[0]).toMatchObject({ case: 'found' });
    fault('newsFirst', '/adminduk');
    const first = exchange(drive, 'reissueFamilyCard', card, { key: '10000000000000000002' });
    expect((await first).outcome).toMatchObject({ is: 'pending', reference: 'KK-000002' });
    expect(heard).toHaveLength(2);
  });

  test('news is delivered again while the bus is busy', async () => {
    let answers = [503, 503, 200];
    const bodies: string[] = [];
    const send = async (_path: string, init: { body: string }): Promise<Response> => {
      bodies.push(init.body);
      const [status, ...rest] = answers;
      answers = rest;
      if (bodies.length === 1) throw new Error('connection refused');
      return new Response('', { status: status! });
    };
    drive.simulator = makeSimulator({ settings, now: time.now, after: time.after, send });
    await reissue();
    await time.pass(60_000);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });

  test('is undone before it is issued, and not after', async () => {
    await reissue();
    expect(await reissue('compensation', 'KK-000001')).toEqual({ is: 'ok', output: {} });
    expect(await reissue('compensation')).toEqual({ is: 'ok', output: {} });
    expect(simulator.book()).toContainEqual({ effect: 'familyCardCancelled', key: KEY, times: 1 });
    await time.pass(200);
    expect(heard).toEqual([]);
    expect(await reissue('inquiry')).toEqual({ is: 'refused', code: 'CANCELLED' });
    await simulator.act('decide', { requestId: KEY, status: 'ISSUED' });
    expect(await reissue('compensation', 'KK-000001')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
    expect(await reissue('compensation', 'KK-000009')).toEqual({ is: 'ok', output: {} });
  });
});

describe('hosted news', () => {
  const { read, answer } = civilRegistry.hosted.news;
  const request = (body: JsonObject): Parameters<typeof read>[0] => {
    return { method: 'POST', path: '/news', query: {}, headers: {}, body };
  };

  test('is refused when unsigned, signed with another secret, or old', async () => {
    const deliver = async (over: { secret?: string; lag?: number }): Promise<number> => {
      const theirs = { ...settings, newsSecret: over.secret ?? settings['newsSecret']! };
      const { send } = hostedDoor(drive, () => undefined);
      const now = (): number => time.now() - (over.lag ?? 0);
      const agency = makeSimulator({ settings: theirs, now, after: time.after, send });
      await agency.act('hold', {});
      await exchange({ ...drive, simulator: agency }, 'reissueFamilyCard', card, { key: KEY });
      return (await agency.act('decide', { requestId: KEY, status: 'ISSUED' }))['answered'] as number;
    };
    expect(await deliver({})).toBe(202);
    expect(await deliver({ secret: 'rahasia-yang-lain-lagi' })).toBe(401);
    expect(await deliver({ lag: 300_000 + 10_000 })).toBe(401);
    expect(await deliver({ lag: -310_000 })).toBe(401);
    const unsigned = { method: 'POST', headers: {}, body: '{}' };
    expect((await hostedDoor(drive, () => undefined).send('/news', unsigned)).status).toBe(401);
  });

  test('without an id, a ticket or what its status requires has a bad form', () => {
    const whole = { eventId: 'EVT-1', ticket: 'KK-000001', requestId: KEY, status: 'ISSUED', number: '1' };
    expect(read(request(whole)).outcome).toEqual({ is: 'ok', output: { documentNumber: '1' } });
    for (const name of Object.keys(whole)) {
      const { [name as keyof typeof whole]: _, ...rest } = whole;
      expect(() => read(request(rest))).toThrow('missing');
    }
    const personal = { ...whole, status: 'REJECTED', reasonCode: 'Contoh Ibu' };
    expect(() => read(request(personal))).toThrow('missing');
  });

  test('has an answer for every case', () => {
    const message = { id: 'EVT-1' };
    const failed = (['badSignature', 'badForm'] as const).map((is) => answer({ is, reason: '' }).status);
    const kept = (['none', 'conflict'] as const).map((is) => answer({ is, message }).status);
    expect([...failed, ...kept, answer({ is: 'busy' }).status]).toEqual([401, 400, 202, 409, 503]);
  });
});
