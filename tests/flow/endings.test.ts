import { describe, expect, test } from 'vitest';
import { act, application, items, look, states, submit } from '../support/applications.ts';
import { smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const route = (steps: Record<string, StepFields>): Promise<World> =>
  open({ catalogue: smallCatalogue(steps) });
const undone = (world: World): string[] =>
  world.agencies['desk']!.asked.filter(({ kind }) => kind === 'undo').map(({ operation }) => operation);

const chain = {
  a: { call: 'desk.file' },
  b: { call: 'desk.reserve', after: 'a' },
  c: { call: 'desk.enter', after: 'b' },
  d: { call: 'desk.look', after: 'c' },
};

describe('undoing', () => {
  test('a mandatory failure undoes what was done, last first', async () => {
    const world = await route(chain);
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'look' ? { is: 'refused', code: 'NO' } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(undone(world)).toEqual(['enter', 'reserve', 'file']);
    expect(await states(world, id)).toEqual({
      a: 'compensated',
      b: 'compensated',
      c: 'compensated',
      d: 'rejected',
    });
    expect((await look(world, id)).state).toBe('rejected');
    const events = (await world.ledger.events(id, 0, 100)).map(({ type }) => type);
    expect(events.at(-1)).toBe('go.mpp.application.rejected.v1');
  });

  test('a refusal that means that the time is over ends it expired: undone all the same, and money is a person’s', async () => {
    const steps: Record<string, StepFields> = {
      ...{ a: chain.a, b: { call: 'desk.charge', after: 'a' } },
      c: {
        ...{ call: 'desk.enter', after: 'b', onRefusal: { MISSED: 'expire' } },
        again: { when: "steps.c.code = 'MISSED'", steps: [], most: 1 },
      },
    };
    const world = await route(steps);
    world.agencies['desk']!.script = ({ operation, kind }) => {
      if (operation === 'enter') return { is: 'refused', code: 'MISSED' };
      return operation === 'charge' && kind === 'undo' ? { is: 'refused', code: 'ALREADY_PAID' } : undefined;
    };
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    const { state, ending } = (await world.ledger.read(id))!.application;
    expect({ state, ending }).toEqual({ state: 'expired', ending: { as: 'expired', code: 'MISSED' } });
    expect(await states(world, id)).toEqual({ a: 'compensated', b: 'compensationFailed', c: 'rejected' });
    expect(await items(world, id)).toEqual(['b refund ALREADY_PAID']);
    const { asked } = world.agencies['desk']!;
    expect(new Set(asked.filter(({ operation }) => operation === 'enter').map(({ key }) => key)).size).toBe(
      2,
    );
  });

  test('a withdrawal undoes what was done and what is under way, and cancels what was to come', async () => {
    const world = await route(chain);
    world.agencies['desk']!.script = ({ operation, kind }) =>
      operation === 'enter' && kind !== 'undo' ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(5000);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    await world.clock.advance(MINUTE);
    expect(undone(world)).toEqual(['enter', 'reserve', 'file']);
    expect(await states(world, id)).toEqual({
      a: 'compensated',
      b: 'compensated',
      c: 'compensated',
      d: 'cancelled',
    });
    expect((await look(world, id)).state).toBe('withdrawn');
    // Withdrawn is withdrawn.
    expect(await act(world, `applications/${id}/withdraw`)).toBe(409);
  });

  test('it waits for a step whose outcome is unknown before it undoes anything', async () => {
    const world = await route(chain);
    world.agencies['desk']!.script = ({ operation, kind, n }) =>
      operation === 'enter' && kind === 'send' && n === 1 ? 'loseAfter' : undefined;
    const id = await submit(world);
    await world.clock.advance(5000);
    expect((await states(world, id))['c']).toBe('unknown');
    await act(world, `applications/${id}/withdraw`);
    expect(undone(world)).toEqual([]);
    await world.clock.advance(10 * MINUTE);
    expect(undone(world)).toEqual(['enter', 'reserve', 'file']);
    expect([...world.agencies['desk']!.effects.values()]).toEqual([1, 1, 1]);
  });

  test('an undo that is refused is a person’s, never silence, and the rest is undone all the same', async () => {
    const world = await route(chain);
    world.agencies['desk']!.script = ({ operation, kind }) => {
      if (operation === 'look') return { is: 'refused', code: 'NO' };
      return kind === 'undo' && operation === 'reserve' ? { is: 'refused', code: 'TOO_LATE' } : undefined;
    };
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await items(world, id)).toEqual(['b undoRefused TOO_LATE']);
    expect(await states(world, id)).toEqual({
      a: 'compensated',
      b: 'compensationFailed',
      c: 'compensated',
      d: 'rejected',
    });
  });

  test('an undo whose answer is lost is done again under its key; one that never gets through is a person’s', async () => {
    const world = await route(chain);
    world.agencies['desk']!.script = ({ operation, kind, n }) => {
      if (operation === 'look') return { is: 'refused', code: 'NO' };
      if (kind !== 'undo' || operation === 'enter') return undefined;
      return operation === 'file' ? (n === 1 ? 'loseAfter' : undefined) : { is: 'retry', code: 'BUSY' };
    };
    const id = await submit(world);
    await world.clock.advance(3 * HOUR, 15_000);
    expect(await states(world, id)).toEqual({
      a: 'compensated',
      b: 'compensationFailed',
      c: 'compensated',
      d: 'rejected',
    });
    expect(await items(world, id)).toEqual(['b undoRefused BUSY']);
    expect(undone(world).filter((operation) => operation === 'file')).toHaveLength(2);
    expect(undone(world).filter((operation) => operation === 'reserve')).toHaveLength(8);
  });
});

