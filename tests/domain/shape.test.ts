/** The fingerprint of a reply: the same for the same fields in any order, bounded, and without a value in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/domain/outcome.ts';
import { maskedSample } from '../../src/domain/sample.ts';
import { foldName, marksOf, shapeOf } from '../../src/domain/shape.ts';

const marks = (value: JsonValue, isXml = false): string[] => marksOf(shapeOf(value, isXml));

describe('a shape', () => {
  test('is a mark for each field and type, lists and names that are values folded', () => {
    const value = {
      data: [
        { nik: '9901014508909999', age: 30 },
        { nik: null, age: '30' },
      ],
      '9901014508909999': { found: true },
      'BUDI CONTOH': 'x',
      '2026-12-01': 1,
    };
    expect(marks(value)).toEqual([
      'array /data',
      'boolean /*/found',
      'null /data/*/nik',
      'number /*',
      'number /data/*/age',
      'object ',
      'object /*',
      'object /data/*',
      'string /*',
      'string /data/*/age',
      'string /data/*/nik',
    ]);
  });

  test('of XML knows no lists, for a lone element looks like none, and an empty one says nothing', () => {
    const one = { items: { item: { name: 'a', note: '' } } };
    const two = {
      items: {
        item: [
          { name: 'a', note: 'b' },
          { name: 'c', note: '' },
        ],
      },
    };
    expect(marks(one, true)).toEqual([
      'null /items/item/note',
      'object ',
      'object /items',
      'object /items/item',
      'string /items/item/name',
    ]);
    expect(marks(two, true).filter((mark) => !marks(one, true).includes(mark))).toEqual([
      'string /items/item/note',
    ]);
  });

  test('of what is no object is its type', () => {
    expect([marks('text'), marks(null), marks(7), marks([])]).toEqual([
      ['string '],
      ['null '],
      ['number '],
      ['array '],
    ]);
  });

  test.each([
    [
      'a table of many names',
      Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`name${'x'.repeat(n % 40)}${n}`, 1])),
      2,
    ],
    ['a long list of different items', Array.from({ length: 2_000 }, (_, n) => ({ [`f${n % 60}`]: n })), 52],
  ])('of %s is small', (_, value, most) => {
    expect(marks(value as JsonValue).length).toBeLessThanOrEqual(most);
  });
});

/** Objects that are wide, deep and odd. */
const anything = fc.jsonValue({ maxDepth: 8 }) as fc.Arbitrary<JsonValue>;

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 'end';
  for (let n = 0; n < depth; n += 1) value = { in: value };
  return value;
}

function wide(width: number, depth: number): JsonValue {
  if (depth === 0) return 1;
  return Object.fromEntries(Array.from({ length: width }, (_, n) => [`w${n}`, wide(width, depth - 1)]));
}

describe('the fingerprint of anything', () => {
  test('does not hang on the order of fields', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(marks(reversed(value))).toEqual(marks(value));
      }),
    );
    for (const value of [wide(12, 3), wide(40, 2), wide(5, 6)])
      expect(marks(reversed(value))).toEqual(marks(value));
  });

  test('is bounded: 500 fields, 20 levels', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 40 }), (value) => {
        for (const pointer of shapeOf(value as JsonValue).keys()) {
          expect(pointer.split('/').length - 1).toBeLessThanOrEqual(20);
        }
      }),
    );
    for (const value of [wide(60, 2), wide(8, 5), wide(64, 3), nested(500), [wide(60, 2), wide(60, 2)]])
      expect(shapeOf(value).size).toBeLessThanOrEqual(501);
    expect(shapeOf(wide(60, 2)).size).toBe(61);
  });

  test('holds no value: no text, and no name of six digits or more', () => {
    const secret = fc.stringMatching(/^[A-Z]{4}[0-9]{4}$/);
    const tree = fc.letrec<{ node: JsonValue }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        secret as fc.Arbitrary<JsonValue>,
        fc.integer({ min: 100_000 }) as fc.Arbitrary<JsonValue>,
        fc.array(tie('node'), { maxLength: 4 }) as fc.Arbitrary<JsonValue>,
        fc.dictionary(
          fc.oneof(fc.constantFrom('a', 'nik', 'x1'), fc.stringMatching(/^[a-z]?[0-9]{6,16}$/), fc.string()),
          tie('node'),
          { maxKeys: 6 },
        ) as fc.Arbitrary<JsonValue>,
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        for (const mark of marks(value)) {
          expect(mark).toMatch(
            /^(object|array|string|number|boolean|null) (\/([A-Za-z_$@#][\w.$:@-]{0,63}|\*))*$/,
          );
          for (const name of mark.split('/').slice(1))
            expect(name.replaceAll(/\D/g, '').length).toBeLessThan(6);
          expect(mark).not.toMatch(/[A-Z]{4}[0-9]{4}/);
        }
      }),
    );
  });

  test('of a value and of a list of the same value differ only by the list', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const inner = marks(value).map((mark) => mark.replace(' ', ' /*'));
        expect(marks([value, value])).toEqual(['array ', ...inner].toSorted());
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  ['nik', 'nik'],
  ['$', '$'],
  ['urn:nik', 'urn:nik'],
  ['a12345', 'a12345'],
  ['a123456', '*'],
  ['0', '*'],
  ['Nama Lengkap', '*'],
  ['a/b', '*'],
  ['a~b', '*'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['x'.repeat(65), '*'],
  ['', '*'],
])('the name %j stands as %j', (name, folded) => {
  expect(foldName(name)).toBe(folded);
});

describe('a masked sample', () => {
  test('shows what values look like, and codes as they are', () => {
    const value = {
      responseCode: '4042512',
      status: 'DITOLAK',
      nik: '9901014508909999',
      name: 'Siti Contoh-Ébène',
      born: '1990-08-05',
      amount: 150_000,
      ok: false,
      'BUDI CONTOH': 'x',
      list: ['a1', 'b2', 'c3', 'd4'],
      errorText: 'No person 9901014508909999',
    };
    expect(JSON.parse(maskedSample(value))).toEqual({
      responseCode: '4042512',
      status: 'DITOLAK',
      nik: '9999999999999999',
      name: 'Xxxx Xxxxxx-Xxxxx',
      born: '9999-99-99',
      amount: 999_999,
      ok: false,
      '*': 'x',
      list: ['x9', 'x9', 'x9'],
      errorText: 'Xx xxxxxx 9999999999999999',
    });
  });

  test('is at most 2 kB, whatever came', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(maskedSample(value).length).toBeLessThanOrEqual(2_048);
      }),
    );
    expect(maskedSample(wide(60, 3)).length).toBe(2_048);
  });

  test('holds no digit but 9, and no letter but x, of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = JSON.parse(maskedSample({ name: text })) as { name: string };
        expect(shown.name).not.toMatch(/[^9\P{N}]|[a-wyzA-WYZ]/u);
      }),
    );
  });
});
