/** SNAP's values between their words and ours: amounts, times, texts that some banks send as numbers. */
import type { HostedCall, JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';

/** What a conversion needs to read and write times; every kind of call has it. */
export type Times = Pick<HostedCall, 'settings' | 'tools' | 'now'>;

const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** SNAP writes dates with the zone's offset, 25 characters. */
const SNAP_DATE = 'yyyy-MM-ddTHH:mm:ssXXX';

export function zoneOf({ settings }: Pick<Times, 'settings'>): string {
  return textOf(settings['zone']) ?? 'Asia/Jakarta';
}

/** An instant as the bank writes it. */
export function snapDate(instant: string, call: Times): string {
  return call.tools.zoned(instant, zoneOf(call), SNAP_DATE);
}

export function hoursFrom({ now }: Times, hours: number): string {
  return new Date(Date.parse(now) + hours * HOUR_MS).toISOString();
}

export function minutesFrom({ now }: Times, minutes: number): string {
  return new Date(Date.parse(now) + minutes * MINUTE_MS).toISOString();
}

/** As some of the standard's own samples write it: `20201231T235959Z`. */
const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?=Z|[+-]|$)/;
const LOCAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?$/;
const WHOLE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:(Z)|([+-]\d\d):?(\d\d))$/;

/** A bank's time as RFC 3339, `Z` or an offset; one without either is read in the bank's zone. Undefined when it is none. */
export function timeOf(value: JsonValue | undefined, call: Times): string | undefined {
  const text = (textOf(value)?.trim() ?? '').replace(COMPACT, '$1-$2-$3T$4:$5:$6');
  const [, moment, utc, hours, minutes] = WHOLE.exec(text) ?? [];
  if (moment !== undefined) {
    const whole = moment + (utc ?? `${hours}:${minutes}`);
    return Number.isNaN(Date.parse(whole)) ? undefined : whole;
  }
  if (!LOCAL.test(text)) return undefined;
  const local = text.replace(' ', 'T');
  if (Number.isNaN(Date.parse(`${local}Z`))) return undefined;
  return local + call.tools.zoned(`${local}Z`, zoneOf(call), 'XXX');
}

/** Whether an RFC 3339 time has come; false for a time that is unknown. */
export function isPast(time: string | undefined, { now }: Times): boolean {
  return time !== undefined && Date.parse(time) <= Date.parse(now);
}

/** Always two decimals: `150000.00`. */
export function moneyOf(amount: number): JsonObject {
  return { value: `${amount}.00`, currency: 'IDR' };
}

/** Whole rupiah of a SNAP amount, or null when it is none (cents, another currency, more than we can count). */
export function rupiahOf(money: JsonValue | undefined): number | null {
  const { value, currency } = objectOf(money);
  const digits = /^(\d{1,16})(?:\.00?)?$/.exec(textOf(value) ?? '');
  const amount = Number(digits?.[1] ?? Number.NaN);
  return currency === 'IDR' && Number.isSafeInteger(amount) ? amount : null;
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function listOf(value: JsonValue | undefined): JsonObject[] | null {
  return Array.isArray(value) ? value.map(objectOf) : null;
}

/** Text of a field that some banks send as a number; undefined when absent or empty. */
export function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** The same, empty when absent. */
export function wordOf(value: JsonValue | undefined): string {
  return textOf(value) ?? '';
}

/** The settings of that name which are set, under SNAP's names. */
export function settingsOf({ settings }: Pick<Times, 'settings'>, ...names: string[]): JsonObject {
  const found: JsonObject = {};
  for (const name of names) {
    const value = textOf(settings[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
