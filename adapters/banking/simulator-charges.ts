/** The bank's book of QRIS codes and debits: one per number of ours, with what became of it. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { jakarta } from './simulator-takings.ts';
import { STATUSES } from './transaction-status.ts';
import { wordOf } from './values.ts';

export interface Charge {
  /** partnerReferenceNo. */
  number: string;
  referenceNo: string;
  /** What may not differ when the number comes again. */
  content: string;
  amount: JsonObject;
  expiresAt: number;
  /** latestTransactionStatus. */
  status: string;
  paidAt?: number;
  /** What a repeat is answered with. */
  answer: JsonObject;
}

export interface Charges {
  add(charge: Omit<Charge, 'referenceNo' | 'status' | 'answer'>): Charge;
  byNumber(number: string): Charge | undefined;
  /** By what a question or an act names: originalPartnerReferenceNo or partnerReferenceNo, else the bank's own. */
  find(asked: JsonObject): Charge | undefined;
  isOver(charge: Charge): boolean;
}

export function chargeBook(prefix: string, now: () => number): Charges {
  const charges = new Map<string, Charge>();
  return {
    add(fields) {
      const serial = String(charges.size + 1).padStart(8, '0');
      const charge: Charge = { ...fields, referenceNo: `${prefix}${serial}`, status: '01', answer: {} };
      charges.set(charge.number, charge);
      return charge;
    },
    byNumber: (number) => charges.get(number),
    find(asked) {
      const number = wordOf(asked['originalPartnerReferenceNo'] ?? asked['partnerReferenceNo']);
      const reference = wordOf(asked['originalReferenceNo'] ?? asked['referenceNo']);
      return charges.get(number) ?? [...charges.values()].find((one) => one.referenceNo === reference);
    },
    isOver: ({ expiresAt }) => expiresAt <= now(),
  };
}

/** A body without the fields that may differ from try to try. */
export function contentOf(body: JsonObject, ...without: string[]): string {
  return JSON.stringify(Object.fromEntries(Object.entries(body).filter(([name]) => !without.includes(name))));
}

/** What every status answer and notification says of a charge. */
export function saidOf({ number, referenceNo, status }: Charge): JsonObject {
  return {
    originalReferenceNo: referenceNo,
    originalPartnerReferenceNo: number,
    latestTransactionStatus: status,
    transactionStatusDesc: STATUSES[status]!,
  };
}

export function paidTimeOf({ paidAt }: Charge): JsonObject {
  return paidAt === undefined ? {} : { paidTime: jakarta(paidAt) };
}

export function isAmount(value: unknown): value is JsonObject {
  const amount = (value ?? {}) as JsonObject;
  return /^\d{1,13}\.\d\d$/.test(wordOf(amount['value'])) && amount['currency'] === 'IDR';
}
