/** What LAPOR and the gateway before it answer when something is wrong, and what follows from it. */
import type { Call, ErrorRow, JsonObject, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

/** Codes of SPLP's gateway (WSO2): 9009xx it does not know us for this API, 9008xx we ask too often. */
function gatewayOutcome(wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome | null {
  const code = text(object(object(wire.body)['fault'])['code']);
  if (/^9009(0\d|10)$/.test(code)) return { is: 'away', code: 'AUTH_FAILED' };
  if (/^90080[0-5]$/.test(code)) return tools.byStatus({ ...wire, status: 429 });
  return null;
}

/** The gateway answers a wrong address in JSON too; what it writes is no word of LAPOR's. */
function isGateway(body: JsonObject): boolean {
  return 'fault' in body || 'type' in body || 'description' in body;
}

/** Gateways answer a wrong address with a 404 in JSON as well: only words about a complaint are LAPOR's own. */
const OF_COMPLAINT = /complaint|ticket|pengaduan|laporan|tiket/i;

/** A reply that is no success. `missing` is what LAPOR's own 404 means. */
export function failureOf(wire: WireReply, call: Pick<Call, 'tools'>, missing?: string): Outcome {
  const fromGateway = gatewayOutcome(wire, call);
  if (fromGateway) return fromGateway;
  const body = object(wire.body);
  const words = text(body['message']) || text(body['error']);
  const said = words !== '' && !isGateway(body) ? words : '';
  if (wire.status === 404 && missing !== undefined && OF_COMPLAINT.test(said)) {
    return { is: 'refused', code: missing, text: said };
  }
  if ((wire.status === 400 || wire.status === 422) && said !== '') {
    return { is: 'refused', code: 'BAD_REQUEST', text: said };
  }
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/**
 * The same for what must not be done twice: a 503 may come from behind the gateway, after LAPOR has taken the complaint.
 */
export function failureOfOnce(wire: WireReply, call: Pick<Call, 'tools'>, missing?: string): Outcome {
  const outcome = failureOf(wire, call, missing);
  const isRefusedNow = outcome.is === 'retry' && outcome.code === 'AGENCY_UNAVAILABLE';
  return isRefusedNow ? { is: 'unknown', code: 'HTTP_503' } : outcome;
}

/** A good status, and nothing in the body that denies it. */
export function isTaken({ status, body }: WireReply): boolean {
  const answer = object(body);
  const denied = ['fault', 'error', 'errors'].some((name) => name in answer);
  return status >= 200 && status < 300 && !denied && (answer['success'] ?? true) === true;
}

/** LAPOR's answers are wrapped in `results`, in `data`, or not at all. */
export function inner(wire: WireReply): JsonObject[] {
  const body = object(wire.body);
  return [body, object(body['results']), object(body['data'])];
}

export const errors: ErrorRow[] = [
  row('HTTP 400, 422 with message', 'refused', 'BAD_REQUEST', [
    'LAPOR menolak isi pengaduan: perbaiki judul, isi, atau kode rujukan.',
    'LAPOR refuses the complaint: mend title, content or reference codes.',
  ]),
  row('HTTP 404 with a message about a complaint', 'refused', 'TICKET_NOT_FOUND', [
    'LAPOR tidak mengenal nomor tiket ini.',
    'LAPOR does not know this ticket.',
  ]),
  row('fault 900900–900910, HTTP 401, 403', 'away', 'AUTH_FAILED', [
    'Kunci SPLP tidak berlaku untuk API ini, atau auth/token LAPOR salah.',
    'The SPLP key is not valid for this API, or LAPOR’s auth or token is wrong.',
  ]),
  row('fault 900800–900805, HTTP 429', 'retry', 'RATE_LIMITED', [
    'Kuota SPLP terlampaui; dikirim lagi nanti.',
    'SPLP’s quota is exceeded; sent again later.',
  ]),
  row('HTTP 503, for a question', 'retry', 'AGENCY_UNAVAILABLE', [
    'LAPOR sedang tidak melayani.',
    'LAPOR does not serve now.',
  ]),
  row('HTTP 503, for a complaint', 'unknown', 'HTTP_503', [
    'Mungkin sudah diterima: cari tag pengaduan di LAPOR sebelum mengirim ulang.',
    'Perhaps taken: look for the complaint’s tag at LAPOR before sending it again.',
  ]),
  row('HTTP 500', 'unknown', 'HTTP_500', [
    'Mungkin sudah diterima: cari tag pengaduan di LAPOR sebelum mengirim ulang.',
    'Perhaps taken: look for the complaint’s tag at LAPOR before sending it again.',
  ]),
  row('anything else', 'unknown', 'BAD_RESPONSE', ['Jawaban tidak terbaca.', 'The answer cannot be read.']),
];

function row(signal: string, is: ErrorRow['is'], code: string, [id, en]: [string, string]): ErrorRow {
  return { signal, is, code, meaning: { id, en } };
}
