/** What people do: retry, resolve, begin a new round, end an application, pause and resume. Each act is an event with who and why. */
import type { Operation } from '../adapter-kit/contract.ts';
import {
  end,
  moveStep,
  newDraft,
  note,
  patch,
  undo,
  FINAL,
  type Draft,
  type Ending,
} from '../domain/application.ts';
import { correctedBy, pastPivot } from '../domain/pivot.ts';
import { parseDuration } from '../domain/duration.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { hasEnded, isInFlight, isWaiting, perhapsDone, type Step } from '../domain/step.ts';
import { advance, commit, MOST_RACES, type Extras } from '../flow/change.ts';
import { recover } from '../flow/recover.ts';
import { beginRound } from '../flow/rounds.ts';
import { openView, type View } from '../flow/view.ts';
import { correctorNamed, type Corrector } from './corrector.ts';
import { deskEvent, SALT_BYTES, saltedText, type Actor } from './desk-event.ts';
import type { Desk } from './look.ts';

export type { Actor } from './desk-event.ts';

export type Acted =
  | { is: 'done' }
  | { is: 'notFound' }
  /** `code` says why not; `instead` is the service that mends what can no longer be taken back. */
  | { is: 'refused'; code: string; instead?: Corrector };

type Work = (
  draft: Draft,
  view: View,
) => (Extras & { refused?: never }) | { refused: string; instead?: string | undefined };

async function act(
  desk: Desk,
  applicationId: string,
  type: string,
  actor: Actor,
  data: JsonObject,
  work: Work,
): Promise<Acted> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, applicationId);
    if (!view) return { is: 'notFound' };
    const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
    const extras = work(draft, view);
    if (extras.refused !== undefined) return refusal(desk, extras.refused, extras.instead);
    draft.events.unshift(actEvent(desk, view, type, actor, data));
    await advance(desk, view, draft);
    if ((await commit(desk, view, draft, { ...extras, by: actor.by })) !== 'done') continue;
    desk.log.info('act.done', { applicationId, act: type, by: actor.by, ...data });
    return { is: 'done' };
  }
  throw new Error(`Application ${applicationId} changed ${MOST_RACES} times while an act was being applied`);
}

function refusal(desk: Desk, code: string, instead: string | undefined): Acted {
  return { is: 'refused', code, ...(instead !== undefined && { instead: correctorNamed(desk, instead) }) };
}

/** The event of a person's act: who, and a salted hash of why; the reason itself is sealed. */
export function actEvent(
  desk: Desk,
  view: View,
  type: string,
  { by, reason }: Actor,
  data: JsonObject,
): Draft['events'][number] {
  const salt = desk.clock.random(SALT_BYTES);
  const text = saltedText(salt, reason);
  return {
    type: `go.mpp.${type}.v1`,
    data: { ...data, by, reasonHash: desk.vault.commit(salt, reason) },
    sealed: desk.vault.seal(view.key, `events/${view.application.id}/text`, text),
  };
}

/** Sends a parked step again, or an overdue one at once. One whose outcome is unknown must be resolved instead. */
export function retry(desk: Desk, applicationId: string, name: string, actor: Actor): Promise<Acted> {
  return act(desk, applicationId, 'step.retried', actor, { step: name }, (draft) => {
    const step = draft.steps.get(name);
    if (!step) return { refused: 'unknown_step' };
    const { operation } = desk.registry.operation(step.adapter, step.operation);
    const again = nextTry(step, operation, draft.application.ending !== null);
    if (typeof again === 'string') return { refused: again };
    if (again.state === 'compensating') undo(draft, name, undoAt(draft, step, operation));
    else patch(draft, name, { ...again, dueAt: again.state === 'pending' ? null : draft.now });
    draft.closed.add(name);
    return {};
  });
}

