/** What happens while a step waits without an exchange: a reminder, and the end of its time. */
import { newDraft, note, patch, type Draft } from '../domain/application.ts';
import { nextReminder } from '../domain/reminders.ts';
import type { Step } from '../domain/step.ts';
import { advance, commit } from './change.ts';
import type { Flow } from './flow.ts';
import { timeOut } from './moves.ts';
import type { View } from './view.ts';

const draftOf = (flow: Flow, view: View): Draft =>
  newDraft(view.application, view.steps.values(), flow.clock.now());

/** A wait that cannot be asked about is over when its time is. */
export async function endWait(flow: Flow, view: View, step: Step): Promise<void> {
  const draft = draftOf(flow, view);
  timeOut(flow, draft, view.plan, step);
  await conclude(flow, view, draft);
}

/** Says that somebody has something to do; then looks on as before. */
export async function remind(flow: Flow, view: View, step: Step): Promise<void> {
  const draft = draftOf(flow, view);
  const reminded = (step.secret.reminded ?? 0) + 1;
  const next = { ...step, secret: { ...step.secret, reminded } };
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const later = Math.min(
    nextReminder(view.plan.byName.get(step.name)!, next) ?? Infinity,
    step.timeoutAt ?? Infinity,
  );
  // Who can be asked is asked now: when he would have been is not kept.
  const dueAt = operation.inquiry ? draft.now : later;
  patch(draft, step.name, { secret: next.secret, dueAt: dueAt === Infinity ? null : dueAt });
  note(draft, 'step.reminder', { step: step.name, waits: step.state, nth: reminded });
  await conclude(flow, view, draft);
}

/** Stores what follows from a draft; of an application being ended, that what was to be sent is cancelled. */
export async function conclude(flow: Flow, view: View, draft = draftOf(flow, view)): Promise<void> {
  await advance(flow, view, draft);
  // A race means that something else moved the step: its own wake will come.
  await commit(flow, view, draft);
}
