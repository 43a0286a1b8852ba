/** What the bank took, transferred and gave back: its history (svc 12), its report (svc 35), a transfer's status (svc 36). */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Answer, Serve } from './simulator-transactions.ts';
import { moneyOf, wordOf } from './values.ts';

const JAKARTA_MS = 7 * 3_600_000;

/** An instant in Jakarta, 25 characters. */
export const jakarta = (ms: number): string =>
  `${new Date(ms + JAKARTA_MS).toISOString().slice(0, 19)}+07:00`;

export interface Taking {
  partnerReferenceNo: string;
  referenceNo: string;
  amount: JsonObject;
  at: number;
  type: 'PAYMENT' | 'REFUND';
  /** The report's own fields, for a virtual account. */
  account?: JsonObject;
}

export interface Takings {
  take(taking: Omit<Taking, 'at' | 'type'>): void;
  /** The money of a payment goes back. */
  giveBack(referenceNo: string): void;
  /** Enters a transfer, for its status. */
  transfer(detail: JsonObject): void;
}

export function takingsOf(serve: Serve, options: SimulatorOptions): Takings {
  const all: Taking[] = [];
  const transfers: JsonObject[] = [];
  const within = (from: number, to: number): Taking[] =>
    all.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => b.at - a.at);

  serve('12', 'POST', 'transaction-history-list', (body) => history(body, within));
  for (const method of ['GET', 'POST'])
    serve('35', method, 'transfer-va/report', (body) => report(body, within, options));
  serve('36', 'POST', 'transfer/status', (body) => statusOf(body, transfers));

  return {
    take: (taking) => void all.push({ ...taking, at: options.now(), type: 'PAYMENT' }),
    giveBack(referenceNo) {
      const taken = all.find((one) => one.referenceNo === referenceNo && one.type === 'PAYMENT');
      if (taken) all.push({ ...taken, at: options.now(), type: 'REFUND' });
    },
    transfer: (detail) => void transfers.push(detail),
  };
}

type Within = (from: number, to: number) => Taking[];

/** Newest first, at most 50 a page; 400/01 for a range that is none. */
function history(body: JsonObject, within: Within): Answer {
  const [from, to] = [body['fromDateTime'], body['toDateTime']].map((time) => Date.parse(wordOf(time)));
  const [size, page] = [Number(body['pageSize'] ?? 10), Number(body['pageNumber'] ?? 0)];
  if (!(from! <= to!) || !(size >= 1 && size <= 50) || !(page >= 0)) return ['400/01'];
  const rows = within(from!, to!).slice(page * size, (page + 1) * size);
  const detailData = rows.map(({ at, amount, type, partnerReferenceNo, referenceNo }) => ({
    dateTime: jakarta(at),
    amount,
    remark: `${type} ${partnerReferenceNo}`,
    sourceOfFunds: [{ source: 'BALANCE', amount }],
    status: 'SUCCESS',
    type,
    additionalInfo: { partnerReferenceNo, referenceNo },
  }));
  return ['200/00', { detailData }];
}

/** Payments of virtual accounts, but those that went back; under the standard's own misspelt name. */
function report(body: JsonObject, within: Within, { settings }: SimulatorOptions): Answer {
  const [from, to] = ['start', 'end'].map((end) =>
    Date.parse(`${wordOf(body[`${end}Date`])}T${wordOf(body[`${end}Time`])}`),
  );
  if (wordOf(body['partnerServiceId']).trim() !== wordOf(settings['partnerServiceId'])) return ['404/11'];
  if (!(from! <= to!)) return ['400/01'];
  const found = within(from!, Infinity);
  const back = new Set(found.filter(({ type }) => type === 'REFUND').map((one) => one.referenceNo));
  const rows = found.filter((one) => one.account && one.at <= to! && !back.has(one.referenceNo));
  if (rows.length === 0) return ['404/01'];
  return ['200/00', { virtualAccountdata: rows.map(({ account }) => account!) }];
}

/** Two transfers are there from the start. */
const KNOWN: JsonObject[] = [
  {
    originalPartnerReferenceNo: 'SETTLE-20260115-01',
    originalReferenceNo: 'TRF0001',
    serviceCode: '18',
    amount: moneyOf(5_000_000),
    latestTransactionStatus: '00',
  },
  {
    originalPartnerReferenceNo: 'SETTLE-20260115-02',
    originalReferenceNo: 'TRF0002',
    serviceCode: '22',
    amount: moneyOf(250_000_000),
    latestTransactionStatus: '03',
  },
];

function statusOf(body: JsonObject, transfers: JsonObject[]): Answer {
  const { originalPartnerReferenceNo: ours, originalReferenceNo: theirs, serviceCode } = body;
  if (serviceCode === undefined) return ['400/02'];
  const found = [...KNOWN, ...transfers].findLast(
    (one) =>
      one['serviceCode'] === serviceCode &&
      (ours === undefined || one['originalPartnerReferenceNo'] === ours) &&
      (theirs === undefined || one['originalReferenceNo'] === theirs),
  );
  return found ? ['200/00', found] : ['404/01'];
}
