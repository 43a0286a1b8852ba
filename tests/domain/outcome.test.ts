/** An outcome held to its shape: what fits passes as it is, anything else is a reply that nobody can read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checked, type Outcome } from '../../src/domain/outcome.ts';

const UNREADABLE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };
const text = { id: 'Foto buram', en: 'Photo blurred' };

test.each<Outcome>([
  { is: 'ok', output: {}, documents: [{ name: 'card', type: 'application/pdf', from: 'body' }] },
  { is: 'refused', code: 'NIK_NOT_FOUND', text: 'tidak ada' },
  { is: 'sendBack', corrections: [{ code: 'PHOTO', pointer: '/documents/0', text }] },
  { is: 'pending' },
  { is: 'pending', reference: 'R', shown: { n: 1 }, awaits: 'payment', until: '2026-12-31T17:00:00+07:00' },
  { is: 'retry', code: 'BUSY', afterSeconds: 0 },
  { is: 'unknown', code: 'agency_timeout' },
  { is: 'away', code: 'QUOTA', until: '2026-12-31T17:00:00Z' },
  { is: 'more', request: { method: 'GET', path: '/' }, carry: { page: 2 } },
])('$is passes as it is', (outcome) => {
  expect(checked(outcome)).toEqual(outcome);
});

test('seconds are rounded up to whole ones', () => {
  expect(checked({ is: 'retry', code: 'BUSY', afterSeconds: 1.0005 })).toMatchObject({ afterSeconds: 2 });
});

describe('what does not fit is unknown', () => {
  test.each<[string, unknown]>([
    ['nothing at all', undefined],
    ['null', null],
    ['a word', 'ok'],
    ['a list', []],
    ['no word of ours', { is: 'done' }],
    ['ok without output', { is: 'ok' }],
    ['documents that are no list', { is: 'ok', output: {}, documents: {} }],
    ['refused without a code', { is: 'refused' }],
    ['a code that is a sentence', { is: 'refused', code: 'tidak ada data' }],
    ['a code that is a number', { is: 'refused', code: 404 }],
    ['a code that has no end', { is: 'retry', code: 'A'.repeat(65) }],
    ['corrections without a code', { is: 'sendBack', corrections: [{ pointer: '/nik' }] }],
    ['an end that is no time', { is: 'pending', until: '31/12/2026' }],
    ['an end that is a number', { is: 'pending', until: 1_798_700_000 }],
    ['a reference that is a number', { is: 'pending', reference: 7 }],
    ['seconds that are none', { is: 'retry', code: 'BUSY', afterSeconds: NaN }],
    ['seconds without end', { is: 'retry', code: 'BUSY', afterSeconds: Infinity }],
    ['seconds before now', { is: 'retry', code: 'BUSY', afterSeconds: -1 }],
    ['seconds as text', { is: 'retry', code: 'BUSY', afterSeconds: '60' }],
    ['away until no time', { is: 'away', code: 'QUOTA', until: 'besok' }],
    ['more of nothing', { is: 'more' }],
  ])('%s', (_, value) => {
    expect(checked(value)).toEqual(UNREADABLE);
  });

  test('whatever comes, it never throws, and is an outcome', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checked(value)).toHaveProperty('is');
      }),
    );
  });
});
