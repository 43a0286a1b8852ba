/** Which message a moment calls for: by the event that made it, and by where an application stands now. */
import type { ApplicationState } from '../application.ts';
import type { JsonObject } from '../outcome.ts';
import type { MessageCode } from './templates.ts';

const BY_STATE: Record<ApplicationState, MessageCode> = {
  accepted: 'accepted',
  inProgress: 'processing',
  waitingApplicant: 'returned',
  waitingPayment: 'payment',
  waitingAppointment: 'appointment',
  underReview: 'delayed',
  completed: 'completed',
  partiallyCompleted: 'partiallyCompleted',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  cancelled: 'cancelled',
  expired: 'expired',
};

const BY_EVENT: Record<string, MessageCode> = {
  'application.accepted': 'accepted',
  'application.corrected': 'corrected',
  'application.deemedApproved': 'deemedApproved',
  'application.withdrawalAsked': 'ending',
  'application.cancellationAsked': 'ending',
  'application.completed': 'completed',
  'application.partiallyCompleted': 'partiallyCompleted',
  'application.rejected': 'rejected',
  'application.withdrawn': 'withdrawn',
  'application.cancelled': 'cancelled',
  'application.expired': 'expired',
  'payment.rebilled': 'rebilled',
  'step.reminder': 'reminder',
  'sla.breached': 'late',
  'complaint.opened': 'complaintTaken',
  'complaint.answered': 'complaintAnswered',
  'complaint.forwarded': 'complaintForwarded',
};

/** What the citizen is told when an event happens; null for what is not for him. */
export function messageOfEvent(type: string, data: JsonObject): MessageCode | null {
  const short = type.replace(/^go\.mpp\.(.*)\.v1$/, '$1');
  if (short === 'step.rejected' && data['code'] === 'APPOINTMENT_MISSED') return 'appointmentMissed';
  if (short !== 'application.status.changed') return BY_EVENT[short] ?? null;
  return BY_STATE[data['state'] as ApplicationState] ?? null;
}

export interface Standing {
  state: ApplicationState;
  ended: boolean;
  ending: boolean;
  late: boolean;
  /** An officer's decision is all that it waits for. */
  decided: boolean;
}

/** What the citizen is told when he asks now. */
export function messageOfStanding({ state, ended, ending, late, decided }: Standing): MessageCode {
  if (ended) return BY_STATE[state];
  if (ending) return 'ending';
  if (state !== 'accepted' && state !== 'inProgress') return BY_STATE[state];
  if (late) return 'late';
  return decided ? 'officerDecides' : BY_STATE[state];
}
