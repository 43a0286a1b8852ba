/** Values that may be promises: what is at hand stays synchronous, so that a plain conversion costs no turn. */

export type Soon<T> = T | Promise<T>;

/** Goes on with a value, at once when it is there. */
export function soon<T, U>(value: Soon<T>, goOn: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

/** Every field of an object; those that come out undefined are left out. */
export function fields<T>(values: { [Name in keyof T]: Soon<T[Name] | undefined> }): Soon<T> {
  const names = Object.keys(values);
  const build = (found: unknown[]): T =>
    Object.fromEntries(
      names.flatMap((name, at) => (found[at] === undefined ? [] : [[name, found[at]]])),
    ) as T;
  const given: unknown[] = Object.values(values);
  return given.some((value) => value instanceof Promise) ? Promise.all(given).then(build) : build(given);
}

/** All of a list, in their order; those that come out undefined are left out. */
export function list<T>(values: Soon<T | undefined>[]): Soon<T[]> {
  const kept = (found: (T | undefined)[]): T[] => found.filter((one) => one !== undefined);
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values.map(async (value) => value)).then(kept)
    : kept(values as (T | undefined)[]);
}
