/** The bank's side of a reconciliation: an adapter's `dailyReconciliation`, asked beside the bus, in pieces where a day is long. */
import type { Adapter, Call } from '../adapter-kit/contract.ts';
import { signInOf } from '../adapter-kit/sign-in/index.ts';
import { tools } from '../adapter-kit/tools.ts';
import type { Clock } from '../clock.ts';
import type { BankPayment } from '../desk/reconcile.ts';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { readExchange } from '../flow/exchange.ts';
import type { Caller } from '../flow/ports/caller.ts';
import { makeCaller } from '../outbound/http-call.ts';
import { makeMask } from '../privacy/mask.ts';
import { compile } from '../schema/validate.ts';
import { CommandFailed, UsageError } from './shell.ts';

const OPERATION = 'dailyReconciliation';
const MOST_EXCHANGES = 10;
const DAY_MINUTES = 1440;

export interface BankList {
  source: string;
  payments: BankPayment[];
  /** Rows that are no payment to us, and rows that cannot be read. */
  skipped: number;
  unreadable: number;
  /** A minute held more than the bank gives: its rest is missing. */
  complete: boolean;
}

export interface BankParts {
  agency: Agency;
  adapter: Adapter;
  secrets: string[];
  clock: Clock;
}

/** Throws CommandFailed when the bank does not answer, UsageError for a question that is none. */
export async function bankList(parts: BankParts, question: JsonObject): Promise<BankList> {
  if (!parts.adapter.operations[OPERATION])
    throw new CommandFailed(`${parts.adapter.name} cannot list a day: it has no ${OPERATION}`);
  const mask = makeMask(parts.secrets);
  const caller = makeCaller({ clock: parts.clock, mask, signInOf, tools });
  const ask = asker(parts, caller);
  try {
    return await inPieces(ask, question, 0, DAY_MINUTES - 1);
  } finally {
    await caller.close();
  }
}

type Ask = (question: JsonObject) => Promise<BankList>;

/** The bank gives so many rows and no more: a stretch that is not complete is asked for in halves. */
async function inPieces(ask: Ask, question: JsonObject, from: number, to: number): Promise<BankList> {
  const asked =
    from === 0 && to === DAY_MINUTES - 1 ? {} : { fromTime: clockTime(from), toTime: clockTime(to) };
  const whole = await ask({ ...question, ...asked });
  if (whole.complete || from >= to) return whole;
  const middle = Math.floor((from + to) / 2);
  const [first, second] = [
    await inPieces(ask, question, from, middle),
    await inPieces(ask, question, middle + 1, to),
  ];
  return {
    source: first.source,
    payments: [...first.payments, ...second.payments],
    skipped: first.skipped + second.skipped,
    unreadable: first.unreadable + second.unreadable,
    complete: first.complete && second.complete,
  };
}

function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function asker({ agency, adapter, clock }: BankParts, caller: Caller): Ask {
  const operation = adapter.operations[OPERATION]!;
  const [checkInput, checkOutput] = [compile(operation.input), compile(operation.output)];
  let sent = 0;
  return async (input) => {
    const wrong = checkInput(input)[0];
    if (wrong) throw new UsageError(`${wrong.pointer || '/'} ${wrong.detail}`);
    let call = callOf(agency, clock);
    let request = await operation.request(input, call);
    for (let n = 1; n <= MOST_EXCHANGES && !('pending' in request); n += 1) {
      sent += 1;
      // 17 digits: never one of the bus's own, which have 24.
      const tryKey = call.key + String(sent % 10_000).padStart(4, '0');
      const exchanged = await caller.exchange({
        ...{ agency, adapter, request, sign: { now: call.now, tryKey } },
        deadline: clock.now() + parseDuration(operation.timeout ?? agency.limits.timeout),
        documents: () => Promise.reject(new Error('A list has no documents')),
      });
      const { outcome } = await readExchange(exchanged, operation, input, call);
      if (outcome.is === 'ok' && checkOutput(outcome.output).length === 0)
        return outcome.output as unknown as BankList;
      if (outcome.is !== 'more')
        throw new CommandFailed(
          `${agency.id} gave no list: ${'code' in outcome ? outcome.code : 'BAD_RESPONSE'}`,
        );
      request = outcome.request;
      call = { ...callOf(agency, clock), key: call.key, ...(outcome.carry && { carry: outcome.carry }) };
    }
    throw new CommandFailed(`${agency.id} gave no list within ${MOST_EXCHANGES} exchanges`);
  };
}

function callOf({ settings }: Agency, clock: Clock): Call {
  const now = clock.now();
  return { settings, key: String(now), tryKey: '', now: new Date(now).toISOString(), tools };
}

/** Whether a time of payment falls on a day in the bank's zone. */
export function onDay({ settings }: Agency, date: string): (paidAt: string) => boolean {
  const zone = typeof settings['zone'] === 'string' ? settings['zone'] : 'Asia/Jakarta';
  return (paidAt) => tools.zoned(paidAt, zone, 'yyyy-MM-dd') === date;
}
