/** The operators' door: what is stuck, retry, resolve, new round, agencies held and let go. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { runStep } from '../../src/flow/run-step.ts';
import { misfits } from './described.ts';
import { application, smallWorld, type Sent, type SmallWorld } from './world.ts';

const STEP = '/v1/applications/{id}/steps/{step}';
const reason = 'sudah ditanyakan ke instansi';

let world: SmallWorld;
let id: string;
let number: string;
beforeAll(async () => {
  // An answer nobody can read, to a question that may be asked again, until patience ends.
  world = await smallWorld({
    exchange: async () => ({ is: 'unreadable', code: 'agency_bad_reply', status: 502, sent: '', got: '' }),
  });
  const route = world.catalogue.routes.get('DUKCAPIL.KK-PERUBAHAN')!;
  const familyCard = { ...route.steps['familyCard']!, after: [] };
  world.catalogue.routes.set(route.service, { ...route, steps: { familyCard }, result: {} });
  const agency = world.catalogue.agencies.find(({ role }) => role === 'dukcapil')!;
  const others = world.catalogue.agencies.filter((one) => one !== agency);
  const limits = { ...agency.limits, circuitFailures: 1_000 };
  world.catalogue.agencies.splice(
    0,
    Infinity,
    { ...agency, limits, retry: { ...agency.retry, inquiries: 1, attempts: 1 } },
    ...others,
  );
});
afterAll(() => world.close());

/** Runs the step until it waits for a person. */
beforeEach(async () => {
  const formData = { reason: 'lost', familyCardNumber: '9901010101269999' };
  const { body } = await world.submit(application({ serviceCode: 'DUKCAPIL.KK-PERUBAHAN', formData }));
  id = String(body['id']);
  number = String(body['number']);
  for (let turns = 0; turns < 5 && (await stepOf()).state !== 'parked'; turns += 1) {
    await runStep(world.bus.desk, { id: `${id}.familyCard`, wake: (await stepOf()).wake });
    world.clock.skip(3_600_000);
  }
  expect((await stepOf()).state).toBe('parked');
});

async function stepOf(): Promise<{ state: string; wake: number; round: number }> {
  return (await world.ledger.read(id))!.steps[0]!;
}
const act = (name: string, json: JsonObject, step = 'familyCard', of = id): Promise<Sent> =>
  world.send(`/v1/applications/${of}/steps/${step}/${name}`, { json });

test('what waits for a person is listed, page by page', async () => {
  const all = await world.send('/v1/items');
  expect(misfits('get', '/v1/items', all)).toEqual([]);
  const items = all.body['items'] as JsonObject[];
  expect(items.at(-1)).toMatchObject({
    applicationId: id,
    number,
    step: 'familyCard',
    kind: 'outcomeUnknown',
  });
  const first = await world.send('/v1/items?limit=1');
  expect(first.body).toMatchObject({ items: [items[0]], nextCursor: items[0]!['id'] });
  const rest = await world.send(`/v1/items?cursor=${String(items[0]!['id'])}`);
  expect(rest.body['items']).toEqual(items.slice(1));
});

test('what is stuck is listed, and the application needs attention', async () => {
  const stuck = await world.send('/v1/stuck');
  expect(misfits('get', '/v1/stuck', stuck)).toEqual([]);
  expect((stuck.body['steps'] as JsonObject[]).map(({ applicationId }) => applicationId)).toContain(id);
  const list = await world.send('/v1/applications?attention=true');
  expect((list.body['applications'] as JsonObject[]).map((one) => one['id'])).toContain(id);
  const shown = await world.send(`/v1/applications/${id}`);
  expect(misfits('get', '/v1/applications/{id}', shown)).toEqual([]);
  expect(shown.body).toMatchObject({ state: 'underReview', items: [{ kind: 'outcomeUnknown' }] });
});

test('an unknown outcome is not sent blindly again', async () => {
  const sent = await act('retry', { reason });
  expect(misfits('post', `${STEP}/retry`, sent)).toEqual([]);
  expect([sent.status, sent.body['code']]).toEqual([409, 'outcome_unknown']);
});

