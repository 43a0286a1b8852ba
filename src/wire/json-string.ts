/** Reads one JSON string: its escapes, and the characters that no text of ours may hold. */
import { WireError } from './error.ts';
import type { Scan } from './json-scan.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Bytes that need a second look: controls, quote, backslash, DEL, and the leads of C1 and bidi in UTF-8. */
const SPECIAL = new Uint8Array(256);
SPECIAL.fill(1, 0, 0x20);
for (const byte of [QUOTE, BACKSLASH, 0x7f, 0xc2, 0xe2]) SPECIAL[byte] = 1;

/** Takes where the opening quote is and gives where the string has ended. */
export function string(scan: Scan, from: number): number {
  const bytes = scan.bytes;
  let at = from + 1;
  for (;;) {
    while (SPECIAL[bytes[at]!] === 0) at++;
    const byte = bytes[at];
    if (byte === QUOTE) break;
    if (byte === undefined) throw new WireError('json_syntax', at);
    at = byte === BACKSLASH ? escape(scan, at) : oddByte(scan, at, byte);
  }
  if (at - from - 1 > scan.limits.maxStringBytes) throw new WireError('string_too_long', from);
  return at + 1;
}

/** A raw control character, or the lead of one in UTF-8, or of neither. */
function oddByte({ bytes, strict }: Scan, at: number, byte: number): number {
  const next = bytes[at + 1]!;
  const last = bytes[at + 2]!;
  if (byte < 0x20) throw new WireError(strict && !isWritten(byte) ? 'control_character' : 'json_syntax', at);
  const isControl =
    byte === 0x7f ||
    (byte === 0xc2 && next < 0xa0) ||
    (byte === 0xe2 && next === 0x80 && last >= 0xaa && last <= 0xae) ||
    (byte === 0xe2 && next === 0x81 && last >= 0xa6 && last <= 0xa9);
  if (isControl && strict) throw new WireError('control_character', at);
  return at + 1;
}

const SHORT_ESCAPES = new Set(Buffer.from('"\\/nrtbf'));
const CONTROL_ESCAPES = new Set(Buffer.from('bf'));

function escape(scan: Scan, at: number): number {
  scan.escaped = true;
  const letter = scan.bytes[at + 1]!;
  if (letter === LETTER_U) return unicodeEscape(scan, at);
  if (!SHORT_ESCAPES.has(letter)) throw new WireError('json_syntax', at);
  if (scan.strict && CONTROL_ESCAPES.has(letter)) throw new WireError('control_character', at);
  return at + 2;
}

function unicodeEscape(scan: Scan, at: number): number {
  const { bytes, strict } = scan;
  const unit = hex(bytes, at + 2);
  if (unit < 0) throw new WireError('json_syntax', at);
  if (strict && isControlUnit(unit)) throw new WireError('control_character', at);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  const pairs = unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === LETTER_U;
  const low = pairs ? hex(bytes, at + 8) : -1;
  if (low >= 0xdc00 && low <= 0xdfff) return at + 12;
  if (strict) throw new WireError('encoding', at);
  scan.mendable = true;
  return at + 6;
}

/** The value of four hexadecimal digits, or -1. */
function hex(bytes: Uint8Array, from: number): number {
  let unit = 0;
  for (let at = from; at < from + 4; at++) {
    const byte = bytes[at] ?? 0;
    const digit = byte - 0x30;
    const letter = (byte | 0x20) - 0x61;
    if (digit >= 0 && digit <= 9) unit = unit * 16 + digit;
    else if (letter >= 0 && letter <= 5) unit = unit * 16 + letter + 10;
    else return -1;
  }
  return unit;
}

/** Tab, line feed and carriage return: writing, though JSON wants them escaped. */
function isWritten(unit: number): boolean {
  return unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

/** C0, DEL, C1, and the Unicode bidi embeddings, overrides and isolates. */
function isControlUnit(unit: number): boolean {
  if (unit < 0x20) return !isWritten(unit);
  const isBidi = (unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069);
  return isBidi || (unit >= 0x7f && unit <= 0x9f);
}
