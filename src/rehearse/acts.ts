/** What can be done in a rehearsal: by people at the counter, by officers, at agencies, and what may go wrong. */
import type { Fault } from '../adapter-kit/simulator.ts';
import type { Correction, JsonObject, JsonValue } from '../domain/outcome.ts';
import type { AttemptKind } from '../domain/step.ts';

/** The kit's faults, and two of the link: nobody answers for a while, and what the agency tells is lost for a while. */
export type FaultKind = Fault['kind'] | 'down' | 'noNews';

export const FAULTS: readonly FaultKind[] = [
  ...(['loseReply', 'hang', 'status', 'tooMany', 'malformed', 'truncated', 'latency'] as const),
  ...(['duplicateNews', 'lateNews', 'newsFirst', 'noNews', 'down'] as const),
];

export interface StepFault {
  is: 'fault';
  step: string;
  kind: FaultKind;
  /** Exchanges that it strikes. */
  times: number;
  /** HTTP status, seconds for `tooMany`, milliseconds for what lasts. */
  value?: number;
  body?: string;
  /** Which exchanges. */
  of: AttemptKind;
}

export interface AgencyAct {
  is: 'agency';
  /** Id or role of an agency, or a step whose agency it is. */
  agency: { id: string } | { step: string };
  act: string;
  /** `{key}`, `{reference}`, `{shown.x}` stand for what is known of the step, `{bill.key}` of another. */
  with: JsonObject;
}

export interface Payment {
  is: 'pay';
  step: string;
  detail: JsonObject;
}

export interface Decision {
  is: 'decide';
  step: string;
  by: string;
  decision: JsonObject;
}

export interface Mending {
  is: 'correct';
  changes: { pointer: string; value: JsonValue }[];
  /** Documents by id that are made anew. */
  documents: string[];
}

export interface Ending {
  is: 'withdraw' | 'cancel';
  reason: string;
}

/** What an operator does with a step. */
export interface Operating {
  is: 'retry' | 'newRound' | 'resolve';
  step: string;
  body: JsonObject;
}

export type Act = StepFault | AgencyAct | Payment | Decision | Mending | Ending | Operating;

export type { Correction };

/** How an act stands in a timeline. */
export function titleOf(act: Act): string {
  switch (act.is) {
    case 'fault':
      return `${act.step}: ${act.kind}${act.value === undefined ? '' : ` ${act.value}`}${act.times > 1 ? ` × ${act.times}` : ''}`;
    case 'agency':
      return `${'id' in act.agency ? act.agency.id : `the agency of ${act.agency.step}`}: ${act.act} ${JSON.stringify(act.with)}`;
    case 'pay':
      return `the citizen pays ${act.step}`;
    case 'decide':
      return `${act.by} decides ${act.step}: ${String(act.decision['as'])}`;
    case 'correct': {
      const pointers = [...act.changes.map(({ pointer }) => pointer), ...act.documents];
      return `the citizen mends ${pointers.join(', ')}`;
    }
    case 'withdraw':
      return 'the citizen withdraws';
    case 'cancel':
      return 'the operator cancels';
    default:
      return `the operator: ${act.is} ${act.step}`;
  }
}
