/** Callback endpoints through the API: registered, tested, rotated, resumed, looked at, sent to again, removed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import callbackSchema from '../../schemas/callback.json' with { type: 'json' };
import type { JsonObject } from '../../src/domain/outcome.ts';
import { notify } from '../../src/flow/notify.ts';
import { compile } from '../../src/schema/validate.ts';
import { misfits } from './described.ts';
import { application, smallWorld, URL_OF_BUS, type Sent, type SmallWorld } from './world.ts';

const ALL = '/v1/callback-endpoints';
const ONE = `${ALL}/{id}`;
const checkCallback = compile(callbackSchema);
const url = 'https://hook.example.org/jembatan';

let world: SmallWorld;
let status = 204;
beforeAll(async () => {
  world = await smallWorld({ receiver: () => ({ status }) });
});
afterAll(() => world.close());

async function registered(fields: JsonObject = {}): Promise<{ id: string; secret: string; path: string }> {
  const sent = await world.send(ALL, { json: { url, ...fields } });
  expect(misfits('post', ALL, sent)).toEqual([]);
  const { id, secret } = sent.body as Record<string, string>;
  return { id: id!, secret: secret!, path: `${ALL}/${id!}` };
}
const post = (path: string): Promise<Sent> => world.send(path, { method: 'POST' });
const remove = (path: string): Promise<Sent> => world.send(path, { method: 'DELETE' });

/** Sends what is due at an endpoint, as its lane would. */
async function deliver(id: string): Promise<void> {
  const { wake } = (await world.ledger.endpoint(id))!;
  await notify({ ...world.bus.desk, ledger: world.ledger, url: URL_OF_BUS, poster: poster() }, { id, wake });
}
function poster(): Parameters<typeof notify>[0]['poster'] {
  return { post: async (one) => (world.posts.push(one), { status }), close: async () => undefined };
}

test('a secret is shown once', async () => {
  const { secret, path, id } = await registered({ types: ['go.mpp.application.accepted.v1'] });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const list = await world.send(ALL);
  expect(misfits('get', ALL, list)).toEqual([]);
  expect(list.body['endpoints']).toMatchObject([
    { id, url, types: ['go.mpp.application.accepted.v1'], state: 'active' },
  ]);
  expect(list.text).not.toContain('whsec_');
  await remove(path);
});

test('a test event is signed with its secret and answered with what the receiver said', async () => {
  const { secret, path } = await registered();
  status = 202;
  const sent = await post(`${path}/test`);
  expect(misfits('post', `${ONE}/test`, sent)).toEqual([]);
  expect(sent.body).toEqual({ status: 202 });
  const posted = world.posts.at(-1)!;
  expect(posted).toMatchObject({ url, secrets: [secret] });
  expect(JSON.parse(posted.body)).toMatchObject({
    specversion: '1.0',
    source: URL_OF_BUS,
    type: 'go.mpp.callback.test.v1',
  });
  status = 204;
  await remove(path);
});

test('after a rotation the old secret signs too, until the next one', async () => {
  const { secret, path } = await registered();
  const first = await post(`${path}/rotate-secret`);
  expect(misfits('post', `${ONE}/rotate-secret`, first)).toEqual([]);
  await post(`${path}/test`);
  expect(world.posts.at(-1)!.secrets).toEqual([first.body['secret'], secret]);
  const second = await post(`${path}/rotate-secret`);
  await post(`${path}/test`);
  expect(world.posts.at(-1)!.secrets).toEqual([second.body['secret'], first.body['secret']]);
  await remove(path);
});

test('deliveries are listed newest first, page by page, and sent again on request', async () => {
  const { id, path } = await registered();
  const { body } = await world.submit(application());
  await deliver(id);
  await world.send(`/v1/applications/${String(body['id'])}/withdraw`, {
    json: { reason: 'berubah pikiran' },
  });
  await deliver(id);
  const all = await world.send(`${path}/deliveries`);
  expect(misfits('get', `${ONE}/deliveries`, all)).toEqual([]);
  const numbers = ({ body: page }: Sent): unknown[] =>
    (page['deliveries'] as JsonObject[]).map(({ seq }) => seq);
  expect(world.posts.flatMap((one) => checkCallback(JSON.parse(one.body)))).toEqual([]);
  const seen = numbers(all);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => Number(b) - Number(a)));
  const first = await world.send(`${path}/deliveries?limit=1`);
  const second = await world.send(`${path}/deliveries?limit=1&cursor=${String(first.body['nextCursor'])}`);
  expect([...numbers(first), ...numbers(second)]).toEqual(seen.slice(0, 2));

  const again = await world.send(`${path}/redeliver`, {
    json: { applicationId: body['id']!, fromSequence: 1 },
  });
  expect(misfits('post', `${ONE}/redeliver`, again)).toEqual([]);
  expect(again.body).toEqual({ applicationId: body['id'], fromSequence: 1 });
  const before = world.posts.length;
  await deliver(id);
  expect(world.posts.length - before).toBe(seen.length);
  await remove(path);
});

test('redelivery from a number that is none is refused', async () => {
  const { path } = await registered();
  const { body } = await world.submit(application());
  for (const [fromSequence, code] of [
    [0, 'schema'],
    [1.5, 'schema'],
    [1_000, 'sequence_invalid'],
  ] as const) {
    const sent = await world.send(`${path}/redeliver`, {
      json: { applicationId: body['id']!, fromSequence },
    });
    expect(misfits('post', `${ONE}/redeliver`, sent)).toEqual([]);
    expect([sent.status, sent.body['code']]).toEqual([422, code]);
  }
  await remove(path);
});

test('a receiver that says 410 is disabled until it is resumed', async () => {
  const { id, path } = await registered();
  await world.submit(application());
  status = 410;
  await deliver(id);
  status = 204;
  const state = async (): Promise<unknown> =>
    ((await world.send(ALL)).body['endpoints'] as JsonObject[])[0]!['state'];
  expect(await state()).toBe('disabled');
  const sent = await post(`${path}/resume`);
  expect(misfits('post', `${ONE}/resume`, sent)).toEqual([]);
  expect([sent.body['state'], await state()]).toEqual(['active', 'active']);
  await remove(path);
});

test('what is removed is gone', async () => {
  const { path } = await registered();
  const sent = await remove(path);
  expect(misfits('delete', ONE, sent)).toEqual([]);
  const again = await remove(path);
  expect(misfits('delete', ONE, again)).toEqual([]);
  expect([sent.status, again.status]).toEqual([204, 404]);
  expect((await world.send(ALL)).body).toEqual({ endpoints: [] });
});
