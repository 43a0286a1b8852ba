/** A bill's record, in a reply and in news alike: its life from ACTIVE to PAID, EXPIRED or CANCELLED, and its news. */
import type {
  HostedAnswer,
  HostedCase,
  HostedMessage,
  HostedRequest,
  JsonObject,
  Outcome,
} from '../../src/adapter-kit/contract.ts';
import { jakartaTime, object, rupiah, text } from './values.ts';

/** What a record says of the bill; null when it cannot be read. Field names are those of OSS's `data_pnbp`. */
export function progress(record: JsonObject): Outcome | null {
  const billingCode = /^\d{15}$/.exec(text(record['kd_billing']))?.[0];
  const amount = rupiah(record['nominal']);
  if (billingCode === undefined || amount === null) return null;
  switch (text(record['status'])) {
    case 'ACTIVE':
      return waiting(record, billingCode, amount);
    case 'PAID':
      return paid(record, billingCode, amount);
    case 'EXPIRED':
      return { is: 'refused', code: 'BILL_EXPIRED' };
    case 'CANCELLED':
      return { is: 'refused', code: 'CANCELLED' };
    default:
      return null;
  }
}

function waiting(record: JsonObject, billingCode: string, amount: number): Outcome | null {
  const expiresAt = jakartaTime(record['tgl_expire']);
  if (expiresAt === null) return null;
  const shown = { billingCode, amount, expiresAt };
  return { is: 'pending', reference: billingCode, awaits: 'payment', shown, until: expiresAt };
}

/** The state's receipt (NTPN) proves the payment; its form is held, for people take O for 0 and I for 1. */
function paid(record: JsonObject, billingCode: string, amount: number): Outcome | null {
  const ntpn = /^[A-Z0-9]{16}$/.exec(text(record['ntpn']))?.[0];
  const ntb = /^[A-Z0-9]{6,20}$/.exec(text(record['ntb']))?.[0];
  const paidAt = jakartaTime(record['tgl_bayar']);
  if (ntpn === undefined || ntb === undefined || paidAt === null) return null;
  return { is: 'ok', output: { billingCode, amount, ntpn, ntb, paidAt } };
}

/** Reads `{ eventId, noReferensi, kd_billing, nominal, status, … }`; throws when the form is bad. */
export function readNews({ body }: HostedRequest): HostedMessage {
  const record = object(body);
  const id = text(record['eventId']);
  const [key, reference] = [text(record['noReferensi']), text(record['kd_billing'])];
  if (!id || !/^\d{1,20}$/.test(key) || !reference)
    throw new Error('eventId, noReferensi or kd_billing is missing');
  const outcome = progress(record);
  if (!outcome) throw new Error('status, or what it requires, is missing');
  return { id, key, reference, outcome, content: { amount: rupiah(record['nominal'])! } };
}

const ANSWERS: Record<HostedCase['is'], HostedAnswer> = {
  found: { status: 200, body: { status: 'ACCEPTED' } },
  none: { status: 202, body: { status: 'KEPT' } },
  conflict: { status: 409, body: { errorCode: 'EVENT_ID_REUSED' } },
  badSignature: { status: 401, body: { errorCode: 'BAD_SIGNATURE' } },
  badForm: { status: 400, body: { errorCode: 'BAD_FORM' } },
  busy: { status: 503, headers: { 'retry-after': '5' }, body: { errorCode: 'BUSY' } },
  opened: { status: 404, body: { errorCode: 'NOT_FOUND' } },
  notOpened: { status: 404, body: { errorCode: 'NOT_FOUND' } },
  granted: { status: 404, body: { errorCode: 'NOT_FOUND' } },
};

/** The bank delivers again on 5xx, and never on another status. */
export function answerNews(hostedCase: HostedCase): HostedAnswer {
  const answer = ANSWERS[hostedCase.is];
  if (hostedCase.is !== 'found') return answer;
  const { message, step } = hostedCase;
  if (message.content?.['amount'] !== step.input['amount']) {
    return { status: 422, body: { errorCode: 'AMOUNT_DIFFERS' } };
  }
  return { ...answer, apply: message.outcome! };
}
