/** What a decision does to a step: it ends, waits, is asked about, is sent again, or is parked for a person. */
import { end, moveStep, note, patch, undo, type Draft } from '../domain/application.ts';
import { pastPivot } from '../domain/pivot.ts';
import type { Operation } from '../adapter-kit/contract.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Outcome, Pending } from '../domain/outcome.ts';
import type { Plan, PlanStep } from '../domain/plan.ts';
import { nextReminder } from '../domain/reminders.ts';
import type { Decision } from '../domain/retry.ts';
import { inApplication } from '../domain/sent-back.ts';
import {
  isOurs,
  isWaiting,
  MAPPING_ERROR,
  waitingState,
  type Step,
  type StepSecret,
} from '../domain/step.ts';
import { agencyOf } from './agency-of.ts';
import type { Flow } from './flow.ts';
import { beginRound } from './rounds.ts';
import type { Fact } from './settle.ts';
import type { View } from './view.ts';

/** What a decision does to the step. */
export function follow(flow: Flow, view: View, draft: Draft, fact: Fact, decision: Decision): boolean {
  const step = draft.steps.get(fact.step)!;
  const { name } = step;
  switch (decision.is) {
    case 'succeeded':
      succeed(draft, step, fact.outcome as Extract<Outcome, { is: 'ok' }>);
      return true;
    case 'rejected': {
      // What a bank calls refused once the bill has run out is the bill's end, not the agency's no.
      if (step.state === 'waitingPayment' && (step.timeoutAt ?? Infinity) <= draft.now) {
        timeOut(flow, draft, view.plan, step);
        return true;
      }
      const { text } = fact.outcome as Extract<Outcome, { is: 'refused' }>;
      const secret = { ...step.secret, ...(text !== undefined && { text }) };
      if (step.state === 'waitingOfficer') draft.closed.add(name);
      moveStep(draft, name, 'rejected', { code: decision.code, dueAt: null, secret }, 'rejected');
      return true;
    }
    case 'sendBack': {
      const sentBack = (fact.outcome as Extract<Outcome, { is: 'sendBack' }>).corrections;
      const fields = view.plan.route.steps[name]!.with;
      const corrections = sentBack.flatMap((one) => inApplication(fields, one));
      const secret = { ...step.secret, corrections };
      if (step.state === 'waitingOfficer') draft.closed.add(name);
      const turn = { code: corrections[0]?.code ?? null, dueAt: null, timeoutAt: null, secret };
      moveStep(draft, name, 'waitingApplicant', turn, 'sendBack');
      return true;
    }
    case 'wait':
      wait(flow, view, draft, step, decision.pending, decision.askAt);
      return true;
    case 'again': {
      const perhaps = decision.perhaps || (step.state === 'unknown' && fact.by === 'send');
      patch(draft, name, {
        state: perhaps ? 'unknown' : 'ready',
        dueAt: decision.at,
        spent: decision.spent,
        code: decision.code,
      });
      return false;
    }
    case 'ask':
      ask(flow, draft, view.plan, step, decision);
      return false;
    case 'park': {
      // What was sent before under the same key may have been done: a later "surely not" speaks of itself only.
      const perhaps = step.state === 'unknown' && fact.by === 'send' && decision.code !== MAPPING_ERROR;
      const code = perhaps ? 'OUTCOME_UNKNOWN' : decision.code;
      if (view.plan.byName.get(name)!.rules.insist && !isOurs(code)) insist(flow, draft, step, code);
      else park(draft, step, code);
      return false;
    }
  }
}

const operationOf = (flow: Flow, step: Step): Operation =>
  flow.registry.operation(step.adapter, step.operation).operation;

function succeed(draft: Draft, step: Step, ok: Extract<Outcome, { is: 'ok' }>): void {
  const secret = { ...step.secret, output: ok.output };
  moveStep(draft, step.name, 'succeeded', { code: null, dueAt: null, timeoutAt: null, secret }, 'succeeded');
  draft.closed.add(step.name);
}

const DEFAULT_WAIT = '30d';

