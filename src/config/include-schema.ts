/** The schema of a file whose includes are in their place: as editors see it, without `$include`. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import { INCLUDE } from './includes.ts';
import { dereference } from './schema-walk.ts';

/** Takes every mention out: the field, the alternative that a part comes from elsewhere, and what depends on either. */
export function withoutIncludes(schema: JsonSchema): JsonSchema {
  return stripped(schema, schema) as JsonSchema;
}

function stripped(value: unknown, root: JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((one) => stripped(one, root));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(unconditional(value as JsonSchema, root)).flatMap(([name, inner]) => {
    if (name === INCLUDE) return [];
    const next = stripped(inner, root);
    if (name !== 'anyOf' || !Array.isArray(next)) return [[name, next] as const];
    const left = next.filter((one) => !isOfInclude(one));
    return left.length === 1 && left.length < next.length
      ? Object.entries(left[0] as object)
      : [[name, left] as const];
  });
  return Object.fromEntries(entries);
}

/** What is asked where nothing is included is asked always. */
function unconditional(
  { if: condition, else: otherwise, ...rest }: JsonSchema,
  root: JsonSchema,
): JsonSchema {
  if (condition === undefined) return rest;
  if (!isOfInclude(condition)) return { if: condition, else: otherwise, ...rest };
  const both = [rest, otherwise as JsonSchema].map((one) => one['additionalProperties'] as JsonSchema);
  return { ...rest, additionalProperties: Object.assign({}, ...both.map((one) => dereference(one, root))) };
}

function isOfInclude(one: unknown): boolean {
  const { const: only, required } = one as { const?: unknown; required?: unknown };
  return only === INCLUDE || (Array.isArray(required) && required.includes(INCLUDE));
}
