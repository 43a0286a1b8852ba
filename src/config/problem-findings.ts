/** Turns schema problems into findings: with a line, a message of ours and the nearest right name. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { JsonValue } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import { segmentsOf, suggest, type Finding } from './finding.ts';
import { dereference, fieldsOf, itemsOf, object } from './schema-walk.ts';
import { placed, type YamlFile } from './yaml-file.ts';

/** What a schema was held against: a value of a file, and the pointer to it. */
export interface Held {
  file: YamlFile;
  value: JsonValue;
  base: string;
}

/** The problems without those that an alternative only repeats: `anyOf` complains once for each of its branches. */
export function mistakes(problems: Problem[]): Problem[] {
  const forked = problems.filter(({ code }) => code === 'schema_anyOf').map(({ pointer }) => pointer);
  const isRepeat = (pointer: string): boolean =>
    forked.includes(pointer) && problems.some((other) => other.pointer.startsWith(`${pointer}/`));
  return problems.filter(({ pointer }) => !isRepeat(pointer));
}

/** One finding a place: of several problems at one pointer the first is kept. */
export function problemFindings(held: Held, problems: Problem[], schema: JsonSchema): Finding[] {
  const byPointer = new Map<string, Finding>();
  for (const problem of problems) {
    const pointer = held.base + problem.pointer;
    if (byPointer.has(pointer)) continue;
    const { code, message, fix } = explain(problem, held.value, schema);
    byPointer.set(pointer, { code, ...placed(held.file, pointer, message), fix });
  }
  return [...byPointer.values()];
}

type Words = Pick<Finding, 'code' | 'message' | 'fix'>;

function explain({ pointer, code, detail }: Problem, value: JsonValue, schema: JsonSchema): Words {
  const segments = segmentsOf(pointer);
  const name = segments.at(-1);
  const { parent, parentSchema } = parentOf(segments, value, schema);
  if (name === undefined || typeof parent !== 'object' || parent === null) {
    return { code: 'invalid_value', message: sentence(detail), fix: 'See schemas/' };
  }
  if (Array.isArray(parent)) {
    const item = parentSchema && itemsOf(parentSchema, schema);
    return { code: 'invalid_value', message: sentence(detail), fix: allowed(item, schema, 'See schemas/') };
  }
  const fields = parentSchema && fieldsOf(parentSchema, schema);
  const known = [...(fields?.names.keys() ?? [])];
  if (!Object.hasOwn(parent, name)) {
    return { code: 'missing_field', message: `${name} is missing`, fix: `Add ${name}` };
  }
  if (fields && !fields.isOpen && !known.includes(name)) {
    const free = known.filter((one) => !Object.hasOwn(parent, one));
    return { code: 'unknown_field', message: `${name} is not known here`, fix: suggest(name, free) };
  }
  const keySchema = code === 'schema_pattern' ? keysOf(parentSchema, schema) : undefined;
  if (keySchema && !fits(name, keySchema)) {
    const fix = allowed(keySchema, schema, 'Write it in letters and digits');
    return { code: 'invalid_value', message: `The name ${name} ${sentence(detail)}`, fix };
  }
  const fix = allowed((fields?.names.get(name) ?? fields?.rest)?.[0], schema, 'Change it');
  return { code: 'invalid_value', message: `${name}: ${sentence(detail)}`, fix };
}

function sentence(detail: string): string {
  return detail.replace(/\.$/, '');
}

function keysOf(schema: JsonSchema | undefined, root: JsonSchema): JsonSchema | undefined {
  const names = schema && object(dereference(schema, root)['propertyNames']);
  return names && dereference(names, root);
}

function fits(name: string, { pattern }: JsonSchema): boolean {
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(name);
}

/** The words that are allowed, else an example of the form and what it means. */
function allowed(schema: JsonSchema | undefined, root: JsonSchema, otherwise: string): string {
  if (!schema) return otherwise;
  // What stands beside a reference comes before what it leads to.
  const all = { ...dereference(schema, root), ...schema };
  if (Array.isArray(all['enum'])) return `Allowed: ${all['enum'].join(', ')}`;
  const { examples, description } = all;
  const meant = typeof description === 'string' ? `meant: ${sentence(description)}` : undefined;
  const texts = Array.isArray(examples) ? examples.filter((one) => typeof one !== 'object') : [];
  const shown = texts.length > 0 ? `Write it like ${texts.join(' or ')}` : undefined;
  if (shown === undefined) return meant?.replace('meant', 'Meant') ?? otherwise;
  return meant === undefined ? shown : `${shown}; ${meant}`;
}

/** What holds the last segment, and its schema. */
function parentOf(
  segments: string[],
  value: JsonValue,
  schema: JsonSchema,
): { parent: JsonValue | undefined; parentSchema: JsonSchema | undefined } {
  let parent: JsonValue | undefined = value;
  let schemas = [schema];
  for (const segment of segments.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null) return { parent: undefined, parentSchema: undefined };
    // Items of an array are described by its own schema: `fieldsOf` looks through `items`.
    if (!Array.isArray(parent)) {
      schemas = schemas.flatMap((one) => {
        const { names, rest } = fieldsOf(one, schema);
        return names.get(segment) ?? rest;
      });
    }
    parent = Array.isArray(parent) ? parent[Number(segment)] : parent[segment];
  }
  return { parent, parentSchema: schemas[0] };
}
