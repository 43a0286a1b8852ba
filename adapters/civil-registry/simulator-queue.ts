/** The Dinas's half of the stand-in: a queue of family card applications, decided by itself or by hand. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';

const PATH = '/adminduk/v1/applications';
const DECISION_MS = 200;
const NOT_FOUND = { code: 'NOT_FOUND' };

interface Application {
  ticket: string;
  requestId: string;
  status: string;
  reasonCode?: string;
  number?: string;
  documentUrl?: string;
}

interface Queue {
  all: Application[];
  held: boolean;
  delayMs: number;
  find(id: unknown): Application | undefined;
  /** Decides and tells; the status that the bus answered. */
  decide(one: Application, status: string, reasonCode?: string): Promise<number>;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function familyCardQueue(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  const all: Application[] = [];
  const queue: Queue = {
    all,
    held: false,
    delayMs: DECISION_MS,
    find: (id) => all.find((one) => one.ticket === id || one.requestId === id),
    decide(one, status, reasonCode) {
      one.status = status;
      if (reasonCode !== undefined) one.reasonCode = reasonCode;
      if (status === 'ISSUED') Object.assign(one, card(one, options));
      return news.tell({ ...one });
    },
  };
  submitRoute(harness, options, queue, news);
  otherRoutes(harness, queue);
  return acts(queue);
}

function submitRoute(harness: Harness, options: SimulatorOptions, queue: Queue, news: NewsDesk): void {
  harness.app.post(PATH, async (c) => {
    const body = (await c.req.json().catch(() => ({}))) as JsonObject;
    const requestId = body['requestId'];
    if (typeof requestId !== 'string' || body['form'] !== 'F-1.02')
      return c.json({ reasonCode: 'DOC_MISSING' }, 422);
    const known = queue.find(requestId);
    if (known) return c.json(known, 202);
    const ticket = `KK-${String(queue.all.length + 1).padStart(6, '0')}`;
    const taken: Application = { ticket, requestId, status: 'RECEIVED' };
    queue.all.push(taken);
    harness.enter('familyCard', requestId, { ticket });
    const decideAlone = (): void => {
      if (!queue.held && taken.status === 'RECEIVED') void queue.decide(taken, 'ISSUED');
    };
    if (news.overtakes()) await queue.decide(taken, 'ISSUED');
    else options.after(news.lateness() || queue.delayMs, decideAlone);
    return c.json({ ticket, requestId, status: 'RECEIVED' }, 202);
  });
}

function otherRoutes(harness: Harness, queue: Queue): void {
  const { app } = harness;
  app.get(PATH, (c) => {
    const found = queue.find(c.req.query('requestId'));
    return found ? c.json(found) : c.json(NOT_FOUND, 404);
  });
  const cancel = (c: Context, id: string | undefined): Response => {
    const found = queue.find(id);
    if (!found) return c.json(NOT_FOUND, 404);
    if (found.status === 'ISSUED') return c.json({ code: 'ALREADY_ISSUED' }, 409);
    if (found.status !== 'CANCELLED') harness.enter('familyCardCancelled', found.requestId);
    found.status = 'CANCELLED';
    return c.json(found);
  };
  app.delete(PATH, (c) => cancel(c, c.req.query('requestId')));
  app.delete(`${PATH}/:ticket`, (c) => cancel(c, c.req.param('ticket')));
  app.get('/adminduk/v1/documents/:ticket', (c) => {
    const found = queue.find(c.req.param('ticket'));
    if (found?.status !== 'ISSUED') return c.json(NOT_FOUND, 404);
    return c.body(pdf(`Kartu Keluarga ${found.number}`), 200, { 'content-type': 'application/pdf' });
  });
}

function acts(queue: Queue): Acts {
  return {
    async hold() {
      queue.held = true;
      return {};
    },
    async release() {
      queue.held = false;
      for (const one of queue.all) if (one.status === 'RECEIVED') await queue.decide(one, 'ISSUED');
      return {};
    },
    async delay(detail) {
      queue.delayMs = Number(detail['ms']);
      return {};
    },
    async decide(detail) {
      const found = queue.find(detail['ticket'] ?? detail['requestId']);
      if (!found) throw new Error('No application has this ticket or requestId');
      const status = detail['status'] as string;
      const needsReason = status === 'REJECTED' || status === 'RETURNED';
      const reason =
        (detail['reasonCode'] as string | undefined) ?? (needsReason ? 'DOC_MISSING' : undefined);
      return { ticket: found.ticket, answered: await queue.decide(found, status, reason) };
    },
  };
}

/** A card number of province 99, counted down from serial 9999, and where to fetch the card. */
function card(
  { ticket }: Application,
  { settings }: SimulatorOptions,
): { number: string; documentUrl: string } {
  const serial = 10_000 - Number(ticket.slice('KK-'.length));
  const documentUrl = `${settings['baseUrl'] as string}/adminduk/v1/documents/${ticket}`;
  return { number: `990101010126${String(serial).padStart(4, '0')}`, documentUrl };
}
