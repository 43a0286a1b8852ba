/** The tax office's books, whatever it speaks: bills and duties, paid once, reversed on the same day. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';

const DEFAULT_PRINCIPAL = 150_000;
const DEFAULT_PENALTY = 4_500;
const DEFAULT_DUTY = 25_000_000;
const DUE_DATE = '2026-09-30';
const VALIDATE_MS = 1_000;
const SOMEBODY = 'LOKET-LAIN';
/** Receipts of duties paid before the stand-in began, whatever the NOP. */
const EARLIER = /^SIM0\d{11}$/;
const EARLIER_NIK = '3174010508909999';
const FORM = 'yyyy-MM-dd HH:mm:ss';

export interface Payment {
  reference: string;
  amount: number;
  ntpd: string;
  /** The office's own running number. */
  serial: number;
  at: number;
}

export interface Due {
  nop: string;
  payment?: Payment;
}
export interface PropertyBill extends Due {
  taxYear: string;
  principal: number;
  penalty: number;
  dueDate: string;
}
export interface Duty extends Due {
  billingCode: string;
  /** What the applicant declared, and what the officer will find to be due. */
  amount: number;
  assessed: number;
  nik: string;
  /** Earlier payments that were too little. */
  paidBefore: number;
  expired?: true;
}

export type Taken = 'taken' | 'already' | 'amount' | 'later';
export type Reversed = 'reversed' | 'notPaid' | 'mismatch' | 'late';

export interface Office {
  bill(nop: string, taxYear: string): PropertyBill | undefined;
  duty(billingCode: string): Duty | undefined;
  dutyByNtpd(nop: string, ntpd: string): { nop?: Duty; ntpd?: Duty; both?: Duty };
  /** `dueAmount`: what must be paid, to the rupiah. */
  pay(
    effect: string,
    due: Due,
    dueAmount: number,
    told: { reference: string; amount: number; at: number; key?: string },
  ): Taken;
  reverse(effect: string, due: Due, reference: string): Reversed;
  transfers: JsonObject[];
  validateMs: number;
  hidesReferences: boolean;
  /** `yyyy-MM-dd HH:mm:ss` by the office's clock. */
  local(time: number): string;
  /** The other way, of the same form. */
  timeOf(local: string): number;
  acts: Record<string, (detail: JsonObject) => Promise<JsonObject>>;
}

/** What is in the books, and how a payment gets into them. */
interface Books {
  bills: Map<string, PropertyBill>;
  duties: Map<string, Duty>;
  now(): number;
  book(due: Due, reference: string, amount: number): void;
}

export function taxOffice(harness: Harness, options: SimulatorOptions): Office {
  let payments = 0;
  const now = (): number => options.now();
  const books: Books = {
    bills: new Map(),
    duties: new Map(),
    now,
    book(due, reference, amount) {
      payments += 1;
      const ntpd = `SIM1${String(payments).padStart(11, '0')}`;
      due.payment = { reference, amount, ntpd, serial: payments, at: now() };
    },
  };
  const zone = (options.settings['zone'] as string | undefined) ?? 'Asia/Jakarta';
  const local = (time: number, form = FORM): string => tools.zoned(new Date(time).toISOString(), zone, form);
  const timeOf = (told: string): number => Date.parse(told.replace(' ', 'T') + local(now(), 'XXX'));
  const isToday = (time: number): boolean => local(time).slice(0, 10) === local(now()).slice(0, 10);
  const office: Office = {
    ...{ transfers: [], validateMs: VALIDATE_MS, hidesReferences: false, local, timeOf, acts: {} },
    ...lookUps(books),
    pay(effect, due, dueAmount, { reference, amount, at, key = reference }) {
      if (due.payment) return 'already';
      if (!(at <= now())) return 'later';
      if (amount !== dueAmount) return 'amount';
      books.book(due, reference, amount);
      harness.enter(effect, key, { nop: due.nop, amount });
      return 'taken';
    },
    reverse(effect, due, reference) {
      const { payment } = due;
      if (!payment) return 'notPaid';
      if (payment.reference !== reference) return 'mismatch';
      if (!isToday(payment.at)) return 'late';
      delete due.payment;
      harness.enter(effect, reference, { nop: due.nop });
      return 'reversed';
    },
  };
  office.acts = actsOf(office, books);
  return office;
}

