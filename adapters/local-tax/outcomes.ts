/** What every profile's answers come to: a bill, a payment proved or not, a duty confirmed. */
import type { Call, JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import type { Bill, BillPayment, DutyCheck, DutyPayment } from './profile.ts';
import { nopDigits, told } from './values.ts';

/** A bill as the inquiry found it. */
export function billed(input: Bill, paid: boolean, fields: JsonObject): Outcome {
  if (input.mustBePaid === true && !paid) return { is: 'refused', code: 'PBB_ARREARS' };
  const output = { nop: nopDigits(input.nop), taxYear: input.taxYear, paid, ...told(fields) };
  return { is: 'ok', output };
}

/** What a tax office says of a payment that it has booked. */
export interface Booked {
  ntpd: string;
  /** By which it is reversed. */
  reference: string;
  /** Null when it does not say. */
  amount: number | null;
}

/** Booked, unless of another amount than was paid. */
export function paidFor(input: BillPayment | DutyPayment, { ntpd, reference, amount }: Booked): Outcome {
  if (amount !== null && amount !== input.amount) return { is: 'unknown', code: 'AMOUNT_DIFFERS' };
  const { nop, paidAt } = input;
  const output = { nop: nopDigits(nop), amount: input.amount, paidAt, ntpd, reference };
  return { is: 'ok', output: 'taxYear' in input ? { ...output, taxYear: input.taxYear } : output };
}

/**
 * "Already paid": ours when it names our reference, another's when it names another; when it names none, nobody but a
 * person can tell, and neither paying again nor giving the money back would be right.
 */
export function paidAlready(
  input: BillPayment | DutyPayment,
  call: Call,
  ownReference: string,
  booked: Booked | null,
): Outcome {
  if (ownReference === '') return { is: 'unknown', code: 'PAYER_UNKNOWN' };
  if (ownReference !== call.key) return { is: 'refused', code: 'ALREADY_PAID' };
  return booked ? paidFor(input, booked) : { is: 'unknown', code: 'BAD_RESPONSE' };
}

/** A transfer duty as its receipt was confirmed. */
export function confirmed(
  input: DutyCheck,
  paid: boolean,
  nik: string,
  fields: { ntpd: string; amount: number | null } & JsonObject,
): Outcome {
  if (!paid) return { is: 'refused', code: 'TRANSFER_DUTY_UNPAID' };
  // Some offices write no NIK, or nought.
  const isKnown = /^\d{16}$/.test(nik);
  if (input.nik !== undefined && isKnown && nik !== input.nik)
    return { is: 'refused', code: 'DATA_MISMATCH' };
  const nikMatched = input.nik !== undefined && isKnown ? true : null;
  return { is: 'ok', output: { nop: nopDigits(input.nop), paid: true, ...told(fields), nikMatched } };
}
