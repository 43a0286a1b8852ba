/** What became of a bill: does the account exist (svc 30), and has it been paid (svc 26)? */
import type { Call, JsonObject, Outcome, WireReply, WireRequest } from '../../src/adapter-kit/contract.ts';
import { caseOf, failedQuestion, succeeded } from './response-codes.ts';
import type { PaymentInput } from './virtual-account.ts';
import { objectOf, rupiahOf, textOf } from './values.ts';
import { accountIn, identityOf, paidOf, pendingOf } from './virtual-account.ts';

/** inquiry-va (svc 30). */
export function askExistence(input: PaymentInput, call: Call): WireRequest {
  const json = { ...identityOf(input, call), trxId: call.key };
  return { method: 'POST', path: '/v1.0/transfer-va/inquiry-va', body: { json } };
}

/** status (svc 26), as the next exchange; `found` says what the account itself was known to be. */
export function thenStatus(
  found: 'open' | 'expired' | 'gone',
  account: JsonObject,
  input: PaymentInput,
  call: Call,
): Outcome {
  const json = { ...identityOf(input, call), additionalInfo: { trxId: call.key } };
  const request: WireRequest = { method: 'POST', path: '/v1.0/transfer-va/status', body: { json } };
  return { is: 'more', request, carry: { asked: 'status', found, account } };
}

/** Reads either answer of the two questions. */
export function readAnswer(wire: WireReply, input: PaymentInput, call: Call): Outcome {
  return call.carry?.['asked'] === 'status'
    ? readStatus(wire, input, call)
    : readExistence(wire, input, call);
}

function readExistence(wire: WireReply, input: PaymentInput, call: Call): Outcome {
  const account = accountIn(wire.body);
  if (succeeded(wire, '30')) {
    const amount = rupiahOf(account['totalAmount']);
    if (amount !== null && amount !== input.amount) return { is: 'unknown', code: 'AMOUNT_DIFFERS' };
    return thenStatus('open', account, input, call);
  }
  const answer = caseOf(wire);
  if (answer === '404/14') return thenStatus('open', account, input, call);
  if (answer === '404/19') return thenStatus('expired', account, input, call);
  if (answer === '404/01' || answer === '404/11' || answer === '404/12') {
    // An account that the bank once gave us did arrive: it may have been paid and cleared away since.
    if (call.reference !== undefined) return thenStatus('gone', account, input, call);
    return { is: 'retry', code: 'NOT_RECEIVED' };
  }
  return failedQuestion(wire, call);
}

function readStatus(wire: WireReply, input: PaymentInput, call: Call): Outcome {
  const payment = accountIn(wire.body);
  const flag = textOf(payment['paymentFlagStatus']);
  const answer = caseOf(wire);
  if (answer === '404/14' || (succeeded(wire, '26') && flag === '00')) return proofOf(payment, input, call);
  // A success without its flag counts as a time-out (bank profiles, 1.9), unless nothing at all was paid.
  if (succeeded(wire, '26') && (flag !== undefined || payment['paidAmount'] === undefined))
    return unpaid(input, call);
  if (answer === '404/01' || answer === '404/11' || answer === '404/12') return unpaid(input, call);
  if (answer === '404/19') return { is: 'refused', code: 'BILL_EXPIRED' };
  return failedQuestion(wire, call);
}

function proofOf(payment: JsonObject, input: PaymentInput, call: Call): Outcome {
  const paid = paidOf(payment, call);
  if (!paid) return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  return paid.output['amount'] === input.amount ? paid : { is: 'unknown', code: 'AMOUNT_DIFFERS' };
}

function unpaid(input: PaymentInput, call: Call): Outcome {
  const found = call.carry?.['found'];
  if (found === 'gone') return { is: 'unknown', code: 'VIRTUAL_ACCOUNT_GONE' };
  if (found === 'expired') return { is: 'refused', code: 'BILL_EXPIRED' };
  return pendingOf(objectOf(call.carry?.['account']), input, call);
}
