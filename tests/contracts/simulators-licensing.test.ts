/** OSS's adapter against its stand-in: licences and statuses there, NIBs and signed files back, and their proof. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import licensing from '../../adapters/licensing/adapter.ts';
import { licenseStatuses } from '../../adapters/licensing/license-status.ts';
import { makeSimulator } from '../../adapters/licensing/simulator.ts';
import type {
  HostedCase,
  HostedMessage,
  JsonObject,
  JsonValue,
  Outcome,
  StepView,
} from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { checkApplication } from '../../src/schema/application.ts';
import { exchange, handTime, hostedDoor, type Drive, type Heard } from './adapter-support.ts';

const settings: JsonObject = {
  baseUrl: 'http://oss.test',
  userKey: 'contoh-user-key',
  institutionCode: '010',
  siteCode: 'MPP-9901-01',
  hostedUsername: 'userkl',
  hostedPassword: 'passkl',
};
const license = {
  nib: '1234567890123',
  ossId: 'OSS-SIM-1',
  licenseId: 'I-SIM-1',
  licenseCode: '029000000021',
  regionCode: '99.01',
  licenseNumber: '503/0001/DPMPTSP/2026',
  status: 'approved',
  issuedOn: '2026-01-15',
  signer: { fullName: 'Contoh Kepala Dinas', nip: '-', position: 'Kepala DPMPTSP' },
};
const progress = {
  nib: license.nib,
  ossId: license.ossId,
  licenseId: license.licenseId,
  licenseCode: license.licenseCode,
  status: 'validation',
  statusAt: '2026-01-15T09:30:00+07:00',
};
const KEY = '10000000000000000001';
const shown = { licenseId: 'I-SIM-1', licenseNumber: '503/0001/DPMPTSP/2026' };
const pending = { is: 'pending', reference: 'I-SIM-1', shown, awaits: 'agency' };
const FILE = 'http://oss.test/files/I-SIM-1.pdf';

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;
let heard: Heard[];
let steps: StepView[];

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  steps = [{ state: 'open', key: KEY, reference: 'I-SIM-1', input: license, output: shown }];
  drive = { adapter: licensing, settings, now: time.now } as unknown as Drive;
  const door = hostedDoor(drive, ({ reference }) => steps.find((one) => one.reference === reference));
  heard = door.heard;
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send: door.send });
  drive.simulator = simulator;
});

const ask = async (operation: string, input: JsonObject): Promise<Outcome> =>
  (await exchange(drive, operation, input, { key: KEY })).outcome;
const fault = (kind: Fault['kind'], match: string, more: Partial<Fault> = {}): void =>
  simulator.fault({ kind, match, times: 1, ...more });
const said = (at: number): unknown => Object.values(heard[at]!.answer.body as JsonObject)[0];

describe('sendLicense', () => {
  test('is taken, and ends when OSS hands the signed file back', async () => {
    expect(await ask('sendLicense', license)).toEqual(pending);
    await time.pass(199);
    expect(heard).toEqual([]);
    await time.pass(1);
    expect(heard).toHaveLength(1);
    expect(heard[0]!.message).toEqual({
      id: 'file-1234567890123-I-SIM-1',
      reference: 'I-SIM-1',
      content: { fileUrl: FILE },
    });
    const documents = [{ name: 'license', type: 'application/pdf', from: { url: FILE } }];
    expect(heard[0]!.answer).toEqual({
      status: 200,
      body: { responreceiveFileDS: { status: '1', keterangan: 'Diterima' } },
      apply: { is: 'ok', output: shown, documents },
    });
    const file = await simulator.fetch(new Request(FILE));
    expect(await file.text()).toMatch(/^%PDF-1\.4\n[\s\S]*%%EOF\n$/);
  });

  test('sent again after a lost answer, it is one licence and one file', async () => {
    fault('loseReply', 'receiveLicense');
    expect(await ask('sendLicense', license)).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask('sendLicense', license)).toEqual(pending);
    await time.pass(60_000);
    expect(simulator.book()).toEqual([
      {
        effect: 'license',
        key: KEY,
        times: 1,
        detail: { licenseId: 'I-SIM-1', licenseNumber: license.licenseNumber },
      },
    ]);
    expect(heard).toHaveLength(1);
    await ask('sendLicense', { ...license, licenseNumber: '503/0002/DPMPTSP/2026' });
    expect(simulator.book()).toMatchObject([{ effect: 'license', times: 2 }]);
  });

  test('a rejected licence, and an OSS that hands no file back, are done at once', async () => {
    const done = { is: 'ok', output: shown };
    expect(await ask('sendLicense', { ...license, status: 'rejected' })).toEqual(done);
    await time.pass(60_000);
    expect(heard).toEqual([]);
    drive.settings = { ...settings, awaitsSignedFile: false };
    expect(await ask('sendLicense', { ...license, licenseId: 'I-SIM-2' })).toMatchObject({ is: 'ok' });
  });

  test('signed files are held, late, or told twice', async () => {
    await simulator.act('hold', {});
    await ask('sendLicense', license);
    await time.pass(60_000);
    expect(heard).toEqual([]);
    fault('duplicateNews', '/receiveFileDS');
    await simulator.act('release', {});
    expect(heard.map((one) => one.case)).toEqual(['found', 'found']);
    expect(heard[0]!.body).toBe(heard[1]!.body);
    fault('lateNews', '/receiveFileDS', { value: 7_200_000 });
    await ask('sendLicense', { ...license, licenseId: 'I-SIM-2' });
    await time.pass(7_199_999);
    expect(heard).toHaveLength(2);
    await time.pass(1);
    expect(heard).toHaveLength(3);
  });

  test('a file for a step that is done or not there changes nothing, and for a closed one is a conflict', async () => {
    steps[0]!.state = 'done';
    await simulator.act('pushFile', { licenseId: 'I-SIM-1' });
    expect(heard[0]!.answer.apply).toBeUndefined();
    expect((await simulator.act('pushFile', { licenseId: 'I-SIM-9' }))['answered']).toBe(200);
    expect(heard[1]!.case).toBe('none');
    expect(heard[1]!.answer.apply).toBeUndefined();
    steps[0]!.state = 'closed';
    await simulator.act('pushFile', { licenseId: 'I-SIM-1' });
    expect(heard[2]!.answer.apply).toMatchObject({ is: 'ok' });
  });
});

describe('sendLicenseStatus', () => {
  test('is one entry however often it is sent, and another at another time', async () => {
    const done = { is: 'ok', output: { licenseId: 'I-SIM-1', status: 'validation' } };
    fault('loseReply', 'receiveLicenseStatus');
    await ask('sendLicenseStatus', progress);
    await time.pass(86_400_000);
    expect(await ask('sendLicenseStatus', progress)).toEqual(done);
    const detail = { licenseId: 'I-SIM-1', status: '20', at: '2026-01-15 09:30:00' };
    expect(simulator.book()).toEqual([{ effect: 'licenseStatus', key: KEY, times: 1, detail }]);
    expect(await ask('sendLicenseStatus', { ...progress, statusAt: '2026-01-15T02:31:00Z' })).toEqual(done);
    expect(simulator.book()).toMatchObject([{ times: 2, detail: { at: '2026-01-15 09:31:00' } }]);
  });
});

describe('the status of a licence', () => {
  const check = async (): Promise<[string, string]> => {
    const outcome = await ask('checkLicenseStatus', { licenseId: 'I-SIM-1' });
    if (outcome.is !== 'ok') throw new Error(`Not ok: ${JSON.stringify(outcome)}`);
    return [outcome.output['code'] as string, outcome.output['state'] as string];
  };
  const decide = (status: string): Promise<JsonObject> =>
    simulator.act('decide', { licenseId: 'I-SIM-1', status });

  test('goes 10, 20, paused by 41, on by 42, 40, 50, whichever way OSS spells its answer', async () => {
    expect(await check()).toEqual(['10', 'accepted']);
    const walk = [
      ['20', 'inReview'],
      ['41', 'onHold'],
      ['42', 'inReview'],
      ['40', 'inReview'],
      ['50', 'approved'],
    ] as const;
    const roots = new Set<string>();
    for (const [code, state] of walk) {
      await decide(code);
      const { outcome, replies } = await exchange(drive, 'checkLicenseStatus', { licenseId: 'I-SIM-1' });
      roots.add(Object.keys(replies[0]!.body as JsonObject)[0]!);
      expect(outcome).toMatchObject({ is: 'ok', output: { code, state } });
    }
    expect([...roots].toSorted()).toEqual([
      'responcheckLicenseStatus',
      'responcheckStatusLicense',
      'responsecheckStatusLicense',
    ]);
  });

  test('ends in a rejection, and in nothing that OSS does not allow', async () => {
    await decide('20');
    await expect(decide('52')).rejects.toThrow('After 20 comes 31, 40');
    await expect(decide('99')).rejects.toThrow('OSS lists no status 99');
    await decide('41');
    await expect(decide('57')).rejects.toThrow('After 41 comes 42, not 57');
    await decide('42');
    await decide('90');
    expect(await check()).toEqual(['90', 'rejected']);
    await expect(decide('50')).rejects.toThrow('After 90 comes nothing more');
  });

  test('is the one that we sent', async () => {
    await ask('sendLicenseStatus', { ...progress, status: 'siteInspection' });
    expect(await check()).toEqual(['40', 'inReview']);
  });

  test('is the same list of words in the table and in every schema', () => {
    const words = licenseStatuses.map(({ status }) => status);
    const { sendLicense, sendLicenseStatus, checkLicenseStatus } = licensing.operations;
    expect(new Set(words).size).toBe(26);
    expect(sendLicense.input.properties.status.enum).toEqual(words);
    expect(sendLicenseStatus.input.properties.status.enum).toEqual(words);
    expect(checkLicenseStatus.output.properties.status.enum).toEqual([...words, 'other']);
  });
});

describe('the register', () => {
  test('knows a NIB by number and its state by its last digits', async () => {
    const state = async (nib: string): Promise<unknown> => ask('checkBusiness', { nib });
    expect(await state('9990000000001')).toMatchObject({ is: 'ok', output: { status: 'active' } });
    expect(await state('9990000009905')).toMatchObject({ is: 'ok', output: { status: 'frozen' } });
    expect(await state('9990000009906')).toMatchObject({ is: 'ok', output: { status: 'revoked' } });
    expect(await state('9990000009913')).toMatchObject({ is: 'refused', code: 'NOT_FOUND' });
  });

  test('shows a business with its licences, by NIB or tax number', async () => {
    await ask('sendLicenseStatus', progress);
    expect(await ask('findBusiness', { nib: license.nib })).toMatchObject({
      is: 'ok',
      output: { nib: license.nib, licenses: [{ licenseId: 'I-SIM-1', status: 'validation' }] },
    });
    expect(await ask('findBusiness', { npwp: '0021832415000000' })).toMatchObject({
      is: 'ok',
      output: { npwp: '021832415000000', licenses: [] },
    });
  });

  test('a wrong key sends the lane to sleep', async () => {
    drive.settings = { ...settings, userKey: 'lain' };
    expect(await ask('checkBusiness', { nib: license.nib })).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(await ask('sendLicense', license)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    expect(simulator.book()).toEqual([]);
  });
});

describe('Token', () => {
  const verify = (token: string, nib: unknown, now: string, root = 'dataNIB'): string | null => {
    const body = new TextEncoder().encode(JSON.stringify(root ? { [root]: { nib } } : { nib }));
    const message = { method: 'POST', path: '/receiveNIB', headers: { token }, body };
    return licensing.signIn.verify(message, 'default', { settings, now, tools, tryKey: '' });
  };
  const NIB = '1234567890123';
  const PLAIN = `userklpasskl${NIB}20260115`;
  const TOKEN = 'f4a298726a27c0b3f11db05ba6a659756d863c1b';
  const NOON = '2026-01-15T05:00:00Z';

  test('is the published vector: SHA-1 of user, password, NIB and day', () => {
    expect(tools.sha1(PLAIN, 'hex')).toBe(TOKEN);
    expect(verify(TOKEN, NIB, NOON)).toBeNull();
    expect(verify(TOKEN.toUpperCase(), NIB, NOON)).toBeNull();
    expect(verify(TOKEN, NIB, NOON, 'receiveFileDS')).toBeNull();
    expect(verify(TOKEN, Number(NIB), NOON, '')).toBeNull();
  });

  test('is bound to the NIB in the body', () => {
    expect(verify(TOKEN, '1234567890124', NOON)).toBe('Token does not match');
    expect(verify(TOKEN, '', NOON)).toBe('the body names no nib');
    expect(verify('', NIB, NOON)).toBe('Token is missing');
    expect(verify('x'.repeat(40), NIB, NOON)).toBe('Token is no SHA-1 in hex');
  });

  test('unhashed is refused by its form, and not repeated', () => {
    const reason = verify(PLAIN, NIB, NOON)!;
    expect(reason).toContain('unhashed');
    expect(reason).not.toMatch(/userkl|passkl|1234567890123|20260115/);
  });

  test('holds for the day in Jakarta, and ten minutes beyond either midnight', () => {
    const at = (now: string): boolean => verify(TOKEN, NIB, now) === null;
    expect(at('2026-01-14T16:49:59Z')).toBe(false);
    expect(at('2026-01-14T16:50:00Z')).toBe(true);
    expect(at('2026-01-15T17:09:59Z')).toBe(true);
    expect(at('2026-01-15T17:10:00Z')).toBe(false);
  });

  test('of the stand-in in each of its forms', async () => {
    const push = async (token: string): Promise<unknown> =>
      (await simulator.act('pushNib', { token }))['answered'];
    expect(await push('sha1')).toBe(200);
    expect(await push('plain')).toBe(401);
    expect(await push('wrong')).toBe(401);
    expect(heard.map((one) => one.case)).toEqual(['none', 'badSignature', 'badSignature']);
    expect(said(1)).toEqual({ status: '2', keterangan: 'Token tidak sah' });
  });
});

describe('receiveNIB', () => {
  const { read } = licensing.hosted.receiveNIB;
  const readBody = (body: JsonValue): HostedMessage => {
    const request = { method: 'POST', path: '/receiveNIB', query: {}, headers: {}, body };
    return read(request, { settings, tools, now: '2026-01-15T02:30:05Z' });
  };
  const pushed = async (detail: JsonObject = {}): Promise<HostedMessage> => {
    await simulator.act('pushNib', detail);
    return heard.at(-1)!.message!;
  };
  const whole = (application: JsonObject | undefined): JsonObject => ({
    ...application,
    serviceCode: 'OSS.NIB',
    clientReference: 'oss:nib-1',
  });

  test('brings an application in the canonical schema, with the form that the guide shows', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../adapters/licensing/guide.md'), 'utf8');
    const form = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(guide)![1]!) as JsonObject;
    const [requirement] = form['requirements'] as JsonObject[];
    const syarat = {
      id_syarat: requirement!['code']!,
      no_dokumen: requirement!['documentNumber']!,
      tgl_dokumen: requirement!['documentDate']!,
      file_dokumen: requirement!['fileUrl']!,
      keterangan: requirement!['note']!,
    };
    const checklist = {
      ...{ id_izin: 'I-SIM-1', id_proyek: 'R-SIM-1', jenis_izin: '04', nama_izin: form['licenseName']! },
      data_persyaratan: [syarat],
    };
    const fields = { oss_id: 'OSS-SIM-1', data_checklist: [checklist] };
    const proyek = {
      data_proyek: [{ id_proyek: 'R-SIM-1', kbli: '56101', skala_usaha: '01', skala_resiko: 'MT' }],
    };
    const nib = { nib: '1234567890123', licenseId: 'I-SIM-1', fields: { ...fields, ...proyek } };
    steps = [];
    const { application, id } = await pushed(nib);
    expect(id).toBe('nib-1234567890123-I-SIM-1');
    expect(application!['formData']).toEqual(form);
    expect(checkApplication(whole(application))).toEqual([]);
  });

  test('takes over of the business and of persons only what is needed', async () => {
    const { application } = await pushed({ nib: '9990000000001', licenseId: 'I-SIM-7' });
    expect(checkApplication(whole(application))).toEqual([]);
    const { formData: _, ...rest } = application!;
    expect(rest).toEqual({
      schemaVersion: '1.0.0',
      lifeEvent: 'business',
      mppSiteCode: 'MPP-9901-01',
      jurisdictionCode: '99.01',
      channel: 'electronic',
      channelDetail: 'web',
      legalBasis: 'publicTask',
      applicant: {
        partyType: 'organization',
        roles: ['applicant'],
        legalName: 'PT Contoh Rasa 0001',
        nib: '9990000000001',
        legalForm: 'PT',
        npwp: '021832415000000',
        responsiblePerson: {
          partyType: 'person',
          roles: ['applicant'],
          fullName: 'Contoh Ibu',
          nik: '9901014508909999',
        },
      },
      subjectMatter: {
        kind: 'businessActivity',
        kbli: '56101',
        title: 'Restoran',
        address: { street: 'Jalan Contoh 1', regionCode: '99.01' },
      },
    });
  });

  test('is content with the least that OSS may send', () => {
    const least = {
      ...{ nib: '1234567890123', id_izin: 'I-1', kd_izin: '029', kd_daerah: '9901022003' },
      ...{ nama_perseroan: 'Contoh', tipe_dokumen: 5 },
    };
    const { application } = readBody({ dataNIB: least });
    expect(checkApplication(whole(application))).toEqual([]);
    expect(application!['jurisdictionCode']).toBe('99.01');
    expect(application!['formData']).toEqual({
      ...{ nib: '1234567890123', licenseId: 'I-1', licenseCode: '029', documentType: 'update' },
      ...{ authority: 'regency', regionCode: '99.01.02.2003', requirements: [] },
    });
    const province = readBody({ dataNIB: { ...least, kewenangan: '01' } });
    expect(province.application!['jurisdictionCode']).toBe('99');
    const foreigner = { jns_identitas_penanggung_jwb: '02', no_identitas_penanggung_jwb: 'X1234567' };
    const abroad = { ...least, penanggung_jwb: [{ ...foreigner, nama_penanggung_jwb: 'Contoh' }] };
    const person = {
      partyType: 'person',
      roles: ['applicant'],
      fullName: 'Contoh',
      passportNumber: 'X1234567',
    };
    expect(readBody({ dataNIB: abroad }).application).toMatchObject({
      applicant: { responsiblePerson: person },
    });
  });

  test.each(['nib', 'id_izin', 'kd_izin', 'kd_daerah', 'nama_perseroan', 'tipe_dokumen'])(
    'without %s has a bad form that is named, and no value',
    async (name) => {
      const spoilt = name === 'tipe_dokumen' ? 'tipe_dokumen ' : name;
      // OSS signs over the NIB: without it nothing is verified, so the reader is asked itself.
      if (name === 'nib') return expect(() => readBody({ dataNIB: {} })).toThrow('missing nib');
      await simulator.act('pushNib', { fields: { [spoilt]: '', data_checklist: [] } });
      expect(heard[0]!.case).toBe('badForm');
      expect(said(0)).toEqual({
        status: '2',
        keterangan: expect.stringMatching(RegExp(`(missing|invalid) ${name}`)),
      });
      expect(heard[0]!.answer.status).toBe(400);
    },
  );

  test('an update of what was opened contradicts it; the same again does not', async () => {
    const nib = { nib: '9990000000001', licenseId: 'I-SIM-7' };
    const first = await pushed(nib);
    const update = await pushed({ ...nib, documentType: '5' });
    expect(update.id).toBe(first.id);
    expect(heard.map((one) => one.case)).toEqual(['none', 'conflict']);
    expect(heard[1]!.answer.status).toBe(400);
    fault('duplicateNews', '/receiveNIB');
    await simulator.act('pushNib', { licenseId: 'I-SIM-8' });
    expect(heard.map((one) => one.case).slice(2)).toEqual(['none', 'none']);
  });

  test('a revocation ends the licence that waits, and opens nothing', async () => {
    const refused = { is: 'refused', code: 'NIB_REVOKED' };
    const revoked = await pushed({ licenseId: 'I-SIM-1', documentType: '3' });
    expect(revoked.application).toBeUndefined();
    expect(heard[0]).toMatchObject({ case: 'found', answer: { status: 200, apply: refused } });
    const cancelled = await pushed({ licenseId: 'I-SIM-9', documentType: '4' });
    expect(cancelled.id).not.toBe(revoked.id);
    expect(heard[1]!.case).toBe('none');
    await pushed({ licenseId: 'I-SIM-1' });
    expect(heard[2]).toMatchObject({ case: 'found', answer: { status: 200 } });
    expect(heard[2]!.answer.apply).toBeUndefined();
  });

  test('both methods have an answer of OSS’s form for every case', () => {
    const message = { id: 'nib-1', reference: 'I-SIM-1', content: { fileUrl: FILE } };
    const cases: [HostedCase, number, string][] = [
      [{ is: 'found', message, step: steps[0]! }, 200, '1'],
      [{ is: 'none', message }, 200, '1'],
      [{ is: 'opened', message, number: '9901-01-26-000001-5' }, 200, '1'],
      [{ is: 'notOpened', message, problems: [{ pointer: '/applicant/npwp', code: 'format' }] }, 400, '2'],
      [{ is: 'conflict', message }, 400, '2'],
      [{ is: 'badForm', reason: 'missing nib' }, 400, '2'],
      [{ is: 'granted', token: 'rahasia', expiresInSeconds: 900 }, 400, '2'],
      [{ is: 'badSignature', reason: 'Token does not match' }, 401, '2'],
      [{ is: 'busy' }, 503, '2'],
    ];
    for (const [name, { answer }] of Object.entries(licensing.hosted)) {
      for (const [one, status, word] of cases) {
        const answered = answer(one);
        expect(answered.status, one.is).toBe(status);
        const body = { [`respon${name}`]: { status: word, keterangan: expect.stringMatching(/^.{8,255}$/) } };
        expect(answered.body, one.is).toEqual(body);
        expect(JSON.stringify(answered.body)).not.toContain('rahasia');
      }
    }
    const opened: HostedCase = { is: 'opened', message, number: '9901-01-26-000001-5' };
    expect(licensing.hosted.receiveNIB.answer(opened).body).toEqual({
      responreceiveNIB: { status: '1', keterangan: 'Diterima dengan nomor 9901-01-26-000001-5' },
    });
  });
});

test('a bus that is down hears it again, later each time', async () => {
  let calls = 0;
  const deaf = makeSimulator({
    settings,
    now: time.now,
    after: time.after,
    send: async () => {
      calls += 1;
      if (calls < 3) throw new Error('nobody there');
      return Response.json({});
    },
  });
  expect(await deaf.act('pushNib', {})).toMatchObject({ answered: 599 });
  await time.pass(1_000);
  expect(calls).toBe(2);
  await time.pass(2_000);
  expect(calls).toBe(3);
  await time.pass(3_600_000);
  expect(calls).toBe(3);
});
