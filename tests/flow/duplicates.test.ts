/** One citizen, one service, twice open. */
import { expect, test } from 'vitest';
import { application, items, look, post, submit } from '../support/applications.ts';
import { SERVICE, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();

async function opened(duplicates: 'allow' | 'warn' | 'refuse'): Promise<World> {
  const catalogue = smallCatalogue({ a: { call: 'desk.announce' } });
  catalogue.services.set(SERVICE, { ...catalogue.services.get(SERVICE)!, duplicates });
  return open({ catalogue });
}

const done = (world: World, n: number): Promise<Response> =>
  world.news('desk', 'announce', { id: `n${n}`, reference: 'ANN-1', outcome: { is: 'ok', output: {} } });

test('refused within a platform, and free again when the first has ended', async () => {
  const world = await opened('refuse');
  const first = await submit(world);
  const { number } = (await (await world.call(`/v1/applications/${first}`)).json()) as { number: string };
  const second = await post(world, application());
  expect([second.status, await second.json()]).toMatchObject([
    409,
    { code: 'duplicate_open', detail: expect.stringContaining(number) },
  ]);
  await world.clock.advance(1_000);
  await done(world, 1);
  expect((await look(world, first)).state).toBe('completed');
  expect((await post(world, application())).status).toBe(202);
});

test('two at the same instant: one', async () => {
  const world = await opened('refuse');
  const both = await Promise.all([post(world, application()), post(world, application())]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([202, 409]);
});

test('the same application again is a repeat, not a second one', async () => {
  const world = await opened('refuse');
  const body = application();
  await post(world, body, { key: 'k' });
  expect((await post(world, body, { key: 'k' })).status).toBe(202);
});

test('another platform’s is an item at the deciding agency’s desk; that platform learns nothing', async () => {
  const world = await opened('refuse');
  const first = await submit(world);
  const second = await post(world, application(), { platform: 'portal' });
  expect(second.status).toBe(202);
  const { id } = (await second.json()) as { id: string };
  expect(await items(world, id)).toEqual(['a duplicate OPEN_ELSEWHERE']);
  expect(await items(world, first)).toEqual([]);
  expect((await world.ledger.openItems({ role: 'desk', most: 5 })).map((one) => one.applicationId)).toEqual([
    id,
  ]);
});

test('pointed out, or allowed', async () => {
  const world = await opened('warn');
  await submit(world);
  expect(await items(world, await submit(world))).toEqual(['a duplicate OPEN_HERE']);
  const free = await opened('allow');
  await submit(free);
  expect(await items(free, await submit(free))).toEqual([]);
});
