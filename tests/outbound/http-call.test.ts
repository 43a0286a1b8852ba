/** One exchange against real servers: what is a reply, what is unreadable, what was surely not sent, what is lost. */
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Caller } from '../../src/flow/ports/caller.ts';
import {
  adapterWith,
  agencyAt,
  callerWith,
  deadPort,
  exchangeAt,
  handClock,
  json,
  listen,
  rawStandIn,
  SECRET,
  standIn,
  type Answer,
} from './stand-in.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function newCaller(): Caller {
  const caller = callerWith();
  open.push(caller);
  return caller;
}

async function serve(answer: Answer) {
  const server = await standIn(answer);
  open.push(server);
  return server;
}

async function raw(text: string, end: 'end' | 'reset' | 'stay' = 'end') {
  const server = await rawStandIn((socket) => {
    socket.once('data', () => {
      socket.write(text);
      if (end === 'end') socket.end();
      if (end === 'reset') socket.resetAndDestroy();
    });
  });
  open.push(server);
  return server;
}

test('a JSON request goes out whole and its reply comes back parsed, with raw bytes and masked excerpts', async () => {
  const server = await serve((_, response) =>
    json(response, { ok: true, nik: '9901014508909999', echo: SECRET }),
  );
  const got = await exchangeAt(newCaller(), agencyAt(server.url + '/base/'), {
    request: { query: { a: 'x y', b: '&' }, headers: { 'X-Note': 'one' } },
  });
  expect(got).toMatchObject({
    is: 'reply',
    wire: { status: 200, type: 'application/json', body: { ok: true, echo: SECRET } },
  });
  expect(server.seen[0]).toMatchObject({
    method: 'POST',
    url: '/base/v1/ask?a=x%20y&b=%26',
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'x-note': 'one',
      'content-length': '26',
    },
  });
  expect(server.seen[0]!.headers).not.toHaveProperty('cookie');
  if (got.is !== 'reply') return;
  expect(Buffer.from(got.bytes).toString()).toContain(SECRET);
  expect(got.wire.bytes).toBe(got.bytes.length);
  expect(got.sent).toContain('POST /base/v1/ask?a=x%20y&b=%26\nX-Note: one\n\n{"nik":"************9999"}');
  expect(got.sent + got.got).not.toMatch(/990101|rahasia/);
});

test.each([
  ['application/problem+json', '{"a":1}', { a: 1 }],
  ['text/plain', ' {"a":1}', { a: 1 }],
  ['text/html; charset=utf-8', '{"a":1}', { a: 1 }],
  ['text/html', '{broken', '{broken'],
  ['text/html', '<html>Selamat datang</html>', '<html>Selamat datang</html>'],
  ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
  ['application/xml', '<a><b>1</b></a>', expect.objectContaining({ a: expect.anything() })],
  ['application/pdf', '%PDF-1.7', null],
  ['application/json', '', null],
])('%s %j is read as %j', async (type, body, expected) => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  });
  expect(await exchangeAt(newCaller(), agencyAt(server.url))).toMatchObject({
    is: 'reply',
    wire: { body: expected },
  });
});

test.each([
  ['HTML as JSON', 'application/json', '<html>bad gateway'],
  ['truncated JSON', 'application/json', '{"a":'],
  ['JSONP', 'application/json', 'call({"a":1})'],
  ['an XML bomb', 'text/xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ['a charset nobody knows', 'text/plain; charset=contoh', 'x'],
])('%s is a bad reply', async (_, type, body) => {
  const server = await serve((_seen, response) => json(response, body, 200, type));
  const got = await exchangeAt(newCaller(), agencyAt(server.url));
  expect(got).toMatchObject({ is: 'unreadable', code: 'agency_bad_reply', status: 200 });
});

test('an encoded reply is not unpacked', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync('{"a":1}'));
  });
  expect(await exchangeAt(newCaller(), agencyAt(server.url))).toMatchObject({
    is: 'unreadable',
    code: 'agency_bad_reply',
  });
});

test.each([301, 302, 303, 307, 308, 304])('redirect %i is never followed', async (status) => {
  const server = await serve((seen, response) => {
    if (seen.url === '/other') return json(response, {});
    response.writeHead(status, { location: '/other' });
    response.end();
  });
  const got = await exchangeAt(newCaller(), agencyAt(server.url));
  expect(got).toMatchObject({ is: 'unreadable', code: 'agency_redirect', status });
  expect(server.seen).toHaveLength(1);
});

