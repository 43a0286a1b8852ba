/** Expressions: what they read, what is refused, and that a plain path means what JSONata means by it. */
import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import { compileExpression, compileTemplate, ExpressionError } from '../../src/domain/expression.ts';

const scope = {
  application: {
    applicant: { nik: '9901014508909999', fullName: 'Contoh Ibu' },
    subjects: [
      { fullName: 'Contoh Anak', birthDate: '2026-01-11' },
      { fullName: 'Contoh Adik', birthDate: '2027-02-12' },
    ],
    documents: [
      { documentId: 'd1', documentTypeCode: 'PHOTO' },
      { documentId: 'd2', documentTypeCode: 'KK' },
    ],
    formData: { copies: 2, empty: null },
  },
  service: { code: 'POLRES.SKCK', fees: [{ code: 'SKCK', amount: 30000 }] },
  steps: {},
};

test.each([
  ['application.applicant.nik', '9901014508909999', true],
  ['application.applicant.phone', undefined, true],
  ['application.nobody.at.all', undefined, true],
  ['application.formData.empty', null, true],
  ['application.subjects.fullName', ['Contoh Anak', 'Contoh Adik'], true],
  ['service.fees.amount', 30000, true],
  ["'SKCK'", 'SKCK', true],
  ['30000', 30000, true],
  ['true', true, true],
  ['null', null, true],
  ["application.documents[documentTypeCode='PHOTO'].documentId", 'd1', false],
  ['application.documents[1].documentId', 'd2', false],
  ["service.fees[code='SKCK'].amount * application.formData.copies", 60000, false],
  ["application.applicant.nik ? 'known' : 'unknown'", 'known', false],
  ["$uppercase(application.applicant.fullName) & '!'", 'CONTOH IBU!', false],
  ["$join(application.subjects.fullName, ', ')", 'Contoh Anak, Contoh Adik', false],
  ["{ 'nik': application.applicant.nik, 'none': application.x }", { nik: '9901014508909999' }, false],
  ["application.subjects.{ 'name': fullName }", [{ name: 'Contoh Anak' }, { name: 'Contoh Adik' }], false],
  ['[application.applicant.nik, 1]', ['9901014508909999', 1], false],
  ["'a' in ['a', 'b'] and $not(false)", true, false],
  ['-(1 + 2)', -3, false],
  ["$daysBetween('2026-02-27', '2026-03-01')", 2, false],
  ["$daysBetween('2026-03-01T23:00:00+07:00', '2026-02-27')", -2, false],
  ["$daysBetween('2026-02-27', application.x)", undefined, false],
])('%s', async (text, expected, plain) => {
  const expression = compileExpression(text);
  expect(expression.plain).toBe(plain);
  const value = expression.evaluate(scope);
  expect(value instanceof Promise).toBe(!plain);
  expect(await value).toEqual(expected);
});

test.each([
  ['a regex', '$contains(a, /^(a|a)*$/)'],
  ['a regex alone', '/a/'],
  ['a lambda', 'function($x) { $x }'],
  ['a called lambda', '(function($x) { $x })(1)'],
  ['a recursive lambda', '($f := function($x) { $f($x) }; $f(1))'],
  ['a range', '[1..1000000]'],
  ['$eval', "$eval('1')"],
  ['$now', '$now()'],
  ['$millis', '$millis()'],
  ['$random', '$random()'],
  ['$map', '$map(a, $string)'],
  ['$match', "$match(a, 'b')"],
  ['an unknown function', '$nope(1)'],
  ['a chain', 'a ~> $string'],
  ['a transform', 'a ~> |b|{}|'],
  ['a sort', 'a^(b)'],
  ['a wildcard', 'a.*'],
  ['a descendant', '**.nik'],
  ['a parent', 'a.b.%.c'],
  ['a binding', '$x := 1'],
  ['statements', '(a; b)'],
  ['a variable', '$x'],
  ['the root', '$$.a'],
  ['a partial function', '$substring(?, 1)'],
  ['grouping', 'a{b: c}'],
  ['a focus', 'a@$v.b'],
  ['an index', 'a#$i.b'],
  ['an array as a step, which multiplies', '[1,1].[1,1].[1,1]'],
  ['a block as a step', 'a.(b)'],
  ['a name in brackets', "a['b']"],
  ['a field name worked out', '{ a: 1 }'],
  ['__proto__ as a field', "{ '__proto__': 1 }"],
  ['a wide pad', "$pad('x', 100000000)"],
  ['a pad by a value', "$pad('x', a)"],
  ['a refused thing in a filter', 'a[$now() = 1]'],
  ['a refused thing in an argument', '$string($eval(a))'],
])('refuses %s', (_, text) => {
  expect(() => compileExpression(text)).toThrow(ExpressionError);
});

