/** Profile `bandarLampung`: REST with a short-lived bearer token; the code in the body counts, for its refusals are HTTP 401. */
import type {
  Call,
  JsonObject,
  Outcome,
  SignCall,
  SignIn,
  WireReply,
  WireRequest,
} from '../../../src/adapter-kit/contract.ts';
import { asQuestion, BAD_RESPONSE, failureOf, rowsOf, type CodeTable } from '../codes.ts';
import {
  BAD_REQUEST,
  NO_OBJECT,
  PAYER_UNKNOWN,
  STALE_TOKEN,
  WRONG_AMOUNT,
  WRONG_DATE,
  WRONG_REFERENCE,
} from '../meanings.ts';
import { billed, paidAlready, paidFor, type Booked } from '../outcomes.ts';
import type { Bill, BillPayment, DutyPayment, Payment, Profile } from '../profile.ts';
import { area, dateOf, nopDigits, object, rupiah, text } from '../values.ts';

const CODES: CodeTable = {
  '02': BAD_REQUEST,
  '05': STALE_TOKEN,
  '13': NO_OBJECT,
  '13 tidak sesuai': WRONG_AMOUNT,
  '14': WRONG_REFERENCE,
  '17': WRONG_DATE,
  '88': PAYER_UNKNOWN,
};

/** PBB and BPHTB. */
const PROPERTY = '0002';
const DUTY = '0001';
const ALREADY_PAID = '88';
const NOT_YET_PAID = '88';
/** The office's tokens live five minutes. */
const TOKEN_SECONDS = 300;

interface Said {
  code: string;
  words: string;
  data: JsonObject;
}

/** Two spellings of one envelope. */
function said(wire: WireReply): Said {
  const body = object(wire.body);
  const words = text(body['message']) || text(body['description']);
  return { code: text(body['response_code']) || text(body['code']), words, data: object(body['data']) };
}

/** One code for two refusals: only its words tell an amount that differs from an object that is not there. */
function failure({ code, words }: Said, wire: WireReply, call: Call): Outcome {
  const key = code === '13' && /tidak sesuai/i.test(words) ? '13 tidak sesuai' : code;
  return failureOf(CODES, code === '00' ? '' : key, words, wire, call);
}

function post(path: string, json: JsonObject): WireRequest {
  return { method: 'POST', path, body: { json } };
}

function billReply(wire: WireReply, input: Bill, call: Call): Outcome {
  const answer = said(wire);
  const { code, data } = answer;
  if (code === ALREADY_PAID) return billed(input, true, billFields(data));
  if (code !== '00' || wire.status !== 200) return failure(answer, wire, call);
  const isWhole = !isOther(data, input) && rupiah(data['total']) !== null;
  return isWhole ? billed(input, text(data['status_bayar']) === 'LUNAS', billFields(data)) : BAD_RESPONSE;
}

function billFields(data: JsonObject): JsonObject {
  return {
    amount: rupiah(data['total']),
    principal: rupiah(data['bill_amount']),
    penalty: rupiah(data['penalty']),
    dueDate: dateOf(data['due_date']),
    ownerName: text(data['name']),
    address: text(data['op_address']),
    landArea: area(data['op_luas_bumi']),
    buildingArea: area(data['op_luas_bangunan']),
    landValue: rupiah(data['op_njop_bumi']),
    buildingValue: rupiah(data['op_njop_bangunan']),
  };
}

/** The office numbers each payment itself (`refnum`): that number is its receipt, and reverses it. */
function bookedIn(data: JsonObject): Booked | null {
  const refnum = text(data['refnum']);
  if (refnum === '' || refnum === '-') return null;
  return { ntpd: text(data['ntpd']) || refnum, reference: refnum, amount: rupiah(data['total']) };
}

/** An answer about another object is none. */
function isOther(data: JsonObject, input: { nop: string }): boolean {
  const nop = text(data['nop']);
  return nop !== '' && nop !== nopDigits(input.nop);
}

