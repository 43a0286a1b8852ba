/** A bill as a QRIS code: made (svc 47), asked about (svc 51), taken away (svc 77). */
import type {
  Call,
  Compensation,
  Inquiry,
  JsonObject,
  Operation,
  Outcome,
  Pending,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { readQris } from './qris-code.ts';
import { caseOf, failedLook, failedQuestion, failureOf, succeeded } from './response-codes.ts';
import input from './schemas/collect-by-qris.input.json' with { type: 'json' };
import output from './schemas/collect-by-qris.output.json' with { type: 'json' };
import { becameOf, notFound, originalOf, statusOf } from './transaction-status.ts';
import { isPast, minutesFrom, moneyOf, objectOf, settingsOf, snapDate, textOf } from './values.ts';

export interface QrisInput {
  /** Whole rupiah. */
  amount: number;
  expiresInMinutes?: number;
  /** RFC 3339; wins over `expiresInMinutes`. */
  expiresAt?: string;
}

const DEFAULT_EXPIRY_MINUTES = 30;

function expiryOf(bill: QrisInput, call: Call): string {
  return snapDate(bill.expiresAt ?? minutesFrom(call, bill.expiresInMinutes ?? DEFAULT_EXPIRY_MINUTES), call);
}

function generate(bill: QrisInput, call: Call): WireRequest {
  const json = {
    partnerReferenceNo: call.key,
    amount: moneyOf(bill.amount),
    ...settingsOf(call, 'merchantId', 'subMerchantId', 'storeId', 'terminalId'),
    validityPeriod: expiryOf(bill, call),
  };
  return { method: 'POST', path: '/v1.0/qr/qr-mpm-generate', body: { json } };
}

function query(_bill: QrisInput, call: Call): WireRequest {
  const merchant = settingsOf(call, 'merchantId', 'subMerchantId');
  const json = { ...originalOf(call), serviceCode: '47', ...merchant };
  return { method: 'POST', path: '/v1.0/qr/qr-mpm-query', body: { json } };
}

/** A code that cannot be paid, or asks for another amount, is shown to nobody. */
function readGenerated({ body }: WireReply, bill: QrisInput, call: Call): Outcome {
  const told = objectOf(body);
  const qrContent = textOf(told['qrContent'])?.trim() ?? '';
  const code = readQris(qrContent, call.tools);
  if (!code) return { is: 'unknown', code: 'QR_UNREADABLE' };
  if (code.amount !== bill.amount) return { is: 'unknown', code: 'QR_AMOUNT_DIFFERS' };
  const { merchantName } = code;
  const expiresAt = expiryOf(bill, call);
  const bank = textOf(call.settings['bankName'])!;
  return pendingOf(textOf(told['referenceNo']) ?? call.key, {
    ...{ qrContent, merchantName, bank, amount: bill.amount, expiresAt },
  });
}

function pendingOf(reference: string, shown: JsonObject): Pending {
  return { is: 'pending', reference, awaits: 'payment', shown, until: textOf(shown['expiresAt'])! };
}

function askStatus(bill: QrisInput, call: Call, carry: JsonObject): Outcome {
  return { is: 'more', request: query(bill, call), carry: { asked: 'status', ...carry } };
}

function readSent(wire: WireReply, bill: QrisInput, call: Call): Outcome {
  if (call.carry) return readQueried(wire, bill, call);
  if (succeeded(wire, '47')) return readGenerated(wire, bill, call);
  // The first code under our number stands, or was paid already.
  const isThere = ['404/14', '404/18', '409/01'].includes(caseOf(wire));
  return isThere ? askStatus(bill, call, { isThere }) : failureOf(wire, call);
}

function readQueried(wire: WireReply, bill: QrisInput, call: Call): Outcome {
  if (succeeded(wire, '51')) {
    return becameOf(objectOf(wire.body), bill.amount, call, (status) => stillOpen(status, bill, call));
  }
  return caseOf(wire) === '404/01' ? notFound(call) : failedQuestion(wire, call);
}

function stillOpen(status: string, bill: QrisInput, call: Call): Outcome {
  const { output: shown = {}, reference = call.key } = call;
  const isOver = isPast(textOf(shown['expiresAt']), call);
  if (isOver && status === '01') return { is: 'refused', code: 'BILL_EXPIRED' };
  if (isOver) return { is: 'unknown', code: 'REQUEST_IN_PROGRESS' };
  if (shown['qrContent'] !== undefined) return pendingOf(reference, shown);
  // Its answer was lost, and no question brings the code back. Most banks give it again for the same number.
  if (call.carry?.['isThere'] === true) return { is: 'unknown', code: 'QR_NOT_SHOWN' };
  return { is: 'more', request: generate(bill, call), carry: { asked: 'codeAgain' } };
}

function readAnswer(wire: WireReply, bill: QrisInput, call: Call): Outcome {
  if (call.carry?.['asked'] !== 'codeAgain') return readQueried(wire, bill, call);
  if (succeeded(wire, '47')) return readGenerated(wire, bill, call);
  const isKept = ['404/18', '409/01'].includes(caseOf(wire));
  return isKept ? { is: 'unknown', code: 'QR_NOT_SHOWN' } : failedQuestion(wire, call);
}

const inquiry: Inquiry<QrisInput> = {
  notBefore: '30s',
  trustAfter: '10m',
  request: query,
  reply: readAnswer,
};

const compensation: Compensation<QrisInput> = {
  effect: 'keyed',
  request(bill, call) {
    // To some banks cancelling what is paid is a refund: whether it is one is not left to chance.
    if (call.output?.['bankReference'] !== undefined) return query(bill, call);
    const merchant = settingsOf(call, 'merchantId', 'subMerchantId');
    const json = { ...originalOf(call), ...merchant, reason: 'Cancelled', amount: moneyOf(bill.amount) };
    return { method: 'POST', path: '/v1.0/qr/qr-mpm-cancel', body: { json } };
  },
  reply(wire, bill, call) {
    const isAsked = call.carry !== undefined || call.output?.['bankReference'] !== undefined;
    if (isAsked) return readOver(wire, call);
    if (succeeded(wire, '77')) return { is: 'ok', output: {} };
    const answer = caseOf(wire);
    // Never there, cancelled or run out: nobody can pay it any more.
    if (['404/01', '404/04', '404/19'].includes(answer)) return { is: 'ok', output: {} };
    // Banks that cannot cancel let a code run out; others do not say why they will not.
    if (['403/00', '404/00', '405/00', '405/01'].includes(answer)) return askStatus(bill, call, {});
    return failureOf(wire, call);
  },
};

/** Whether a code can still be paid, or was. */
function readOver(wire: WireReply, call: Call): Outcome {
  const isNotFound = caseOf(wire) === '404/01';
  if (!isNotFound && !succeeded(wire, '51')) return failedLook(wire, call);
  const status = isNotFound ? '07' : statusOf(objectOf(wire.body)['latestTransactionStatus']);
  // What was paid is undone only by the bank's own word.
  const isPaid = call.output?.['bankReference'] !== undefined && !['', '04', '05'].includes(status);
  if (isPaid || status === '00') return { is: 'refused', code: 'ALREADY_PAID' };
  const expiresAt = textOf(call.output?.['expiresAt']);
  const isUnpaid = status === '01' && isPast(expiresAt, call);
  if (isUnpaid || ['04', '05', '06', '07'].includes(status)) return { is: 'ok', output: {} };
  if (status === '') return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  const restMs = Date.parse(expiresAt ?? call.now) - Date.parse(call.now);
  return { is: 'retry', code: 'QR_STILL_OPEN', afterSeconds: Math.max(60, Math.ceil(restMs / 1000)) };
}

export const collectByQris: Operation<QrisInput> = {
  title: { id: 'Tagih pembayaran lewat QRIS', en: 'Collect a payment by QRIS' },
  effect: 'keyed',
  money: true,
  input,
  output,
  timeout: '30s',
  request: generate,
  reply: readSent,
  inquiry,
  compensation,
};
