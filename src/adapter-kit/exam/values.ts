/** JSON values by pointer: their leaves, where two differ, a copy with one place changed. */
import type { JsonValue } from '../contract.ts';

type Container = Record<string, JsonValue>;

/** RFC 6901. */
export function joined(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function keysOf(pointer: string): string[] {
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The last name of a pointer that is not an index. */
export function nameOf(pointer: string): string {
  return keysOf(pointer).findLast((key) => !/^\d+$/.test(key)) ?? '';
}

/** Every element of an array stands for all: `/members/3/nik` becomes `/members/0/nik`. Parts of a form stay what they are. */
export function general(pointer: string): string {
  return pointer.replaceAll(/(?<!\/multipart)\/\d+(?=\/|$)/g, '/0');
}

/** Every value that holds no other, by pointer. */
export function leavesOf(
  value: unknown,
  at = '',
  found = new Map<string, JsonValue>(),
): Map<string, JsonValue> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) found.set(at, value as JsonValue);
  for (const [key, one] of entries) leavesOf(one, joined(at, key), found);
  return found;
}

/** A copy with another value at the pointer. */
export function withValue<T extends JsonValue>(whole: T, pointer: string, value: JsonValue): T {
  const copy = structuredClone(whole);
  const keys = keysOf(pointer);
  let place = copy as Container;
  for (const key of keys.slice(0, -1)) place = place[key] as Container;
  if (keys.length === 0) return value as T;
  place[keys.at(-1)!] = value;
  return copy;
}

/** A copy without the member at the pointer. */
export function withoutValue<T extends JsonValue>(whole: T, pointer: string): T {
  const copy = structuredClone(whole);
  const keys = keysOf(pointer);
  let place = copy as Container;
  for (const key of keys.slice(0, -1)) place = place[key] as Container;
  if (Array.isArray(place)) place.splice(Number(keys.at(-1)), 1);
  else delete place[keys.at(-1)!];
  return copy;
}

/** The pointer of the first difference, or null. A member that is undefined differs from one that is absent. */
export function differenceOf(one: unknown, other: unknown, at = ''): string | null {
  if (Object.is(one, other)) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return at || '/';
  if (Array.isArray(one) !== Array.isArray(other)) return at || '/';
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!Object.hasOwn(left, key) || !Object.hasOwn(right, key)) return joined(at, key);
    const deeper = differenceOf(left[key], right[key], joined(at, key));
    if (deeper !== null) return deeper;
  }
  return null;
}

/** The value itself, so that whoever changes it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) frozen(one);
  }
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
