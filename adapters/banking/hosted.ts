/** What a bank calls at our side: its token (svc 73), what is owed (svc 24), what was paid (svc 25; 52 and 56 are notifications). */
import type {
  Hosted,
  HostedAnswer,
  HostedCall,
  HostedCase,
  HostedMessage,
  HostedRequest,
  JsonObject,
  StepView,
} from '../../src/adapter-kit/contract.ts';
import { fieldOf, say, sayRefusal } from './hosted-answers.ts';
import { debitNotified, qrisNotified } from './notifications.ts';
import { moneyOf, objectOf, rupiahOf, textOf } from './values.ts';
import { freeText, paidOf, type PaymentInput } from './virtual-account.ts';

type Found = Extract<HostedCase, { is: 'found' }>;

/** Reasons in both languages (ASPI SNAP BI 1.6: inquiryReason, paymentFlagReason). */
const reasons: Record<string, JsonObject> = {
  '200/00': { english: 'Success', indonesia: 'Sukses' },
  '404/12': { english: 'Bill not found', indonesia: 'Tagihan tidak ditemukan' },
  '404/13': { english: 'Invalid amount', indonesia: 'Jumlah tidak sesuai' },
  '404/14': { english: 'Bill has been paid', indonesia: 'Tagihan telah dibayar' },
  '404/18': { english: 'Inconsistent request', indonesia: 'Permintaan tidak konsisten' },
  '404/19': { english: 'Bill has expired', indonesia: 'Tagihan telah kedaluwarsa' },
};

/** What both messages share: the account as the bank wrote it, and how it finds the step. */
function readAccount({ body }: HostedRequest): {
  found: Pick<HostedMessage, 'key' | 'reference'>;
  account: JsonObject;
} {
  const fields = objectOf(body);
  const reference = fieldOf(fields, 'virtualAccountNo', /^\d{1,28}$/);
  const trxId = textOf(fields['trxId']);
  const key = trxId !== undefined && /^\d{1,20}$/.test(trxId) ? { key: trxId } : {};
  const account = {
    partnerServiceId: textOf(fields['partnerServiceId']) ?? '',
    customerNo: textOf(fields['customerNo']) ?? '',
    virtualAccountNo: textOf(fields['virtualAccountNo'])!,
  };
  return { found: { reference, ...key }, account };
}

const token: Hosted = {
  grants: 'bearer',
  path: '/v1.0/access-token/b2b',
  proof: 'token',
  read({ headers, body }) {
    // One well-known client library writes grant_type.
    const { grantType, grant_type: snake } = objectOf(body);
    if ((grantType ?? snake) !== 'client_credentials') throw new Error('invalid grantType');
    return { id: `token-${headers['x-timestamp'] ?? ''}` };
  },
  answer(hostedCase) {
    if (hostedCase.is !== 'granted') return sayRefusal('73', hostedCase);
    const expiresIn = String(hostedCase.expiresInSeconds);
    return say('73', '200/00', { accessToken: hostedCase.token, tokenType: 'Bearer', expiresIn });
  },
};

const bill: Hosted = {
  asks: 'collectPayment',
  path: '/v1.0/transfer-va/inquiry',
  proof: 'symmetric',
  read(request) {
    const { found, account } = readAccount(request);
    const inquiryRequestId = fieldOf(objectOf(request.body), 'inquiryRequestId', /^.{1,128}$/);
    return { id: `inquiry-${inquiryRequestId}`, ...found, content: { ...account, inquiryRequestId } };
  },
  answer(hostedCase, call) {
    if (hostedCase.is === 'found') return billAnswer(hostedCase, call);
    if (hostedCase.is === 'none') return sayBill('404/12', hostedCase.message);
    if (hostedCase.is === 'conflict') return sayBill('404/18', hostedCase.message);
    return sayRefusal('24', hostedCase);
  },
};

function billAnswer({ message, step }: Found, { now }: HostedCall): HostedAnswer {
  if (step.state === 'done') return sayBill('404/14', message);
  const ends = Date.parse(textOf(step.output['expiresAt']) ?? '');
  if (ends <= Date.parse(now)) return sayBill('404/19', message);
  if (step.state === 'closed') return sayBill('404/12', message);
  const { payerName, amount, description } = step.input as unknown as PaymentInput;
  return sayBill('200/00', message, {
    virtualAccountName: payerName,
    totalAmount: moneyOf(amount),
    virtualAccountTrxType: 'C',
    ...(description && { freeTexts: [freeText(description)] }),
  });
}

function sayBill(key: string, message: HostedMessage, extra: JsonObject = {}): HostedAnswer {
  const inquiryStatus = key === '200/00' ? '00' : '01';
  const data = { inquiryStatus, inquiryReason: reasons[key]!, ...message.content, ...extra };
  return say('24', key, { virtualAccountData: data });
}

const paid: Hosted = {
  tells: 'collectPayment',
  path: '/v1.0/transfer-va/payment',
  proof: 'symmetric',
  /** flagAdvise and X-EXTERNAL-ID stay out of the content: a repeat differs in them and is still the same payment. */
  read(request, call) {
    const { found, account } = readAccount(request);
    const body = objectOf(request.body);
    const paymentRequestId = fieldOf(body, 'paymentRequestId', /^.{1,128}$/);
    if (body['paidAmount'] === undefined) throw new Error('missing paidAmount');
    if (rupiahOf(body['paidAmount']) === null) throw new Error('invalid paidAmount');
    const told: JsonObject = { ...account, paymentRequestId, paidAmount: body['paidAmount'] };
    for (const name of ['trxDateTime', 'referenceNo']) {
      const text = textOf(body[name]);
      if (text !== undefined) told[name] = text;
    }
    if (!paidOf(told, call)) throw new Error('invalid paidAmount');
    return { id: `pay-${paymentRequestId}`, ...found, content: told };
  },
  answer(hostedCase, call) {
    if (hostedCase.is === 'found') return paidAnswer(hostedCase, call);
    // The payment may outrun our own knowledge of the bill: the bank is to advise again, not to give the money back.
    if (hostedCase.is === 'none') return sayRefusal('25', { is: 'busy' });
    if (hostedCase.is === 'conflict') return sayPaid('404/18', hostedCase.message);
    return sayRefusal('25', hostedCase);
  },
};

function paidAnswer({ message, step }: Found, call: HostedCall): HostedAnswer {
  const proof = paidOf(message.content ?? {}, call)!;
  if (step.state === 'open') {
    if (proof.output['amount'] !== step.input['amount']) return sayPaid('404/13', message);
    return { ...sayPaid('200/00', message), apply: proof };
  }
  if (step.state === 'done' && isSamePayment(proof.output, step)) return sayPaid('200/00', message);
  // Money for a bill that takes none: applied all the same, so that the bus keeps it for a person as a refund to make.
  return { ...sayPaid(step.state === 'done' ? '404/14' : '404/12', message), apply: proof };
}

/** The status answer, which may have settled the step first, does not always name the payment request. */
function isSamePayment(told: JsonObject, { output }: StepView): boolean {
  const known = output['paymentRequestId'];
  if (known !== undefined) return known === told['paymentRequestId'];
  return output['bankReference'] === told['bankReference'];
}

function sayPaid(key: string, message: HostedMessage): HostedAnswer {
  const paymentFlagStatus = key === '200/00' ? '00' : '01';
  const data = { paymentFlagStatus, paymentFlagReason: reasons[key]!, ...message.content, billDetails: [] };
  return say('25', key, { virtualAccountData: data });
}

export const hosted: Record<string, Hosted> = { token, bill, paid, qrisNotified, debitNotified };
