/** A value that fits a JSON Schema: what an officer fills in, and a form's fields, where nobody has given any. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';

const FORMATS: Record<string, string> = {
  nik: '9901014508909999',
  familyCard: '9901010101269999',
  npwp: '9901014508909999',
  phone: '+6280000000007',
  region: '99.01',
  date: '2001-05-14',
  'date-time': '2026-11-16T09:00:00+07:00',
  email: 'contoh@example.test',
  uri: 'https://example.test/',
  uuid: '00000000-0000-7000-8000-000000000000',
  time: '09:00:00+07:00',
};

type Schema = { [key: string]: JsonValue };

/** Only what is required is filled in; the first word of a list, the least number, the first of several kinds. */
export function exampleOf(schema: JsonValue | undefined, root = schema): JsonValue {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'contoh';
  const target = schema['$ref'] === undefined ? schema : resolve(String(schema['$ref']), root);
  const { const: only, default: usual, enum: words, examples, allOf, oneOf, anyOf } = target;
  if (only !== undefined) return only;
  if (usual !== undefined) return usual;
  if (Array.isArray(words)) return words[0]!;
  if (Array.isArray(examples) && examples.length > 0) return examples[0]!;
  const [branch] = [oneOf, anyOf].flatMap((one) => (Array.isArray(one) ? [one[0]!] : []));
  const whole = merged(target, [...(Array.isArray(allOf) ? allOf : []), ...(branch ? [branch] : [])], root);
  return byType(whole, root);
}

/** What an example must satisfy at once; only objects are put together. */
function merged(schema: Schema, more: JsonValue[], root: JsonValue | undefined): Schema {
  return more.reduce<Schema>((whole, one) => {
    const { $ref, ...own } = one as Schema;
    const part = $ref === undefined ? own : { ...resolve(String($ref), root), ...own };
    const names = (of: Schema): JsonValue[] => (of['required'] as JsonValue[] | undefined) ?? [];
    const fields = (of: Schema): JsonObject => (of['properties'] as JsonObject | undefined) ?? {};
    return {
      ...whole,
      ...part,
      required: [...new Set([...names(whole), ...names(part)])],
      properties: { ...fields(whole), ...fields(part) },
    };
  }, schema);
}

function byType(schema: Schema, root: JsonValue | undefined): JsonValue {
  const { type, minimum, exclusiveMinimum, minItems, items } = schema;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : (minimum ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Number(minItems ?? 0) }, () => exampleOf(items, root));
    case 'string':
      return textOf(schema);
    default:
      return objectOf(schema, root);
  }
}

function objectOf({ required, properties }: Schema, root: JsonValue | undefined): JsonObject {
  const fields = (properties ?? {}) as JsonObject;
  const names = (required ?? []) as string[];
  return Object.fromEntries(names.map((name) => [name, exampleOf(fields[name], root)]));
}

function textOf({ format, pattern, minLength, maxLength }: Schema): string {
  const known = typeof format === 'string' ? FORMATS[format] : undefined;
  if (known !== undefined) return known;
  if (typeof pattern === 'string') return matching(pattern);
  const text = 'contoh'.repeat(Math.ceil(Number(minLength ?? 1) / 6));
  return text.slice(0, Math.max(Number(minLength ?? 1), Math.min(text.length, Number(maxLength ?? 6))));
}

/** For the patterns that forms have: characters, classes and groups, each with a count. */
function matching(pattern: string): string {
  const parts = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .matchAll(
      /(?:\[([^\]]+)\]|\\([dws.\-/])|(\((?:\?:)?[^)]*\))|([^\\[\](){}*+?|]))(?:\{(\d+)(?:,\d*)?\}|([*+?]))?/g,
    );
  return [...parts]
    .map(([, set, escaped, group, literal, count, mark]) => {
      const times = count === undefined ? (mark === '*' || mark === '?' ? 0 : 1) : Number(count);
      return one(set, escaped, group, literal).repeat(times);
    })
    .join('');
}

function one(set?: string, escaped?: string, group?: string, literal?: string): string {
  if (set !== undefined)
    return set.startsWith('^') ? 'a' : set.includes('0-9') ? '9' : set[0] === '\\' ? '1' : set[0]!;
  if (escaped !== undefined)
    return escaped === 'd' ? '1' : escaped === 'w' ? 'a' : escaped === 's' ? ' ' : escaped;
  if (group !== undefined)
    return matching(
      group
        .replace(/^\((?:\?:)?/, '')
        .replace(/\)$/, '')
        .split('|')[0]!,
    );
  return literal ?? '';
}

function resolve(reference: string, root: JsonValue | undefined): Schema {
  const found = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .reduce<JsonValue | undefined>(
      (value, name) =>
        typeof value === 'object' && value !== null
          ? (value as JsonObject)[name.replaceAll('~1', '/')]
          : undefined,
      root,
    );
  return (found ?? {}) as Schema;
}
