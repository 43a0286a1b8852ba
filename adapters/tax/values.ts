/** Reading values of replies that may hold anything. */
import type { Call, JsonObject, JsonValue, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

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

/** `yyyy-MM-dd HH:mm:ss` of western Indonesian time, which knows no summer, as RFC 3339; null when it is none. */
export function jakartaTime(value: JsonValue | undefined): string | null {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/.exec(text(value));
  const time = found && `${found[1]}T${found[2]}+07:00`;
  return time !== null && !Number.isNaN(Date.parse(time)) ? time : null;
}

/** What a failed question says of the operation it asked about: nothing, unless the agency serves nobody. */
export function failedQuestion(wire: WireReply, { tools }: Call): Outcome {
  const failed = tools.byStatus(wire);
  if (failed?.is === 'retry') return { is: 'unknown', code: failed.code };
  return failed ?? BAD_RESPONSE;
}
