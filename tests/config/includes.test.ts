/** `$include`: parts of shared files in their places, what stands beside them over them, and every value's own place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { resolveIncludes, writtenAt, type Resolved } from '../../src/config/includes.ts';
import { parseYaml, type YamlFile } from '../../src/config/yaml-file.ts';
import type { JsonValue } from '../../src/domain/outcome.ts';
import { copyOfConfig, lineOf, replaceIn, SOUND } from './broken.ts';

const yaml = (file: string, text: string): YamlFile => parseYaml(file, Buffer.from(text)).file!;

function resolved(text: string, fragments: Record<string, string>): Resolved {
  const files = Object.entries(fragments).map(([name, content]) => {
    const path = `fragments/${name}.yaml`;
    return [path, yaml(path, content)] as const;
  });
  return resolveIncludes(yaml('routes/a.yaml', text), new Map(files));
}

const value = (text: string, fragments: Record<string, string> = {}): JsonValue =>
  resolved(text, fragments).value;

test('a part stands in the place of its $include', () => {
  const fragments = { one: 'step: { call: a.b, with: { x: 1 } }\nlist: [1, 2]\nword: hello\n' };
  expect(value('a: { $include: fragments/one.yaml#/step }', fragments)).toEqual({
    a: { call: 'a.b', with: { x: 1 } },
  });
  expect(value('a: { $include: fragments/one.yaml#/list }', fragments)).toEqual({ a: [1, 2] });
  expect(value('a: [{ $include: fragments/one.yaml#/word }]', fragments)).toEqual({ a: ['hello'] });
  expect(value('a: { $include: fragments/one.yaml# }', fragments)).toMatchObject({ a: { word: 'hello' } });
  expect(value('a: { $include: fragments/one.yaml#/list/1 }', fragments)).toEqual({ a: 2 });
});

test('what stands beside lies over it: maps field by field, all else whole, before it or after it', () => {
  const fragments = { one: 'step: { after: [p, q], with: { x: 1, y: 2 }, call: a.b }\n' };
  const text = 'a:\n  with: { y: 3, z: 4 }\n  $include: fragments/one.yaml#/step\n  after: r\n';
  const { a } = value(text, fragments) as { a: object };
  expect(a).toEqual({ with: { x: 1, y: 3, z: 4 }, after: 'r', call: 'a.b' });
});

test('steps come in the order in which they are written', () => {
  const fragments = { one: 'steps: { b: { call: x }, c: { call: y } }\n' };
  const text = 'a: { call: w }\n$include: fragments/one.yaml#/steps\nc: { call: over }\nd: { call: z }\n';
  const whole = value(text, fragments) as Record<string, { call: string }>;
  expect(Object.keys(whole)).toEqual(['a', 'b', 'c', 'd']);
  expect(whole['c']).toEqual({ call: 'over' });
});

test('a fragment may include another', () => {
  const fragments = {
    one: 'step: { $include: fragments/two.yaml#/part, y: 2 }\n',
    two: 'part: { x: 1, y: 1 }\n',
  };
  expect(value('a: { $include: fragments/one.yaml#/step, z: 3 }', fragments)).toEqual({
    a: { x: 1, y: 2, z: 3 },
  });
});

test('every value knows where it was written, and what brought it there', () => {
  const fragments = {
    one: '# a comment\nstep:\n  $include: fragments/two.yaml#/part\n  y: 2\n',
    two: 'part:\n  x: 1\n',
  };
  const { origin } = resolved('b: 1\na:\n  $include: fragments/one.yaml#/step\n  z: 3\n', fragments);
  const at = (pointer: string): string => {
    const { file, line, pointer: own, message } = writtenAt(origin!(pointer), 'Bad');
    return `${file}:${line} ${own} ${message}`;
  };
  const by = '(included by routes/a.yaml:2 /a)';
  expect(at('/a/z')).toBe('routes/a.yaml:4 /a/z Bad');
  expect(at('/a/y')).toBe(`fragments/one.yaml:4 /step/y Bad ${by}`);
  expect(at('/a/x')).toBe(`fragments/two.yaml:2 /part/x Bad ${by}`);
  expect(at('/a/none/of/it')).toBe('routes/a.yaml:2 /a/none/of/it Bad');
  expect(at('/b')).toBe('routes/a.yaml:1 /b Bad');
});

test('a file without includes is left as it is', () => {
  const { origin, findings, used, ...rest } = resolved('a: { b: 1 }', {});
  expect([origin, findings, used.size, rest.value]).toEqual([undefined, [], 0, { a: { b: 1 } }]);
});

test('fragments that grow without end are refused', () => {
  const wide = (to: string): string =>
    Array.from({ length: 60 }, (_, n) => `  k${n}: { $include: fragments/one.yaml#/${to} }`).join('\n');
  const fragments = {
    one: `a:\n${wide('b')}\nb:\n${wide('c')}\nc:\n${Array.from({ length: 60 }, (_, n) => `  v${n}: 1`).join('\n')}\n`,
  };
  const { findings } = resolved('x: { $include: fragments/one.yaml#/a }', fragments);
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['include_size']));
});

test('__proto__ in a fragment is a field like others, which no schema knows', async () => {
  const folder = copyOfConfig(SOUND);
  replaceIn(folder, 'fragments/identity.yaml', 'match:', 'match:\n  __proto__: { call: x.y }');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([
    ['unknown_field', '/match/__proto__'],
  ]);
});

test('of one mistake in a fragment each route that includes it is told of', async () => {
  const folder = copyOfConfig(SOUND);
  replaceIn(
    folder,
    'routes/contoh.ranting.yaml',
    '    call: dukcapil.matchPerson\n    with: { nik: application.applicant.nik }',
    '    $include: fragments/identity.yaml#/match',
  );
  replaceIn(folder, 'fragments/identity.yaml', 'applicant.fullName', 'applicant.fulName');
  const { findings } = await checkConfig(folder, adapters);
  const line = lineOf(folder, 'fragments/identity.yaml', 'fulName');
  expect(findings.map((one) => [one.file, one.line, /\(included by (\S+):/.exec(one.message)?.[1]])).toEqual([
    ['fragments/identity.yaml', line, 'routes/contoh.izin.yaml'],
    ['fragments/identity.yaml', line, 'routes/contoh.ranting.yaml'],
  ]);
});

test('a fragment that cannot be read is one finding, and nothing else is missed', async () => {
  const folder = copyOfConfig(SOUND);
  writeFileSync(join(folder, 'fragments/identity.yaml'), 'match: [\n');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code, file }) => [code, file])).toEqual([
    ['config_yaml', 'fragments/identity.yaml'],
  ]);
});

test('a fragment whose parts have no names', async () => {
  const folder = copyOfConfig(SOUND);
  writeFileSync(join(folder, 'fragments/other.yaml'), '- a\n');
  const { findings } = await checkConfig(folder, adapters);
  expect(findings.map(({ code, file }) => [code, file])).toEqual([['invalid_value', 'fragments/other.yaml']]);
});

test('what is pinned holds everything: the route as it is with its fragments in it', async () => {
  const { catalogue } = await checkConfig(SOUND, adapters);
  const route = catalogue!.routes.get('CONTOH.IZIN')!;
  expect(Object.keys(route.steps).slice(0, 5)).toEqual(['person', 'office', 'bill', 'judge', 'pause']);
  expect(route.steps['bill']).toMatchObject({ rebill: 2, after: ['person', 'office'] });
  expect(route.steps['judge']!.task!.form).toMatchObject({ required: ['owed'] });
  expect(JSON.stringify(route)).not.toContain('$include');
  expect(readFileSync(join(SOUND, 'routes/contoh.izin.yaml'), 'utf8')).toContain('$include');
});
