import { describe, expect, test } from 'vitest';
import { act, items, look, stepOf, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import { oneStep } from '../support/one-step.ts';
import type { Answer } from '../support/test-agency.ts';

const open = worlds();
const MINUTE = 60_000;

describe('more', () => {
  const page = (n: number, operation = 'look'): Answer => ({
    is: 'more',
    request: {
      method: 'POST',
      path: `/${operation}/send`,
      body: { json: { key: '0', tryKey: '0', input: { page: n } } },
    },
    carry: { page: n },
  });

  test('each exchange is an attempt of its own, the last one counts', async () => {
    const world = await open(oneStep('look'));
    world.agencies['desk']!.script = ({ n }) => (n < 4 ? page(n) : { is: 'ok', output: { pages: n } });
    const id = await submit(world);
    await world.clock.advance(1000);
    const step = await stepOf(world, id, 'a');
    expect(step).toMatchObject({ state: 'succeeded', attempts: 4, output: { pages: 4 } });
    expect(step.history.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'more'],
      [2, 'more'],
      [3, 'more'],
      [4, 'ok'],
    ]);
  });

  test('ends after ten exchanges', async () => {
    const world = await open(oneStep('stamp'));
    world.agencies['desk']!.script = ({ n }) => page(n);
    const id = await submit(world);
    await world.clock.advance(1000);
    expect(world.agencies['desk']!.asked).toHaveLength(10);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });

  test('a probe of two exchanges wakes its lane', async () => {
    const world = await open(oneStep('look'));
    world.doors.get('desk')!.open = false;
    const id = await submit(world);
    await world.clock.advance(10 * MINUTE);
    expect((await world.ledger.lane('desk')).sleepUntil).toBeGreaterThan(0);
    world.agencies['desk']!.script = ({ n }) => (n % 2 === 1 ? page(n) : undefined);
    world.doors.get('desk')!.open = true;
    await world.clock.advance(20 * MINUTE);
    expect((await look(world, id)).state).toBe('completed');
    expect((await world.ledger.lane('desk')).sleepUntil).toBe(0);
    const [first, second] = world.agencies['desk']!.asked;
    expect(second!.at - first!.at).toBeLessThan(1000);
  });

  test('an operation under way is finished though its lane is paused between its exchanges', async () => {
    const world = await open(oneStep('stamp'));
    world.agencies['desk']!.script = async ({ n }) => {
      if (n > 1) return undefined;
      await act(world, 'agencies/desk/pause');
      return page(1, 'stamp');
    };
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked).toHaveLength(2);
    expect((await look(world, id)).state).toBe('completed');
    expect((await world.ledger.lane('desk')).paused).toBe(true);
  });
});
