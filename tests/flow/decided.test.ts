import { expect, test } from 'vitest';
import { act, items, stepOf, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();

test('an agency that refused after the pivot stays heard: a "pending" that comes after its refusal reopens nothing', async () => {
  const catalogue = smallCatalogue({
    p: { call: 'desk.enter', pivot: true },
    q: { call: 'court.file', after: 'p' },
  });
  const world = await open({ catalogue, idle: true });
  const worker = world.startWorker();
  let release = (): void => undefined;
  worker.gates.afterSend = (agency) =>
    agency === 'court' ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
  world.agencies['court']!.script = () => ({ is: 'pending', reference: 'R1' });
  const id = await submit(world);
  await world.clock.advance(4000);
  const { key } = world.agencies['court']!.asked[0]!;
  await world.news('court', 'file', { id: 'n1', key, outcome: { is: 'refused', code: 'NOT_ELIGIBLE' } });
  expect(await items(world, id)).toEqual(['q rejectedAfterPivot NOT_ELIGIBLE']);
  release();
  await world.clock.advance(4000);
  expect((await stepOf(world, id, 'q')).state).toBe('parked');
  expect(await items(world, id)).toEqual(['q rejectedAfterPivot NOT_ELIGIBLE']);
});

test('a parked step that falls away with its application says so', async () => {
  const catalogue = smallCatalogue({ a: { call: 'desk.file' } }, [
    agencyEntry('desk', { retry: { attempts: 1 } }),
  ]);
  const world = await open({ catalogue });
  world.agencies['desk']!.script = () => ({ is: 'retry', code: 'BUSY' });
  const id = await submit(world);
  await world.clock.advance(60_000);
  expect(await items(world, id)).toEqual(['a retriesSpent BUSY']);
  expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
  expect(await items(world, id)).toEqual([]);
  const types = (await world.ledger.events(id, 0, 100)).map(({ type }) => type);
  expect(types.slice(-3)).toEqual([
    'go.mpp.application.withdrawalAsked.v1',
    'go.mpp.step.cancelled.v1',
    'go.mpp.application.withdrawn.v1',
  ]);
});

test('what a person found out about one attempt is not said of the next', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
  world.agencies['desk']!.script = ({ n }) => (n === 1 ? 'loseBefore' : 'loseAfter');
  const id = await submit(world);
  await world.clock.advance(60_000);
  const notDone = (attempt: number): Promise<number> =>
    act(world, `applications/${id}/steps/a/resolve`, { as: 'notDone', attempt });
  expect(await notDone(1)).toBe(200);
  await world.clock.advance(60_000);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  expect(await notDone(1)).toBe(409);
  await world.clock.advance(60_000);
  expect([...world.agencies['desk']!.effects.values()]).toEqual([1]);
});
