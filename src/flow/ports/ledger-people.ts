/** The ledger as it keeps what people say: an application's thread, complaints about it, and surveys that name nobody. */

/** Something said about an application; what it says is sealed under the application's key. */
export interface MessageRow {
  applicationId: string;
  /** Numbered within the application. */
  n: number;
  /** Blind index of the Idempotency-Key, and keyed digest of what was sent under it. */
  key: string;
  fingerprint: string;
  /** RFC 3339. */
  at: string;
  author: 'citizen' | 'officer' | 'callCentre' | 'agency';
  channel: string;
  /** Id of the API key it came by. */
  sender: string;
  sealed: Uint8Array;
}

export interface ComplaintRow {
  applicationId: string;
  n: number;
  key: string;
  fingerprint: string;
  at: string;
  category: string;
  tier: number;
  state: 'received' | 'answered' | 'forwarded';
  /** When an item is to be opened, ms; null once it was, or nothing is to be answered. */
  lookAt: number | null;
  /** When it is due, RFC 3339. */
  dueAt: string;
  /** Id of the application by which it was forwarded. */
  forwardedTo: string | null;
  sender: string;
  /** What it says, and whether its author is named. */
  sealed: Uint8Array;
  answer: Uint8Array | null;
}

/** One filled-in survey. Nothing in it leads back to an application. */
export interface SurveyRow {
  /** Chance alone: the order of answers is not kept. */
  id: string;
  service: string;
  site: string;
  channel: string;
  /** `2026-11`. */
  month: string;
  /** U1 to U9, each 1 to 4. */
  scores: number[];
  /** Sealed under the month's own key. */
  comment: Uint8Array | null;
}

/** Months are `2026-11`, both included. */
export interface SurveyFilter {
  service?: string;
  from: string;
  to: string;
  /** A service's month with fewer answers is not there at all. */
  fewest: number;
}

/** The answers for one service in one month. */
export interface SurveyCell {
  service: string;
  month: string;
  respondents: number;
  /** Sums of U1 to U9. */
  sums: number[];
}

export interface PeopleLedger {
  messages(applicationId: string): Promise<MessageRow[]>;
  /** Keeps an answer unless its token's hash was spent before: then false, and nothing is stored. */
  keepSurvey(row: SurveyRow, spent: string): Promise<boolean>;
  surveySpent(hash: string): Promise<boolean>;
  surveyCells(filter: SurveyFilter): Promise<SurveyCell[]>;
  /** Sealed comments of the same cells, in no order that means anything. */
  surveyComments(
    filter: SurveyFilter,
    most: number,
  ): Promise<{ service: string; month: string; comment: Uint8Array }[]>;
}

export interface ComplaintsDue {
  complaints(applicationId: string): Promise<ComplaintRow[]>;
  /** Complaints whose time has come, the oldest first. */
  complaintsDue(now: number, most: number): Promise<{ applicationId: string; n: number }[]>;
}
