/** Validating a tax number (NPWP): is it in the register, active, and whose is it. */
import type {
  Call,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { sharpened } from './check-taxpayer.ts';
import { outcomeOf } from './codes.ts';
import inputSchema from './schemas/validateTaxNumber.input.json' with { type: 'json' };
import outputSchema from './schemas/validateTaxNumber.output.json' with { type: 'json' };
import { asWanted, digitsOf, faultOf, formOf } from './tax-number.ts';
import { BILLING_CODES, STATUS_CODES } from './taxpayer-codes.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

interface TaxNumber {
  npwp: string;
  fullName?: string;
}

/** Our own profile, and the one question that BRI publishes. */
const PATHS = { apiKey: '/npwp/v1/validate', bri: '/v2.0/mpn/inquiryNpwpCTAS' };
const STATES = new Map([
  ['', 'active'],
  ['AKTIF', 'active'],
  ['NE', 'nonEffective'],
]);

function validateRequest({ npwp }: TaxNumber, { settings }: Call): WireRequest {
  const number = asWanted(npwp, settings);
  if (settings['access'] !== 'bri')
    return { method: 'POST', path: PATHS.apiKey, body: { json: { npwp: number } } };
  const json: JsonObject = { npwp: number };
  const asked = [
    ['branchID', 'branchId'],
    ['kdMAP', 'inquiryAccountCode'],
    ['kjs', 'inquiryDepositCode'],
  ] as const;
  for (const [field, name] of asked) if (settings[name] !== undefined) json[field] = settings[name];
  return { method: 'POST', path: PATHS.bri, body: { json } };
}

function validateReply(wire: WireReply, input: TaxNumber, call: Call): Outcome {
  const body = object(wire.body);
  const status = text(body['status']);
  const refusal =
    outcomeOf(BILLING_CODES, text(body['errorCode']), text(body['errorMessage'])) ??
    (status === '00' ? null : outcomeOf(STATUS_CODES, status, text(body['keterangan'])));
  if (refusal) return sharpened(refusal, input.npwp);
  // BNI names the holder `b048_wpName`.
  const registered = text(body['nama']) || text(body['b048_wpName']);
  if (wire.status !== 200 || registered === '') return call.tools.byStatus(wire) ?? BAD_RESPONSE;
  return found(registered, text(body['statusWp']).toUpperCase(), input, call);
}

function found(registered: string, state: string, input: TaxNumber, call: Call): Outcome {
  if (state === 'DE') return { is: 'refused', code: 'TAX_NUMBER_DELETED' };
  const status = STATES.get(state);
  if (status === undefined) return BAD_RESPONSE;
  const nameMatched = input.fullName === undefined ? null : sameName(registered, input.fullName);
  if (nameMatched === false) return { is: 'refused', code: 'TAX_NAME_MISMATCH' };
  const digits = digitsOf(input.npwp);
  const output = {
    npwp: asWanted(input.npwp, call.settings),
    form: formOf(digits),
    wellFormed: faultOf(digits) === null,
    status,
    registeredName: registered,
    nameMatched,
  };
  return { is: 'ok', output };
}

/** Null where the register shows stars instead of letters. */
function sameName(registered: string, told: string): boolean | null {
  if (registered.includes('*')) return null;
  return lettersOf(registered) === lettersOf(told);
}

function lettersOf(name: string): string {
  return name.toUpperCase().replace(/[^\p{L}]+/gu, '');
}

export const validateTaxNumber = {
  title: { id: 'Validasi NPWP', en: 'Validate a tax number (NPWP)' },
  effect: 'read',
  input: inputSchema,
  output: outputSchema,
  drops: {
    '/fullName': 'Compared here with the name that the register answers; the agency takes the number only.',
  },
  request: validateRequest,
  reply: validateReply,
} satisfies Operation<TaxNumber>;