describe('resolving', () => {
  test.each<[string, JsonObject, string]>([
    ['done', { as: 'succeeded', output: { documentNumber: '9901010101260001' } }, 'completed'],
    ['refused', { as: 'rejected', code: 'NOT_ELIGIBLE' }, 'rejected'],
  ])('as %s ends it', async (_name, resolution, state) => {
    const sent = await act('resolve', { ...resolution, reason }, 'familyCard', number);
    expect(misfits('post', `${STEP}/resolve`, sent)).toEqual([]);
    expect(sent.body).toEqual({ applicationId: id, step: 'familyCard' });
    const shown = await world.send(`/v1/applications/${id}`);
    expect(misfits('get', '/v1/applications/{id}', shown)).toEqual([]);
    expect(shown.body).toMatchObject({ state, items: [] });
  });

  test('as surely not done sends it again', async () => {
    await act('resolve', { as: 'notDone', reason });
    expect((await stepOf()).state).toBe('ready');
  });

  test.each<[string, JsonObject, number, string]>([
    ['without a word', { reason }, 422, 'missing_field'],
    ['with another word', { as: 'done', reason }, 422, 'schema'],
    ['as done without output', { as: 'succeeded', reason }, 422, 'missing_field'],
    [
      'as done with an output that does not fit',
      { as: 'succeeded', output: { x: 1 }, reason },
      409,
      'output_invalid',
    ],
    ['as refused without a code', { as: 'rejected', reason }, 422, 'missing_field'],
    ['as refused with a sentence', { as: 'rejected', code: 'because', reason }, 422, 'schema'],
    ['with a field of another case', { as: 'notDone', output: {}, reason }, 422, 'unknown_field'],
    ['without a reason', { as: 'notDone' }, 422, 'missing_field'],
  ])('%s is refused', async (_name, json, status, code) => {
    const sent = await act('resolve', json);
    expect(misfits('post', `${STEP}/resolve`, sent)).toEqual([]);
    expect([sent.status, sent.body['code']]).toEqual([status, code]);
    expect((await stepOf()).state).toBe('parked');
  });
});

test('a new round begins anew', async () => {
  const early = await act('new-round', { reason });
  expect([early.status, early.body['code']]).toEqual([409, 'outcome_unknown']);
  await act('resolve', { as: 'notDone', reason });
  const sent = await act('new-round', { reason });
  expect(misfits('post', `${STEP}/new-round`, sent)).toEqual([]);
  expect(await stepOf()).toMatchObject({ state: 'ready', round: 2 });
});

test.each(['retry', 'new-round', 'resolve'])('%s of a step that is none', async (name) => {
  const json = name === 'resolve' ? { as: 'notDone', reason } : { reason };
  const sent = await act(name, json, 'none');
  expect(misfits('post', `${STEP}/${name}`, sent)).toEqual([]);
  expect([sent.status, sent.body['code']]).toEqual([409, 'unknown_step']);
  expect((await act(name, json, 'none', '00000000-0000-7000-8000-000000000000')).status).toBe(404);
});

describe('agencies', () => {
  test('are listed with lane and backlog', async () => {
    const sent = await world.send('/v1/agencies');
    expect(misfits('get', '/v1/agencies', sent)).toEqual([]);
    const agencies = sent.body['agencies'] as JsonObject[];
    expect(agencies.map((one) => one['id']).toSorted()).toEqual(
      world.catalogue.agencies.map((one) => one.id).toSorted(),
    );
    const { steps } = agencies.find((one) => one['id'] === 'dukcapil-6112') as { steps: JsonObject[] };
    expect(steps.map(({ state }) => state)).toContain('parked');
  });

  test('are held and let go, each act an event with who', async () => {
    const shown = async (): Promise<unknown> =>
      ((await world.send('/v1/agencies')).body['agencies'] as JsonObject[]).find(
        (one) => one['id'] === 'bank-kalbar',
      )!['state'];
    for (const [name, state, type] of [
      ['pause', 'paused', 'go.mpp.connector.paused.v1'],
      ['resume', 'awake', 'go.mpp.connector.resumed.v1'],
    ] as const) {
      const sent = await world.send(`/v1/agencies/bank-kalbar/${name}`, { json: { reason } });
      expect(misfits('post', `/v1/agencies/{agency}/${name}`, sent)).toEqual([]);
      expect([sent.body, await shown()]).toEqual([{ id: 'bank-kalbar', state }, state]);
      const events = await world.send('/v1/agencies/bank-kalbar/events');
      expect(misfits('get', '/v1/agencies/{agency}/events', events)).toEqual([]);
      const last = (events.body['events'] as JsonObject[]).at(-1)!;
      expect(last).toMatchObject({ type, data: { by: expect.stringMatching(/^[0-9a-f]{12}$/) } });
      expect(events.text).not.toContain(reason);
    }
  });

  test.each([
    ['pause', { json: { reason } }],
    ['resume', { json: { reason } }],
    ['events', {}],
  ])('%s of one that is none', async (name, send) => {
    const sent = await world.send(`/v1/agencies/none/${name}`, send);
    expect([sent.status, sent.body['code']]).toEqual([404, 'not_found']);
  });
});