function paymentFields(input: BillPayment | DutyPayment, { settings, key, tools }: Call): JsonObject {
  return {
    payment_amount: input.amount,
    payment_ref_number: key,
    tanggal_bayar: tools.zoned(input.paidAt, text(settings['zone']) || 'Asia/Jakarta', 'dd-MM-yyyy HH:mm:ss'),
    channel: text(settings['channel']) || 'MPP',
  };
}

/** Property tax and transfer duty are paid alike; they differ in the paths and in how the bill is named. */
function payment<Input extends BillPayment | DutyPayment>(
  suffix: 'PBB' | 'BPHTB',
  named: (input: Input, call: Call) => JsonObject,
): Payment<Input> {
  const already = (answer: Said, input: Input, call: Call): Outcome =>
    paidAlready(input, call, text(answer.data['payment_ref_number']), bookedIn(answer.data));
  return {
    request: (input, call) => post(`/Pay${suffix}`, { ...named(input, call), ...paymentFields(input, call) }),
    reply(wire, input, call) {
      const answer = said(wire);
      if (answer.code === ALREADY_PAID) return already(answer, input, call);
      if (answer.code !== '00' || wire.status !== 200) return failure(answer, wire, call);
      const booked = bookedIn(answer.data);
      return booked && !isOther(answer.data, input) ? paidFor(input, booked) : BAD_RESPONSE;
    },
    inquiry: {
      request: (input, call) => post(`/Inq${suffix}`, named(input, call)),
      reply(wire, input, call) {
        const answer = said(wire);
        if (answer.code === ALREADY_PAID) return already(answer, input, call);
        if (answer.code !== '00' || wire.status !== 200) return asQuestion(failure(answer, wire, call));
        const status = text(answer.data['status_bayar']);
        if (isOther(answer.data, input)) return BAD_RESPONSE;
        if (status === 'LUNAS') return already(answer, input, call);
        return status === 'BELUM LUNAS' ? { is: 'retry', code: 'NOT_RECEIVED' } : BAD_RESPONSE;
      },
    },
    reversal: {
      request(input, call) {
        const refnum = text(call.output?.['reference']) || call.key;
        return post(`/Rev${suffix}`, { ...named(input, call), refnum });
      },
      reply(wire, _input, call) {
        const answer = said(wire);
        const isDone = answer.code === '00' && wire.status === 200;
        // Not paid, or not any more: there is nothing to undo.
        if (isDone || answer.code === NOT_YET_PAID) return { is: 'ok', output: {} };
        return failure(answer, wire, call);
      },
    },
  };
}

function readToken(
  wire: WireReply,
  { tools }: SignCall,
): { token: string; expiresInSeconds: number } | Outcome {
  const body = object(wire.body);
  const token = text(object(body['data'])['current_token']);
  const code = text(body['response_code']);
  if (code === '00' && token !== '') return { token, expiresInSeconds: TOKEN_SECONDS };
  if (code !== '' && code !== '00') return { is: 'away', code: 'AUTH_FAILED' };
  return tools.byStatus(wire) ?? { is: 'retry', code: 'TOKEN_UNREADABLE' };
}

const signIn: SignIn = {
  open: {
    request: ({ settings }) =>
      post('/Token/getToken', { username: settings['username']!, password: settings['password']! }),
    reply: readToken,
  },
  sign: (_message, { token }) => ({ authorization: `Bearer ${token ?? ''}` }),
};

export const bandarLampung: Profile = {
  errors: rowsOf('bandarLampung', CODES),
  signIn,
  inquirePropertyTax: {
    request: ({ nop, taxYear }) =>
      post('/InqPBB', { tax_year: taxYear, tax_type: PROPERTY, nop: nopDigits(nop) }),
    reply: billReply,
  },
  payPropertyTax: payment<BillPayment>('PBB', ({ nop, taxYear }) => ({
    tax_year: taxYear,
    tax_type: PROPERTY,
    nop: nopDigits(nop),
  })),
  payTransferDuty: payment<DutyPayment>('BPHTB', ({ billingCode }, { settings }) => ({
    area_code: settings['areaCode']!,
    tax_type: DUTY,
    billing_code: billingCode,
  })),
};
