/** What the permit office can be asked to do. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  WireReply,
} from '../../../src/adapter-kit/contract.ts';
import letterInput from './schemas/sendLetter.input.json' with { type: 'json' };
import letterOutput from './schemas/sendLetter.output.json' with { type: 'json' };
import permitInput from './schemas/registerPermit.input.json' with { type: 'json' };
import permitOutput from './schemas/registerPermit.output.json' with { type: 'json' };
import personInput from './schemas/checkPerson.input.json' with { type: 'json' };
import personOutput from './schemas/checkPerson.output.json' with { type: 'json' };

export interface Permit {
  nik: string;
  fullName: string;
  birthDate: string;
  amount: number;
  note?: string;
}

export function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function failure(wire: WireReply, call: Call): Outcome {
  return call.tools.byStatus(wire) ?? { is: 'unknown', code: 'BAD_RESPONSE' };
}

/** What the office says of a permit, in a reply and in news alike; null when it cannot be read. */
export function permitOf(record: JsonObject): Outcome | null {
  const number = text(record['permitNo']);
  if (number === '') return null;
  if (record['state'] === 'ISSUED') return { is: 'ok', output: { permitNumber: number } };
  return record['state'] === 'TAKEN' ? { is: 'pending', reference: number, awaits: 'agency' } : null;
}

export function permitReply(wire: WireReply, _input: Permit, call: Call): Outcome {
  const body = object(wire.body);
  if (body['code'] === 'OK') return permitOf(body) ?? failure(wire, call);
  if (body['code'] === 'NIK_UNKNOWN') return { is: 'refused', code: 'NIK_NOT_FOUND' };
  return failure(wire, call);
}

export const registerPermit = {
  title: { id: 'Daftarkan izin', en: 'Register a permit' },
  effect: 'keyed',
  input: permitInput,
  output: permitOutput,
  drops: { '/note': 'The office has no field for it; it stays with the application' },
  request(input, call) {
    const { nik, fullName, birthDate, amount } = input;
    const holder = { nik, name: fullName, born: birthDate.split('-').toReversed().join('-') };
    return {
      method: 'POST',
      path: '/permits',
      body: { json: { requestId: call.key, holder, fee: `${amount}.00` } },
    };
  },
  reply: permitReply,
  inquiry: {
    notBefore: '60s',
    trustAfter: '5m',
    request: (_input, call) => ({ method: 'GET', path: '/permits', query: { requestId: call.key } }),
    reply(wire, input, call) {
      const unknown = wire.status === 404 && object(wire.body)['code'] === 'NO_SUCH_REQUEST';
      return unknown ? { is: 'retry', code: 'NOT_RECEIVED' } : permitReply(wire, input, call);
    },
  },
  compensation: {
    effect: 'keyed',
    request: (_input, call) => ({ method: 'DELETE', path: '/permits', query: { requestId: call.key } }),
    reply(wire, _input, call) {
      const body = object(wire.body);
      const gone = body['code'] === 'OK' && body['state'] === 'WITHDRAWN';
      return gone ? { is: 'ok', output: {} } : failure(wire, call);
    },
  },
} satisfies Operation<Permit>;

export const checkPerson = {
  title: { id: 'Periksa orang', en: 'Check a person' },
  effect: 'read',
  input: personInput,
  output: personOutput,
  request: (input) => ({ method: 'POST', path: '/persons', body: { json: { nik: input.nik } } }),
  reply(wire, _input, call) {
    const body = object(wire.body);
    if (body['code'] === 'OK' && typeof body['known'] === 'boolean')
      return { is: 'ok', output: { known: body['known'] } };
    return failure(wire, call);
  },
} satisfies Operation<{ nik: string }>;

export const sendLetter = {
  title: { id: 'Kirim surat', en: 'Send a letter' },
  effect: 'once',
  input: letterInput,
  output: letterOutput,
  request: (input, call) => ({
    method: 'POST',
    path: '/letters',
    body: { form: { subject: input.subject, ours: call.key } },
  }),
  reply(wire, _input, call) {
    const body = object(wire.body);
    if (body['code'] === 'OK' && text(body['letterNo']) !== '')
      return { is: 'ok', output: { letterNumber: text(body['letterNo']) } };
    return failure(wire, call);
  },
} satisfies Operation<{ subject: string }>;