/** What a step becomes when a person hurries it; or why it may not be hurried. */
function nextTry(step: Step, operation: Operation, ending: boolean): Partial<Step> | string {
  const fresh = { spent: 0, inquiries: 0 };
  if (perhapsDone(step)) {
    const state = nextOfPerhapsDone(step, operation, ending);
    return state ? { ...fresh, state } : 'outcome_unknown';
  }
  // What was never sent is looked at from the start: its condition may never have been answered.
  if (step.state === 'parked') return { ...fresh, state: step.attempts === 0 ? 'pending' : 'ready' };
  if (isInFlight(step) || hasEnded(step) || step.state === 'pending') return 'not_retryable';
  if (isWaiting(step)) return operation.inquiry ? {} : 'not_retryable';
  return step.state === 'waitingApplicant' ? 'new_round_needed' : { ...fresh, state: 'ready' };
}

/** The agency may have it: it is undone if all is, else asked about, and sent again only where that does no harm. */
function nextOfPerhapsDone(
  { code }: Step,
  { effect, inquiry, compensation }: Operation,
  ending: boolean,
): Step['state'] | null {
  if (ending && compensation) return 'compensating';
  if (code === 'OUTCOME_UNKNOWN') return null;
  if (inquiry) return 'unknown';
  if (ending && effect !== 'read') return null;
  // A keyed one stays unknown meanwhile: a later "surely not" speaks of itself only.
  return effect === 'keyed' ? 'unknown' : effect === 'read' ? 'ready' : null;
}

/** Where an operation does not say how long its request may still be on its way. */
const DEFAULT_TRUST_AFTER = '10m';

/** What may be done is undone only when a slow request can no longer arrive after its undoing. */
function undoAt(draft: Draft, step: Step, { inquiry }: Operation): number {
  const trusted = (step.sentAt ?? 0) + parseDuration(inquiry?.trustAfter ?? DEFAULT_TRUST_AFTER);
  return Math.max(draft.now, trusted);
}

/** A person says what became of a step whose outcome is unknown or disputed. */
export type Resolution = (
  | { as: 'succeeded'; output: JsonObject }
  | { as: 'rejected'; code: string }
  /** Surely not done: it is sent again. */
  | { as: 'notDone' }
) & {
  /** The attempt that was looked into: of one that was begun since, this says nothing. */
  attempt?: number;
};

export function resolve(
  desk: Desk,
  applicationId: string,
  name: string,
  resolution: Resolution,
  actor: Actor,
): Promise<Acted> {
  const data = { step: name, as: resolution.as };
  return act(desk, applicationId, 'step.resolved', actor, data, (draft) => {
    const step = draft.steps.get(name);
    if (!step) return { refused: 'unknown_step' };
    draft.closed.add(name);
    if (step.state !== 'parked' && step.state !== 'unknown') {
      return hasEnded(step) ? { disputes: true } : { refused: 'not_parked' };
    }
    if (step.leaseUntil !== null) return { refused: 'in_flight' };
    if ((resolution.attempt ?? step.attempts) !== step.attempts) return { refused: 'attempted_since' };
    if (resolution.as === 'succeeded' && !fits(desk, step, resolution.output))
      return { refused: 'output_invalid' };
    settleByHand(draft, step, resolution);
    return {};
  });
}

function fits(desk: Desk, step: Step, output: JsonObject): boolean {
  return desk.registry.operation(step.adapter, step.operation).checkOutput(output).length === 0;
}

function settleByHand(draft: Draft, step: Step, resolution: Resolution): void {
  const ended = { dueAt: null, timeoutAt: null };
  if (resolution.as === 'notDone') {
    // Surely not done is as good as never sent, whatever befalls it next.
    const anew = { spent: 0, inquiries: 0, code: null, sentAt: null, timeoutAt: null };
    patch(draft, step.name, { state: 'ready', dueAt: draft.now, ...anew });
  } else if (resolution.as === 'succeeded') {
    const secret = { ...step.secret, output: resolution.output };
    patch(draft, step.name, { state: 'succeeded', code: null, secret, ...ended });
    note(draft, 'step.succeeded', { step: step.name, operation: step.operation });
  } else {
    // Past the pivot a rejection parks again: the application can only be ended by what its steps say.
    patch(draft, step.name, { state: 'rejected', code: resolution.code, ...ended });
    note(draft, 'step.rejected', { step: step.name, operation: step.operation, code: resolution.code });
  }
}

