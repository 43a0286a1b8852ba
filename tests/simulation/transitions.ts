/** The declared ways of a step and of an application, held against every change that is stored. */
import { FINAL, type ApplicationState } from '../../src/domain/application.ts';
import { stepId } from '../../src/domain/ids.ts';
import type { Change, Claim } from '../../src/flow/ports/ledger.ts';
import { simAdapter, TRUST_AFTER_MS } from './adapter.ts';
import type { Sim } from './sim.ts';

export interface Before {
  state: string;
  round: number;
  code: string | null;
  key: string;
  since: number;
  timeoutAt: number | null;
  /** An attempt is under way; known while a change is looked at. */
  leased?: boolean;
  /** Parked because its agency said no past the pivot. */
  refused: boolean;
}

/** `waiting` stands for with the agency or an officer, for a payment, for an appointment, and for an applicant who is to come. */
const WAYS: Record<string, string[]> = {
  pending: ['ready', 'skipped', 'parked', 'cancelled'],
  ready: ['waiting', 'waitingApplicant', 'unknown', 'parked', 'succeeded', 'rejected', 'cancelled'],
  waiting: ['succeeded', 'rejected', 'waitingApplicant', 'parked', 'compensating', 'cancelled'],
  waitingApplicant: ['cancelled'],
  unknown: ['ready', 'waiting', 'waitingApplicant', 'parked', 'succeeded', 'rejected'],
  parked: ['ready', 'waiting', 'waitingApplicant', 'succeeded', 'rejected', 'compensating', 'cancelled'],
  compensating: ['compensated', 'compensationFailed'],
  succeeded: ['compensating'],
  rejected: ['parked'],
  skipped: [],
  cancelled: [],
  compensated: [],
  compensationFailed: [],
};

/** What a person's act allows besides. */
const BY_ACT: Record<string, string[]> = {
  ready: ['pending'],
  parked: ['pending', 'unknown'],
  waiting: ['ready', 'pending'],
  waitingApplicant: ['ready', 'pending'],
  succeeded: ['ready', 'pending'],
  rejected: ['ready', 'pending'],
  skipped: ['ready', 'pending'],
};

/** What the law allows that decides in an agency's place. */
const BY_LAW: ReadonlySet<string> = new Set(['pending', 'ready', 'waiting', 'waitingApplicant', 'parked']);

/** States that the events of a change name. */
const SAID: Record<string, string> = {
  succeeded: 'succeeded',
  rejected: 'rejected',
  sendBack: 'waitingApplicant',
  waiting: 'waiting',
  unknown: 'unknown',
  parked: 'parked',
  skipped: 'skipped',
  cancelled: 'cancelled',
  compensating: 'compensating',
  compensated: 'compensated',
  compensationFailed: 'compensationFailed',
};

const WAITING = new Set(['waitingAgency', 'waitingPayment', 'waitingAppointment', 'waitingOfficer']);

/** Of an applicant an agency may wait for, until a time; for a mended form no time is set. */
export const plain = (state: string, timeoutAt: number | null = null): string =>
  WAITING.has(state) || (state === 'waitingApplicant' && timeoutAt !== null) ? 'waiting' : state;

export const isSentBack = ({ state, timeoutAt }: Pick<Before, 'state' | 'timeoutAt'>): boolean =>
  state === 'waitingApplicant' && timeoutAt === null;

export interface StepEvent {
  /** `succeeded`, `retried`, … */
  what: string;
  step: string;
}

export function stepEvents(events: { type: string; data: string }[]): StepEvent[] {
  return events.flatMap(({ type, data }) => {
    const what = /^go\.mpp\.step\.(\w+)\.v1$/.exec(type)?.[1];
    return what === undefined ? [] : [{ what, step: (JSON.parse(data) as { step: string }).step }];
  });
}

export const stateSaid = (what: string): string | undefined => SAID[what];

