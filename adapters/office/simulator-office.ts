/** The office behind the stand-in: it holds each request to its API key and takes a case and a posting once for each request id. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';
import { blockOf, factsOf, hasLetter, isHold } from './simulator-kinds.ts';

const PATH = '/office/v1/cases';
const DECISION_MS = 200;
const NOT_FOUND = { code: 'CASE_NOT_FOUND' };
/** What a case comes to, by the last digits of its NIK or reference. */
const ENDS: Record<string, JsonObject> = {
  '9921': { status: 'REFUSED', reason: 'REQUIREMENT_NOT_MET', text: 'Syarat belum terpenuhi' },
  '9922': { status: 'RETURNED', reason: 'DATA_MISMATCH' },
  '9924': { status: 'RETURNED', reason: 'DOC_UNREADABLE' },
  '9925': { status: 'REFUSED', reason: 'NOT_ELIGIBLE', text: 'Tidak berhak' },
  '9926': { status: 'OPEN' },
};

interface Case extends JsonObject {
  caseNumber: string;
  requestId: string;
  status: string;
}

interface Office {
  options: SimulatorOptions;
  harness: Harness;
  news: NewsDesk;
  all: Case[];
  /** What was asked for, by case number. */
  asked: Map<string, JsonObject>;
  /** Facts set by hand, by kind. */
  known: Map<string, JsonObject>;
  held: boolean;
  delayMs: number;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function office(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  const one: Office = {
    ...{ options, harness, news, all: [], asked: new Map(), known: new Map() },
    ...{ held: false, delayMs: DECISION_MS },
  };
  harness.app.use('/office/*', async (c, next) => {
    if (c.req.header('x-api-key') !== options.settings['apiKey']) return c.json({ code: 'BAD_API_KEY' }, 401);
    return next();
  });
  lookUpRoute(one);
  caseRoutes(one);
  postingRoute(one);
  return acts(one);
}

/** The last four digits of each, wherever they stand: KB 9921 ZZ is 9921. */
const serialOf = (...texts: unknown[]): string[] =>
  texts.map((text) =>
    String(text ?? '')
      .replaceAll(/\D/g, '')
      .slice(-4),
  );

function factsFor({ known, options }: Office, asked: JsonObject): JsonObject {
  return { ...factsOf(asked, options.now()), ...known.get(String(asked['kind'])) };
}

function lookUpRoute(one: Office): void {
  one.harness.app.post('/office/v1/lookups', async (c) => {
    const asked = await c.req.json<JsonObject>();
    const { kind, nik, reference } = asked;
    if (typeof kind !== 'string' || asked['officeCode'] !== one.options.settings['officeCode'])
      return c.json({ code: 'BAD_FORM' }, 400);
    const serials = serialOf(nik, reference);
    const block = blockOf(kind);
    if (block && serials.includes('9921')) return c.json({ status: 'BLOCKED', ...block });
    if (serials.includes('9922')) return c.json({ status: 'MISMATCH' });
    if (serials.includes('9923')) return c.json({ status: 'NOT_FOUND' });
    return c.json({ status: 'CLEAR', facts: factsFor(one, asked) });
  });
}

function caseRoutes(one: Office): void {
  const { app } = one.harness;
  const found = (c: Context): Case | undefined =>
    one.all.find(({ requestId }) => requestId === c.req.query('requestId'));
  app.post(PATH, (c) => open(one, c));
  app.get(PATH, (c) => {
    const mine = found(c);
    return mine ? c.json(mine) : c.json(NOT_FOUND, 404);
  });
  app.delete(PATH, (c) => {
    const mine = found(c);
    if (!mine) return c.json(NOT_FOUND, 404);
    const kind = String(one.asked.get(mine.caseNumber)!['kind']);
    if (mine.status === 'GRANTED' && !isHold(kind)) return c.json({ code: 'ALREADY_GRANTED' }, 409);
    if (mine.status !== 'CLOSED') one.harness.enter('caseClosed', mine.requestId);
    mine.status = 'CLOSED';
    return c.json({ caseNumber: mine.caseNumber, status: mine.status });
  });
}

async function open(one: Office, c: Context): Promise<Response> {
  const { harness, news, options } = one;
  const asked = await c.req.json<JsonObject>();
  const { requestId, kind, applicant } = asked;
  const { nik, name } = (applicant ?? {}) as JsonObject;
  if (typeof requestId !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    return c.json({ code: 'BAD_FORM' }, 400);
  const known = one.all.find((other) => other.requestId === requestId);
  if (known) return c.json({ code: 'DUPLICATE', ...known }, 409);
  const serial = String(one.all.length + 1).padStart(6, '0');
  const year = new Date(options.now()).getUTCFullYear();
  const caseNumber = `${options.settings['officeCode'] as string}-${year}-${serial}`;
  const taken: Case = { caseNumber, requestId, status: 'OPEN' };
  one.all.push(taken);
  one.asked.set(caseNumber, { ...asked, ...(nik && { nik }) });
  harness.enter('case', requestId, { caseNumber });
  if (news.overtakes()) await news.tell({ ...taken });
  options.after(news.lateness() || one.delayMs, () => {
    if (!one.held && taken.status === 'OPEN') void decideAlone(one, taken);
  });
  return c.json({ ...taken }, 202);
}

async function decideAlone(one: Office, taken: Case): Promise<void> {
  const asked = one.asked.get(taken.caseNumber)!;
  const serial = serialOf(asked['nik'], asked['reference']).find((end) => Object.hasOwn(ENDS, end));
  const decision = serial === undefined ? { status: 'GRANTED' } : ENDS[serial]!;
  if (decision['status'] !== 'OPEN') await turn(one, taken, decision);
}

/** Sets a case's status and tells the bus; what the bus answered. */
function turn(one: Office, taken: Case, decision: JsonObject): Promise<number> {
  Object.assign(taken, decision);
  if (taken.status === 'GRANTED') {
    const asked = one.asked.get(taken.caseNumber)!;
    const document = btoa(pdf(`${String(asked['kind'])} ${taken.caseNumber}`));
    Object.assign(taken, {
      facts: { letterNumber: taken.caseNumber, ...factsFor(one, asked) },
      ...(hasLetter(String(asked['kind'])) && { document }),
    });
    one.harness.enter('caseGranted', taken.requestId);
  }
  return one.news.tell({ ...taken });
}

function postingRoute({ harness, options }: Office): void {
  const receipts = new Map<string, JsonObject>();
  harness.app.post('/office/v1/postings', async (c) => {
    const { requestId, kind, reference, amount } = await c.req.json<JsonObject>();
    if (typeof requestId !== 'string' || typeof kind !== 'string' || typeof reference !== 'string')
      return c.json({ code: 'BAD_FORM' }, 400);
    if (serialOf(reference).includes('9927') && Number(amount) > 0)
      return c.json({ code: 'AMOUNT_MISMATCH' }, 422);
    const known = receipts.get(requestId);
    if (known) return c.json(known, 200);
    const receiptNumber = `R-${String(receipts.size + 1).padStart(6, '0')}`;
    const receipt = { status: 'TAKEN', receiptNumber, receivedAt: new Date(options.now()).toISOString() };
    receipts.set(requestId, receipt);
    harness.enter('posting', requestId, { receiptNumber });
    return c.json(receipt, 201);
  });
}

function acts(one: Office): Acts {
  const find = ({ caseNumber, requestId }: JsonObject): Case => {
    const found = one.all.find((other) => other.caseNumber === caseNumber || other.requestId === requestId);
    if (!found) throw new Error('No case has this caseNumber or requestId');
    return found;
  };
  return {
    async hold() {
      one.held = true;
      return {};
    },
    async release() {
      one.held = false;
      for (const taken of one.all) if (taken.status === 'OPEN') await decideAlone(one, taken);
      return {};
    },
    async delay({ ms }) {
      one.delayMs = Number(ms);
      return {};
    },
    async decide({ status, reason, text, ...detail }) {
      const decision = { status: status!, ...(reason && { reason }), ...(text && { text }) };
      return { answered: await turn(one, find(detail), decision) };
    },
    async close(detail) {
      return { answered: await turn(one, find(detail), { status: 'CLOSED' }) };
    },
    async know({ kind, facts }) {
      one.known.set(String(kind), facts as JsonObject);
      return {};
    },
  };
}
