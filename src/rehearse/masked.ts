/** Values of applications as others may see them: words of a list, numbers and dates of no person stay, what is personal shows its form only. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { JsonValue } from '../domain/outcome.ts';

/** `schema` is the whole input's; `path` leads to the value. */
export function maskedValue(value: JsonValue, schema: JsonSchema, path: string[]): JsonValue {
  return masked(value, at(schema, path, schema), schema);
}

type Schema = { [key: string]: unknown };

function at(schema: Schema | undefined, path: string[], root: Schema): Schema | undefined {
  const [first, ...rest] = path;
  const here = schema && followed(schema, root);
  if (first === undefined || !here) return here;
  const fields = (here['properties'] ?? {}) as Record<string, Schema>;
  return at(/^\d+$/.test(first) ? (here['items'] as Schema | undefined) : fields[first], rest, root);
}

function followed(schema: Schema, root: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const found = reference
    .replace(/^#\/?/, '')
    .split('/')
    .reduce<unknown>((one, name) => (one as Schema | undefined)?.[name], root);
  return (found ?? {}) as Schema;
}

function masked(value: JsonValue, schema: Schema | undefined, root: Schema): JsonValue {
  if (Array.isArray(value)) return value.map((one) => masked(one, schema && at(schema, ['0'], root), root));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, masked(one, schema && at(schema, [key], root), root)]),
    );
  }
  if (typeof value === 'number') return maskedNumber(value);
  if (typeof value !== 'string') return value;
  return schema && ('enum' in schema || 'const' in schema) ? value : maskedText(value);
}

/** An amount of money as agencies write it. */
const AMOUNT = /^\d{1,12}\.\d\d$/;

/** Numbers of fewer digits are amounts and counts: a date of birth has eight, a phone more. */
const MOST_SHOWN = 9_999_999;

export const maskedNumber = (value: number): JsonValue =>
  Math.abs(value) > MOST_SHOWN ? maskedText(String(value)) : value;

/** Its last four of many digits, the first letter of each word, and marks. Amounts are nobody's. */
export function maskedText(text: string): string {
  if (AMOUNT.test(text)) return text;
  const digits = text.replaceAll(/\D/g, '').length;
  let seen = 0;
  return text
    .replaceAll(/\d/g, (digit) => ((seen += 1) > digits - 4 && digits >= 12 ? digit : '*'))
    .replaceAll(/(\p{L})(\p{L}*)/gu, (_, first: string, rest: string) => first + '*'.repeat(rest.length));
}
