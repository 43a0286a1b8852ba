/** Other values in the place of one: of the same form, so that a schema may still take them. */
import type { JsonSchema, JsonValue } from '../contract.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Candidates, the likeliest first; the caller asks the schema which of them hold. */
export function variantsOf(value: JsonValue, schemas: readonly JsonSchema[] = []): JsonValue[] {
  const listed = schemas.flatMap(({ enum: all }) => (Array.isArray(all) ? (all as JsonValue[]) : []));
  const others = listed.filter((one) => one !== value);
  if (others.length > 0) return others;
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return numbers(value, schemas);
  if (typeof value === 'string') return texts(value);
  if (Array.isArray(value))
    return value.flatMap((one, at) => variantsOf(one).map((other) => value.with(at, other)));
  if (value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    variantsOf(one).map((other) => ({ ...value, [key]: other })),
  );
}

function numbers(value: number, schemas: readonly JsonSchema[]): number[] {
  const steps = schemas.flatMap(({ multipleOf }) => (typeof multipleOf === 'number' ? [multipleOf] : []));
  const near = [1, ...steps].flatMap((step) => [value + step, value - step]);
  return [...near, value * 2 + 1, Math.floor(value / 2), 0, 1];
}

function texts(text: string): string[] {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return dates(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return instants(text);
  return [...turned(text), `${text}x`, `${text}0`, text.slice(0, -1)].filter(
    (one) => one !== text && one !== '',
  );
}

function dates(text: string): string[] {
  const at = (ms: number): string => new Date(Date.parse(text) + ms).toISOString().slice(0, 10);
  return [DAY_MS, -DAY_MS, 40 * DAY_MS, 400 * DAY_MS, -400 * DAY_MS].map(at);
}

function instants(text: string): string[] {
  const at = (ms: number): string => new Date(Date.parse(text) + ms).toISOString();
  return [HOUR_MS, DAY_MS, 40 * DAY_MS, -HOUR_MS, -DAY_MS].map(at);
}

/** Characters are turned one at a time, from both ends inwards: each keeps its kind, so that patterns hold. */
function turned(text: string): string[] {
  const places = [...Array(text.length).keys()];
  const inwards = places.map((n) => (n % 2 === 0 ? text.length - 1 - n / 2 : (n - 1) / 2));
  return inwards.slice(0, MOST_PLACES).flatMap((at) => {
    const other = next(text[at]!);
    return other === null ? [] : [text.slice(0, at) + other + text.slice(at + 1)];
  });
}

const MOST_PLACES = 40;

function next(character: string): string | null {
  if (/[0-9]/.test(character)) return String((Number(character) + 1) % 10);
  if (/[a-z]/.test(character)) return character === 'z' ? 'a' : shifted(character);
  if (/[A-Z]/.test(character)) return character === 'Z' ? 'A' : shifted(character);
  return null;
}

function shifted(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 1);
}