function wait(
  flow: Flow,
  view: View,
  draft: Draft,
  step: Step,
  pending: Pending,
  askAt: number | undefined,
): void {
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const planned = view.plan.byName.get(step.name)!;
  const limit = planned.waits ?? operation.waits ?? DEFAULT_WAIT;
  const first = !isWaiting(step);
  const until = pending.until === undefined ? Infinity : Date.parse(pending.until);
  const latest = first || step.timeoutAt === null ? draft.now + parseDuration(limit) : step.timeoutAt;
  // News may bring the end forward (a bill's expiry), never put it off.
  const timeoutAt = Math.min(latest, until);
  if (timeoutAt <= draft.now) return timeOut(flow, draft, view.plan, step);
  const state = waitingState(pending.awaits);
  const secret: StepSecret = {
    ...withoutReminders(step.secret, first),
    ...(pending.reference !== undefined && { reference: pending.reference }),
    ...(pending.shown && { shown: pending.shown }),
  };
  const waiting = { ...step, state, secret, since: first ? draft.now : step.since };
  const remindAt = nextReminder(planned, waiting) ?? Infinity;
  const fields = {
    code: null,
    secret,
    timeoutAt,
    dueAt: Math.min(askAt ?? Infinity, timeoutAt, remindAt),
    inquiries: first ? 0 : step.inquiries + 1,
    spent: 0,
  };
  if (state === 'waitingOfficer' && first) openTask(draft, planned);
  if (state === step.state) patch(draft, step.name, { state, ...fields });
  else moveStep(draft, step.name, state, fields, 'waiting');
}

function withoutReminders({ reminded, ...secret }: StepSecret, first: boolean): StepSecret {
  return first || reminded === undefined ? secret : { ...secret, reminded };
}

/** The person whose decision is wanted finds it in his queue. */
function openTask(draft: Draft, { name, rules: { task } }: PlanStep): void {
  const due = task?.due === undefined ? {} : { dueAt: draft.now + parseDuration(task.due) };
  draft.items.push({ step: name, kind: 'task', code: 'DECISION', ...(task && { role: task.role }), ...due });
}

/**
 * Nothing came in time. Where time itself is waited for, that is the end; else the route decides. Without its word an
 * unpaid bill ends its application, while that can be undone, and anything else needs a person. `unsure`: the agency's
 * last word, when it could not say whether something came; a bill that is perhaps paid is neither made anew nor over.
 */
export function timeOut(flow: Flow, draft: Draft, plan: Plan, step: Step, unsure?: string): void {
  const { timeEnds, compensation, money } = operationOf(flow, step);
  const over = { leaseUntil: null, leaseKind: null, dueAt: null, timeoutAt: null };
  const { need, rules, pivot } = plan.byName.get(step.name)!;
  if (timeEnds) {
    const secret = { ...step.secret, output: step.secret.shown ?? {} };
    return moveStep(draft, step.name, 'succeeded', { ...over, code: null, secret }, 'succeeded');
  }
  const isBill = step.state === 'waitingPayment';
  const isUndoable = compensation !== undefined && (need === 'bestEffort' || !pastPivot(draft, plan));
  const isUnsure = isBill && unsure !== undefined && !isUndoable;
  if (!draft.application.ending && !isUnsure && rules.onTimeout !== undefined) {
    // By its time-out it is known that an agency's counter waits for him: it is not a form sent back.
    const timeoutAt = step.state === 'waitingApplicant' ? step.timeoutAt : null;
    const called = { ...over, timeoutAt, code: 'WAIT_TIMED_OUT' };
    const isSentPivot = pivot && step.state !== 'waitingOfficer';
    if (rules.onTimeout === 'reject' && !isSentPivot)
      return callOver(draft, plan, patch(draft, step.name, called), compensation !== undefined);
    if (rules.onTimeout === 'expire' && !pastPivot(draft, plan)) {
      patch(draft, step.name, called);
      return end(draft, { as: 'expired', code: 'WAIT_TIMED_OUT' });
    }
  }
  if (isBill && unsure === undefined && !draft.application.ending) {
    if (step.round <= (rules.rebill ?? 0)) {
      note(draft, 'payment.rebilled', { step: step.name, round: step.round + 1 });
      return beginRound(flow, draft, step, 'ready');
    }
    if (need === 'bestEffort') {
      return moveStep(draft, step.name, 'rejected', { ...over, code: 'PAYMENT_EXPIRED' }, 'rejected');
    }
    if (!pastPivot(draft, plan)) {
      patch(draft, step.name, over);
      note(draft, 'payment.expired', { step: step.name });
      return end(draft, { as: 'expired', code: 'PAYMENT_EXPIRED' });
    }
  }
  const said = isBill ? unsure : undefined;
  const isUnpaid = isBill && unsure === undefined;
  const code = money === true && !isUnpaid ? 'PERHAPS_PAID' : 'WAIT_TIMED_OUT';
  moveStep(draft, step.name, 'parked', { ...over, code }, 'parked');
  draft.items.push({ step: step.name, kind: 'waitTimedOut', code: said ?? code });
}

