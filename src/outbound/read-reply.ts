/** Reads a reply by its content type, with every limit held, into what an adapter sees. */
import type { WireReply } from '../adapter-kit/contract.ts';
import type { JsonValue } from '../domain/outcome.ts';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import { parseXml } from '../wire/xml.ts';

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;
const XML_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?xml$/;
/** Many agencies name their JSON so, or not at all. */
const LOOSE_TYPE = /^$|^text\/(?:plain|html)$/;

/** The reply as values, or null when it is not what it says it is. `now` in ms since the epoch. */
export async function readReply(
  status: number,
  headers: Record<string, string>,
  bytes: Buffer,
  now: number,
): Promise<WireReply | null> {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') return null; // we asked for none, and unpack none
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  try {
    const body = await readBody(type.trim(), parameters.join(';'), bytes);
    return { status, headers: withSeconds(headers, now), body, bytes: bytes.length, type: type.trim() };
  } catch {
    return null; // a WireError, or a charset nobody knows
  }
}

async function readBody(type: string, parameters: string, bytes: Buffer): Promise<JsonValue> {
  if (bytes.length === 0) return null;
  if (JSON_TYPE.test(type)) return parseJson(bytes, AGENCY_LIMITS);
  if (XML_TYPE.test(type)) return parseXml(bytes);
  if (LOOSE_TYPE.test(type) && startsAsObject(bytes)) {
    const value = tryJson(bytes);
    if (value !== undefined) return value;
  }
  return type.startsWith('text/') ? readText(parameters, bytes) : null;
}

function startsAsObject(bytes: Buffer): boolean {
  return bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('{');
}

function tryJson(bytes: Buffer): JsonValue | undefined {
  try {
    return parseJson(bytes, AGENCY_LIMITS);
  } catch {
    return undefined;
  }
}

function readText(parameters: string, bytes: Buffer): string {
  const [, charset = 'utf-8'] = /charset="?([\w-]+)/.exec(parameters) ?? [];
  return new TextDecoder(charset).decode(bytes);
}

/** `Retry-After` as seconds (RFC 9110 §10.2.3 allows a date too), so that adapters need no clock. */
export function retryAfterSeconds(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

function withSeconds(headers: Record<string, string>, now: number): Record<string, string> {
  const { 'retry-after': given, ...others } = headers;
  if (given === undefined) return headers;
  const seconds = retryAfterSeconds(given, now);
  return seconds === undefined ? others : { ...others, 'retry-after': String(seconds) };
}
