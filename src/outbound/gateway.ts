/** The gateway before an agency (SPLP, a WSO2 API manager): its path, its key, and its own refusals, which are never the agency's word. */
import type { WireReply } from '../adapter-kit/contract.ts';
import type { Gateway } from '../domain/catalogue.ts';
import type { JsonValue, Outcome } from '../domain/outcome.ts';
import type { Rendered } from './render.ts';

/** The path before the agency's own: of the gateway's base URL, the tenant, and the API that stands for the agency. */
export function wayThrough({ prefix, tenant }: Gateway, base: string): string {
  return `${base}${tenant === undefined ? '' : `/t/${tenant}`}${prefix}`;
}

/**
 * What the gateway is sent: the agency's own request, signed as it is, below the gateway's path and with its key
 * beside. Null when the agency's request has a header of that name: one of the two would be lost.
 */
export function throughGateway(gateway: Gateway, way: string, signed: Rendered): Rendered | null {
  const { header, scheme, key } = gateway;
  if (Object.hasOwn(signed.headers, header)) return null;
  const shown = scheme === undefined ? key : `${scheme} ${key}`;
  return { ...signed, path: way + signed.path, headers: { ...signed.headers, [header]: shown } };
}

interface Fault {
  code: string;
  /** When the gateway lets us in again, as it writes it. */
  nextAccess: string;
}

/** What a reply says if it is the gateway's own; null when it is the agency's. */
export function gatewayWord(wire: Pick<WireReply, 'status' | 'headers' | 'body'>): Outcome | null {
  if (wire.status < 400) return null;
  const fault = faultOf(wire.body);
  if (!fault) return null;
  const code = Number(fault.code);
  // Wrong, missing or expired key, no subscription, no such resource: nobody gets through until a person mends it.
  if (code >= 900_900 && code <= 900_910) return { is: 'away', code: 'AUTH_FAILED' };
  if (code >= 900_800 && code <= 900_805) return throttled(wire, fault, code);
  // Not known, or its way to the agency is broken: it may have handed the request on before.
  return wire.status < 500
    ? { is: 'away', code: 'GATEWAY_REFUSED' }
    : { is: 'unknown', code: 'GATEWAY_FAULT' };
}

const BLOCKED = 900_805;

function throttled({ headers }: Pick<WireReply, 'headers'>, { nextAccess }: Fault, code: number): Outcome {
  if (code === BLOCKED) return { is: 'away', code: 'AUTH_FAILED' };
  const until = instantOf(nextAccess);
  if (until !== null) return { is: 'away', code: 'RATE_LIMITED', until };
  const after = headers['retry-after'];
  const seconds = after !== undefined && /^\d{1,9}$/.test(after) ? { afterSeconds: Number(after) } : {};
  return { is: 'retry', code: 'RATE_LIMITED', ...seconds };
}

/** `2026-Nov-20 10:00:00+0000 UTC`, as WSO2 writes it. */
function instantOf(text: string): string | null {
  const [, year, month, day, time] =
    /^(\d{4})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2})\+0000/.exec(text) ?? [];
  const at = year === undefined ? Number.NaN : Date.parse(`${day} ${month} ${year} ${time} UTC`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** `{ fault: { code, message } }` as JSON or XML; releases from 4 on leave the outer object away. */
function faultOf(body: JsonValue): Fault | null {
  const outer = objectOf(body);
  const fault = objectOf(outer?.['fault']);
  const found = fault ?? (outer && isBare(outer) ? outer : null);
  if (!found) return null;
  return { code: textOf(found['code']), nextAccess: textOf(found['nextAccessTime']) };
}

/** Codes of six digits that begin with 900 are the gateway's own. */
const isBare = ({ code, message, description }: Record<string, JsonValue>): boolean =>
  /^900[89]\d\d$/.test(textOf(code)) && typeof message === 'string' && typeof description === 'string';

function objectOf(value: JsonValue | undefined): Record<string, JsonValue> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
