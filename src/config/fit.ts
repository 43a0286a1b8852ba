/** Makes a value fit its schema's shape, so that the rest of a file is checked although a part of it is wrong. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { escapeSegment } from './finding.ts';
import { dereference, object } from './schema-walk.ts';

/**
 * The value with what is wrong taken out: an optional field is dropped, a required one and an entry are replaced by
 * a blank. `wrong` holds the pointers of what the schema refused; what the checks find there is not reported.
 */
export function fit(value: JsonValue, schema: JsonSchema, wrong: ReadonlySet<string>): JsonObject {
  return fitObject(isObject(value) ? value : {}, { schema, root: schema, wrong, pointer: '' });
}

interface Place {
  schema: JsonSchema;
  root: JsonSchema;
  wrong: ReadonlySet<string>;
  pointer: string;
}

function fitObject(value: JsonObject, place: Place): JsonObject {
  const { schema, pointer } = place;
  const properties = object(schema['properties']) ?? {};
  const others = schema['additionalProperties'];
  const required = new Set(schema['required'] as string[] | undefined);
  const names = new Set([...Object.keys(value), ...required]);
  const entries = [...names].flatMap((name): [string, JsonValue][] => {
    const inner = Object.hasOwn(properties, name) ? object(properties[name]) : object(others);
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!inner) return others === false || given === undefined ? [] : [[name, given]];
    const isEntry = !Object.hasOwn(properties, name);
    const at = {
      ...place,
      schema: dereference(inner, place.root),
      pointer: `${pointer}/${escapeSegment(name)}`,
    };
    const fitted = fitValue(given, at, isEntry || required.has(name));
    return fitted === undefined ? [] : [[name, fitted]];
  });
  return Object.fromEntries(entries);
}

function fitValue(value: JsonValue | undefined, place: Place, isNeeded: boolean): JsonValue | undefined {
  const { schema, root, wrong, pointer } = place;
  if (schema['type'] === 'object') {
    if (isObject(value)) return fitObject(value, place);
    return isNeeded ? fitObject({}, place) : undefined;
  }
  if (schema['type'] === 'array') {
    if (!Array.isArray(value)) return isNeeded ? [] : undefined;
    const items = dereference(object(schema['items']) ?? {}, root);
    return value.map(
      (item, index) =>
        fitValue(item, { ...place, schema: items, pointer: `${pointer}/${index}` }, true) ?? null,
    );
  }
  const isWrong = [...wrong].some((one) => one === pointer || one.startsWith(`${pointer}/`));
  if (value !== undefined && !isWrong) return value;
  return isNeeded ? blank(schema) : undefined;
}

/** Of an enumeration its first word: a status that is not known counts as a draft, of which nothing is asked. */
function blank(schema: JsonSchema): JsonValue {
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as JsonValue;
  return schema['type'] === 'string' ? '' : 0;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
