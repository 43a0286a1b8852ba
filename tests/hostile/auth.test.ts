/** Who is not known, or may not: 401 and 403, and another platform's things are not there at all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { refuses } from '../http/hostile-rows.ts';
import { application, PHOTO, REAL, SANDBOX, smallWorld, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
let key: string;
beforeAll(async () => {
  world = await smallWorld();
  key = await world.key();
});
afterAll(() => world.close());

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (header: object): string => `Bearer ${base64(header)}.${base64({ sub: 'x' })}.${base64({})}`;

const nobody: [name: string, authorization: () => string][] = [
  ['an empty header', () => ''],
  ['the scheme alone', () => 'Bearer'],
  ['no scheme', () => key],
  ['Basic', () => `Basic ${Buffer.from(key).toString('base64')}`],
  ['two headers joined', () => `Bearer ${key}, Bearer ${key}`],
  ['two keys', () => `Bearer ${key} ${key}`],
  ['a key cut short', () => `Bearer ${key.slice(0, -1)}`],
  ['a key made longer', () => `Bearer ${key}x`],
  ['an unknown id', () => `Bearer jmb_000000000000_${key.slice(-43)}`],
  ['a wrong secret', () => `Bearer ${key.slice(0, -43)}${'A'.repeat(43)}`],
  ['a quote for SQL', () => `Bearer jmb_' OR 1=1--_${key.slice(-43)}`],
  ['a JWT of alg none', () => jwt({ alg: 'none' })],
  ['a JWT with a kid up the tree', () => jwt({ alg: 'HS256', kid: '../../keys.json' })],
  ['a JWT with a jku', () => jwt({ alg: 'RS256', jku: 'http://127.0.0.1/keys' })],
  ['a JWT with its own jwk', () => jwt({ alg: 'RS256', jwk: { kty: 'RSA' } })],
];

describe('a caller who is not known', () => {
  test.each(nobody)('%s', async (name, authorization) => {
    const shown = authorization();
    const row = {
      name,
      key: null,
      headers: { authorization: shown },
      json: application(),
      status: 401,
      code: 'auth_invalid',
    };
    const sent = await refuses(world, { ...row, canaries: [key.slice(-43)] });
    expect(sent.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('no header at all', async () => {
    await refuses(world, { name: 'none', key: null, json: application(), status: 401, code: 'auth_missing' });
  });

  test('an unknown id and a wrong secret hear the same', async () => {
    const [unknown, wrong] = await Promise.all(
      [`jmb_000000000000_${'A'.repeat(43)}`, `${key.slice(0, -43)}${'A'.repeat(43)}`].map((shown) =>
        world.send('/v1/services', { key: shown }),
      ),
    );
    const { requestId: _, ...first } = unknown!.body;
    const { requestId: __, ...second } = wrong!.body;
    expect(first).toEqual(second);
  });

  test.each(['key', 'api_key', 'apikey', 'token', 'access_token'])(
    'a key in the URL as %s, even beside a good one',
    async (name) => {
      const path = `/v1/services?${name}=${key}`;
      await refuses(world, { name, path, status: 401, code: 'key_in_url', canaries: [key.slice(-43)] });
    },
  );

  test('a revoked key', async () => {
    const revoked = await world.key();
    expect((await world.send('/v1/services', { key: revoked })).status).toBe(200);
    await world.ledger.revokeKey(revoked.split('_')[1]!, '2026-01-01T00:00:00.000Z');
    await refuses(world, {
      name: 'revoked',
      path: '/v1/services',
      key: revoked,
      status: 401,
      code: 'auth_invalid',
    });
  });

  test('an expired key', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString();
    const made = newApiKey(world.bus.desk, {
      platform: SANDBOX,
      scopes: ['applications:read'],
      title: 'test',
      expiresAt,
    });
    await world.ledger.createKey(made.row);
    expect((await world.send('/v1/services', { key: made.text })).status).toBe(200);
    world.clock.skip(60_000);
    await refuses(world, {
      name: 'expired',
      path: '/v1/services',
      key: made.text,
      status: 401,
      code: 'auth_invalid',
    });
  });

  test('a key of a platform that is no longer there', async () => {
    const orphan = await world.key('gone');
    await refuses(world, {
      name: 'orphan',
      path: '/v1/services',
      key: orphan,
      status: 401,
      code: 'auth_invalid',
    });
  });

  test('is told so before his body is read', async () => {
    const body = new ReadableStream({
      pull() {
        throw new Error('read');
      },
    });
    const response = await world.bus.app.request('/v1/applications', {
      method: 'POST',
      body,
      duplex: 'half',
    });
    expect(response.status).toBe(401);
  });
});

const id = '00000000-0000-7000-8000-000000000000';
const reason = { json: { reason: 'contoh alasan' } };

/** Every route that a scope guards, asked with every other scope. */
const guarded: [scope: Scope, path: string, send: object][] = [
  ['applications:submit', '/v1/applications', { json: {} }],
  ['applications:submit', `/v1/applications/${id}/withdraw`, reason],
  ['applications:submit', `/v1/documents/${'a'.repeat(64)}`, { method: 'PUT', body: PHOTO }],
  ['applications:read', '/v1/applications', {}],
  ['applications:read', '/v1/applications/search', { json: {} }],
  ['applications:read', `/v1/applications/${id}`, {}],
  ['applications:read', `/v1/applications/${id}/events`, {}],
  ['applications:read', `/v1/applications/${id}/documents/photo-1`, {}],
  ['applications:read', '/v1/services', {}],
  ['applications:read', '/v1/services/POLRES.SKCK', {}],
  ['applications:read', '/v1/services/POLRES.SKCK/form', {}],
  ['callbacks:manage', '/v1/callback-endpoints', {}],
  ['callbacks:manage', '/v1/callback-endpoints', { json: { url: 'https://a.example.org' } }],
  ['callbacks:manage', `/v1/callback-endpoints/${id}`, { method: 'DELETE' }],
  ['callbacks:manage', `/v1/callback-endpoints/${id}/rotate-secret`, { method: 'POST' }],
  ['callbacks:manage', `/v1/callback-endpoints/${id}/resume`, { method: 'POST' }],
  ['callbacks:manage', `/v1/callback-endpoints/${id}/test`, { method: 'POST' }],
  ['callbacks:manage', `/v1/callback-endpoints/${id}/deliveries`, {}],
  ['callbacks:manage', `/v1/callback-endpoints/${id}/redeliver`, { json: {} }],
  ['operate', `/v1/applications/${id}/cancel`, reason],
  ['operate', `/v1/applications/${id}/steps/bill/retry`, reason],
  ['operate', `/v1/applications/${id}/steps/bill/new-round`, reason],
  ['operate', `/v1/applications/${id}/steps/bill/resolve`, reason],
  ['operate', '/v1/items', {}],
  ['operate', '/v1/stuck', {}],
  ['operate', '/v1/agencies', {}],
  ['operate', '/v1/agencies/bus/events', {}],
  ['operate', '/v1/agencies/bank-kalbar/pause', reason],
  ['operate', '/v1/agencies/bank-kalbar/resume', reason],
];

