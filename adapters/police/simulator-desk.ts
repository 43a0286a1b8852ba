/** The certificate desk of the stand-in: it is not idempotent, and holds each request to its API key. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';

const PATH = '/skck/v1/requests';
const DECISION_MS = 200;
const DAY_MS = 86_400_000;
/** Six months. */
const VALID_DAYS = 182;
const NOT_FOUND = { code: 'NOT_FOUND' };
const BY_SERIAL: Record<string, string> = { '9921': 'REFUSED', '9922': 'MANUAL' };

interface Certificate {
  requestNo: string;
  requestId: string;
  status: string;
  certificateNumber?: string;
  validUntil?: string;
}

interface Desk {
  all: Certificate[];
  held: boolean;
  delayMs: number;
  find(id: unknown): Certificate | undefined;
  /** Decides and tells; the status that the bus answered. */
  decide(one: Certificate, status: string): Promise<number>;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function certificateDesk(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  const all: Certificate[] = [];
  const desk: Desk = {
    all,
    held: false,
    delayMs: DECISION_MS,
    find: (id) => all.find((one) => one.requestNo === id || one.requestId === id),
    decide(one, status) {
      one.status = status;
      if (status !== 'ISSUED') return news.tell({ ...one });
      Object.assign(one, certificate(one, options));
      return news.tell({ ...one, pdf: btoa(bytes(one)) });
    },
  };
  harness.app.use('/skck/*', async (c, next) => {
    if (c.req.header('x-api-key') !== options.settings['apiKey']) return c.json({ code: 'BAD_API_KEY' }, 401);
    return next();
  });
  submitRoute(harness, options, desk, news);
  otherRoutes(harness, desk);
  return acts(desk);
}

function submitRoute(harness: Harness, options: SimulatorOptions, desk: Desk, news: NewsDesk): void {
  harness.app.post(PATH, async (c) => {
    const { data, photoBytes } = await form(c);
    const { requestId, nik } = data;
    if (typeof requestId !== 'string' || typeof nik !== 'string') return c.json({ code: 'BAD_FORM' }, 400);
    if (photoBytes === 0) return c.json({ code: 'PHOTO_UNREADABLE' }, 422);
    const requestNo = `SKCK-${String(desk.all.length + 1).padStart(6, '0')}`;
    const taken: Certificate = { requestNo, requestId, status: 'RECEIVED' };
    desk.all.push(taken);
    harness.enter('recordCertificate', requestId, { requestNo });
    const status = BY_SERIAL[nik.slice(-4)] ?? 'ISSUED';
    const decideAlone = (): void => {
      if (!desk.held && taken.status === 'RECEIVED') void desk.decide(taken, status);
    };
    if (news.overtakes()) await desk.decide(taken, status);
    else options.after(news.lateness() || desk.delayMs, decideAlone);
    return c.json({ requestNo }, 202);
  });
}

function otherRoutes(harness: Harness, desk: Desk): void {
  const { app } = harness;
  app.get(PATH, (c) => {
    const found = desk.find(c.req.query('requestId'));
    return found ? c.json(found) : c.json(NOT_FOUND, 404);
  });
  app.get(`${PATH}/:requestNo/certificate`, (c) => {
    const found = desk.find(c.req.param('requestNo'));
    if (found?.status !== 'ISSUED') return c.json(NOT_FOUND, 404);
    return c.body(bytes(found), 200, { 'content-type': 'application/pdf' });
  });
  const cancel = (c: Context, isMeant: (one: Certificate) => boolean): Response => {
    const meant = desk.all.filter(isMeant);
    if (meant.length === 0) return c.json(NOT_FOUND, 404);
    if (meant.some((one) => one.status === 'ISSUED')) return c.json({ code: 'ALREADY_ISSUED' }, 409);
    for (const one of meant) {
      if (one.status !== 'CANCELLED') harness.enter('recordCertificateCancelled', one.requestId);
      one.status = 'CANCELLED';
    }
    return c.json({ status: 'CANCELLED' });
  };
  app.delete(PATH, (c) => cancel(c, (one) => one.requestId === c.req.query('requestId')));
  app.delete(`${PATH}/:requestNo`, (c) => cancel(c, (one) => one.requestNo === c.req.param('requestNo')));
}

function acts(desk: Desk): Acts {
  return {
    async hold() {
      desk.held = true;
      return {};
    },
    async release() {
      desk.held = false;
      for (const one of desk.all) if (one.status === 'RECEIVED') await desk.decide(one, 'ISSUED');
      return {};
    },
    async delay(detail) {
      desk.delayMs = Number(detail['ms']);
      return {};
    },
    async decide(detail) {
      const found = desk.find(detail['requestNo'] ?? detail['requestId']);
      if (!found) throw new Error('No request has this requestNo or requestId');
      return { requestNo: found.requestNo, answered: await desk.decide(found, detail['status'] as string) };
    },
  };
}

/** The `data` part (text, or a file of JSON) and the size of the `photo` part. */
async function form(c: Context): Promise<{ data: JsonObject; photoBytes: number }> {
  try {
    const parts = await c.req.raw.formData();
    const [data, photo] = [parts.get('data'), parts.get('photo')];
    const json = JSON.parse(data instanceof File ? await data.text() : (data ?? '')) as JsonObject;
    return { data: json, photoBytes: photo instanceof File ? photo.size : 0 };
  } catch {
    return { data: {}, photoBytes: 0 };
  }
}

function certificate(
  one: Certificate,
  options: SimulatorOptions,
): { certificateNumber: string; validUntil: string } {
  const validUntil = new Date(options.now() + VALID_DAYS * DAY_MS).toISOString().slice(0, 10);
  return { certificateNumber: `SKCK/CONTOH/${one.requestNo.slice('SKCK-'.length)}`, validUntil };
}

function bytes(one: Certificate): string {
  return pdf(`SKCK ${one.certificateNumber}`);
}
