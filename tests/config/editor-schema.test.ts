/** What an editor knows of the configuration: each shipped file names its schema, and each field says what it is. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileForOwner } from '../../src/schema/validate.ts';
import { SHIPPED, SOUND } from './broken.ts';

const SCHEMAS = fileURLToPath(new URL('../../schemas', import.meta.url));
const KINDS: Record<string, string> = {
  ...{ routes: 'route', services: 'service', calendars: 'calendar', fragments: 'fragment' },
};
const isRouteTest = (file: string): boolean => file.endsWith('.test.yaml');

function schemaOf(file: string): string {
  const [folder = '', name] = file.split('/');
  return name === undefined ? folder.replace('.yaml', '.json') : `${KINDS[folder]}.json`;
}

const readSchema = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')) as Record<string, unknown>;

describe('shipped files', () => {
  const files = globSync('**/*.yaml', { cwd: SHIPPED }).filter((file) => !isRouteTest(file));

  test.each(files.toSorted())('%s names its schema in its first line', (file) => {
    const [first] = readFileSync(join(SHIPPED, file), 'utf8').split('\n');
    const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first!)?.[1];
    const named = relative(SCHEMAS, join(SHIPPED, dirname(file), path ?? 'nothing'));
    expect(named).toBe(schemaOf(file));
  });
});

describe('as an editor holds them, includes and all', () => {
  const all = [SHIPPED, SOUND].flatMap((folder) =>
    globSync('**/*.yaml', { cwd: folder })
      .filter((file) => !isRouteTest(file))
      .map((file) => ({ file, path: join(folder, file), folder: relative(SCHEMAS, folder) })),
  );

  test.each(all)('$folder/$file', ({ file, path }) => {
    const check = compileForOwner(readSchema(schemaOf(file)));
    expect(check(parse(readFileSync(path, 'utf8')))).toEqual([]);
  });

  test('a step needs its call, or what it includes', () => {
    const check = compileForOwner(readSchema('route.json'));
    const route = (step: object): object => ({ service: 'A1.B', version: '1.0.0', steps: { a: step } });
    expect(check(route({ $include: 'fragments/a.yaml#/b' }))).toEqual([]);
    expect(check(route({ call: 'a.b', with: {} }))).toEqual([]);
    expect(check(route({ with: {} }))).not.toEqual([]);
    expect(check(route({ $include: '../a.yaml#/b' }))).not.toEqual([]);
  });
});

interface Field {
  place: string;
  schema: Record<string, unknown>;
}

/** Every field that a person may write, with what stands beside a reference before what it leads to. */
function fieldsIn(value: unknown, place: string, root: Record<string, unknown>): Field[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = fieldsIn(inner, `${place}/${key}`, root);
    if (key !== 'properties') return key === 'examples' || key === 'default' ? [] : below;
    const fields = Object.entries(inner as Record<string, Record<string, unknown>>).map(([name, schema]) => {
      const target = typeof schema['$ref'] === 'string' ? definition(root, schema['$ref']) : {};
      return { place: `${place}/${name}`, schema: { ...target, ...schema } };
    });
    return [...fields, ...below];
  });
}

function definition(root: Record<string, unknown>, reference: string): Record<string, unknown> {
  const name = reference.replace('#/$defs/', '');
  return (root['$defs'] as Record<string, Record<string, unknown>>)[name]!;
}

describe.each(['agencies.json', 'route.json', 'service.json', 'fragment.json'])('%s', (name) => {
  const root = readSchema(name);
  const fields = fieldsIn(root, '', root);

  test('every field says what it is', () => {
    const silent = fields.filter(({ schema }) => typeof schema['description'] !== 'string');
    expect(silent.map(({ place }) => place)).toEqual([]);
  });

  test('every field shows how it is written: a choice, a default or an example', () => {
    const bare = fields.filter(
      ({ schema }) =>
        !['enum', 'default', 'examples', 'anyOf'].some((one) => schema[one] !== undefined) &&
        schema['type'] !== 'boolean' &&
        schema['properties'] === undefined,
    );
    expect(bare.map(({ place }) => place)).toEqual([]);
  });
});
