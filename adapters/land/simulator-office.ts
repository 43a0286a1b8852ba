/** The office behind the stand-in: it holds each request to its API key and takes a ticket once for each request id. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';
import { titleHolds, type Holds } from './simulator-holds.ts';

const PATH = '/land/v1/tickets';
const DECISION_MS = 200;
const DAY_MS = 86_400_000;
/** Our own figure: an order is open for a week. */
const ORDER_DAYS = 7;
/** 1 per mille of the value and a fee (PP 128/2015, as the mall's catalogue has it), in whole rupiah. */
const FEE = 50_000;
const NOT_FOUND = { code: 'NOT_FOUND' };
const TITLES: Record<string, string> = { '9921': 'BLOCKED', '9922': 'DISPUTED', '9924': 'MORTGAGED' };
const BUYERS: Record<string, JsonObject> = {
  '9921': { status: 'REFUSED', reason: 'DISPUTE' },
  '9922': { status: 'IN_PROCESS' },
};

interface Ticket extends JsonObject {
  ticketNumber: string;
  requestId: string;
  status: string;
  paymentOrder: { billingCode: string; amount: number; expiresAt: string };
}

interface Office {
  options: SimulatorOptions;
  harness: Harness;
  news: NewsDesk;
  holds: Holds;
  all: Ticket[];
  /** Whose ticket it is to be and under which hold, by ticket number. */
  asked: Map<string, { buyer: string; certificateNumber: string; hold: unknown }>;
  held: boolean;
  delayMs: number;
  payMs: number | null;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function landOffice(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  harness.app.use('/land/*', async (c, next) => {
    if (c.req.header('x-api-key') !== options.settings['apiKey']) return c.json({ code: 'BAD_API_KEY' }, 401);
    return next();
  });
  const office: Office = {
    ...{ options, harness, news, all: [], asked: new Map() },
    ...{ held: false, delayMs: DECISION_MS, payMs: null },
    holds: titleHolds(harness, options, noHoldFor),
  };
  titleRoute(office);
  submitRoute(office);
  otherRoutes(office);
  return { ...acts(office), ...office.holds.acts };
}

const isUnknown = (certificateNumber: string): boolean => certificateNumber.endsWith('9923');
const isHolder = (nik: string): boolean => !nik.endsWith('9929');

function noHoldFor(certificateNumber: string, nik: string): ReturnType<Parameters<typeof titleHolds>[2]> {
  if (isUnknown(certificateNumber)) return { code: 'TITLE_NOT_FOUND', status: 404 };
  const status = TITLES[certificateNumber.slice(-4)];
  if (status === 'BLOCKED' || status === 'DISPUTED') return { code: `TITLE_${status}`, status: 422 };
  return isHolder(nik) ? null : { code: 'HOLDER_MISMATCH', status: 422 };
}

function titleRoute({ harness, options }: Office): void {
  harness.app.post('/land/v1/title-checks', async (c) => {
    const asked = await c.req.json<JsonObject>();
    const { certificateNumber } = asked;
    if (typeof certificateNumber !== 'string' || asked['officeCode'] !== options.settings['officeCode'])
      return c.json({ code: 'BAD_FORM' }, 400);
    if (isUnknown(certificateNumber)) return c.json({ code: 'TITLE_NOT_FOUND' }, 404);
    const status = TITLES[certificateNumber.slice(-4)] ?? 'CLEAR';
    const nik = (asked['holder'] as JsonObject | undefined)?.['nik'];
    const holderMatches = typeof nik === 'string' && isHolder(nik);
    return c.json({ certificateNumber, status, holderMatches, areaSquareMetres: 120.5 });
  });
}

function submitRoute(office: Office): void {
  const { harness, news } = office;
  harness.app.post(PATH, async (c) => {
    const { data, deedBytes } = await form(c);
    const { requestId, certificateNumber, value, to } = data;
    const buyer = (to as JsonObject | undefined)?.['nik'];
    const whole = typeof requestId === 'string' && typeof certificateNumber === 'string';
    if (!whole || typeof value !== 'number' || typeof buyer !== 'string')
      return c.json({ code: 'BAD_FORM' }, 400);
    const known = office.all.find((one) => one.requestId === requestId);
    if (known) return c.json({ code: 'DUPLICATE', ...known }, 409);
    const refusal = refusalOf(data, deedBytes);
    if (refusal !== null) return c.json({ code: refusal }, 422);
    if (office.holds.keeps(certificateNumber, data['hold'])) return c.json({ code: 'TITLE_HELD' }, 409);
    const ticket = take(office, requestId, value);
    office.asked.set(ticket.ticketNumber, { buyer, certificateNumber, hold: data['hold'] });
    harness.enter('ticket', requestId, { ticketNumber: ticket.ticketNumber });
    if (news.overtakes()) await news.tell({ ...ticket });
    if (office.payMs !== null) office.options.after(office.payMs, () => void pay(office, ticket));
    return c.json(ticket, 202);
  });
}

function refusalOf(data: JsonObject, deedBytes: number): string | null {
  const { certificateNumber, ntpd } = data as { certificateNumber: string; ntpd?: string };
  if (TITLES[certificateNumber.slice(-4)] === 'BLOCKED') return 'TITLE_BLOCKED';
  if (ntpd === undefined || ntpd.endsWith('9999')) return 'NTPD_NOT_FOUND';
  return deedBytes === 0 ? 'DEED_UNREADABLE' : null;
}

function take({ all, options }: Office, requestId: string, value: number): Ticket {
  const now = new Date(options.now());
  const serial = String(all.length + 1).padStart(6, '0');
  const expiresAt = new Date(options.now() + ORDER_DAYS * DAY_MS).toISOString();
  const ticket: Ticket = {
    ticketNumber: `${options.settings['officeCode'] as string}-${now.getUTCFullYear()}-${serial}`,
    requestId,
    status: 'AWAITING_PAYMENT',
    paymentOrder: { billingCode: `820260000${serial}`, amount: Math.round(value / 1000) + FEE, expiresAt },
  };
  all.push(ticket);
  return ticket;
}

/** What is paid is worked on, and decided by itself unless it is held. */
async function pay(office: Office, ticket: Ticket): Promise<void> {
  if (ticket.status !== 'AWAITING_PAYMENT') return;
  office.harness.enter('paymentOrderPaid', ticket.requestId);
  await turn(office, ticket, { status: 'PAID' });
  office.options.after(office.news.lateness() || office.delayMs, () => {
    if (!office.held && ticket.status === 'PAID') void decideAlone(office, ticket);
  });
}

function decideAlone(office: Office, ticket: Ticket): Promise<number> {
  const { buyer } = office.asked.get(ticket.ticketNumber)!;
  return turn(office, ticket, BUYERS[buyer.slice(-4)] ?? { status: 'DONE' });
}

/** Sets a ticket's status and tells the bus; what the bus answered. */
async function turn(office: Office, ticket: Ticket, decision: JsonObject): Promise<number> {
  Object.assign(ticket, decision);
  if (ticket.status !== 'DONE') return office.news.tell({ ...ticket });
  const { certificateNumber, hold } = office.asked.get(ticket.ticketNumber)!;
  const registeredOn = new Date(office.options.now()).toISOString().slice(0, 10);
  Object.assign(ticket, { title: { certificateNumber, registeredOn } });
  office.harness.enter('titleTransferred', ticket.requestId);
  office.holds.use(hold);
  const title = { certificateNumber, registeredOn, document: btoa(bytes(ticket)) };
  return office.news.tell({ ...ticket, title });
}

function otherRoutes(office: Office): void {
  const { app } = office.harness;
  const asked = (c: Context): Ticket | undefined =>
    office.all.find((one) => one.requestId === c.req.query('requestId'));
  app.get(PATH, (c) => {
    const found = asked(c);
    return found ? c.json(found) : c.json(NOT_FOUND, 404);
  });
  app.get(`${PATH}/:ticketNumber/certificate`, (c) => {
    const found = office.all.find((one) => one.ticketNumber === c.req.param('ticketNumber'));
    if (found?.status !== 'DONE') return c.json(NOT_FOUND, 404);
    return c.body(bytes(found), 200, { 'content-type': 'application/pdf' });
  });
  app.delete(PATH, (c) => {
    const found = asked(c);
    if (!found) return c.json(NOT_FOUND, 404);
    if (found.status === 'DONE') return c.json({ code: 'ALREADY_REGISTERED' }, 409);
    if (found.status !== 'CANCELLED') office.harness.enter('ticketCancelled', found.requestId);
    found.status = 'CANCELLED';
    return c.json({ ticketNumber: found.ticketNumber, status: found.status });
  });
}

function acts(office: Office): Acts {
  const find = ({ ticketNumber, requestId }: JsonObject): Ticket => {
    const found = office.all.find((one) => one.ticketNumber === ticketNumber || one.requestId === requestId);
    if (!found) throw new Error('No ticket has this ticketNumber or requestId');
    return found;
  };
  return {
    async pay(detail) {
      await pay(office, find(detail));
      return {};
    },
    async autoPay({ enabled, delayMs }) {
      office.payMs = enabled === true ? Number(delayMs ?? DECISION_MS) : null;
      return {};
    },
    async hold() {
      office.held = true;
      return {};
    },
    async release() {
      office.held = false;
      for (const one of office.all) if (one.status === 'PAID') await decideAlone(office, one);
      return {};
    },
    async delay({ ms }) {
      office.delayMs = Number(ms);
      return {};
    },
    async decide({ status, reason, ...detail }) {
      const answered = await turn(office, find(detail), { status: status!, ...(reason && { reason }) });
      return { answered };
    },
    async expire(detail) {
      return { answered: await turn(office, find(detail), { status: 'EXPIRED' }) };
    },
  };
}

/** The `data` part (text, or a file of JSON) and the size of the `deed` part. */
async function form(c: Context): Promise<{ data: JsonObject; deedBytes: number }> {
  try {
    const parts = await c.req.raw.formData();
    const [data, deed] = [parts.get('data'), parts.get('deed')];
    const json = JSON.parse(data instanceof File ? await data.text() : (data ?? '')) as JsonObject;
    return { data: json, deedBytes: deed instanceof File ? deed.size : 0 };
  } catch {
    return { data: {}, deedBytes: 0 };
  }
}

function bytes({ ticketNumber }: Ticket): string {
  return pdf(`Sertipikat ${ticketNumber}`);
}
