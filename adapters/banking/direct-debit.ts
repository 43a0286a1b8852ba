/** A charge to the payer's own account or card: taken (svc 54), asked about (svc 55). */
import type {
  Call,
  Inquiry,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { compensation } from './direct-debit-undo.ts';
import { caseOf, failedQuestion, failureOf, succeeded } from './response-codes.ts';
import input from './schemas/charge-by-direct-debit.input.json' with { type: 'json' };
import output from './schemas/charge-by-direct-debit.output.json' with { type: 'json' };
import { becameOf, notFound, originalOf } from './transaction-status.ts';
import { isPast, minutesFrom, moneyOf, objectOf, settingsOf, snapDate, textOf } from './values.ts';

export interface DebitInput {
  /** Whole rupiah. */
  amount: number;
  /** Token of the payer's bound card or account; without one the bank's own page asks him. */
  cardToken?: string;
  chargeToken?: string;
  otp?: string;
  /** Where the bank's page sends the payer back to. */
  returnUrl?: string;
  payMethod?: string;
  payOption?: string;
  expiresInMinutes?: number;
  /** RFC 3339; wins over `expiresInMinutes`. */
  expiresAt?: string;
}

const DEFAULT_EXPIRY_MINUTES = 60;

function expiryOf(charge: DebitInput, call: Call): string {
  const minutes = charge.expiresInMinutes ?? DEFAULT_EXPIRY_MINUTES;
  return snapDate(charge.expiresAt ?? minutesFrom(call, minutes), call);
}

function pay(charge: DebitInput, call: Call): WireRequest {
  const { cardToken, chargeToken, otp } = charge;
  const amount = moneyOf(charge.amount);
  const json = {
    partnerReferenceNo: call.key,
    ...(cardToken !== undefined && { bankCardToken: cardToken }),
    ...(chargeToken !== undefined && { chargeToken }),
    ...(otp !== undefined && { otp }),
    ...settingsOf(call, 'merchantId', 'subMerchantId', 'terminalId'),
    amount,
    ...urlsOf(charge, call),
    validUpTo: expiryOf(charge, call),
    ...optionOf(charge, amount),
  };
  return { method: 'POST', path: '/v1.0/debit/payment-host-to-host', body: { json } };
}

/** Where the payer comes back to, and where the bank tells us. */
function urlsOf({ returnUrl }: DebitInput, { settings }: Call): JsonObject {
  const urls = { PAY_RETURN: returnUrl, PAY_NOTIFY: textOf(settings['notifyUrl']) };
  const urlParams = Object.entries(urls)
    .filter(([, url]) => url !== undefined)
    .map(([type, url]) => ({ url: url!, type, isDeeplink: 'N' }));
  return urlParams.length > 0 ? { urlParams } : {};
}

function optionOf({ payMethod, payOption }: DebitInput, transAmount: JsonObject): JsonObject {
  if (payMethod === undefined || payOption === undefined) return {};
  return { payOptionDetails: [{ payMethod, payOption, transAmount, feeAmount: moneyOf(0) }] };
}

function askStatus(charge: DebitInput, call: Call): WireRequest {
  const merchant = settingsOf(call, 'merchantId', 'subMerchantId');
  const json = { ...originalOf(call), serviceCode: '54', amount: moneyOf(charge.amount), ...merchant };
  return { method: 'POST', path: '/v1.0/debit/status', body: { json } };
}

function readSent(wire: WireReply, charge: DebitInput, call: Call): Outcome {
  if (call.carry) return readStatus(wire, charge, call);
  if (succeeded(wire, '54')) return readTaken(objectOf(wire.body), charge, call);
  const answer = caseOf(wire);
  // Our number was used before. SNAP calls this request failed; what became of the first one is asked.
  if (answer === '404/18' || answer === '409/01') {
    return { is: 'more', request: askStatus(charge, call), carry: { asked: 'status', after: answer } };
  }
  const failure = failureOf(wire, call);
  // Money may have moved behind any 5xx, also one that the standard would have us repeat.
  const perhaps = failure.is === 'retry' && (wire.status >= 500 || answer.startsWith('5'));
  return perhaps ? { is: 'unknown', code: failure.code } : failure;
}

/** Taken by the bank. With a page for the payer it waits for him; without one the money has moved, or soon will. */
function readTaken(told: JsonObject, charge: DebitInput, call: Call): Outcome {
  const reference = textOf(told['referenceNo']);
  const payUrl = textOf(told['webRedirectUrl']);
  const appUrl = textOf(told['appRedirectUrl']);
  const expiresAt = expiryOf(charge, call);
  if (payUrl === undefined && appUrl === undefined) {
    const named = reference === undefined ? {} : { reference };
    const request = askStatus(charge, { ...call, ...named });
    return { is: 'more', request, carry: { asked: 'status', after: '200/00', expiresAt, ...named } };
  }
  const shown = {
    ...(payUrl !== undefined && { payUrl }),
    ...(appUrl !== undefined && { appUrl }),
    ...{ bank: textOf(call.settings['bankName'])!, amount: charge.amount, expiresAt },
  };
  return { is: 'pending', reference: reference ?? call.key, awaits: 'payment', shown, until: expiresAt };
}

function readStatus(wire: WireReply, charge: DebitInput, call: Call): Outcome {
  // The first answer's number is not yet the step's own.
  const reference = call.reference ?? textOf(call.carry?.['reference']);
  const known = { ...call, ...(reference !== undefined && { reference }) };
  const outcome = succeeded(wire, '55')
    ? becameOf(objectOf(wire.body), charge.amount, known, (status) => stillOpen(status, charge, known))
    : caseOf(wire) === '404/01'
      ? notFound(known)
      : failedQuestion(wire, call);
  return outcome.is === 'retry' ? contradicted(call.carry?.['after'], outcome) : outcome;
}

/** The bank knows nothing under a number that it has just taken, or refused as used: not a case for sending again. */
function contradicted(after: unknown, outcome: Outcome): Outcome {
  if (after === undefined) return outcome;
  if (after === '404/18') return { is: 'refused', code: 'INCONSISTENT_REQUEST' };
  return { is: 'unknown', code: 'TRANSACTION_NOT_FOUND' };
}

function stillOpen(status: string, charge: DebitInput, call: Call): Outcome {
  const { output: shown, reference = call.key } = call;
  const asked = charge.expiresAt === undefined ? undefined : expiryOf(charge, call);
  const expiresAt = textOf(shown?.['expiresAt'] ?? call.carry?.['expiresAt']) ?? asked;
  if (isPast(expiresAt, call)) {
    // Nobody began to pay; whoever is paying now is asked about until it is known.
    return status === '01'
      ? { is: 'refused', code: 'BILL_EXPIRED' }
      : { is: 'unknown', code: 'REQUEST_IN_PROGRESS' };
  }
  return {
    ...{ is: 'pending', reference, awaits: 'payment' },
    ...(shown && { shown }),
    ...(expiresAt !== undefined && { until: expiresAt }),
  };
}

const inquiry: Inquiry<DebitInput> = {
  notBefore: '30s',
  trustAfter: '15m',
  request: askStatus,
  reply: readStatus,
};

export const chargeByDirectDebit: Operation<DebitInput> = {
  title: { id: 'Debit langsung rekening atau kartu pembayar', en: "Charge the payer's account or card" },
  effect: 'inquirable',
  money: true,
  input,
  output,
  timeout: '30s',
  waits: '1d',
  request: pay,
  reply: readSent,
  inquiry,
  compensation,
};
