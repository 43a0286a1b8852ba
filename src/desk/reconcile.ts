/** Joins a bank's list of a day with the bus's own payment steps: what one has and the other has not. */

/** One row of the bank's list (the output of an adapter's `dailyReconciliation`). */
export interface BankPayment {
  /** Whole rupiah. */
  amount: number;
  paidAt?: string;
  /** Our number, where the bank hands it back. */
  partnerReferenceNo?: string;
  bankReference?: string;
  virtualAccountNo?: string;
}

/** One payment step of ours, as far as the comparison needs it. */
export interface OwnPayment {
  application: string;
  step: string;
  state: string;
  /** The keys of its rounds, the current one last. */
  keys: string[];
  reference: string | null;
  /** What it settled with; null while it has not. */
  paid: { amount: number; paidAt: string; bankReference: string } | null;
}

export interface Unsettled {
  payment: BankPayment;
  /** The step that it is for, when there is one: open, ended otherwise, or paid already by another payment. */
  own: OwnPayment | null;
}

export interface Reconciled {
  /** Pairs that agree in everything. */
  agreed: number;
  /** The bank took money, and no step here is settled by it. */
  atBankOnly: Unsettled[];
  /** Settled here as paid on that day, and not in the bank's list. */
  hereOnly: OwnPayment[];
  /** The same payment, of another amount. */
  amountDiffers: { payment: BankPayment; own: OwnPayment }[];
}

/** `isOfDay`: whether a step's own time of payment falls on the day that the list is of. */
export function reconcile(
  payments: BankPayment[],
  steps: OwnPayment[],
  isOfDay: (paidAt: string) => boolean,
): Reconciled {
  const result: Reconciled = { agreed: 0, atBankOnly: [], hereOnly: [], amountDiffers: [] };
  const find = finder(steps);
  const matched = new Set<OwnPayment>();
  for (const payment of payments) {
    const own = find(payment);
    if (!own?.paid || matched.has(own) || isAnother(payment, own.paid)) {
      result.atBankOnly.push({ payment, own: own ?? null });
      continue;
    }
    matched.add(own);
    if (own.paid.amount === payment.amount) result.agreed += 1;
    else result.amountDiffers.push({ payment, own });
  }
  result.hereOnly = steps.filter((own) => own.paid && !matched.has(own) && isOfDay(own.paid.paidAt));
  return result;
}

/** By our number, else by the bank's, else by the account that was paid into. */
function finder(steps: OwnPayment[]): (payment: BankPayment) => OwnPayment | undefined {
  const byKey = new Map(steps.flatMap((own) => own.keys.map((key) => [key, own])));
  const byBank = new Map(steps.flatMap((own) => (own.paid ? [[own.paid.bankReference, own]] : [])));
  const byReference = new Map(steps.flatMap((own) => (own.reference === null ? [] : [[own.reference, own]])));
  return ({ partnerReferenceNo = '', bankReference = '', virtualAccountNo = '' }) =>
    byKey.get(partnerReferenceNo) ??
    byBank.get(bankReference) ??
    byReference.get(bankReference) ??
    byReference.get(virtualAccountNo.trim());
}

/** A second payment of a bill that another one has settled. */
function isAnother({ bankReference }: BankPayment, paid: OwnPayment['paid'] & object): boolean {
  return bankReference !== undefined && bankReference !== paid.bankReference;
}
