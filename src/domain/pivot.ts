/** The point of no return: whether an application is past it, and where to go with what stands. */
import { isSentBack } from './mending.ts';
import type { Plan, PlanStep } from './plan.ts';
import { perhapsDone, type Step, type StepState } from './step.ts';

/** An application's, by their names. */
interface Steps {
  steps: ReadonlyMap<string, Step>;
}

/** True once the step that cannot be undone has been sent, or may have been. */
export function pastPivot(draft: Steps, plan: Plan): boolean {
  return pivotSent(draft, plan) !== undefined;
}

/** The service that mends what the pivot did, where the route names one. */
export function correctedBy(draft: Steps, plan: Plan): string | undefined {
  return pivotSent(draft, plan)?.rules.correctedBy;
}

function pivotSent(draft: Steps, plan: Plan): PlanStep | undefined {
  return plan.steps.find((planned) => {
    if (!planned.pivot) return false;
    const step = draft.steps.get(planned.name)!;
    return !(UNTOUCHED.has(step.state) || isSentBack(step) || neverSent(step));
  });
}

/** A pivot in one of these has changed nothing at its agency, or nothing that still stands. */
const UNTOUCHED: ReadonlySet<StepState> = new Set([
  'pending',
  // A person has not decided yet.
  'waitingOfficer',
  'skipped',
  'cancelled',
  'compensated',
  'rejected',
]);

/** To be sent for the first time, or parked because it could not even be written. */
function neverSent(step: Step): boolean {
  const first = step.attempts === 0 && step.round === 1;
  return first && (step.state === 'ready' || (step.state === 'parked' && !perhapsDone(step)));
}
