/** The ledger's server is away when an agency has answered: the answer is stored once it is back, and nothing is sent again. */
import { expect, test } from 'vitest';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import type { Change, Recorded } from '../../src/flow/ports/ledger.ts';
import { look, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import { kinds, oneStep } from '../support/one-step.ts';
import type { World } from '../support/world.ts';

const open = worlds();

/** The first results cannot be confirmed; `stored` says whether they were stored all the same. */
const unsure = (operation: string, failures: number, stored: boolean): Promise<World> => {
  let left = failures;
  return open({
    ...oneStep(operation),
    wrapLedger: (ledger) => ({
      ...ledger,
      async record(change: Change): Promise<Recorded> {
        if (!change.attempt || left === 0) return ledger.record(change);
        left -= 1;
        if (stored) await ledger.record(change);
        throw new CommitUnknown(new Error('away'));
      },
    }),
  });
};

test.each([
  ['stamp', false],
  ['stamp', true],
  ['file', false],
  ['file', true],
])('%s, stored all the same: %s', async (operation, stored) => {
  const world = await unsure(operation, stored ? 1 : 20, stored);
  const id = await submit(world);
  await world.clock.advance(60_000, 1_000);
  const { state, steps } = await look(world, id);
  expect([state, steps[0]!.state]).toEqual(['completed', 'succeeded']);
  expect(kinds(world)).toEqual(['send']);
  expect(await world.ledger.openItems({ most: 9 })).toEqual([]);
});
