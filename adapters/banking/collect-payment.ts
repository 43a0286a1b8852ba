/** A bill as a virtual account: made (svc 27), asked about (svc 30 and 26), taken away (svc 31). */
import type {
  Call,
  Compensation,
  Inquiry,
  Operation,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { askExistence, readAnswer, thenStatus } from './questions.ts';
import { caseOf, failureOf, succeeded } from './response-codes.ts';
import input from './schemas/collect-payment.input.json' with { type: 'json' };
import output from './schemas/collect-payment.output.json' with { type: 'json' };
import type { PaymentInput } from './virtual-account.ts';
import { accountIn, createBody, identityOf, pendingOf } from './virtual-account.ts';

const inquiry: Inquiry<PaymentInput> = {
  notBefore: '60s',
  trustAfter: '10m',
  request: askExistence,
  reply: readAnswer,
};

/** delete-va (svc 31). */
const compensation: Compensation<PaymentInput> = {
  effect: 'keyed',
  request(bill, call) {
    const json = { ...identityOf(bill, call), trxId: call.key };
    const method = call.settings['deleteMethod'] === 'POST' ? 'POST' : 'DELETE';
    return { method, path: '/v1.0/transfer-va/delete-va', body: { json } };
  },
  reply(wire, _bill, call) {
    // Deleted, never there, cancelled already or expired: nobody can pay it any more.
    const gone = ['404/01', '404/04', '404/11', '404/12', '404/19'].includes(caseOf(wire));
    if (!gone && !succeeded(wire, '31')) return failureOf(wire, call);
    // What was paid is not undone by taking the bill away, even where the bank has cleared it: a refund to make.
    const paid = call.output?.['bankReference'] !== undefined;
    return paid ? { is: 'refused', code: 'ALREADY_PAID' } : { is: 'ok', output: {} };
  },
};

/** create-va (svc 27). */
export const collectPayment: Operation<PaymentInput> = {
  title: { id: 'Tagih pembayaran lewat virtual account', en: 'Collect a payment by virtual account' },
  effect: 'keyed',
  money: true,
  input,
  output,
  timeout: '30s',
  request: (bill, call) => ({
    method: 'POST',
    path: '/v1.0/transfer-va/create-va',
    body: { json: createBody(bill, call) },
  }),
  reply: readCreated,
  inquiry,
  compensation,
};

function readCreated(wire: WireReply, bill: PaymentInput, call: Call): Outcome {
  if (call.carry) return readAnswer(wire, bill, call);
  if (succeeded(wire, '27')) return pendingOf(accountIn(wire.body), bill, call);
  switch (caseOf(wire)) {
    // The first request with this trxId stands (its expiry may differ from ours): take what the bank has stored.
    case '404/18':
    case '409/01':
      return { is: 'more', request: askExistence(bill, call), carry: { asked: 'existence' } };
    case '404/14':
      return thenStatus('open', accountIn(wire.body), bill, call);
    default:
      return failureOf(wire, call);
  }
}
