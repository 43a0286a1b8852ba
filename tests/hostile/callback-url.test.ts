/** Callback URLs that would have the bus call itself or its neighbours: refused when named, whatever their spelling. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuses } from '../http/hostile-rows.ts';
import { REAL, smallWorld, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
let key: string;
beforeAll(async () => {
  world = await smallWorld();
  key = await world.key(REAL, ['callbacks:manage']);
});
afterAll(() => world.close());

const PATH = '/v1/callback-endpoints';

const refused: [url: string, code: string][] = [
  ['https://127.0.0.1/', 'callback_url_address'],
  ['https://127.1/', 'callback_url_address'],
  ['https://2130706433/', 'callback_url_address'],
  ['https://0x7f.1/', 'callback_url_address'],
  ['https://0177.0.0.1/', 'callback_url_address'],
  ['https://①②⑦.⓪.⓪.①/', 'callback_url_address'],
  ['https://0/', 'callback_url_address'],
  ['https://0.0.0.0/', 'callback_url_address'],
  ['https://10.0.0.1/', 'callback_url_address'],
  ['https://192.168.1.1/', 'callback_url_address'],
  ['https://169.254.169.254/latest/meta-data/', 'callback_url_address'],
  ['https://[::1]/', 'callback_url_address'],
  ['https://[::ffff:127.0.0.1]/', 'callback_url_address'],
  ['https://[fe80::1]/', 'callback_url_address'],
  ['https://localhost/', 'callback_url_host'],
  ['https://bus.localhost/', 'callback_url_host'],
  ['https://ledger.internal/', 'callback_url_host'],
  ['https://intranet/', 'callback_url_host'],
  ['https://hook.example.org./', 'callback_url_host'],
  ['https://user:pass@hook.example.org/', 'callback_url_credentials'],
  ['https://@hook.example.org/', 'callback_url_credentials'],
  ['https://hook.example.org\\@127.0.0.1/', 'callback_url_invalid'],
  ['https://hook.example.org/#@127.0.0.1', 'callback_url_fragment'],
  ['https://hook.example.org:22/', 'callback_url_port'],
  ['https://hook.example.org:6379/', 'callback_url_port'],
  ['https://hook.example.org:0/', 'callback_url_port'],
  ['https://hook.example.org:99999/', 'callback_url_invalid'],
  ['http://hook.example.org/', 'callback_url_scheme'],
  ['http://127.0.0.1:9000/', 'callback_url_scheme'],
  ['file:///etc/passwd', 'callback_url_scheme'],
  ['gopher://hook.example.org/', 'callback_url_scheme'],
  ['unix:/var/run/docker.sock', 'callback_url_scheme'],
  ['javascript:alert(1)', 'callback_url_scheme'],
  ['https://hook.example.org/ x', 'callback_url_invalid'],
  ['hook.example.org', 'callback_url_invalid'],
  [`https://hook.example.org/${'x'.repeat(4_000)}`, 'callback_url_too_long'],
];

describe('a callback URL that is refused', () => {
  test.each(refused)('%s', async (url, code) => {
    const row = { name: url, path: PATH, key, json: { url }, status: 422, code, pointer: '/url' };
    await refuses(world, { ...row, canaries: ['user:pass', 'meta-data', 'docker.sock'] });
  });
});

describe('a request that does not hold', () => {
  test.each<[string, object, string, string]>([
    ['no URL', {}, 'missing_field', '/url'],
    ['a number', { url: 1 }, 'schema', '/url'],
    ['an empty URL', { url: '' }, 'schema', '/url'],
    [
      'a secret of its own',
      { url: 'https://hook.example.org/', secret: 'whsec_x' },
      'unknown_field',
      '/secret',
    ],
    ['a platform', { url: 'https://hook.example.org/', platform: 'x' }, 'unknown_field', '/platform'],
    ['types of another shape', { url: 'https://hook.example.org/', types: 'all' }, 'schema', '/types'],
    ['a type that is none', { url: 'https://hook.example.org/', types: ['x'] }, 'schema', '/types/0'],
  ])('%s', async (name, json, code, pointer) => {
    await refuses(world, { name, path: PATH, key, json: json as never, status: 422, code, pointer });
  });
});

test('nothing was registered, called or even looked up', async () => {
  expect((await world.send(PATH, { key })).body).toEqual({ endpoints: [] });
  expect(world.posts).toEqual([]);
});

test('loopback is for sandbox platforms', async () => {
  const sent = await world.send(PATH, { json: { url: 'http://127.0.0.1:9000/hook' } });
  expect(sent.status).toBe(201);
});

test('the eleventh endpoint is one too many', async () => {
  const urls = Array.from({ length: 10 }, (_, n) => `https://hook.example.org/${n}`);
  for (const url of urls) expect((await world.send(PATH, { key, json: { url } })).status).toBe(201);
  const row = { name: 'eleventh', path: PATH, key, json: { url: 'https://hook.example.org/11' } };
  await refuses(world, { ...row, status: 409, code: 'too_many_endpoints' });
});
