/** Form bodies (application/x-www-form-urlencoded, WHATWG URL §5) in and out, each field once. */
import { FORBIDDEN_NAMES, WireError } from './error.ts';

export interface FormLimits {
  maxBytes: number;
  maxFields: number;
}

export const FORM_LIMITS: FormLimits = { maxBytes: 1_048_576, maxFields: 1_000 };

/** @throws WireError for a limit, a field sent twice or text that is not UTF-8. */
export function parseForm(bytes: Uint8Array, limits: Partial<FormLimits> = {}): Record<string, string> {
  const held = { ...FORM_LIMITS, ...limits };
  if (bytes.length > held.maxBytes) throw new WireError('form_too_large');
  const pairs = Buffer.from(bytes)
    .toString('latin1')
    .split('&', held.maxFields + 1);
  if (pairs.length > held.maxFields) throw new WireError('form_too_many_fields');
  const form: Record<string, string> = {};
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (FORBIDDEN_NAMES.has(name)) throw new WireError('form_forbidden_field');
    if (Object.hasOwn(form, name)) throw new WireError('form_duplicate_field');
    form[name] = equals < 0 ? '' : decode(pair.slice(equals + 1));
  }
  return form;
}

export function renderForm(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

/** The text is one character a byte; unlike URLSearchParams this refuses what is not UTF-8. */
function decode(text: string): string {
  const raw = text
    .replaceAll('+', ' ')
    .replace(/[\u0080-\u00ff]/g, (byte) => '%' + byte.charCodeAt(0).toString(16));
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new WireError('encoding');
  }
}