/** What was never put into the books is there all the same, so that any example can be played. */
function lookUps({ bills, duties, now, book }: Books): Pick<Office, 'bill' | 'duty' | 'dutyByNtpd'> {
  return {
    bill(nop, taxYear) {
      const key = `${nop}/${taxYear}`;
      const sequence = nop.slice(13, 17);
      if (!bills.has(key) && nop.length === 18 && sequence !== '9913') {
        const principal = sequence === '9903' ? 0 : DEFAULT_PRINCIPAL;
        const penalty = principal === 0 ? 0 : DEFAULT_PENALTY;
        const made: PropertyBill = { nop, taxYear, principal, penalty, dueDate: DUE_DATE };
        bills.set(key, made);
        if (sequence === '9988') book(made, SOMEBODY, principal + penalty);
      }
      return bills.get(key);
    },
    duty(billingCode) {
      if (!duties.has(billingCode) && !billingCode.endsWith('9913')) {
        duties.set(billingCode, dutyOf(billingCode, '', ''));
      }
      return duties.get(billingCode);
    },
    dutyByNtpd(nop, ntpd) {
      if (EARLIER.test(ntpd) && nop.slice(13, 17) !== '9913') {
        const payment = { reference: SOMEBODY, amount: DEFAULT_DUTY, ntpd, serial: 0, at: now() };
        return { both: { ...dutyOf('', nop, EARLIER_NIK), payment } };
      }
      const all = [...duties.values()];
      const byNop = all.find((one) => one.nop === nop);
      const byNtpd = all.find((one) => one.payment?.ntpd === ntpd);
      const both = all.find((one) => one.nop === nop && one.payment?.ntpd === ntpd);
      return { ...(byNop && { nop: byNop }), ...(byNtpd && { ntpd: byNtpd }), ...(both && { both }) };
    },
  };
}

function dutyOf(
  billingCode: string,
  nop: string,
  nik: string,
  amount = DEFAULT_DUTY,
  assessed = amount,
): Duty {
  return { billingCode, nop, nik, amount, assessed, paidBefore: 0 };
}

function actsOf(office: Office, { bills, duties, book }: Books): Office['acts'] {
  return {
    async bill({ nop, taxYear, principal, penalty, dueDate }) {
      const key = `${String(nop)}/${String(taxYear)}`;
      const amounts = { principal: Number(principal), penalty: Number(penalty ?? 0) };
      const due = typeof dueDate === 'string' ? dueDate : DUE_DATE;
      bills.set(key, { nop: String(nop), taxYear: String(taxYear), ...amounts, dueDate: due });
      return {};
    },
    async duty({ billingCode, nop, amount, assessed, nik }) {
      const code = String(billingCode);
      const amounts = [Number(amount), Number(assessed ?? amount)] as const;
      duties.set(code, dutyOf(code, String(nop), String(nik ?? ''), ...amounts));
      return {};
    },
    async pay({ nop, taxYear, billingCode }) {
      const due =
        billingCode === undefined
          ? office.bill(String(nop), String(taxYear))
          : office.duty(String(billingCode));
      if (!due) throw new Error('Nothing of this NOP and year, or payment code, is in the books');
      const amount = 'principal' in due ? due.principal + due.penalty : due.amount;
      book(due, SOMEBODY, amount);
      return { ntpd: due.payment!.ntpd };
    },
    async expire({ billingCode }) {
      const duty = office.duty(String(billingCode));
      if (!duty) throw new Error('No duty has this payment code');
      duty.expired = true;
      return {};
    },
    async hideReferences({ enabled }) {
      office.hidesReferences = enabled === true;
      return {};
    },
    async validateAfter({ ms }) {
      office.validateMs = Number(ms);
      return {};
    },
    async transfers() {
      return { all: office.transfers };
    },
  };
}
