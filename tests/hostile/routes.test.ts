/** Wrong methods, wrong addresses, hostile queries and hosts: a clear refusal, and links from the configuration only. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/http/openapi/table.ts';
import { refuses } from '../http/hostile-rows.ts';
import { application, smallWorld, URL_OF_BUS, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const METHODS = ['get', 'post', 'put', 'delete'];
const paths = [...new Set(OPERATIONS.map(({ path }) => path))];

describe('a method that a path does not offer', () => {
  test.each(paths)('%s', async (template) => {
    // `{id}` would also take the place of `search`.
    const path = template.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
    const offered = OPERATIONS.filter((one) => one.path === template).map(({ method }) => method);
    const others = METHODS.filter((method) => !offered.includes(method as 'get'));
    for (const method of [...others, 'patch', 'options', 'x-made-up']) {
      if (template === '/v1/applications/search' && method === 'get') continue;
      const row = { name: path, path, method: method.toUpperCase(), status: 405, code: 'method_not_allowed' };
      const sent = await refuses(world, row);
      const allowed = sent.headers.get('allow')!.toLowerCase().split(', ');
      expect(allowed).toEqual(expect.arrayContaining(offered));
    }
  });

  test('X-HTTP-Method-Override changes nothing', async () => {
    const { body } = await world.submit(application());
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    const sent = await world.send(`/v1/applications/${String(body['id'])}`, { headers });
    expect(sent.status).toBe(200);
  });
});

describe('an address that is none', () => {
  test.each([
    ['/'],
    ['/v1'],
    ['/v1/'],
    ['/v1/nothing'],
    ['/v1/applications/'],
    ['/V1/applications'],
    ['//v1/applications'],
    ['/v1/applications/a/b/c'],
    ['/v1%2Fapplications'],
    ['/v2/applications'],
    ['/.env'],
    ['/console/../keys.json'],
    ['/hosted'],
    ['/hosted/'],
    ['/hosted/none/v1'],
    ['/hosted/__proto__/v1'],
  ])('%s', async (path) => {
    await refuses(world, { name: path, path, status: 404, code: 'not_found' });
  });

  test.each([
    ['an id that is none', 'x'],
    ['an id beyond any', 'f'.repeat(5_000)],
    ['a quote for SQL', "' OR 1=1 --"],
    ['NUL', '%00'],
    ['half an escape', '%zz'],
    ['up the tree', '..%2f..%2fkeys.json'],
    ['a number never given', '9999-99-26-000001-0'],
    ['a NIK', '9901011405019999'],
  ])('an application named by %s', async (name, id) => {
    await refuses(world, { name, path: `/v1/applications/${id}`, status: 404, code: 'not_found' });
  });

  test('a service that is not published', async () => {
    const service = world.catalogue.services.get('POLRES.SKCK')!;
    world.catalogue.services.set('POLRES.DRAFT', { ...service, code: 'POLRES.DRAFT', status: 'draft' });
    await refuses(world, {
      name: 'draft',
      path: '/v1/services/POLRES.DRAFT/form',
      status: 404,
      code: 'not_found',
    });
    const { body } = await world.send('/v1/services');
    expect((body['services'] as { code: string }[]).map(({ code }) => code)).not.toContain('POLRES.DRAFT');
  });
});

describe('a query that is not written as it must be', () => {
  test.each([
    ['an unknown name', '/v1/applications?flavour=x'],
    ['a NIK', '/v1/applications?nik=9901011405019999'],
    ['a phone number', '/v1/applications?phone=%2B6280000000007'],
    ['a name of the prototype', '/v1/applications?__proto__=x'],
    ['a name twice', '/v1/applications?state=accepted&state=completed'],
    ['an unknown state', '/v1/applications?state=done'],
    ['an injected state', "/v1/applications?state=accepted'%20OR%201=1"],
    ['a cursor that is none', '/v1/applications?cursor=%25'],
    ['limit 0', '/v1/applications?limit=0'],
    ['limit -1', '/v1/applications?limit=-1'],
    ['limit 201', '/v1/applications?limit=201'],
    ['limit 1e9', '/v1/applications?limit=1e9'],
    ['limit 10.5', '/v1/applications?limit=10.5'],
    ['an empty limit', '/v1/applications?limit='],
    ['attention of another word', '/v1/applications?attention=yes'],
    ['a wildcard as service', '/v1/applications?service=%25'],
    ['a site that is none', '/v1/applications?site=x'],
    ['items: limit 501', '/v1/items?limit=501'],
    ['items: a cursor that is none', '/v1/items?cursor=x'],
    ['stuck: limit 0', '/v1/stuck?limit=0'],
    ["an agency's events after none", '/v1/agencies/bank-kalbar/events?after=x'],
  ])('%s', async (name, path) => {
    await refuses(world, { name, path, status: 400, code: 'query_invalid' });
  });
});

test('a Host of somebody else is not believed: links come from the configuration', async () => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'idempotency-key': 'host' };
  const sent = await world.send('https://evil.example/v1/applications', { json: application(), headers });
  const { links } = sent.body as { links: { self: string; events: string } };
  expect(sent.status).toBe(202);
  expect(links.self.startsWith(`${URL_OF_BUS}/v1/applications/`)).toBe(true);
  expect(sent.headers.get('location')).toBe(links.self);
  expect(sent.text).not.toContain('evil');
});
