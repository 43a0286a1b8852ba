/** The Dinas's half of the stand-in: one queue for all kinds of applications, decided by itself or by hand. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';
import { certificates, type Certificates, type Verdict } from './simulator-certificates.ts';
import { KINDS, type QueueKind } from './simulator-kinds.ts';
import type { People } from './simulator-register.ts';
import { object, text } from './values.ts';

const PATH = '/adminduk/v1/applications';
const DECISION_MS = 200;
const NOT_FOUND = { code: 'NOT_FOUND' };

/** As the queue shows it. */
interface Application {
  ticket: string;
  requestId: string;
  status: string;
  reasonCode?: string;
  field?: string;
  number?: string;
  documentUrl?: string;
}

/** What the Dinas has of an application besides. */
interface File {
  shown: Application;
  kind: QueueKind;
  /** `birth`, `moveOut`; `familyCard` for the one that has none. */
  event: string;
  sent: JsonObject;
  isUsed: boolean;
}

interface Answer {
  event: string;
  status: string;
  reasonCode?: string;
}

interface Queue {
  all: File[];
  /** Events that are left undecided; `*` for all. */
  held: Set<string>;
  /** What the next of an event is answered, in turn. */
  answers: Answer[];
  delayMs: number;
  certificates: Certificates;
  find(id: unknown): File | undefined;
  /** Decides and tells; the status that the bus answered. */
  decide(one: File, verdict: { status: string; reasonCode?: string; field?: string }): Promise<number>;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function workQueue(harness: Harness, options: SimulatorOptions, people: People): Acts {
  const news = newsDesk(harness, options, PATH);
  const all: File[] = [];
  const queue: Queue = {
    all,
    held: new Set(),
    answers: [],
    delayMs: DECISION_MS,
    certificates: certificates(),
    find: (id) => all.find(({ shown }) => shown.ticket === id || shown.requestId === id),
    decide(one, verdict) {
      Object.assign(one.shown, verdict);
      if (verdict.status === 'ISSUED') {
        Object.assign(one.shown, issue(queue, one, options));
        record(queue, people, one);
      }
      return news.tell({ ...one.shown }, one.kind.news);
    },
  };
  submitRoute(harness, options, queue, news);
  otherRoutes(harness, queue);
  return acts(queue);
}

function submitRoute(harness: Harness, options: SimulatorOptions, queue: Queue, news: NewsDesk): void {
  harness.app.post(PATH, async (c) => {
    const body = (await c.req.json().catch(() => ({}))) as JsonObject;
    const { requestId, form, event, ...sent } = body;
    const kind = KINDS[[form, event].filter(Boolean).join(' ')];
    const isWhole = kind?.needs.every((name) => sent[name] !== undefined);
    if (typeof requestId !== 'string' || !kind || !isWhole) return c.json({ reasonCode: 'DOC_MISSING' }, 422);
    const known = queue.find(requestId);
    if (known) return c.json(known.shown, 202);
    const ticket = `${kind.prefix}-${String(queue.all.length + 1).padStart(6, '0')}`;
    const shown: Application = { ticket, requestId, status: 'RECEIVED' };
    const taken: File = { shown, kind, event: text(event) || 'familyCard', sent, isUsed: false };
    queue.all.push(taken);
    harness.enter(kind.effect, requestId, { ticket });
    const decideAlone = (): void => {
      const isHeld = queue.held.has(taken.event) || queue.held.has('*');
      if (!isHeld && shown.status === 'RECEIVED') void decideByItself(queue, taken);
    };
    if (news.overtakes()) await decideByItself(queue, taken);
    else options.after(news.lateness() || queue.delayMs, decideAlone);
    return c.json({ ticket, requestId, status: 'RECEIVED' }, 202);
  });
}

function decideByItself(queue: Queue, one: File): Promise<number> {
  const at = queue.answers.findIndex(({ event }) => event === one.event);
  const [answer] = at < 0 ? [] : queue.answers.splice(at, 1);
  const { event: _, ...verdict } = answer ?? { event: one.event, ...judge(queue, one) };
  return queue.decide(one, verdict);
}

/** Corrections are held against the register; all else is issued. */
function judge(queue: Queue, { event, sent }: File): Verdict {
  return event === 'correction' ? queue.certificates.judge(sent) : { status: 'ISSUED' };
}

/** What was issued stands in the register from now on: a child and its certificate, or a corrected certificate and whom it is of. */
function record({ certificates: held }: Queue, people: People, { event, sent, shown }: File): void {
  const entry = shown as unknown as JsonObject;
  if (event === 'correction') {
    const corrected = held.correct(sent);
    const person = people.get(text(sent['nik']));
    if (person) people.set(text(sent['nik']), { ...person, ...corrected });
    return;
  }
  held.enter(event, text(entry['number']), sent);
  if (event !== 'birth') return;
  const { child, familyCardNumber } = sent;
  people.set(text(entry['nik']), { ...object(child ?? null), familyCardNumber: familyCardNumber! });
}

function otherRoutes(harness: Harness, queue: Queue): void {
  const { app } = harness;
  app.get(PATH, (c) => {
    const found = queue.find(c.req.query('requestId'));
    return found ? c.json(found.shown) : c.json(NOT_FOUND, 404);
  });
  const cancel = (c: Context, id: string | undefined): Response => {
    const found = queue.find(id);
    if (!found) return c.json(NOT_FOUND, 404);
    const { shown, kind } = found;
    if (found.isUsed) return c.json({ code: 'ALREADY_USED' }, 409);
    const isIssued = shown.status === 'ISSUED' && kind.cancels !== 'untilUsed';
    if (isIssued || kind.cancels === 'never') return c.json({ code: 'ALREADY_ISSUED' }, 409);
    if (shown.status !== 'CANCELLED') harness.enter(`${kind.effect}Cancelled`, shown.requestId);
    shown.status = 'CANCELLED';
    return c.json(shown);
  };
  app.delete(PATH, (c) => cancel(c, c.req.query('requestId')));
  app.delete(`${PATH}/:ticket`, (c) => cancel(c, c.req.param('ticket')));
  app.get('/adminduk/v1/documents/:ticket', (c) => {
    const found = queue.find(c.req.param('ticket'));
    if (found?.shown.status !== 'ISSUED') return c.json(NOT_FOUND, 404);
    const file = pdf(`${found.kind.title} ${found.shown.number}`);
    return c.body(file, 200, { 'content-type': 'application/pdf' });
  });
}

function acts(queue: Queue): Acts {
  const named = (detail: JsonObject): File => {
    const found = queue.find(detail['ticket'] ?? detail['requestId']);
    if (!found) throw new Error('No application has this ticket or requestId');
    return found;
  };
  return {
    async hold({ event = '*' }) {
      queue.held.add(event as string);
      return {};
    },
    async release() {
      queue.held.clear();
      for (const one of queue.all) if (one.shown.status === 'RECEIVED') await decideByItself(queue, one);
      return {};
    },
    async delay(detail) {
      queue.delayMs = Number(detail['ms']);
      return {};
    },
    async answer({ event, status, reasonCode }) {
      if (typeof event !== 'string' || typeof status !== 'string')
        throw new Error('event and status are needed');
      queue.answers.push({ event, status, ...reasonFor(status, reasonCode) });
      return {};
    },
    async decide(detail) {
      const found = named(detail);
      const status = detail['status'] as string;
      const { reasonCode } = reasonFor(status, detail['reasonCode']);
      const verdict = { status, ...(reasonCode !== undefined && { reasonCode }) };
      return { ticket: found.shown.ticket, answered: await queue.decide(found, verdict) };
    },
    async certificate({ number }) {
      return queue.certificates.read(text(number)) ?? {};
    },
    async use(detail) {
      named(detail).isUsed = true;
      return {};
    },
  };
}

function reasonFor(status: string, given: unknown): { reasonCode?: string } {
  const needs = status === 'REJECTED' || status === 'RETURNED';
  const reasonCode = typeof given === 'string' ? given : needs ? 'DOC_MISSING' : undefined;
  return reasonCode === undefined ? {} : { reasonCode };
}

/** A number of province 99, and where to fetch what was issued. */
function issue({ all }: Queue, { shown, kind, sent }: File, { settings, now }: SimulatorOptions): JsonObject {
  const count = all.findIndex((one) => one.shown === shown) + 1;
  const documentUrl = `${settings['baseUrl'] as string}/adminduk/v1/documents/${shown.ticket}`;
  return { ...kind.make({ sent, count, now: now() }), documentUrl };
}
