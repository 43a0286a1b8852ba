/** The client against odd answers: asks again only where that is safe, and says in words what went wrong. */
import { createServer, type AddressInfo } from 'node:net';
import { http, HttpResponse, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ApiRefused, makeClient, NoAnswer } from '../../src/commands/client.ts';
import { hastyClock } from './stand.ts';

const BUS = 'http://bus.test';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

interface Heard {
  method: string;
  key: string | null;
  authorization: string | null;
  body: string;
}

/** Answers the requests to a path one after the other; the last answer stays. */
function bus(path: string, ...answers: (() => Response)[]): Heard[] {
  const heard: Heard[] = [];
  const answer = async ({ request }: { request: Request }): Promise<Response> => {
    const { headers } = request;
    heard.push({
      method: request.method,
      key: headers.get('idempotency-key'),
      authorization: headers.get('authorization'),
      body: await request.text(),
    });
    return answers[Math.min(heard.length, answers.length) - 1]!();
  };
  server.use(http.all(BUS + path, answer));
  return heard;
}

const busy =
  (headers: Record<string, string> = {}, status = 503) =>
  (): Response =>
    HttpResponse.json({ code: 'internal', detail: 'Not now', requestId: 'req-7' }, { status, headers });
const taken = (): Response => HttpResponse.json({ id: 'a1' }, { status: 202 });
const lost = (): Response => HttpResponse.error();

function client(): { client: ReturnType<typeof makeClient>; waits: number[]; told: string[] } {
  const clock = hastyClock();
  const told: string[] = [];
  return {
    client: makeClient(BUS, 'jmb_key', clock, (line) => void told.push(line)),
    waits: clock.waits,
    told,
  };
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  );
}

test('503, then 202: the same body under the same Idempotency-Key', async () => {
  const heard = bus('/v1/applications', busy({ 'retry-after': '2' }), lost, taken);
  const { client: api, waits, told } = client();
  const { status, body } = await api.post('/v1/applications', { a: 1 }, { 'idempotency-key': 'k-1' });
  expect({ status, body }).toEqual({ status: 202, body: { id: 'a1' } });
  expect(heard).toEqual(
    Array(3).fill({ method: 'POST', key: 'k-1', authorization: 'Bearer jmb_key', body: '{"a":1}' }),
  );
  expect(waits).toEqual([2000, 800]);
  expect(told).toHaveLength(2);
});

test.each([
  ['seconds', '7', 7000],
  ['an HTTP date', () => new Date(Date.now() + 30_000).toUTCString(), 30_000],
  ['nothing', undefined, 400],
  ['a date that has passed', 'Wed, 21 Oct 2015 07:28:00 GMT', 400],
  ['no date at all', 'soon', 400],
])('Retry-After as %s is obeyed', async (_, given, expected) => {
  const value = typeof given === 'function' ? given() : given;
  bus('/v1/items', busy(value === undefined ? {} : { 'retry-after': value }, 429), () =>
    HttpResponse.json({}),
  );
  const { client: api, waits } = client();
  await api.get('/v1/items');
  expect(waits).toHaveLength(1);
  // A date has no fractions of a second.
  expect(waits[0]).toBeGreaterThan(expected - 2000);
  expect(waits[0]).toBeLessThanOrEqual(expected);
});

test('an hour of Retry-After is told, not waited for', async () => {
  const heard = bus('/v1/items', busy({ 'retry-after': '3600' }));
  const { client: api, waits } = client();
  const error = await failure(api.get('/v1/items'));
  expect(error).toBeInstanceOf(ApiRefused);
  expect(error.message).toContain('wait 3600 s');
  expect([heard.length, waits]).toEqual([1, []]);
});

test('a bus that stays busy is left after five tries, with the id of the request', async () => {
  const heard = bus('/v1/items', busy());
  const error = await failure(client().client.get('/v1/items'));
  expect(error.message).toBe('503 internal: Not now (request req-7)');
  expect(heard).toHaveLength(5);
});

test('an act without Idempotency-Key is not repeated after 503, for it may have been done', async () => {
  const heard = bus('/v1/applications/a1/cancel', busy());
  const error = await failure(client().client.post('/v1/applications/a1/cancel', {}));
  expect([(error as ApiRefused).status, heard.length]).toEqual([503, 1]);
});

test('an act without Idempotency-Key is repeated after 429, which took nothing', async () => {
  const heard = bus('/v1/applications/a1/cancel', busy({}, 429), taken);
  await client().client.post('/v1/applications/a1/cancel', {});
  expect(heard).toHaveLength(2);
});

