/** When a rehearsal's ledger has something to do next. */
import { nextLook } from '../domain/deadline.ts';
import type { Lane } from '../domain/lane.ts';
import { nextReminder } from '../domain/reminders.ts';
import { isWaiting, type Step } from '../domain/step.ts';
import { isFinal, lookUp, type Seen } from './look.ts';
import type { Stage } from './stage.ts';

/** Null when nothing will move by itself. */
export async function nextDue(stage: Stage): Promise<number | null> {
  const { ledger, clock } = stage;
  const lanes = new Map((await ledger.lanes()).map((lane) => [lane.id, lane]));
  const due: number[] = [];
  for (const { seen, stored } of await lookUp(stage)) {
    if (isFinal(seen)) continue;
    for (const step of seen.steps) {
      const at = dueOf(seen, step, lanes.get(step.agency));
      if (at !== null) due.push(at);
    }
    const at = stored.application.clock && nextLook(stored.application.clock);
    if (at !== null) due.push(at);
  }
  // A probe that is under way holds its lane.
  for (const { probeUntil } of lanes.values()) if (probeUntil > clock.now()) due.push(probeUntil);
  return due.length === 0 ? null : Math.min(...due);
}

function dueOf(seen: Seen, step: Step, lane: Lane | undefined): number | null {
  if (step.dueAt === null || step.leaseUntil !== null || lane?.paused === true) return null;
  return Math.max(patient(seen, step), lane?.sleepUntil ?? 0);
}

/** So many questions in vain are put as often as in life. */
const ASKED_IN_VAIN = 12;
/** After that the next one is put when so much of the time that was waited has passed again: of a month's 3,000 it is 60. */
const PATIENCE = 0.1;

/** A reminder and the end of the wait stay where they are. */
function patient({ plan }: Seen, step: Step): number {
  const dueAt = step.dueAt!;
  if (!isWaiting(step) || step.inquiries < ASKED_IN_VAIN) return dueAt;
  const remindAt = nextReminder(plan.byName.get(step.name)!, step) ?? Infinity;
  const later = dueAt + Math.round((dueAt - step.since) * PATIENCE);
  return Math.max(dueAt, Math.min(later, remindAt, step.timeoutAt ?? Infinity));
}
