/** Searches for a person: what was looked for is kept nowhere, who looked and what he was shown is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { applicant, application, CANARIES, REAL, smallWorld, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const made = async (): Promise<JsonObject[]> => {
  const events = await world.ledger.events('bus', 0, 500);
  return events
    .filter(({ type }) => type === 'go.mpp.search.made.v1')
    .map(({ data }) => JSON.parse(data) as JsonObject);
};

test.each<[string, JsonObject]>([
  ['nik', { nik: '9901011405019999' }],
  ['phone', { phone: '0800 0000 0007' }],
])('by %s is written down, with whose applications were shown and without the number', async (kind, json) => {
  const { id } = (
    await world.submit(application(applicant({ nik: '9901011405019999', phone: '+6280000000007' })))
  ).body;
  const before = (await made()).length;
  const sent = await world.send('/v1/applications/search', { json });
  const event = (await made())[before]!;
  expect(event).toMatchObject({ platform: 'mpp-kuburaya', kind });
  expect(event['applications']).toContain(id);
  expect(event['found']).toBe((sent.body['applications'] as object[]).length);
  const kept = JSON.stringify(await world.ledger.events('bus', 0, 500)) + world.log.join('');
  for (const canary of CANARIES) expect(kept + sent.text).not.toContain(canary);
});

test('a search that finds nobody is written down, too; one that is refused is none', async () => {
  const before = (await made()).length;
  await world.send('/v1/applications/search', { json: { nik: '9901015505019999' } });
  await world.send('/v1/applications/search', { json: { nik: '1' } });
  expect((await made()).slice(before)).toMatchObject([{ found: 0, applications: [] }]);
});

test('another platform finds nothing of this one’s, and its search is its own', async () => {
  const key = await world.key(REAL, ['applications:read']);
  const sent = await world.send('/v1/applications/search', { json: { nik: '9901011405019999' }, key });
  expect(sent.body['applications']).toEqual([]);
  expect((await made()).at(-1)).toMatchObject({ platform: REAL, found: 0 });
});

test('no number is taken in a URL', async () => {
  for (const name of ['nik', 'phone'])
    expect((await world.send(`/v1/applications?${name}=9901011405019999`)).status).toBe(400);
});
