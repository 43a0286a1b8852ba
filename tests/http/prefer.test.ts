/** `Prefer: wait=…`: a counter gets the result of an immediate check, or its receipt. */
import { afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { openWorld, type World } from '../support/world.ts';
import { checkOf } from './described.ts';

let world: World;
afterEach(() => world.close());

async function ask(prefer: string, afterMs: number): Promise<[number, JsonObject]> {
  world = await openWorld({ catalogue: smallCatalogue({ check: { call: 'desk.look' } }) });
  world.agencies['desk']!.script = async () => {
    await new Promise<void>((resolve) => void world.clock.after(afterMs, resolve));
    return undefined;
  };
  const headers = { 'idempotency-key': 'k1', prefer };
  const key = await world.key('mall');
  const sent = world.bus.app.request('http://bus.test/v1/applications', {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(application()),
  });
  await world.clock.track(Promise.resolve());
  await world.clock.advance(11_000, 50);
  const response = await sent;
  return [response.status, (await response.json()) as JsonObject];
}

test('the result, where it is there in time', async () => {
  const [status, body] = await ask('wait=5', 1_000);
  expect([status, body['state']]).toEqual([200, 'completed']);
  expect(checkOf('ApplicationStatus')(body)).toEqual([]);
});

test('the receipt, where it is not', async () => {
  expect(await ask('respond-async, wait=2', 5_000)).toMatchObject([202, { state: 'accepted' }]);
});

test('nobody holds a connection for minutes', async () => {
  expect(await ask('wait=600', 0)).toMatchObject([400, { code: 'prefer_wait' }]);
});
