/** A step: one operation of one application, its states, and what its next wake is for. */
import type { Awaits, Correction, JsonObject } from './outcome.ts';

export type StepState =
  /** Waits for the steps before it. */
  | 'pending'
  /** To be sent now, or again at `dueAt`. */
  | 'ready'
  | 'waitingAgency'
  | 'waitingPayment'
  | 'waitingAppointment'
  | 'waitingApplicant'
  /** A person decides, as the route wants it. */
  | 'waitingOfficer'
  /** The answer was lost: being asked about, or sent again under the same key. */
  | 'unknown'
  /** A person must decide; an open item says what. */
  | 'parked'
  | 'compensating'
  | 'succeeded'
  | 'rejected'
  | 'skipped'
  | 'cancelled'
  | 'compensated'
  | 'compensationFailed';

/** Every state, as expressions name it. */
export const STEP_STATES: readonly StepState[] = [
  ...([
    'pending',
    'ready',
    'waitingAgency',
    'waitingPayment',
    'waitingAppointment',
    'waitingApplicant',
  ] as const),
  ...(['waitingOfficer', 'unknown', 'parked', 'compensating', 'succeeded', 'rejected', 'skipped'] as const),
  ...(['cancelled', 'compensated', 'compensationFailed'] as const),
];

/** What is personal about a step: kept sealed, opened only while the step is worked on. */
export interface StepSecret {
  input?: JsonObject;
  output?: JsonObject;
  reference?: string;
  shown?: JsonObject;
  /** The agency's own words with a refusal. */
  text?: string;
  corrections?: Correction[];
  /** What the round before gave. */
  before?: JsonObject;
  /** A person was told already that its agency's tries were spent. */
  insisted?: true;
  /** Reminders given in this wait. */
  reminded?: number;
  /** What a first person decided, where a second has to agree. */
  proposal?: { by: string; decision: JsonObject };
}

export interface Step {
  applicationId: string;
  name: string;
  /** Whose it is: platforms share a lane by their weights. */
  platform: string;
  /** The service it belongs to: those of one platform share what is the platform's. */
  service: string;
  /**
   * Blind index of the applicant, where the route asks for order: steps at one agency with the same turn begin one
   * after the other, in the order of their applications. Null where it does not.
   */
  turn: string | null;
  /** Smaller goes first; the application's. */
  priority: number;
  /** Position in the route, for order of undoing and showing. */
  position: number;
  /** Id of the agency entry; also its lane. */
  agency: string;
  operation: string;
  /** `banking@1`: the adapter and the major version pinned for life. */
  adapter: string;
  state: StepState;
  /** Since when it is in this state, ms since the epoch. */
  since: number;
  /** Canonical reason code of the last outcome that was not good. */
  code: string | null;
  round: number;
  /** Exchanges in this round, of every kind: numbers the attempts. */
  attempts: number;
  /** Sends or undos spent against the retry policy. */
  spent: number;
  inquiries: number;
  /** Raised whenever a due time is set; a bell with another number is stale. */
  wake: number;
  dueAt: number | null;
  /** Fencing number: raised by each claim. */
  fence: number;
  /** An attempt is open until its lease ends; null when none is. */
  leaseUntil: number | null;
  /** What the open attempt is. */
  leaseKind: AttemptKind | null;
  /** The round's intent, 20 digits. */
  key: string;
  /** When the operation was last sent, ms. */
  sentAt: number | null;
  /** When waiting for news ends, ms. */
  timeoutAt: number | null;
  secret: StepSecret;
}

/** The route and the adapter do not fit: nothing was sent, and nothing will be until a person mends it. */
export const MAPPING_ERROR = 'MAPPING_ERROR';

/** The agreement with the agency is over: nothing was sent, and nothing will be until there is a new one. */
export const AGREEMENT_EXPIRED = 'AGREEMENT_EXPIRED';

/** Nothing was sent, for a reason of our own: no trying on helps, a person does. */
export const isOurs = (code: string | null): boolean => code === MAPPING_ERROR || code === AGREEMENT_EXPIRED;

export type AttemptKind = 'send' | 'inquiry' | 'undo';

const WAITING: ReadonlySet<StepState> = new Set([
  'waitingAgency',
  'waitingPayment',
  'waitingAppointment',
  'waitingOfficer',
]);
const ENDED_WELL: ReadonlySet<StepState> = new Set(['succeeded', 'skipped']);
const ENDED: ReadonlySet<StepState> = new Set([
  'succeeded',
  'rejected',
  'skipped',
  'cancelled',
  'compensated',
  'compensationFailed',
]);

/** With the agency, until news or its time-out. For the applicant too, where an agency waits for him: not for a mended form. */
export const isWaiting = (step: Pick<Step, 'state' | 'timeoutAt'>): boolean =>
  WAITING.has(step.state) || (step.state === 'waitingApplicant' && step.timeoutAt !== null);
export const endedWell = (step: Step): boolean => ENDED_WELL.has(step.state);
export const hasEnded = (step: Step): boolean => ENDED.has(step.state);

/** Taken by the agency, or possibly so: what happens to it is not ours alone to say. */
export function isInFlight(step: Step): boolean {
  return step.leaseUntil !== null || step.state === 'unknown' || step.state === 'compensating';
}

/** Parked with this code it is a wait that is over; where money may have been paid the code is one of its own. */
export const isTimedOut = ({ code }: Pick<Step, 'code'>): boolean =>
  code === 'WAIT_TIMED_OUT' || code === 'PERHAPS_PAID';

/**
 * Waits for a person although the agency may have done it, or has taken it: it is asked about, undone or resolved,
 * never sent anew as if nothing were, and never dropped.
 */
export function perhapsDone(step: Pick<Step, 'state' | 'code' | 'sentAt' | 'timeoutAt'>): boolean {
  if (step.state !== 'parked') return false;
  if (step.code === 'OUTCOME_UNKNOWN' || isTimedOut(step)) return true;
  // What the agency asks us for waits without ever having been sent.
  return step.code === MAPPING_ERROR && (step.sentAt !== null || step.timeoutAt !== null);
}

export function waitingState(awaits: Awaits | undefined): StepState {
  if (awaits === 'payment') return 'waitingPayment';
  if (awaits === 'appointment') return 'waitingAppointment';
  if (awaits === 'officer') return 'waitingOfficer';
  return awaits === 'applicant' ? 'waitingApplicant' : 'waitingAgency';
}

export type NextAct = AttemptKind | 'lost' | 'timeOut' | 'remind';

/**
 * What a wake is for, or null when there is nothing to do (yet: a bell may come before its time). `remindAt`: when
 * somebody is to be reminded of what he has to do.
 */
export function nextAct(
  step: Step,
  canBeAsked: boolean,
  now: number,
  remindAt: number | null = null,
): NextAct | null {
  if (step.leaseUntil !== null) return step.leaseUntil <= now ? 'lost' : null;
  if (step.dueAt === null || step.dueAt > now) return null;
  if (step.state === 'ready') return 'send';
  if (step.state === 'compensating') return 'undo';
  if (step.state === 'unknown') return canBeAsked ? 'inquiry' : 'send';
  if (!isWaiting(step)) return null;
  if (step.timeoutAt !== null && step.timeoutAt <= now) return 'timeOut';
  if (remindAt !== null && remindAt <= now) return 'remind';
  return canBeAsked ? 'inquiry' : null;
}