test('an act whose answer was lost is not repeated, and the message says to look first', async () => {
  const heard = bus('/v1/applications/a1/cancel', lost);
  const error = await failure(client().client.post('/v1/applications/a1/cancel', {}));
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error.message).toContain('whether it was done is not known');
  expect(heard).toHaveLength(1);
});

test('problem+json is printed with every pointer', async () => {
  const problems = [
    { pointer: '/applicant/nik', code: 'nik_invalid', detail: 'must be 16 digits' },
    { pointer: '', code: 'missing_field', detail: 'channel is required' },
  ];
  const body = { code: 'schema', detail: '2 things are wrong with the application', problems };
  bus('/v1/applications', () =>
    HttpResponse.json(body, { status: 422, headers: { 'content-type': 'application/problem+json' } }),
  );
  const error = await failure(client().client.post('/v1/applications', {}, { 'idempotency-key': 'k' }));
  expect(error.message.split('\n')).toEqual([
    '422 schema: 2 things are wrong with the application',
    '  /applicant/nik nik_invalid: must be 16 digits',
    '  / missing_field: channel is required',
  ]);
});

test.each([{ problems: 'none' }, { problems: [null, 7, { pointer: {} }] }, { code: 7, detail: ['x'] }, {}])(
  'a refusal of another form is survived: %j',
  async (body) => {
    bus('/v1/items', () => HttpResponse.json(body, { status: 400 }));
    const error = await failure(client().client.get('/v1/items'));
    expect(error).toBeInstanceOf(ApiRefused);
    expect(error.message).toMatch(/^400 /);
  },
);

test.each<[string, () => Response, string]>([
  ['a page', () => HttpResponse.html('<h1>Welcome</h1>'), '200 (text/html)'],
  [
    'a proxy’s error page',
    () => HttpResponse.html('<h1>Bad gateway</h1>', { status: 502 }),
    '502 (text/html)',
  ],
  [
    'JSON cut short',
    () => new HttpResponse('{"id": "a', { headers: { 'content-type': 'application/json' } }),
    '200 (application/json)',
  ],
  ['JSON that is no object', () => HttpResponse.json(['a']), '200 (application/json)'],
  ['nothing', () => new HttpResponse(null, { status: 200 }), '200 (no content type)'],
  ['a redirect', () => HttpResponse.redirect('http://elsewhere.test/', 302), '302 (no content type)'],
])('%s is no answer of a bus, and its text is not shown', async (_, answer, said) => {
  const elsewhere: string[] = [];
  server.use(
    http.all(
      'http://elsewhere.test/*',
      ({ request }) => void elsewhere.push(request.headers.get('authorization') ?? ''),
    ),
  );
  bus('/v1/items', answer);
  const error = await failure(client().client.get('/v1/items'));
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error.message).toContain(`${BUS} answered ${said}`);
  expect(error.message).toContain('check JEMBATAN_URL');
  expect(error.message).not.toContain('<h1>');
  expect(elsewhere).toEqual([]);
});

test('an answer without end is cut off', async () => {
  const flood = new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(new Uint8Array(2 ** 20)) });
  bus(
    '/v1/applications/a1/documents/d',
    () => new HttpResponse(flood, { headers: { 'content-type': 'application/pdf' } }),
  );
  const clock = hastyClock();
  const error = await failure(makeClient(BUS, 'k', clock).post('/v1/applications/a1/documents/d', {}));
  expect(error.message).toContain('more than 16777216 bytes');
});

test('a refused connection is said at once, with what to do', async () => {
  const port = await closedPort();
  server.use(http.all(`http://127.0.0.1:${port}/*`, () => passthrough()));
  const clock = hastyClock();
  const error = await failure(makeClient(`http://127.0.0.1:${port}`, 'k', clock).get('/v1/items'));
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error.message).toBe(
    `No bus answers at http://127.0.0.1:${port} (ECONNREFUSED): start it (jembatan start) or set JEMBATAN_URL`,
  );
  expect(clock.waits).toEqual([]);
});

test('a bus that answered before and is gone is waited for', async () => {
  const heard = bus(
    '/v1/items',
    () => HttpResponse.json({ n: 1 }),
    lost,
    lost,
    () => HttpResponse.json({ n: 2 }),
  );
  const { client: api } = client();
  await api.get('/v1/items');
  expect(await api.get('/v1/items')).toEqual({ n: 2 });
  expect(heard).toHaveLength(4);
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
