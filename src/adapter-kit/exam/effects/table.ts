/** What an outcome may be after each fault, by what the exchange does at the agency, with the reason. */
import type { Effect, Outcome } from '../../contract.ts';

type Is = Outcome['is'];
type Cell = readonly [allowed: readonly Is[], why: string];

export interface Row {
  /** What happened on the wire. */
  what: string;
  /** A look-up: twice does no harm. */
  read: Cell;
  /** keyed, inquirable and once: something may have been done. */
  effect: Cell;
  /** An inquiry: `retry` would mean "it never arrived". */
  question: Cell;
}

const UNREADABLE = 'what cannot be read says neither yes nor no';
const ASK_ON = 'a question that was not answered says nothing of the operation';
const PERHAPS_DONE = 'it may have been done: only unknown has the bus ask, or repeat under the same key';
const HARMLESS = 'a look-up may simply be made again';
const PUT_OFF = 'surely not done, and the agency has said when to come back';

const unreadable: Pick<Row, 'read' | 'effect' | 'question'> = {
  read: [['unknown', 'retry', 'away'], UNREADABLE],
  effect: [['unknown'], `${UNREADABLE}; ${PERHAPS_DONE}`],
  question: [['unknown', 'away'], ASK_ON],
};
const failed: Pick<Row, 'read' | 'effect' | 'question'> = {
  read: [['unknown', 'retry', 'away'], HARMLESS],
  effect: [['unknown'], PERHAPS_DONE],
  question: [['unknown', 'away'], ASK_ON],
};
const notReached: Pick<Row, 'read' | 'effect' | 'question'> = {
  read: [['unknown', 'retry', 'away'], 'a gateway’s word is not the agency’s'],
  effect: [
    ['unknown', 'away'],
    'a gateway’s word is not the agency’s: it neither refuses nor takes anything',
  ],
  question: [['unknown', 'away'], 'a gateway’s word must never pass for "it never arrived"'],
};

export const TABLE = {
  html_200: { what: 'A page of HTML with a good status', ...unreadable },
  empty_200: { what: 'Nothing at all with a good status', ...unreadable },
  object_200: { what: 'An empty object with a good status', ...unreadable },
  wrong_type: { what: 'A good reply under a media type that nobody reads', ...unreadable },
  malformed: { what: 'A reply that breaks off its own form', ...unreadable },
  truncated: { what: 'Half a reply', ...unreadable },
  oversized: { what: 'A reply beyond the size limit', ...unreadable },
  redirect: { what: 'A redirect, which is never followed', ...unreadable },
  lost_reply: { what: 'Done, and the answer never came', ...failed },
  never_arrived: { what: 'Nothing arrived, and no answer came', ...failed },
  http_500: { what: 'HTTP 500 with a page of HTML', ...failed },
  http_502: { what: 'HTTP 502 with a page of HTML', ...failed },
  http_504: { what: 'HTTP 504 with a page of HTML', ...failed },
  http_503: {
    what: 'HTTP 503 with a page of HTML',
    read: [['unknown', 'retry', 'away'], HARMLESS],
    effect: [['unknown', 'retry', 'away'], 'by HTTP 503 the agency takes nothing in'],
    question: [['unknown', 'away'], ASK_ON],
  },
  rate_limit: {
    what: 'HTTP 429 with Retry-After: 7',
    read: [['retry', 'away'], PUT_OFF],
    effect: [['retry', 'away'], PUT_OFF],
    question: [['unknown', 'away'], ASK_ON],
  },
  unauthorized: {
    what: 'HTTP 401 with nothing in it',
    read: [['retry', 'away', 'unknown'], 'the door is shut, whoever the person is'],
    effect: [['retry', 'away', 'unknown'], 'the door is shut: it neither refuses nor takes anything'],
    question: [['unknown', 'away'], ASK_ON],
  },
  gateway_400: { what: 'HTTP 400 with a gateway’s page', ...notReached },
  gateway_403: { what: 'HTTP 403 with a firewall’s page', ...notReached },
  gateway_404: { what: 'HTTP 404 with a gateway’s page', ...notReached },
  gateway_404_json: { what: 'HTTP 404 with a gateway’s JSON', ...notReached },
  /** The outcome without the fault, and `pending`, are allowed as well. */
  unknown_code: {
    what: 'A good reply with a code that nobody has listed',
    read: [['unknown', 'retry', 'away'], UNREADABLE],
    effect: [['unknown'], `${UNREADABLE}; ${PERHAPS_DONE}`],
    question: [['unknown', 'away'], ASK_ON],
  },
  /** As without the fault, or: */
  duplicate_reply: {
    what: 'The same reply once more, to a second send',
    read: [['unknown', 'retry', 'away'], UNREADABLE],
    effect: [['unknown', 'away'], UNREADABLE],
    question: [['unknown', 'away'], UNREADABLE],
  },
  clock_skew: {
    what: 'Our clock ten minutes off',
    read: [['unknown', 'retry', 'away'], 'our clock says nothing about the applicant'],
    effect: [['unknown', 'retry', 'away'], 'our clock says nothing about the applicant'],
    question: [['unknown', 'away'], ASK_ON],
  },
} as const satisfies Record<string, Row>;

export type FaultName = keyof typeof TABLE;

/** Which exchange is judged. */
export interface Judged {
  effect: Effect;
  isQuestion: boolean;
  /** Another came before it: that one may have had the effect, so `unknown` is always true. */
  isLater: boolean;
}

export function cellOf(fault: FaultName, { effect, isQuestion, isLater }: Judged): Cell {
  const row: Row = TABLE[fault];
  if (isQuestion) return row.question;
  const [allowed, why] = effect === 'read' ? row.read : row.effect;
  return [isLater && !allowed.includes('unknown') ? [...allowed, 'unknown'] : allowed, why];
}

/** What the bus owes to the agency after a lost answer, by effect (law 4). */
export const OWED: Record<Effect, string> = {
  read: 'it is made again until it is answered',
  keyed: 'sent again under its key, it is done once',
  inquirable: 'it is asked about first, and done once',
  once: 'it is never sent again by itself: a person looks',
};
