import { describe, expect, test } from 'vitest';
import { act, items, look, states, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { effects, kinds, oneStep } from '../support/one-step.ts';
import type { Asked } from '../support/test-agency.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('waits', () => {
  test('what cannot be asked about is a person’s when its time is over', async () => {
    const world = await open(oneStep('announce', {}, { waits: '2h' }));
    const id = await submit(world);
    await world.clock.advance(HOUR, 5000);
    expect(await states(world, id)).toEqual({ a: 'waitingAgency' });
    await world.clock.advance(2 * HOUR, 15_000);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    // The answer may still come, and is then taken.
    await world.news('desk', 'announce', {
      id: 'n1',
      reference: 'ANN-1',
      outcome: { is: 'ok', output: { late: true } },
    });
    expect((await look(world, id)).state).toBe('completed');
    expect(await items(world, id)).toEqual([]);
  });

  test('who can be asked is asked before the wait is called over', async () => {
    const world = await open(oneStep('enter', { retry: { cap: '15m' } }, { waits: '90s' }));
    world.agencies['desk']!.script = ({ kind, at }) =>
      kind === 'send' || at - world.agencies['desk']!.asked[0]!.at < 90_000
        ? { is: 'pending', reference: 'R' }
        : undefined;
    const id = await submit(world);
    await world.clock.advance(3 * MINUTE);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('an agency that cannot tell when the time is over is asked on at a decent pace, and not for ever', async () => {
    const world = await open(oneStep('enter', {}, { waits: '1h' }));
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? { is: 'pending', reference: 'R' } : { is: 'unknown', code: 'CANNOT_TELL' };
    const id = await submit(world);
    await world.clock.advance(3 * HOUR, 15_000);
    expect(world.agencies['desk']!.asked.length).toBeLessThan(30);
    await world.clock.advance(2 * DAY, MINUTE);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    expect(world.agencies['desk']!.asked.length).toBeLessThan(200);
  });

  test('a wait for the applicant at the agency’s own counter is a wait: news settle it, and it ends', async () => {
    const world = await open(oneStep('stamp', {}, { waits: '2h' }));
    world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'S-1', awaits: 'applicant' });
    const [first, second] = [await submit(world), await submit(world)];
    await world.clock.advance(MINUTE);
    expect(await states(world, first)).toEqual({ a: 'waitingApplicant' });
    const [{ key }] = world.agencies['desk']!.asked as [Asked];
    await world.news('desk', 'stamp', { id: 'n1', key, outcome: { is: 'ok', output: {} } });
    expect((await look(world, first)).state).toBe('completed');
    await world.clock.advance(3 * HOUR, 15_000);
    expect(await items(world, second)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
  });

  test('news that the agency goes on working does not stop the questions', async () => {
    const world = await open(oneStep('enter', {}, { waits: '7d' }));
    let issued = false;
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'inquiry' && issued ? undefined : { is: 'pending', reference: 'R-1' };
    const id = await submit(world);
    await world.clock.advance(1000);
    const { key } = world.agencies['desk']!.asked[0]!;
    await world.news('desk', 'enter', { id: 'n1', key, outcome: { is: 'pending', reference: 'R-1' } });
    issued = true;
    await world.clock.advance(HOUR, 5000);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('a person who hurries a waiting step has it asked about, and is refused where nobody can be asked', async () => {
    const world = await open({
      catalogue: smallCatalogue({ a: { call: 'desk.enter' }, b: { call: 'desk.announce' } }),
    });
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(10_000);
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
    await world.clock.advance(1000);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'waitingAgency' });
    expect(await act(world, `applications/${id}/steps/b/retry`)).toBe(409);
    const { steps } = (await world.ledger.read(id))!;
    expect(steps[1]!.dueAt).toBeGreaterThan(world.clock.now());
  });

  test('a wait that timed out is never sent again blindly by a person’s retry', async () => {
    const world = await open(oneStep('enter', {}, { waits: '1h' }));
    world.agencies['desk']!.script = ({ kind, n }) =>
      kind === 'send' || n < 40 ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, 15_000);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    await act(world, `applications/${id}/steps/a/retry`);
    await world.clock.advance(HOUR, 5000);
    expect(kinds(world).filter((kind) => kind === 'send')).toHaveLength(1);
    expect(effects(world)).toEqual([1]);
  });
});

