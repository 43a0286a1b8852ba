/** What somebody sends in an agency's name: unsigned, forged, replayed, re-written, contradictory, a thousand times. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { Exchanged } from '../../src/flow/ports/caller.ts';
import { runStep } from '../../src/flow/run-step.ts';
import { application, smallWorld, type Send, type Sent, type SmallWorld } from '../http/world.ts';

const SERVICE = 'DUKCAPIL.KK-PERUBAHAN';
const AGENCY = 'dukcapil-6112';

let tickets = 0;
/** The Dinas takes every application and answers later. */
async function taken(): Promise<Exchanged> {
  tickets += 1;
  const body = { ticket: `KK-${tickets}`, status: 'RECEIVED' };
  const wire = { status: 202, headers: {}, body, bytes: 40, type: 'application/json' };
  return { is: 'reply', wire, bytes: new Uint8Array(0), sent: '', got: '' };
}

let world: SmallWorld;
let path: string;
beforeAll(async () => {
  world = await smallWorld({ exchange: taken });
  const route = world.catalogue.routes.get(SERVICE)!;
  const familyCard = { ...route.steps['familyCard']!, after: [] };
  world.catalogue.routes.set(SERVICE, { ...route, steps: { familyCard }, result: {} });
  const { hosted } = world.bus.desk.registry.adapter('civil-registry@1')!;
  path = `/hosted/${AGENCY}${Object.values(hosted!)[0]!.path}`;
});
afterAll(() => world.close());

const secretOf = (agency: string): string =>
  String(world.catalogue.agencies.find(({ id }) => id === agency)!.settings['newsSecret']);
const seconds = (): number => Math.floor(world.clock.now() / 1000);

interface Signed {
  secret?: string;
  at?: number | string;
  headers?: Record<string, string>;
}

/** Headers as the Dinas signs them: HMAC over the time stamp and the very bytes. */
function signature(
  body: string,
  { secret = secretOf(AGENCY), at = seconds(), headers = {} }: Signed = {},
): Record<string, string> {
  const proof = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { 'content-type': 'application/json', 'x-timestamp': String(at), 'x-signature': proof, ...headers };
}

const tell = (body: string, signed?: Signed): Promise<Sent> =>
  world.send(path, { key: null, body, headers: signature(body, signed) });

interface Waiting {
  id: string;
  key: string;
  ticket: string;
}

/** A family card that the Dinas has taken and not yet issued. */
async function waiting(): Promise<Waiting> {
  const formData = { reason: 'lost', familyCardNumber: '9901010101269999' };
  const { body } = await world.submit(application({ serviceCode: SERVICE, formData }));
  const id = String(body['id']);
  await runStep(world.bus.desk, { id: `${id}.familyCard`, wake: 1 });
  const { key, state } = (await world.ledger.read(id))!.steps[0]!;
  expect(state).toBe('waitingAgency');
  return { id, key, ticket: `KK-${tickets}` };
}

let news = 0;
function issued({ key, ticket }: Waiting, fields: JsonObject = {}): string {
  news += 1;
  return JSON.stringify({
    eventId: `event-${news}`,
    requestId: key,
    ticket,
    status: 'ISSUED',
    number: '9901010101260001',
    ...fields,
  });
}

async function stateOf(id: string): Promise<object> {
  const { body } = await world.send(`/v1/applications/${id}`);
  const [step] = body['steps'] as JsonObject[];
  return {
    application: body['state'],
    step: step!['state'],
    items: (body['items'] as JsonObject[]).map(({ kind }) => kind),
  };
}

const WAITING = { application: 'inProgress', step: 'waitingAgency', items: [] };
const DONE = { application: 'completed', step: 'succeeded', items: [] };

let file: Waiting;
beforeEach(async () => {
  file = await waiting();
});

test('signed news is believed, and the step ends', async () => {
  const sent = await tell(issued(file));
  expect([sent.status, sent.body]).toEqual([200, { status: 'ACCEPTED' }]);
  expect(await stateOf(file.id)).toEqual(DONE);
});

