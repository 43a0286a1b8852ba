/** An application's life: what starts, what its state is called, and how it ends. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ApplicationState,
  conclude,
  type Draft,
  end,
  FINAL,
  holdBack,
  moveStep,
  patch,
  startable,
} from '../../src/domain/application.ts';
import { pastPivot } from '../../src/domain/pivot.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { hasEnded, isInFlight, isWaiting, type Step, type StepState } from '../../src/domain/step.ts';
import { draftOf, eventsOf, NOW, planOf, statesOf } from './application-support.ts';

const THREE = planOf({
  check: {},
  pay: { after: ['check'] },
  extra: { after: ['check'], need: 'bestEffort' },
});
const PIVOT = planOf({ check: {}, pay: { pivot: true, after: ['check'] }, issue: { after: ['pay'] } });
const never = (): boolean => false;
const always = (): boolean => true;

describe('startable', () => {
  const names = (draft: Draft, plan: Plan): string[] => startable(draft, plan).map(({ name }) => name);

  test.each<[string, Record<string, StepState>, string[]]>([
    ['at first: what waits for nobody', {}, ['check']],
    ['while the first is on its way: nothing', { check: 'ready' }, []],
    ['once it succeeded: all that waited', { check: 'succeeded' }, ['pay', 'extra']],
    ['once it was skipped: the same', { check: 'skipped' }, ['pay', 'extra']],
    ['when a mandatory one was rejected: nothing', { check: 'rejected' }, []],
    ['what has begun does not begin again', { check: 'succeeded', pay: 'waitingPayment' }, ['extra']],
  ])('%s', (_, states, expected) => {
    expect(names(draftOf(THREE, states), THREE)).toEqual(expected);
  });

  test.each<[StepState, boolean]>([
    ['succeeded', true],
    ['skipped', true],
    ['rejected', true],
    ['cancelled', true],
    ['unknown', false],
    ['parked', false],
    ['waitingAgency', false],
  ])('a best-effort step that is %s lets others go on: %s', (state, lets) => {
    const plan = planOf({ extra: { need: 'bestEffort' }, pay: { after: ['extra'] } });
    expect(names(draftOf(plan, { extra: state }), plan)).toEqual(lets ? ['pay'] : []);
  });

  test('nothing, once the application is being ended', () => {
    const draft = draftOf(THREE, {});
    end(draft, { as: 'withdrawn', code: 'WITHDRAWN' });
    expect(names(draft, THREE)).toEqual([]);
  });
});

test('what was never sent waits again for what comes before it and runs again', () => {
  const draft = draftOf(THREE, { check: 'ready', pay: 'ready' });
  holdBack(draft, THREE);
  expect(draft.steps.get('pay')).toMatchObject({ state: 'pending', dueAt: null });
  expect(draft.steps.get('check')!.state).toBe('ready');
  const sent = draftOf(THREE, { check: 'ready', pay: { state: 'ready', attempts: 1 } });
  holdBack(sent, THREE);
  expect(sent.steps.get('pay')!.state).toBe('ready');
});

describe('the state of an application', () => {
  test.each<[string, Record<string, StepState>, ApplicationState]>([
    ['nothing sent yet', { check: 'ready' }, 'accepted'],
    ['one done', { check: 'succeeded', pay: 'ready', extra: 'ready' }, 'inProgress'],
    ['a bill to pay', { check: 'succeeded', pay: 'waitingPayment' }, 'waitingPayment'],
    ['an appointment', { check: 'waitingAppointment' }, 'waitingAppointment'],
    ['the agency works', { check: 'waitingAgency' }, 'inProgress'],
    ['the outcome is not known', { check: 'unknown' }, 'inProgress'],
    [
      "the applicant's turn before the bill",
      { check: 'succeeded', pay: 'waitingPayment', extra: 'waitingApplicant' },
      'waitingApplicant',
    ],
    [
      "a person's turn before everybody's",
      { check: 'parked', pay: 'waitingPayment', extra: 'waitingApplicant' },
      'underReview',
    ],
    ['all done', { check: 'succeeded', pay: 'succeeded', extra: 'skipped' }, 'completed'],
    [
      'all but a best-effort one',
      { check: 'succeeded', pay: 'succeeded', extra: 'rejected' },
      'partiallyCompleted',
    ],
    ['a mandatory one rejected', { check: 'rejected' }, 'rejected'],
  ])('%s', (_, states, expected) => {
    const draft = draftOf(THREE, states);
    conclude(draft, THREE, never);
    expect(draft.application.state).toBe(expected);
    expect(draft.application.endedAt).toBe(FINAL.has(expected) ? NOW : null);
  });

  test('is told when it changes, and only then', () => {
    const draft = draftOf(THREE, { check: 'succeeded', pay: 'waitingPayment' });
    conclude(draft, THREE, never);
    expect(draft.events).toEqual([
      { type: 'go.mpp.application.status.changed.v1', data: { from: 'accepted' } },
    ]);
    conclude(draft, THREE, never);
    expect(draft.events).toHaveLength(1);
  });

  test('a final one is told under its own name, with why it was ended', () => {
    const draft = draftOf(THREE, { check: { state: 'rejected', code: 'NIK_NOT_FOUND' } });
    conclude(draft, THREE, never);
    const data = { from: 'accepted', code: 'NIK_NOT_FOUND' };
    expect(draft.events.at(-1)).toEqual({ type: 'go.mpp.application.rejected.v1', data });
  });

  test.each<[string, Partial<Step>, ApplicationState]>([
    ['a refusal that the route takes for the end of its time', { code: 'APPOINTMENT_MISSED' }, 'expired'],
    ['any other refusal of the same step', { code: 'NOT_ELIGIBLE' }, 'rejected'],
    ['a refusal without a code', { code: null }, 'rejected'],
    ['a code that every object knows', { code: 'constructor' }, 'rejected'],
  ])('%s', (_, refusal, expected) => {
    const plan = planOf({ book: {}, see: { after: ['book'], onRefusal: { APPOINTMENT_MISSED: 'expire' } } });
    const draft = draftOf(plan, { book: 'succeeded', see: { state: 'rejected', ...refusal } });
    conclude(draft, plan, never);
    const code = refusal.code ?? 'NOT_ELIGIBLE';
    expect(draft.application).toMatchObject({
      state: expected,
      ending: { as: expected, code },
      endedAt: NOW,
    });
    expect(draft.events.at(-1)).toEqual({
      type: `go.mpp.application.${expected}.v1`,
      data: { from: 'accepted', code },
    });
  });

  test('an application without steps is completed at once', () => {
    const plan = planOf({});
    const draft = draftOf(plan, {});
    conclude(draft, plan, never);
    expect(draft.application.state).toBe('completed');
  });
});

describe('the pivot', () => {
  test.each<[string, StepState | Partial<Step>, boolean]>([
    ['not begun', 'pending', false],
    ['ready, never sent', 'ready', false],
    ['skipped', 'skipped', false],
    ['rejected', 'rejected', false],
    ['undone', 'compensated', false],
    ['sent before and to be sent again', { state: 'ready', attempts: 1 }, true],
    ['in its second round', { state: 'ready', attempts: 0, round: 2 }, true],
    ['perhaps done', 'unknown', true],
    ['waiting for its payment', 'waitingPayment', true],
    ['parked', 'parked', true],
    ['done', 'succeeded', true],
  ])('is passed when it is %s: %s', (_, pay, passed) => {
    expect(pastPivot(draftOf(PIVOT, { check: 'succeeded', pay }), PIVOT)).toBe(passed);
  });

  test('before it a rejected mandatory step ends the application and undoes what was done', () => {
    const plan = planOf({ book: {}, check: {}, pay: { pivot: true } });
    const draft = draftOf(plan, { book: 'succeeded', check: { state: 'rejected', code: 'NOT_ELIGIBLE' } });
    conclude(draft, plan, always);
    expect(statesOf(draft)).toEqual({ book: 'compensating', check: 'rejected', pay: 'cancelled' });
    expect(draft.application).toMatchObject({
      ending: { as: 'rejected', code: 'NOT_ELIGIBLE' },
      endedAt: null,
    });
    expect(draft.items).toEqual([]);
  });

  test("after it a rejected mandatory step is a person's, and nothing is undone", () => {
    const draft = draftOf(PIVOT, {
      check: 'succeeded',
      pay: 'succeeded',
      issue: { state: 'rejected', code: 'NOT_ELIGIBLE' },
    });
    conclude(draft, PIVOT, always);
    expect(statesOf(draft)).toEqual({ check: 'succeeded', pay: 'succeeded', issue: 'parked' });
    expect(draft.items).toEqual([{ step: 'issue', kind: 'rejectedAfterPivot', code: 'NOT_ELIGIBLE' }]);
    expect(draft.application).toMatchObject({ state: 'underReview', ending: null });
  });

  test('a rejected best-effort step ends nothing on either side of it', () => {
    const draft = draftOf(THREE, { check: 'succeeded', pay: 'waitingPayment', extra: 'rejected' });
    conclude(draft, THREE, always);
    expect(draft.application).toMatchObject({ state: 'waitingPayment', ending: null });
  });
});

describe('winding up', () => {
  const FOUR = planOf({ a: {}, b: {}, c: {}, d: {} });
  const ending = (states: Record<string, StepState | Partial<Step>>): Draft => {
    const draft = draftOf(FOUR, states, { state: 'inProgress' });
    end(draft, { as: 'withdrawn', code: 'WITHDRAWN' });
    return draft;
  };

  test('cancels what has not begun', () => {
    const draft = ending({ a: 'succeeded', b: 'ready', c: 'waitingApplicant' });
    conclude(draft, FOUR, never);
    expect(statesOf(draft)).toEqual({ a: 'succeeded', b: 'cancelled', c: 'cancelled', d: 'cancelled' });
    expect(draft.application).toMatchObject({ state: 'withdrawn', endedAt: NOW });
    expect(eventsOf(draft)).toEqual([
      'step.cancelled',
      'step.cancelled',
      'step.cancelled',
      'application.withdrawn',
    ]);
  });

  test.each<[string, StepState | Partial<Step>]>([
    ['an open attempt', { state: 'ready', leaseUntil: NOW + 1 }],
    ['what may have been done', 'unknown'],
    ['an undo under way', 'compensating'],
  ])('waits for %s before it undoes anything', (_, state) => {
    const draft = ending({ a: 'succeeded', b: state });
    conclude(draft, FOUR, always);
    expect(statesOf(draft)['a']).toBe('succeeded');
    expect(draft.application).toMatchObject({ state: 'inProgress', endedAt: null });
  });

  test('undoes one step at a time, the last first, with a budget of its own', () => {
    let draft = ending({
      a: { state: 'succeeded', spent: 4 },
      b: 'succeeded',
      c: 'waitingPayment',
      d: 'rejected',
    });
    const undone: string[] = [];
    for (;;) {
      conclude(draft, FOUR, always);
      const next = [...draft.steps.values()].find(({ state }) => state === 'compensating');
      if (!next) break;
      expect(next).toMatchObject({ spent: 0, dueAt: NOW, timeoutAt: null });
      undone.push(next.name);
      moveStep(draft, next.name, 'compensated', { dueAt: null }, 'compensated');
      draft = { ...draft };
    }
    expect(undone).toEqual(['c', 'b', 'a']);
    expect(draft.application.state).toBe('withdrawn');
  });

  test('undoes what an agency holds for the applicant; what was sent back to him is only called off', () => {
    const draft = ending({ a: { state: 'waitingApplicant', timeoutAt: NOW + 1 }, b: 'waitingApplicant' });
    conclude(draft, FOUR, always);
    expect(statesOf(draft)).toMatchObject({ a: 'compensating', b: 'cancelled' });
  });

  test('leaves what cannot be undone, and calls off the wait for its news', () => {
    const draft = ending({ a: 'succeeded', b: 'waitingAgency' });
    conclude(draft, FOUR, never);
    expect(statesOf(draft)).toMatchObject({ a: 'succeeded', b: 'cancelled' });
    expect(draft.application.state).toBe('withdrawn');
  });

  test('an undo that failed does not hold the others up', () => {
    const draft = ending({ a: 'succeeded', b: 'compensationFailed' });
    conclude(draft, FOUR, always);
    expect(statesOf(draft)).toMatchObject({ a: 'compensating', b: 'compensationFailed' });
  });

  test('what a person must decide keeps it open', () => {
    const draft = ending({ a: 'parked' });
    conclude(draft, FOUR, always);
    expect(draft.application).toMatchObject({ state: 'underReview', endedAt: null });
    patch(draft, 'a', { state: 'rejected' });
    conclude(draft, FOUR, always);
    expect(draft.application.state).toBe('withdrawn');
  });
});

describe('whatever its steps do', () => {
  const STATES: StepState[] = [
    ...([
      'pending',
      'ready',
      'waitingAgency',
      'waitingPayment',
      'waitingAppointment',
      'waitingApplicant',
      'unknown',
    ] as const),
    ...([
      'parked',
      'compensating',
      'succeeded',
      'rejected',
      'skipped',
      'cancelled',
      'compensated',
      'compensationFailed',
    ] as const),
  ];
  const state = fc.constantFrom(...STATES);
  const ALL = planOf({ a: {}, b: { need: 'bestEffort' }, c: { pivot: true }, d: { after: ['c'] } });
  const states = fc.record({ a: state, b: state, c: state, d: state });

  test('it is final exactly when nothing is left to do or to decide', () => {
    fc.assert(
      fc.property(states, fc.boolean(), fc.boolean(), (given, isEnding, undoable) => {
        const draft = draftOf(ALL, given);
        if (isEnding) end(draft, { as: 'cancelled', code: 'CANCELLED' });
        conclude(draft, ALL, () => undoable);
        const steps = [...draft.steps.values()];
        if (FINAL.has(draft.application.state)) {
          expect(draft.application.endedAt).toBe(NOW);
          for (const step of steps)
            expect([step.name, hasEnded(step), isInFlight(step)]).toEqual([step.name, true, false]);
        } else {
          expect(draft.application.endedAt).toBeNull();
          expect(steps.some((step) => !hasEnded(step))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('an ending never starts, sends or waits for anything new, and concluding twice changes nothing more', () => {
    fc.assert(
      fc.property(states, fc.boolean(), (given, undoable) => {
        const draft = draftOf(ALL, given);
        end(draft, { as: 'cancelled', code: 'CANCELLED' });
        conclude(draft, ALL, () => undoable);
        for (const [name, before] of Object.entries(given)) {
          const after = draft.steps.get(name)!;
          if (after.state === before) continue;
          expect(['cancelled', 'compensating']).toContain(after.state);
          if (after.state === 'compensating')
            expect(before === 'succeeded' || isWaiting({ ...after, state: before })).toBe(true);
        }
        const once = [JSON.stringify([...draft.steps]), draft.events.length, draft.application.state];
        conclude(draft, ALL, () => undoable);
        expect([JSON.stringify([...draft.steps]), draft.events.length, draft.application.state]).toEqual(
          once,
        );
      }),
      { numRuns: 2000 },
    );
  });
});

test("a step's time in its state begins anew only when its state changes", () => {
  const draft = draftOf(THREE, { check: 'ready' });
  expect(patch(draft, 'check', { state: 'ready', dueAt: NOW + 1 }).since).toBe(NOW - 1000);
  expect(patch(draft, 'check', { state: 'unknown' }).since).toBe(NOW);
  expect([...draft.touched]).toEqual(['check']);
});
