import { expect, test } from 'vitest';
import { act, items, look, stepOf, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World, Worker } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;

interface Halted {
  world: World;
  first: Worker;
  /** Lets the stopped worker run on. */
  goOn(): Promise<void>;
}

/** Two workers over one ledger; the first stops dead, as by SIGSTOP, at its first exchange. */
async function halted(
  operation: string,
  where: 'beforeSend' | 'afterSend',
): Promise<Halted & { id: string }> {
  const catalogue = smallCatalogue({ a: { call: `desk.${operation}` } }, [
    agencyEntry('desk', { limits: { timeout: '20s' } }),
  ]);
  const world = await open({ catalogue, idle: true });
  const first = world.startWorker();
  let release = (): void => undefined;
  first.gates[where] = () => {
    delete first.gates[where];
    first.clock.stop();
    return new Promise((resolve) => (release = resolve));
  };
  const id = await submit(world);
  // The intake rang nobody: the edge of this world has no worker of its own. The sweep does.
  await world.clock.advance(4000);
  world.startWorker();
  return {
    ...{ world, first, id },
    goOn: async () => {
      release();
      first.clock.goOn();
      await world.clock.settleTurns();
    },
  };
}

const done = (world: World): number[] => [...world.agencies['desk']!.effects.values()];
const history = async (world: World, id: string): Promise<unknown[]> =>
  (await stepOf(world, id, 'a')).history.map(({ kind, outcome }) => `${kind} ${outcome}`);

test('a worker stopped beyond its lease before it sent: the step is parked, and sent after all once it is surely not done', async () => {
  const { world, id, goOn } = await halted('stamp', 'beforeSend');
  await world.clock.advance(30_000);
  expect(await history(world, id)).toEqual(['send null']);
  await world.clock.advance(MINUTE);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  expect(done(world)).toEqual([]);
  await goOn();
  await world.clock.advance(MINUTE);
  expect(await history(world, id)).toEqual(['send retry', 'send ok']);
  expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  expect(done(world)).toEqual([1]);
});

test('a worker stopped beyond its lease after it sent: its late result is news and settles the step', async () => {
  const { world, id, goOn } = await halted('stamp', 'afterSend');
  await world.clock.advance(2 * MINUTE);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  expect(done(world)).toEqual([1]);
  await goOn();
  await world.clock.advance(MINUTE);
  expect(await history(world, id)).toEqual(['send ok']);
  expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  expect(done(world)).toEqual([1]);
});

test('a late result overwrites nobody: what a person has decided stands, and the difference is an item', async () => {
  const { world, id, goOn } = await halted('stamp', 'afterSend');
  await world.clock.advance(2 * MINUTE);
  expect(await act(world, `applications/${id}/steps/a/resolve`, { as: 'rejected', code: 'NOT_DONE' })).toBe(
    200,
  );
  await goOn();
  await world.clock.advance(MINUTE);
  expect(await history(world, id)).toEqual(['send ok']);
  expect((await stepOf(world, id, 'a')).state).toBe('rejected');
  expect(await items(world, id)).toEqual(['a conflict SECOND_ANSWER']);
});

test('a late "not sent" of the first try says nothing of the second', async () => {
  const { world, id, goOn } = await halted('stamp', 'beforeSend');
  await world.clock.advance(2 * MINUTE);
  world.agencies['desk']!.script = () => 'loseAfter';
  expect(await act(world, `applications/${id}/steps/a/resolve`, { as: 'notDone' })).toBe(200);
  await world.clock.advance(MINUTE);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  await goOn();
  await world.clock.advance(MINUTE);
  expect(done(world)).toEqual([1]);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
});

test('a late "not sent" of the second try says nothing of the first: withdrawn, it is undone', async () => {
  const catalogue = smallCatalogue({ a: { call: 'desk.file' } }, [
    agencyEntry('desk', { limits: { timeout: '20s' }, retry: { attempts: 2 } }),
  ]);
  const world = await open({ catalogue, idle: true });
  const first = world.startWorker();
  world.agencies['desk']!.script = ({ kind, n }) => (kind === 'send' && n === 1 ? 'loseAfter' : undefined);
  let release = (): void => undefined;
  let tries = 0;
  first.gates.beforeSend = () => {
    tries += 1;
    if (tries < 2) return Promise.resolve();
    delete first.gates.beforeSend;
    first.clock.stop();
    return new Promise((resolve) => (release = resolve));
  };
  const id = await submit(world);
  await world.clock.advance(5 * MINUTE);
  expect(tries).toBe(2);
  world.startWorker();
  await world.clock.advance(5 * MINUTE);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  await act(world, 'agencies/desk/pause');
  release();
  first.clock.goOn();
  await world.clock.advance(MINUTE);
  expect(await history(world, id)).toEqual(['send unknown', 'send retry']);
  expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
  await act(world, 'agencies/desk/resume');
  await world.clock.advance(20 * MINUTE);
  expect(world.agencies['desk']!.undone).toHaveLength(1);
  expect(await look(world, id)).toMatchObject({ state: 'withdrawn', items: [] });
});

test('a late result of an old round is not the new round’s', async () => {
  const { world, id, goOn } = await halted('stamp', 'afterSend');
  await world.clock.advance(2 * MINUTE);
  world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'R2' });
  await act(world, 'agencies/desk/pause');
  expect(await act(world, `applications/${id}/steps/a/resolve`, { as: 'notDone' })).toBe(200);
  expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(202);
  await act(world, 'agencies/desk/resume');
  await world.clock.advance(MINUTE);
  await goOn();
  await world.clock.advance(MINUTE);
  expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'waitingAgency', round: 2 });
  expect(await items(world, id)).toEqual(['a conflict SECOND_ANSWER']);
});

test('a keyed operation is taken over under its own key, and both answers are one', async () => {
  const { world, id, goOn } = await halted('file', 'afterSend');
  await world.clock.advance(2 * MINUTE);
  expect((await look(world, id)).state).toBe('completed');
  await goOn();
  await world.clock.advance(MINUTE);
  expect(done(world)).toEqual([1]);
  expect(await items(world, id)).toEqual([]);
  expect(await history(world, id)).toEqual(['send ok', 'send ok']);
});

test('two workers rung for one step send it once', async () => {
  const world = await open({
    catalogue: smallCatalogue({
      a: { call: 'desk.stamp' },
      b: { call: 'desk.look', with: { n: '$number(application.applicant.fullName)' } },
    }),
    idle: true,
  });
  world.startWorker();
  world.startWorker();
  const id = await submit(world);
  await world.clock.advance(MINUTE);
  expect(done(world)).toEqual([1]);
  expect(await items(world, id)).toEqual(['b mapping MAPPING_ERROR']);
});