/** A wait ends as a no. What the agency has taken is given back where it can be: with all that was done, or by itself. */
function callOver(draft: Draft, plan: Plan, { name }: Step, undoable: boolean): void {
  draft.closed.add(name);
  if (undoable && plan.byName.get(name)!.need === 'bestEffort') undo(draft, name, draft.now);
  else if (undoable && !pastPivot(draft, plan)) end(draft, { as: 'rejected', code: 'WAIT_TIMED_OUT' });
  else moveStep(draft, name, 'rejected', { timeoutAt: null }, 'rejected');
}

/** An agency that cannot tell when the time is over is asked so much longer before the wait is called over. */
const STILL_ASKING_MS = 86_400_000;

function ask(
  flow: Flow,
  draft: Draft,
  plan: Plan,
  step: Step,
  decision: Extract<Decision, { is: 'ask' }>,
): void {
  const fields = { dueAt: decision.at, inquiries: decision.inquiries };
  if (decision.waiting) {
    const over = draft.now - (step.timeoutAt ?? Infinity);
    const remindAt = nextReminder(plan.byName.get(step.name)!, step) ?? Infinity;
    if (over >= STILL_ASKING_MS) return timeOut(flow, draft, plan, step, decision.code);
    // Before the time-out it is the next thing to look at; after it, only the question is.
    patch(
      draft,
      step.name,
      over >= 0 ? fields : { ...fields, dueAt: Math.min(decision.at, step.timeoutAt ?? Infinity, remindAt) },
    );
  } else if (step.state === 'unknown') {
    patch(draft, step.name, fields);
  } else {
    moveStep(draft, step.name, 'unknown', { ...fields, code: decision.code }, 'unknown');
  }
}

export function park(draft: Draft, step: Step, code: string): void {
  const kind = code === 'OUTCOME_UNKNOWN' ? 'outcomeUnknown' : isOurs(code) ? 'mapping' : 'retriesSpent';
  moveStep(draft, step.name, 'parked', { code, dueAt: null }, 'parked');
  draft.items.push({ step: step.name, kind, code });
}

/**
 * What must be done in the end is tried on at the agency's slowest pace; a person is told once. Perhaps done, it is asked
 * about, or sent under its key: `once` cannot be insisted on (`check` says so).
 */
function insist(flow: Flow, draft: Draft, step: Step, code: string): void {
  const { retry } = agencyOf(flow, step);
  const perhaps = code === 'OUTCOME_UNKNOWN' && operationOf(flow, step).effect !== 'read';
  const secret = { ...step.secret, insisted: true as const };
  const on = { dueAt: draft.now + parseDuration(retry.cap), spent: 0, inquiries: 0, code, secret };
  patch(draft, step.name, { state: perhaps ? 'unknown' : 'ready', ...on });
  if (!step.secret.insisted)
    draft.items.push({ step: step.name, kind: perhaps ? 'outcomeUnknown' : 'retriesSpent', code });
}

/** A refused undo is a task for a person, never silence. */
export function applyUndo(draft: Draft, step: Step, decision: Decision, money: boolean): boolean {
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
      // Money that was taken and is not given back by undoing is a refund to make.
      const kind = money && decision.is === 'rejected' ? 'refund' : 'undoRefused';
      draft.items.push({ step: step.name, kind, code });
      return true;
    }
  }
}
