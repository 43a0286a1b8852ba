/** Confirming a taxpayer's status (KSWP) before a public service is given: name and number agree, returns are filed. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { outcomeOf } from './codes.ts';
import inputSchema from './schemas/checkTaxpayer.input.json' with { type: 'json' };
import outputSchema from './schemas/checkTaxpayer.output.json' with { type: 'json' };
import { asWanted, digitsOf, isImpossible } from './tax-number.ts';
import { STATUS_CODES } from './taxpayer-codes.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

interface Taxpayer {
  npwp: string;
  fullName: string;
  nik?: string;
  serviceCode: string;
  /** Default: refuse. */
  onInvalid?: 'refuse' | 'sendBack';
}

/** The bus's own profile: the tax authority publishes no API (see guide.md). */
const PATH = '/kswp/v1/status';

function checkRequest({ npwp, fullName, nik, serviceCode }: Taxpayer, { settings }: Call): WireRequest {
  if (settings['access'] === 'bri') throw unsupported();
  const json: JsonObject = {
    npwp: asWanted(npwp, settings),
    nama: fullName,
    ...(nik !== undefined && { nik }),
    kodeLayanan: serviceCode,
    instansi: settings['institution']!,
  };
  return { method: 'POST', path: PATH, body: { json } };
}

/** No bank answers this. A fault of the route, so nothing is sent and a person is told; the applicant is not refused. */
function unsupported(): Error {
  const error = new Error('PROFILE_UNSUPPORTED: checkTaxpayer is offered with access apiKey only');
  error.name = 'PROFILE_UNSUPPORTED';
  return error;
}

function checkReply(wire: WireReply, { npwp, onInvalid }: Taxpayer, call: Call): Outcome {
  const body = object(wire.body);
  const status = text(body['status']);
  if (status === '00' && wire.status === 200) {
    const letter = text(body['nomorSurat']);
    const output = {
      npwp: asWanted(npwp, call.settings),
      valid: true,
      ...(letter && { letterNumber: letter }),
    };
    return { is: 'ok', output };
  }
  const said = status === '00' ? null : outcomeOf(STATUS_CODES, status, text(body['keterangan']));
  const outcome = (said && sharpened(said, npwp)) ?? call.tools.byStatus(wire) ?? BAD_RESPONSE;
  return onInvalid === 'sendBack' ? sentBack(outcome) : outcome;
}

/** Not valid is a detour, not an end: name and number are mended, a return is filed and the number said again. */
function sentBack(outcome: Outcome): Outcome {
  if (outcome.is !== 'refused' || !outcome.code.startsWith('TAX_')) return outcome;
  const { code } = outcome;
  const pointers = code === 'TAX_NAME_MISMATCH' ? ['/npwp', '/fullName'] : ['/npwp'];
  return { is: 'sendBack', corrections: pointers.map((pointer) => ({ pointer, code })) };
}

/** A number that nobody can have was mistyped: that tells the applicant more than that it was not found. */
export function sharpened(said: Outcome, npwp: string): Outcome {
  const isUnknown = said.is === 'refused' && said.code === 'TAX_NUMBER_NOT_FOUND';
  return isUnknown && isImpossible(digitsOf(npwp)) ? { ...said, code: 'TAX_NUMBER_INVALID' } : said;
}

export const checkTaxpayer = {
  title: { id: 'Konfirmasi status wajib pajak (KSWP)', en: 'Confirm a taxpayer’s status (KSWP)' },
  effect: 'read',
  settings: { type: 'object', properties: { access: { const: 'apiKey' } } },
  input: inputSchema,
  output: outputSchema,
  drops: { '/onInvalid': 'How the route takes a status that is not valid: decided on the answer.' },
  request: checkRequest,
  reply: checkReply,
} satisfies Operation<Taxpayer>;
