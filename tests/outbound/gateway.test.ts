/** An agency behind the national gateway, by configuration alone: its path, its key beside the agency's own sign-in, and the gateway's refusals. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Call, SignIn } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import type { Agency, Gateway } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { asQuestion, readExchange } from '../../src/flow/exchange.ts';
import type { Caller } from '../../src/flow/ports/caller.ts';
import { gatewayWord } from '../../src/outbound/gateway.ts';
import {
  adapterWith,
  agencyAt,
  callerWith,
  exchangeAt,
  json,
  SECRET,
  standIn,
  type Answer,
} from './stand-in.ts';

const KEY = `kunci-${SECRET}`;
const GATEWAY: Gateway = { prefix: '/dukcapil/1.0', header: 'apikey', key: KEY };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function newCaller(): Caller {
  const caller = callerWith();
  open.push(caller);
  return caller;
}

async function serve(answer: Answer = (_, response) => json(response, { ok: true })) {
  const server = await standIn(answer);
  open.push(server);
  return server;
}

const behind = (url: string, gateway: Partial<Gateway> = {}): Agency => ({
  ...agencyAt(url),
  gateway: { ...GATEWAY, ...gateway },
});

/** Signs path and body, as an agency behind it verifies them. */
const signing: SignIn = {
  sign: ({ path, body }) => ({
    authorization: 'Basic YWdlbmN5',
    'x-signature': createHash('sha256').update(path).update(body).digest('hex'),
  }),
};

const fault = (code: number | string, more: JsonObject = {}): JsonObject => ({
  fault: { code, message: 'Invalid Credentials', description: 'Access failure for API', ...more },
});

describe('a request', () => {
  test('goes below the gateway’s path with its key; the agency’s own path is what was signed, and its sign-in passes', async () => {
    const server = await serve();
    const agency = behind(server.url, { tenant: 'kuburayakab.go.id' });
    const got = await exchangeAt(newCaller(), agency, {
      adapter: adapterWith(signing),
      request: { path: '/adminduk/get', query: { a: 'b' }, body: { json: { n: 1 } } },
    });
    expect(got).toMatchObject({ is: 'reply', wire: { status: 200, body: { ok: true } } });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      url: '/t/kuburayakab.go.id/dukcapil/1.0/adminduk/get?a=b',
      headers: { apikey: KEY, authorization: 'Basic YWdlbmN5' },
    });
    const signed = createHash('sha256').update('/adminduk/get?a=b').update('{"n":1}').digest('hex');
    expect(seen!.headers['x-signature']).toBe(signed);
  });

  test.each([
    ['without a tenant', {}, '', '/dukcapil/1.0/v1/ask', 'apikey', KEY],
    ['below a base path of the gateway', {}, '/splp/', '/splp/dukcapil/1.0/v1/ask', 'apikey', KEY],
    [
      'with another header and a word before the key',
      { header: 'authorizationsplp', scheme: 'Bearer' },
      '',
      '/dukcapil/1.0/v1/ask',
      'authorizationsplp',
      `Bearer ${KEY}`,
    ],
  ] as const)('%s', async (_, gateway, base, url, header, value) => {
    const server = await serve();
    const got = await exchangeAt(newCaller(), behind(server.url + base, gateway));
    expect(got.is).toBe('reply');
    expect([server.seen[0]!.url, server.seen[0]!.headers[header]]).toEqual([url, value]);
  });

  test('of an agency without one is as ever', async () => {
    const server = await serve();
    await exchangeAt(newCaller(), agencyAt(`${server.url}/base`));
    expect(server.seen[0]!.url).toBe('/base/v1/ask');
    expect(server.seen[0]!.headers).not.toHaveProperty('apikey');
  });

  test('never has two keys under one header: nothing is sent', async () => {
    const server = await serve();
    const adapter = adapterWith({ sign: () => ({ apikey: 'own' }) });
    expect(await exchangeAt(newCaller(), behind(server.url), { adapter })).toEqual({
      is: 'notSent',
      code: 'bad_request',
    });
    expect(server.seen).toEqual([]);
  });

  test('for a token goes the same way', async () => {
    const server = await serve((seen, response) =>
      json(response, seen.url.endsWith('/token') ? { token: 't1' } : { ok: true }),
    );
    const signIn: SignIn = {
      open: {
        request: () => ({ method: 'POST', path: '/token', body: { form: { a: 'b' } } }),
        reply: ({ body }) => ({ token: (body as { token: string }).token, expiresInSeconds: 300 }),
      },
      sign: (_, { token }) => ({ authorization: `Bearer ${token}` }),
    };
    expect((await exchangeAt(newCaller(), behind(server.url), { adapter: adapterWith(signIn) })).is).toBe(
      'reply',
    );
    expect(server.seen.map(({ url, headers }) => [url, headers['apikey'], headers['authorization']])).toEqual(
      [
        ['/dukcapil/1.0/token', KEY, undefined],
        ['/dukcapil/1.0/v1/ask', KEY, 'Bearer t1'],
      ],
    );
  });

  test('shows where it went, and never the key', async () => {
    const server = await serve((_, response) => json(response, { echo: KEY, ...fault(900_901) }, 401));
    const got = await exchangeAt(newCaller(), behind(server.url));
    expect(got.is).toBe('gateway');
    if (got.is !== 'gateway') return;
    expect(got.sent).toContain('POST /dukcapil/1.0/v1/ask');
    expect(got.sent + got.got).not.toContain(SECRET);
  });
});

