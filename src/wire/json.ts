/** The strict gate for JSON: one linear scan holds every limit and the grammar, then JSON.parse builds the value. */
import { isUtf8 } from 'node:buffer';
import type { JsonValue } from './value.ts';
import { WireError } from './error.ts';
import { scanDocument } from './json-scan.ts';
import { numberProblem } from './number.ts';

export interface JsonLimits {
  maxBytes: number;
  /** Objects and arrays within each other. */
  maxDepth: number;
  /** Values of any kind; keys are not counted. */
  maxNodes: number;
  /** Bytes of one string or key as sent, escapes unread. */
  maxStringBytes: number;
  /**
   * `refuse`: duplicate keys, control characters, lone surrogates, inexact numbers and a byte order mark are errors.
   * `mend`: the last of duplicate keys holds, a lone surrogate becomes U+FFFD, an inexact integer stays as its digits
   * in a string, control characters and a byte order mark pass.
   */
  oddities: 'refuse' | 'mend';
}

/** What platforms and people send. */
export const STRICT_LIMITS: JsonLimits = {
  maxBytes: 1_048_576,
  maxDepth: 64,
  maxNodes: 20_000,
  maxStringBytes: 65_536,
  oddities: 'refuse',
};

/** What agencies reply: a reply thrown away is an outcome lost, so oddities that do no harm are mended. */
export const AGENCY_LIMITS: JsonLimits = {
  maxBytes: 16_777_216,
  maxDepth: 64,
  maxNodes: 100_000,
  maxStringBytes: 16_777_216,
  oddities: 'mend',
};

/**
 * Reads JSON (RFC 8259, UTF-8) within limits.
 * @throws WireError naming the limit or rule broken and the byte where it was.
 */
export function parseJson(bytes: Uint8Array, limits?: Partial<JsonLimits>): JsonValue {
  const held = limits === undefined ? STRICT_LIMITS : { ...STRICT_LIMITS, ...limits };
  if (bytes.length > held.maxBytes) throw new WireError('json_too_large');
  const start = checkEncoding(bytes, held);
  const scan = scanDocument(bytes, start, held);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', start);
  if (held.oddities === 'mend') return scan.mendable ? mend(text) : (JSON.parse(text) as JsonValue);
  const value = JSON.parse(text) as JsonValue;
  // A duplicate key leaves fewer members than were read: cheaper than a set of keys for every object.
  if (countMembers(value) !== scan.members) throw new WireError('json_duplicate_key');
  return value;
}

const BYTE_ORDER_MARK = 3;

/** Where the text begins. */
function checkEncoding(bytes: Uint8Array, limits: JsonLimits): number {
  // A zero among the first two bytes is UTF-16 or UTF-32, which is valid UTF-8 as long as it is ASCII.
  if (!isUtf8(bytes) || bytes[0] === 0 || bytes[1] === 0) throw new WireError('encoding');
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (marked && limits.oddities === 'refuse') throw new WireError('encoding', 0);
  return marked ? BYTE_ORDER_MARK : 0;
}

function countMembers(value: JsonValue): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item);
  } else if (value !== null && typeof value === 'object') {
    for (const key in value) {
      const member = value[key]!;
      count += typeof member === 'object' ? 1 + countMembers(member) : 1;
    }
  }
  return count;
}

/** Integers may be names of something and keep all their digits; fractions are measures and may be rounded. */
const INTEGER = /^-?\d+$/;

/** A NIK of province 91 and up sent as a number is beyond 2^53: rounding it would name another person. */
function mend(text: string): JsonValue {
  const reviver = (_key: string, value: unknown, context?: { source: string }): unknown => {
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value !== 'number' || context === undefined) return value;
    const isLost = INTEGER.test(context.source) && numberProblem(context.source) === 'number_not_exact';
    return isLost ? context.source : value;
  };
  return JSON.parse(text, reviver) as JsonValue;
}
