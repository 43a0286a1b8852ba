/** The only place where a step moves on or ends, whether the answer came at once, was asked for, or was pushed (law 5). */
import canonicalize from 'canonicalize';
import { end, moveStep, newDraft, note, patch, type Draft } from '../domain/application.ts';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import type { LaneSignal } from '../domain/lane.ts';
import type { Outcome, Pending } from '../domain/outcome.ts';
import { decide, type Decision, type Tried } from '../domain/retry.ts';
import { hasEnded, isWaiting, waitingState, type AttemptKind, type Step, type StepSecret } from '../domain/step.ts';
import { advance, commit, type Extras } from './change.ts';
import { isoTime, type Flow } from './flow.ts';
import type { AttemptResult, InboxRow, StoredDocument } from './ports/ledger.ts';
import { openView, type View } from './view.ts';

export type Reply = Exclude<Outcome, { is: 'more' }>;

/** Something learned about a step. */
export interface Fact {
  step: string;
  /** How it was learned: by an attempt of ours, by the agency's own message, or by a person. */
  by: AttemptKind | 'news';
  outcome: Reply;
  /** The input that was sent, kept for the round's life. */
  input?: StepSecret['input'];
  /** The claim that this fact belongs to; without it the fact fences off any attempt under way. */
  claim?: { fence: number; probe: boolean };
  attempt?: AttemptResult;
  signal?: LaneSignal;
  inbox?: InboxRow;
  documents?: StoredDocument[];
}

/** Two steps of one application may settle at once: the loser works it out again. 30 is far beyond any route. */
const MOST_RACES = 30;

/** Applies a fact, and returns whether it moved the step (false: it was late, a repeat or a conflict). */
export async function settle(flow: Flow, applicationId: string, fact: Fact, opened?: View): Promise<boolean> {
  let view = opened;
  for (let race = 0; race < MOST_RACES; race += 1) {
    view ??= await openView(flow, applicationId);
    if (!view) throw new Error(`Application ${applicationId} is gone`);
    const step = view.steps.get(fact.step)!;
    const lost = fact.claim !== undefined && fact.claim.fence !== step.fence;
    const draft = newDraft(view.application, view.steps.values(), flow.clock.now());
    const moved = lost || fact.by === 'news' ? applyNews(flow, view, draft, fact) : applyOwn(flow, view, draft, fact);
    await advance(flow, view, draft);
    const stored = await commit(flow, view, draft, extrasOf(flow, view, draft, fact));
    if (stored === 'known') return false;
    if (stored === 'done') {
      flow.log.info('step.settled', line(applicationId, fact, draft));
      return moved;
    }
    view = undefined;
  }
  throw new Error(`Application ${applicationId} changed ${MOST_RACES} times while one fact was being applied`);
}

function line(applicationId: string, fact: Fact, draft: Draft): Record<string, unknown> {
  const { state, operation, agency, round } = draft.steps.get(fact.step)!;
  return { applicationId, step: fact.step, agency, operation, round, by: fact.by, outcome: fact.outcome.is, state };
}

function extrasOf(flow: Flow, view: View, draft: Draft, fact: Fact): Extras {
  const before = view.steps.get(fact.step)!;
  const after = draft.steps.get(fact.step)!;
  const { reference } = after.secret;
  const gained = reference !== undefined && reference !== before.secret.reference;
  const limits = agencyOf(flow, before).limits;
  return {
    ...(fact.attempt && { attempt: fact.attempt }),
    ...(fact.signal && { lane: { id: before.agency, signal: fact.signal, limits } }),
    ...(fact.inbox && { inbox: fact.inbox }),
    ...(fact.documents && { documents: fact.documents }),
    ...(gained && {
      references: [{ agency: after.agency, reference: referenceIndex(flow, after.agency, reference), step: after.name }],
    }),
  };
}

export function referenceIndex(flow: Flow, agency: string, reference: string): string {
  return flow.vault.index('reference', `${agency} ${reference}`);
}

export function agencyOf(flow: Flow, step: Pick<Step, 'agency'>): Agency {
  const agency = flow.catalogue().agencies.find(({ id }) => id === step.agency);
  if (!agency) throw new Error(`The agency ${step.agency} is no longer configured but has open steps`);
  return agency;
}

/** An answer that we asked for and still hold the lease for. */
function applyOwn(flow: Flow, view: View, draft: Draft, fact: Fact): boolean {
  const step = view.steps.get(fact.step)!;
  const kind = fact.by as AttemptKind;
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const undo = kind === 'undo';
  const tried: Tried = {
    kind,
    effect: undo ? operation.compensation!.effect : operation.effect,
    ...(!undo && operation.inquiry && { inquiry: operation.inquiry }),
    waiting: isWaiting(step),
    spent: step.spent,
    inquiries: step.inquiries,
    sentAt: step.sentAt ?? draft.now,
    probe: fact.claim?.probe ?? false,
  };
  const odds = { now: draft.now, chance: flow.clock.chance() };
  const decision: Decision = isUnmappable(fact.outcome)
    ? { is: 'park', code: MAPPING_ERROR }
    : decide(fact.outcome, tried, agencyOf(flow, step).retry, odds);
  const secret = { ...step.secret, ...(fact.input && { input: fact.input }) };
  patch(draft, step.name, { leaseUntil: null, leaseKind: null, dueAt: null, secret });
  if (undo) return applyUndo(draft, step, decision);
  return follow(flow, view, draft, fact, decision);
}

