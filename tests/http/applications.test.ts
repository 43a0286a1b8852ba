/** Applications through the API: submitted, read, listed, found and taken back, each answer as described. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { CommitUnknown } from '../../src/ledger/sqlite/index.ts';
import { misfits } from './described.ts';
import { application, CANARIES, REAL, smallWorld, URL_OF_BUS, type Sent, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const ONE = '/v1/applications/{id}';
const idsOf = ({ body }: Sent): string[] => (body['applications'] as { id: string }[]).map(({ id }) => id);

describe('submitting', () => {
  test('is answered 202 with id, number, promised date and links', async () => {
    const sent = await world.submit(application());
    expect(misfits('post', '/v1/applications', sent)).toEqual([]);
    const { id, number, promisedAt, links } = sent.body as Record<string, string> & { links: JsonObject };
    const self = `${URL_OF_BUS}/v1/applications/${id}`;
    expect(links).toEqual({ self, events: `${self}/events` });
    expect(sent.headers.get('location')).toBe(self);
    expect(number).toMatch(/^6112-01-\d\d-\d{6}-\d$/);
    expect(Date.parse(promisedAt!)).toBeGreaterThan(world.clock.now());
  });

  test('is logged without what is personal', async () => {
    const lines = world.log.length;
    await world.submit(application());
    const logged = world.log.slice(lines).join('');
    expect(logged).toContain('"event":"application.accepted"');
    for (const canary of CANARIES) expect(logged).not.toContain(canary);
  });

  test.each<[string, Error, number, string]>([
    ['a commit that is not confirmed', new CommitUnknown(new Error('disk')), 503, 'commit_unknown'],
    ['a fault of our own', new TypeError('9901011405019999'), 500, 'internal'],
  ])('%s is an answer to ask again after', async (_name, error, status, code) => {
    const { accept } = world.ledger;
    world.ledger.accept = () => Promise.reject(error);
    const body = application();
    const sent = await world.submit(body, `fault-${code}`);
    world.ledger.accept = accept;
    expect(misfits('post', '/v1/applications', sent)).toEqual([]);
    expect([sent.status, sent.body['code']]).toEqual([status, code]);
    expect(sent.body['detail']).toContain('the same Idempotency-Key');
    expect(sent.text + world.log.join('')).not.toContain('9901011405019999');
    expect((await world.submit(body, `fault-${code}`)).status).toBe(202);
  });
});

describe('reading', () => {
  let receipt: JsonObject;
  beforeEach(async () => {
    receipt = (await world.submit(application())).body;
  });

  test('by id and by number shows state, steps and who is awaited, in both languages', async () => {
    const byId = await world.send(`/v1/applications/${String(receipt['id'])}`);
    const byNumber = await world.send(`/v1/applications/${String(receipt['number'])}`);
    expect(misfits('get', ONE, byId)).toEqual([]);
    expect(byNumber.text).toBe(byId.text);
    expect(byId.body).toMatchObject({
      ...{
        state: 'accepted',
        stateText: { id: 'Permohonan diterima', en: 'The application has been accepted' },
      },
      ...{ promisedAt: receipt['promisedAt'], result: null, items: [] },
      awaiting: [
        {
          ...{ step: 'person', agency: 'dukcapil-6112', who: 'agency' },
          text: {
            id: 'Sedang diproses di Disdukcapil Kabupaten Kubu Raya',
            en: 'Being processed at Kubu Raya civil registry office',
          },
        },
      ],
    });
    const steps = byId.body['steps'] as { name: string; state: string }[];
    expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'person ready',
      'bill pending',
      'certificate pending',
    ]);
  });

  test('an operator of another platform reads it too', async () => {
    const key = await world.key(REAL, ['applications:read', 'operate']);
    const sent = await world.send(`/v1/applications/${String(receipt['id'])}`, { key });
    expect(sent.status).toBe(200);
  });
});

describe('listing', () => {
  let own: SmallWorld;
  let ids: string[];
  beforeAll(async () => {
    own = await smallWorld();
    ids = [];
    for (let n = 0; n < 7; n += 1) {
      const formData = { reason: 'lost' };
      const fields =
        n === 3 ? { serviceCode: 'DUKCAPIL.KK-PERUBAHAN', formData, mppSiteCode: 'MPP-9901-01' } : {};
      ids.unshift(String((await own.submit(application(fields))).body['id']));
    }
    const taken = await own.send(`/v1/applications/${ids[0]!}/withdraw`, {
      json: { reason: 'berubah pikiran' },
    });
    expect(taken.status).toBe(200);
  });
  afterAll(() => own.close());

  test('goes page by page, newest first, and ends', async () => {
    const seen: string[][] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await own.send(`/v1/applications?limit=3${cursor}`);
      expect(misfits('get', '/v1/applications', page)).toEqual([]);
      seen.push(idsOf(page));
      if (page.body['nextCursor'] === null) break;
      cursor = `&cursor=${String(page.body['nextCursor'])}`;
    }
    expect(seen).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  test.each<[string, () => string[]]>([
    ['state=withdrawn', () => [ids[0]!]],
    ['state=accepted&limit=200', () => ids.slice(1)],
    ['service=DUKCAPIL.KK-PERUBAHAN', () => [ids[3]!]],
    ['site=MPP-9901-01', () => [ids[3]!]],
    ['service=NONE.SUCH', () => []],
    ['attention=true', () => []],
    ['attention=false', () => ids],
  ])('by %s', async (query, expected) => {
    expect(idsOf(await own.send(`/v1/applications?${query}`))).toEqual(expected());
  });
});

describe('searching', () => {
  test.each<[string, (clientReference: string) => JsonObject]>([
    ['NIK', () => ({ nik: '9901015505019999' })],
    ['phone in E.164', () => ({ phone: '+6280000000099' })],
    ['phone as it is dialled', () => ({ phone: '0800-0000-0099' })],
    ['clientReference', (clientReference) => ({ clientReference })],
  ])('by %s', async (_name, term) => {
    const body = application();
    const applicant = {
      ...(body['applicant'] as JsonObject),
      nik: '9901015505019999',
      phone: '0800 0000 0099',
      sex: 'female',
    };
    const { id } = (await world.submit({ ...body, applicant })).body;
    await world.submit(application());
    const sent = await world.send('/v1/applications/search', { json: term(String(body['clientReference'])) });
    expect(misfits('post', '/v1/applications/search', sent)).toEqual([]);
    expect(idsOf(sent)[0]).toBe(id);
    expect(sent.text).not.toContain('9901015505019999');
  });

  test.each<[string, JsonObject, string]>([
    ['nothing', {}, 'schema'],
    ['two at once', { nik: '9901015505019999', phone: '+6280000000099' }, 'schema'],
    ['a name', { fullName: 'Contoh' }, 'unknown_field'],
    ['a NIK that is none', { nik: '1' }, 'nik_invalid'],
    ['an object', { clientReference: { $ne: '' } }, 'schema'],
  ])('by %s is refused', async (_name, json, code) => {
    const sent = await world.send('/v1/applications/search', { json });
    expect([sent.status, sent.body['code']]).toEqual([422, code]);
  });
});

describe('ending early', () => {
  test.each([
    ['withdraw', 'withdrawn'],
    ['cancel', 'cancelled'],
  ])('%s', async (act, state) => {
    const { body } = await world.submit(application());
    const path = `/v1/applications/${String(body['number'])}/${act}`;
    const sent = await world.send(path, { json: { reason: 'pemohon berubah pikiran' } });
    expect(misfits('post', `${ONE}/${act}`, sent)).toEqual([]);
    expect(sent.body['state']).toBe(state);
    const again = await world.send(path, { json: { reason: 'pemohon berubah pikiran' } });
    expect(misfits('post', `${ONE}/${act}`, again)).toEqual([]);
    expect([again.status, again.body['code']]).toEqual([409, 'application_ended']);
    const { text } = await world.send(`/v1/applications/${String(body['id'])}/events`);
    expect(text).not.toContain('berubah pikiran');
  });

  test.each<[string, JsonObject, string]>([
    ['without a reason', {}, 'missing_field'],
    ['with a reason of blanks', { reason: '      ' }, 'schema'],
    ['with a reason beyond 500 characters', { reason: 'x'.repeat(501) }, 'schema'],
    ['with a state of his own', { reason: 'contoh', state: 'completed' }, 'unknown_field'],
  ])('%s is refused', async (_name, json, code) => {
    const { body } = await world.submit(application());
    const sent = await world.send(`/v1/applications/${String(body['id'])}/withdraw`, { json });
    expect([sent.status, sent.body['code']]).toEqual([422, code]);
    expect((await world.send(`/v1/applications/${String(body['id'])}`)).body['state']).toBe('accepted');
  });
});

test('services and their forms are as described', async () => {
  const list = await world.send('/v1/services');
  expect(misfits('get', '/v1/services', list)).toEqual([]);
  expect((list.body['services'] as { code: string }[]).map(({ code }) => code).toSorted()).toEqual(
    [...world.catalogue.services.keys()].toSorted(),
  );
  const one = await world.send('/v1/services/POLRES.SKCK');
  expect(misfits('get', '/v1/services/{code}', one)).toEqual([]);
  expect(one.body).not.toHaveProperty('form');
  const form = await world.send('/v1/services/POLRES.SKCK/form');
  expect(form.body['required']).toEqual(['purpose']);
});

test('health is told without a key: live, ready, stopping, ledger gone', async () => {
  const own = await smallWorld();
  const ready = async (): Promise<[number, unknown]> => {
    const sent = await own.send('/health/ready', { key: null });
    expect(misfits('get', '/health/ready', sent)).toEqual([]);
    return [sent.status, sent.body['status']];
  };
  expect((await own.send('/health/live', { key: null })).body).toEqual({ status: 'up' });
  expect(await ready()).toEqual([200, 'ready']);
  const { ping } = own.ledger;
  own.ledger.ping = () => Promise.reject(new Error('gone'));
  expect(await ready()).toEqual([503, 'ledger_unavailable']);
  own.ledger.ping = ping;
  own.bus.drain();
  expect(await ready()).toEqual([503, 'stopping']);
  await own.close();
});
