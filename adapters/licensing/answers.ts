/** What OSS answers: a root named after the method, a code, words; and what each code means (PIA 4.3, Lampiran 9). */
import type {
  Call,
  ErrorRow,
  JsonObject,
  JsonValue,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

/** Asks a method; what changes something carries our key, for whoever has to find it in OSS's logs. */
export function ask(method: string, root: string, content: JsonValue, key?: string): WireRequest {
  const headers = key === undefined ? {} : { headers: { 'x-request-id': key } };
  return { method: 'POST', path: `/v1/kl/rba/${method}`, ...headers, body: { json: { [root]: content } } };
}

export interface Answer {
  code: string;
  words: string;
  content: JsonObject;
}

/** The answer under the first of these roots that holds a code; null when there is none. */
export function answerOf({ body }: WireReply, roots: readonly string[]): Answer | null {
  const top = object(body);
  for (const root of roots) {
    const content = object(top[root]);
    const code = text(content['kode']);
    if (code !== '') return { code, words: text(content['keterangan']), content };
  }
  return null;
}

/** Code and HTTP status agree that it was done. */
export function isDone(answer: Answer | null, { status }: WireReply): answer is Answer {
  return answer?.code === '200' && status >= 200 && status < 300;
}

const CODES: Record<string, readonly ['refused' | 'away' | 'unknown', string]> = {
  '400': ['refused', 'BAD_REQUEST'],
  '401': ['away', 'AUTH_FAILED'],
  '403': ['refused', 'ACCESS_DENIED'],
  '404': ['refused', 'NOT_FOUND'],
  '405': ['refused', 'SERVICE_REFUSED'],
  // Sent again all the same: every method is a look-up, or keyed by what it carries.
  '500': ['unknown', 'OSS_FAILED'],
  '504': ['unknown', 'AGENCY_TIMEOUT'],
};

/** The outcome of a reply that is no success: by the code in its body, else by HTTP status. */
export function failureOf(answer: Answer | null, wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome {
  if (!answer) return tools.byStatus(wire) ?? BAD_RESPONSE;
  const [is, code] = CODES[answer.code] ?? ['unknown', 'BAD_RESPONSE'];
  return is === 'refused' ? { is, code, ...(answer.words && { text: answer.words }) } : { is, code };
}

export const errors: ErrorRow[] = [
  row('kode 400', 'refused', 'BAD_REQUEST', [
    'OSS menolak isi data: perbaiki rute atau data izin.',
    'OSS refuses what was sent: mend the route or the licence data.',
  ]),
  row('kode 401', 'away', 'AUTH_FAILED', [
    'user_key tidak berlaku: minta yang baru kepada OSS.',
    'The user_key is not valid: ask OSS for a new one.',
  ]),
  row('kode 403', 'refused', 'ACCESS_DENIED', [
    'Izin atau NIB ini bukan wewenang instansi.',
    'This licence or NIB is not for this agency.',
  ]),
  row('kode 404', 'refused', 'NOT_FOUND', [
    'OSS tidak menemukan data, atau metode tidak ada: periksa baseUrl.',
    'OSS finds no such record, or no such method: check baseUrl.',
  ]),
  row('kode 405', 'refused', 'SERVICE_REFUSED', [
    'OSS tidak membuka metode ini bagi instansi.',
    'OSS does not open this method to the agency.',
  ]),
  row('kode 500', 'unknown', 'OSS_FAILED', [
    'Pemrosesan di OSS gagal; dikirim ulang dengan isi yang sama.',
    'Processing failed at OSS; the same is sent again.',
  ]),
  row('kode 504', 'unknown', 'AGENCY_TIMEOUT', [
    'OSS kehabisan waktu; dikirim ulang dengan isi yang sama.',
    'OSS timed out; the same is sent again.',
  ]),
  row('HTTP 429', 'retry', 'RATE_LIMITED', ['Terlalu banyak permintaan.', 'Too many requests.']),
  row('HTTP 503', 'retry', 'AGENCY_UNAVAILABLE', ['OSS sedang tidak melayani.', 'OSS does not serve now.']),
  row('HTTP 500', 'unknown', 'HTTP_500', ['Galat tanpa kode OSS.', 'An error without a code of OSS.']),
  row('HTTP 502', 'unknown', 'HTTP_502', ['Galat gerbang.', 'An error of a gateway.']),
  row('anything else', 'unknown', 'BAD_RESPONSE', ['Jawaban tidak terbaca.', 'The answer cannot be read.']),
];

function row(signal: string, is: ErrorRow['is'], code: string, [id, en]: [string, string]): ErrorRow {
  return { signal, is, code, meaning: { id, en } };
}
