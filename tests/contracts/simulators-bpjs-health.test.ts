/** BPJS Kesehatan's adapter against its stand-in: members, hospital queues and health centres, and what goes wrong on the way. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { signIns } from '../../src/adapter-kit/sign-in/index.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import bpjs from '../../adapters/bpjs-health/adapter.ts';
import { makeSimulator } from '../../adapters/bpjs-health/simulator.ts';
import { exchange, handTime, type CallFields, type Drive, type ExchangeKind } from './adapter-support.ts';

const KEY = '10000000000000000001';
const NIK = '9901014508909999';
const settings: JsonObject = {
  baseUrl: 'http://bpjs.test',
  consId: '1234',
  secretKey: 'contoh-rahasia',
  userKey: 'kunci-vclaim',
  antreanUserKey: 'kunci-antrean',
  pcareUserKey: 'kunci-pcare',
  pcareUsername: 'userpcare',
  pcarePassword: 'passpcare',
};
const booking: JsonObject = {
  nik: NIK,
  phone: '+6281234567890',
  newPatient: true,
  clinicCode: 'INT',
  clinicName: 'Penyakit Dalam',
  doctorCode: 12345,
  doctorName: 'dr. Contoh Nakes',
  visitDate: '2026-01-16',
  practiceHours: '08:00-12:00',
  visitKind: 'referral',
  queueNumber: 'A-12',
  queueOrder: 12,
  estimatedAt: '2026-01-16T09:30:00+07:00',
  jknQuota: { left: 5, total: 30 },
  otherQuota: { left: 8, total: 10 },
};
const visit: JsonObject = {
  jknNumber: '0009901234567',
  providerCode: '0099U001',
  visitDate: '2026-01-15',
  clinicCode: '001',
  isSick: true,
  careKind: 'outpatient',
};

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send });
  drive = { adapter: bpjs, simulator, settings, now: time.now, signIn: signIns['bpjs']! };
});

const fault = (kind: Fault['kind'], match: string): void => simulator.fault({ kind, match, times: 1 });
const ask = async (
  operation: string,
  input: JsonObject,
  kind: ExchangeKind = 'send',
  fields: CallFields = {},
): Promise<Outcome> => (await exchange(drive, operation, input, { key: KEY, ...fields }, kind)).outcome;

describe('a membership', () => {
  test('comes sealed, and opens', async () => {
    const { outcome, replies } = await exchange(drive, 'findParticipant', { nik: NIK });
    expect(replies[0]!.body).toEqual({
      metaData: { code: '200', message: 'OK' },
      response: expect.stringMatching(/^[A-Za-z0-9+/]{100,}={0,2}$/),
    });
    expect(outcome).toMatchObject({
      is: 'ok',
      output: { active: true, sex: 'female', birthDate: '1990-08-05' },
    });
    const { jknNumber } = (outcome as unknown as { output: { jknNumber: string } }).output;
    expect(await ask('findParticipant', { jknNumber })).toMatchObject({ is: 'ok', output: { jknNumber } });
  });

  test('may be inactive, or none', async () => {
    const inactive = { nik: '9901014508909922' };
    expect(await ask('findParticipant', inactive)).toMatchObject({ is: 'ok', output: { active: false } });
    expect(await ask('findParticipant', { ...inactive, mustBeActive: true })).toEqual({
      is: 'refused',
      code: 'JKN_INACTIVE',
      text: 'PENANGGUHAN PEMBAYARAN',
    });
    const { outcome, replies } = await exchange(drive, 'findParticipant', { nik: '9901014508909921' });
    expect(outcome).toMatchObject({ is: 'refused', code: 'PARTICIPANT_NOT_FOUND' });
    expect(replies[0]!.body).toMatchObject({ metaData: { code: '201' }, response: null });
  });

  test('concurrent questions open each by its own second', async () => {
    const first = exchange(drive, 'findParticipant', { nik: NIK });
    await time.pass(1_000);
    const second = exchange(drive, 'findParticipant', { nik: '9901014508909998' });
    for (const { outcome } of await Promise.all([first, second])) expect(outcome).toMatchObject({ is: 'ok' });
  });

  test('sealed with another key stays shut', async () => {
    await simulator.act('breakSeal', {});
    expect(await ask('findParticipant', { nik: NIK })).toEqual({ is: 'unknown', code: 'BAD_DECRYPT' });
  });

  test.each<[string, JsonObject]>([
    ['consumer', { consId: '9999' }],
    ['secret', { secretKey: 'lain' }],
    ['key', { userKey: 'lain' }],
  ])('a wrong %s sends the lane to sleep', async (_, wrong) => {
    drive.settings = { ...settings, ...wrong };
    expect(await ask('findParticipant', { nik: NIK })).toEqual({ is: 'away', code: 'AUTH_FAILED' });
  });

  test.each([-301, 301])('a clock off by %i seconds does too', async (seconds) => {
    drive.now = () => time.now() + seconds * 1000;
    expect(await ask('findParticipant', { nik: NIK })).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    drive.now = () => time.now() + Math.sign(seconds) * 300_000;
    expect(await ask('findParticipant', { nik: NIK })).toMatchObject({ is: 'ok' });
  });
});

describe('a booking', () => {
  const bookingCode = KEY;
  const tell = (taskId: number, at: string, code = bookingCode): Promise<Outcome> =>
    ask('updateQueue', { bookingCode: code, taskId, at });

  test('is made once, however often it is sent', async () => {
    fault('loseReply', '/antrean/add');
    expect(await ask('addQueue', booking)).toEqual({ is: 'unknown', code: 'LOST' });
    const made = { is: 'ok', output: { bookingCode } };
    expect(await ask('addQueue', booking, 'inquiry')).toEqual(made);
    expect(await ask('addQueue', booking)).toEqual(made);
    expect(simulator.book()).toMatchObject([{ effect: 'queueBooking', key: KEY, times: 1 }]);
    const answer = (await exchange(drive, 'addQueue', booking, { key: KEY })).replies[0]!.body;
    expect(answer).toEqual({ metadata: { message: 'Terdapat duplikasi Kode Booking', code: 201 } });
  });

  test('that never arrived is said to be so', async () => {
    fault('hang', '/antrean/add');
    expect(await ask('addQueue', booking)).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask('addQueue', booking, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await ask('addQueue', booking, 'compensation')).toEqual({ is: 'ok', output: {} });
    expect(simulator.book()).toEqual([]);
  });

  test('goes through its tasks in order, at growing times, each told once', async () => {
    await ask('addQueue', booking);
    const ok = (taskId: number): Outcome => ({ is: 'ok', output: { bookingCode, taskId } });
    expect(await tell(2, '2026-01-16T08:00:00+07:00')).toMatchObject({ code: 'TASK_OUT_OF_ORDER' });
    expect(await tell(1, '2026-01-16T08:00:00+07:00')).toEqual(ok(1));
    expect(await tell(2, '2026-01-16T08:00:00+07:00')).toMatchObject({
      is: 'refused',
      code: 'TASK_OUT_OF_ORDER',
    });
    expect(await tell(2, '2026-01-16T08:05:00+07:00')).toEqual(ok(2));
    expect(await tell(2, '2026-01-16T08:06:00+07:00')).toEqual(ok(2));
    const asked = { bookingCode, taskId: 2, at: '2026-01-16T08:05:00+07:00' };
    expect(await ask('updateQueue', asked, 'inquiry')).toEqual(ok(2));
    expect(await ask('updateQueue', { ...asked, taskId: 3 }, 'inquiry')).toEqual({
      is: 'retry',
      code: 'NOT_RECEIVED',
    });
    expect(await tell(3, '2026-01-16T08:10:00+07:00', 'LAIN')).toMatchObject({ code: 'BOOKING_NOT_FOUND' });
  });

  test('of a patient whom the hospital knows begins at the clinic', async () => {
    await simulator.act('book', { bookingCode: 'RS-1', newPatient: false });
    expect(await tell(1, '2026-01-16T08:00:00+07:00', 'RS-1')).toMatchObject({ code: 'TASK_OUT_OF_ORDER' });
    for (const [taskId, minute] of [
      [3, 10],
      [4, 20],
      [5, 30],
      [6, 40],
      [7, 50],
    ] as const) {
      expect(await tell(taskId, `2026-01-16T08:${minute}:00+07:00`, 'RS-1')).toMatchObject({ is: 'ok' });
    }
  });

  test('is given back before it is served, and not after', async () => {
    await ask('addQueue', booking);
    expect(await ask('addQueue', booking, 'compensation')).toEqual({ is: 'ok', output: {} });
    expect(await ask('addQueue', booking, 'compensation')).toEqual({ is: 'ok', output: {} });
    expect(simulator.book()).toContainEqual({ effect: 'queueBookingCancelled', key: KEY, times: 1 });
    const cancel = { bookingCode: 'CONTOH-0001', reason: 'Berhalangan' };
    for (const [taskId, minute] of [
      [3, 10],
      [4, 20],
    ] as const)
      await tell(taskId, `2026-01-16T08:${minute}:00+07:00`, 'CONTOH-0001');
    expect(await ask('cancelQueue', cancel)).toMatchObject({ is: 'refused', code: 'ALREADY_SERVED' });
    expect(await ask('cancelQueue', { ...cancel, bookingCode: KEY })).toMatchObject({ is: 'ok' });
    expect(await ask('cancelQueue', { ...cancel, bookingCode: 'LAIN' })).toMatchObject({
      code: 'BOOKING_NOT_FOUND',
    });
  });
});

describe('a visit at a health centre', () => {
  const numbered = (queueNumber: string): Outcome => ({ is: 'ok', output: { queueNumber } });

  test('is numbered, and told in whole numbers', async () => {
    const { outcome, replies } = await exchange(drive, 'registerVisit', visit);
    expect(outcome).toEqual(numbered('A1'));
    expect(replies[0]!.body).toMatchObject({
      metaData: { code: 201, message: 'CREATED' },
      response: expect.any(String),
    });
    expect(await ask('registerVisit', { ...visit, clinicCode: '002' })).toEqual(numbered('A2'));
  });

  test('registered twice leads to the first', async () => {
    await ask('registerVisit', visit);
    const { outcome, replies } = await exchange(drive, 'registerVisit', visit);
    expect(replies.map(({ body }) => (body as { metaData: { code: number } }).metaData.code)).toEqual([
      401, 200,
    ]);
    expect(outcome).toEqual(numbered('A1'));
  });

  test('is found among the day’s after its answer was lost', async () => {
    await simulator.act('crowd', { date: '15-01-2026', count: 150 });
    fault('loseReply', '/pendaftaran');
    expect(await ask('registerVisit', visit)).toEqual({ is: 'unknown', code: 'LOST' });
    const asked = await exchange(drive, 'registerVisit', visit, {}, 'inquiry');
    expect(asked.replies).toHaveLength(2);
    expect(asked.outcome).toEqual(numbered('A151'));
    const other = { ...visit, jknNumber: '0009901234568' };
    expect(await ask('registerVisit', other, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await ask('registerVisit', { ...visit, visitDate: '2026-01-16' }, 'inquiry')).toEqual({
      is: 'retry',
      code: 'NOT_RECEIVED',
    });
  });

  test('is removed by its number, or looked for first', async () => {
    await ask('registerVisit', visit);
    const done = { is: 'ok', output: {} };
    expect(await ask('registerVisit', visit, 'compensation', { output: { queueNumber: 'A1' } })).toEqual(
      done,
    );
    expect(await ask('registerVisit', visit, 'compensation', { output: { queueNumber: 'A1' } })).toEqual(
      done,
    );
    await ask('registerVisit', visit);
    const looked = await exchange(drive, 'registerVisit', visit, {}, 'compensation');
    expect(looked.replies).toHaveLength(2);
    expect(looked.outcome).toEqual(done);
    expect(await ask('registerVisit', visit, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test('a refused field is told in the clear', async () => {
    expect(await ask('registerVisit', { ...visit, jknNumber: '1' })).toEqual({
      is: 'refused',
      code: 'INVALID_DATA',
      text: 'PRECONDITION_FAILED; noKartu: noKartu harus 13 digit',
    });
    drive.settings = { ...settings, pcarePassword: 'lain' };
    expect(await ask('registerVisit', visit)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
  });
});

describe('changeMembership', () => {
  const change = async (input: JsonObject, key = KEY): Promise<Outcome> =>
    (await exchange(drive, 'changeMembership', input, { key })).outcome;
  const newborn = { nik: '9901015101269999', kind: 'enrolNewborn', motherJknNumber: '0009901234567' };

  test('a newborn has a contribution to pay within 28 days; the same request again changes nothing', async () => {
    const first = await change(newborn);
    expect(first).toMatchObject({
      is: 'ok',
      output: { nik: newborn.nik, active: false, contribution: 35_000, payBefore: '2026-02-12' },
    });
    expect(await change(newborn)).toEqual(first);
    expect(simulator.book()).toMatchObject([{ effect: 'membershipChange', key: KEY, times: 1 }]);
    expect(await change({ nik: newborn.nik, kind: 'reactivate' }, '10000000000000000002')).toMatchObject({
      output: { active: true },
    });
  });

  test('whose membership was ended is said, also when it is somebody else’s', async () => {
    expect(await change({ nik: NIK, kind: 'deactivate' })).toMatchObject({
      output: { nik: NIK, active: false },
    });
    const shared = { nik: '9901014508909923', kind: 'deactivate' };
    expect(await change(shared, '10000000000000000002')).toMatchObject({
      is: 'ok',
      output: { nik: '9901015208629999', active: false },
    });
  });

  test('is refused without the mother’s card, of nobody, and unsigned', async () => {
    expect(await change({ nik: newborn.nik, kind: 'enrolNewborn' })).toMatchObject({ code: 'INVALID_DATA' });
    expect(await change({ nik: '9901014508909921', kind: 'deactivate' })).toEqual({
      is: 'refused',
      code: 'PARTICIPANT_NOT_FOUND',
    });
    drive.settings = { ...settings, secretKey: 'lain' };
    expect(await change(newborn)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(simulator.book()).toEqual([]);
  });
});
