/** SATUSEHAT's adapter against its stand-in: signing in, people, visits, consents and forms, and what goes wrong on the way. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Outcome, SignCall, WireReply } from '../../src/adapter-kit/contract.ts';
import type { Fault, Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import satusehat from '../../adapters/satusehat/adapter.ts';
import { makeSimulator } from '../../adapters/satusehat/simulator.ts';
import { exchange, handTime, type CallFields, type Drive, type ExchangeKind } from './adapter-support.ts';

const KEY = '10000000000000000001';
const MOTHER = '9901014508909999';
const settings: JsonObject = {
  baseUrl: 'http://satusehat.test',
  clientId: 'contoh-client',
  clientSecret: 'contoh-rahasia',
  organizationId: '10000001',
};
const visit: JsonObject = {
  ihsNumber: 'P00000000017',
  patientName: 'Contoh Ibu',
  practitionerId: 'N10000001',
  practitionerName: 'dr. Contoh Nakes',
  locationId: 'loc-1',
  locationName: 'Loket Kesehatan',
  kind: 'ambulatory',
  arrivedAt: '2026-01-15T09:00:00+07:00',
  startedAt: '2026-01-15T09:10:00+07:00',
  endedAt: '2026-01-15T09:25:00+07:00',
  conditions: [{ code: 'Z00.1', name: 'Routine child health examination' }],
};
const form: JsonObject = {
  questionnaire: 'Q0002',
  ihsNumber: 'P00000000017',
  patientName: 'Contoh Ibu',
  practitionerId: 'N10000001',
  practitionerName: 'dr. Contoh Nakes',
  answeredAt: '2026-01-15T09:20:00+07:00',
  items: [{ linkId: '1', answers: [{ boolean: true }] }],
};

let time: ReturnType<typeof handTime>;
let simulator: Simulator;
let drive: Drive;

beforeEach(() => {
  time = handTime('2026-01-15T02:30:05Z');
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  simulator = makeSimulator({ settings, now: time.now, after: time.after, send });
  drive = { adapter: satusehat, simulator, settings, now: time.now };
});

const fault = (kind: Fault['kind'], match: string): void => simulator.fault({ kind, match, times: 1 });
const ask = async (
  operation: string,
  input: JsonObject,
  kind: ExchangeKind = 'send',
  fields: CallFields = {},
): Promise<Outcome> => (await exchange(drive, operation, input, { key: KEY, ...fields }, kind)).outcome;

describe('signing in', () => {
  const call: SignCall = { settings, now: '2026-01-15T02:30:05.000Z', tryKey: '', tools };
  const { open, sign } = satusehat.signIn;
  const told = (status: number, body: JsonObject | null): WireReply => {
    return { status, headers: {}, body, bytes: 0, type: 'application/json' };
  };

  test('asks by form, and reads a lifetime that comes as text', async () => {
    expect(await open!.request(call)).toEqual({
      method: 'POST',
      path: '/oauth2/v1/accesstoken?grant_type=client_credentials',
      body: { form: { client_id: 'contoh-client', client_secret: 'contoh-rahasia' } },
    });
    const granted = { access_token: 'simtoken', expires_in: '3599', status: 'approved' };
    expect(await open!.reply(told(200, granted), call)).toEqual({
      token: 'simtoken',
      expiresInSeconds: 3599,
    });
    const signed = { method: 'GET', path: '/', headers: {}, body: new Uint8Array() };
    expect(await sign!(signed, { ...call, token: 'simtoken' })).toEqual({ Authorization: 'Bearer simtoken' });
  });

  test.each<[number, JsonObject | null, Outcome]>([
    [401, { resourceType: 'OperationOutcome' }, { is: 'away', code: 'AUTH_FAILED' }],
    [400, null, { is: 'away', code: 'AUTH_FAILED' }],
    [503, null, { is: 'retry', code: 'AGENCY_UNAVAILABLE' }],
    [200, { access_token: 'simtoken' }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, { access_token: '', expires_in: '3599' }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, { access_token: 'simtoken', expires_in: 'soon' }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
  ])('%i %j gives no token', async (status, body, outcome) => {
    expect(await open!.reply(told(status, body), call)).toEqual(outcome);
  });

  test('a token is refused once its hour is over', async () => {
    expect(await ask('findPatient', { nik: MOTHER })).toMatchObject({ is: 'ok' });
    await time.pass(3_598_000);
    expect(await ask('findPatient', { nik: MOTHER })).toMatchObject({ is: 'ok' });
    await time.pass(1_000);
    expect(await ask('findPatient', { nik: MOTHER })).toEqual({ is: 'retry', code: 'TOKEN_REFUSED' });
  });

  test('a wrong secret opens nothing', async () => {
    drive.settings = { ...settings, clientSecret: 'lain' };
    await expect(ask('findPatient', { nik: MOTHER })).rejects.toThrow('AUTH_FAILED');
  });
});

describe('people', () => {
  test('are found by NIK, masked, and not found by a total of none', async () => {
    const found = await ask('findPatient', { nik: MOTHER });
    expect(found).toMatchObject({ is: 'ok', output: { name: 'CO**** IB*' } });
    expect((found as { output: JsonObject }).output['ihsNumber']).toMatch(/^P\d{11}$/);
    expect(await ask('findPatient', { nik: MOTHER })).toEqual(found);
    const none = '9901014508909921';
    expect(await ask('findPatient', { nik: none })).toEqual({ is: 'refused', code: 'PATIENT_NOT_FOUND' });
    expect(await ask('findPractitioner', { nik: none })).toMatchObject({ code: 'PRACTITIONER_NOT_FOUND' });
    expect(await ask('findPractitioner', { nik: MOTHER })).toMatchObject({
      is: 'ok',
      output: { sex: 'female' },
    });
  });

  test('a mother’s newborns come page by page', async () => {
    await simulator.act('pages', { size: 1 });
    const twins = await exchange(drive, 'findNewborn', { motherNik: '9901014508909922' }, { key: KEY });
    expect(twins.replies).toHaveLength(2);
    expect(twins.outcome).toMatchObject({
      is: 'ok',
      output: { newborns: [{ birthOrder: 1 }, { birthOrder: 2 }] },
    });
  });

  test('a newborn is picked by its day', async () => {
    const born = { motherNik: MOTHER, birthDate: '2026-01-11' };
    expect(await ask('findNewborn', born)).toMatchObject({
      is: 'ok',
      output: { newborns: [born.birthDate].map((birthDate) => ({ birthDate })) },
    });
    await simulator.act('born', { motherNik: MOTHER, birthDate: '2026-01-13', sex: 'male' });
    expect(await ask('findNewborn', born)).toEqual({ is: 'refused', code: 'NEWBORN_NOT_FOUND' });
    expect(await ask('findNewborn', { ...born, birthDate: '2026-01-13' })).toMatchObject({
      output: { newborns: [{ sex: 'male' }] },
    });
  });

  test('an organization is found by id and by whole name', async () => {
    const own = { is: 'ok', output: { organizationId: '10000001', name: 'Puskesmas Contoh', active: true } };
    expect(await ask('findOrganization', { organizationId: '10000001' })).toEqual(own);
    expect(await ask('findOrganization', { name: 'puskesmas contoh' })).toEqual(own);
    expect(await ask('findOrganization', { organizationId: '10000009' })).toMatchObject({
      code: 'ORGANIZATION_NOT_FOUND',
    });
    expect(await ask('findOrganization', { name: 'Klinik Kembar' })).toMatchObject({
      code: 'ORGANIZATION_AMBIGUOUS',
    });
    expect(await ask('findOrganization', { organizationId: '10000403' })).toMatchObject({
      is: 'refused',
      code: 'ACCESS_REFUSED',
    });
  });
});

describe('a visit', () => {
  const send = (fields: CallFields = {}): Promise<Outcome> => ask('submitEncounter', visit, 'send', fields);

  test('is stored once, and found when its answer was lost', async () => {
    fault('loseReply', '/fhir-r4/v1');
    expect(await send()).toEqual({ is: 'unknown', code: 'LOST' });
    const found = await ask('submitEncounter', visit, 'inquiry');
    expect(found).toMatchObject({
      is: 'ok',
      output: { encounterId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(simulator.book()).toMatchObject([{ effect: 'encounter', key: KEY, times: 1 }]);
  });

  test('sent again is a duplicate, which leads to what is stored', async () => {
    const first = (await send()) as { output: JsonObject };
    const { outcome, replies } = await exchange(drive, 'submitEncounter', visit, { key: KEY });
    expect(replies.map(({ status }) => status)).toEqual([400, 200]);
    expect(outcome).toEqual({ is: 'ok', output: { encounterId: first.output['encounterId'] } });
    expect(simulator.book()).toMatchObject([{ times: 1 }]);
    expect(await send({ key: '10000000000000000002' })).toMatchObject({ is: 'ok' });
  });

  test('that never arrived is said to be so, on the last page of the patient’s visits', async () => {
    await simulator.act('pages', { size: 1 });
    for (const key of ['10000000000000000002', '10000000000000000003']) await send({ key });
    fault('hang', '/fhir-r4/v1');
    expect(await send()).toEqual({ is: 'unknown', code: 'LOST' });
    expect(await ask('submitEncounter', visit, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
  });

  test('of another organization is refused by its rule', async () => {
    drive.settings = { ...settings, organizationId: '10000009' };
    expect(await send()).toMatchObject({
      is: 'refused',
      code: 'WRONG_ORGANIZATION',
      text: expect.stringContaining('10117'),
    });
    expect(simulator.book()).toEqual([]);
  });

  test('a refused token on the question says nothing', async () => {
    await send();
    await simulator.act('expireTokens', {});
    expect(await ask('submitEncounter', visit, 'inquiry')).toEqual({ is: 'unknown', code: 'TOKEN_REFUSED' });
  });
});

describe('a consent', () => {
  const wish = { ihsNumber: 'P00000000017', decision: 'given', officerName: 'Petugas Contoh' };
  const read = (): Promise<Outcome> => ask('getConsent', { ihsNumber: 'P00000000017' });

  test('is set by POST, and stands', async () => {
    expect(await read()).toEqual({ is: 'ok', output: { decision: 'none' } });
    expect(await ask('setConsent', wish, 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    const given = { is: 'ok', output: { decision: 'given', consentId: 'consent-1' } };
    expect(await ask('setConsent', wish)).toEqual(given);
    expect(await read()).toEqual(given);
    expect(await ask('setConsent', wish, 'inquiry')).toEqual(given);
  });

  test('is changed by PUT under its id, where there is one', async () => {
    drive.settings = { ...settings, consentVerb: 'PUT' };
    expect(await ask('setConsent', wish)).toEqual({ is: 'refused', code: 'CONSENT_NOT_FOUND' });
    await simulator.act('consent', { ihsNumber: 'P00000000017', action: 'OPTOUT' });
    const { outcome, replies } = await exchange(drive, 'setConsent', wish, { key: KEY });
    expect(replies).toHaveLength(2);
    expect(outcome).toEqual({ is: 'ok', output: { decision: 'given', consentId: 'consent-1' } });
    expect(await read()).toEqual(outcome);
    expect((await exchange(drive, 'setConsent', wish, { key: KEY })).replies).toHaveLength(1);
  });
});

describe('a filled-in form', () => {
  test('is stored once, however often it is sent', async () => {
    const stored = await ask('submitQuestionnaireResponse', form);
    expect(stored).toMatchObject({ is: 'ok' });
    expect(await ask('submitQuestionnaireResponse', form)).toEqual(stored);
    expect(await ask('submitQuestionnaireResponse', form, 'inquiry')).toEqual(stored);
    expect(simulator.book()).toMatchObject([{ effect: 'questionnaireResponse', key: KEY, times: 1 }]);
    const other = { key: '10000000000000000002' };
    expect(await ask('submitQuestionnaireResponse', form, 'inquiry', other)).toEqual({
      is: 'retry',
      code: 'NOT_RECEIVED',
    });
  });
});

describe('the stand-in refuses', () => {
  const post = async (
    spoil: (bundle: { entry: { fullUrl: string; resource: JsonObject }[] }) => void,
  ): Promise<string> => {
    await ask('findPatient', { nik: MOTHER });
    const call = { settings, now: '2026-01-15T02:30:05.000Z', tools, key: KEY, tryKey: '' };
    const wire = satusehat.operations.submitEncounter.request(visit as never, call);
    const bundle = JSON.parse(JSON.stringify((wire.body as { json: object }).json)) as Parameters<
      typeof spoil
    >[0];
    spoil(bundle);
    const headers = { authorization: 'Bearer contoh-token-1', 'content-type': 'application/json' };
    const request = new Request('http://satusehat.test/fhir-r4/v1', {
      method: 'POST',
      headers,
      body: JSON.stringify(bundle),
    });
    const said = (await (await simulator.fetch(request)).json()) as { issue?: { code: string }[] };
    return said.issue?.[0]?.code ?? 'stored';
  };

  test('what is no transaction, and takes what is', async () => {
    expect(
      await post((bundle) => (bundle.entry[1]!.fullUrl = 'urn:uuid:00000000-0000-8000-8000-000000000000')),
    ).toBe('value');
    expect(await post((bundle) => (bundle.entry[1]!.fullUrl = bundle.entry[0]!.fullUrl))).toBe('value');
    expect(await post((bundle) => delete bundle.entry[0]!.resource['location'])).toBe('required');
    expect(await post((bundle) => (bundle.entry = []))).toBe('structure');
    expect(simulator.book()).toEqual([]);
    expect(await post(() => undefined)).toBe('stored');
    expect(await post(() => undefined)).toBe('duplicate');
  });
});