describe('what a route gets wrong', () => {
  test('an input that does not fit is a person’s, and no attempt is made', async () => {
    const catalogue = smallCatalogue({
      a: { call: 'desk.file', with: { n: '$number(application.applicant.fullName)' } },
    });
    const world = await open({ catalogue });
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await items(world, id)).toEqual(['a mapping MAPPING_ERROR']);
    expect(kinds(world)).toEqual([]);
  });

  test('a condition that cannot be worked out parks its step; the answer before it is kept', async () => {
    const steps = {
      a: { call: 'desk.stamp' },
      b: { call: 'desk.look', after: 'a', when: '$number(steps.a.output.word) > 5' },
    };
    const world = await open({ catalogue: smallCatalogue(steps) });
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'stamp' ? { is: 'ok', output: { word: 'many' } } : undefined;
    const id = await submit(world);
    await world.clock.advance(5 * MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'parked' });
    expect(await items(world, id)).toEqual(['b mapping MAPPING_ERROR']);
    expect(effects(world)).toEqual([1]);
  });

  test('a result that cannot be worked out does not keep the application from its end', async () => {
    const route = { result: { n: '$number(steps.a.output.word)' } };
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }, [], route) });
    world.agencies['desk']!.script = () => ({ is: 'ok', output: { word: 'many' } });
    const id = await submit(world);
    await world.clock.advance(5 * MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'completed', result: null });
  });
});

