/** Reading values of replies that may hold anything, and the forms of a tax office's numbers. */
import type { JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';

/** The object, or an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A string or number as trimmed text; anything else is empty. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** Whole rupiah, written as a number or as text with or without cents of nought; null when it is no such amount. */
export function rupiah(value: JsonValue | undefined): number | null {
  const digits = /^(\d{1,15})(?:\.0{1,2})?$/.exec(text(value))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Square metres; null when it is no number. */
export function area(value: JsonValue | undefined): number | null {
  const told = /^\d{1,9}(?:\.\d{1,4})?$/.exec(text(value))?.[0];
  return told === undefined ? null : Number(told);
}

/** Only what was told: no field that is empty or null. */
export function told(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== null));
}

/** A tax object's number (NOP) as its 18 digits, without the dots and hyphens that it is printed with. */
export function nopDigits(nop: string): string {
  return nop.replace(/[.-]/g, '');
}

/** The parts of a NOP. Its region codes are the tax authority's, not those of the home ministry. */
export function nopParts(nop: string): Record<string, string> | null {
  const found = /^(\d\d)(\d\d)(\d{3})(\d{3})(\d{3})(\d{4})(\d)$/.exec(nopDigits(nop));
  if (!found) return null;
  const [, province, regency, district, village, block, sequence, type] = found as unknown as string[];
  return {
    province: province!,
    regency: regency!,
    district: district!,
    village: village!,
    block: block!,
    sequence: sequence!,
    type: type!,
  };
}

/** `dd/MM/yyyy` or `yyyy-MM-dd…` as yyyy-MM-dd; empty when it is none. */
export function dateOf(value: JsonValue | undefined): string {
  const found = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text(value));
  if (found) return `${found[3]}-${found[2]}-${found[1]}`;
  return /^\d{4}-\d\d-\d\d/.exec(text(value))?.[0] ?? '';
}

/** `Rp1.250.000`, for words that a citizen reads. */
export function printed(amount: number): string {
  return `Rp${String(amount).replace(/\B(?=(\d{3})+$)/g, '.')}`;
}
