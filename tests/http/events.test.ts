/** An application's events: pages that go on where the last one ended, and a stream that follows until it ends. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import eventSchema from '../../schemas/event.json' with { type: 'json' };
import type { JsonObject } from '../../src/domain/outcome.ts';
import { compile } from '../../src/schema/validate.ts';
import { misfits } from './described.ts';
import { application, smallWorld, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const check = compile(eventSchema);
const STREAM = { accept: 'text/event-stream' };

async function accepted(): Promise<string> {
  return `/v1/applications/${String((await world.submit(application())).body['id'])}`;
}
const withdraw = (path: string): Promise<unknown> =>
  world.send(`${path}/withdraw`, { json: { reason: 'berubah pikiran' } });

/** Every message of a stream that ends by itself. */
async function messages(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ id: string; event: string; data: JsonObject }[]> {
  const { text } = await world.send(path, { headers: { ...STREAM, ...headers } });
  const fields = (message: string): string[][] => message.split('\n').map((line) => line.split(/: (.*)/s));
  return text
    .split('\n\n')
    .filter((message) => message.startsWith('event'))
    .map((message) => Object.fromEntries(fields(message)) as { id: string; event: string; data: string })
    .map(({ data, ...rest }) => ({ ...rest, data: JSON.parse(data) as JsonObject }));
}

test('a page holds events as described, numbered without gaps', async () => {
  const path = await accepted();
  await withdraw(path);
  const sent = await world.send(`${path}/events`);
  expect(misfits('get', '/v1/applications/{id}/events', sent)).toEqual([]);
  const events = sent.body['events'] as JsonObject[];
  expect(events.flatMap(check)).toEqual([]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(events[0]!['type']).toBe('go.mpp.application.accepted.v1');
  expect(sent.body['next']).toBe(events.length);
});

test('the next page begins where the last one ended', async () => {
  const path = await accepted();
  const first = await world.send(`${path}/events`);
  const empty = await world.send(`${path}/events?after=${String(first.body['next'])}`);
  expect(empty.body).toEqual({ events: [], next: first.body['next'] });
  await withdraw(path);
  const second = await world.send(`${path}/events?after=${String(first.body['next'])}`);
  const [event] = second.body['events'] as JsonObject[];
  expect(event!['seq']).toBe(Number(first.body['next']) + 1);
});

test('a stream of an application that ended gives all and ends', async () => {
  const path = await accepted();
  await withdraw(path);
  const { events } = (await world.send(`${path}/events`)).body as { events: JsonObject[] };
  const streamed = await messages(`${path}/events`);
  expect(streamed.map(({ data }) => data)).toEqual(events);
  expect(streamed.map(({ id }) => Number(id))).toEqual(events.map(({ seq }) => seq));
  expect(streamed.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
});

test('Last-Event-ID goes on after it, also where the URL names an earlier one', async () => {
  const path = await accepted();
  await withdraw(path);
  const all = await messages(`${path}/events`);
  expect(await messages(`${path}/events`, { 'last-event-id': '2' })).toEqual(all.slice(2));
  expect(await messages(`${path}/events?after=1`, { 'last-event-id': '2' })).toEqual(all.slice(2));
  expect(await messages(`${path}/events?after=1`)).toEqual(all.slice(1));
  expect(await messages(`${path}/events`, { 'last-event-id': 'none' })).toEqual(all);
});

test('a stream tells what happens while it is open', async () => {
  const path = await accepted();
  const response = await world.request(`${path}/events`, { headers: STREAM });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('go.mpp.application.accepted.v1');
  await withdraw(path);
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
  expect(rest).toContain('event: go.mpp.application.withdrawn.v1');
});

test('the hundred and first stream of a platform is one too many, until one closes', async () => {
  const own = await smallWorld();
  const { body } = await own.submit(application());
  const path = `/v1/applications/${String(body['id'])}/events`;
  const open = await Promise.all(Array.from({ length: 100 }, () => own.request(path, { headers: STREAM })));
  const refused = await own.send(path, { headers: STREAM });
  expect([refused.status, refused.body['code'], refused.headers.get('retry-after')]).toEqual([
    429,
    'too_many_streams',
    '30',
  ]);
  expect(misfits('get', '/v1/applications/{id}/events', refused)).toEqual([]);
  await Promise.all(open.map((response) => response.body!.cancel()));
  await expect
    .poll(
      async () => {
        const response = await own.request(path, { headers: STREAM });
        await response.body!.cancel();
        return response.status;
      },
      { timeout: 5_000 },
    )
    .toBe(200);
  await own.close();
});

test('a stream ends when the process is to stop, for no look may come after the ledger has closed', async () => {
  const own = await smallWorld();
  const { body } = await own.submit(application());
  const response = await own.request(`/v1/applications/${String(body['id'])}/events`, { headers: STREAM });
  own.bus.drain();
  expect(await response.text()).toContain('go.mpp.application.accepted.v1');
  await own.close();
  expect(own.log.join('')).not.toContain('stream.failed');
});

test('a stream that fails says nothing of why', async () => {
  const path = await accepted();
  const { events } = world.ledger;
  world.ledger.events = () => Promise.reject(new Error('9901011405019999'));
  const { text } = await world.send(`${path}/events`, { headers: STREAM });
  world.ledger.events = events;
  expect(text).toBe('');
  expect(world.log.at(-1)).toContain('"event":"stream.failed"');
  expect(world.log.at(-1)).not.toContain('9901011405019999');
});
