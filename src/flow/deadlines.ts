/** What a passed time of the law means: at risk, breached, and approved by law where the service's law says so. */
import { moveStep, newDraft, note, type Draft } from '../domain/application.ts';
import { pastPivot } from '../domain/pivot.ts';
import { lookAt } from '../domain/deadline.ts';
import type { Plan } from '../domain/plan.ts';
import { endedWell, hasEnded, isInFlight, type Step } from '../domain/step.ts';
import { advance, commit, MOST_RACES } from './change.ts';
import { isoTime, type Flow } from './flow.ts';
import type { RecoverLedger } from './ports/ledger.ts';
import { openView, type View } from './view.ts';

/** Clocks looked at by one sweep. */
const MOST_CLOCKS = 500;

export async function lookAtClocks(flow: Flow<RecoverLedger>): Promise<void> {
  for (const id of await flow.ledger.clocksDue(flow.clock.now(), MOST_CLOCKS)) {
    try {
      await lookAtClock(flow, id);
    } catch (error) {
      // One that cannot be looked at must not keep the others waiting.
      flow.log.error('deadline.failed', { applicationId: id, error });
    }
  }
}

async function lookAtClock(flow: Flow, id: string): Promise<void> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(flow, id);
    const clock = view?.application.clock;
    const said = clock && lookAt(clock, flow.clock.now());
    if (!view || !clock || !said) return;
    const draft = newDraft(view.application, view.steps.values(), flow.clock.now());
    draft.application = { ...draft.application, clock: { ...clock, said } };
    note(draft, `sla.${said}`, { dueAt: isoTime(clock.dueAt) });
    if (said === 'breached') breach(draft, view);
    await advance(flow, view, draft);
    if ((await commit(flow, view, draft)) !== 'done') continue;
    flow.log.warn(`deadline.${said}`, { applicationId: id, service: view.application.service });
    return;
  }
  throw new Error(`Application ${id} changed ${MOST_RACES} times while its clock was being looked at`);
}

/** The promise was missed: the law decides where it may, else a person is told. */
function breach(draft: Draft, { plan }: View): void {
  const onBreach = plan.route.deadline?.onBreach ?? 'none';
  if (onBreach === 'none' || draft.application.ending) return;
  const deciding = onBreach === 'deemedApproval' ? decidingStep(draft, plan) : null;
  if (deciding && mayBeDeemed(draft, plan, deciding)) return deem(draft, plan, deciding);
  const late =
    deciding ?? [...draft.steps.values()].find((step) => !hasEnded(step) && step.state !== 'pending');
  if (late) draft.items.push({ step: late.name, kind: 'overdue', code: 'DEADLINE_BREACHED' });
}

function decidingStep(draft: Draft, { route }: Plan): Step | null {
  const name = route.deadline?.decides;
  const step = name === undefined ? undefined : draft.steps.get(name);
  return step && !hasEnded(step) ? step : null;
}

/** Only what was to be decided is decided by law: every check and every levy before it must have gone well. */
function mayBeDeemed(draft: Draft, plan: Plan, step: Step): boolean {
  const before = plan.byName.get(step.name)!.after;
  const settled = before.every((name) => endedWell(draft.steps.get(name)!));
  return plan.service.deemedApproval !== undefined && settled && !isInFlight(step) && !pastPivot(draft, plan);
}

/** The agency stays the issuer: it is told by the steps that follow, and a person sees to it. */
function deem(draft: Draft, { service }: Plan, { name, state, secret }: Step): void {
  const { legalBasis } = service.deemedApproval!;
  const fields = {
    code: 'DEEMED_APPROVED',
    dueAt: null,
    timeoutAt: null,
    secret: { ...secret, output: { deemed: true } },
  };
  // Nothing is left for the officer to decide.
  if (state === 'waitingOfficer') draft.closed.add(name);
  moveStep(draft, name, 'succeeded', fields, 'succeeded');
  note(draft, 'application.deemedApproved', { step: name, legalBasis });
  draft.items.push({ step: name, kind: 'deemedApproval', code: 'DEEMED_APPROVED' });
}
