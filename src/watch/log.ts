/** The log: JSON lines, one wide line per unit of work, every string masked and cut. */
import { pino, type DestinationStream } from 'pino';
import type { Log, LogFields } from '../flow/ports/log.ts';

const MAX_STRING = 2048;
/** Masked before it is cut, so that no half of a secret stays at the edge; what is far longer is cut twice. */
const MAX_MASKED = 4 * MAX_STRING;
const MAX_DEPTH = 4;
const MAX_ITEMS = 50;
/** Names that pino and we write ourselves; a field so named gets a trailing underscore. */
const OWN_NAMES = new Set(['level', 'time', 'event']);
/** JSON escapes C0; these too would steer a terminal or turn a line around. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Makes the log. `mask` runs over every string; `destination` defaults to standard output. */
export function makeLog(
  level: LogLevel,
  mask: (text: string) => string,
  destination?: DestinationStream,
): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lines = destination ? pino(options, destination) : pino(options);
  const wide = (event: string, fields: LogFields = {}): LogFields => ({
    event: text(event, mask),
    ...renamed(clean(fields, mask, 0) as LogFields),
  });
  return {
    // Masking is the dear part of a line: nothing is masked for a level that is off.
    info: (event, fields) => void (lines.isLevelEnabled('info') && lines.info(wide(event, fields))),
    warn: (event, fields) => void (lines.isLevelEnabled('warn') && lines.warn(wide(event, fields))),
    error: (event, fields) => void (lines.isLevelEnabled('error') && lines.error(wide(event, fields))),
  };
}

function renamed(fields: LogFields): LogFields {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [OWN_NAMES.has(name) ? `${name}_` : name, value]));
}

type Masking = (text: string) => string;

function clean(value: unknown, mask: Masking, depth: number): unknown {
  if (typeof value === 'string') return text(value, mask);
  if (typeof value === 'number' || typeof value === 'bigint') return number(value, mask);
  if (value === null || typeof value === 'boolean' || value === undefined) return value;
  if (typeof value !== 'object') return typeof value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return failure(value, mask, depth);
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[no date]' : value.toISOString();
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => clean(item, mask, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([name, item]) => [text(name, mask), clean(item, mask, depth + 1)]));
}

/** An error by name, code, words and place; never its other properties, which may hold a request. */
function failure(error: Error, mask: Masking, depth: number): unknown {
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return clean(
    { name, ...(code !== undefined && { code }), message, stack, ...(cause !== undefined && { cause }) },
    mask,
    depth,
  );
}

function number(value: number | bigint, mask: Masking): number | string {
  const digits = String(value);
  const masked = mask(digits);
  if (masked !== digits) return masked;
  return typeof value === 'bigint' ? digits : value;
}

function text(value: string, mask: Masking): string {
  const masked = mask(value.slice(0, MAX_MASKED)).replace(STEERING, escaped);
  return masked.length > MAX_STRING ? masked.slice(0, MAX_STRING) + '…' : masked;
}

function escaped(character: string): string {
  return '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0');
}