/** What was taken under one key must not be done a second time under another; only a bill may be replaced by a new one. */
function roundRefused(step: Step, { effect, money }: Pick<Operation, 'effect' | 'money'>): string | null {
  if (step.state === 'succeeded' && effect !== 'read') return 'step_done';
  const taken = step.state === 'waitingAgency' || step.state === 'waitingAppointment';
  if (isInFlight(step) || step.state === 'pending' || taken) return 'in_flight';
  const unpaid = money === true && step.code === 'WAIT_TIMED_OUT';
  return perhapsDone(step) && !unpaid ? 'outcome_unknown' : null;
}

/** Runs a step again with new input: a correction, a new bill, a top-up. New key, attempts from 1, the old round kept. */
export function newRound(desk: Desk, applicationId: string, name: string, actor: Actor): Promise<Acted> {
  return act(desk, applicationId, 'step.newRound', actor, { step: name }, (draft) => {
    const step = draft.steps.get(name);
    if (!step) return { refused: 'unknown_step' };
    if (FINAL.has(draft.application.state) || draft.application.ending)
      return { refused: 'application_ended' };
    const { operation } = desk.registry.operation(step.adapter, step.operation);
    const refused = roundRefused(step, operation);
    if (refused !== null) return { refused };
    const unasked = step.state === 'parked' && step.attempts === 0 && !perhapsDone(step);
    beginRound(desk, draft, step, unasked ? 'pending' : 'ready');
    return {};
  });
}

/** A citizen takes the application back, or an operator cancels it: only before the step that cannot be undone. */
export function endEarly(
  desk: Desk,
  applicationId: string,
  as: Extract<Ending['as'], 'withdrawn' | 'cancelled'>,
  actor: Actor,
): Promise<Acted> {
  const type = as === 'withdrawn' ? 'application.withdrawalAsked' : 'application.cancellationAsked';
  return act(desk, applicationId, type, actor, {}, (draft, view) => {
    const instead = correctedBy(draft, view.plan);
    if (FINAL.has(draft.application.state)) return { refused: 'application_ended', instead };
    if (draft.application.ending) return { refused: 'already_ending' };
    if (pastPivot(draft, view.plan)) return { refused: 'past_pivot', instead };
    end(draft, { as, code: as === 'withdrawn' ? 'WITHDRAWN' : 'CANCELLED' });
    for (const step of draft.steps.values()) if (step.state === 'parked') letGo(desk, draft, step);
    return {};
  });
}

/** What a person was to decide falls away; what may have been done is undone, or stays his if it cannot be. */
function letGo(desk: Desk, draft: Draft, step: Step): void {
  const { operation } = desk.registry.operation(step.adapter, step.operation);
  if (!perhapsDone(step) || operation.effect === 'read') {
    moveStep(draft, step.name, 'cancelled', { dueAt: null }, 'cancelled');
  } else if (operation.compensation) {
    undo(draft, step.name, undoAt(draft, step, operation));
  } else return;
  draft.closed.add(step.name);
}

/** Holds an agency's lane, or lets it go on; what is due then is rung at once. */
export async function setPaused(
  desk: Desk,
  agency: string,
  paused: boolean,
  { by, reason }: Actor,
): Promise<Acted> {
  if (!desk.catalogue().agencies.some(({ id }) => id === agency)) return { is: 'notFound' };
  const type = paused ? 'connector.paused' : 'connector.resumed';
  await desk.ledger.setPaused(
    agency,
    paused,
    await deskEvent(desk, `agency:${agency}`, type, { by, reason }, {}),
  );
  desk.log.warn(paused ? 'agency.paused' : 'agency.resumed', { agency, by });
  if (!paused) await recover(desk);
  return { is: 'done' };
}
