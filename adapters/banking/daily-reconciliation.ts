/** What the bank took for us on a day: its history (svc 12, page by page) or its report of virtual accounts (svc 35). */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { caseOf, failureOf, succeeded } from './response-codes.ts';
import input from './schemas/daily-reconciliation.input.json' with { type: 'json' };
import output from './schemas/daily-reconciliation.output.json' with { type: 'json' };
import { listOf, objectOf, rupiahOf, textOf, timeOf, wordOf, zoneOf } from './values.ts';

interface DayQuestion {
  /** yyyy-MM-dd in the bank's zone. */
  date: string;
  /** HH:mm; a busy day is asked for in pieces. */
  fromTime?: string;
  /** HH:mm, to the end of that minute. */
  toTime?: string;
  source?: 'transactionHistory' | 'virtualAccountReport';
}

/** SNAP's own bound of a page. */
const PAGE_SIZE = 50;
/** The bus makes at most 10 exchanges of one operation. */
const LAST_PAGE = 9;

type Found = { payments: JsonObject[]; skipped: number; unreadable: number };

function sourceOf({ source }: DayQuestion, { settings }: Call): string {
  return source ?? textOf(settings['reconciliationSource']) ?? 'transactionHistory';
}

/** First and last second asked for, as `HH:mm:ss+07:00`. */
function timesOf({ date, fromTime = '00:00', toTime = '23:59' }: DayQuestion, call: Call): [string, string] {
  const offset = call.tools.zoned(`${date}T12:00:00Z`, zoneOf(call), 'XXX');
  return [`${fromTime}:00${offset}`, `${toTime}:59${offset}`];
}

function historyPage(question: DayQuestion, call: Call, page: number): WireRequest {
  const [from, to] = timesOf(question, call);
  const json = {
    partnerReferenceNo: call.key,
    fromDateTime: `${question.date}T${from}`,
    toDateTime: `${question.date}T${to}`,
    pageSize: String(PAGE_SIZE),
    pageNumber: String(page),
  };
  return { method: 'POST', path: '/v1.0/transaction-history-list', body: { json } };
}

/** The standard's table says GET, its sample and many banks say POST. */
function report(question: DayQuestion, call: Call): WireRequest {
  const [startTime, endTime] = timesOf(question, call);
  const { date } = question;
  const partnerServiceId = wordOf(call.settings['partnerServiceId']).padStart(8, ' ');
  const asked = { partnerServiceId, startDate: date, startTime, endDate: date, endTime };
  const path = '/v1.0/transfer-va/report';
  return call.settings['reportMethod'] === 'POST'
    ? { method: 'POST', path, body: { json: asked } }
    : { method: 'GET', path, query: asked };
}

function readPage(wire: WireReply, question: DayQuestion, call: Call): Outcome {
  const page = Number(call.carry?.['page'] ?? 0);
  const before = foundBefore(call);
  if (caseOf(wire) === '404/01') return dayOf(question, call, before, true);
  if (!succeeded(wire, '12')) return failureOf(wire, call);
  const rows = listOf(objectOf(wire.body)['detailData']);
  if (!rows) return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  const found = addAll(before, rows, (row) => paymentInHistory(row, call));
  if (rows.length < PAGE_SIZE) return dayOf(question, call, found, true);
  if (page >= LAST_PAGE) return dayOf(question, call, found, false);
  const request = historyPage(question, call, page + 1);
  return { is: 'more', request, carry: { page: page + 1, ...found } };
}

function foundBefore({ carry = {} }: Call): Found {
  const payments = listOf(carry['payments']) ?? [];
  return { payments, skipped: Number(carry['skipped'] ?? 0), unreadable: Number(carry['unreadable'] ?? 0) };
}

