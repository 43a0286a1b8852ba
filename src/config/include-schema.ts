/** The schema of a file whose includes are in their place: as editors see it, without `$include`. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import { INCLUDE } from './includes.ts';

/** Takes every mention out: the field, and the alternative that a part comes from elsewhere. */
export function withoutIncludes(schema: JsonSchema): JsonSchema {
  return stripped(schema) as JsonSchema;
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    if (name === INCLUDE) return [];
    const next = stripped(inner);
    if (name !== 'anyOf' || !Array.isArray(next)) return [[name, next] as const];
    const left = next.filter((one) => !isOfInclude(one));
    return left.length === 1 && left.length < next.length
      ? Object.entries(left[0] as object)
      : [[name, left] as const];
  });
  return Object.fromEntries(entries);
}

function isOfInclude(one: unknown): boolean {
  const { const: only, required } = one as { const?: unknown; required?: unknown };
  return only === INCLUDE || (Array.isArray(required) && required.includes(INCLUDE));
}
