/** The real server on a real socket: framing tricks, slow and greedy senders, and whole requests through all of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '../../src/config/env.ts';
import { SCOPES } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { listen, SERVER_LIMITS, type ServerLimits } from '../../src/http/listen.ts';
import { start, type Running } from '../../src/main.ts';
import { shippedCatalogue } from '../support/catalogues.ts';
import { application, SANDBOX } from './world.ts';

let running: Running;
let dataDir: string;
let key: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'jembatan-server-'));
  const env = readEnv({ JEMBATAN_DATA: dataDir, JEMBATAN_PORT: '0', JEMBATAN_LOG: 'silent' });
  const { catalogue } = await shippedCatalogue();
  // Nobody listens at port 1: agencies are down.
  const agencies = catalogue.agencies.map((one) => ({
    ...one,
    settings: { ...one.settings, baseUrl: 'http://127.0.0.1:1' },
  }));
  running = await start({ env, catalogue: { ...catalogue, agencies }, secrets: [] });
  const { desk } = running.bus;
  const made = newApiKey(desk, { platform: SANDBOX, scopes: SCOPES, title: 'test', expiresAt: null });
  await desk.ledger.createKey(made.row);
  key = made.text;
});
afterAll(async () => {
  await running.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const DEADLINE_MS = 8_000;

interface Heard {
  text: string;
  closed: boolean;
}

/** Writes, then hears until the other side closes or `enough`; fails when neither comes. */
function exchange(
  port: number,
  parts: (string | Buffer)[],
  enough: (text: string) => boolean = () => false,
  end = false,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let text = '';
    const done = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`Neither closed nor answered; heard ${JSON.stringify(text.slice(0, 300))}`));
    }, DEADLINE_MS);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (enough(text)) done(false);
    });
    socket.on('close', () => done(true));
    // A side that has said its piece may reset what is still being sent.
    socket.on('error', () => undefined);
    for (const part of parts) socket.write(part);
    if (end) socket.end();
  });
}

const say = (parts: (string | Buffer)[], enough?: (text: string) => boolean, end?: boolean): Promise<Heard> =>
  exchange(running.port, parts, enough, end);
const statuses = ({ text }: Heard): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const count = async (): Promise<number> => (await running.bus.desk.ledger.list({ most: 1_000 })).length;
const head = (fields: string[] = [], line = 'POST /v1/applications HTTP/1.1'): string =>
  [
    line,
    'Host: bus',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Idempotency-Key: server',
    ...fields,
    '',
    '',
  ].join('\r\n');
const body = JSON.stringify(application());
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

type Frame = [name: string, parts: () => (string | Buffer)[], status: number | null, code?: string];

