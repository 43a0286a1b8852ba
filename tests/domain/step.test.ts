/** A step's states: what its next wake is for, and when its agency may hold it. */
import { describe, expect, test } from 'vitest';
import {
  endedWell,
  hasEnded,
  isInFlight,
  isWaiting,
  nextAct,
  perhapsDone,
  waitingState,
  type Step,
  type StepState,
} from '../../src/domain/step.ts';
import { aStep } from './application-support.ts';

const NOW = 1000;
const step = (state: StepState, fields: Partial<Step> = {}): Step =>
  aStep('one', 0, { state, dueAt: NOW, ...fields });

const ENDED: StepState[] = [
  'succeeded',
  'rejected',
  'skipped',
  'cancelled',
  'compensated',
  'compensationFailed',
];
const WAITING: StepState[] = ['waitingAgency', 'waitingPayment', 'waitingAppointment'];
const REST: StepState[] = ['pending', 'ready', 'waitingApplicant', 'unknown', 'parked', 'compensating'];

describe('states', () => {
  test.each([...ENDED, ...WAITING, ...REST])('%s is of one kind', (state) => {
    expect([hasEnded(step(state)), isWaiting(step(state))]).toEqual([
      ENDED.includes(state),
      WAITING.includes(state),
    ]);
    expect(endedWell(step(state))).toBe(state === 'succeeded' || state === 'skipped');
  });

  test('a step is in flight while an attempt is open, or may have been done', () => {
    for (const state of REST)
      expect(isInFlight(step(state))).toBe(state === 'unknown' || state === 'compensating');
    expect(isInFlight(step('ready', { leaseUntil: NOW }))).toBe(true);
  });

  test.each([
    [undefined, 'waitingAgency'],
    ['agency', 'waitingAgency'],
    ['payment', 'waitingPayment'],
    ['appointment', 'waitingAppointment'],
    ['applicant', 'waitingApplicant'],
  ] as const)('waiting for %s is %s', (awaits, state) => {
    expect(waitingState(awaits)).toBe(state);
  });
});

describe('the next act', () => {
  const timed = { timeoutAt: NOW };
  test.each<[string, Step, boolean, ReturnType<typeof nextAct>]>([
    ['ready', step('ready'), true, 'send'],
    ['compensating', step('compensating'), true, 'undo'],
    ['unknown, can be asked', step('unknown'), true, 'inquiry'],
    ['unknown, cannot be asked (keyed: the same key again)', step('unknown'), false, 'send'],
    ['waiting, can be asked', step('waitingAgency', { timeoutAt: NOW + 1 }), true, 'inquiry'],
    ['waiting, cannot be asked', step('waitingPayment', { timeoutAt: NOW + 1 }), false, null],
    ['waiting, time is over', step('waitingPayment', timed), false, 'timeOut'],
    ['waiting, time is over, can be asked', step('waitingAgency', timed), true, 'timeOut'],
    ['sent back to the applicant', step('waitingApplicant'), true, null],
    [
      'at an agency that waits for the applicant',
      step('waitingApplicant', { timeoutAt: NOW + 1 }),
      true,
      'inquiry',
    ],
    [
      'at an agency that waited for the applicant too long',
      step('waitingApplicant', timed),
      false,
      'timeOut',
    ],
    ['ready, its bell too early', step('ready', { dueAt: NOW + 1 }), true, null],
    ['unknown, to be asked later', step('unknown', { dueAt: NOW + 1 }), true, null],
    ['ready by name, but not due', step('ready', { dueAt: null }), true, null],
    ['pending', step('pending'), true, null],
    ['parked', step('parked'), true, null],
    ['ready, its attempt open', step('ready', { leaseUntil: NOW + 1 }), true, null],
    ['ready, its lease run out', step('ready', { leaseUntil: NOW }), true, 'lost'],
    ['unknown, its lease run out', step('unknown', { leaseUntil: NOW }), true, 'lost'],
    ...ENDED.map((state) => [state, step(state), true, null] as [string, Step, boolean, null]),
  ])('of a step that is %s', (_, one, canBeAsked, act) => {
    expect(nextAct(one, canBeAsked, NOW)).toBe(act);
  });
});

describe('what waits for a person', () => {
  test.each<[string, Partial<Step>, boolean]>([
    ['an unknown outcome', { code: 'OUTCOME_UNKNOWN' }, true],
    ['a wait that is over', { code: 'WAIT_TIMED_OUT' }, true],
    ['a bill that is perhaps paid', { code: 'PERHAPS_PAID' }, true],
    ['a question that could not be written', { code: 'MAPPING_ERROR', sentAt: NOW }, true],
    ['the same, of what the agency asks us for', { code: 'MAPPING_ERROR', timeoutAt: NOW }, true],
    ['a request that could not be written', { code: 'MAPPING_ERROR' }, false],
    ['a budget that is spent', { code: 'BUSY', sentAt: NOW }, false],
  ])('%s', (_, fields, perhaps) => {
    expect(perhapsDone(step('parked', fields))).toBe(perhaps);
    expect(perhapsDone(step('ready', fields))).toBe(false);
  });
});
