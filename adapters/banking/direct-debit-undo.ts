/** Undoing a charge: cancelled while it is open (svc 57), given back once it was taken (svc 58). */
import type { Call, Compensation, Outcome, WireReply, WireRequest } from '../../src/adapter-kit/contract.ts';
import type { DebitInput } from './direct-debit.ts';
import { caseOf, failedLook, failureOf, succeeded } from './response-codes.ts';
import { originalOf, statusOf } from './transaction-status.ts';
import { moneyOf, objectOf, settingsOf } from './values.ts';

const REASON = 'Application withdrawn';

function cancel(charge: DebitInput, call: Call): WireRequest {
  const merchant = settingsOf(call, 'merchantId', 'subMerchantId');
  const json = { ...originalOf(call), ...merchant, reason: REASON, amount: moneyOf(charge.amount) };
  return { method: 'POST', path: '/v1.0/debit/cancel', body: { json } };
}

/** One refund of one charge: its number is the charge's, so that a repeat is the same refund. */
function refund(charge: DebitInput, call: Call): WireRequest {
  const json = {
    ...settingsOf(call, 'merchantId', 'subMerchantId'),
    ...originalOf(call),
    partnerRefundNo: call.key,
    refundAmount: moneyOf(charge.amount),
    reason: REASON,
  };
  return { method: 'POST', path: '/v1.0/debit/refund', body: { json } };
}

function status(charge: DebitInput, call: Call): WireRequest {
  const merchant = settingsOf(call, 'merchantId', 'subMerchantId');
  const json = { ...originalOf(call), serviceCode: '54', amount: moneyOf(charge.amount), ...merchant };
  return { method: 'POST', path: '/v1.0/debit/status', body: { json } };
}

const WHY_NOT = ['403/00', '404/00', '404/01', '404/14', '404/19', '405/00', '405/01', '409/01'];

function isTaken(call: Call): boolean {
  return call.output?.['bankReference'] !== undefined;
}

function readCancelled(wire: WireReply, charge: DebitInput, call: Call): Outcome {
  if (succeeded(wire, '57')) return { is: 'ok', output: {} };
  const answer = caseOf(wire);
  if (answer === '404/04') return { is: 'ok', output: {} };
  // Too late, not allowed, not found: whether it took money meanwhile is asked, never guessed.
  if (WHY_NOT.includes(answer)) {
    return { is: 'more', request: status(charge, call), carry: { asked: 'status' } };
  }
  return failureOf(wire, call);
}

function readStatus(wire: WireReply, charge: DebitInput, call: Call): Outcome {
  if (caseOf(wire) === '404/01') return { is: 'ok', output: {} };
  if (!succeeded(wire, '55')) return failedLook(wire, call);
  const found = statusOf(objectOf(wire.body)['latestTransactionStatus']);
  if (found === '00') return { is: 'more', request: refund(charge, call), carry: { asked: 'refund' } };
  if (['04', '05', '06', '07'].includes(found)) return { is: 'ok', output: {} };
  if (found === '') return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  return { is: 'retry', code: 'CHARGE_STILL_OPEN', afterSeconds: 60 };
}

function readRefunded(wire: WireReply, call: Call): Outcome {
  // The first refund under this number stands (ASPI SNAP BI 1.8).
  const isGivenBack = succeeded(wire, '58') || ['404/18', '409/01'].includes(caseOf(wire));
  return isGivenBack ? { is: 'ok', output: {} } : failureOf(wire, call);
}

export const compensation: Compensation<DebitInput> = {
  effect: 'keyed',
  request: (charge, call) => (isTaken(call) ? refund(charge, call) : cancel(charge, call)),
  reply(wire, charge, call) {
    const asked = call.carry?.['asked'];
    if (asked === 'status') return readStatus(wire, charge, call);
    if (asked === 'refund' || isTaken(call)) return readRefunded(wire, call);
    return readCancelled(wire, charge, call);
  },
};
