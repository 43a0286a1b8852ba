/** The bank's customers: pay a bill (ask first, then tell), repeat, delay or hurry the news, give the money back. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Account, Accounts, Payment } from './simulator-accounts.ts';
import type { Answer, BankCaller } from './simulator-caller.ts';
import type { BankParts } from './simulator-virtual-accounts.ts';
import { objectOf, wordOf } from './values.ts';

const INQUIRY_PATH = '/v1.0/transfer-va/inquiry';
const PAYMENT_PATH = '/v1.0/transfer-va/payment';
/** An unanswered payment is told again with flagAdvise Y, this often and this many times. */
const ADVISE_MS = 5_000;
const ADVISE_TIMES = 20;
const DEFAULT_LATE_MS = 60_000;

export interface Customers {
  /** Takes the money of one account and tells our side; the answers of our side come back. */
  pay(account: Account, detail: JsonObject): Promise<JsonObject>;
}

export function customers(accounts: Accounts, parts: BankParts): Customers {
  const { harness, options, caller } = parts;
  let payments = 0;

  function told(account: Account, payment: Payment, flagAdvise: 'N' | 'Y'): Promise<Answer> {
    return caller.call(PAYMENT_PATH, {
      ...identity(account),
      channelCode: 6011,
      totalAmount: account.data['totalAmount']!,
      ...payment,
      flagAdvise,
    });
  }

  function adviseLater(account: Account, payment: Payment, times: number): void {
    if (times === 0) return;
    options.after(ADVISE_MS, () => {
      void told(account, payment, 'Y').then((answer) => {
        if (!book(parts, account, payment, answer)) adviseLater(account, payment, times - 1);
      });
    });
  }

  async function tell(account: Account, payment: Payment): Promise<JsonObject> {
    const first = await told(account, payment, 'N');
    const repeat = harness.take('duplicateNews', PAYMENT_PATH)
      ? await told(account, payment, 'Y')
      : undefined;
    if (!book(parts, account, payment, first)) adviseLater(account, payment, ADVISE_TIMES);
    return { payment: { ...first }, ...(repeat && { repeat: { ...repeat } }) };
  }

  return {
    async pay(account, detail) {
      payments += 1;
      const serial = String(payments).padStart(6, '0');
      const requestId = caller.stamp().replace(/\D/g, '').slice(0, 14) + serial;
      const inquiry = await ask(caller, account, requestId);
      const insists = detail['insist'] === true;
      const payable = accounts.stateOf(account) === 'unpaid' && inquiry.body['responseCode'] === '2002400';
      if (!payable && !insists) return { inquiry: { ...inquiry } };

      const asked = detail['amount'];
      const paidAmount =
        typeof asked === 'number' ? { value: `${asked}.00`, currency: 'IDR' } : account.data['totalAmount'];
      const payment: Payment = {
        paymentRequestId: requestId,
        referenceNo: serial.padStart(12, '0'),
        paidAmount: paidAmount as JsonObject,
        trxDateTime: caller.stamp(),
      };
      account.payment ??= payment;
      parts.takings.take({
        partnerReferenceNo: account.trxId,
        referenceNo: payment.referenceNo,
        amount: payment.paidAmount,
        account: { ...identity(account), ...payment, totalAmount: account.data['totalAmount']! },
      });
      const late = harness.take('lateNews', PAYMENT_PATH);
      if (!late) return { inquiry: { ...inquiry }, ...(await tell(account, payment)) };
      options.after(late.value ?? DEFAULT_LATE_MS, () => void tell(account, payment));
      return { inquiry: { ...inquiry }, late: true };
    },
  };
}

/** Books what our side decided: taken, or money to give back. False when it decided nothing. */
function book({ harness, takings }: BankParts, account: Account, payment: Payment, answer: Answer): boolean {
  const verdict = verdictOf(answer);
  const code = wordOf(answer.body['responseCode']);
  const detail = { paymentRequestId: payment.paymentRequestId, amount: payment.paidAmount, code };
  if (verdict === 'timeout') return false;
  if (verdict === 'taken') harness.enter('payment', account.trxId, detail);
  else {
    harness.enter('refundDue', account.trxId, detail);
    takings.giveBack(payment.referenceNo);
    if (account.payment === payment) delete account.payment;
  }
  return true;
}

/**
 * One bank's missing-field rule for our reply (BCA): a success without its flag counts as a time-out, so
 * does a flag without a code; a failed code needs no flag.
 */
export function verdictOf({ body }: Answer): 'taken' | 'failed' | 'timeout' {
  const code = wordOf(body['responseCode']);
  const flag = wordOf(objectOf(body['virtualAccountData'])['paymentFlagStatus']);
  if (/^40[0345]25\d\d$/.test(code)) return 'failed';
  if (code !== '2002500' || flag === '' || flag === '02') return 'timeout';
  return flag === '00' ? 'taken' : 'failed';
}

async function ask(caller: BankCaller, account: Account, inquiryRequestId: string): Promise<Answer> {
  return caller.call(INQUIRY_PATH, {
    ...identity(account),
    txnDateInit: caller.stamp(),
    channelCode: 6011,
    inquiryRequestId,
  });
}

/** The fields by which both messages name the bill. */
function identity({ data, trxId }: Account): JsonObject {
  const { partnerServiceId, customerNo, virtualAccountNo } = data;
  return { partnerServiceId, customerNo, virtualAccountNo, trxId } as JsonObject;
}
