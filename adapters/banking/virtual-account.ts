/** Virtual accounts between our words and SNAP's fields (ASPI SNAP BI 1.6): numbers, amounts, expiry, the bill shown. */
import type {
  Call,
  JsonObject,
  JsonValue,
  LocalizedText,
  Outcome,
  Pending,
} from '../../src/adapter-kit/contract.ts';
import { hoursFrom, moneyOf, objectOf, rupiahOf, snapDate, textOf, timeOf, type Times } from './values.ts';

export interface PaymentInput {
  payerName: string;
  /** Whole rupiah. */
  amount: number;
  /** Serial of the file, at most 20 digits; never a NIK. Default: the step's key. */
  customerNo?: string;
  description?: LocalizedText;
  expiresInHours?: number;
  /** RFC 3339; wins over `expiresInHours`. */
  expiresAt?: string;
  phone?: string;
}

const DEFAULT_EXPIRY_HOURS = 24;

/** The three fields that name an account; the reference of an account that exists wins over what we would ask for. */
export function identityOf(input: PaymentInput, { settings, key, reference }: Call): Record<string, string> {
  const partner = textOf(settings['partnerServiceId'])!;
  const asked = input.customerNo ?? key.slice(-20);
  const customerNo = reference?.startsWith(partner) ? reference.slice(partner.length) : asked;
  const partnerServiceId = partner.padStart(8, ' ');
  return { partnerServiceId, customerNo, virtualAccountNo: partnerServiceId + customerNo };
}

/** When the bill ends, with the offset of the bank's zone. */
export function expiryOf(input: PaymentInput, call: Call): string {
  const hours = input.expiresInHours ?? DEFAULT_EXPIRY_HOURS;
  return snapDate(input.expiresAt ?? hoursFrom(call, hours), call);
}

/** Body of create-va (svc 27); one trxId per intent. */
export function createBody(input: PaymentInput, call: Call): JsonObject {
  const { description, phone } = input;
  return {
    ...identityOf(input, call),
    virtualAccountName: input.payerName,
    ...(phone !== undefined && { virtualAccountPhone: phoneOf(phone) }),
    trxId: call.key,
    totalAmount: moneyOf(input.amount),
    virtualAccountTrxType: 'C',
    expiredDate: expiryOf(input, call),
    ...(description && { freeTexts: [freeText(description)] }),
  };
}

/** 32 characters each (ASPI SNAP BI 1.6). */
export function freeText({ id, en }: LocalizedText): JsonObject {
  return { english: en.slice(0, 32), indonesia: id.slice(0, 32) };
}

/** `08…` and `+62…` as the `62…` that SNAP wants. */
function phoneOf(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^0/, '62');
}

/** The account in a reply, under either spelling. */
export function accountIn(body: JsonValue): JsonObject {
  const reply = objectOf(body);
  return objectOf(reply['virtualAccountData'] ?? reply['virtualAccountdata']);
}

/** The bill as the citizen sees it; what the bank has stored wins over what we asked for. */
export function pendingOf(account: JsonObject, input: PaymentInput, call: Call): Pending {
  const number = textOf(account['virtualAccountNo']) ?? identityOf(input, call)['virtualAccountNo']!;
  const reference = call.reference ?? number.trim();
  const known = timeOf(account['expiredDate'], call) ?? textOf(call.output?.['expiresAt']);
  const expiresAt = known ?? expiryOf(input, call);
  const shown = {
    virtualAccountNo: reference,
    bank: textOf(call.settings['bankName'])!,
    amount: rupiahOf(account['totalAmount']) ?? input.amount,
    expiresAt,
  };
  return { is: 'pending', reference, awaits: 'payment', shown, until: expiresAt };
}

/** Proof of payment, the same whether the bank told us (svc 25) or was asked (svc 26); null when it proves nothing. */
export function paidOf(payment: JsonObject, call: Times): (Outcome & { is: 'ok' }) | null {
  const amount = rupiahOf(payment['paidAmount']);
  const requestId = textOf(payment['paymentRequestId']);
  const bankReference = textOf(payment['referenceNo']) ?? requestId;
  if (amount === null || bankReference === undefined) return null;
  const paidAt = timeOf(payment['trxDateTime'], call) ?? timeOf(payment['transactionDate'], call) ?? call.now;
  const output = {
    paidAt,
    amount,
    bankReference,
    ...(requestId !== undefined && { paymentRequestId: requestId }),
  };
  return { is: 'ok', output };
}