describe('what the gateway says itself', () => {
  const read = (status: number, body: JsonObject, headers: Record<string, string> = {}) =>
    gatewayWord({ status, headers, body });

  test.each([
    [900_900, 401, { is: 'away', code: 'AUTH_FAILED' }],
    [900_901, 401, { is: 'away', code: 'AUTH_FAILED' }],
    [900_906, 404, { is: 'away', code: 'AUTH_FAILED' }],
    [900_908, 403, { is: 'away', code: 'AUTH_FAILED' }],
    [900_910, 403, { is: 'away', code: 'AUTH_FAILED' }],
    [900_800, 429, { is: 'retry', code: 'RATE_LIMITED' }],
    [900_804, 429, { is: 'retry', code: 'RATE_LIMITED' }],
    [900_805, 403, { is: 'away', code: 'AUTH_FAILED' }],
    [404, 404, { is: 'away', code: 'GATEWAY_REFUSED' }],
    [900_911, 403, { is: 'away', code: 'GATEWAY_REFUSED' }],
    [101_504, 504, { is: 'unknown', code: 'GATEWAY_FAULT' }],
    [303_001, 503, { is: 'unknown', code: 'GATEWAY_FAULT' }],
  ])('%i with %i', (code, status, outcome) => {
    expect(read(status, fault(code))).toEqual(outcome);
    expect(read(status, fault(String(code)))).toEqual(outcome);
  });

  test('is heard when it names the time, or the seconds, until it lets us in', () => {
    expect(read(429, fault(900_804, { nextAccessTime: '2026-Nov-21 01:30:00+0000 UTC' }))).toEqual({
      ...{ is: 'away', code: 'RATE_LIMITED' },
      until: '2026-11-21T01:30:00.000Z',
    });
    expect(read(429, fault(900_804, { nextAccessTime: 'soon' }), { 'retry-after': '90' })).toEqual({
      ...{ is: 'retry', code: 'RATE_LIMITED' },
      afterSeconds: 90,
    });
  });

  test('is known without the outer object, as later releases write it, and nothing else is', () => {
    const bare = { code: '900902', message: 'Missing Credentials', description: 'Make sure' };
    expect(read(401, bare)).toEqual({ is: 'away', code: 'AUTH_FAILED' });
    for (const other of [
      { ...bare, code: '900102' },
      { ...bare, code: '401' },
      { code: '900902' },
      { fault: 'x' },
    ])
      expect(read(401, other as JsonObject)).toBeNull();
    expect(read(200, fault(900_901))).toBeNull();
  });

  test('in XML too', async () => {
    const xml = `<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900901</ams:code><ams:message>Invalid</ams:message></ams:fault>`;
    const server = await serve((_, response) => json(response, xml, 401, 'application/xml'));
    expect(await exchangeAt(newCaller(), behind(server.url))).toMatchObject({
      is: 'gateway',
      outcome: { is: 'away', code: 'AUTH_FAILED' },
    });
  });

  test('is not looked for where there is no gateway', async () => {
    const server = await serve((_, response) => json(response, fault(900_901), 401));
    expect(await exchangeAt(newCaller(), agencyAt(server.url))).toMatchObject({
      is: 'reply',
      wire: { status: 401 },
    });
  });

  test('leaves the agency’s token alone', async () => {
    let refuse = true;
    const server = await serve((seen, response) => {
      if (seen.url.endsWith('/token')) return json(response, { token: 't1' });
      return refuse ? json(response, fault(900_901), 401) : json(response, { ok: true });
    });
    const adapter = adapterWith({
      open: {
        request: () => ({ method: 'POST', path: '/token' }),
        reply: () => ({ token: 't1', expiresInSeconds: 300 }),
      },
    });
    const caller = newCaller();
    const agency = behind(server.url);
    expect((await exchangeAt(caller, agency, { adapter })).is).toBe('gateway');
    refuse = false;
    expect((await exchangeAt(caller, agency, { adapter })).is).toBe('reply');
    expect(server.seen.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  });

  test('when a token is asked for: the operation was not sent', async () => {
    const server = await serve((_, response) => json(response, fault(900_901), 401));
    const never = (): never => {
      throw new Error('The gateway’s words were handed to the sign-in');
    };
    const adapter = adapterWith({
      open: { request: () => ({ method: 'POST', path: '/token' }), reply: never },
    });
    expect(await exchangeAt(newCaller(), behind(server.url), { adapter })).toEqual({
      is: 'signIn',
      outcome: { is: 'away', code: 'AUTH_FAILED' },
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe('in the flow', () => {
  const call = {
    settings: {},
    key: '1',
    tryKey: '11',
    now: '2026-11-21T01:00:00.000Z',
    tools,
  } satisfies Call;
  const never = { reply: () => expect.fail('The gateway’s words were handed to the adapter') };
  const flowed = async (status: number, body: JsonObject) => {
    const server = await serve((_, response) => json(response, body, status));
    const exchanged = await exchangeAt(newCaller(), behind(server.url));
    return readExchange(exchanged, never, {}, call);
  };

  test('a refusal puts the lane to sleep; no adapter reads it', async () => {
    const read = await flowed(401, fault(900_901));
    expect([read.outcome, read.signal]).toEqual([
      { is: 'away', code: 'AUTH_FAILED' },
      { is: 'away', code: 'AUTH_FAILED' },
    ]);
    expect(JSON.parse(read.excerpt)).toMatchObject({ got: expect.stringContaining('900901') as string });
  });

  test('a throttled question is no "it never arrived", and a throttled send says nothing of the agency', async () => {
    const read = await flowed(403, fault(900_803));
    expect([read.outcome, read.signal]).toEqual([{ is: 'retry', code: 'RATE_LIMITED' }, { is: 'neutral' }]);
    expect(asQuestion(read).outcome).toEqual({ is: 'unknown', code: 'RATE_LIMITED' });
  });

  test('a broken way to the agency leaves the outcome unknown', async () => {
    const read = await flowed(504, fault(101_504));
    expect([read.outcome, read.signal]).toEqual([
      { is: 'unknown', code: 'GATEWAY_FAULT' },
      { is: 'bad', code: 'HTTP_504' },
    ]);
  });
});
