/** The bank's book of virtual accounts: one per trxId, with its state and the one payment that it took. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { wordOf } from './values.ts';

export interface Payment {
  paymentRequestId: string;
  referenceNo: string;
  paidAmount: JsonObject;
  trxDateTime: string;
}

export interface Account {
  trxId: string;
  /** The create-va body, to tell a repeat from another request under the same trxId. */
  content: string;
  data: JsonObject;
  expiresAt: number;
  deleted: boolean;
  payment?: Payment;
}

export type AccountState = 'unpaid' | 'paid' | 'deleted' | 'expired';

export interface Accounts {
  add(body: JsonObject): Account;
  byTrxId(trxId: string): Account | undefined;
  /** The newest account of that number, spaces aside. */
  byNumber(virtualAccountNo: string): Account | undefined;
  stateOf(account: Account): AccountState;
}

export function accountBook(now: () => number): Accounts {
  const accounts = new Map<string, Account>();
  return {
    add(body) {
      const data = { ...body, virtualAccountNo: wordOf(body['virtualAccountNo']) };
      const trxId = wordOf(body['trxId']);
      const expiresAt = Date.parse(wordOf(body['expiredDate']));
      const account: Account = { trxId, content: JSON.stringify(body), data, expiresAt, deleted: false };
      accounts.set(trxId, account);
      return account;
    },
    byTrxId: (trxId) => accounts.get(trxId),
    byNumber: (number) =>
      [...accounts.values()].findLast(
        ({ data }) => wordOf(data['virtualAccountNo']).trim() === number.trim(),
      ),
    stateOf({ deleted, payment, expiresAt }) {
      if (payment) return 'paid';
      if (deleted) return 'deleted';
      return expiresAt <= now() ? 'expired' : 'unpaid';
    },
  };
}
