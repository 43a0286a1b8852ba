/** A JSON Schema as rows of a table: every field with its type, its limits and what it means. */
import type { JsonSchema } from '../../adapter-kit/contract.ts';
import { dereference } from '../../config/schema-walk.ts';

export interface FieldRow {
  /** `seller.nik`, `members[].nik`. */
  name: string;
  /** JSON pointer, `*` for the items of a list. */
  pointer: string;
  type: string;
  required: boolean;
  secret: boolean;
  meaning: string;
}

/** Deeper parts of a form are the agency's own business. */
const MAX_DEPTH = 6;
const MOST_VALUES = 12;

export function rowsOf(schema: JsonSchema): FieldRow[] {
  return fieldRows(schema, schema, { name: '', pointer: '' }, 0);
}

interface Place {
  name: string;
  pointer: string;
}

function fieldRows(given: JsonSchema, root: JsonSchema, at: Place, depth: number): FieldRow[] {
  if (depth > MAX_DEPTH) return [];
  const branches = branchesOf(given, root);
  const required = new Set(branches.flatMap(({ schema, sure }) => (sure ? listOf(schema['required']) : [])));
  const rows = new Map<string, FieldRow[]>();
  for (const { schema } of branches) {
    for (const [name, inner] of Object.entries(objectOf(schema['properties']))) {
      if (rows.has(name)) continue;
      const field = objectOf(inner);
      const place = { name: at.name === '' ? name : `${at.name}.${name}`, pointer: `${at.pointer}/${name}` };
      rows.set(name, [
        rowOf(field, root, place, required.has(name)),
        ...fieldRows(field, root, place, depth + 1),
        ...itemRows(field, root, place, depth + 1),
      ]);
    }
  }
  return [...rows.values()].flat();
}

function itemRows(given: JsonSchema, root: JsonSchema, at: Place, depth: number): FieldRow[] {
  const items = whole(given, root)['items'];
  if (items === undefined) return [];
  return fieldRows(objectOf(items), root, { name: `${at.name}[]`, pointer: `${at.pointer}/*` }, depth);
}

function rowOf(given: JsonSchema, root: JsonSchema, { name, pointer }: Place, required: boolean): FieldRow {
  const schema = whole(given, root);
  const { title, description, default: otherwise } = schema;
  const words = [title, description].filter((one) => typeof one === 'string');
  const fallback = otherwise === undefined ? [] : [`Default ${JSON.stringify(otherwise)}.`];
  return {
    ...{ name, pointer, required, secret: schema['writeOnly'] === true },
    type: typeOf(schema, root),
    meaning: [words.join(': '), ...fallback].join(' ').trim(),
  };
}

/** A schema with what it refers to; its own words come first. */
function whole(given: JsonSchema, root: JsonSchema): JsonSchema {
  return { ...dereference(given, root), ...given };
}

/** The schema, and what may hold beside it: `allOf` for sure, the rest in some cases. */
function branchesOf(given: JsonSchema, root: JsonSchema): { schema: JsonSchema; sure: boolean }[] {
  const schema = whole(given, root);
  const sure = listOf(schema['allOf']).map((one) => whole(objectOf(one), root));
  const perhaps = [...listOf(schema['anyOf']), ...listOf(schema['oneOf']), schema['then'], schema['else']];
  return [
    ...[schema, ...sure].map((one) => ({ schema: one, sure: true })),
    ...perhaps.map((one) => ({ schema: whole(objectOf(one), root), sure: false })),
  ];
}

export function typeOf(given: JsonSchema, root: JsonSchema): string {
  const schema = whole(given, root);
  if (Array.isArray(schema['enum'])) return valuesOf(schema['enum']);
  if ('const' in schema) return code(schema['const']);
  const type = [schema['type'] ?? []].flat().filter((one) => one !== 'null');
  if (type.includes('string')) return textType(schema);
  if (type.includes('integer') || type.includes('number')) return numberType(schema, String(type[0]));
  if (type.includes('array')) {
    const items = typeOf(objectOf(schema['items']), root);
    return `list of ${items}${boundsOf(schema, 'Items')}`;
  }
  if (type.includes('boolean')) return 'true or false';
  const either = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  const kinds = new Set(either.map((one) => typeOf(objectOf(one), root)));
  return kinds.size > 1 && kinds.size <= 4 ? [...kinds].join(' or ') : 'object';
}

function textType(schema: JsonSchema): string {
  const { format, pattern } = schema;
  const form = typeof format === 'string' ? format : typeof pattern === 'string' ? code(pattern) : null;
  return `text${boundsOf(schema, 'Length')}${form === null ? '' : `, ${form}`}`;
}

function numberType(schema: JsonSchema, type: string): string {
  const { minimum, maximum, exclusiveMinimum } = schema as Record<string, number | undefined>;
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const word = type === 'integer' ? 'whole number' : 'number';
  if (exclusiveMinimum !== undefined) {
    return `${word}, more than ${exclusiveMinimum}${most === undefined ? '' : `, up to ${most}`}`;
  }
  if (minimum === undefined) return most === undefined ? word : `${word}, up to ${most}`;
  return most === undefined ? `${word}, ${minimum} or more` : `${word}, ${minimum}–${most}`;
}

function boundsOf(schema: JsonSchema, what: 'Length' | 'Items'): string {
  const least = schema[`min${what}`] as number | undefined;
  const most = schema[`max${what}`] as number | undefined;
  if (most === undefined) return least === undefined ? '' : `, ${least} or more`;
  if (least === most) return `, ${most}`;
  return `, ${least === undefined || least === 0 ? 'up to ' : `${least}–`}${most}`;
}

function valuesOf(values: unknown[]): string {
  const shown = values.slice(0, MOST_VALUES).map(code).join(', ');
  return values.length > MOST_VALUES ? `${shown} and ${values.length - MOST_VALUES} more` : shown;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

function listOf<T = string>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
