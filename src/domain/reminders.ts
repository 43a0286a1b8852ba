/** When somebody is to be reminded of what he has to do: so long after his wait began, as the route says. */
import { parseDuration } from './duration.ts';
import type { PlanStep } from './plan.ts';
import { isWaiting, type Step } from './step.ts';

/** The next reminder, ms since the epoch; null when there is none left. */
export function nextReminder({ rules }: Pick<PlanStep, 'rules'>, step: Step): number | null {
  if (!isWaiting(step)) return null;
  const after = rules.remind?.[step.secret.reminded ?? 0];
  return after === undefined ? null : step.since + parseDuration(after);
}
