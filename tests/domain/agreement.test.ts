/** What an agreement lets through: fields by pointer, of lists every item, and nothing besides. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agreementEnd,
  fieldsFor,
  mayBeSent,
  purposeOf,
  within,
  type Agreement,
} from '../../src/domain/agreement.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { agencyEntry } from '../support/catalogues.ts';

const agreement: Agreement = {
  ...{ ref: 'PKS 9999/2026', validUntil: '2026-12-31', default: 'ANY' },
  purposes: {
    ANY: { fields: ['/nik'], legalBasis: 'Contoh' },
    'A1.B': { fields: ['/nik', '/fullName'], legalBasis: 'Contoh' },
  },
};

describe('within', () => {
  const input: JsonObject = {
    nik: '9901014508909999',
    address: { street: 'Jalan Contoh', city: 'Contoh' },
    members: [
      { nik: '1', fullName: 'A' },
      { nik: '2', fullName: 'B', address: { street: 'X' } },
    ],
    'a/b~c': 1,
  };
  test.each<[string[], JsonObject]>([
    [[], {}],
    [['/nik'], { nik: '9901014508909999' }],
    [['/address'], { address: { street: 'Jalan Contoh', city: 'Contoh' } }],
    [['/address/street'], { address: { street: 'Jalan Contoh' } }],
    [['/members/0/nik'], { members: [{ nik: '1' }, { nik: '2' }] }],
    [['/members/0/address/street'], { members: [{}, { address: { street: 'X' } }] }],
    [['/members'], { members: input['members']! }],
    [['/a~1b~0c'], { 'a/b~c': 1 }],
    [['/ni', '/nikk', '/addres'], {}],
    [['/nik/deeper'], {}],
  ])('%j', (fields, kept) => {
    expect(within(input, fields).kept).toEqual(kept);
  });

  test('what is left out is named by pointer, each list’s items as one', () => {
    expect(within(input, ['/members/0/nik']).withheld).toEqual([
      ...['/nik', '/address', '/members/0/fullName', '/members/0/address', '/a~1b~0c'],
    ]);
    expect(within(input, ['/nik', '/address', '/members', '/a~1b~0c']).withheld).toEqual([]);
  });

  test('nothing leaves that no field covers, and nothing that one covers is lost', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, 'x', true, null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(names, tie('any')),
      ),
    })).any;
    const pointer = fc
      .array(fc.oneof(names, fc.constant('0')), { minLength: 1, maxLength: 3 })
      .map((path) => `/${path.join('/')}`);
    fc.assert(
      fc.property(fc.dictionary(names, value), fc.array(pointer, { maxLength: 4 }), (object, fields) => {
        const { kept } = within(object as JsonObject, fields);
        const sent = leaves(kept);
        expect(
          sent.every((one) => fields.some((field) => one === field || one.startsWith(`${field}/`))),
        ).toBe(true);
        const meant = leaves(object).filter((one) =>
          fields.some((field) => one === field || one.startsWith(`${field}/`)),
        );
        expect(sent).toEqual(meant);
      }),
    );
  });
});

/** Pointers of all values that hold no others, list items as the first. */
function leaves(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, `${at}/${Array.isArray(value) ? 0 : name}`),
  );
}

test('a purpose is the step’s own, its service’s, or the default', () => {
  expect(purposeOf(agreement, 'OWN', 'A1.B')).toBe('OWN');
  expect(purposeOf(agreement, undefined, 'A1.B')).toBe('A1.B');
  expect(purposeOf(agreement, undefined, 'A1.C')).toBe('ANY');
  const { default: _, ...without } = agreement;
  expect(purposeOf(without, undefined, 'A1.C')).toBeUndefined();
  expect(purposeOf(without, undefined, 'constructor')).toBeUndefined();
  expect(fieldsFor(agreement, 'OWN')).toEqual([]);
  expect(fieldsFor(agreement, 'toString')).toEqual([]);
});

test('a part of what may be sent, or what it stands in, may be named', () => {
  expect(mayBeSent('/address', ['/address/street'])).toBe(true);
  expect(mayBeSent('/address/street', ['/address'])).toBe(true);
  expect(mayBeSent('/addressee', ['/address'])).toBe(false);
});

test('the last day is whole, where the agency is', () => {
  const end = (fields = {}): string =>
    new Date(agreementEnd(agreement, agencyEntry('desk', fields))).toISOString();
  expect(end()).toBe('2026-12-31T17:00:00.000Z');
  expect(end({ office: { zone: 'Asia/Jayapura', closes: '15:00', calendar: 'ID' } })).toBe(
    '2026-12-31T15:00:00.000Z',
  );
  expect(end({ limits: { opens: { zone: 'Asia/Makassar' } } })).toBe('2026-12-31T16:00:00.000Z');
});
