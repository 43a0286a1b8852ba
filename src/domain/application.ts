/** An application's life: its states, which steps may start, how it ends. Pure rules over a draft. */
import type { NewEvent } from './chain.ts';
import type { ServiceClock } from './deadline.ts';
import type { JsonObject } from './outcome.ts';
import { pastPivot } from './pivot.ts';
import type { Plan } from './plan.ts';
import { endedWell, hasEnded, isInFlight, isWaiting, type Step, type StepState } from './step.ts';

export type ApplicationState =
  | 'accepted'
  | 'inProgress'
  | 'waitingApplicant'
  | 'waitingPayment'
  | 'waitingAppointment'
  | 'underReview'
  | 'completed'
  | 'partiallyCompleted'
  | 'rejected'
  | 'withdrawn'
  | 'cancelled'
  | 'expired';

/** Why an application is being ended before its time, and as what. */
export interface Ending {
  as: 'rejected' | 'withdrawn' | 'cancelled' | 'expired';
  code: string;
}

export interface Application {
  id: string;
  number: string;
  platform: string;
  site: string;
  service: string;
  jurisdiction: string;
  channel: string;
  sandbox: boolean;
  /** Digest of the pinned plan. */
  plan: string;
  state: ApplicationState;
  ending: Ending | null;
  priority: number;
  /** Number and hash of the last event: the version that every change names. */
  version: number;
  head: string;
  acceptedAt: number;
  promisedAt: number | null;
  endedAt: number | null;
  /** The clock of the law; null where the route names no deadline. */
  clock: ServiceClock | null;
  /** The application whose step opened this one. */
  parent: string | null;
}

/** What a person is needed for. */
export type ItemKind =
  | 'outcomeUnknown'
  | 'retriesSpent'
  | 'waitTimedOut'
  | 'conflict'
  | 'refund'
  | 'undoRefused'
  | 'rejectedAfterPivot'
  | 'mapping'
  /** Another application of the person for the same service is open. */
  | 'duplicate'
  /** A decision that the route wants of a person. */
  | 'task'
  /** A complaint that waits for its answer. */
  | 'complaint'
  /** The promise was missed. */
  | 'overdue'
  /** Approved by law: the agency is to be told. */
  | 'deemedApproval';

export interface NewItem {
  step: string;
  kind: ItemKind;
  code: string;
  /** Whose queue it stands in; the operators' when absent. */
  role?: string;
  /** When it is due, ms. */
  dueAt?: number;
}

/** An application and its steps while a change is worked out. Steps are replaced, never mutated in place. */
export interface Draft {
  application: Application;
  steps: Map<string, Step>;
  /** Names of steps that this change touches. */
  touched: Set<string>;
  events: NewEvent[];
  items: NewItem[];
  /** Steps whose open items are closed by this change. */
  closed: Set<string>;
  /** Rounds that this change ends, as they were. */
  oldRounds: Step[];
  now: number;
}

export const FINAL: ReadonlySet<ApplicationState> = new Set([
  'completed',
  'partiallyCompleted',
  'rejected',
  'withdrawn',
  'cancelled',
  'expired',
]);

/** Every state, as filters name it. */
export const STATES: readonly ApplicationState[] = [
  'accepted',
  'inProgress',
  'waitingApplicant',
  'waitingPayment',
  'waitingAppointment',
  'underReview',
  ...FINAL,
];

export function newDraft(application: Application, steps: Iterable<Step>, now: number): Draft {
  return {
    application,
    steps: new Map([...steps].map((step) => [step.name, step])),
    touched: new Set(),
    events: [],
    items: [],
    closed: new Set(),
    oldRounds: [],
    now,
  };
}

/** Replaces fields of a step; a change of state resets `since`. */
export function patch(draft: Draft, name: string, fields: Partial<Step>): Step {
  const before = draft.steps.get(name)!;
  const since = fields.state !== undefined && fields.state !== before.state ? draft.now : before.since;
  const after = { ...before, since, ...fields };
  draft.steps.set(name, after);
  draft.touched.add(name);
  return after;
}

export function note(draft: Draft, type: string, data: JsonObject): void {
  draft.events.push({ type: `go.mpp.${type}.v1`, data });
}

/** Ends a step, or lets it wait, and says so. */
export function moveStep(
  draft: Draft,
  name: string,
  state: StepState,
  fields: Partial<Step>,
  event: string,
): void {
  const { code, operation } = patch(draft, name, { state, ...fields });
  note(draft, `step.${event}`, { step: name, operation, ...(code !== null && { code }) });
}

/** Steps whose turn has come: all before them ended, and nothing is being ended. */
export function startable(draft: Draft, plan: Plan): Step[] {
  if (draft.application.ending) return [];
  return [...draft.steps.values()].filter((step) => {
    if (step.state !== 'pending') return false;
    return plan.byName.get(step.name)!.after.every((name) => lets(draft, plan, name));
  });
}

