import { describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { CallbackPost, CallbackPosted } from '../../src/flow/ports/callback-poster.ts';
import { application, look, submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Heard {
  applicationId: string;
  sequence: number;
  type: string;
  at: number;
}

interface Receiving {
  world: World;
  endpoint: { id: string; secret: string };
  heard: Heard[];
  /** What the receiver says; default 204. */
  answer: { now: (post: CallbackPost) => CallbackPosted | Promise<CallbackPosted> };
}

/** A world whose platform has registered an endpoint; `heard` is what it took. */
async function receiving(body: object = {}): Promise<Receiving> {
  const heard: Heard[] = [];
  const answer: Receiving['answer'] = { now: () => ({ status: 204 }) };
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.file' }, b: { call: 'desk.stamp', after: 'a' } }),
    async receiver(post) {
      const said = await answer.now(post);
      const event = JSON.parse(post.body) as { type: string; data: Heard };
      if ('status' in said && said.status < 300)
        heard.push({ ...event.data, type: event.type, at: post.timestamp });
      return said;
    },
  });
  const registered = await world.call('/v1/callback-endpoints', {
    body: { url: 'https://portal.example/hook', ...body },
  });
  expect(registered.status).toBe(201);
  return { world, heard, answer, endpoint: (await registered.json()) as Receiving['endpoint'] };
}

const sequences = (heard: Heard[], id: string): number[] =>
  heard.filter(({ applicationId }) => applicationId === id).map(({ sequence }) => sequence);
const endpointOf = async ({
  world,
  endpoint,
}: Receiving): Promise<{ state: string; code: string | null }> => {
  const { endpoints } = (await (await world.call('/v1/callback-endpoints')).json()) as {
    endpoints: { id: string; state: string; code: string | null }[];
  };
  return endpoints.find(({ id }) => id === endpoint.id)!;
};
const versionOf = async (world: World, id: string): Promise<number> =>
  (await world.ledger.read(id))!.application.version;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

test('every event is told once, signed, each application in its order', async () => {
  const { world, heard, endpoint } = await receiving();
  const ids = [await submit(world), await submit(world), await submit(world)];
  await world.clock.advance(MINUTE);
  for (const id of ids) {
    expect((await look(world, id)).state).toBe('completed');
    expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  }
  const [post] = world.posts;
  expect(post!.secrets).toEqual([endpoint.secret]);
  const now = new Date(post!.timestamp);
  expect(new Webhook(endpoint.secret).sign(post!.id, now, post!.body)).toMatch(/^v1,/);
  expect(JSON.parse(post!.body)).toMatchObject({
    specversion: '1.0',
    type: 'go.mpp.application.accepted.v1',
    subject: ids[0],
  });
});

test('only the types that were asked for, and only one’s own platform’s', async () => {
  const { world, heard } = await receiving({ types: ['go.mpp.application.completed.v1'] });
  await submit(world);
  const headers = { 'idempotency-key': 'portal-1' };
  await world.call('/v1/applications', { body: application(), platform: 'portal', headers });
  await world.clock.advance(MINUTE);
  expect(heard.map(({ type }) => type)).toEqual(['go.mpp.application.completed.v1']);
});

