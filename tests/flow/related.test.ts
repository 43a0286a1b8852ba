/** Applications that name each other: known at intake, seen from both sides, and of one platform only. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, post, submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const small = (): Promise<World> => open({ catalogue: smallCatalogue({ a: { call: 'desk.file' } }) });
const NOBODY = '019bd1a5-0000-7000-8000-000000000000';

interface Related {
  relation: string;
  id: string;
  number: string;
  service: string;
  state: string;
  stateText: { id: string; en: string };
}
const related = async (world: World, id: string): Promise<Related[]> =>
  ((await look(world, id)) as unknown as { related: Related[] }).related;
const relations = async (world: World, id: string): Promise<string[]> =>
  (await related(world, id)).map((one) => `${one.relation} ${one.id}`);
const naming = (...ids: string[]): JsonObject => application({ relatedApplicationIds: ids });
const refusal = async (response: Response): Promise<JsonObject> => {
  const { requestId: _, ...problem } = (await response.json()) as JsonObject;
  return { status: response.status, problem };
};

test('each shows the other, with number, service and state as they are now', async () => {
  const world = await small();
  const first = await submit(world);
  const second = await submit(world, naming(first, first));
  expect(await relations(world, first)).toEqual([`referredBy ${second}`]);
  const [one, ...others] = await related(world, second);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ relation: 'refersTo', id: first, service: 'TEST.SERVICE' });
  expect(one!.number).toMatch(/^9901-01-/);
  await world.clock.advance(5_000);
  expect((await related(world, second))[0]).toMatchObject({
    ...{ state: 'completed', stateText: { en: 'Completed' } },
  });
});

test('who names none has none', async () => {
  const world = await small();
  expect(await related(world, await submit(world))).toEqual([]);
});

test('one that is not there is refused at its own place, and nothing is stored', async () => {
  const world = await small();
  const first = await submit(world);
  const { status, problem } = await refusal(await post(world, naming(first, NOBODY)));
  expect(status).toBe(422);
  expect(problem).toMatchObject({
    code: 'reference_unknown',
    problems: [{ pointer: '/relatedApplicationIds/1', code: 'reference_unknown' }],
  });
  expect(await world.ledger.list({ most: 10 })).toHaveLength(1);
});

test('another platform’s is answered as one that is not there, to the letter, and that platform sees nothing', async () => {
  const world = await small();
  const first = await submit(world);
  const theirs = await refusal(await post(world, naming(first), { platform: 'portal' }));
  const nobodys = await refusal(await post(world, naming(NOBODY), { platform: 'portal' }));
  expect(theirs).toEqual(nobodys);
  expect(theirs).toMatchObject({ status: 422 });
  expect(await related(world, first)).toEqual([]);
});

test('asked again it is the first answer, and it is named once', async () => {
  const world = await small();
  const first = await submit(world);
  const body = naming(first);
  const [one, other] = [
    await (await post(world, body, { key: 'k' })).text(),
    await (await post(world, body, { key: 'k' })).text(),
  ];
  expect(other).toBe(one);
  expect(await related(world, first)).toHaveLength(1);
});

test('a sub-application and its parent show each other, and what the parent names is not the child’s', async () => {
  const catalogue = smallCatalogue({ a: { call: 'desk.announce' } });
  const child = { ...catalogue.services.get('TEST.SERVICE')!, code: 'TEST.PARENT' };
  catalogue.services.set('TEST.PARENT', child);
  catalogue.routes.set('TEST.PARENT', {
    ...catalogue.routes.get('TEST.SERVICE')!,
    service: 'TEST.PARENT',
    steps: {
      sub: {
        ...{ call: 'bus.child', need: 'mandatory', pivot: false, after: [] },
        with: { service: "'TEST.SERVICE'" },
      },
    },
  });
  const world = await open({ catalogue });
  const named = await submit(world);
  const parent = await submit(world, { ...naming(named), serviceCode: 'TEST.PARENT' });
  await world.clock.advance(5_000);
  const shown = await relations(world, parent);
  const sub = shown.find((one) => one.startsWith('child '))!.slice('child '.length);
  expect(shown).toEqual([`refersTo ${named}`, `child ${sub}`]);
  expect(await relations(world, sub)).toEqual([`parent ${parent}`]);
  expect(await relations(world, named)).toEqual([`referredBy ${parent}`]);
});
