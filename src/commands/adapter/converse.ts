/** One call to an agency as the bus makes it, and what a person sees of it: request, reply and outcome of each exchange. */
import type { Adapter, Call, JsonObject, Outcome } from '../../adapter-kit/contract.ts';
import { signInOf } from '../../adapter-kit/sign-in/index.ts';
import { pdf } from '../../adapter-kit/simulated-pdf.ts';
import { tools } from '../../adapter-kit/tools.ts';
import type { Clock } from '../../clock.ts';
import type { Agency } from '../../domain/catalogue.ts';
import { parseDuration } from '../../domain/duration.ts';
import { tryKey } from '../../domain/ids.ts';
import { asQuestion, exchangeOf, readExchange } from '../../flow/exchange.ts';
import type { Caller } from '../../flow/ports/caller.ts';
import { makeCaller } from '../../outbound/http-call.ts';
import type { Mask } from '../../privacy/mask.ts';

export type Kind = 'send' | 'inquiry' | 'compensation';

export interface Ask {
  operation: string;
  kind: Kind;
  input: JsonObject;
  key: string;
  reference?: string;
  output?: JsonObject;
  /** Bytes of a document that the request names; a small PDF when absent. */
  documents?: (id: string) => Promise<Uint8Array>;
}

/** One exchange. Texts are masked. */
export interface Turn {
  sent: string;
  got: string;
  outcome: Outcome;
}

export interface Talk {
  /** Every exchange of the call, in their order; the last one's outcome is the call's. */
  ask(ask: Ask): Promise<Turn[]>;
  close(): Promise<void>;
}

const MOST_EXCHANGES = 10;

export function talkTo(agency: Agency, adapter: Adapter, mask: Mask, clock: Clock): Talk {
  const caller = makeCaller({ clock, mask, signInOf, tools });
  /** Every exchange under a key is an attempt of its own. */
  const attempts = new Map<string, number>();
  const next = (key: string): string => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    return tryKey(key, attempt);
  };
  return {
    ask: (ask) => converse({ caller, agency, adapter, clock, next }, ask),
    close: () => caller.close(),
  };
}

interface Line {
  caller: Caller;
  agency: Agency;
  adapter: Adapter;
  clock: Clock;
  /** The key of the next attempt. */
  next(key: string): string;
}

async function converse(line: Line, ask: Ask): Promise<Turn[]> {
  const { caller, agency, adapter, clock } = line;
  const kind = ask.kind === 'compensation' ? 'undo' : ask.kind;
  const exchange = exchangeOf(adapter, ask.operation, kind);
  const turns: Turn[] = [];
  let call = callOf(line, ask);
  let request = await exchange.request(ask.input, call);
  for (;;) {
    if ('pending' in request) {
      const outcome: Outcome = { is: 'pending', ...request.pending };
      return [...turns, { sent: 'nothing: the agency will ask', got: '', outcome }];
    }
    const exchanged = await caller.exchange({
      ...{ agency, adapter, request },
      sign: { now: call.now, tryKey: call.tryKey },
      deadline: clock.now() + parseDuration(agency.limits.timeout),
      documents: ask.documents ?? (async () => Buffer.from(pdf('Contoh'))),
    });
    const read = await readExchange(exchanged, exchange, ask.input, call);
    const { outcome, excerpt } = kind === 'inquiry' ? asQuestion(read) : read;
    turns.push({ ...shown(excerpt), outcome });
    if (outcome.is !== 'more' || turns.length === MOST_EXCHANGES) return turns;
    request = outcome.request;
    call = { ...callOf(line, ask), ...(outcome.carry && { carry: outcome.carry }) };
  }
}

function callOf({ agency, clock, next }: Line, { key, reference, output }: Ask): Call {
  return {
    settings: agency.settings,
    key,
    tryKey: next(key),
    now: new Date(clock.now()).toISOString(),
    ...(reference !== undefined && { reference }),
    ...(output && { output }),
    tools,
  };
}

/** What the attempt's record keeps: `{ sent, got }`, or why nothing was sent. */
function shown(excerpt: string): { sent: string; got: string } {
  try {
    return JSON.parse(excerpt) as { sent: string; got: string };
  } catch {
    return { sent: excerpt, got: '' };
  }
}
