/** Matching a person against the register, element by element (Dukcapil CALL_VERIFY_BY_ELEMEN). */
import type {
  Call,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import inputSchema from './schemas/matchPerson.input.json' with { type: 'json' };
import outputSchema from './schemas/matchPerson.output.json' with { type: 'json' };
import { BAD_RESPONSE, object, text } from './values.ts';

/** Our names and the register's, in the order they are sent (Dukcapil CALL_VERIFY_BY_ELEMEN). */
const ELEMENTS = [
  ['nik', 'NIK'],
  ['fullName', 'NAMA_LGKP'],
  ['birthPlace', 'TMPT_LHR'],
  ['birthDate', 'TGL_LHR'],
  ['sex', 'JENIS_KLMIN'],
  ['familyCardNumber', 'NO_KK'],
] as const;
type Person = { nik: string; onMismatch?: string } & { [name in (typeof ELEMENTS)[number][0]]?: string };

/** RESPONSE_CODE of a record that was found wanting; every one comes with HTTP 200. */
const REFUSALS = new Map([
  ['08', 'NIK_NOT_FOUND'],
  ['11', 'PERSON_DECEASED'],
  ['12', 'NIK_DUPLICATE'],
  ['13', 'NIK_NOT_FOUND'],
  ['14', 'NIK_BLOCKED'],
  ['15', 'NIK_INVALID'],
]);
const DEFAULT_THRESHOLD = 90;

function matchRequest(input: Person, { settings }: Call): WireRequest {
  const login = {
    USER_ID: settings['userId']!,
    PASSWORD: settings['password']!,
    IP_USER: settings['ipUser']!,
  };
  // TRESHOLD is misspelt on the wire.
  const json: JsonObject = { ...login, TRESHOLD: String(Number(settings['threshold'] ?? DEFAULT_THRESHOLD)) };
  for (const [name, key] of ELEMENTS) if (input[name] !== undefined) json[key] = element(name, input[name]);
  const path = `/dukcapil/get_json/${settings['customerPath'] as string}/CALL_VERIFY_BY_ELEMEN`;
  return { method: 'POST', path, body: { json } };
}

function element(name: string, value: string): string {
  if (name === 'birthDate') return value.split('-').toReversed().join('-');
  if (name === 'sex') return value === 'male' ? 'Laki-Laki' : 'Perempuan';
  return value;
}

function matchReply(wire: WireReply, input: Person, call: Call): Outcome {
  const failed = call.tools.byStatus(wire);
  if (failed) return failed;
  const body = upperKeys(wire.body);
  const content = body['CONTENT'] ?? null;
  const record = upperKeys(Array.isArray(content) ? (content[0] ?? null) : content);
  if (wire.status !== 200) return BAD_RESPONSE;
  const outcome = said(record, call) ?? compared(record, input, body['QUOTALIMITER']);
  return input.onMismatch === 'sendBack' ? sentBack(outcome) : outcome;
}

/** What the register says instead of comparing; the words' key and case vary by instance. */
function said(record: JsonObject, call: Call): Outcome | null {
  const words = text(record['RESPON']) || text(record['RESPONSE']) || text(record['RESPONSE_DESC']);
  if (/login gagal/i.test(words)) return { is: 'away', code: 'AUTH_FAILED' };
  if (/kuota.*habis/i.test(words)) {
    return { is: 'away', code: 'QUOTA_EXHAUSTED', until: call.tools.nextMidnight(call.now, 'Asia/Jakarta') };
  }
  const notFound = /tidak ditemukan/i.test(words) ? 'NIK_NOT_FOUND' : undefined;
  const code = REFUSALS.get(text(record['RESPONSE_CODE']).padStart(2, '0')) ?? notFound;
  return code === undefined ? null : { is: 'refused', code, ...(words && { text: words }) };
}

function compared(record: JsonObject, input: Person, quota: JsonValue | undefined): Outcome {
  const elements: Record<string, Verdict> = {};
  for (const [name, key] of ELEMENTS)
    if (input[name] !== undefined) elements[name] = verdict(text(record[key]));
  const unlike = Object.keys(elements).filter((name) => elements[name]!.match === false);
  if (unlike.length > 0) return { is: 'refused', code: 'DATA_MISMATCH', text: unlike.join(', ') };
  if (!Object.values(elements).some((one) => one.match)) return BAD_RESPONSE;
  const left = /^\d{1,15}$/.test(text(quota)) ? Number(text(quota)) : null;
  return { is: 'ok', output: { matched: true, elements, quotaRemaining: left } };
}

/** What the applicant can mend is his turn; a death, a double or a block is not his to mend. */
function sentBack(outcome: Outcome): Outcome {
  if (outcome.is !== 'refused') return outcome;
  const { code, text: names = '' } = outcome;
  if (code === 'DATA_MISMATCH') {
    return { is: 'sendBack', corrections: names.split(', ').map((name) => ({ pointer: `/${name}`, code })) };
  }
  const isNik = code === 'NIK_NOT_FOUND' || code === 'NIK_INVALID';
  return isNik ? { is: 'sendBack', corrections: [{ pointer: '/nik', code }] } : outcome;
}

/** `match: null`: the register could not compare ("-" or nothing), which is not a mismatch. */
type Verdict = { match: boolean | null; score: number | null };
function verdict(value: string): Verdict {
  const found = /^(tidak )?sesuai(?:\s*\((100|\d{1,2})\))?$/i.exec(value);
  if (!found) return { match: null, score: null };
  return { match: found[1] === undefined, score: found[2] === undefined ? null : Number(found[2]) };
}

function upperKeys(value: JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object(value)).map(([key, one]) => [key.toUpperCase(), one]));
}

/** Asks for a yes or no per element; the register hands out no data of its own. */
export const matchPerson = {
  title: { id: 'Cocokkan data penduduk', en: 'Match a person against the register' },
  effect: 'read',
  input: inputSchema,
  output: outputSchema,
  drops: { '/onMismatch': 'How the route takes a mismatch: decided on the answer.' },
  request: matchRequest,
  reply: matchReply,
} satisfies Operation<Person>;