/** I8, I11: each step goes declared ways only, and out of `unknown` only by an answer or a person. */
export function checkMoves(
  sim: Sim,
  steps: Map<string, Before>,
  change: Change,
  claim: Claim | undefined,
  begun: Map<string, number>,
): void {
  const said = stepEvents(change.events);
  for (const { row } of change.steps) {
    const name = stepId(change.applicationId, row.name);
    const before = steps.get(name)!;
    const own = said.filter(({ step }) => step === row.name);
    const anew = row.round > before.round;
    const acted = anew || own.some(({ what }) => ['retried', 'resolved', 'newRound'].includes(what));
    const isRenewed = change.steps.some(
      ({ row: { name: other, round } }) => round > steps.get(stepId(change.applicationId, other))!.round,
    );
    const deemed = change.events.some(({ type }) => type === 'go.mpp.application.deemedApproved.v1');
    const states = own.flatMap(({ what }) => SAID[what] ?? []);
    const way = [plain(before.state, before.timeoutAt), ...states];
    const is = plain(row.state, row.timeoutAt);
    if (way.at(-1) !== is) way.push(is);
    for (let at = 1; at < way.length; at += 1) {
      // What was never sent waits again for what comes before it and runs again.
      if (isRenewed && row.attempts === 0 && way[at - 1] === 'ready' && way[at] === 'pending') continue;
      if (deemed && way[at] === 'succeeded' && BY_LAW.has(way[at - 1]!)) continue;
      if (!mayGo(way[at - 1]!, way[at]!, acted))
        sim.break('I11', `${name} went ${way.join(' → ')} in one change`);
    }
    // A child is asked without a wire, and without an attempt.
    const isChild = row.agency === 'bus';
    if (before.state === 'unknown' && way.length > 1 && !acted && !isChild)
      checkUnknown(sim, name, change, claim, way[1]!);
    const asked = claim?.step === row.name && claim.kind === 'inquiry' && before.state === 'unknown';
    if (asked && change.attempt!.outcome === 'retry' && row.state === 'ready')
      checkBelief(sim, name, row.operation, Date.parse(claim.at) - begun.get(row.key)!);
  }
}

function mayGo(from: string, to: string, acted: boolean): boolean {
  if (from === to) return true;
  const ways = (state: string): string[] => [...(WAYS[state] ?? []), ...(acted ? (BY_ACT[state] ?? []) : [])];
  if (ways(from).includes(to)) return true;
  // Being ready says nothing: it may lie between.
  return ways(from).some(
    (between) => (between === 'ready' || (acted && between === 'pending')) && ways(between).includes(to),
  );
}

function checkUnknown(
  sim: Sim,
  name: string,
  { inbox, attempt, events }: Change,
  claim: Claim | undefined,
  to: string,
): void {
  const person = events.some(({ type }) => type.endsWith('Asked.v1'));
  const answered = attempt !== undefined && attempt.outcome !== 'lost';
  // Questions that were lost may be the last that are asked.
  if (inbox || person || answered || (to === 'parked' && claim)) return;
  sim.break('I8', `${name} left unknown for ${to} without an answer, news or a person`);
}

/** "It never arrived" is believed only when it was asked long enough after the sending. */
function checkBelief(sim: Sim, name: string, operation: string, askedAfterMs: number): void {
  if (simAdapter.operations[operation]!.effect === 'keyed' || askedAfterMs >= TRUST_AFTER_MS) return;
  sim.break('I8', `${name}: "never arrived", asked ${askedAfterMs / 1000} s after the sending, was believed`);
}

/** I10: what has ended stays so. */
export function checkFinal(sim: Sim, applications: Map<string, string>, change: Change): void {
  const { applicationId: id, application, events } = change;
  if (!application || events.length === 0) return;
  const before = applications.get(id);
  applications.set(id, application.state);
  if (FINAL.has(before as ApplicationState) && before !== application.state)
    sim.break('I10', `${id} was ${before} and became ${application.state}`);
}
