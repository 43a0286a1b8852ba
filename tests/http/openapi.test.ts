/** The API's description says all of the API and nothing else, and its page needs nothing from outside. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOf, DOCUMENT } from './described.ts';
import { smallWorld, URL_OF_BUS, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

/** Agencies' own formats, each adapter's: described in its guide. */
const ELSEWHERE = ['ALL /hosted/:agency/*'];
const MIDDLEWARE = ['ALL /*', 'ALL /v1/*'];

test('every route is described, and every description has its route', () => {
  const routes = new Set(world.bus.app.routes.map(({ method, path }) => `${method} ${path}`));
  const described = Object.entries(DOCUMENT.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
  const plain = [...routes].map((route) => (route.endsWith('/') ? route.slice(0, -1) : route));
  expect(plain.toSorted()).toEqual([...described, ...ELSEWHERE, ...MIDDLEWARE].toSorted());
});

test('it is served as it is made, with the configured address', async () => {
  const sent = await world.send('/openapi.json', { key: null });
  const { version } = sent.body['info'] as { version: string };
  expect(sent.body).toEqual(JSON.parse(JSON.stringify({ ...DOCUMENT, info: { ...DOCUMENT.info, version } })));
  expect([sent.body['openapi'], sent.body['servers']]).toEqual(['3.1.1', [{ url: URL_OF_BUS }]]);
});

test('no reference leads nowhere', () => {
  const refs = [...JSON.stringify(DOCUMENT).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
  const dangling = refs.filter((ref) => {
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], DOCUMENT);
    return !ref.startsWith('#/components/') || found === undefined;
  });
  expect(refs.length).toBeGreaterThan(100);
  expect(dangling).toEqual([]);
});

test('names that tools build code from are unique and plain', () => {
  const ids = Object.values(DOCUMENT.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId as string),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
  expect(Object.keys(DOCUMENT.components.schemas).filter((name) => !/^[A-Za-z0-9.]+$/.test(name))).toEqual(
    [],
  );
});

test.each(Object.keys(DOCUMENT.components.schemas))('%s is a schema, and its examples hold by it', (name) => {
  const check = checkOf(name);
  const { examples = [] } = DOCUMENT.components.schemas[name]! as { examples?: unknown[] };
  expect(examples.flatMap(check)).toEqual([]);
});

test('there is an example of what a submission hears', () => {
  expect(DOCUMENT.components.schemas['Receipt']!['examples']).toHaveLength(1);
});

test('the page shows every operation and every schema, without script or outside asset', async () => {
  const sent = await world.send('/docs', { key: null });
  expect([sent.status, sent.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  for (const operations of Object.values(DOCUMENT.paths)) {
    for (const { operationId } of Object.values(operations))
      expect(sent.text).toContain(`id="${String(operationId)}"`);
  }
  for (const name of Object.keys(DOCUMENT.components.schemas))
    expect(sent.text).toContain(`id="schema-${name}"`);
  expect(sent.text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(| on[a-z]+=|src=/i);
  const links = [...sent.text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
  const anchors = links.filter((href) => href !== '/openapi.json');
  for (const href of anchors) expect(sent.text).toContain(`id="${href.slice(1)}"`);
});

test('the policy of the page lets its own style in and nothing else', async () => {
  const sent = await world.send('/docs', { key: null });
  const style = /<style>([\s\S]*?)<\/style>/.exec(sent.text)![1]!;
  const policy = sent.headers.get('content-security-policy');
  expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'`);
});
