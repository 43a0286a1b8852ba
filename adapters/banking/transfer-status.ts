/** What became of a transfer that was sent elsewhere (svc 36): for settlement between the mall's own accounts. */
import type { Call, JsonObject, Operation, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { caseOf, failureOf, succeeded } from './response-codes.ts';
import input from './schemas/transfer-status.input.json' with { type: 'json' };
import output from './schemas/transfer-status.output.json' with { type: 'json' };
import { STATUSES, statusOf } from './transaction-status.ts';
import { moneyOf, objectOf, rupiahOf, snapDate, textOf, timeOf } from './values.ts';

interface TransferQuestion {
  /** Our number of the transfer, else the bank's; one of them. */
  partnerReferenceNo?: string;
  bankReference?: string;
  /** What kind of transfer it was: `17` within the bank, `18` to another. */
  serviceCode: string;
  transferredAt?: string;
  amount?: number;
}

export const transferStatus: Operation<TransferQuestion> = {
  title: { id: 'Tanyakan status transfer', en: 'Ask for the status of a transfer' },
  effect: 'read',
  input,
  output,
  timeout: '30s',
  request(question, call) {
    const { partnerReferenceNo, bankReference, serviceCode, transferredAt, amount } = question;
    const json = {
      ...(partnerReferenceNo !== undefined && { originalPartnerReferenceNo: partnerReferenceNo }),
      ...(bankReference !== undefined && { originalReferenceNo: bankReference }),
      serviceCode,
      ...(transferredAt !== undefined && { transactionDate: snapDate(transferredAt, call) }),
      ...(amount !== undefined && { amount: moneyOf(amount) }),
    };
    return { method: 'POST', path: '/v1.0/transfer/status', body: { json } };
  },
  reply: readStatus,
};

function readStatus(wire: WireReply, _question: TransferQuestion, call: Call): Outcome {
  if (!succeeded(wire, '36')) {
    const isUnknown = caseOf(wire) === '404/01';
    return isUnknown ? { is: 'refused', code: 'TRANSACTION_NOT_FOUND' } : failureOf(wire, call);
  }
  const told = objectOf(wire.body);
  const status = statusOf(told['latestTransactionStatus']);
  if (status === '') return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  if (status === '07') return { is: 'refused', code: 'TRANSACTION_NOT_FOUND' };
  return { is: 'ok', output: outputOf(told, STATUSES[status]!, call) };
}

function outputOf(told: JsonObject, status: string, call: Call): JsonObject {
  const amount = rupiahOf(told['amount']);
  const bankReference = textOf(told['originalReferenceNo']) ?? textOf(told['referenceNumber']);
  const transferredAt = timeOf(told['transactionDate'], call);
  return {
    status,
    ...(amount !== null && { amount }),
    ...(bankReference !== undefined && { bankReference }),
    ...(transferredAt !== undefined && { transferredAt }),
  };
}
