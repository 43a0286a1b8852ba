/** Reading values of replies that may hold anything. */
import type { JsonObject, JsonValue, Outcome } from '../../src/adapter-kit/contract.ts';

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

/** The object, or an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The objects of an array; none of anything else. */
export function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** A string or number as trimmed text; anything else is empty. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