describe('news that is not proven changes nothing', () => {
  const forged: [name: string, forge: (body: string) => Send][] = [
    ['unsigned', (body) => ({ body, headers: { 'content-type': 'application/json' } })],
    [
      'signed with nothing',
      (body) => ({ body, headers: signature(body, { headers: { 'x-signature': '' } }) }),
    ],
    ['signed with another secret', (body) => ({ body, headers: signature(body, { secret: 'none' }) })],
    [
      "signed with another agency's secret",
      (body) => ({ body, headers: signature(body, { secret: secretOf('polres-6112') }) }),
    ],
    ['signed six minutes ago', (body) => ({ body, headers: signature(body, { at: seconds() - 360 }) })],
    ['signed six minutes ahead', (body) => ({ body, headers: signature(body, { at: seconds() + 360 }) })],
    ['signed at no time', (body) => ({ body, headers: signature(body, { at: 'now' }) })],
    [
      'with a newer time stamp than was signed',
      (body) => ({ body, headers: signature(body, { headers: { 'x-timestamp': String(seconds() + 1) } }) }),
    ],
    ['written again with a space', (body) => ({ body: body.replace(':', ': '), headers: signature(body) })],
    ['written again in another order', (body) => ({ body: reversed(body), headers: signature(body) })],
    ['with a byte more', (body) => ({ body: `${body}\n`, headers: signature(body) })],
    [
      'with two signatures',
      (body) => ({
        body,
        headers: signature(body, { headers: { 'x-signature': `${proofOf(body)}, ${proofOf(body)}` } }),
      }),
    ],
    ['with an API key of a platform', (body) => ({ body, headers: { 'content-type': 'application/json' } })],
  ];
  const reversed = (body: string): string =>
    JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body) as object).toReversed()));
  const proofOf = (body: string): string => signature(body)['x-signature']!;

  test.each(forged)('%s', async (name, forge) => {
    const key = name.includes('API key') ? await world.key() : null;
    const lines = world.log.length;
    const sent = await world.send(path, { method: 'POST', key, ...forge(issued(file)) });
    expect([sent.status, sent.body]).toEqual([401, { code: 'BAD_SIGNATURE' }]);
    expect(await stateOf(file.id)).toEqual(WAITING);
    // Somebody is to hear of it: the rate of these lines is an alarm.
    expect(world.log.slice(lines).join('')).toContain('"event":"hosted.refused"');
  });
});

