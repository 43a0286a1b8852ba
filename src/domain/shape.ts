/** The shape of a value: which fields it has and of which types. No value stands in it, and it is bounded however large the value is. */
import type { JsonValue } from './outcome.ts';

/** JSON pointer, items of a list and names that are values written as `*`, → types as bits. */
export type Shape = Map<string, number>;

const NAMES = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
const [OBJECT, ARRAY, STRING, NUMBER, BOOLEAN] = [1, 2, 4, 8, 16];
export const NULL = 32;
/** Beside the types: its fields, or some item of it, were looked at. */
export const ENTERED = 64;
const TYPES = 63;

const MOST_PATHS = 500;
const MOST_DEPTH = 20;
/** A value beyond one of the bounds is looked at so deep only, then less and less: which fields are seen must not hang on their order. */
const CUT_DEPTH = 4;
const MOST_VALUES = 10_000;
/** Of one list. */
const MOST_ITEMS = 50;
/** An object of more is a table by name. */
const MOST_NAMES = 64;

interface Walk {
  shape: Shape;
  depth: number;
  left: number;
  isXml: boolean;
}

/**
 * The shape of a reply's body. In XML a lone element and a list of one look the same, so lists leave no mark there and
 * an empty element says nothing.
 */
export function shapeOf(value: JsonValue, isXml = false): Shape {
  for (let depth = MOST_DEPTH; ; depth = Math.min(depth - 1, CUT_DEPTH)) {
    const walk: Walk = { shape: new Map(), depth, left: MOST_VALUES, isXml };
    if (enter(walk, value, '', 0) || depth === 0) return walk.shape;
  }
}

/** False once a bound is reached. */
function enter(walk: Walk, value: JsonValue, pointer: string, level: number): boolean {
  walk.left -= 1;
  if (Array.isArray(value)) return enterList(walk, value, pointer, level);
  const isObject = typeof value === 'object' && value !== null;
  const isDeep = isObject && level >= walk.depth;
  if (!isObject || isDeep) return note(walk, pointer, isObject ? OBJECT : typeOf(value, walk.isXml));
  const names = Object.keys(value);
  const isTable = names.length > MOST_NAMES;
  // A table's fields are not known by name: none of them is missing.
  let within = note(walk, pointer, isTable ? OBJECT : OBJECT | ENTERED);
  for (let n = 0; n < names.length && within; n += 1) {
    const name = names[n]!;
    within = enter(walk, value[name]!, below(pointer, isTable ? '*' : name), level + 1);
  }
  return within;
}

function enterList(walk: Walk, items: JsonValue[], pointer: string, level: number): boolean {
  const isDeep = level >= walk.depth;
  const some = isDeep ? 0 : Math.min(items.length, MOST_ITEMS);
  let within = walk.isXml || note(walk, pointer, some > 0 ? ARRAY | ENTERED : ARRAY);
  const inner = walk.isXml ? pointer : below(pointer, '*');
  for (let n = 0; n < some && within; n += 1) within = enter(walk, items[n]!, inner, level + 1);
  return within;
}

function note({ shape, left }: Walk, pointer: string, types: number): boolean {
  const seen = shape.get(pointer);
  if (seen === undefined || (seen | types) !== seen) shape.set(pointer, (seen ?? 0) | types);
  return left > 0 && shape.size <= MOST_PATHS;
}

function typeOf(value: JsonValue, isXml: boolean): number {
  if (typeof value === 'string') return isXml && value === '' ? NULL : STRING;
  if (typeof value === 'number') return NUMBER;
  return typeof value === 'boolean' ? BOOLEAN : NULL;
}

/** What a field may be called; anything else may be somebody's name, a date or a number in the wrong place. */
const SAFE_NAME = /^[A-Za-z_$@#][\w.$:@-]{0,63}$/;
const MOST_DIGITS = 5;

/** A field's name, or `*` for one that looks like a value. */
export function foldName(name: string): string {
  const isSafe = SAFE_NAME.test(name) && name.replaceAll(/\D/g, '').length <= MOST_DIGITS;
  return isSafe ? name : '*';
}

/** Pointers by their parents': to look one up costs a third of writing it anew. Each agency has a few hundred. */
const MOST_KEPT = 10_000;
const pointers = new Map<string, Map<string, string>>();
let kept = 0;

function below(pointer: string, name: string): string {
  let children = pointers.get(pointer);
  if (!children) pointers.set(pointer, (children = new Map()));
  const known = children.get(name);
  if (known !== undefined) return known;
  const folded = foldName(name);
  const written = `${pointer}/${folded}`;
  // A name that is a value is not kept in memory.
  if (folded !== name && name !== '*') return written;
  children.set(name, written);
  kept += 1;
  if (kept >= MOST_KEPT) {
    pointers.clear();
    kept = 0;
  }
  return written;
}

/** `string|null`, in a fixed order. */
export function typeNames(types: number): string {
  return NAMES.filter((_, n) => (types & (1 << n)) !== 0).join('|');
}

/** The fingerprint: one mark for each field and type, `string /data/nik`, sorted. */
export function marksOf(shape: Shape): string[] {
  const marks: string[] = [];
  for (const [pointer, types] of shape)
    for (const [n, name] of NAMES.entries()) if ((types & (1 << n)) !== 0) marks.push(`${name} ${pointer}`);
  return marks.toSorted();
}

/** The field and types of a mark; null when it is none of a shape. */
export function markOf(text: string): { pointer: string; types: number } | null {
  const space = text.indexOf(' ');
  const n = NAMES.indexOf(text.slice(0, space) as (typeof NAMES)[number]);
  return n < 0 ? null : { pointer: text.slice(space + 1), types: 1 << n };
}

/** Types alone, without what else is noted of a field. */
export const onlyTypes = (types: number): number => types & TYPES;
