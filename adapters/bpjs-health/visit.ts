/** Registering a visit at a community health centre (PCare pendaftaran): looked for in the day's list before it is sent again. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { envelopeOf, opened, rowsOf, succeeded, UNOPENED } from './envelope.ts';
import { BAD_DECRYPT, failedQuestion, failureOf, isThereAlready, NOT_FOUND, says } from './outcomes.ts';
import inputSchema from './schemas/registerVisit.input.json' with { type: 'json' };
import outputSchema from './schemas/registerVisit.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, pathOf, text, turned } from './values.ts';

interface Visit {
  jknNumber: string;
  providerCode: string;
  visitDate: string;
  clinicCode: string;
  complaint?: string;
  isSick: boolean;
  systolic?: number;
  diastolic?: number;
  weightKg?: number;
  heightCm?: number;
  breathsPerMinute?: number;
  waistCm?: number;
  heartRate?: number;
  referredBack?: boolean;
  careKind: keyof typeof CARE_KINDS;
}

const CARE_KINDS = { outpatient: '10', inpatient: '20', preventive: '50' } as const;
/** Lines of the day's list that are asked for at once; ten pages are all that one question may take. */
const PAGE_LINES = 100;
const DEFAULT_TYPE = 'application/json';
const NONE_CODES = ['201', '412'];

function registerRequest(visit: Visit, call: Call): WireRequest {
  const json = {
    kdProviderPeserta: visit.providerCode,
    tglDaftar: turned(visit.visitDate),
    noKartu: visit.jknNumber,
    kdPoli: visit.clinicCode,
    keluhan: visit.complaint ?? null,
    kunjSakit: visit.isSick,
    sistole: visit.systolic ?? 0,
    diastole: visit.diastolic ?? 0,
    beratBadan: visit.weightKg ?? 0,
    tinggiBadan: visit.heightCm ?? 0,
    respRate: visit.breathsPerMinute ?? 0,
    lingkarPerut: visit.waistCm ?? 0,
    heartRate: visit.heartRate ?? 0,
    rujukBalik: visit.referredBack === true ? 1 : 0,
    kdTkp: CARE_KINDS[visit.careKind],
  };
  const type = text(call.settings['pcareContentType']) || DEFAULT_TYPE;
  return {
    method: 'POST',
    path: `${pathOf('pcare', call)}/pendaftaran`,
    headers: { 'content-type': type },
    body: { json },
  };
}

/** Here 201 is "created", and only with the number in the queue; elsewhere it is BPJS's word for no. */
function registerReply(wire: WireReply, visit: Visit, call: Call): Outcome {
  if (call.carry)
    return listed(wire, visit, call, { is: 'unknown', code: 'VISIT_NOT_LISTED' }) ?? failureOf(wire, call);
  if (isThereAlready(wire, 'visit')) return askPage(visit, call, 0);
  if (!succeeded(wire, '201', '200')) return failureOf(wire, call);
  const answer = opened(envelopeOf(wire), call);
  if (answer === UNOPENED) return BAD_DECRYPT;
  const { field, message } = object(answer);
  const queueNumber = text(message);
  if (field === 'noUrut' && isNumber(queueNumber)) return { is: 'ok', output: { queueNumber } };
  // Without the number only words that are known for a no make it one: it may have been created.
  const failure = failureOf(wire, call);
  return failure.is === 'refused' && failure.code !== 'REJECTED' ? failure : BAD_RESPONSE;
}

/** `A1`, `B12`. */
function isNumber(queueNumber: string): boolean {
  return /^[A-Za-z0-9-]{1,20}$/.test(queueNumber);
}

function listRequest({ visitDate }: Visit, call: Call, start: number): WireRequest {
  const path = `${pathOf('pcare', call)}/pendaftaran/tglDaftar/${turned(visitDate)}/${start}/${PAGE_LINES}`;
  return { method: 'GET', path };
}

function askPage(visit: Visit, call: Call, start: number): Outcome {
  return { is: 'more', request: listRequest(visit, call, start), carry: { start } };
}

