/** Asking again: the first answer byte for byte, never a second application, and no hint across platforms. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { refuses } from '../http/hostile-rows.ts';
import { applicant, application, smallWorld, type Sent, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

let count: number;
beforeEach(async () => {
  count = await world.count();
});

/** An answer without what names the request. */
function answer({ status, headers, text }: Sent): object {
  return { status, text, headers: [...headers].filter(([name]) => name !== 'x-request-id') };
}

describe('a key that is none', () => {
  test.each([
    ['empty', ''],
    ['blank', '  '],
    ['an empty string in quotes', '""'],
    ['a quote left open', '"abc'],
    ['with a space', 'a b'],
    ['joined of two headers', 'one, two'],
    ['with a comma', 'one,two'],
    ['beyond ASCII', 'clé'],
    ['of 256 characters', 'x'.repeat(256)],
    ['of a megabyte', 'x'.repeat(1_000_000)],
  ])('%s', async (name, key) => {
    const row = {
      name,
      headers: { 'idempotency-key': key },
      json: application(),
      status: 400,
      code: 'idempotency_key_invalid',
    };
    await refuses(world, row);
  });

  test('missing', async () => {
    await refuses(world, {
      name: 'missing',
      json: application(),
      status: 400,
      code: 'idempotency_key_missing',
    });
  });
});

describe('the same key and the same application', () => {
  // Its birth date differs from the NIK's: an answer with a warning.
  const odd = (): JsonObject => application(applicant({ birthDate: '2001-05-15' }));

  test('hear the first answer byte for byte', async () => {
    const body = odd();
    const first = await world.submit(body, 'again');
    const second = await world.submit(body, 'again');
    expect(first.status).toBe(202);
    expect(first.body['warnings']).toHaveLength(1);
    expect(answer(second)).toEqual(answer(first));
    expect(await world.count()).toBe(count + 1);
  });

  test('in another order of fields and with other white space', async () => {
    const body = application();
    const first = await world.submit(body, 'order');
    const text = JSON.stringify(Object.fromEntries(Object.entries(body).toReversed()), null, 4);
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'order' };
    const second = await world.send('/v1/applications', { body: text, headers });
    expect(answer(second)).toEqual(answer(first));
    expect(await world.count()).toBe(count + 1);
  });

  test('with the key in quotes, as the draft standard writes it', async () => {
    const body = application();
    const first = await world.submit(body, 'quoted');
    expect(answer(await world.submit(body, '"quoted"'))).toEqual(answer(first));
    expect(await world.count()).toBe(count + 1);
  });

  test('two hundred at once are one application', async () => {
    const body = application();
    const sent = await Promise.all(Array.from({ length: 200 }, () => world.submit(body, 'flood')));
    expect(new Set(sent.map((one) => JSON.stringify(answer(one)))).size).toBe(1);
    expect(sent[0]!.status).toBe(202);
    expect(await world.count()).toBe(count + 1);
  });

  test('years later', async () => {
    const body = application();
    const first = await world.submit(body, 'years');
    world.clock.skip(5 * 365 * 86_400_000);
    expect(answer(await world.submit(body, 'years'))).toEqual(answer(first));
    expect(await world.count()).toBe(count + 1);
  });

  test.each<[string, (world: SmallWorld) => void]>([
    [
      'the service was suspended',
      ({ catalogue: { services } }) => services.set(CODE, { ...services.get(CODE)!, status: 'suspended' }),
    ],
    [
      'the form was narrowed',
      ({ catalogue: { services } }) =>
        services.set(CODE, { ...services.get(CODE)!, form: { type: 'object', maxProperties: 0 } }),
    ],
    ['its agencies serve other regions', ({ catalogue }) => catalogue.agencies.splice(0)],
  ])('after %s', async (_name, change) => {
    const own = await smallWorld();
    const body = application();
    const first = await own.submit(body, 'changed');
    const agencies = [...own.catalogue.agencies];
    change(own);
    expect((await own.submit(application())).status).toBe(422);
    expect(answer(await own.submit(body, 'changed'))).toEqual(answer(first));
    own.catalogue.agencies.push(...agencies.filter((one) => !own.catalogue.agencies.includes(one)));
    expect(await own.count()).toBe(1);
    await own.close();
  });
});

const CODE = 'POLRES.SKCK';

describe('another application', () => {
  test('under the same key is refused', async () => {
    await world.submit(application(), 'taken');
    const row = { name: 'other', headers: { 'idempotency-key': 'taken' }, json: application(), status: 422 };
    await refuses(world, { ...row, code: 'idempotency_key_reused' });
  });

  test('with the same clientReference under a new key is refused', async () => {
    const body = application();
    await world.submit(body, 'reference-1');
    const json = { ...body, channel: 'self' };
    const row = {
      name: 'other',
      headers: { 'idempotency-key': 'reference-2' },
      json,
      status: 409,
      code: 'client_reference_taken',
    };
    await refuses(world, row);
  });
});

test('the same clientReference and body under a new key find their application', async () => {
  const body = application();
  const first = await world.submit(body, 'key-a');
  expect(answer(await world.submit(body, 'key-b'))).toEqual(answer(first));
  expect(await world.count()).toBe(count + 1);
});

test('a key of another platform is its own, and says nothing', async () => {
  const own = await smallWorld();
  own.catalogue.platforms.push({ id: 'other', title: { id: 'Lain', en: 'Other' }, sandbox: true });
  const body = application();
  const first = await own.submit(body, 'shared');
  const key = await own.key('other');
  const json = { ...body, channel: 'self' };
  const other = await own.send('/v1/applications', { key, json, headers: { 'idempotency-key': 'shared' } });
  own.catalogue.platforms.pop();
  expect(other.status).toBe(202);
  expect(other.body['id']).not.toBe(first.body['id']);
  expect(await own.count()).toBe(2);
  await own.close();
});

test('the key counts where something is born: on another route it is ignored', async () => {
  const body = application();
  const { body: receipt } = await world.submit(body, 'routes');
  const withdraw = { json: { reason: 'berubah pikiran' }, headers: { 'idempotency-key': 'routes' } };
  const first = await world.send(`/v1/applications/${String(receipt['id'])}/withdraw`, withdraw);
  const second = await world.send(`/v1/applications/${String(receipt['id'])}/withdraw`, withdraw);
  expect([first.status, second.status, second.body['code']]).toEqual([200, 409, 'application_ended']);
});

test('a refused application leaves its key free', async () => {
  const headers = { 'idempotency-key': 'mended' };
  await refuses(world, {
    name: 'bad',
    headers,
    json: application({ channel: 'fax' }),
    status: 422,
    code: 'schema',
  });
  expect((await world.submit(application(), 'mended')).status).toBe(202);
});
