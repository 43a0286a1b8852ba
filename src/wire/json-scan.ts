/** Reads JSON bytes once from left to right, holding grammar and limits, and builds nothing. */
import { FORBIDDEN_NAMES, WireError } from './error.ts';
import type { WireErrorCode } from './error.ts';
import type { JsonLimits } from './json.ts';
import { string } from './json-string.ts';
import { numberProblem } from './number.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** `]` and `}` stand so far behind `[` and `{`. */
const CLOSES = 2;

/** What one scan knows; positions travel as arguments and results. */
export interface Scan {
  bytes: Uint8Array;
  limits: JsonLimits;
  strict: boolean;
  /** Values met so far. */
  nodes: number;
  /** Object members met so far. */
  members: number;
  /** A string had an escape since this was last cleared. */
  escaped: boolean;
  /** Whether `mend` has something to do. */
  mendable: boolean;
}

/** Holds a whole document from `start` on. @throws WireError */
export function scanDocument(bytes: Uint8Array, start: number, limits: JsonLimits): Scan {
  const strict = limits.oddities === 'refuse';
  const scan: Scan = { bytes, limits, strict, nodes: 0, members: 0, escaped: false, mendable: false };
  const end = space(bytes, root(scan, start));
  if (end < bytes.length) fail('json_syntax', end);
  return scan;
}

function fail(code: WireErrorCode, at: number): never {
  throw new WireError(code, at);
}

function space(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;)
    byte = bytes[++at];
  return at;
}

/** One loop with a stack of its own: half the time of a function for each kind of value. */
function root(scan: Scan, from: number): number {
  const { bytes, limits } = scan;
  const opened = new Uint8Array(limits.maxDepth + 1);
  let depth = 0;
  let at = from;
  for (;;) {
    at = space(bytes, at);
    const byte = bytes[at];
    if (++scan.nodes > limits.maxNodes) fail('json_too_many_nodes', at);
    if (byte === QUOTE) at = string(scan, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth === limits.maxDepth) fail('json_too_deep', at);
      opened[++depth] = byte;
      at = space(bytes, at + 1);
      if (bytes[at] !== byte + CLOSES) {
        if (byte === OPEN_OBJECT) at = key(scan, at);
        continue;
      }
      depth--;
      at++;
    } else at = scalar(scan, at, byte);

    for (; depth > 0; depth--) {
      at = space(bytes, at);
      const open = opened[depth]!;
      if (bytes[at] === COMMA) {
        at = open === OPEN_OBJECT ? key(scan, space(bytes, at + 1)) : at + 1;
        break;
      }
      if (bytes[at] !== open + CLOSES) fail('json_syntax', at);
      at++;
    }
    if (depth === 0) return at;
  }
}

function scalar(scan: Scan, at: number, byte: number | undefined): number {
  if (byte === 0x74) return word(scan.bytes, at, 'true');
  if (byte === 0x66) return word(scan.bytes, at, 'false');
  if (byte === 0x6e) return word(scan.bytes, at, 'null');
  return number(scan, at);
}

function word(bytes: Uint8Array, from: number, expected: string): number {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[from + index] !== expected.charCodeAt(index)) fail('json_syntax', from + index);
  }
  return from + expected.length;
}

/** Takes where a key begins and gives where its value may. */
function key(scan: Scan, from: number): number {
  if (scan.bytes[from] !== QUOTE) fail('json_syntax', from);
  scan.escaped = false;
  scan.members++;
  const end = string(scan, from);
  if (scan.escaped || startsForbidden(scan.bytes, from + 1)) {
    const text = Buffer.from(scan.bytes.subarray(from, end)).toString();
    if (FORBIDDEN_NAMES.has(JSON.parse(text) as string)) fail('json_forbidden_key', from);
  }
  const colon = space(scan.bytes, end);
  if (scan.bytes[colon] !== COLON) fail('json_syntax', colon);
  return colon + 1;
}

/** `__`, `cons` or `prot`: only such a key is worth a string of its own. */
function startsForbidden(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first === 0x5f) return bytes[at + 1] === 0x5f;
  if (first === 0x63) return bytes[at + 1] === 0x6f && bytes[at + 2] === 0x6e && bytes[at + 3] === 0x73;
  return first === 0x70 && bytes[at + 1] === 0x72 && bytes[at + 2] === 0x6f && bytes[at + 3] === 0x74;
}

/** Doubles keep every literal of at most so many characters without sign and exponent. */
const ALWAYS_EXACT_LENGTH = 15;

function number(scan: Scan, from: number): number {
  const bytes = scan.bytes;
  const first = bytes[from] === MINUS ? from + 1 : from;
  let at = bytes[first] === ZERO ? first + 1 : digits(bytes, first);
  if (bytes[at] === DOT) at = digits(bytes, at + 1);
  const marksExponent = bytes[at] === 0x65 || bytes[at] === 0x45;
  if (marksExponent) {
    const sign = bytes[at + 1];
    at = digits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
  }
  if (first === from && !marksExponent && at - from <= ALWAYS_EXACT_LENGTH) return at;
  const literal = Buffer.from(bytes.subarray(from, at)).toString('latin1');
  const problem = numberProblem(literal);
  if (problem === null) return at;
  // Infinity cannot be written again, whoever sent it.
  if (scan.strict || !Number.isFinite(Number(literal))) fail(problem, from);
  scan.mendable = true;
  return at;
}

function digits(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= 0x39;) byte = bytes[++at];
  if (at === from) fail('json_syntax', at);
  return at;
}
