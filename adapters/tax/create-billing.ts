/** A state billing code (MPN): made once, asked after before it is ever made again, paid by the citizen at any bank. */
import type {
  Call,
  Compensation,
  Inquiry,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { progress } from './billing-record.ts';
import { outcomeOf } from './codes.ts';
import inputSchema from './schemas/createBilling.input.json' with { type: 'json' };
import outputSchema from './schemas/createBilling.output.json' with { type: 'json' };
import { asWanted } from './tax-number.ts';
import { BILLING_CODES } from './taxpayer-codes.ts';
import { BAD_RESPONSE, failedQuestion, object, rupiah, text } from './values.ts';

export interface BillingInput {
  npwp: string;
  fullName: string;
  /** KAP (MAP), 6 digits. */
  accountCode: string;
  /** KJS, 3 digits. */
  depositCode: string;
  amount: number;
  taxYear?: string;
  monthFrom?: number;
  monthTo?: number;
  description?: string;
}

/** The bus's own profile: what banks publish of these services is cut off or unpublished (see guide.md). */
const BILLINGS = '/mpn/v1/billings';
const NOT_FOUND = '10';

function createRequest(input: BillingInput, call: Call): WireRequest {
  const {
    fullName,
    accountCode,
    depositCode,
    amount,
    taxYear,
    monthFrom,
    monthTo = monthFrom,
    description,
  } = input;
  const json: JsonObject = {
    noReferensi: call.key,
    npwp: asWanted(input.npwp, call.settings),
    nama: fullName,
    kdMAP: accountCode,
    kjs: depositCode,
    ...(monthFrom !== undefined && { masaPajak: twoDigits(monthFrom) + twoDigits(monthTo!) }),
    ...(taxYear !== undefined && { tahunPajak: taxYear }),
    jumlahSetor: amount,
    ...(description !== undefined && { uraian: description }),
  };
  return { method: 'POST', path: BILLINGS, body: { json } };
}

function twoDigits(month: number): string {
  return String(month).padStart(2, '0');
}

function createReply(wire: WireReply, input: BillingInput, call: Call): Outcome {
  const record = object(wire.body);
  const refusal = outcomeOf(BILLING_CODES, text(record['errorCode']), text(record['errorMessage']));
  if (refusal) return refusal;
  if (wire.status === 200 || wire.status === 201) return known(record, input);
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** A bill of another amount is not the one that was asked for. */
function known(record: JsonObject, { amount }: BillingInput): Outcome {
  const told = rupiah(record['nominal']);
  if (told !== null && told !== amount) return { is: 'unknown', code: 'AMOUNT_DIFFERS' };
  return progress(record) ?? BAD_RESPONSE;
}

/** By the billing code once there is one, by our reference before. */
function named({ reference, key }: Call): JsonObject {
  return reference === undefined ? { noReferensi: key } : { kd_billing: reference };
}

const inquiry: Inquiry<BillingInput> = {
  notBefore: '60s',
  trustAfter: '10m',
  request: (_input, call) => ({ method: 'POST', path: `${BILLINGS}/inquiry`, body: { json: named(call) } }),
  reply(wire, input, call) {
    const record = object(wire.body);
    const code = text(record['errorCode']);
    // A bill that was once there did arrive.
    if (code === NOT_FOUND && call.reference === undefined) return { is: 'retry', code: 'NOT_RECEIVED' };
    if (code !== '') return { is: 'unknown', code: codeOf(code) };
    return wire.status === 200 ? known(record, input) : failedQuestion(wire, call);
  },
};

function codeOf(errorCode: string): string {
  return Object.hasOwn(BILLING_CODES, errorCode) ? BILLING_CODES[errorCode]!.code : 'UNLISTED_CODE';
}

const compensation: Compensation<BillingInput> = {
  effect: 'keyed',
  request: (_input, call) => ({ method: 'POST', path: `${BILLINGS}/cancel`, body: { json: named(call) } }),
  reply(wire, _input, call) {
    const record = object(wire.body);
    const code = text(record['errorCode']);
    const status = text(record['status']);
    const isPaid = status === 'PAID' || text(call.output?.['ntpn']) !== '';
    // Cancelled, expired by itself or never there: nobody can pay it any more.
    const isGone =
      code === NOT_FOUND || (wire.status === 200 && (status === 'CANCELLED' || status === 'EXPIRED'));
    if (isGone || (wire.status === 200 && status === 'PAID')) {
      return isPaid ? { is: 'refused', code: 'ALREADY_PAID' } : { is: 'ok', output: {} };
    }
    const said = outcomeOf(BILLING_CODES, code, text(record['errorMessage']));
    return said ?? call.tools.byStatus(wire) ?? BAD_RESPONSE;
  },
};

export const createBilling = {
  title: { id: 'Buat kode billing penerimaan negara', en: 'Create a state billing code' },
  effect: 'inquirable',
  money: true,
  input: inputSchema,
  output: outputSchema,
  request: createRequest,
  reply: createReply,
  inquiry,
  compensation,
} satisfies Operation<BillingInput>;
