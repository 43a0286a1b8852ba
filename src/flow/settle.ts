/** The only place where a step moves on or ends, whether the answer came at once, was asked for, or was pushed (law 5). */
import { newDraft, patch, type Draft } from '../domain/application.ts';
import type { LaneSignal } from '../domain/lane.ts';
import type { Outcome } from '../domain/outcome.ts';
import { decide, type Decision, type Tried } from '../domain/retry.ts';
import { isOurs, isWaiting, type AttemptKind, type Step, type StepSecret } from '../domain/step.ts';
import { agencyOf, referenceIndex } from './agency-of.ts';
import { advance, commit, MOST_RACES, type Extras } from './change.ts';
import { isoTime, type Flow } from './flow.ts';
import { applyNews } from './late.ts';
import { applyUndo, follow } from './moves.ts';
import type { AttemptResult, InboxRow, Recorded, StoredDocument } from './ports/ledger.ts';
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
  claim?: { fence: number; probe: boolean; begunAt?: number };
  /** For a fact that needed no exchange: the step as it was read. One that has moved since makes it void. */
  read?: { wake: number; fence: number };
  /** The round that it speaks of; absent: the attempt's, else the current one. */
  round?: number;
  attempt?: AttemptResult;
  signal?: LaneSignal;
  inbox?: InboxRow;
  documents?: StoredDocument[];
  /** Who made it known, before what follows from it. */
  events?: Draft['events'];
  /** What a person has to look at besides. */
  items?: Draft['items'];
}

/** Applies a fact, and returns whether it moved the step (false: it was late, a repeat or a conflict). */
export async function settle(flow: Flow, applicationId: string, fact: Fact, opened?: View): Promise<boolean> {
  let view = opened;
  for (let race = 0; race < MOST_RACES; race += 1) {
    view ??= await openView(flow, applicationId);
    if (!view) throw new Error(`Application ${applicationId} is gone`);
    if (isVoid(view.steps.get(fact.step)!, fact)) return false;
    const { stored, moved } = await settleOnce(flow, view, fact);
    if (stored === 'known') return false;
    if (stored === 'done') return moved;
    view = undefined;
  }
  throw new Error(
    `Application ${applicationId} changed ${MOST_RACES} times while one fact was being applied`,
  );
}

function isVoid(step: Step, { read }: Fact): boolean {
  // What is due no more has ended, or waits for a person.
  return read !== undefined && (read.wake !== step.wake || read.fence !== step.fence || step.dueAt === null);
}

/** Applies a fact to an application as it was read; `raced` when it has changed since. */
export async function settleOnce(
  flow: Flow,
  view: View,
  fact: Fact,
): Promise<{ stored: Recorded['is']; moved: boolean }> {
  const step = view.steps.get(fact.step)!;
  // Once the lease is gone, whether by another's claim or because one of two (the result, the sweep) was first, it is news.
  const lost = fact.claim !== undefined && (fact.claim.fence !== step.fence || step.leaseUntil === null);
  const draft = newDraft(view.application, view.steps.values(), flow.clock.now());
  draft.events.push(...(fact.events ?? []));
  draft.items.push(...(fact.items ?? []));
  const moved =
    lost || fact.by === 'news' ? await applyNews(flow, view, draft, fact) : applyOwn(flow, view, draft, fact);
  await advance(flow, view, draft);
  const stored = await commit(flow, view, draft, extrasOf(flow, view, draft, fact));
  if (stored === 'done') tell(flow, fact, line(view.application.id, fact, draft));
  return { stored, moved };
}

/** An agency that fails, a person who is needed: an operator watches for warnings. */
function tell({ log }: Flow, { signal }: Fact, fields: Record<string, unknown>): void {
  const troubled = signal?.is === 'bad' || signal?.is === 'away' || fields['state'] === 'parked';
  if (troubled) log.warn('step.settled', { ...fields, signal: signal?.is });
  else log.info('step.settled', fields);
}

function line(applicationId: string, fact: Fact, draft: Draft): Record<string, unknown> {
  const { state, operation, agency, round } = draft.steps.get(fact.step)!;
  return {
    applicationId,
    step: fact.step,
    agency,
    operation,
    round,
    by: fact.by,
    outcome: fact.outcome.is,
    ...('code' in fact.outcome && { code: fact.outcome.code }),
    state,
  };
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
      references: [
        { agency: after.agency, reference: referenceIndex(flow, after.agency, reference), step: after.name },
      ],
    }),
  };
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
    begunAt: fact.claim?.begunAt ?? draft.now,
    probe: fact.claim?.probe ?? false,
  };
  const odds = { now: draft.now, chance: flow.clock.chance() };
  const own = ownFault(fact.outcome);
  const decision: Decision = own
    ? { is: 'park', code: own }
    : decide(fact.outcome, tried, agencyOf(flow, step).retry, odds);
  const secret = { ...step.secret, ...(fact.input && { input: fact.input }) };
  patch(draft, step.name, { leaseUntil: null, leaseKind: null, dueAt: null, secret });
  if (undo) return applyUndo(draft, step, decision, operation.money === true);
  return follow(flow, view, draft, fact, decision);
}

/** Why nothing was sent, where the reason is ours. */
function ownFault(outcome: Reply): string | null {
  return outcome.is === 'unknown' && isOurs(outcome.code) ? outcome.code : null;
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
