/** Turns schema problems into findings: with a line, a message of ours and the nearest right name. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { JsonValue } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import { segmentsOf, suggest, type Finding } from './finding.ts';
import { fieldsOf, type Fields } from './schema-walk.ts';
import type { YamlFile } from './yaml-file.ts';

/** What a schema was held against: a value of a file, and the pointer to it. */
export interface Held {
  file: YamlFile;
  value: JsonValue;
  base: string;
}

/** One finding a place: of several problems at one pointer the first is kept. */
export function problemFindings(held: Held, problems: Problem[], schema: JsonSchema): Finding[] {
  const byPointer = new Map<string, Finding>();
  for (const problem of problems) {
    const pointer = held.base + problem.pointer;
    if (byPointer.has(pointer)) continue;
    const words = explain(problem, held.value, schema);
    byPointer.set(pointer, { file: held.file.file, line: held.file.line(pointer), pointer, ...words });
  }
  return [...byPointer.values()];
}

type Words = Pick<Finding, 'code' | 'message' | 'fix'>;

function explain({ pointer, detail }: Problem, value: JsonValue, schema: JsonSchema): Words {
  const segments = segmentsOf(pointer);
  const name = segments.at(-1);
  const { parent, fields } = parentOf(segments, value, schema);
  if (name === undefined || typeof parent !== 'object' || parent === null || Array.isArray(parent)) {
    return { code: 'invalid_value', message: sentence(detail), fix: 'See schemas/' };
  }
  const known = [...(fields?.names.keys() ?? [])];
  if (!Object.hasOwn(parent, name)) {
    return { code: 'missing_field', message: `${name} is missing`, fix: `Add ${name}` };
  }
  if (fields && !fields.isOpen && !known.includes(name)) {
    const free = known.filter((one) => !Object.hasOwn(parent, one));
    return { code: 'unknown_field', message: `${name} is not known here`, fix: suggest(name, free) };
  }
  return { code: 'invalid_value', message: `${name}: ${sentence(detail)}`, fix: allowed(fields, name) };
}

function sentence(detail: string): string {
  return detail.replace(/\.$/, '');
}

function allowed(fields: Fields | undefined, name: string): string {
  const [schema] = fields?.names.get(name) ?? [];
  if (Array.isArray(schema?.['enum'])) return `Allowed: ${schema['enum'].join(', ')}`;
  const description = schema?.['description'];
  return typeof description === 'string' ? `Meant: ${sentence(description)}` : 'Change it';
}

/** The object that holds the last segment, and the fields that it may have. */
function parentOf(
  segments: string[],
  value: JsonValue,
  schema: JsonSchema,
): { parent: JsonValue | undefined; fields: Fields | undefined } {
  let parent: JsonValue | undefined = value;
  let schemas = [schema];
  for (const segment of segments.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null) return { parent: undefined, fields: undefined };
    // Items of an array are described by its own schema: `fieldsOf` looks through `items`.
    if (!Array.isArray(parent)) {
      schemas = schemas.flatMap((one) => {
        const { names, rest } = fieldsOf(one, schema);
        return names.get(segment) ?? rest;
      });
    }
    parent = Array.isArray(parent) ? parent[Number(segment)] : parent[segment];
  }
  return { parent, fields: schemas[0] && fieldsOf(schemas[0], schema) };
}