/** The visit's line in the day's list, page after page; null when the reply is no list. */
function listed(wire: WireReply, visit: Visit, call: Call, none: Outcome): Outcome | null {
  if (succeeded(wire, '204') || says(wire, NOT_FOUND, NONE_CODES)) return none;
  if (!succeeded(wire, '200')) return null;
  const answer = opened(envelopeOf(wire), call);
  if (answer === UNOPENED) return BAD_DECRYPT;
  const lines = rowsOf(answer);
  const { count } = object(answer);
  if (!lines || typeof count !== 'number') return BAD_RESPONSE;
  const ours = lines.find((line) => isOf(visit, line));
  if (ours) return numbered(ours);
  const next = startOf(call) + PAGE_LINES;
  return next < count && lines.length > 0 ? askPage(visit, call, next) : none;
}

function startOf({ carry }: Call): number {
  return typeof carry?.['start'] === 'number' ? carry['start'] : 0;
}

function isOf({ jknNumber, clinicCode }: Visit, line: JsonObject): boolean {
  const card = text(object(line['peserta'])['noKartu']);
  return card === jknNumber && text(object(line['poli'])['kdPoli']) === clinicCode;
}

function numbered(line: JsonObject): Outcome {
  const queueNumber = text(line['noUrut']);
  return isNumber(queueNumber) ? { is: 'ok', output: { queueNumber } } : BAD_RESPONSE;
}

function removal(visit: Visit, queueNumber: string, call: Call): WireRequest {
  const { jknNumber, visitDate, clinicCode } = visit;
  const parts = ['pendaftaran', 'peserta', jknNumber, 'tglDaftar', turned(visitDate), 'noUrut', queueNumber];
  const path = [...parts, 'kdPoli', clinicCode].map((part) => encodeURIComponent(part)).join('/');
  return { method: 'DELETE', path: `${pathOf('pcare', call)}/${path}` };
}

/** Its number, where an answer once gave it. */
function numberOf({ output }: Call): string {
  return text(output?.['queueNumber']);
}

/** Without its number the visit is looked for first. */
function undoRequest(visit: Visit, call: Call): WireRequest {
  const queueNumber = numberOf(call);
  return queueNumber === '' ? listRequest(visit, call, 0) : removal(visit, queueNumber, call);
}

function undoReply(wire: WireReply, visit: Visit, call: Call): Outcome {
  const removed = numberOf(call) !== '' || call.carry?.['removed'] === true;
  if (!removed) {
    const found = listed(wire, visit, call, { is: 'ok', output: {} });
    const queueNumber = found?.is === 'ok' ? text(found.output['queueNumber']) : '';
    if (queueNumber === '') return found ?? failureOf(wire, call);
    return { is: 'more', request: removal(visit, queueNumber, call), carry: { removed: true } };
  }
  const gone = succeeded(wire, '200', '204') || says(wire, NOT_FOUND, NONE_CODES);
  return gone ? { is: 'ok', output: {} } : failureOf(wire, call);
}

/** One card, one day, one clinic: PCare refuses a second, yet says no key of ours, so it is asked. */
export const registerVisit = {
  title: { id: 'Daftarkan kunjungan puskesmas', en: 'Register a visit at a health centre' },
  effect: 'inquirable',
  input: inputSchema,
  output: outputSchema,
  settings: {
    type: 'object',
    required: ['pcareUsername', 'pcarePassword'],
    properties: { pcareUsername: { type: 'string' }, pcarePassword: { type: 'string' } },
  },
  request: registerRequest,
  reply: registerReply,
  inquiry: {
    notBefore: '30s',
    trustAfter: '10m',
    request: (visit, call) => listRequest(visit, call, 0),
    reply: (wire, visit, call) =>
      listed(wire, visit, call, { is: 'retry', code: 'NOT_RECEIVED' }) ?? failedQuestion(wire, call),
  },
  compensation: { effect: 'keyed', request: undoRequest, reply: undoReply },
} satisfies Operation<Visit>;