describe('a key without the scope', () => {
  test.each(guarded)('%s for %s', async (scope, path, send) => {
    const all: Scope[] = ['applications:submit', 'applications:read', 'callbacks:manage', 'operate'];
    const others = await world.key(
      SANDBOX,
      all.filter((one) => one !== scope),
    );
    const sent = await refuses(world, { name: path, path, key: others, ...send, status: 403, code: 'scope' });
    expect(sent.headers.get('www-authenticate')).toContain(scope);
    expect(world.log.at(-1)).toContain('"event":"request.refused"');
    const right = await world.send(path, { key: await world.key(SANDBOX, [scope]), ...send });
    expect([401, 403, 405, 500]).not.toContain(right.status);
  });
});

describe("another platform's things are not there", () => {
  const paths: [string, object][] = [
    ['', {}],
    ['/events', {}],
    ['/documents/photo-1', {}],
    ['/withdraw', reason],
  ];
  test.each(paths)('application%s', async (path, send) => {
    const { body } = await world.submit(application());
    const other = await world.key(REAL, ['applications:submit', 'applications:read']);
    for (const name of [String(body['id']), String(body['number'])]) {
      const row = {
        name,
        path: `/v1/applications/${name}${path}`,
        key: other,
        ...send,
        status: 404,
        code: 'not_found',
      };
      const theirs = await refuses(world, row);
      const { detail } = (await world.send(`/v1/applications/${id}${path}`, { key: other, ...send })).body;
      expect(theirs.body['detail']).toBe(detail);
    }
    expect((await world.send(`/v1/applications/${String(body['id'])}`)).body['state']).toBe('accepted');
  });

  test('in no list and no search', async () => {
    await world.submit(application());
    const other = await world.key(REAL, ['applications:read']);
    const list = await world.send('/v1/applications', { key: other });
    const search = await world.send('/v1/applications/search', {
      key: other,
      json: { nik: '9901011405019999' },
    });
    expect([list.body['applications'], search.body['applications']]).toEqual([[], []]);
  });

  test('callback endpoints', async () => {
    const made = await world.send('/v1/callback-endpoints', { json: { url: 'https://hook.example.org/' } });
    const other = await world.key(REAL);
    const path = `/v1/callback-endpoints/${String(made.body['id'])}`;
    for (const act of ['/rotate-secret', '/resume', '/test']) {
      await refuses(world, {
        name: act,
        path: path + act,
        method: 'POST',
        key: other,
        status: 404,
        code: 'not_found',
      });
    }
    await refuses(world, {
      name: 'delete',
      path,
      method: 'DELETE',
      key: other,
      status: 404,
      code: 'not_found',
    });
    await refuses(world, {
      name: 'deliveries',
      path: `${path}/deliveries`,
      key: other,
      status: 404,
      code: 'not_found',
    });
    expect(world.posts).toEqual([]);
  });

  test('redelivery of their events', async () => {
    const { body } = await world.submit(application());
    const other = await world.key(REAL, ['callbacks:manage']);
    const made = await world.send('/v1/callback-endpoints', {
      key: other,
      json: { url: 'https://hook.example.org/' },
    });
    const path = `/v1/callback-endpoints/${String(made.body['id'])}/redeliver`;
    await refuses(world, {
      name: 'redeliver',
      path,
      key: other,
      json: { applicationId: body['id']! },
      status: 404,
      code: 'not_found',
    });
  });
});