describe('the pivot', () => {
  const withPivot = {
    a: { call: 'desk.file' },
    p: { call: 'desk.enter', after: 'a', pivot: true },
    z: { call: 'desk.look', after: 'p' },
  };

  test('refuses a withdrawal once it has been sent', async () => {
    const world = await route(withPivot);
    world.agencies['desk']!.script = ({ operation, kind }) =>
      operation === 'enter' && kind === 'send' ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(5000);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(409);
    expect(await act(world, `applications/${id}/cancel`)).toBe(409);
    await world.clock.advance(HOUR, 5000);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('a rejection after it needs a person and undoes nothing', async () => {
    const world = await route(withPivot);
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'look' ? { is: 'refused', code: 'NO' } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await items(world, id)).toEqual(['z rejectedAfterPivot NO']);
    expect(undone(world)).toEqual([]);
    expect((await look(world, id)).state).toBe('underReview');
  });

  test('its own rejection undoes what came before', async () => {
    const world = await route(withPivot);
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'enter' ? { is: 'refused', code: 'NO' } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ a: 'compensated', p: 'rejected', z: 'cancelled' });
  });

  test('waits for every mandatory step that does not come after it', async () => {
    const world = await route({ p: { call: 'desk.enter', pivot: true }, slow: { call: 'desk.reserve' } });
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'reserve' ? { is: 'refused', code: 'NO' } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ p: 'cancelled', slow: 'rejected' });
  });
});

describe('what is not mandatory', () => {
  test('a best-effort failure leaves the application partially completed, and what comes after goes on', async () => {
    const world = await route({
      a: { call: 'desk.file' },
      b: { call: 'desk.enter', after: 'a', need: 'bestEffort' },
      c: { call: 'desk.look', after: 'b' },
    });
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'enter' ? { is: 'refused', code: 'NO' } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'rejected', c: 'succeeded' });
    expect((await look(world, id)).state).toBe('partiallyCompleted');
    expect(undone(world)).toEqual([]);
  });

  test('`when` skips a step, and what comes after reads on', async () => {
    const world = await route({
      a: { call: 'desk.look' },
      b: { call: 'desk.file', after: 'a', when: 'steps.a.output.wanted' },
      c: { call: 'desk.stamp', after: 'b', when: 'application.formData.stamp' },
    });
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'look' ? { is: 'ok', output: { wanted: false } } : undefined;
    const id = await submit(world, application({ formData: { stamp: true } }));
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'skipped', c: 'succeeded' });
    expect((await look(world, id)).state).toBe('completed');
  });

  test('an application of which every step is skipped is completed at once', async () => {
    const world = await route({ a: { call: 'desk.file', when: 'application.formData.never' } });
    const id = await submit(world);
    expect((await look(world, id)).state).toBe('completed');
    expect(world.agencies['desk']!.asked).toEqual([]);
  });
});

describe('an unpaid bill', () => {
  const unpaid = (world: World): void => {
    world.agencies['bank']!.script = ({ kind }) =>
      kind === 'undo' ? undefined : { is: 'pending', reference: 'VA', awaits: 'payment' };
  };

  test('ends its application before the pivot', async () => {
    const world = await route({
      a: { call: 'desk.file' },
      bill: { call: 'bank.charge', after: 'a', waits: '2h' },
    });
    unpaid(world);
    const id = await submit(world);
    await world.clock.advance(3 * HOUR, 15_000);
    expect(await states(world, id)).toEqual({ a: 'compensated', bill: 'compensated' });
    expect((await look(world, id)).state).toBe('expired');
  });

  test('is a person’s after the pivot: nothing that cannot be undone is undone', async () => {
    const world = await route({
      p: { call: 'desk.enter', pivot: true },
      bill: { call: 'bank.charge', after: 'p', waits: '2h' },
    });
    unpaid(world);
    const id = await submit(world);
    await world.clock.advance(3 * HOUR, 15_000);
    expect(await items(world, id)).toEqual(['bill waitTimedOut WAIT_TIMED_OUT']);
    expect(undone(world)).toEqual([]);
  });

  test('that was only offered leaves the rest done', async () => {
    const world = await route({
      a: { call: 'desk.file' },
      bill: { call: 'bank.charge', need: 'bestEffort', waits: '2h' },
    });
    unpaid(world);
    const id = await submit(world);
    await world.clock.advance(3 * HOUR, 15_000);
    expect(await states(world, id)).toEqual({ a: 'succeeded', bill: 'rejected' });
    expect((await look(world, id)).state).toBe('partiallyCompleted');
  });
});
