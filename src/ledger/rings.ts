/** Which bells follow from rows that were just written. */
import type { Ring } from '../domain/lane.ts';
import { stepId } from '../domain/ids.ts';
import type { StepRow } from '../flow/ports/ledger.ts';

/** What a step's bell is made of. */
export type Due = Pick<
  StepRow,
  'applicationId' | 'name' | 'agency' | 'priority' | 'wake' | 'dueAt' | 'platform' | 'service'
>;

export function ringOf(step: Due): Ring {
  const bell = { id: stepId(step.applicationId, step.name), wake: step.wake };
  const line = { platform: step.platform, service: step.service };
  return { lane: step.agency, bell, at: step.dueAt!, priority: step.priority, line };
}

export function ringsOf(steps: StepRow[]): Ring[] {
  return steps.filter((step) => step.dueAt !== null).map(ringOf);
}