/** The route and the adapter do not fit: nothing was sent, and nothing will be until a person mends it. */
export const MAPPING_ERROR = 'MAPPING_ERROR';

function isUnmappable(outcome: Reply): boolean {
  return outcome.is === 'unknown' && outcome.code === MAPPING_ERROR;
}

/** What a decision does to the step. */
function follow(flow: Flow, view: View, draft: Draft, fact: Fact, decision: Decision): boolean {
  const step = draft.steps.get(fact.step)!;
  const { name } = step;
  switch (decision.is) {
    case 'succeeded':
      succeed(draft, step, fact.outcome as Extract<Outcome, { is: 'ok' }>);
      return true;
    case 'rejected': {
      const { text } = fact.outcome as Extract<Outcome, { is: 'refused' }>;
      const secret = { ...step.secret, ...(text !== undefined && { text }) };
      moveStep(draft, name, 'rejected', { code: decision.code, dueAt: null, secret }, 'rejected');
      return true;
    }
    case 'sendBack': {
      const { corrections } = fact.outcome as Extract<Outcome, { is: 'sendBack' }>;
      const secret = { ...step.secret, corrections };
      moveStep(draft, name, 'waitingApplicant', { code: corrections[0]?.code ?? null, dueAt: null, secret }, 'sendBack');
      return true;
    }
    case 'wait':
      wait(flow, view, draft, step, decision.pending, decision.askAt);
      return true;
    case 'again': {
      const perhaps = decision.perhaps || (step.state === 'unknown' && fact.by === 'send');
      patch(draft, name, { state: perhaps ? 'unknown' : 'ready', dueAt: decision.at, spent: decision.spent, code: decision.code });
      return false;
    }
    case 'ask':
      ask(draft, step, decision);
      return false;
    case 'park':
      park(draft, step, decision.code);
      return false;
  }
}

function succeed(draft: Draft, step: Step, ok: Extract<Outcome, { is: 'ok' }>): void {
  const secret = { ...step.secret, output: ok.output };
  moveStep(draft, step.name, 'succeeded', { code: null, dueAt: null, timeoutAt: null, secret }, 'succeeded');
  draft.closed.add(step.name);
}

const DEFAULT_WAIT = '30d';

function wait(flow: Flow, view: View, draft: Draft, step: Step, pending: Pending, askAt: number | undefined): void {
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const limit = view.plan.byName.get(step.name)!.waits ?? operation.waits ?? DEFAULT_WAIT;
  const first = !isWaiting(step);
  const until = pending.until === undefined ? Infinity : Date.parse(pending.until);
  const timeoutAt = first || step.timeoutAt === null ? Math.min(draft.now + parseDuration(limit), until) : step.timeoutAt;
  if (timeoutAt <= draft.now) return timeOut(draft, step);
  const secret: StepSecret = {
    ...step.secret,
    ...(pending.reference !== undefined && { reference: pending.reference }),
    ...(pending.shown && { shown: pending.shown }),
  };
  const fields = {
    code: null,
    secret,
    timeoutAt,
    dueAt: Math.min(askAt ?? Infinity, timeoutAt),
    inquiries: first ? 0 : step.inquiries + 1,
    spent: 0,
  };
  const state = waitingState(pending.awaits);
  if (state === step.state) patch(draft, step.name, { state, ...fields });
  else moveStep(draft, step.name, state, fields, 'waiting');
}

/** Nothing came in time. An unpaid bill ends its application; anything else needs a person. */
export function timeOut(draft: Draft, step: Step): void {
  const lease = { leaseUntil: null, leaseKind: null };
  if (step.state === 'waitingPayment' && !draft.application.ending) {
    patch(draft, step.name, { ...lease, dueAt: null, timeoutAt: null });
    note(draft, 'payment.expired', { step: step.name });
    return end(draft, { as: 'expired', code: 'PAYMENT_EXPIRED' });
  }
  moveStep(draft, step.name, 'parked', { ...lease, dueAt: null, timeoutAt: null, code: 'WAIT_TIMED_OUT' }, 'parked');
  draft.items.push({ step: step.name, kind: 'waitTimedOut', code: 'WAIT_TIMED_OUT' });
}

function ask(draft: Draft, step: Step, decision: Extract<Decision, { is: 'ask' }>): void {
  const fields = { dueAt: decision.at, inquiries: decision.inquiries };
  if (decision.waiting) {
    patch(draft, step.name, { ...fields, dueAt: Math.min(decision.at, step.timeoutAt ?? Infinity) });
  } else if (step.state === 'unknown') {
    patch(draft, step.name, fields);
  } else {
    moveStep(draft, step.name, 'unknown', { ...fields, code: decision.code }, 'unknown');
  }
}