test('a reply over the cap is refused, announced or not, and its connection ended', async () => {
  const announced = await serve((_, response) => json(response, 'x'.repeat(2_000)));
  const endless = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(500))) {
        // until the pipe is full
      }
    };
    response.on('drain', more);
    more();
  });
  for (const server of [announced, endless]) {
    const got = await exchangeAt(newCaller(), agencyAt(server.url, { maxReplyBytes: 1_000 }));
    expect(got).toMatchObject({ is: 'unreadable', code: 'agency_reply_too_large', status: 200 });
  }
});

test('nobody listens: surely not sent', async () => {
  const got = await exchangeAt(newCaller(), agencyAt(`http://127.0.0.1:${await deadPort()}`));
  expect(got).toEqual({ is: 'notSent', code: 'connection_refused' });
});

test('a name that does not exist: surely not sent', async () => {
  const got = await exchangeAt(newCaller(), agencyAt('https://agency.invalid'));
  expect(got).toEqual({ is: 'notSent', code: 'dns_failed' });
});

test('TLS that cannot be agreed on: surely not sent', async () => {
  const server = createTlsServer({}, () => {});
  server.on('tlsClientError', () => {});
  const port = await listen(server);
  open.push({ close: () => server.close() });
  const got = await exchangeAt(newCaller(), agencyAt(`https://127.0.0.1:${port}`));
  expect(got).toEqual({ is: 'notSent', code: 'tls_failed' });
});

test('a passed deadline: nothing reaches the agency', async () => {
  const server = await serve((_, response) => json(response, {}));
  const got = await exchangeAt(newCaller(), agencyAt(server.url), { within: -1 });
  expect(got).toEqual({ is: 'notSent', code: 'deadline' });
  expect(server.seen).toHaveLength(0);
});

test('a request that waits for a connection past its deadline is never sent, not even later', async () => {
  const held: (() => void)[] = [];
  const server = await serve((_, response) => void held.push(() => json(response, {})));
  const caller = newCaller();
  const agency = agencyAt(server.url, { concurrency: 1 });
  const first = [exchangeAt(caller, agency), exchangeAt(caller, agency)];
  await expect.poll(() => held.length).toBe(2);
  expect(await exchangeAt(caller, agency, { within: 50 })).toEqual({ is: 'notSent', code: 'deadline' });
  held.splice(0).forEach((answer) => answer());
  await Promise.all(first);
  const last = exchangeAt(caller, agency, { request: { path: '/last' } });
  await expect.poll(() => held.length).toBe(1);
  held[0]!();
  await last;
  expect(server.seen.map(({ url }) => url)).toEqual(['/v1/ask', '/v1/ask', '/last']);
});

test('an agency that never answers: lost', async () => {
  const { clock, fire, waits } = handClock();
  const server = await serve(() => fire());
  const caller = callerWith(clock);
  open.push(caller);
  const got = await exchangeAt(caller, agencyAt(server.url), { within: 700 });
  expect(got).toMatchObject({ is: 'lost', code: 'timeout', sent: expect.stringContaining('POST /v1/ask') });
  expect(waits.every((ms) => ms > 0 && ms <= 700)).toBe(true);
});

test('an agency that dribbles is held to the total time, and cut off', async () => {
  const { clock, fire } = handClock();
  let cut = false;
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    let written = 0;
    const dribble = (): void => void response.write('.', () => (++written < 20 ? dribble() : fire()));
    response.on('close', () => (cut = true));
    dribble();
  });
  const caller = callerWith(clock);
  open.push(caller);
  expect(await exchangeAt(caller, agencyAt(server.url))).toMatchObject({ is: 'lost', code: 'timeout' });
  await expect.poll(() => cut).toBe(true);
});

test("the agency's own time-out holds when the deadline is far", async () => {
  const server = await serve(() => {});
  const got = await exchangeAt(newCaller(), agencyAt(server.url, { timeout: '1s' }), { within: 60_000 });
  expect(got).toMatchObject({ is: 'lost', code: 'timeout' });
});

test.each([
  ['cut before the status', '', 'end', 'reset'],
  ['reset before the status', '', 'reset', 'reset'],
  [
    'cut in the body',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"a"',
    'end',
    'truncated',
  ],
  ['not HTTP', 'SSH-2.0-contoh\r\n', 'stay', 'bad_http'],
  ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 'stay', 'bad_http'],
] as const)('an answer %s is lost', async (_, text, end, code) => {
  const server = await raw(text, end);
  expect(await exchangeAt(newCaller(), agencyAt(server.url))).toMatchObject({ is: 'lost', code });
});

