/** When the clock of the law stands: while the citizen is waited for, as the route says; and what an application says of it. */
import { note, FINAL, type ApplicationState, type Draft } from './application.ts';
import { pauseClock, resumeClock, type Counting, type Pause } from './deadline.ts';
import type { Plan } from './plan.ts';

const PAUSES: Partial<Record<ApplicationState, Pause>> = {
  waitingApplicant: 'applicant',
  waitingPayment: 'payment',
  waitingAppointment: 'appointment',
};

/** Stands the clock still or lets it go on, as the application's state wants it. */
export function keepClock(draft: Draft, { route }: Plan, counting: Counting | null): void {
  const { clock, state } = draft.application;
  if (!clock || !counting || FINAL.has(state)) return;
  const why = PAUSES[state];
  const stands = why !== undefined && (route.deadline?.pauses ?? []).includes(why);
  const next = stands ? pauseClock(clock, draft.now, why, counting) : resumeClock(clock, draft.now, counting);
  if (next === clock) return;
  draft.application = { ...draft.application, clock: next };
  if (next.paused) note(draft, 'sla.paused', { why: next.paused.why });
  else note(draft, 'sla.resumed', { dueAt: new Date(next.dueAt).toISOString() });
}
