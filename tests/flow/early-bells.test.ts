/** Two processes' clocks differ by some milliseconds: a bell that comes so little before its time is answered at its time, not by the next sweep. */
import { expect, test } from 'vitest';
import { submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import { asked, oneStep } from '../support/one-step.ts';

const open = worlds();

test.each([1, 40, 700])('a bell that comes %d ms early', async (early) => {
  const world = await open({
    ...oneStep('look'),
    wrapQueue: (queue) => ({ ...queue, ring: (ring) => queue.ring({ ...ring, at: ring.at - early }) }),
  });
  world.agencies['desk']!.script = ({ n }) =>
    n === 1 ? { is: 'retry', code: 'BUSY', afterSeconds: 100 } : undefined;
  const id = await submit(world);
  await world.clock.advance(1_000);
  const dueAt = (await world.ledger.read(id))!.steps[0]!.dueAt!;
  expect(dueAt).toBeGreaterThan(world.clock.now());
  await world.clock.advance(dueAt - world.clock.now() + 10_000);
  expect(asked(world)).toHaveLength(2);
  expect(asked(world)[1]!.at).toBe(dueAt);
});