/** A best-effort step lets others go on however it ended; a mandatory one must have ended well. */
function lets(draft: Draft, plan: Plan, name: string): boolean {
  const before = draft.steps.get(name)!;
  return endedWell(before) || (plan.byName.get(name)!.need === 'bestEffort' && hasEnded(before));
}

/** Steps that were to be sent and never were wait again where what comes before them runs again. */
export function holdBack(draft: Draft, plan: Plan): void {
  for (const { name, state, attempts, leaseUntil } of draft.steps.values()) {
    if (state !== 'ready' || attempts > 0 || leaseUntil !== null) continue;
    if (!plan.byName.get(name)!.after.every((one) => lets(draft, plan, one)))
      patch(draft, name, { state: 'pending', dueAt: null });
  }
}

export function start(draft: Draft, name: string): void {
  patch(draft, name, { state: 'ready', dueAt: draft.now });
}

export function skip(draft: Draft, name: string): void {
  moveStep(draft, name, 'skipped', { dueAt: null }, 'skipped');
}

/** Starts to end an application: `advance` undoes what was done, then it takes its final state. */
export function end(draft: Draft, ending: Ending): void {
  draft.application = { ...draft.application, ending };
}

/** Has a step undone, with a budget of its own. */
export function undo(draft: Draft, name: string, at: number): void {
  moveStep(draft, name, 'compensating', { dueAt: at, spent: 0, timeoutAt: null }, 'compensating');
}

/** Works out what follows from the steps: undoing, the application's state and its events. */
export function conclude(draft: Draft, plan: Plan, undoable: (step: Step) => boolean): void {
  failForward(draft, plan);
  const { ending } = draft.application;
  const over = ending ? windUp(draft, undoable) : [...draft.steps.values()].every(hasEnded);
  const state = over ? finalState(draft, plan) : openState(draft);
  if (state === draft.application.state) return;
  const from = draft.application.state;
  draft.application = { ...draft.application, state, ...(over && { endedAt: draft.now }) };
  const reason = ending ? { code: ending.code } : {};
  note(draft, over ? `application.${state}` : 'application.status.changed', { from, ...reason });
}

/** A mandatory step that was rejected ends the application before the pivot, and needs a person after it. */
function failForward(draft: Draft, plan: Plan): void {
  if (draft.application.ending) return;
  for (const step of draft.steps.values()) {
    if (step.state !== 'rejected' || plan.byName.get(step.name)!.need !== 'mandatory') continue;
    const code = step.code ?? 'NOT_ELIGIBLE';
    if (!pastPivot(draft, plan)) return end(draft, { as: endOf(plan, step.name, code), code });
    // Decided: nothing that was sent is still unanswered.
    patch(draft, step.name, { state: 'parked', dueAt: null, sentAt: null });
    draft.items.push({ step: step.name, kind: 'rejectedAfterPivot', code });
  }
}

/** As what a refusal ends the application: the route says which ones mean that its time is over. */
function endOf(plan: Plan, name: string, code: string): 'rejected' | 'expired' {
  const { onRefusal = {} } = plan.byName.get(name)!.rules;
  return Object.hasOwn(onRefusal, code) ? 'expired' : 'rejected';
}

/** Cancels what has not begun and undoes what was done, last first, once nothing is in flight. True when all is over. */
function windUp(draft: Draft, undoable: (step: Step) => boolean): boolean {
  for (const step of draft.steps.values()) {
    if (isWaiting(step) || step.leaseUntil !== null) continue;
    if (['pending', 'ready', 'waitingApplicant'].includes(step.state)) {
      moveStep(draft, step.name, 'cancelled', { dueAt: null }, 'cancelled');
    }
  }
  const steps = [...draft.steps.values()].toSorted((a, b) => b.position - a.position);
  if (steps.some(isInFlight)) return false;
  const next = steps.find((step) => (isWaiting(step) || step.state === 'succeeded') && undoable(step));
  if (next) {
    undo(draft, next.name, draft.now);
    return false;
  }
  // What still waits cannot be undone here: late news of it is kept as a conflict.
  for (const step of steps.filter(isWaiting)) {
    moveStep(draft, step.name, 'cancelled', { dueAt: null }, 'cancelled');
    draft.closed.add(step.name);
  }
  return !steps.some((step) => step.state === 'parked');
}

function finalState(draft: Draft, plan: Plan): ApplicationState {
  if (draft.application.ending) return draft.application.ending.as;
  const missed = [...draft.steps.values()].some((step) => !endedWell(step));
  return missed && plan.steps.length > 0 ? 'partiallyCompleted' : 'completed';
}

function openState(draft: Draft): ApplicationState {
  const states = new Set([...draft.steps.values()].map((step) => step.state));
  if (states.has('parked')) return 'underReview';
  if (states.has('waitingApplicant')) return 'waitingApplicant';
  if (states.has('waitingPayment')) return 'waitingPayment';
  if (states.has('waitingAppointment')) return 'waitingAppointment';
  const begun = [...draft.steps.values()].some((step) => step.attempts > 0 || hasEnded(step));
  return begun || draft.application.ending ? 'inProgress' : 'accepted';
}