describe('limits and places', () => {
  test('syntax errors have a position', () => {
    expect(thrown('application.(')).toMatchObject({
      code: 'expression_syntax',
      position: expect.any(Number),
    });
    expect(thrown('')).toMatchObject({ code: 'expression_syntax' });
  });
  test('refusals have a position', () => {
    expect(thrown('a + $now()')).toMatchObject({ code: 'expression_refused', position: expect.any(Number) });
  });
  test('2,000 characters', () => {
    expect(thrown(`'${'x'.repeat(2000)}'`)).toMatchObject({ code: 'expression_size' });
  });
  test('32 levels', () => {
    expect(thrown(`${'['.repeat(40)}1${']'.repeat(40)}`)).toMatchObject({ code: 'expression_depth' });
  });
  test('a failure says nothing of the value', async () => {
    const failing = compileExpression('$number(application.applicant.fullName)');
    const error = await Promise.resolve(failing.evaluate(scope)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'expression_failed' });
    expect(String(error)).not.toContain('Contoh');
  });
  test('a division by zero is no number', async () => {
    await expect(compileExpression('1/0').evaluate(scope)).rejects.toThrow('no finite number');
  });
});

test.each([
  'application.constructor',
  'application.__proto__',
  'application.constructor.constructor',
  'application.toString',
  'application.applicant.nik.length',
  'application.subjects.length',
  'application.documents[0].constructor',
  'application.documents[0].__proto__.polluted',
])('%s is nothing: prototypes are never seen', async (text) => {
  expect(await compileExpression(text).evaluate(scope)).toBeUndefined();
});

test('reads names every path, also inside filters, functions and objects', () => {
  const reads = (text: string): string[] => compileExpression(text).reads.map((path) => path.join('.'));
  expect(reads('application.applicant.nik')).toEqual(['application.applicant.nik']);
  expect(reads("service.fees[code='SKCK'].amount")).toEqual(['service.fees.code', 'service.fees.amount']);
  expect(reads("$join([a.b, c], 'x') & d.e")).toEqual(['a.b', 'c', 'd.e']);
  expect(reads("a.list.{ 'k': c }")).toEqual(['a.list', 'a.list.c']);
  expect(reads('SKCK')).toEqual(['SKCK']);
  expect(reads("'SKCK'")).toEqual([]);
  expect(reads('a ? b : c')).toEqual(['a', 'b', 'c']);
});

const names = fc.constantFrom('a', 'b', 'c');
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.constant(null),
    fc.array(tie('object'), { maxLength: 3 }),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('value')),
})).object;

test('a plain path means what JSONata means by it', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(names, { minLength: 1, maxLength: 4 }), async (data, path) => {
      const text = path.join('.');
      const theirs: unknown = await jsonata(text).evaluate(data);
      const ours = compileExpression(text).evaluate(data);
      expect(json(ours)).toEqual(json(theirs));
    }),
    { numRuns: 500 },
  );
});

test('templates keep their shape and drop what is not there', async () => {
  const template = compileTemplate({
    nik: 'application.applicant.nik',
    none: 'application.applicant.phone',
    nested: { copies: 'application.formData.copies', list: ["'x'", 'application.none', 3] },
    literal: 5,
  });
  expect(template.plain).toBe(true);
  expect(template.evaluate(scope)).toEqual({
    nik: '9901014508909999',
    nested: { copies: 2, list: ['x', 3] },
    literal: 5,
  });
  const mixed = compileTemplate({ deep: { sum: '1 + 1' }, nik: 'application.applicant.nik' });
  expect(mixed.plain).toBe(false);
  expect(mixed.reads).toEqual([['application', 'applicant', 'nik']]);
  const value = mixed.evaluate(scope);
  expect(value).toBeInstanceOf(Promise);
  expect(await value).toEqual({ deep: { sum: 2 }, nik: '9901014508909999' });
});

function json(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function thrown(text: string): unknown {
  try {
    compileExpression(text);
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
}
