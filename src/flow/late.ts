/** News, and results that come after their lease was lost: they move an open step, overwrite nobody, and are never thrown away. */
import canonicalize from 'canonicalize';
import { note, patch, type Draft } from '../domain/application.ts';
import { decide, type Tried } from '../domain/retry.ts';
import { hasEnded, isOurs, isTimedOut, isWaiting, type Step } from '../domain/step.ts';
import { agencyOf } from './agency-of.ts';
import type { Flow } from './flow.ts';
import { applyUndo, follow } from './moves.ts';
import type { Fact, Reply } from './settle.ts';
import type { View } from './view.ts';

/** States in which news may still move a step; a parked one waits for exactly that. */
const OPEN_TO_NEWS = new Set([
  'ready',
  'unknown',
  'waitingAgency',
  'waitingPayment',
  'waitingAppointment',
  'parked',
]);

/** News, or a result whose lease was lost: it moves an open step, and overwrites nobody. */
export async function applyNews(flow: Flow, view: View, draft: Draft, fact: Fact): Promise<boolean> {
  const step = draft.steps.get(fact.step)!;
  const { outcome } = fact;
  if (roundOf(fact, step) !== step.round) return oldRound(flow, draft, step, outcome);
  if (fact.by === 'undo') return lateUndo(draft, step, outcome);
  const tells =
    outcome.is === 'ok' || outcome.is === 'refused' || outcome.is === 'sendBack' || outcome.is === 'pending';
  if (tells && isOpenTo(flow, draft, step, fact)) {
    // A raised fence makes the result of an attempt under way a late one.
    patch(draft, step.name, { leaseUntil: null, leaseKind: null, dueAt: null, fence: step.fence + 1 });
    if (step.state === 'parked') draft.closed.add(step.name);
    const neutral = { chance: 1, now: draft.now };
    const { inquiry } = flow.registry.operation(step.adapter, step.operation).operation;
    const tried: Tried = {
      ...{ kind: 'send', effect: 'once', waiting: isWaiting(step), spent: 0, inquiries: 0 },
      ...{ sentAt: draft.now, probe: false, ...(inquiry && { inquiry }) },
    };
    const decision = decide(outcome, tried, agencyOf(flow, step).retry, neutral);
    return follow(flow, view, draft, fact, decision);
  }
  if (surelyNotDone(step, fact)) return !(await perhapsBefore(flow, step, fact)) && sendAfterAll(draft, step);
  if (tells && !agrees(step, outcome)) conflict(flow, draft, step, outcome);
  return false;
}

function isOpenTo(flow: Flow, draft: Draft, step: Step, { by, outcome }: Fact): boolean {
  if (outcome.is === 'pending' && isDecided(step)) return false;
  // The payer of an application that is being ended was told "no such bill": the money is his.
  const isRefund =
    by === 'news' && outcome.is === 'ok' && isMoney(flow, step) && draft.application.ending !== null;
  return !isRefund && (OPEN_TO_NEWS.has(step.state) || isWaiting(step));
}

/** A wait that was called over, or an agency's no past the pivot: that it was once taken reopens neither. */
function isDecided(step: Step): boolean {
  const { state, code, sentAt } = step;
  return state === 'parked' && (isTimedOut(step) || (sentAt === null && !isOurs(code)));
}

function roundOf(fact: Fact, step: Step): number {
  return fact.attempt?.round ?? fact.round ?? step.round;
}

/** What was done for a round that was given up is never the new round's. */
function oldRound(flow: Flow, draft: Draft, step: Step, outcome: Reply): boolean {
  if (outcome.is === 'ok') conflict(flow, draft, step, outcome);
  return false;
}

/** The late result of a lost undo speaks of the undo: what it says was undone need not be undone again. */
function lateUndo(draft: Draft, step: Step, outcome: Reply): boolean {
  const open = step.state === 'compensating' && step.leaseUntil === null;
  return open && outcome.is === 'ok' && applyUndo(draft, step, { is: 'succeeded' }, false);
}

/**
 * The late result of a lost attempt says that it never left: what was parked or asked about may be sent after all,
 * unless it was sent since: of that attempt this one says nothing.
 */
function surelyNotDone(step: Step, { by, outcome, attempt }: Fact): boolean {
  const lostSend =
    by === 'send' && (outcome.is === 'retry' || outcome.is === 'away') && attempt?.number === step.attempts;
  return (
    lostSend && (step.state === 'unknown' || (step.state === 'parked' && step.code === 'OUTCOME_UNKNOWN'))
  );
}

/** What surely changed nothing at the agency. */
const NOT_DONE = new Set(['retry', 'away', 'more']);

/** Whether a try of this round before the one that surely failed may have been done: then it still may. */
async function perhapsBefore(flow: Flow, step: Step, { attempt }: Fact): Promise<boolean> {
  const attempts = await flow.ledger.attempts(step.applicationId);
  return attempts.some(
    ({ step: name, round, number, kind, outcome }) =>
      name === step.name &&
      round === step.round &&
      number < attempt!.number &&
      kind === 'send' &&
      !NOT_DONE.has(outcome ?? ''),
  );
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
  return (
    step.state === 'succeeded' &&
    outcome.is === 'ok' &&
    canonicalize(step.secret.output) === canonicalize(outcome.output)
  );
}

function isMoney(flow: Flow, step: Step): boolean {
  return flow.registry.operation(step.adapter, step.operation).operation.money === true;
}

function conflict(flow: Flow, draft: Draft, step: Step, outcome: Reply): void {
  const kind = isMoney(flow, step) && outcome.is === 'ok' ? 'refund' : 'conflict';
  const code =
    outcome.is === 'refused' ? outcome.code : kind === 'refund' ? 'PAID_LATE_OR_TWICE' : 'SECOND_ANSWER';
  note(draft, 'step.conflict', { step: step.name, stepState: step.state, outcome: outcome.is, code });
  draft.items.push({ step: step.name, kind, code });
}
