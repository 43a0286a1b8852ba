/** The bank's side of direct debit: charges (54), asked about (55), cancelled (57), given back (58), approved by the payer (56). */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import {
  chargeBook,
  contentOf,
  isAmount,
  paidTimeOf,
  saidOf,
  type Charge,
  type Charges,
} from './simulator-charges.ts';
import type { News } from './simulator-news.ts';
import { jakarta } from './simulator-takings.ts';
import type { Answer } from './simulator-transactions.ts';
import type { Acts, BankParts } from './simulator-virtual-accounts.ts';
import { wordOf } from './values.ts';

const NOTIFY_PATH = '/v1.0/debit/notify';

/** Card tokens that begin so are refused; any other is charged at once. */
const BAD_TOKENS: readonly [start: string, key: string][] = [
  ['empty', '403/14'],
  ['blocked', '403/07'],
  ['expired', '403/08'],
];

interface DebitParts extends BankParts {
  news: News;
}

export function debits(parts: DebitParts): Acts {
  const { harness, options, serve } = parts;
  const charges = chargeBook('DD', () => options.now());
  let cannotRefund = false;

  serve('54', 'POST', 'debit/payment-host-to-host', async (body) => {
    const refusal = refusalOf(charges, body);
    if (refusal) return refusal;
    const expiresAt = Date.parse(wordOf(body['validUpTo']));
    const number = wordOf(body['partnerReferenceNo']);
    const charge = charges.add({
      ...{ number, content: contentOf(body), amount: body['amount'] as JsonObject },
      expiresAt: Number.isNaN(expiresAt) ? Infinity : expiresAt,
    });
    const { referenceNo } = charge;
    const same = { referenceNo, partnerReferenceNo: number };
    if (body['bankCardToken'] !== undefined) {
      take(parts, charge);
      return ['200/00', { ...same, approvalCode: '201039000200' }];
    }
    harness.enter('debitPage', number);
    if (harness.take('newsFirst', '/v1.0/debit/payment-host-to-host')) await approve(parts, charges, charge);
    const delayMs = parts.autoPayMs();
    if (delayMs !== null) options.after(delayMs, () => void approve(parts, charges, charge));
    return ['200/00', { ...same, webRedirectUrl: `https://bank.example/bayar?biz=${referenceNo}` }];
  });
  serve('55', 'POST', 'debit/status', (body) => statusAnswer(charges, body));
  serve('57', 'POST', 'debit/cancel', (body) => cancelled(charges, body));
  serve('58', 'POST', 'debit/refund', (body) => (cannotRefund ? ['405/01'] : refunded(parts, charges, body)));

  const named = (detail: JsonObject): Charge => {
    const found = charges.find(detail);
    if (!found) throw new Error('The bank has no such charge');
    return found;
  };
  return {
    payDebit: async (detail) => approve(parts, charges, named(detail), detail['insist'] === true),
    failDebit: async (detail) => tell(parts, named(detail), '06'),
    cannotRefund: async ({ enabled }) => {
      cannotRefund = enabled === true;
      return {};
    },
  };
}

function refusalOf(charges: Charges, body: JsonObject): Answer | null {
  if (wordOf(body['partnerReferenceNo']) === '' || body['amount'] === undefined) return ['400/02'];
  if (!isAmount(body['amount'])) return ['400/01'];
  const known = charges.byNumber(wordOf(body['partnerReferenceNo']));
  if (known) return known.content === contentOf(body) ? ['409/01'] : ['404/18'];
  const token = wordOf(body['bankCardToken']);
  const bad = BAD_TOKENS.find(([start]) => token.startsWith(start));
  if (bad) return [bad[1]];
  return token.startsWith('otp') && body['otp'] === undefined ? ['403/13'] : null;
}

/** The money moves. */
function take({ harness, options, takings }: BankParts, charge: Charge): void {
  const { number, referenceNo, amount } = charge;
  const isOpen = charge.status === '01';
  charge.status = '00';
  charge.paidAt = options.now();
  harness.enter(isOpen ? 'debit' : 'lateDebit', number, { amount });
  takings.take({ partnerReferenceNo: number, referenceNo, amount });
}

/** The payer says yes on the bank's page. */
async function approve(
  parts: DebitParts,
  charges: Charges,
  charge: Charge,
  insists = false,
): Promise<JsonObject> {
  if ((charge.status !== '01' || charges.isOver(charge)) && !insists) return { refused: true };
  take(parts, charge);
  return tell(parts, charge, '00');
}

function tell({ news, options }: DebitParts, charge: Charge, status: string): Promise<JsonObject> {
  charge.status = status;
  const { amount } = charge;
  return news.tell(NOTIFY_PATH, { ...saidOf(charge), amount, finishedTime: jakarta(options.now()) });
}

function statusAnswer(charges: Charges, body: JsonObject): Answer {
  if (body['serviceCode'] !== '54') return ['400/02'];
  const charge = charges.find(body);
  if (!charge) return ['404/01'];
  const told = { ...saidOf(charge), serviceCode: '54', ...paidTimeOf(charge), transAmount: charge.amount };
  return ['200/00', told];
}

function cancelled(charges: Charges, body: JsonObject): Answer {
  const charge = charges.find(body);
  if (!charge) return ['404/01'];
  if (charge.status === '05') return ['404/04'];
  if (charge.status !== '01') return ['404/00'];
  charge.status = '05';
  return ['200/00', { originalPartnerReferenceNo: charge.number, originalReferenceNo: charge.referenceNo }];
}

function refunded({ harness, takings }: DebitParts, charges: Charges, body: JsonObject): Answer {
  const charge = charges.find(body);
  if (!charge) return ['404/01'];
  const partnerRefundNo = wordOf(body['partnerRefundNo']);
  if (partnerRefundNo === '') return ['400/02'];
  if (charge.status === '04') return ['404/18'];
  if (charge.status !== '00') return ['404/00'];
  charge.status = '04';
  harness.enter('refund', charge.number);
  takings.giveBack(charge.referenceNo);
  return ['200/00', { refundNo: `RF${charge.referenceNo}`, partnerRefundNo, refundAmount: charge.amount }];
}