function readReport(wire: WireReply, question: DayQuestion, call: Call): Outcome {
  const none = { payments: [], skipped: 0, unreadable: 0 };
  if (caseOf(wire) === '404/01') return dayOf(question, call, none, true);
  if (!succeeded(wire, '35')) return failureOf(wire, call);
  const body = objectOf(wire.body);
  const rows = listOf(body['virtualAccountData'] ?? body['virtualAccountdata']);
  if (!rows) return { is: 'unknown', code: 'UNREADABLE_REPLY' };
  return dayOf(
    question,
    call,
    addAll(none, rows, (row) => paymentInReport(row, call)),
    true,
  );
}

function dayOf(question: DayQuestion, call: Call, found: Found, complete: boolean): Outcome {
  const source = sourceOf(question, call);
  return { is: 'ok', output: { date: question.date, source, complete, ...found } };
}

/** `skip`: no payment to us; null: one that cannot be read, which is counted and never passed over in silence. */
type ReadRow = (row: JsonObject) => JsonObject | 'skip' | null;

function addAll(before: Found, rows: JsonObject[], read: ReadRow): Found {
  const found = { ...before, payments: [...before.payments] };
  for (const row of rows) {
    const payment = read(row);
    if (payment === 'skip') found.skipped += 1;
    else if (payment === null) found.unreadable += 1;
    else found.payments.push(payment);
  }
  return found;
}

/** The standard names no field for our number in a row of the history: banks put it where they like. */
function paymentInHistory(row: JsonObject, call: Call): JsonObject | 'skip' | null {
  const isTaken = wordOf(row['status']).toUpperCase() === 'SUCCESS';
  const isIncoming = ['PAYMENT', 'RECEIVE_MONEY', 'TOP_UP'].includes(wordOf(row['type']).toUpperCase());
  if (!isTaken || !isIncoming) return 'skip';
  const fields = { ...objectOf(row['additionalInfo']), ...row };
  const inRemark = /(?<!\d)\d{20}(?!\d)/.exec(wordOf(row['remark']))?.[0];
  return paymentOf(call, {
    amount: row['amount'],
    paidAt: row['dateTime'],
    partnerReferenceNo:
      firstOf(fields, 'partnerReferenceNo', 'originalPartnerReferenceNo', 'trxId') ?? inRemark,
    bankReference: firstOf(fields, 'referenceNo', 'originalReferenceNo', 'transactionId'),
  });
}

function paymentInReport(row: JsonObject, call: Call): JsonObject | 'skip' | null {
  const flag = textOf(row['paymentFlagStatus']);
  if (flag !== undefined && flag !== '00') return 'skip';
  return paymentOf(call, {
    amount: row['paidAmount'],
    paidAt: row['trxDateTime'] ?? row['transactionDate'],
    partnerReferenceNo: textOf(row['trxId']),
    bankReference: firstOf(row, 'referenceNo', 'paymentRequestId'),
    virtualAccountNo: textOf(row['virtualAccountNo'])?.trim(),
  });
}

function firstOf(fields: JsonObject, ...names: string[]): string | undefined {
  return names.map((name) => textOf(fields[name])).find((text) => text !== undefined);
}

function paymentOf(
  call: Call,
  { amount, paidAt, ...texts }: Record<string, JsonObject[string] | undefined>,
): JsonObject | null {
  const rupiah = rupiahOf(amount);
  if (rupiah === null) return null;
  const time = timeOf(paidAt, call);
  const payment: JsonObject = { amount: rupiah, ...(time !== undefined && { paidAt: time }) };
  for (const [name, text] of Object.entries(texts)) if (text !== undefined) payment[name] = text;
  return payment;
}

export const dailyReconciliation: Operation<DayQuestion> = {
  title: { id: 'Daftar pembayaran sehari untuk rekonsiliasi', en: "A day's payments, for reconciliation" },
  effect: 'read',
  input,
  output,
  timeout: '60s',
  request: (question, call) =>
    sourceOf(question, call) === 'transactionHistory'
      ? historyPage(question, call, 0)
      : report(question, call),
  reply: (wire, question, call) =>
    sourceOf(question, call) === 'transactionHistory'
      ? readPage(wire, question, call)
      : readReport(wire, question, call),
};
