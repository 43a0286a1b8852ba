/** What a bank says became of a transaction (latestTransactionStatus 00–07), whether it was asked or told us. */
import type { Call, JsonObject, JsonValue, Outcome } from '../../src/adapter-kit/contract.ts';
import { rupiahOf, textOf, timeOf, type Times } from './values.ts';

/** ASPI SNAP BI 1.7, in our words. */
export const STATUSES: Readonly<Record<string, string>> = {
  '00': 'success',
  '01': 'initiated',
  '02': 'paying',
  '03': 'pending',
  '04': 'refunded',
  '05': 'cancelled',
  '06': 'failed',
  '07': 'notFound',
};

/** `00` to `07`; empty for anything else. Some banks send a number. */
export function statusOf(value: JsonValue | undefined): string {
  const status = (textOf(value) ?? '').padStart(2, '0');
  return Object.hasOwn(STATUSES, status) ? status : '';
}

/** How the bank finds it: by our number, and by its own once it has told us one. */
export function originalOf({ key, reference }: Pick<Call, 'key' | 'reference'>): JsonObject {
  const isTheirs = reference !== undefined && reference !== key;
  return { originalPartnerReferenceNo: key, ...(isTheirs && { originalReferenceNo: reference }) };
}

type Paid = Outcome & { is: 'ok' };

/**
 * Proof of payment; null when its amount cannot be read. The amount is optional in SNAP, and what we ask for is closed:
 * a bank that leaves it out took what was asked. `known`: the bank's reference, should it leave that out too.
 */
export function proofOf(told: JsonObject, asked: number, known: string, call: Times): Paid | null {
  const money = told['amount'] ?? told['transAmount'];
  const amount = money === undefined || money === null ? asked : rupiahOf(money);
  if (amount === null) return null;
  const times = [told['paidTime'], told['finishedTime'], told['transactionDate']];
  const paidAt = times.map((time) => timeOf(time, call)).find((time) => time !== undefined) ?? call.now;
  const bankReference = textOf(told['originalReferenceNo']) ?? known;
  return { is: 'ok', output: { paidAt, amount, bankReference } };
}

/** The bank's no, by its status; null for a status that is none. */
export function refusalOf(status: string): (Outcome & { is: 'refused' }) | null {
  const code = { '04': 'PAYMENT_REFUNDED', '05': 'TRANSACTION_CANCELLED', '06': 'PAYMENT_FAILED' }[status];
  return code === undefined ? null : { is: 'refused', code };
}

/** The outcome of what was asked about; `open` says what it is while it is neither paid nor over. */
export function becameOf(
  told: JsonObject,
  asked: number,
  call: Call,
  open: (status: string) => Outcome,
): Outcome {
  const status = statusOf(told['latestTransactionStatus']);
  if (status === '00') {
    const paid = proofOf(told, asked, call.reference ?? call.key, call);
    if (!paid) return { is: 'unknown', code: 'UNREADABLE_REPLY' };
    return paid.output['amount'] === asked ? paid : { is: 'unknown', code: 'AMOUNT_DIFFERS' };
  }
  if (status === '') return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  if (status === '07') return notFound(call);
  return refusalOf(status) ?? open(status);
}

/** It never arrived, unless the bank once gave it a number: then something is wrong, and nothing may be sent again. */
export function notFound({ reference }: Pick<Call, 'reference'>): Outcome {
  return reference === undefined
    ? { is: 'retry', code: 'NOT_RECEIVED' }
    : { is: 'unknown', code: 'TRANSACTION_NOT_FOUND' };
}
