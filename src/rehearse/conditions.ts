/** When somebody acts in a rehearsal: `bill is waitingPayment in round 2`, `application is waitingApplicant`, `step.reminder of bill`. */
import type { ApplicationState } from '../domain/application.ts';
import type { StepState } from '../domain/step.ts';
import { stepAt, type Seen } from './look.ts';

export type Condition =
  | { of: 'step'; step: string; is: StepState; round: number | null }
  | { of: 'application'; is: ApplicationState }
  | { of: 'event'; type: string; step: string | null; nth: number };

export const STEP_STATES: readonly StepState[] = [
  ...(['pending', 'ready', 'waitingAgency', 'waitingPayment', 'waitingAppointment'] as const),
  ...(['waitingApplicant', 'waitingOfficer', 'unknown', 'parked', 'compensating', 'succeeded'] as const),
  ...(['rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed'] as const),
];

/** A step's way: `bill`, or `move/card`. */
const STEP = String.raw`[A-Za-z][A-Za-z0-9]*(?:\/[A-Za-z][A-Za-z0-9]*)*`;
const STATE_FORM = new RegExp(`^(${STEP}) is ([A-Za-z]+)(?: in round ([1-9]\\d?))?$`);
const EVENT_FORM = new RegExp(`^([a-z]+(?:\\.[A-Za-z]+)+)(?: of (${STEP}))?(?:, time ([1-9]\\d?))?$`);

export const CONDITION_FORMS =
  '"STEP is STATE", "STEP is STATE in round 2", "application is STATE", "sla.atRisk" or "step.reminder of STEP, time 2"';

/** Undefined when it is none. */
export function parseCondition(text: string): Condition | undefined {
  const [, step, is, round] = STATE_FORM.exec(text) ?? [];
  if (step === 'application') return { of: 'application', is: is as ApplicationState };
  if (step !== undefined)
    return { of: 'step', step, is: is as StepState, round: round === undefined ? null : Number(round) };
  const [, type, of, nth] = EVENT_FORM.exec(text) ?? [];
  return type === undefined ? undefined : { of: 'event', type, step: of ?? null, nth: Number(nth ?? 1) };
}

export function holds(condition: Condition, seen: Seen[]): boolean {
  switch (condition.of) {
    case 'application':
      return seen[0]?.state === condition.is;
    case 'step': {
      const step = stepAt(seen, condition.step)?.step;
      return step?.state === condition.is && (condition.round === null || step.round === condition.round);
    }
    case 'event':
      return seen.some((one) => happened(condition, one));
  }
}

type OfEvent = Extract<Condition, { of: 'event' }>;

function happened({ type, step, nth }: OfEvent, { prefix, events }: Seen): boolean {
  const named = step !== null && step.startsWith(prefix) ? step.slice(prefix.length) : null;
  if (step === null ? prefix !== '' : named === null) return false;
  const such = events.filter((one) => one.type === type && (named === null || one.data['step'] === named));
  return such.length >= nth;
}
