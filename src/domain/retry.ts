/** What follows from an outcome: the only place where sending again is decided (law 7). */
import type { RetryPolicy } from './catalogue.ts';
import { parseDuration } from './duration.ts';
import type { Effect, Outcome, Pending } from './outcome.ts';

/** One exchange, as far as the decision is concerned. */
export interface Tried {
  kind: 'send' | 'inquiry' | 'undo';
  effect: Effect;
  /** The operation's inquiry, if it has one. */
  inquiry?: { notBefore: string; trustAfter: string };
  /** The step was waiting for news (not unknown) when it was asked about. */
  waiting: boolean;
  /** Sends or undos already spent in this round, this one not counted. */
  spent: number;
  inquiries: number;
  /** When the operation was last sent, ms since the epoch. */
  sentAt: number;
  /** When this exchange began: a machine may be suspended between an answer and its hearing. Now, when absent. */
  begunAt?: number;
  /** The exchange was a sleeping lane's probe. */
  probe: boolean;
}

export type Decision =
  | { is: 'succeeded' }
  | { is: 'rejected'; code: string }
  | { is: 'sendBack' }
  | { is: 'wait'; pending: Pending; askAt?: number }
  /** Send (or undo) again. `perhaps`: it may have been done already, the agency takes the same key safely. */
  | { is: 'again'; at: number; spent: number; code: string; perhaps: boolean }
  /** Ask what became of it. `waiting`: the step goes on waiting for news meanwhile. */
  | { is: 'ask'; at: number; inquiries: number; code: string; waiting: boolean }
  | { is: 'park'; code: string };

/** Code of an attempt that nobody ended: its process died, or lost its lease. */
export const ATTEMPT_LOST = 'ATTEMPT_LOST';

/** However long an agency asks us to stay away: a day's quota and a closed day are over by then. */
const MOST_AWAY_MS = 36 * 3_600_000;

export interface Odds {
  now: number;
  /** A number in [0, 1). */
  chance: number;
}

type Reply = Exclude<Outcome, { is: 'more' }>;

/** Decides what follows. `away` keeps the step as it is: its lane sleeps, nothing is spent. */
export function decide(outcome: Reply, tried: Tried, policy: RetryPolicy, odds: Odds): Decision {
  switch (outcome.is) {
    case 'ok':
      return { is: 'succeeded' };
    case 'refused':
      return { is: 'rejected', code: outcome.code };
    case 'sendBack':
      return { is: 'sendBack' };
    case 'pending':
      return { is: 'wait', pending: outcome, ...askAgain(tried, policy, odds) };
    case 'away':
      return stay(tried, outcome.code, odds.now);
    case 'retry':
      return tried.kind === 'inquiry'
        ? neverArrived(outcome.code, tried, policy, odds)
        : again(outcome.code, tried, policy, odds, { afterMs: (outcome.afterSeconds ?? 0) * 1000 });
    case 'unknown':
      return tried.kind === 'inquiry'
        ? askOn(outcome.code, tried, policy, odds)
        : answerLost(outcome.code, tried, policy, odds);
  }
}

/** Full jitter: anywhere between now and base · 2^n, capped (1 ms at least, so that time moves). */
export function backoffMs(policy: RetryPolicy, tries: number, chance: number): number {
  const ceiling = Math.min(parseDuration(policy.base) * 2 ** Math.min(tries, 30), parseDuration(policy.cap));
  return Math.max(1, Math.round(ceiling * chance));
}

function stay(tried: Tried, code: string, now: number): Decision {
  return tried.kind === 'inquiry'
    ? { is: 'ask', at: now, inquiries: tried.inquiries, code, waiting: tried.waiting }
    : { is: 'again', at: now, spent: tried.spent, code, perhaps: false };
}

function again(
  code: string,
  tried: Tried,
  policy: RetryPolicy,
  odds: Odds,
  { afterMs = 0, perhaps = false }: { afterMs?: number; perhaps?: boolean },
): Decision {
  const spent = tried.spent + (tried.probe ? 0 : 1);
  if (spent >= policy.attempts) return { is: 'park', code: perhaps ? 'OUTCOME_UNKNOWN' : code };
  const at = odds.now + Math.max(Math.min(afterMs, MOST_AWAY_MS), backoffMs(policy, spent, odds.chance));
  return { is: 'again', at, spent, code, perhaps };
}

/** After a lost answer only the effect decides (law 4). Whoever can be asked is asked first. */
function answerLost(code: string, tried: Tried, policy: RetryPolicy, odds: Odds): Decision {
  const { inquiry, effect } = tried;
  if (tried.kind === 'send' && inquiry && effect !== 'read') {
    return {
      is: 'ask',
      at: tried.sentAt + parseDuration(inquiry.notBefore),
      inquiries: 0,
      code,
      waiting: false,
    };
  }
  if (effect === 'read') return again(code, tried, policy, odds, {});
  if (effect === 'keyed') return again(code, tried, policy, odds, { perhaps: true });
  return { is: 'park', code: 'OUTCOME_UNKNOWN' };
}

/** "It never arrived" is believed only when asked `trustAfter` the attempt: the answer may outrun a slow request. */
function neverArrived(code: string, tried: Tried, policy: RetryPolicy, odds: Odds): Decision {
  if (tried.waiting || !tried.inquiry) return askOn(code, tried, policy, odds);
  const trustedAt = tried.sentAt + parseDuration(tried.inquiry.trustAfter);
  if ((tried.begunAt ?? odds.now) >= trustedAt)
    return again(code, { ...tried, kind: 'send' }, policy, odds, {});
  return { is: 'ask', at: trustedAt, inquiries: tried.inquiries, code, waiting: false };
}

function askOn(code: string, tried: Tried, policy: RetryPolicy, odds: Odds): Decision {
  const inquiries = tried.inquiries + (tried.probe ? 0 : 1);
  if (!tried.waiting && inquiries >= policy.inquiries) return { is: 'park', code: 'OUTCOME_UNKNOWN' };
  return {
    is: 'ask',
    // A question that our own crash cut off says nothing of the agency: it is asked again at once.
    at:
      odds.now +
      (code === ATTEMPT_LOST
        ? backoffMs(policy, 0, odds.chance)
        : inquiryGapMs(policy, inquiries, odds.chance)),
    inquiries,
    code,
    waiting: tried.waiting,
  };
}

function askAgain(tried: Tried, policy: RetryPolicy, odds: Odds): { askAt?: number } {
  if (!tried.inquiry) return {};
  const asked = tried.kind === 'inquiry' ? tried.inquiries + 1 : 0;
  return {
    askAt: odds.now + parseDuration(tried.inquiry.notBefore) + inquiryGapMs(policy, asked, odds.chance),
  };
}

/** Questions are further apart than sends: half a minute at least, then doubling to the cap. */
function inquiryGapMs(policy: RetryPolicy, asked: number, chance: number): number {
  const ceiling = Math.min(60_000 * 2 ** Math.min(asked, 20), Math.max(60_000, parseDuration(policy.cap)));
  return Math.round(ceiling * (0.5 + chance / 2));
}
