/** The pure functions an adapter may use besides the language itself: hashes, codes, zoned dates, HTTP manners. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSign,
  createVerify,
  timingSafeEqual,
} from 'node:crypto';
import lz from 'lz-string';
import type { JsonValue, Outcome } from '../domain/outcome.ts';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import { readSoap, type SoapReply } from '../wire/soap.ts';
import type { WireReply } from './contract.ts';

export type { SoapReply };

type Encoding = 'hex' | 'base64' | 'base64url';
type Bytes = string | Uint8Array;

export interface Tools {
  sha256(data: Bytes, encoding: Encoding): string;
  hmac(algorithm: 'sha256' | 'sha512', key: Bytes, data: Bytes, encoding: Encoding): string;
  /** RSA PKCS#1 v1.5 with SHA-256, base64. */
  rsaSign(privateKeyPem: string, data: Bytes): string;
  rsaVerify(publicKeyPem: string, data: Bytes, signatureBase64: string): boolean;
  sha1(data: Bytes, encoding: Encoding): string;
  /** AES-256-CBC with PKCS#7 padding: base64 in, UTF-8 text out. Throws an Error when it does not open. */
  aesDecrypt(keyHex: string, ivHex: string, dataBase64: string): string;
  /** The same the other way. */
  aesEncrypt(keyHex: string, ivHex: string, text: string): string;
  /** LZ-string's `decompressFromEncodedURIComponent`. Throws an Error when the text is none, or grows beyond 4 MB. */
  lzDecompress(text: string): string;
  /** Compares in constant time. */
  same(a: string, b: string): boolean;
  base64(data: Bytes): string;
  /** Throws an Error for text that is no base64. */
  fromBase64(text: string): Uint8Array;
  /** Texts as UTF-8 and bytes, one after the other. */
  bytes(...parts: Bytes[]): Uint8Array;
  utf8(data: Uint8Array): string;
  /** JSON with every limit held, for a signature that covers a field of the body; null when it is none. */
  json(data: Bytes): JsonValue;
  /** The first element in a SOAP reply's body, or its fault; null when the reply is no SOAP envelope. */
  soap(wire: Pick<WireReply, 'body'>): SoapReply | null;
  /** `yyyy MM dd HH mm ss` and `XXX` (offset) of an RFC 3339 instant, as seen in an IANA zone. */
  zoned(instant: string, zone: string, pattern: string): string;
  /** The next midnight in a zone after an instant, RFC 3339. */
  nextMidnight(instant: string, zone: string): string;
  /** JSON without insignificant white space, keys in their order: from the received bytes. */
  minifyJson(text: string): string;
  /** The usual meaning of 401, 403, 408, 429 and 5xx; null for any other status. */
  byStatus(wire: WireReply): Outcome | null;
}

export const tools: Tools = {
  sha256: (data, encoding) => createHash('sha256').update(data).digest(encoding),
  hmac: (algorithm, key, data, encoding) => createHmac(algorithm, key).update(data).digest(encoding),
  rsaSign: (privateKeyPem, data) => createSign('sha256').update(data).sign(privateKeyPem, 'base64'),
  rsaVerify,
  sha1: (data, encoding) => createHash('sha1').update(data).digest(encoding),
  aesDecrypt,
  aesEncrypt,
  lzDecompress,
  same(a, b) {
    const left = Buffer.from(a);
    const right = Buffer.from(b);
    return left.length === right.length && timingSafeEqual(left, right);
  },
  base64: (data) => Buffer.from(data).toString('base64'),
  fromBase64,
  bytes: (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part)))),
  utf8: (data) => Buffer.from(data).toString('utf8'),
  json,
  soap: ({ body }) => readSoap(body),
  zoned,
  nextMidnight,
  minifyJson,
  byStatus,
};

function rsaVerify(publicKeyPem: string, data: Bytes, signatureBase64: string): boolean {
  try {
    return createVerify('sha256').update(data).verify(publicKeyPem, signatureBase64, 'base64');
  } catch {
    return false;
  }
}

const AES = 'aes-256-cbc';

function aesDecrypt(keyHex: string, ivHex: string, dataBase64: string): string {
  const decipher = createDecipheriv(AES, Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex'));
  const text = Buffer.concat([decipher.update(fromBase64(dataBase64)), decipher.final()]);
  return text.toString('utf8');
}

function aesEncrypt(keyHex: string, ivHex: string, text: string): string {
  const cipher = createCipheriv(AES, Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex'));
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** A few hundred bytes can unfold into gigabytes. */
const MAX_UNFOLDED = 4_194_304;

function lzDecompress(text: string): string {
  const unfolded = text.length > MAX_UNFOLDED ? null : lz.decompressFromEncodedURIComponent(text);
  if (!unfolded || unfolded.length > MAX_UNFOLDED) throw new Error('The text is no LZ-string');
  return unfolded;
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text.replaceAll(/\s/g, '')) throw new Error('The text is no base64');
  return new Uint8Array(bytes);
}

function json(data: Bytes): JsonValue {
  try {
    return parseJson(Buffer.from(data), AGENCY_LIMITS);
  } catch {
    return null;
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formatters.set(zone, made);
  }
  return made;
}

function zoned(instant: string, zone: string, pattern: string): string {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(Date.parse(instant))) parts[type] = value;
  const offset = parts['timeZoneName'] === 'GMT' ? '+00:00' : parts['timeZoneName']!.slice(3);
  const values: Record<string, string> = {
    yyyy: parts['year']!,
    MM: parts['month']!,
    dd: parts['day']!,
    HH: parts['hour']!,
    mm: parts['minute']!,
    ss: parts['second']!,
    XXX: offset,
  };
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss|XXX/g, (token) => values[token]!);
}

const DAY_MS = 86_400_000;

function nextMidnight(instant: string, zone: string): string {
  const tomorrow = new Date(Date.parse(instant) + DAY_MS).toISOString();
  return zoned(tomorrow, zone, 'yyyy-MM-ddT00:00:00XXX');
}

function minifyJson(text: string): string {
  // Strings are matched whole, so white space inside them stays. Linear even for a string that never ends.
  return text.replace(
    /("(?:[^"\\]+|\\[^]?)*"?)|[ \t\r\n]+/g,
    (_, string: string | undefined) => string ?? '',
  );
}

function byStatus(wire: WireReply): Outcome | null {
  if (wire.status === 401 || wire.status === 403) return { is: 'away', code: 'AUTH_FAILED' };
  if (wire.status === 429) return { is: 'retry', code: 'RATE_LIMITED', ...retryAfter(wire) };
  if (wire.status === 503) return { is: 'retry', code: 'AGENCY_UNAVAILABLE', ...retryAfter(wire) };
  if (wire.status === 408 || wire.status >= 500) return { is: 'unknown', code: `HTTP_${wire.status}` };
  return null;
}

/** Seconds form only; the bus turns the date form into seconds before an adapter sees it. */
function retryAfter(wire: WireReply): { afterSeconds?: number } {
  const value = wire.headers['retry-after'];
  return value !== undefined && /^\d{1,9}$/.test(value) ? { afterSeconds: Number(value) } : {};
}
