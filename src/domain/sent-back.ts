/** What an agency sends back it names by what it was sent; the applicant mends the fields of his application. */
import type { Correction, JsonObject, JsonValue } from './outcome.ts';

const PLAIN = /^application((?:\.[A-Za-z][A-Za-z0-9]*)+)$/;

/** By the step's `with`: a field that is read from one place is that place. What is put together stays as it was named. */
export function inApplication(fields: JsonObject, correction: Correction): Correction[] {
  const { pointer } = correction;
  if (pointer === undefined) return [correction];
  let value: JsonValue = fields;
  const path = pointer.split('/').slice(1);
  while (path.length > 0 && isObject(value)) {
    const name = path.shift()!;
    if (!Object.hasOwn(value, name)) return [correction];
    value = value[name]!;
  }
  const below = path.map((name) => `/${name}`).join('');
  const places = placesIn(value).map((place) => ({ ...correction, pointer: place + below }));
  return places.length > 0 ? places : [correction];
}

function placesIn(value: JsonValue): string[] {
  if (isObject(value)) return Object.values(value).flatMap(placesIn);
  const place = typeof value === 'string' ? PLAIN.exec(value.trim())?.[1] : undefined;
  return place === undefined ? [] : [place.replaceAll('.', '/')];
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