test('a request is sent once, even when a kept connection dies under it', async () => {
  let connections = 0;
  let requests = 0;
  const server = await rawStandIn((socket) => {
    connections += 1;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) return socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      return socket.resetAndDestroy();
    });
  });
  open.push(server);
  const caller = newCaller();
  const agency = agencyAt(server.url);
  expect(await exchangeAt(caller, agency)).toMatchObject({ is: 'reply' });
  await new Promise(setImmediate); // the pool takes the connection back
  expect(await exchangeAt(caller, agency)).toMatchObject({ is: 'lost', code: 'reset' });
  expect([connections, requests]).toEqual([1, 2]);
});

test.each([
  { headers: { 'x-note': 'a\r\nx-evil: b' } },
  { headers: { host: 'evil.example' } },
  { headers: { 'Transfer-Encoding': 'chunked' } },
  { headers: { 'x evil': 'a' } },
  { path: 'http://evil.example/' },
  { path: '/v1/a b' },
  { path: '/v1/é' },
  { path: '/v1/../admin' },
  { path: '/v1/%2E%2e/admin' },
  { path: '/v1/ask#part' },
])('%j is refused before anything is sent', async (request) => {
  const server = await serve((_, response) => json(response, {}));
  expect(await exchangeAt(newCaller(), agencyAt(server.url), { request })).toEqual({
    is: 'notSent',
    code: 'bad_request',
  });
  expect(server.seen).toHaveLength(0);
});

test('a path that looks like another host stays with the agency', async () => {
  const server = await serve((_, response) => json(response, {}));
  await exchangeAt(newCaller(), agencyAt(server.url), { request: { path: '//evil.example/x' } });
  expect(server.seen[0]!.url).toBe('//evil.example/x');
});

test('no proxy from the environment is used', async () => {
  const server = await serve((_, response) => json(response, {}));
  const kept = { ...process.env };
  Object.assign(process.env, {
    HTTP_PROXY: 'http://127.0.0.1:9',
    http_proxy: 'http://127.0.0.1:9',
    ALL_PROXY: 'http://127.0.0.1:9',
  });
  try {
    expect(await exchangeAt(newCaller(), agencyAt(server.url))).toMatchObject({ is: 'reply' });
  } finally {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) delete process.env[name];
    Object.assign(process.env, kept);
  }
});

test.each([
  ['120', '120'],
  [new Date(Date.UTC(2026, 10, 21, 1, 2, 0)).toUTCString(), '120'],
  [new Date(0).toUTCString(), '0'],
  ['soon', undefined],
])('Retry-After %s is %s seconds to an adapter', async (value, seconds) => {
  const server = await serve((_, response) => {
    response.writeHead(503, { 'retry-after': value });
    response.end();
  });
  const now = Date.UTC(2026, 10, 21, 1, 0, 0);
  const caller = callerWith({ ...systemClock, now: () => now });
  open.push(caller);
  const got = await exchangeAt(caller, agencyAt(server.url), { deadline: now + 5_000 });
  expect(got.is === 'reply' && got.wire.headers['retry-after']).toBe(seconds);
});

test('the signature covers the very bytes sent, and may only add headers', async () => {
  const server = await serve((_, response) => json(response, {}));
  const signIn = {
    sign: (message: { path: string; body: Uint8Array }) => ({
      'X-Signature': `${message.path}|${Buffer.from(message.body).toString('base64')}`,
    }),
  };
  const got = await exchangeAt(newCaller(), agencyAt(server.url + '/base'), { adapter: adapterWith(signIn) });
  const { headers, body } = server.seen[0]!;
  expect(headers['x-signature']).toBe(`/base/v1/ask|${body.toString('base64')}`);
  expect(got.is === 'reply' && got.sent).not.toContain('x-signature');
});

test('a signature that cannot be made puts the agency away and sends nothing', async () => {
  const server = await serve((_, response) => json(response, {}));
  const signIn = {
    sign: () => {
      throw new Error(SECRET);
    },
  };
  const got = await exchangeAt(newCaller(), agencyAt(server.url), { adapter: adapterWith(signIn) });
  expect(got).toEqual({ is: 'signIn', outcome: { is: 'away', code: 'SIGN_IN_BROKEN' } });
  expect(server.seen).toHaveLength(0);
});

test.each(['', 'ftp://example.org', 'https://user:pass@example.org', 'example.org'])(
  'base URL %j is refused',
  async (baseUrl) => {
    expect(await exchangeAt(newCaller(), agencyAt(baseUrl))).toEqual({ is: 'notSent', code: 'bad_base_url' });
  },
);
