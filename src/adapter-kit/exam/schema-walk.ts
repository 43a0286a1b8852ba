/** Walks a JSON Schema: every subschema with its place, and every field that a value of it may have. */
import type { JsonSchema } from '../contract.ts';
import { isObject, joined } from './values.ts';

/** Keywords whose value is one schema, a list of them, or a map of them. */
const ONE = [
  'items',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
];
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAP = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
/** Those that only say more about the value that the schema around them describes. */
const REFINING = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
  'not',
  'dependentSchemas',
  'contains',
]);

export interface Subschema {
  /** Pointer into the schema. */
  at: string;
  schema: JsonSchema;
  /** It only refines the schema around it. */
  refines: boolean;
}

export function subschemas(schema: unknown, at = '', refines = false): Subschema[] {
  if (!isObject(schema)) return [];
  const within = (key: string, one: unknown): Subschema[] => {
    return subschemas(one, joined(at, key), REFINING.has(key));
  };
  const lists = LIST.flatMap((key) =>
    (Array.isArray(schema[key]) ? schema[key] : []).flatMap((one, index) =>
      subschemas(one, joined(joined(at, key), index), REFINING.has(key)),
    ),
  );
  const maps = MAP.flatMap((key) =>
    Object.entries(isObject(schema[key]) ? schema[key] : {}).flatMap(([name, one]) =>
      subschemas(one, joined(joined(at, key), name), REFINING.has(key)),
    ),
  );
  return [{ at, schema, refines }, ...ONE.flatMap((key) => within(key, schema[key])), ...lists, ...maps];
}

export interface Field {
  /** Pointer into the value; `0` stands for every element. */
  pointer: string;
  /** Every schema that describes it. */
  schemas: JsonSchema[];
}

const DEEPEST = 12;

/** The fields that hold a value of their own: not those that only hold other fields. */
export function fieldsOf(root: JsonSchema): Field[] {
  const found = new Map<string, JsonSchema[]>();
  walk(root, root, '', found, 0);
  const pointers = [...found.keys()];
  return [...found]
    .filter(([pointer]) => pointer !== '' && !pointers.some((other) => other.startsWith(`${pointer}/`)))
    .map(([pointer, schemas]) => ({ pointer, schemas }));
}

function walk(
  root: JsonSchema,
  schema: unknown,
  at: string,
  found: Map<string, JsonSchema[]>,
  depth: number,
): void {
  if (!isObject(schema) || depth > DEEPEST) return;
  found.set(at, [...(found.get(at) ?? []), schema]);
  const target = typeof schema['$ref'] === 'string' ? referred(root, schema['$ref']) : undefined;
  walk(root, target, at, found, depth + 1);
  for (const [name, one] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {}))
    walk(root, one, joined(at, name), found, depth + 1);
  walk(root, schema['items'], joined(at, 0), found, depth + 1);
  for (const key of ['allOf', 'anyOf', 'oneOf'])
    for (const one of Array.isArray(schema[key]) ? schema[key] : []) walk(root, one, at, found, depth + 1);
  for (const key of ['then', 'else']) walk(root, schema[key], at, found, depth + 1);
}

/** `#/$defs/verdict`. */
function referred(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let place: unknown = root;
  for (const key of reference.slice(2).split('/'))
    place = isObject(place) ? place[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return place;
}
