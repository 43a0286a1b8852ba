/** What a citizen is told comes with each callback as a code, and with the end the survey; nothing of it is personal. */
import { expect, test } from 'vitest';
import callbackSchema from '../../schemas/callback.json' with { type: 'json' };
import type { JsonObject } from '../../src/domain/outcome.ts';
import { TEMPLATES } from '../../src/domain/messages/templates.ts';
import { compile } from '../../src/schema/validate.ts';
import {
  application,
  certificateApplication,
  look,
  NAME,
  NIK,
  stepOf,
  submit,
} from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const check = compile(callbackSchema);
const MINUTE = 60_000;

async function heard(world: World): Promise<JsonObject[]> {
  await world.clock.advance(MINUTE);
  const posts = world.posts.map(({ body }) => JSON.parse(body) as JsonObject);
  return posts.map((post) => ({ ...(post['data'] as JsonObject), type: post['type']! }));
}

async function opened(): Promise<World> {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.file' } }) });
  await world.call('/v1/callback-endpoints', { body: { url: 'https://portal.example/hook' } });
  return world;
}

test('the first and the last callback say what the citizen is told, by a code of the catalogue', async () => {
  const world = await opened();
  const id = await submit(world, application());
  const data = await heard(world);
  const told = data.filter(({ message }) => message !== undefined).map(({ message }) => String(message));
  expect([told[0], told.at(-1)]).toEqual(['accepted', 'completed']);
  for (const code of told) expect(Object.keys(TEMPLATES)).toContain(code);
  for (const { body } of world.posts) expect(check(JSON.parse(body))).toEqual([]);
  const shown = (await look(world, id)) as unknown as { message: JsonObject };
  expect(shown.message).toMatchObject({ code: 'completed' });
});

test('the survey comes with the end only, the same that the application shows, and it works', async () => {
  const world = await opened();
  const id = await submit(world, application());
  const data = await heard(world);
  const surveys = data.filter(({ survey }) => survey !== undefined);
  expect(surveys.map(({ type }) => type)).toEqual(['go.mpp.application.completed.v1']);
  const { survey } = (await look(world, id)) as unknown as { survey: { token: string; path: string } };
  expect(surveys[0]!['survey']).toBe(survey.token);
  const response = await world.call(survey.path, { headers: { authorization: '' } });
  expect(response.status).toBe(200);
  // Sent again it is the same.
  const { endpoints } = (await (await world.call('/v1/callback-endpoints')).json()) as {
    endpoints: { id: string }[];
  };
  await world.call(`/v1/callback-endpoints/${endpoints[0]!.id}/redeliver`, { body: { applicationId: id } });
  const tokens = new Set((await heard(world)).flatMap((one) => one['survey'] ?? []));
  expect([...tokens]).toEqual([survey.token]);
});

test('messages and complaints are told by number, never by their words', async () => {
  const world = await opened();
  const id = await submit(world, application());
  const say = (path: string, body: object): Promise<Response> =>
    world.call(`/v1/applications/${id}/${path}`, { body, headers: { 'idempotency-key': path } });
  expect(
    (await say('messages', { from: 'citizen', channel: 'app', text: `Saya ${NAME}, ${NIK}` })).status,
  ).toBe(201);
  expect((await say('complaints', { category: 'delay', text: `Saya ${NAME}, ${NIK}` })).status).toBe(201);
  expect((await say('complaints/1/answer', { text: `Bapak ${NAME}` })).status).toBe(200);
  const data = await heard(world);
  const numbered = data.filter(({ n }) => n === 1).map(({ type, message }) => [type, message]);
  expect(numbered).toEqual([
    ['go.mpp.message.added.v1', undefined],
    ['go.mpp.complaint.opened.v1', 'complaintTaken'],
    ['go.mpp.complaint.answered.v1', 'complaintAnswered'],
  ]);
  for (const { body } of world.posts) {
    expect(check(JSON.parse(body))).toEqual([]);
    for (const secret of [NAME, NIK]) expect(body).not.toContain(secret);
  }
});

test('a bill is told with amount, code and end while it stands, and as paid once it is, without a name', async () => {
  const world = await open();
  const id = await submit(world, await certificateApplication(world));
  await world.clock.advance(5_000);
  const { shown } = await stepOf(world, id, 'bill');
  const number = String(shown!['virtualAccountNo']);
  const now = async (): Promise<JsonObject> =>
    ((await look(world, id)) as unknown as { message: JsonObject }).message;
  const billed = await now();
  expect(billed['code']).toBe('payment');
  expect(billed['id']).toMatch(
    new RegExp(`pembayaran Rp30\\.000, kode ${number}, sebelum \\d+ \\w+ \\d{4}.+WIB\\.`),
  );
  await world.clock.during(world.simulators['bank-kalbar']!.act('pay', { virtualAccountNo: number }));
  await world.clock.advance(MINUTE);
  const response = await world.call(`/v1/applications/${id}/messages`);
  const text = await response.text();
  const { messages } = JSON.parse(text) as { messages: JsonObject[] };
  const codes = messages.map(({ code }) => code);
  expect(codes.filter((code) => code === 'paid')).toHaveLength(1);
  expect([codes[0], codes.at(-1)]).toEqual(['accepted', 'completed']);
  expect(codes.indexOf('payment')).toBeLessThan(codes.indexOf('paid'));
  expect(messages[0]!['en']).toContain('The official fee is Rp30,000.');
  for (const secret of [NAME, NIK, '+6280000000007'])
    expect(text + JSON.stringify(billed)).not.toContain(secret);
});
