/** LAPOR's desk behind SPLP's gateway: takes every complaint anew, keeps what was answered, tells it page by page. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { text } from './values.ts';

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

interface Ticket {
  state: 'open' | 'rejected';
  followUps: JsonObject[];
}

interface Desk {
  tickets: Map<string, Ticket>;
  pageSize: number;
  /** The ticket, made when nobody has heard of it: a test may begin in the middle. */
  find(id: string): Ticket | undefined;
}

const FIRST_ID = 4_199_656;
const JAKARTA_MS = 7 * 3_600_000;
/** The gateway puts every API under its name and version. */
const PREFIXES = ['', '/:api/:version'];
const FIELDS = [
  ...['title', 'content', 'channel', 'user_id', 'classification_id', 'location_id', 'tags_raw'],
  ...['is_anonymous', 'is_secret'],
];

export function complaintDesk(harness: Harness, options: SimulatorOptions): Acts {
  const tickets = new Map<string, Ticket>();
  const desk: Desk = {
    tickets,
    pageSize: 2,
    find(id) {
      if (!/^\d{1,20}$/.test(id) || id.endsWith('9913')) return undefined;
      const found = tickets.get(id) ?? { state: 'open', followUps: [] };
      tickets.set(id, found);
      return found;
    },
  };
  gateway(harness, options);
  for (const prefix of PREFIXES) routes(harness, options, desk, prefix);
  return acts(options, desk);
}

/** `auth` with Bearer, and `token` with its braces: without either, the gateway does not know us for this API. */
function gateway({ app }: Harness, { settings }: SimulatorOptions): void {
  const auth = `Bearer ${text(settings['authToken'])}`;
  const token = `{${text(settings['token']).replace(/^\{|\}$/g, '')}}`;
  app.use(async (c, next) => {
    if (c.req.header('auth') === auth && c.req.header('token') === token) return next();
    const description = 'Access failure for API';
    return c.json({ fault: { code: 900_901, message: 'Invalid Credentials', description } }, 401);
  });
}

function routes(harness: Harness, options: SimulatorOptions, desk: Desk, prefix: string): void {
  const { app } = harness;
  app.post(`${prefix}/complaints/complaint`, async (c) => {
    const body = await bodyOf(c);
    const missing = FIELDS.find((name) => body[name] === undefined || body[name] === '');
    if (missing !== undefined) return c.json({ message: `The ${missing} field is required.` }, 422);
    const id = String(FIRST_ID + desk.tickets.size);
    desk.tickets.set(id, { state: 'open', followUps: [] });
    harness.enter('complaint', text(body['tags_raw']).replace('#jembatan', ''), { ticket: id });
    return c.json({ complaint_id: Number(id) });
  });
  app.post(`${prefix}/complaints/process/:ticket/reject`, async (c) => {
    const ticket = desk.find(c.req.param('ticket'));
    if (!ticket) return c.json({ message: 'Complaint not found' }, 404);
    const { reason } = await bodyOf(c);
    if (text(reason) === '') return c.json({ message: 'The reason field is required.' }, 422);
    ticket.state = 'rejected';
    harness.enter('complaintRejected', c.req.header('x-request-id') ?? c.req.param('ticket'));
    return c.json({ success: true });
  });
  app.get(`${prefix}/complaints/:ticket/followups`, (c) => {
    const ticket = desk.find(c.req.param('ticket'));
    if (!ticket) return c.json({ message: 'Complaint not found' }, 404);
    const page = Number(c.req.query('page') ?? 1);
    const end = page * desk.pageSize;
    const data = ticket.followUps.slice(end - desk.pageSize, end);
    const path = `${text(options.settings['baseUrl'])}/complaints/${c.req.param('ticket')}/followups`;
    const next_page_url = end < ticket.followUps.length ? `${path}?page=${page + 1}` : null;
    return c.json({ results: { data, next_page_url } });
  });
}

function acts(options: SimulatorOptions, desk: Desk): Acts {
  return {
    async answer({ ticket, text: words, by }) {
      const found = desk.find(text(ticket));
      if (!found) throw new Error('No complaint has this ticket');
      const local = new Date(options.now() + JAKARTA_MS).toISOString();
      found.followUps.push({
        id: found.followUps.length + 1,
        created_at: local.slice(0, 19).replace('T', ' '),
        institution_name: text(by) || 'DPMPTSP Contoh',
        content: text(words) || 'Sedang ditindaklanjuti.',
      });
      return { followUps: found.followUps.length };
    },
    async pages({ size }) {
      desk.pageSize = Number(size);
      return {};
    },
    async state({ ticket }) {
      return { state: desk.tickets.get(text(ticket))?.state ?? 'unknown' };
    },
  };
}

async function bodyOf(c: Context): Promise<JsonObject> {
  return (await c.req.json().catch(() => ({}))) as JsonObject;
}
