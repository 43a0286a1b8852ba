/** The catalogue by moments of a life: what a citizen who had a child, or lost somebody, can ask for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import schema from '../../schemas/application.json' with { type: 'json' };
import { LIFE_EVENTS } from '../../src/http/services.ts';
import { misfits } from './described.ts';
import { smallWorld, type Sent, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const codes = ({ body }: Sent): string[] =>
  (body['services'] as { code: string }[]).map(({ code }) => code).toSorted();

test.each(LIFE_EVENTS)('%s gives the services whose files say so, and no other', async (lifeEvent) => {
  const sent = await world.send(`/v1/services?lifeEvent=${lifeEvent}`);
  expect(misfits('get', '/v1/services', sent)).toEqual([]);
  const own = [...world.catalogue.services.values()].filter((one) => one.lifeEvent === lifeEvent);
  expect(codes(sent)).toEqual(own.map(({ code }) => code).toSorted());
});

test('birth, marriage and death each have some', async () => {
  const found = async (name: string): Promise<string[]> =>
    codes(await world.send(`/v1/services?lifeEvent=${name}`));
  expect(await found('birth')).toContain('DUKCAPIL.AKTA-LAHIR');
  expect(await found('marriage')).toContain('KEMENAG.NIKAH');
  expect(await found('death')).toContain('DUKCAPIL.AKTA-MATI');
  expect(await found('divorce')).toEqual([]);
});

test('a service that is not offered is found under none', async () => {
  const service = world.catalogue.services.get('DUKCAPIL.AKTA-LAHIR')!;
  world.catalogue.services.set(service.code, { ...service, status: 'suspended' });
  const sent = await world.send('/v1/services?lifeEvent=birth');
  world.catalogue.services.set(service.code, service);
  expect(codes(sent)).not.toContain(service.code);
});

test.each(['lifeEvent=brith', 'lifeEvent=birth&lifeEvent=death', 'lifeevent=birth'])(
  '%s is refused: a filter that is dropped shows more than was asked for',
  async (query) => {
    const sent = await world.send(`/v1/services?${query}`);
    expect(misfits('get', '/v1/services', sent)).toEqual([]);
    expect([sent.status, sent.body['code']]).toEqual([400, 'query_invalid']);
  },
);

test('applications and services speak of the same moments', () => {
  expect(LIFE_EVENTS).toEqual(schema.properties.lifeEvent.enum);
});
