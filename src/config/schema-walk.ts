/** Finds named fields in JSON Schemas, so that a mistyped name is found before anything runs. */
import type { JsonSchema } from '../adapter-kit/contract.ts';

const COMBINERS = ['allOf', 'anyOf', 'oneOf'];
const BRANCHES = ['then', 'else', 'items'];
/** Deeper nesting of references than this is a loop. */
const MAX_HOPS = 16;

export interface Fields {
  /** Name → the schemas that may hold for it. */
  names: Map<string, JsonSchema[]>;
  required: string[];
  /** Other names are allowed too. */
  isOpen: boolean;
  /** The schemas of those other names, where there are any. */
  rest: JsonSchema[];
}

/** The fields an object (or each item of an array) described by `schema` may have; references are of `root`. */
export function fieldsOf(schema: JsonSchema, root: JsonSchema): Fields {
  const names = new Map<string, JsonSchema[]>();
  const rest: JsonSchema[] = [];
  let declared: boolean | undefined;
  for (const part of parts(schema, root)) {
    for (const [name, inner] of Object.entries(object(part['properties']) ?? {})) {
      names.set(name, [...(names.get(name) ?? []), object(inner) ?? {}]);
    }
    const more = part['additionalProperties'];
    if (more === true || object(more)) declared = true;
    if (more === false) declared ??= false;
    rest.push(...list([more]));
  }
  return { names, required: requiredOf(schema, root), isOpen: declared ?? names.size === 0, rest };
}

/** A missing name along a path and those known in its place; null when the path may be there. */
export function missingIn(
  path: readonly string[],
  schema: JsonSchema,
  root: JsonSchema,
): { name: string; known: string[] } | null {
  let current = [schema];
  for (const name of path) {
    const all = current.map((one) => fieldsOf(one, root));
    const next = all.flatMap((fields) => fields.names.get(name) ?? fields.rest);
    if (next.length === 0) {
      if (all.some((fields) => fields.isOpen) && current.some((one) => mayHoldFields(one, root))) return null;
      return { name, known: all.flatMap((fields) => [...fields.names.keys()]) };
    }
    current = next;
  }
  return null;
}

/** False for a string or a number, which have no fields at all. */
function mayHoldFields(schema: JsonSchema, root: JsonSchema): boolean {
  const types = parts(schema, root).flatMap((part) => (part['type'] as string | string[] | undefined) ?? []);
  const isClosed = parts(schema, root).some(
    (part) => part['enum'] !== undefined || part['const'] !== undefined,
  );
  return !isClosed && (types.length === 0 || types.includes('object') || types.includes('array'));
}

/** Required at once: the schema's own, its references' and `allOf`'s; not a branch's. */
function requiredOf(schema: JsonSchema, root: JsonSchema): string[] {
  const all = [schema, ...list(schema['allOf'])].map((one) => dereference(one, root));
  return all.flatMap((one) => one['required'] ?? []).filter((name) => typeof name === 'string');
}

/** The schema and everything that may hold beside it. */
function parts(schema: JsonSchema, root: JsonSchema, seen = new Set<JsonSchema>()): JsonSchema[] {
  // A reference may stand beside other keywords, so both it and its target count.
  const own = [schema, dereference(schema, root)].filter((one) => !seen.has(one));
  const fresh = [...new Set(own)];
  for (const one of fresh) seen.add(one);
  const beside = fresh.flatMap((one) => [
    ...COMBINERS.flatMap((name) => list(one[name])),
    ...list(BRANCHES.map((name) => one[name])),
  ]);
  return [...fresh, ...beside.flatMap((one) => parts(one, root, seen))];
}

/** What a value may be: `string`, `object` …; undefined when nothing is said of it. */
export function typesOf(schema: JsonSchema, root: JsonSchema, hops = 0): Set<string> | undefined {
  const own = { ...dereference(schema, root), ...schema };
  const { type, enum: words, const: word } = own;
  if (typeof type === 'string' || Array.isArray(type)) return new Set([type].flat() as string[]);
  if (Array.isArray(words)) return new Set(words.map(typeOf));
  if (Object.hasOwn(own, 'const')) return new Set([typeOf(word)]);
  const choices = [own['anyOf'], own['oneOf']].flatMap(list);
  if (choices.length === 0 || hops > MAX_HOPS) return undefined;
  const all = choices.map((one) => typesOf(one, root, hops + 1));
  return all.includes(undefined) ? undefined : new Set(all.flatMap((one) => [...one!]));
}

/** As schemas name it. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The schema of a list's items, where it has one. */
export function itemsOf(schema: JsonSchema, root: JsonSchema): JsonSchema | undefined {
  return list(parts(schema, root).map((part) => part['items']))[0];
}

/** What a reference leads to, in `root`; the schema itself when it is none. */
export function dereference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const reference = current['$ref'];
    if (typeof reference !== 'string') return current;
    const found = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((at, segment) => object(at)?.[segment], root);
    current = object(found) ?? {};
  }
  return {};
}

/** The value when it is a plain object. */
export function object(value: unknown): JsonSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonSchema)
    : undefined;
}

function list(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.map(object).filter((one) => one !== undefined) : [];
}
