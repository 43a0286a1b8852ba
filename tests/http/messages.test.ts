/** The thread of an application: what is said is kept once and sealed, what was told stands beside it and is kept nowhere. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { misfits } from './described.ts';
import { application, CANARIES, REAL, smallWorld, type Sent, type SmallWorld } from './world.ts';

let world: SmallWorld;
let id: string;
beforeEach(async () => {
  world = await smallWorld();
  id = (await world.submit(application())).body['id'] as string;
});
afterEach(() => world.close());

const PATH = '/v1/applications/{id}/messages';
const TEXT = 'Saya Contoh Pelamar, 9901011405019999: kapan selesai?';
const MESSAGE = { from: 'citizen', channel: 'phone', text: TEXT };

const say = (json: JsonObject = MESSAGE, key = 'k1', more: { key?: string } = {}): Promise<Sent> =>
  world.send(`/v1/applications/${id}/messages`, { json, headers: { 'idempotency-key': key }, ...more });
const thread = async (more: { key?: string } = {}): Promise<Sent> =>
  world.send(`/v1/applications/${id}/messages`, more);
const entries = async (): Promise<JsonObject[]> => (await thread()).body['messages'] as JsonObject[];

test('what was said and what was told stand in one thread, in their order', async () => {
  world.clock.skip(1_000);
  const sent = await say();
  expect([sent.status, misfits('post', PATH, sent)]).toEqual([201, []]);
  world.clock.skip(1_000);
  await say({ from: 'officer', channel: 'counter', text: 'Besok.' }, 'k2');
  await world.send(`/v1/applications/${id}/withdraw`, { json: { reason: 'the citizen came back' } });
  const shown = await thread();
  expect([shown.status, misfits('get', PATH, shown)]).toEqual([200, []]);
  const told = (shown.body['messages'] as JsonObject[]).map(
    ({ from, code, text }) => `${from as string}: ${(code ?? text) as string}`,
  );
  expect(told.slice(0, 3)).toEqual(['bus: accepted', `citizen: ${TEXT}`, 'officer: Besok.']);
  expect(told.slice(3)).toContain('bus: withdrawn');
});

test('by number too; what the bus says is without anything personal', async () => {
  const { body } = await world.send(`/v1/applications/${id}`);
  const byNumber = await world.send(`/v1/applications/${body['number'] as string}/messages`);
  for (const canary of CANARIES) expect(byNumber.text).not.toContain(canary);
  expect(byNumber.text).toContain(body['number'] as string);
  expect(body['message']).toMatchObject({ code: 'accepted' });
  for (const canary of CANARIES) expect(JSON.stringify(body['message'])).not.toContain(canary);
});

describe('the same again', () => {
  test('under the same key is there once, and is answered as at first', async () => {
    const first = await say();
    world.clock.skip(5_000);
    const again = await say();
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect((await entries()).filter(({ from }) => from === 'citizen')).toHaveLength(1);
  });

  test('other words under the same key are refused; the same words under another key are another message', async () => {
    await say();
    const other = await say({ ...MESSAGE, text: 'Lain.' });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
    expect((await say(MESSAGE, 'k2')).status).toBe(201);
    expect((await entries()).filter(({ from }) => from === 'citizen')).toHaveLength(2);
  });

  test('many at once are numbered without gaps', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, n) => say({ ...MESSAGE, text: `${n}` }, `many-${n}`)));
    const rows = await world.ledger.messages(id);
    expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });
});

describe('who may not', () => {
  test.each<[string, JsonObject]>([
    ['no text', { from: 'citizen', channel: 'phone' }],
    ['blanks only', { ...MESSAGE, text: '  \n ' }],
    ['too long', { ...MESSAGE, text: 'x'.repeat(2001) }],
    ['from nobody', { ...MESSAGE, from: 'bus' }],
    ['another way', { ...MESSAGE, channel: 'fax' }],
    ['a field more', { ...MESSAGE, to: 'all' }],
    ['a mark that turns the text', { ...MESSAGE, text: '\u202egnp.exe' }],
  ])('%s', async (_, json) => {
    const sent = await say(json);
    expect([400, 422]).toContain(sent.status);
    expect(await world.ledger.messages(id)).toEqual([]);
  });

  test('without an Idempotency-Key', async () => {
    const sent = await world.send(`/v1/applications/${id}/messages`, { json: MESSAGE });
    expect([sent.status, sent.body['code']]).toEqual([400, 'idempotency_key_missing']);
  });

  test('another platform neither reads nor writes, nor learns that there is one', async () => {
    const key = await world.key(REAL, ['applications:submit', 'applications:read']);
    expect([(await say(MESSAGE, 'k1', { key })).status, (await thread({ key })).status]).toEqual([404, 404]);
  });

  test('by scope: reading is not saying, and the agency speaks through operators', async () => {
    const reader = await world.key(undefined, ['applications:read']);
    const writer = await world.key(undefined, ['applications:submit']);
    expect((await say(MESSAGE, 'k1', { key: reader })).status).toBe(403);
    expect((await thread({ key: writer })).status).toBe(403);
    expect((await say({ ...MESSAGE, from: 'agency' }, 'k1', { key: writer })).status).toBe(403);
    expect((await say({ ...MESSAGE, from: 'agency' })).status).toBe(201);
  });
});

test('what was said lies sealed, stands in no event and no line of the log, and who read it is written down', async () => {
  await say();
  await thread();
  const [row] = await world.ledger.messages(id);
  const events = await world.ledger.events(id, 0, 100);
  const added = events.find(({ type }) => type === 'go.mpp.message.added.v1')!;
  expect(JSON.parse(added.data)).toMatchObject({
    n: 1,
    author: 'citizen',
    channel: 'phone',
    state: 'accepted',
  });
  const kept = [Buffer.from(row!.sealed).toString('latin1'), JSON.stringify(events), ...world.log].join('\n');
  for (const secret of [...CANARIES, 'kapan selesai']) expect(kept).not.toContain(secret);
  const viewed = (await world.ledger.events('bus', 0, 100)).filter(
    ({ type }) => type === 'go.mpp.message.viewed.v1',
  );
  expect(viewed.map(({ data }) => JSON.parse(data) as object)).toMatchObject([{ applicationId: id }]);
});
