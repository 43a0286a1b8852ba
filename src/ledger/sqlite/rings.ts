/** Which bells follow from rows that were just written. */
import type { Ring } from '../../domain/lane.ts';
import { stepId } from '../../domain/ids.ts';
import type { StepRow } from '../../flow/ports/ledger.ts';

/** A queue holds what is due within 10 minutes; `recover` brings the rest when its time comes. */
export const RING_HORIZON_MS = 600_000;

export function ringOf(step: StepRow): Ring {
  const bell = { id: stepId(step.applicationId, step.name), wake: step.wake };
  return { lane: step.agency, bell, at: step.dueAt!, priority: step.priority };
}

export function ringsOf(steps: StepRow[]): Ring[] {
  return steps.filter((step) => step.dueAt !== null).map(ringOf);
}
