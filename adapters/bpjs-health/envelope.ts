/** BPJS's envelope in all its spellings, and the sealed answer inside it. */
import type { Call, JsonObject, JsonValue, WireReply } from '../../src/adapter-kit/contract.ts';
import { list, object, text } from './values.ts';

export interface Envelope {
  /** As text, whether it came as text or as a number; empty when there is none. */
  code: string;
  message: string;
  /** Still sealed. */
  response: JsonValue;
}

/** VClaim and PCare write `metaData`, Antrean `metadata`. */
export function envelopeOf({ body }: Pick<WireReply, 'body'>): Envelope {
  const whole = object(body);
  const meta = object(whole['metaData'] ?? whole['metadata']);
  const code = text(meta['code']);
  return {
    code: /^\d{1,3}$/.test(code) ? code : '',
    message: text(meta['message']),
    response: whole['response'] ?? null,
  };
}

/** A service says how it went by these codes, and HTTP agrees. */
export function succeeded(wire: WireReply, ...codes: string[]): boolean {
  return wire.status < 300 && codes.includes(envelopeOf(wire).code);
}

/** What the agency says, in its own words: PCare tells field by field, and only in the clear. */
export function wordsOf({ message, response }: Envelope): string {
  const told = list(response).map((one) => `${text(one['field'])}: ${text(one['message'])}`);
  return [message, ...told].join('; ').slice(0, 500);
}

/** The seal is not ours: another key, another second, or no seal at all. */
export const UNOPENED = Symbol('unopened');

/**
 * The answer itself. A text is sealed with AES-256-CBC under a key made of our secret and the very second that this
 * request was signed with, then folded by LZ-string; anything else came in the clear.
 */
export function opened({ response }: Envelope, call: Call): JsonValue | typeof UNOPENED {
  if (typeof response !== 'string') return response;
  if (response === '') return null;
  const { settings, now, tools } = call;
  const timestamp = String(Math.floor(Date.parse(now) / 1000));
  const secret = `${settings['consId'] as string}${settings['secretKey'] as string}${timestamp}`;
  const key = tools.sha256(secret, 'hex');
  try {
    const value = tools.json(tools.lzDecompress(tools.aesDecrypt(key, key.slice(0, 32), response)));
    return value ?? UNOPENED;
  } catch {
    return UNOPENED;
  }
}

/** Some lists come bare, some under `list`; null when there is none. */
export function rowsOf(value: JsonValue): JsonObject[] | null {
  const rows = Array.isArray(value) ? value : object(value)['list'];
  return Array.isArray(rows) ? list(rows) : null;
}