describe('an endpoint that fails', () => {
  test('is knocked at by one, further and further apart, and misses nothing when it is back', async () => {
    const all = await receiving();
    const { world, heard, answer } = all;
    answer.now = () => ({ status: 500 });
    const ids = [await submit(world), await submit(world)];
    await world.clock.advance(DAY, 60_000);
    const times = world.posts.map(({ timestamp }) => timestamp);
    expect(times.length).toBeLessThan(20);
    const gaps = times.slice(1).map((at, n) => at - times[n]!);
    expect(gaps.at(-1)).toBeGreaterThan(6 * HOUR);
    expect(new Set(world.posts.map(({ id }) => id)).size).toBe(1);
    expect(await endpointOf(all)).toMatchObject({ state: 'active', code: 'http_500' });
    answer.now = () => ({ status: 204 });
    await world.clock.advance(12 * HOUR, 60_000);
    for (const id of ids) expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  });

  test('is told to come back later, and is not bothered before', async () => {
    const { world, answer } = await receiving();
    answer.now = () => ({ status: 429, retryAfterSeconds: 3600 });
    await submit(world);
    await world.clock.advance(3_500_000, 10_000);
    expect(world.posts).toHaveLength(1);
  });

  test('is paused after three days with an alarm, resumed by a person, and nothing was skipped', async () => {
    const all = await receiving();
    const { world, heard, answer, endpoint } = all;
    answer.now = () => ({ failed: 'callback_unreachable' });
    const id = await submit(world);
    await world.clock.advance(3 * DAY - HOUR, MINUTE);
    expect((await endpointOf(all)).state).toBe('active');
    await world.clock.advance(12 * HOUR, MINUTE);
    expect(await endpointOf(all)).toMatchObject({ state: 'paused', code: 'callback_unreachable' });
    const knocked = world.posts.length;
    await world.clock.advance(2 * DAY, 10 * MINUTE);
    expect(world.posts).toHaveLength(knocked);
    expect((await world.ledger.events('bus', 0, 10)).map(({ type }) => type)).toContain(
      'go.mpp.callback.stopped.v1',
    );
    answer.now = () => ({ status: 204 });
    expect(
      (await world.call(`/v1/callback-endpoints/${endpoint.id}/resume`, { method: 'POST' })).status,
    ).toBe(200);
    await world.clock.advance(MINUTE);
    expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  });

  test('that says 410 is disabled at once', async () => {
    const all = await receiving();
    const { world, answer } = all;
    answer.now = () => ({ status: 410 });
    await submit(world);
    await world.clock.advance(DAY, MINUTE);
    expect(world.posts).toHaveLength(1);
    expect(await endpointOf(all)).toMatchObject({ state: 'disabled', code: 'http_410' });
  });

  test('that was disabled misses nothing of what happened meanwhile once a person resumes it', async () => {
    const all = await receiving();
    const { world, heard, answer, endpoint } = all;
    const first = await submit(world);
    await world.clock.advance(MINUTE);
    answer.now = () => ({ status: 410 });
    const second = await submit(world);
    await world.clock.advance(MINUTE);
    expect((await endpointOf(all)).state).toBe('disabled');
    const third = await submit(world);
    await world.clock.advance(MINUTE);
    answer.now = () => ({ status: 204 });
    const resumed = await world.call(`/v1/callback-endpoints/${endpoint.id}/resume`, { method: 'POST' });
    expect(resumed.status).toBe(200);
    await world.clock.advance(MINUTE);
    for (const id of [first, second, third])
      expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  });

  test('in the middle of a batch goes on at the very event that failed', async () => {
    const { world, heard, answer } = await receiving();
    let n = 0;
    answer.now = () => ({ status: (n += 1) % 3 === 0 ? 503 : 204 });
    const ids = [await submit(world), await submit(world)];
    await world.clock.advance(HOUR, 5000);
    for (const id of ids) expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  });

  test('slowly keeps each application’s order: a batch ends before another may begin', async () => {
    const { world, heard, answer } = await receiving();
    let open = 0;
    let most = 0;
    answer.now = async () => {
      most = Math.max(most, (open += 1));
      await new Promise<void>((resolve) => void world.clock.after(14_000, resolve));
      open -= 1;
      return { status: 204 };
    };
    const ids = [await submit(world), await submit(world), await submit(world)];
    await world.clock.advance(HOUR, 5000);
    expect(most).toBe(1);
    for (const id of ids) expect(sequences(heard, id)).toEqual(upTo(await versionOf(world, id)));
  });
});

test('told again on request, from a number on, also while a batch is under way', async () => {
  const { world, heard, answer, endpoint } = await receiving();
  const id = await submit(world);
  await world.clock.advance(MINUTE);
  const all = upTo(await versionOf(world, id));
  const again = async (fromSequence: number): Promise<void> => {
    const body = { applicationId: id, fromSequence };
    expect((await world.call(`/v1/callback-endpoints/${endpoint.id}/redeliver`, { body })).status).toBe(202);
  };
  await again(2);
  await world.clock.advance(MINUTE);
  expect(sequences(heard.splice(0), id)).toEqual([...all, ...all.slice(1)]);
  let asked = false;
  answer.now = async () => {
    if (!asked) {
      asked = true;
      await again(1);
    }
    return { status: 204 };
  };
  await again(3);
  await world.clock.advance(MINUTE);
  expect(sequences(heard, id)).toEqual([...all.slice(2), ...all]);
});

test('a new secret signs beside the old one, so that none is lost meanwhile', async () => {
  const { world, endpoint } = await receiving();
  const rotated = (await (
    await world.call(`/v1/callback-endpoints/${endpoint.id}/rotate-secret`, { method: 'POST' })
  ).json()) as { secret: string };
  await submit(world);
  await world.clock.advance(MINUTE);
  expect(world.posts[0]!.secrets).toEqual([rotated.secret, endpoint.secret]);
});

test('what was delivered can be looked up for 30 days', async () => {
  const { world, endpoint } = await receiving();
  await submit(world);
  await world.clock.advance(MINUTE);
  const logged = async (): Promise<number> => (await world.ledger.deliveryLog(endpoint.id, '', 99)).length;
  const some = await logged();
  expect(some).toBeGreaterThan(3);
  await world.clock.advance(30 * DAY - HOUR, HOUR);
  expect(await logged()).toBe(some);
  await world.clock.advance(2 * HOUR, HOUR);
  expect(await logged()).toBe(0);
});