describe('what an agency says of time', () => {
  describe('a wait that its route calls over with a no', () => {
    const pending = ({ kind }: Asked) =>
      kind === 'send' ? ({ is: 'pending', reference: 'R' } as const) : undefined;

    test('gives back what the agency has taken, and what stood before it', async () => {
      const world = await open({
        catalogue: smallCatalogue(
          {
            first: { call: 'desk.file' },
            held: { call: 'bank.file', after: 'first', waits: '2h', onTimeout: 'reject' },
          },
          [agencyEntry('desk'), agencyEntry('bank')],
        ),
      });
      world.agencies['bank']!.script = pending;
      const id = await submit(world);
      await world.clock.advance(3 * HOUR, 15_000);
      expect((await look(world, id)).state).toBe('rejected');
      expect(await states(world, id)).toEqual({ first: 'compensated', held: 'compensated' });
      expect(world.agencies['bank']!.undone).toHaveLength(1);
      expect(await items(world, id)).toEqual([]);
    });

    test('of a best-effort step gives back only its own, and the rest goes on', async () => {
      const world = await open({
        catalogue: smallCatalogue(
          {
            offer: { call: 'bank.file', need: 'bestEffort', waits: '2h', onTimeout: 'reject' },
            last: { call: 'desk.file', after: 'offer', need: 'bestEffort' },
            main: { call: 'desk.reserve' },
          },
          [agencyEntry('desk'), agencyEntry('bank')],
        ),
      });
      world.agencies['bank']!.script = pending;
      const id = await submit(world);
      await world.clock.advance(3 * HOUR, 15_000);
      expect((await look(world, id)).state).toBe('partiallyCompleted');
      expect(await states(world, id)).toEqual({ offer: 'compensated', last: 'succeeded', main: 'succeeded' });
      expect(world.agencies['bank']!.undone).toHaveLength(1);
    });

    test('is a person’s where the agency refuses to give it back', async () => {
      const world = await open(oneStep('file', {}, { waits: '2h', onTimeout: 'reject' }));
      world.agencies['desk']!.script = ({ kind }) =>
        kind === 'send' ? { is: 'pending', reference: 'R' } : { is: 'refused', code: 'NOT_ELIGIBLE' };
      const id = await submit(world);
      await world.clock.advance(3 * HOUR, 15_000);
      expect((await look(world, id)).state).toBe('rejected');
      expect(await items(world, id)).toEqual(['a undoRefused NOT_ELIGIBLE']);
    });

    test('is a person’s where the pivot is waited for: it may still be done', async () => {
      const world = await open(oneStep('file', {}, { waits: '2h', onTimeout: 'reject', pivot: true }));
      world.agencies['desk']!.script = pending;
      const id = await submit(world);
      await world.clock.advance(3 * HOUR, 15_000);
      expect(await states(world, id)).toEqual({ a: 'parked' });
      expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    });

    test.each(['reject', 'expire'] as const)(
      'gives back, too, what waits for him at the agency’s counter (%s)',
      async (onTimeout) => {
        const world = await open(oneStep('file', {}, { waits: '2h', onTimeout }));
        world.agencies['desk']!.script = ({ kind }) =>
          kind === 'send' ? { is: 'pending', reference: 'R', awaits: 'applicant' } : undefined;
        const id = await submit(world);
        await world.clock.advance(3 * HOUR, 15_000);
        expect(await states(world, id)).toEqual({ a: 'compensated' });
        expect(world.agencies['desk']!.undone).toHaveLength(1);
      },
    );

    test('is the step’s own where nothing can be given back', async () => {
      const world = await open(oneStep('announce', {}, { waits: '2h', onTimeout: 'reject' }));
      const id = await submit(world);
      await world.clock.advance(3 * HOUR, 15_000);
      expect((await look(world, id)).state).toBe('rejected');
      expect(await states(world, id)).toEqual({ a: 'rejected' });
    });
  });

  test('a later "pending" may bring the end forward', async () => {
    const world = await open(oneStep('charge', {}, { waits: '30d' }));
    const until = new Date(world.clock.now() + DAY).toISOString();
    world.agencies['desk']!.script = ({ kind }) => {
      if (kind === 'undo') return undefined;
      const bill = kind === 'inquiry' && ({ awaits: 'payment', until } as const);
      return { is: 'pending', reference: 'R', ...bill };
    };
    const id = await submit(world);
    await world.clock.advance(2 * DAY, MINUTE);
    expect((await look(world, id)).state).toBe('expired');
  });

  test('a later "pending" never puts the end off', async () => {
    const world = await open(oneStep('charge', {}, { waits: '1h' }));
    const until = new Date(world.clock.now() + DAY).toISOString();
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'undo' ? undefined : { is: 'pending', reference: 'R', awaits: 'payment', until };
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, MINUTE);
    expect((await look(world, id)).state).toBe('expired');
  });

  test('an end that cannot be read is no answer: the step is asked about, never left without a wake', async () => {
    const world = await open(oneStep('charge', { retry: { inquiries: 3 } }));
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'undo' ? undefined : { is: 'pending', reference: 'R', until: '31/12/2026' };
    const id = await submit(world);
    await world.clock.advance(DAY, MINUTE);
    expect(kinds(world)).toEqual(['send', 'inquiry', 'inquiry', 'inquiry']);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });

  test('part of a second is waited out as a whole one', async () => {
    const world = await open(oneStep('file', { retry: { base: '1s', cap: '1s' } }));
    world.agencies['desk']!.script = ({ n }) =>
      n === 1 ? { is: 'retry', code: 'BUSY', afterSeconds: 100.0005 } : undefined;
    const id = await submit(world);
    await world.clock.advance(5 * MINUTE);
    const [first, second] = world.agencies['desk']!.asked;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(101_000);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('a Retry-After of thirty years is waited for a day and a half', async () => {
    const world = await open(oneStep('file'));
    world.agencies['desk']!.script = ({ n }) =>
      n === 1 ? { is: 'retry', code: 'BUSY', afterSeconds: 999_999_999 } : undefined;
    const id = await submit(world);
    await world.clock.advance(35 * HOUR, HOUR);
    expect(kinds(world)).toEqual(['send']);
    await world.clock.advance(2 * HOUR, MINUTE);
    expect((await look(world, id)).state).toBe('completed');
  });
});
