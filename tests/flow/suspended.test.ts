import { expect, test } from 'vitest';
import { stepOf, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();
const MINUTE = 60_000;

test('"it never arrived", heard by a machine that was suspended meanwhile, is as old as the question', async () => {
  const catalogue = smallCatalogue({ a: { call: 'desk.enter' } }, [
    agencyEntry('desk', { limits: { timeout: '20s' } }),
  ]);
  const world = await open({ catalogue, idle: true });
  const only = world.startWorker();
  const agency = world.agencies['desk']!;
  // The request is slow: a minute later nothing is there, another minute later it is.
  agency.script = ({ kind, n }) => (kind === 'send' && n === 1 ? 'loseBefore' : undefined);
  const id = await submit(world);
  await world.clock.advance(10_000);
  let release = (): void => undefined;
  only.gates.afterSend = () => {
    delete only.gates.afterSend;
    only.clock.stop();
    return new Promise((resolve) => (release = resolve));
  };
  await world.clock.advance(2 * MINUTE);
  agency.effects.set(agency.asked[0]!.key, 1);
  await world.clock.advance(20 * MINUTE);
  release();
  only.clock.goOn();
  await world.clock.advance(5 * MINUTE);
  expect((await stepOf(world, id, 'a')).state).toBe('succeeded');
  expect(agency.asked.map(({ kind }) => kind)).toEqual(['send', 'inquiry', 'inquiry']);
  expect([...agency.effects.values()]).toEqual([1]);
});