function park(draft: Draft, step: Step, code: string): void {
  const kind = code === 'OUTCOME_UNKNOWN' ? 'outcomeUnknown' : code === MAPPING_ERROR ? 'mapping' : 'retriesSpent';
  moveStep(draft, step.name, 'parked', { code, dueAt: null }, 'parked');
  draft.items.push({ step: step.name, kind, code });
}

/** A refused undo is a task for a person, never silence. */
function applyUndo(draft: Draft, step: Step, decision: Decision): boolean {
  switch (decision.is) {
    case 'succeeded':
      moveStep(draft, step.name, 'compensated', { dueAt: null }, 'compensated');
      return true;
    case 'again':
      patch(draft, step.name, { dueAt: decision.at, spent: decision.spent, code: decision.code });
      return false;
    default: {
      const code = decision.is === 'rejected' || decision.is === 'park' ? decision.code : 'UNDO_REFUSED';
      moveStep(draft, step.name, 'compensationFailed', { dueAt: null, code }, 'compensationFailed');
      draft.items.push({ step: step.name, kind: 'undoRefused', code });
      return true;
    }
  }
}

/** States in which news may still move a step; a parked one waits for exactly that. */
const OPEN_TO_NEWS = new Set(['ready', 'unknown', 'waitingAgency', 'waitingPayment', 'waitingAppointment', 'parked']);

/** News, or a result whose lease was lost: it moves an open step, and overwrites nobody. */
function applyNews(flow: Flow, view: View, draft: Draft, fact: Fact): boolean {
  const step = draft.steps.get(fact.step)!;
  const { outcome } = fact;
  const tells = outcome.is === 'ok' || outcome.is === 'refused' || outcome.is === 'sendBack' || outcome.is === 'pending';
  const answered = step.state === 'parked' && step.code === 'WAIT_TIMED_OUT' && outcome.is === 'pending';
  if (tells && OPEN_TO_NEWS.has(step.state) && !answered) {
    // A raised fence makes the result of an attempt under way a late one.
    patch(draft, step.name, { leaseUntil: null, leaseKind: null, dueAt: null, fence: step.fence + 1 });
    if (step.state === 'parked') draft.closed.add(step.name);
    const neutral = { chance: 1, now: draft.now };
    const tried: Tried = {
      ...{ kind: 'send', effect: 'once', waiting: isWaiting(step), spent: 0, inquiries: 0 },
      ...{ sentAt: draft.now, probe: false },
    };
    const decision = decide(outcome, tried, agencyOf(flow, step).retry, neutral);
    return follow(flow, view, draft, fact, decision);
  }
  if (surelyNotDone(step, fact)) return sendAfterAll(draft, step);
  if (tells && !agrees(step, outcome)) conflict(flow, draft, step, outcome);
  return false;
}

/** The late result of a lost attempt says that it never left: what was parked or asked about may be sent after all. */
function surelyNotDone(step: Step, { by, outcome }: Fact): boolean {
  const lostSend = by === 'send' && (outcome.is === 'retry' || outcome.is === 'away');
  return lostSend && (step.state === 'unknown' || (step.state === 'parked' && step.code === 'OUTCOME_UNKNOWN'));
}

function sendAfterAll(draft: Draft, step: Step): boolean {
  if (step.leaseUntil !== null) return false;
  patch(draft, step.name, { state: 'ready', dueAt: draft.now, fence: step.fence + 1, code: null });
  draft.closed.add(step.name);
  return true;
}

/** Whether an outcome only repeats what the step already says. */
function agrees(step: Step, outcome: Reply): boolean {
  if (outcome.is === 'pending') return true;
  if (outcome.is === 'refused') return step.state === 'rejected' && step.code === outcome.code;
  if (outcome.is === 'sendBack') return step.state === 'waitingApplicant' || hasEnded(step);
  return step.state === 'succeeded' && outcome.is === 'ok' && canonicalize(step.secret.output) === canonicalize(outcome.output);
}

function conflict(flow: Flow, draft: Draft, step: Step, outcome: Reply): void {
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const kind = operation.money && outcome.is === 'ok' ? 'refund' : 'conflict';
  const code = outcome.is === 'refused' ? outcome.code : kind === 'refund' ? 'PAID_LATE_OR_TWICE' : 'SECOND_ANSWER';
  note(draft, 'step.conflict', { step: step.name, state: step.state, outcome: outcome.is, code });
  draft.items.push({ step: step.name, kind, code });
}

/** The result of an attempt as the ledger keeps it. */
export function attemptResult(
  step: Pick<Step, 'name' | 'round'>,
  number: number,
  now: number,
  fields: Pick<AttemptResult, 'outcome' | 'code' | 'status' | 'sealed'>,
): AttemptResult {
  return { step: step.name, round: step.round, number, endedAt: isoTime(now), ...fields };
}
