/** Differences between two values by field, as lists of changes. */
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';

export interface Change {
  is: 'added' | 'removed' | 'changed' | 'moved';
  /** `steps.bill.with.amount`. */
  at: string;
  before?: JsonValue;
  after?: JsonValue;
  /** What it means for applications, where that is not plain. */
  means?: string;
}

/** Objects field by field, lists and all else as a whole. */
export function changesBetween(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  at: string,
): Change[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      changesBetween(before[name], after[name], at === '' ? name : `${at}.${name}`),
    );
  }
  if (before === undefined) return [{ is: 'added', at, after: after! }];
  if (after === undefined) return [{ is: 'removed', at, before }];
  return [{ is: 'changed', at, before, after }];
}

/** Of two sets of things that have names. */
export function namedChanges<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  at: string,
  means: { added(one: T): string; removed(one: T): string },
  both: (name: string, one: T, other: T) => Change[],
): Change[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name): Change[] => {
    const [one, other] = [before.get(name), after.get(name)];
    if (one === undefined) return [{ is: 'added', at: `${at}.${name}`, means: means.added(other!) }];
    if (other === undefined) return [{ is: 'removed', at: `${at}.${name}`, means: means.removed(one) }];
    return both(name, one, other);
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The order of an object's fields says nothing. */
function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((one) => sorted(one)!);
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])!]));
}

const SIGNS: Record<Change['is'], string> = { added: '+', removed: '-', changed: '~', moved: '>' };

export function changeLines(changes: Change[]): string[] {
  return changes.map(({ is, at, before, after, means }) => {
    const values =
      before !== undefined && after !== undefined
        ? `: ${shown(before)} → ${shown(after)}`
        : before === undefined && after === undefined
          ? ''
          : `: ${shown((before ?? after)!)}`;
    return `${SIGNS[is]} ${at}${values}${means === undefined ? '' : ` (${means})`}`;
  });
}

const shown = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
