/**
 * Profile `path`: everything stands in the path of a GET, amounts and time of payment too, and no reference of ours. So
 * a bill that is found paid after a lost answer cannot be told from one that somebody else has paid.
 */
import type { Call, JsonObject, Outcome, WireReply, WireRequest } from '../../../src/adapter-kit/contract.ts';
import { asAct, asQuestion, BAD_RESPONSE, failureOf, rowsOf, type CodeTable } from '../codes.ts';
import {
  BAD_REQUEST,
  NO_OBJECT,
  NOTHING_DUE,
  OFFICE_FAILED,
  PAYER_UNKNOWN,
  TOO_LATE,
  WRONG_AMOUNT,
  WRONG_DATE,
} from '../meanings.ts';
import { billed, paidFor } from '../outcomes.ts';
import type { Bill, BillPayment, Profile, Question } from '../profile.ts';
import { nopDigits, object, rupiah, text } from '../values.ts';

/** 04 and 05 may come after the payment was booked: its receipt is composed last. */
const CODES: CodeTable = {
  '03': NOTHING_DUE,
  '04': OFFICE_FAILED,
  '05': OFFICE_FAILED,
  '10': NO_OBJECT,
  '13': PAYER_UNKNOWN,
  '31': WRONG_AMOUNT,
  '32': WRONG_DATE,
  '33': TOO_LATE,
  '34': BAD_REQUEST,
  '35': BAD_REQUEST,
  '36': BAD_REQUEST,
};
const APPROVED = '01';
const PAID = '13';
const NOTHING = '03';

/** The code, which most offices send as a number: 1 is 01. */
function codeOf(wire: WireReply): string {
  const code = text(object(wire.body)['code']);
  return /^\d$/.test(code) ? `0${code}` : code;
}

function failure(wire: WireReply, call: Call): Outcome {
  const code = codeOf(wire);
  const words = text(object(wire.body)['message']);
  return failureOf(CODES, code === APPROVED ? '' : code, words, wire, call);
}

function isApproved(wire: WireReply): boolean {
  return codeOf(wire) === APPROVED && wire.status === 200;
}

function get(...parts: string[]): WireRequest {
  return { method: 'GET', path: `/${parts.map((part) => encodeURIComponent(part)).join('/')}` };
}

const ask = ({ nop, taxYear }: { nop: string; taxYear: string }): WireRequest =>
  get('sppt', nopDigits(nop), taxYear);

/** The bill in an answer, when it is the one that was asked for. */
function billIn(wire: WireReply, input: { nop: string; taxYear: string }): JsonObject | null {
  const bill = object(object(wire.body)['sppt']);
  const isOurs = text(bill['nop']) === nopDigits(input.nop) && text(bill['thn']) === input.taxYear;
  return isOurs ? bill : null;
}

function billReply(wire: WireReply, input: Bill, call: Call): Outcome {
  if (wire.status === 200 && codeOf(wire) === PAID) return billed(input, true, {});
  if (wire.status === 200 && codeOf(wire) === NOTHING) {
    return billed(input, true, { amount: 0, principal: 0, penalty: 0 });
  }
  if (!isApproved(wire)) return failure(wire, call);
  const bill = billIn(wire, input);
  const [principal, penalty] = [rupiah(bill?.['pokok']), rupiah(bill?.['denda'] ?? 0)];
  if (!bill || principal === null || penalty === null) return BAD_RESPONSE;
  return billed(input, false, {
    ...{ amount: principal + penalty, principal, penalty },
    ...{ ownerName: text(bill['nama']), address: text(bill['alamatOp']) },
  });
}

function payRequest({ nop, taxYear, amount, penalty = 0, paidAt }: BillPayment, call: Call): WireRequest {
  const zone = text(call.settings['zone']) || 'Asia/Jakarta';
  const at = (pattern: string): string => call.tools.zoned(paidAt, zone, pattern);
  const amounts = [String(amount - penalty), String(penalty)];
  return get('bayar', nopDigits(nop), taxYear, ...amounts, at('ddMMyyyy'), at('HHmm'));
}

function payReply(wire: WireReply, input: BillPayment, call: Call): Outcome {
  if (!isApproved(wire)) return failure(wire, call);
  const paid = object(object(wire.body)['byrSppt']);
  const ntpd = text(paid['ntpd']);
  const [principal, penalty] = [rupiah(paid['pokok']), rupiah(paid['sanksi'] ?? 0)];
  const isOurs = text(paid['nop']) === nopDigits(input.nop) && text(paid['thn']) === input.taxYear;
  if (!isOurs || ntpd === '' || principal === null || penalty === null) return BAD_RESPONSE;
  return paidFor(input, { ntpd, reference: ntpd, amount: principal + penalty });
}

/** "No data" is also said of bills that are paid, so only an open bill shows that no payment arrived. */
const inquiry: Question<BillPayment> = {
  request: ask,
  reply(wire, input, call) {
    if (!isApproved(wire)) return asQuestion(failure(wire, call));
    return billIn(wire, input) ? { is: 'retry', code: 'NOT_RECEIVED' } : BAD_RESPONSE;
  },
};

/** By its NTPD; a payment whose NTPD we never heard can only be asked about. */
const reversal: Question<BillPayment> = {
  request(input, { output }) {
    const ntpd = text(output?.['ntpd']);
    return ntpd === '' ? ask(input) : get('reversal', nopDigits(input.nop), input.taxYear, ntpd);
  },
  reply(wire, input, call) {
    const ntpd = text(call.output?.['ntpd']);
    if (ntpd === '') return unheard(asAct(inquiry.reply(wire, input, call), wire, call));
    if (!isApproved(wire)) return failure(wire, call);
    const undone = object(object(wire.body)['revPembayaran']);
    return text(undone['ntpd']) === ntpd ? { is: 'ok', output: {} } : BAD_RESPONSE;
  },
};

function unheard(asked: Outcome): Outcome {
  if (asked.is === 'retry' && asked.code === 'NOT_RECEIVED') return { is: 'ok', output: {} };
  const isPaid = asked.is === 'unknown' && asked.code === 'PAYER_UNKNOWN';
  return isPaid ? { is: 'refused', code: 'REFERENCE_MISMATCH' } : asked;
}

export const path: Profile = {
  errors: rowsOf('path', CODES),
  inquirePropertyTax: { request: ask, reply: billReply },
  payPropertyTax: { request: payRequest, reply: payReply, inquiry, reversal },
};