const LINE = 'GET /v1/services HTTP/1.1';
const frames: Frame[] = [
  ['a Content-Length that is too short', () => [head(['Content-Length: 20']), body], 400],
  [
    'both Content-Length and Transfer-Encoding',
    () => [head([`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked']), chunk(body), chunk('')],
    400,
  ],
  ['two Content-Lengths', () => [head(['Content-Length: 20', `Content-Length: ${body.length}`]), body], 400],
  ['a negative Content-Length', () => [head(['Content-Length: -1']), body], 400],
  ['a Content-Length in hexadecimal', () => [head(['Content-Length: 0x10']), body], 400],
  ['an unknown Transfer-Encoding', () => [head(['Transfer-Encoding: gzip']), body], 400],
  ['chunked twice', () => [head(['Transfer-Encoding: chunked, chunked']), chunk(body), chunk('')], 400],
  ['a chunk size that is none', () => [head(['Transfer-Encoding: chunked']), 'zz\r\n', body], 400],
  [
    'chunks over the limit',
    () => [
      head(['Transfer-Encoding: chunked']),
      ...Array.from({ length: 40 }, () => chunk('x'.repeat(64 * 1024))),
    ],
    413,
    'body_too_large',
  ],
  [
    'a Content-Length over the limit',
    () => [head(['Content-Length: 1048577']), 'x'.repeat(1_000)],
    413,
    'body_too_large',
  ],
  ['a terabyte announced', () => [head(['Content-Length: 1000000000000'])], 413, 'body_too_large'],
  ['headers of 17 kB', () => [head([`X-Long: ${'x'.repeat(17_000)}`], LINE)], 431],
  ['a URL of 17 kB', () => [head([], `GET /v1/${'x'.repeat(17_000)} HTTP/1.1`)], 431],
  [
    '3,500 headers',
    () => [
      head(
        Array.from({ length: 3_500 }, (_, n) => `a${n}: `),
        LINE,
      ),
    ],
    431,
  ],
  ['a header folded over two lines', () => [head(['X-Folded: a\r\n b'], LINE)], 400],
  ['NUL in a header', () => [head(['X-Nul: a\0b'], LINE)], 400],
  ['a bare CR in a header', () => [head(['X-Cr: a\rb'], LINE)], 400],
  ['a space before the colon', () => [head(['X-Space : a'], LINE)], 400],
  ['no Host', () => [`${LINE}\r\n\r\n`], 400],
  ['a Host that is none', () => [`${LINE}\r\nHost: a/b@c\r\nConnection: close\r\n\r\n`], 400],
  ['an unknown method', () => [head([], 'BREW /v1/services HTTP/1.1')], 400],
  ['HTTP/2 by surprise', () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], 400],
  ['TLS by mistake', () => [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc])], 400],
  ['noise', () => [Buffer.alloc(2_000, 0xfe), '\r\n\r\n'], 400],
  ['CONNECT', () => ['CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: bus\r\n\r\n'], null],
];

describe('a request that is not framed as it must be is refused, and its connection closed', () => {
  test.each(frames)('%s', async (_name, parts, status, code) => {
    const before = await count();
    const heard = await say(parts());
    expect(heard.closed).toBe(true);
    expect(statuses(heard)[0] ?? null).toBe(status);
    if (code !== undefined) expect(heard.text).toContain(`"code":"${code}"`);
    expect(await count()).toBe(before);
    expect((await fetch(`http://127.0.0.1:${running.port}/health/ready`)).status).toBe(200);
  });

  test('a Content-Length that is too long, and no more said', async () => {
    const before = await count();
    const heard = await say([head([`Content-Length: ${body.length + 1}`]), body], undefined, true);
    expect(heard.closed).toBe(true);
    expect(statuses(heard)).not.toContain(202);
    expect(await count()).toBe(before);
  });
});

describe('a request that is odd and not wrong', () => {
  const last = (text: string): boolean => /\r\n\r\n\{.*\}/s.test(text) || text.endsWith('0\r\n\r\n');

  test('TRACE shows nothing of what it was sent', async () => {
    const heard = await say([head(['X-Secret: canary', 'Connection: close'], 'TRACE /v1/services HTTP/1.1')]);
    expect(statuses(heard)).toEqual([405]);
    expect(heard.text).not.toContain('canary');
  });

  test('chunked within the limit is taken, its links from the configuration', async () => {
    const before = await count();
    const parts = [body.slice(0, 100), body.slice(100)].map(chunk);
    const heard = await say(
      [head(['Transfer-Encoding: chunked', 'X-Forwarded-Host: evil.example']), ...parts, chunk('')],
      last,
    );
    expect(statuses(heard)).toEqual([202]);
    expect(heard.text.toLowerCase()).toContain(`\r\nlocation: ${running.url}/v1/applications/`);
    expect(heard.text).not.toContain('evil');
    expect(await count()).toBe(before + 1);
  });

  test('two Authorization headers are no key', async () => {
    const heard = await say([head([`Authorization: Bearer ${key}`, 'Connection: close'], LINE)]);
    expect(statuses(heard)).toEqual([401]);
  });

  test('an absolute address is read for its path only', async () => {
    const heard = await say([head(['Connection: close'], 'GET http://evil.example/health/live HTTP/1.1')]);
    expect(statuses(heard)).toEqual([200]);
  });

  test('two hundred requests down one pipe are answered in order', async () => {
    const paths = Array.from(
      { length: 200 },
      (_, n) => `/v1/services/${n % 2 === 0 ? 'POLRES.SKCK' : 'NONE'}`,
    );
    const requests = paths.map((path) => head([], `GET ${path} HTTP/1.1`));
    const heard = await say([requests.join('')], (text) => text.split('HTTP/1.1 ').length === 201);
    expect(statuses(heard)).toEqual(paths.map((_, n) => (n % 2 === 0 ? 200 : 404)));
  });

  test('a sender who goes away in the middle of many requests leaves nothing behind', async () => {
    const before = await count();
    const cut = head([`Content-Length: ${body.length}`]) + body.slice(0, 50);
    await Promise.all(Array.from({ length: 50 }, () => say([cut], undefined, true)));
    expect(await count()).toBe(before);
    expect((await fetch(`http://127.0.0.1:${running.port}/health/ready`)).status).toBe(200);
  });
});

describe('limits on those who are slow or many', () => {
  const QUICK: ServerLimits = { ...SERVER_LIMITS, headersMs: 200, requestMs: 400, checkMs: 50, idleMs: 200 };

  async function opened(
    limits: ServerLimits,
    use: (port: number, server: Server) => Promise<void>,
  ): Promise<void> {
    const server = await listen(running.bus.app.fetch, { host: '127.0.0.1', port: 0 }, limits);
    try {
      await use((server.address() as AddressInfo).port, server);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  test('headers that do not end are cut off', () =>
    opened(QUICK, async (port) => {
      const heard = await exchange(port, ['GET /health/live HTTP/1.1\r\nHost: bus\r\nX-Slow: ']);
      expect([heard.closed, statuses(heard)]).toEqual([true, [408]]);
    }));

  test('a body that does not end is cut off, and nothing is stored', () =>
    opened(QUICK, async (port) => {
      const before = await count();
      const heard = await exchange(port, [head([`Content-Length: ${body.length}`]), body.slice(0, 50)]);
      expect(heard.closed).toBe(true);
      expect(statuses(heard)).not.toContain(202);
      expect(await count()).toBe(before);
    }));

  test('a connection without a request is let go', () =>
    opened(QUICK, async (port) => {
      expect((await exchange(port, [])).closed).toBe(true);
    }));

  test('a connection beyond the most is dropped', () =>
    opened({ ...SERVER_LIMITS, connections: 1 }, async (port, server) => {
      const first = connect(port, '127.0.0.1');
      await new Promise((resolve) => server.once('connection', resolve));
      expect(await exchange(port, ['GET /health/live HTTP/1.1\r\nHost: bus\r\n\r\n'])).toEqual({
        text: '',
        closed: true,
      });
      first.destroy();
    }));

  test('a port that is taken is an error, not silence', () =>
    opened(SERVER_LIMITS, async (port) => {
      await expect(listen(running.bus.app.fetch, { host: '127.0.0.1', port })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
    }));
});
