/** One exchange read in canonical words: what the wire brought, what it means, how healthy the agency looks. */
import type { Adapter, Call, Exchange } from '../adapter-kit/contract.ts';
import type { LaneSignal } from '../domain/lane.ts';
import { checked, type JsonObject, type Outcome } from '../domain/outcome.ts';
import type { Exchanged, NotSentCode } from './ports/caller.ts';

export interface Read {
  outcome: Outcome;
  signal: LaneSignal;
  /** HTTP status, when there was one. */
  status: number | null;
  excerpt: string;
  /** The raw reply, for documents in its body. */
  bytes?: Uint8Array;
  body?: unknown;
}

/** Reads what came of an exchange. Never throws: an adapter that does has met a reply it cannot read. */
export async function readExchange(
  exchanged: Exchanged,
  exchange: Pick<Exchange, 'reply'>,
  input: JsonObject,
  call: Call,
): Promise<Read> {
  switch (exchanged.is) {
    case 'notSent':
      return notSent(exchanged.code);
    case 'lost':
      return bad({ is: 'unknown', code: exchanged.code }, null, excerptOf(exchanged.sent, exchanged.code));
    case 'unreadable':
      return bad(
        { is: 'unknown', code: exchanged.code },
        exchanged.status,
        excerptOf(exchanged.sent, exchanged.got),
      );
    case 'gateway': {
      const outcome = checked(exchanged.outcome);
      const excerpt = excerptOf(exchanged.sent, exchanged.got);
      // Without a status: the agency did not hear it, so that a question is no answer ("it never arrived") either.
      const signal: LaneSignal =
        outcome.is === 'retry' ? { is: 'neutral' } : signalOf(outcome, exchanged.status);
      return { outcome, signal, status: null, excerpt };
    }
    case 'signIn': {
      const outcome = checked(exchanged.outcome);
      return {
        outcome,
        // A door that gives no token serves nobody: the lane is to sleep, not each step to spend its tries on it.
        signal: outcome.is === 'away' ? signalOf(outcome, null) : { is: 'bad', code: 'SIGN_IN' },
        status: null,
        excerpt: 'sign-in',
      };
    }
    case 'reply': {
      const outcome = await reply(exchange, exchanged.wire, input, call);
      const { status } = exchanged.wire;
      const excerpt = excerptOf(exchanged.sent, exchanged.got);
      return {
        outcome,
        signal: signalOf(outcome, status),
        status,
        excerpt,
        bytes: exchanged.bytes,
        body: exchanged.wire.body,
      };
    }
  }
}

async function reply(
  exchange: Pick<Exchange, 'reply'>,
  wire: Parameters<Exchange['reply']>[0],
  input: JsonObject,
  call: Call,
): Promise<Outcome> {
  try {
    return checked(await exchange.reply(wire, input, call));
  } catch {
    return { is: 'unknown', code: 'BAD_RESPONSE' };
  }
}

/** Faults of our own: they say nothing of the agency, and must not put its lane to sleep. */
const OURS: ReadonlySet<NotSentCode> = new Set(['bad_request', 'bad_base_url', 'document_unavailable']);

function notSent(code: NotSentCode): Read {
  const read = bad({ is: 'retry', code }, null, `not sent: ${code}`);
  return OURS.has(code) ? { ...read, signal: { is: 'neutral' } } : read;
}

function bad(outcome: Outcome, status: number | null, excerpt: string): Read {
  const code = 'code' in outcome ? outcome.code : 'unknown';
  return { outcome, signal: { is: 'bad', code }, status, excerpt };
}

function signalOf(outcome: Outcome, status: number | null): LaneSignal {
  if (outcome.is === 'away') {
    return {
      is: 'away',
      code: outcome.code,
      ...(outcome.until !== undefined && { until: Date.parse(outcome.until) }),
    };
  }
  if (status !== null && status >= 500) return { is: 'bad', code: `HTTP_${status}` };
  return status === null || status === 429 ? { is: 'neutral' } : { is: 'good' };
}

function excerptOf(sent: string, got: string): string {
  return JSON.stringify({ sent, got });
}

/**
 * What a question brought. "It never arrived" is an answer: a question that was not heard (not sent, put off, failed
 * at a gateway) says nothing, and must never have the operation sent again.
 */
export function asQuestion(read: Read): Read {
  const { outcome, status } = read;
  const heard = status !== null && status !== 429 && status < 500;
  return outcome.is === 'retry' && !heard
    ? { ...read, outcome: { is: 'unknown', code: outcome.code } }
    : read;
}

/** The exchange of an operation that a step's act calls for. */
export function exchangeOf(
  adapter: Adapter,
  operation: string,
  kind: 'send' | 'inquiry' | 'undo',
): {
  request: (input: JsonObject, call: Call) => ReturnType<Adapter['operations'][string]['request']>;
  reply: Exchange['reply'];
} {
  const found = adapter.operations[operation]!;
  if (kind === 'send') return found;
  const exchange = kind === 'inquiry' ? found.inquiry : found.compensation;
  if (!exchange) throw new Error(`${adapter.name}.${operation} has no ${kind}`);
  return exchange;
}
