/** Reading values of replies that may hold anything, and writing dates and instants as BPJS wants them. */
import type { Call, JsonObject, JsonValue, Outcome } from '../../src/adapter-kit/contract.ts';

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

/** The object, or an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The objects of a list; anything else is empty. */
export function list(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map((one) => object(one)) : [];
}

/** A string or number as trimmed text; anything else is empty. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** Antrean counts milliseconds since the epoch. */
export function millis(instant: string): number {
  return Date.parse(instant);
}

/** yyyy-MM-dd as the dd-MM-yyyy of PCare. */
export function turned(date: string): string {
  const [year, month, day] = date.split('-');
  return `${day}-${month}-${year}`;
}

/** `+628…` as the `08…` that people dial. */
export function dialled(phone: string): string {
  return phone.replace(/^\+62/, '0');
}

const DEFAULT_PATHS = { vclaim: '/vclaim-rest', antrean: '/antreanrs', pcare: '/pcare-rest' } as const;

/** Where a service stands below the host; development has names of its own. */
export function pathOf(service: keyof typeof DEFAULT_PATHS, { settings }: Pick<Call, 'settings'>): string {
  const named = settings[`${service}Path`];
  return typeof named === 'string' && named !== '' ? named : DEFAULT_PATHS[service];
}
