/** Part 1: every schema compiles strictly, is closed and bounded, and says what is secret. */
import { patternProblem } from '../../schema/pattern.ts';
import { compileForOwner } from '../../schema/validate.ts';
import type { Adapter, JsonSchema } from '../contract.ts';
import type { Notes } from './report.ts';
import { subschemas, type Subschema } from './schema-walk.ts';
import { messageOf, type Subject } from './subject.ts';
import { isObject } from './values.ts';

export async function examineSchemas({ adapter }: Subject, notes: Notes): Promise<void> {
  const schemas = schemasOf(adapter);
  for (const [name, schema] of schemas) {
    const problem = problemOf(schema);
    if (problem !== null) {
      notes.fail('schema_broken', name, problem, 'Write JSON Schema 2020-12 that the strict validator takes');
      continue;
    }
    for (const one of subschemas(schema)) {
      if (isOpen(one))
        notes.fail(
          'open_object',
          `${name}#${one.at}`,
          'It lets unnamed properties in',
          'Add "additionalProperties": false',
        );
      checkBounds(one, name, notes);
      checkPattern(one, name, notes);
    }
  }
  checkSettings(adapter.settings, notes);
  notes.fact(`${schemas.length} schemas`);
}

/** Those that are open to everybody who names one: settings, and each operation's two. */
export function schemasOf({ settings, operations }: Adapter): [name: string, schema: JsonSchema][] {
  const own = Object.entries(operations).flatMap(([name, { input, output }]): [string, JsonSchema][] => [
    [`${name} input`, input],
    [`${name} output`, output],
  ]);
  return [['settings', settings], ...own];
}

/** Why a schema is none, or null. */
export function problemOf(schema: JsonSchema): string | null {
  try {
    compileForOwner(schema);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function typesOf({ type }: JsonSchema): unknown[] {
  return Array.isArray(type) ? type : [type];
}

function isOpen({ schema, refines }: Subschema): boolean {
  const types = typesOf(schema);
  if (!types.includes('object') && (refines || schema['properties'] === undefined)) return false;
  const rest = schema['additionalProperties'] ?? schema['unevaluatedProperties'];
  return rest !== false && !isObject(rest);
}

/** Formats whose values are short by themselves. */
const SHORT_FORMATS = new Set([
  ...['date', 'time', 'date-time', 'duration', 'uuid', 'ipv4', 'ipv6'],
  ...['nik', 'familyCard', 'npwp', 'phone', 'region'],
]);

function checkBounds({ at, schema }: Subschema, name: string, notes: Notes): void {
  const types = typesOf(schema);
  const where = `${name}#${at}`;
  const isText = types.includes('string') && schema['enum'] === undefined && schema['const'] === undefined;
  const isShort =
    schema['maxLength'] !== undefined ||
    SHORT_FORMATS.has(String(schema['format'])) ||
    (typeof schema['pattern'] === 'string' && endsByItself(schema['pattern']));
  if (isText && !isShort)
    notes.warn('unbounded_string', where, 'A text of any length fits', 'Add "maxLength"');
  if (types.includes('array') && schema['maxItems'] === undefined)
    notes.warn('unbounded_array', where, 'A list of any length fits', 'Add "maxItems"');
}

/** Anchored at both ends, with nothing that repeats without end. */
function endsByItself(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\.|\[(?:[^\]\\]|\\.)*\]/g, 'x');
  return /^\^[^]*\$$/.test(plain) && !/[*+]|\{\d+,\}/.test(plain);
}

/** A stranger's bus refuses such a connector: it runs patterns of schemas outside the interpreter. */
function checkPattern({ at, schema: { pattern } }: Subschema, name: string, notes: Notes): void {
  const problem = typeof pattern === 'string' ? patternProblem(pattern) : undefined;
  if (problem !== undefined)
    notes.fail(
      'unsafe_pattern',
      `${name}#${at}`,
      `A pattern has ${problem}`,
      'Write it without: with some texts it would take for ever',
    );
}

const SECRET_NAME = /secret|password|passphrase|api_?key|private_?key|user_?key|token$|pin$/i;

function checkSettings(settings: JsonSchema, notes: Notes): void {
  for (const [name, schema] of settingsOf(settings)) {
    const where = `settings /${name}`;
    const isText = schema['type'] === 'string';
    if (isText && SECRET_NAME.test(name) && schema['writeOnly'] !== true)
      notes.fail(
        'secret_unmarked',
        where,
        'It is named like a secret and not marked as one',
        'Add "writeOnly": true',
      );
    if (typeof schema['title'] !== 'string' || typeof schema['description'] !== 'string')
      notes.warn(
        'setting_unexplained',
        where,
        'It has no title or no description',
        'Say what it is and where to get it',
      );
  }
}

export function settingsOf(settings: JsonSchema): [name: string, schema: JsonSchema][] {
  const properties = isObject(settings['properties']) ? settings['properties'] : {};
  return Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isObject(entry[1]));
}