describe('news that cannot be read changes nothing', () => {
  test.each<[string, (body: JsonObject) => string, Record<string, string>]>([
    ['no JSON', () => 'ISSUED', {}],
    ['an empty body', () => '', {}],
    ['a list', () => '[]', {}],
    ['nested 65 deep', () => '['.repeat(65), {}],
    ['no id', ({ eventId: _, ...body }) => JSON.stringify(body), {}],
    ['an unknown status', (body) => JSON.stringify({ ...body, status: 'LOST' }), {}],
    ['no number', (body) => JSON.stringify({ ...body, number: '' }), {}],
    ['an object as key', (body) => JSON.stringify({ ...body, requestId: { $ne: null } }), {}],
    [
      'XML with a document type',
      () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      { 'content-type': 'application/xml' },
    ],
    [
      'a form with a field twice',
      () => 'eventId=1&eventId=2',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
  ])('%s', async (_name, write, headers) => {
    const sent = await tell(write(JSON.parse(issued(file)) as JsonObject), { headers });
    expect([sent.status, sent.body]).toEqual([400, { code: 'BAD_FORM' }]);
    expect(await stateOf(file.id)).toEqual(WAITING);
  });

  test('14 MB and a byte', async () => {
    const body = 'x'.repeat(14 * 1024 * 1024 + 1);
    const sent = await tell(body);
    expect([sent.status, sent.body['code']]).toEqual([413, 'body_too_large']);
  });

  test('compressed', async () => {
    const sent = await tell(issued(file), { headers: { 'content-encoding': 'gzip' } });
    expect([sent.status, sent.body['code']]).toEqual([415, 'content_encoding']);
    expect(await stateOf(file.id)).toEqual(WAITING);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('by %s', async (method) => {
    const sent = await world.send(path, { method, key: null, headers: signature('') });
    expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('the same again', () => {
  test('hears the same bytes and moves nothing', async () => {
    const body = issued(file);
    const first = await tell(body);
    const { body: before } = await world.send(`/v1/applications/${file.id}/events`);
    // A repeat is signed anew, with its own time stamp.
    world.clock.skip(5_000);
    const second = await tell(body);
    const { body: after } = await world.send(`/v1/applications/${file.id}/events`);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(after).toEqual(before);
  });

  test('a thousand times, as many at once as agencies have places, is one effect', async () => {
    const body = issued(file);
    const sent: Sent[] = [];
    for (let wave = 0; wave < 4; wave += 1)
      sent.push(...(await Promise.all(Array.from({ length: 250 }, () => tell(body)))));
    expect(new Set(sent.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {"status":"ACCEPTED"}']),
    );
    expect(await stateOf(file.id)).toEqual(DONE);
    const { body: found } = await world.send(`/v1/applications/${file.id}/events`);
    const types = (found['events'] as JsonObject[]).map(({ type }) => type);
    expect(types.filter((type) => type === 'go.mpp.step.succeeded.v1')).toHaveLength(1);
    expect(types.filter((type) => type === 'go.mpp.application.completed.v1')).toHaveLength(1);
  });
});

describe('a contradiction is kept and not applied', () => {
  test('the same id with another content', async () => {
    const body = issued(file, { eventId: 'same' });
    await tell(body);
    const other = await tell(
      issued(file, { eventId: 'same', status: 'REJECTED', reasonCode: 'NOT_ELIGIBLE' }),
    );
    expect([other.status, other.body]).toEqual([409, { code: 'EVENT_ID_REUSED' }]);
    expect(await stateOf(file.id)).toEqual(DONE);
    const { body: stream } = await world.send(`/v1/agencies/${AGENCY}/events`);
    const types = (stream['events'] as JsonObject[]).map(({ type }) => type);
    expect(types).toContain('go.mpp.connector.contradiction.v1');
  });

  test('a second, different answer under an id of its own', async () => {
    await tell(issued(file));
    const other = await tell(issued(file, { status: 'REJECTED', reasonCode: 'NOT_ELIGIBLE' }));
    expect(other.status).toBe(200);
    expect(await stateOf(file.id)).toEqual({ ...DONE, items: ['conflict'] });
  });

  test('a step backward', async () => {
    await tell(issued(file));
    expect((await tell(issued(file, { status: 'PROCESSING' }))).status).toBe(200);
    expect(await stateOf(file.id)).toEqual(DONE);
  });
});

describe('a reference that is not its own', () => {
  test('an unknown one is kept, and nothing moves', async () => {
    const body = JSON.stringify({
      eventId: 'stray',
      requestId: '1',
      ticket: 'KK-none',
      status: 'REJECTED',
      reasonCode: 'NOT_ELIGIBLE',
    });
    const [first, second] = [await tell(body), await tell(body)];
    expect([first.status, first.body]).toEqual([202, { status: 'KEPT' }]);
    expect(second.text).toBe(first.text);
    expect(await stateOf(file.id)).toEqual(WAITING);
  });

  test("another agency cannot speak of this agency's step", async () => {
    const police = world.bus.desk.registry.adapter('police@1')!.hosted!;
    const body = JSON.stringify({
      eventId: 'e',
      requestNo: file.ticket,
      requestId: file.key,
      status: 'REFUSED',
    });
    const headers = signature(body, { secret: secretOf('polres-6112') });
    const sent = await world.send(`/hosted/polres-6112${Object.values(police)[0]!.path}`, {
      key: null,
      body,
      headers,
    });
    expect(sent.status).toBe(202);
    expect(await stateOf(file.id)).toEqual(WAITING);
  });
});

test('when the ledger cannot take it, the agency is told to come again', async () => {
  const { inbox } = world.ledger;
  world.ledger.inbox = async () => {
    throw new Error('disk full');
  };
  const body = issued(file);
  const sent = await tell(body);
  world.ledger.inbox = inbox;
  expect([sent.status, sent.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await stateOf(file.id)).toEqual(WAITING);
  await tell(body);
  expect(await stateOf(file.id)).toEqual(DONE);
});
