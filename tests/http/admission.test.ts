/** The gate: who is shed and when, on real connections; what it costs whoever is shed, and what it spares the bus. */
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import problemSchema from '../../schemas/problem.json' with { type: 'json' };
import { MARKS } from '../../src/domain/shed.ts';
import { systemClock } from '../../src/clock.ts';
import { admission, classOf, type Slot } from '../../src/http/admission.ts';
import type { HttpProblem } from '../../src/http/problem.ts';
import { listen } from '../../src/http/listen.ts';
import { compile } from '../../src/schema/validate.ts';
import { application, SANDBOX, smallWorld, URL_OF_BUS, type SmallWorld } from './world.ts';

const isProblem = compile(problemSchema);
const MB = 1024 * 1024;
/** Hundreds of connections on a machine that has other work. */
const WITHIN = { timeout: 30_000, interval: 20 };

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.closeAllConnections();
  servers = [];
});

async function open(world: SmallWorld): Promise<{ port: number; url: string }> {
  const server = await listen(world.bus.app.fetch, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

const CLASSES: [string, string, ReturnType<typeof classOf>][] = [
  ['GET', '/v1/applications', 'list'],
  ['POST', '/v1/applications/search', 'list'],
  ['GET', '/v1/services/POLRES.SKCK/form', 'list'],
  ['GET', '/v1/items', 'list'],
  ['GET', '/v1/agencies', 'list'],
  ['GET', '/openapi.json', 'list'],
  ['GET', '/docs', 'list'],
  ['GET', '/nowhere', 'list'],
  ['BREW', '/v1/applications/x', 'list'],
  ['GET', '/v1/applications/x', 'read'],
  ['HEAD', '/v1/applications/x', 'read'],
  ['GET', '/v1/applications/x/events', 'read'],
  ['GET', '/v1/applications/x/documents/ktp', 'read'],
  ['POST', '/v1/applications', 'intake'],
  ['PUT', `/v1/documents/${'0'.repeat(64)}`, 'intake'],
  ['POST', '/v1/applications/x/withdraw', 'intake'],
  ['POST', '/v1/applications/x/steps/bill/retry', 'intake'],
  ['POST', '/v1/agencies/bank-kalbar/pause', 'intake'],
  ['DELETE', '/v1/callback-endpoints/x', 'intake'],
  ['POST', '/docs', 'list'],
  ['POST', '/hosted/bank-kalbar/anything', 'hosted'],
  ['GET', '/hosted/bank-kalbar/anything', 'hosted'],
  ['GET', '/health/live', 'open'],
  ['GET', '/health/ready', 'open'],
  ['GET', '/metrics', 'open'],
  ['GET', '/metrics/more', 'list'],
];
test.each(CLASSES)('%s %s is of the class %s', (method, path, of) => {
  expect(classOf(method, path)).toBe(of);
});

describe('with the loop running late', () => {
  const late = (ms: number): Promise<SmallWorld> => smallWorld({ loopDelayMs: () => ms });
  const ask = async (world: SmallWorld): Promise<number[]> => {
    const asked = ['/v1/applications', '/v1/applications/x', '/health/ready', '/hosted/bank-kalbar/x'];
    const statuses = asked.map(async (path) => (await world.send(path)).status);
    return Promise.all([...statuses, world.submit(application()).then(({ status }) => status)]);
  };

  test.each([
    [0, [200, 404, 200, 404, 202]],
    [250, [503, 404, 200, 404, 202]],
    [500, [503, 503, 200, 404, 202]],
    [1_000, [503, 503, 200, 404, 503]],
    [2_000, [503, 503, 200, 503, 503]],
  ])('%i ms: list, read, health, agency, intake hear %o', async (ms, expected) => {
    const world = await late(ms);
    expect(await ask(world)).toEqual(expected);
    await world.close();
  });

  test('who is shed hears a problem, and when to come back: not all at once', async () => {
    const world = await late(5_000);
    const waits = new Set<string>();
    for (let n = 0; n < 60; n += 1) {
      const sent = await world.submit(application());
      expect([sent.status, sent.body['code'], isProblem(sent.body)]).toEqual([503, 'overloaded', []]);
      expect(sent.headers.get('content-type')).toBe('application/problem+json');
      expect(sent.headers.get('x-request-id')).toBe(sent.body['requestId']);
      waits.add(sent.headers.get('retry-after')!);
    }
    expect([...waits].toSorted()).toEqual(['1', '2', '3', '4', '5']);
    await world.close();
  });

  test('no verb of the ledger is called for whoever is shed, with a good key or without', async () => {
    const world = await late(5_000);
    const key = await world.key();
    const called: string[] = [];
    for (const verb of Object.keys(world.ledger) as (keyof SmallWorld['ledger'])[]) {
      if (verb === 'close') continue;
      Object.assign(world.ledger, { [verb]: () => (called.push(verb), Promise.reject(new Error('called'))) });
    }
    for (const path of ['/v1/applications', '/v1/applications/x', '/hosted/bank-kalbar/x', '/docs'])
      for (const one of [key, null]) expect((await world.send(path, { key: one })).status).toBe(503);
    expect((await world.send('/v1/applications', { json: application(), key })).status).toBe(503);
    expect(called).toEqual([]);
    await world.close();
  });

  test('thousands that are shed are a line in the log now and then, with their number', async () => {
    const world = await late(5_000);
    for (let n = 0; n < 500; n += 1) await world.send('/v1/applications');
    world.clock.skip(10_000);
    await world.send('/v1/applications');
    const lines = world.log.filter((line) => line.includes('requests.shed'));
    expect(lines.map((line) => (JSON.parse(line) as { count: number }).count)).toEqual([1, 500]);
    await world.close();
  });
});

describe('on real connections', { timeout: 60_000 }, () => {
  /** Every look at a key waits until it is let go. */
  function hold(world: SmallWorld): () => void {
    const real = world.ledger.apiKey;
    const { promise, resolve } = Promise.withResolvers<void>();
    world.ledger.apiKey = async (id) => promise.then(() => real(id));
    return resolve;
  }

  const inFlight = async (url: string, of: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^jembatan_http_in_flight\\{class="${of}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  };

  test('intake is let in up to its places, then shed; agencies and health are heard; all that was let in is answered', async () => {
    const world = await smallWorld();
    const key = await world.key();
    const { url } = await open(world);
    const submit = (n: number): Promise<Response> =>
      fetch(`${url}/v1/applications`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': `crowd-${n}`,
        },
        body: JSON.stringify(application()),
      });
    const letGo = hold(world);
    const places = MARKS.intake.own;
    const crowd = Array.from({ length: places }, (_, n) => submit(n));
    await expect.poll(() => inFlight(url, 'intake'), WITHIN).toBe(places);

    const shed = await submit(places);
    expect([shed.status, ((await shed.json()) as { code: string }).code]).toEqual([503, 'overloaded']);
    const list = await fetch(`${url}/v1/applications`, { headers: { authorization: `Bearer ${key}` } });
    const read = await fetch(`${url}/v1/applications/x`, { headers: { authorization: `Bearer ${key}` } });
    const agency = await fetch(`${url}/hosted/bank-kalbar/nothing`, { method: 'POST' });
    const live = await fetch(`${url}/health/live`);
    expect([list.status, read.status, agency.status, live.status]).toEqual([503, 503, 404, 200]);

    letGo();
    const answered = await Promise.all(crowd);
    expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([202]));
    expect((await submit(places)).status).toBe(202);
    // One reading answers all who ask within a second.
    world.clock.skip(1_000);
    expect(await inFlight(url, 'intake')).toBe(0);
    expect(await world.count()).toBe(places + 1);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('jembatan_http_shed_total{class="intake",reason="concurrency"} 1\n');
    await world.close();
  });

  test('senders of bodies that are slow to come take no place from others', async () => {
    const world = await smallWorld();
    const key = await world.key();
    const { port, url } = await open(world);
    const slow = await Promise.all(Array.from({ length: MARKS.intake.own + 50 }, () => pipeTo(port)));
    for (const pipe of slow) pipe.send(upload(key, 200_000), 'the first bytes of many');
    await expect.poll(() => inFlight(url, 'intake'), WITHIN).toBe(slow.length);
    expect((await world.submit(application())).status).toBe(202);
    await world.close();
  });

  test('a connection lives on after a 503 whose body of 1 MB nobody read', async () => {
    let delay = 5_000;
    const world = await smallWorld({ loopDelayMs: () => delay });
    const pipe = await pipeTo((await open(world)).port);
    const key = await world.key();
    pipe.send(upload(key, MB), Buffer.alloc(MB, 'x'));
    expect((await pipe.hear()).status).toBe(503);
    pipe.send('GET /health/live HTTP/1.1\r\nHost: bus\r\n\r\n');
    expect((await pipe.hear()).status).toBe(200);
    delay = 0;
    pipe.send(`GET /v1/services HTTP/1.1\r\nHost: bus\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    expect((await pipe.hear()).status).toBe(200);
    await world.close();
  });

  test('and after a 429', async () => {
    const world = await smallWorld();
    limit(world, { perSecond: 1, burst: 1 });
    const pipe = await pipeTo((await open(world)).port);
    const key = await world.key();
    pipe.send(`GET /v1/services HTTP/1.1\r\nHost: bus\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    expect((await pipe.hear()).status).toBe(200);
    pipe.send(upload(key, MB), Buffer.alloc(MB, 'x'));
    expect(await pipe.hear()).toMatchObject({ status: 429, code: 'quota_exceeded' });
    pipe.send('GET /health/live HTTP/1.1\r\nHost: bus\r\n\r\n');
    expect((await pipe.hear()).status).toBe(200);
    await world.close();
  });
});

describe('quotas', () => {
  test('a platform beyond its quota hears 429 and how long to wait; then it is let in', async () => {
    const world = await smallWorld();
    limit(world, { perSecond: 2, burst: 4 });
    const ask = () => world.send('/v1/services');
    for (let n = 3; n >= 0; n -= 1) {
      const { status, headers } = await ask();
      expect([status, headers.get('ratelimit')?.split(';t=')[0]]).toEqual([200, `"platform";r=${n}`]);
      expect(headers.get('ratelimit-policy')).toBe('"platform";q=4;w=2');
    }
    const refused = await ask();
    expect([refused.status, refused.body['code'], isProblem(refused.body)]).toEqual([
      429,
      'quota_exceeded',
      [],
    ]);
    expect(refused.headers.get('ratelimit')).toBe('"platform";r=0;t=2');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBe(1);
    world.clock.skip(wait * 1_000);
    expect((await ask()).status).toBe(200);
    await world.close();
  });

  test('it is counted before the body is read, and stores nothing', async () => {
    const world = await smallWorld();
    limit(world, { perSecond: 1, burst: 1 });
    await world.send('/v1/services');
    const before = await world.count();
    expect((await world.send('/v1/applications', { body: '{ this is no JSON' })).status).toBe(429);
    expect((await world.submit(application())).status).toBe(429);
    expect(await world.count()).toBe(before);
    await world.close();
  });

  test("one platform's burst is not another's, and who has no quota has no limit", async () => {
    const world = await smallWorld();
    limit(world, { perSecond: 1, burst: 1 });
    const other = await world.key('mpp-digital');
    await world.send('/v1/services');
    const [mine, theirs] = [
      await world.send('/v1/services'),
      await world.send('/v1/services', { key: other }),
    ];
    expect([mine.status, theirs.status, theirs.headers.get('ratelimit')]).toEqual([429, 200, null]);
    await world.close();
  });

  test('a wrong key spends nobody anything', async () => {
    const world = await smallWorld();
    limit(world, { perSecond: 1, burst: 1 });
    for (let n = 0; n < 5; n += 1)
      expect((await world.send('/v1/services', { key: `jmb_aaaaaaaaaaaa_${'b'.repeat(43)}` })).status).toBe(
        401,
      );
    expect((await world.send('/v1/services')).status).toBe(200);
    await world.close();
  });
});

describe('bodies that are held', () => {
  const nobody = { began: () => undefined, answered: () => undefined };
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const load = { loopDelayMs: () => 0, commitMs: () => 0 };

  test('bytes are bounded in each class, counted as they come, and let go with the answer', async () => {
    const reasons: string[] = [];
    const watch = { ...nobody, shed: (of: string, reason: string) => void reasons.push(`${of} ${reason}`) };
    const clock = { ...systemClock, turn: (fn: () => void) => fn() };
    const { promise, resolve } = Promise.withResolvers<void>();
    const door = admission({ clock, log: silent, load, watch }, async (request, env) => {
      const { slot } = env as { slot: Slot };
      try {
        slot.hold(Number(request.headers.get('x-bytes')));
      } catch (error) {
        return new Response(null, { status: (error as HttpProblem).status });
      }
      await promise;
      return new Response(null, { status: 201 });
    });
    const most = MARKS.intake.bodyBytes;
    const put = async (bytes: number, path = '/v1/documents/x'): Promise<number> => {
      const init = { method: 'PUT', headers: { 'x-bytes': String(bytes) } };
      return (await door(new Request(URL_OF_BUS + path, init))).status;
    };
    const first = put(most / 2);
    expect(await put(most / 2 + 1)).toBe(503);
    const second = put(most / 2);
    expect(await put(0)).toBe(503);
    const agency = put(most, '/hosted/bank-kalbar/x');
    resolve();
    expect(await Promise.all([first, second, agency])).toEqual([201, 201, 201]);
    expect(await put(most)).toBe(201);
    expect(reasons).toEqual(['intake bodies', 'intake bodies']);
  });
});

/** Gives the sandbox platform a quota, and no other. */
function limit({ catalogue }: SmallWorld, quota: { perSecond: number; burst: number }): void {
  catalogue.platforms = catalogue.platforms.map(({ quota: _, ...one }) =>
    one.id === SANDBOX ? { ...one, quota } : one,
  );
}

const upload = (key: string, bytes: number): string =>
  [
    `PUT /v1/documents/${'0'.repeat(64)} HTTP/1.1`,
    ...['Host: bus', `Authorization: Bearer ${key}`, `Content-Length: ${bytes}`, '', ''],
  ].join('\r\n');

interface Pipe {
  send(...parts: (string | Buffer)[]): void;
  /** The next whole answer; fails when the connection ends first. */
  hear(): Promise<{ status: number; code: string | undefined }>;
}

function pipeTo(port: number): Promise<Pipe> {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  let wake: () => void = () => undefined;
  let ended = false;
  socket.on('data', (data) => {
    text += data.toString('latin1');
    wake();
  });
  socket.on('close', () => {
    ended = true;
    wake();
  });
  socket.on('error', () => undefined);
  const next = (): { status: number; code: string | undefined } | null => {
    const [, head, length] = /^(HTTP[\s\S]*?content-length: (\d+)[\s\S]*?\r\n\r\n)/i.exec(text) ?? [];
    if (head === undefined || text.length < head.length + Number(length)) return null;
    const body = text.slice(head.length, head.length + Number(length));
    text = text.slice(head.length + Number(length));
    return { status: Number(head.slice(9, 12)), code: /"code":"(\w+)"/.exec(body)?.[1] };
  };
  const pipe: Pipe = {
    send: (...parts) => parts.forEach((part) => void socket.write(part)),
    async hear() {
      for (;;) {
        const heard = next();
        if (heard) return heard;
        if (ended) throw new Error(`The connection ended; heard ${JSON.stringify(text.slice(0, 200))}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(pipe));
    socket.once('error', reject);
  });
}
