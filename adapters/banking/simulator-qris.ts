/** The bank's side of QRIS: codes made (47), asked about (51), cancelled (77), scanned and paid by its customers (52). */
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
import type { Answer } from './simulator-transactions.ts';
import type { Acts, BankParts } from './simulator-virtual-accounts.ts';
import { moneyOf, wordOf } from './values.ts';

const NOTIFY_PATH = '/v1.0/qr/qr-mpm-notify';

/** What the acts have made of this bank. */
interface Habits {
  broken: number;
  /** Gives a code's content once and never again. */
  keepsCodes: boolean;
  cannotCancel: boolean;
}

interface QrisParts extends BankParts {
  news: News;
}

export function qrisCodes(parts: QrisParts): Acts {
  const { options, serve } = parts;
  const codes = chargeBook('QR', () => options.now());
  const habits: Habits = { broken: 0, keepsCodes: false, cannotCancel: false };
  const pay = payer(parts, codes);

  serve('47', 'POST', 'qr/qr-mpm-generate', async (body) => {
    const number = wordOf(body['partnerReferenceNo']);
    const expiresAt = Date.parse(wordOf(body['validityPeriod']));
    if (number === '' || body['amount'] === undefined) return ['400/02'];
    if (!isAmount(body['amount']) || !(expiresAt > 0)) return ['400/01'];
    const content = contentOf(body, 'validityPeriod');
    const known = codes.byNumber(number);
    if (known) return repeated(codes, known, content, expiresAt, habits);
    const code = codes.add({ number, content, amount: body['amount'], expiresAt });
    parts.harness.enter('qrisCode', number, { referenceNo: code.referenceNo });
    code.answer = made(code, habits);
    if (parts.harness.take('newsFirst', '/v1.0/qr/qr-mpm-generate')) await pay(code, {});
    const delayMs = parts.autoPayMs();
    if (delayMs !== null) options.after(delayMs, () => void pay(code, {}));
    return ['200/00', code.answer];
  });
  serve('51', 'POST', 'qr/qr-mpm-query', (body) => queried(codes, body));
  serve('77', 'POST', 'qr/qr-mpm-cancel', (body) => cancelled(codes, body, habits));

  const named = (detail: JsonObject): Charge => {
    const found = codes.find(detail);
    if (!found) throw new Error('The bank has no such code');
    return found;
  };
  return {
    payQr: async (detail) => pay(named(detail), detail),
    failQr: async (detail) => endAs(parts, named(detail), '06'),
    refundQr: async (detail) => endAs(parts, named(detail), '04'),
    breakQr: async ({ times }) => {
      habits.broken = Number(times ?? 1);
      return {};
    },
    keepQr: async ({ enabled }) => {
      habits.keepsCodes = enabled === true;
      return {};
    },
    cannotCancelQr: async ({ enabled }) => {
      habits.cannotCancel = enabled === true;
      return {};
    },
  };
}

/** A number seen before: another content is inconsistent; the same gets its code again, valid for longer. */
function repeated(
  codes: Charges,
  known: Charge,
  content: string,
  expiresAt: number,
  { keepsCodes }: Habits,
): Answer {
  if (known.content !== content) return ['404/18'];
  if (known.status === '00') return ['404/14'];
  if (known.status !== '01') return ['404/04'];
  if (keepsCodes) return ['409/01'];
  if (codes.isOver(known)) return ['404/19'];
  known.expiresAt = expiresAt;
  return ['200/00', known.answer];
}

function made({ number, referenceNo, amount }: Charge, habits: Habits): JsonObject {
  const qrContent = codeFor(number, wordOf(amount['value']));
  const broken = habits.broken > 0;
  if (broken) habits.broken -= 1;
  return {
    referenceNo,
    partnerReferenceNo: number,
    qrContent: broken ? `${qrContent.slice(0, -4)}M2B3` : qrContent,
    qrUrl: `https://bank.example/qr/${referenceNo}.png`,
    merchantName: 'MPP KOTA CONTOH',
  };
}

/** A dynamic code; its checksum is written apart from the adapter's, as a second opinion on it. */
function codeFor(number: string, amount: string): string {
  const tlv = (tag: string, value: string): string => tag + String(value.length).padStart(2, '0') + value;
  const account = tlv('00', 'ID.CO.CONTOH.WWW') + tlv('01', '936000990000000017') + tlv('03', 'UMI');
  const national = tlv('00', 'ID.CO.QRIS.WWW') + tlv('02', 'ID1020000000001') + tlv('03', 'UMI');
  const text = [
    ...[tlv('00', '01'), tlv('01', '12'), tlv('26', account), tlv('51', national), tlv('52', '9399')],
    ...[tlv('53', '360'), tlv('54', amount), tlv('58', 'ID'), tlv('59', 'MPP KOTA CONTOH')],
    ...[tlv('60', 'KOTA CONTOH'), tlv('61', '12345'), tlv('62', tlv('01', number.slice(0, 25)))],
  ].join('');
  return sealed(`${text}6304`);
}

function sealed(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    let x = ((crc >> 8) ^ byte) & 0xff;
    x ^= x >> 4;
    crc = ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x) & 0xffff;
  }
  return text + crc.toString(16).toUpperCase().padStart(4, '0');
}

function queried(codes: Charges, body: JsonObject): Answer {
  if (body['serviceCode'] !== '47') return ['400/02'];
  const code = codes.find(body);
  if (!code) return ['404/01'];
  return ['200/00', { ...saidOf(code), serviceCode: '47', ...paidTimeOf(code), amount: code.amount }];
}

function cancelled(codes: Charges, body: JsonObject, { cannotCancel }: Habits): Answer {
  if (cannotCancel) return ['405/00'];
  if (wordOf(body['merchantId']) === '' || wordOf(body['reason']) === '') return ['400/02'];
  const code = codes.find(body);
  if (!code) return ['404/01'];
  if (code.status === '00') return ['404/14'];
  if (code.status !== '01') return ['404/04'];
  code.status = '05';
  return ['200/00', { originalPartnerReferenceNo: code.number, originalReferenceNo: code.referenceNo }];
}

type Pay = (code: Charge, detail: JsonObject) => Promise<JsonObject>;

/** Somebody scans: the money moves and our side is told. `insist` pays what the bank would not let him pay. */
function payer(parts: QrisParts, codes: Charges): Pay {
  const { harness, options, takings } = parts;
  return async (code, detail) => {
    const isPayable = code.status === '01' && !codes.isOver(code);
    if (!isPayable && detail['insist'] !== true) return { refused: true };
    const amount = typeof detail['amount'] === 'number' ? moneyOf(detail['amount']) : code.amount;
    code.paidAt = options.now();
    code.amount = amount;
    harness.enter(isPayable ? 'qrisPayment' : 'lateQrisPayment', code.number, { amount });
    takings.take({ partnerReferenceNo: code.number, referenceNo: code.referenceNo, amount });
    return endAs(parts, code, '00');
  };
}

function endAs({ news, takings }: QrisParts, code: Charge, status: string): Promise<JsonObject> {
  code.status = status;
  if (status === '04') takings.giveBack(code.referenceNo);
  return news.tell(NOTIFY_PATH, {
    ...saidOf(code),
    customerNumber: '6281000000000',
    accountType: 'tabungan',
    destinationNumber: '8377388292',
    destinationAccountName: 'MPP KOTA CONTOH',
    amount: code.amount,
    sessionId: '0UYEB77329002HY',
    bankCode: '002',
  });
}
