/** What a bank tells us of a QRIS payment (svc 52) or a direct debit (svc 56): the money has moved, we take note. */
import type {
  Hosted,
  HostedAnswer,
  HostedCall,
  HostedCase,
  HostedMessage,
  HostedRequest,
  JsonObject,
  Outcome,
} from '../../src/adapter-kit/contract.ts';
import { fieldOf, say, sayRefusal } from './hosted-answers.ts';
import { proofOf, refusalOf, statusOf } from './transaction-status.ts';
import { objectOf, rupiahOf, textOf } from './values.ts';

type Found = Extract<HostedCase, { is: 'found' }>;

function notification(service: string, tells: string, path: string): Hosted {
  return {
    tells,
    path,
    proof: 'notification',
    read,
    answer(hostedCase, call) {
      if (hostedCase.is === 'found') return noted(service, hostedCase, call);
      // It may outrun the answer to our own request: the bank is to tell us again.
      if (hostedCase.is === 'none') return sayRefusal(service, { is: 'busy' });
      if (hostedCase.is === 'conflict') return say(service, '404/18');
      return sayRefusal(service, hostedCase);
    },
  };
}

/** X-EXTERNAL-ID stays out of it: a repeat differs in that and is still the same news. */
function read({ body }: HostedRequest): HostedMessage {
  const fields = objectOf(body);
  const reference = fieldOf(fields, 'originalReferenceNo', /^[^]{1,64}$/);
  const ours = textOf(fields['originalPartnerReferenceNo']);
  const status = statusOf(fieldOf(fields, 'latestTransactionStatus', /^\d{1,2}$/));
  if (status === '') throw new Error('invalid latestTransactionStatus');
  if (fields['amount'] !== undefined && rupiahOf(fields['amount']) === null)
    throw new Error('invalid amount');
  const content: JsonObject = { originalReferenceNo: reference, latestTransactionStatus: status };
  for (const name of ['amount', 'finishedTime', 'paidTime', 'transactionDate']) {
    if (fields[name] !== undefined) content[name] = fields[name];
  }
  const key = ours !== undefined && /^\d{1,20}$/.test(ours) ? { key: ours } : {};
  return { id: `${reference}-${status}`, ...key, reference, content };
}

function noted(service: string, { message, step }: Found, call: HostedCall): HostedAnswer {
  const content = message.content ?? {};
  const status = statusOf(content['latestTransactionStatus']);
  if (status !== '00') return withNews(say(service, '200/00'), newsOf(status, step.state));
  const paid = proofOf(content, Number(step.input['amount']), step.key, call)!;
  // Nothing is booked; the inquiry will find the same.
  const isOther = paid.output['amount'] !== step.input['amount'];
  if (isOther && step.state === 'open') return say(service, '404/13');
  const isKnown = step.state === 'done' && step.output['bankReference'] === paid.output['bankReference'];
  // Money for a bill that takes none any more is applied all the same: the bus keeps it as a refund to make.
  return isKnown ? say(service, '200/00') : { ...say(service, '200/00'), apply: paid };
}

/** A no for a charge that is open; for one that is done, a contradiction that the bus keeps for a person. */
function newsOf(status: string, state: Found['step']['state']): Outcome | null {
  return state === 'closed' ? null : refusalOf(status);
}

function withNews(answer: HostedAnswer, apply: Outcome | null): HostedAnswer {
  return apply ? { ...answer, apply } : answer;
}

export const qrisNotified = notification('52', 'collectByQris', '/v1.0/qr/qr-mpm-notify');
export const debitNotified = notification('56', 'chargeByDirectDebit', '/v1.0/debit/notify');
