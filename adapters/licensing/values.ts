/** Reading values of messages that may hold anything, and the regions that OSS writes as ten digits. */
import type { JsonObject, JsonValue, Outcome } from '../../src/adapter-kit/contract.ts';

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

/** The object, or an empty one; some of OSS's own samples have names that end in a space. */
export function object(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.trim(), one]));
}

/** The objects of an array; none of anything else. */
export function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** A string or number as trimmed text; anything else is empty. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** The text that has this form, or nothing: for fields that are better absent than wrong. */
export function shaped(value: JsonValue | undefined, form: RegExp): string | undefined {
  return form.exec(text(value))?.[0];
}

export const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is there of these fields; `undefined` and empty texts are left out. */
export function given(fields: Record<string, JsonValue | undefined>): JsonObject {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(kept) as JsonObject;
}

/** `6112012001` → `61.12.01.2001`, `6112000000` → `61.12`; null for what names no region (`00…`, the centre). */
export function regionOf(digits: string): string | null {
  const parts = /^(\d{2})(\d{2})(\d{2})(\d{4})$/.exec(digits)?.slice(1);
  if (!parts) return null;
  const end = parts.findIndex((part) => /^0+$/.test(part));
  return parts.slice(0, end === -1 ? parts.length : end).join('.') || null;
}

/** `61.12` → `6112000000`. */
export function tenDigitsOf(region: string): string {
  return region.replaceAll('.', '').padEnd(10, '0');
}
