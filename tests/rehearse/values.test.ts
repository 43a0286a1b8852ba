/** Values for rehearsals: examples that fit a schema, masks that show form only, spans that people read; and held time. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { exampleOf } from '../../src/rehearse/example-value.ts';
import { madeApplication } from '../../src/rehearse/application.ts';
import { maskedText, maskedValue } from '../../src/rehearse/masked.ts';
import { spanOf, stamper } from '../../src/rehearse/times.ts';
import { readApplication } from '../../src/flow/submission.ts';
import { compileForOwner } from '../../src/schema/validate.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { shippedMall } from './support.ts';

describe('an example fits its schema', () => {
  test.each<[JsonObject]>([
    [
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'string', minLength: 9 }, b: { type: 'null' } },
      },
    ],
    [{ enum: ['x', 'y'] }],
    [{ const: 4 }],
    [{ type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' }],
    [{ type: 'string', pattern: '^(?:SKCK|KK)/\\d{3}$' }],
    [{ type: 'string', format: 'date' }],
    [{ type: 'string', format: 'nik', maxLength: 16 }],
    [{ type: 'string', maxLength: 3 }],
    [{ type: 'array', minItems: 2, items: { type: 'integer', minimum: 7 } }],
    [{ type: 'number', exclusiveMinimum: 5 }],
    [{ oneOf: [{ type: 'boolean' }, { type: 'string' }] }],
    [
      {
        $defs: { a: { type: 'string', enum: ['q'] } },
        type: 'object',
        required: ['a'],
        properties: { a: { $ref: '#/$defs/a' } },
      },
    ],
    [
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'string' }, b: { type: 'boolean' } },
        allOf: [{ type: 'object', required: ['b'], properties: { b: { type: 'boolean' } } }],
      },
    ],
  ])('%j', (schema) => {
    expect(compileForOwner(schema)(exampleOf(schema))).toEqual([]);
  });
});

test('an application that is made up for any shipped service is one', async () => {
  const mall = await shippedMall();
  const wrong = [...mall.services.values()].flatMap((service) => {
    const read = readApplication(mall, { sandbox: true }, madeApplication(mall, service));
    return ('problems' in read ? read.problems : read.late).map(
      ({ pointer, code }) => `${service.code} ${pointer} ${code}`,
    );
  });
  expect(wrong).toEqual([]);
});

test.each([
  ['9901011405019999', '************9999'],
  ['2001-05-14', '****-**-**'],
  ['Contoh Pelamar', 'C***** P******'],
  ['Jl. Contoh No. 1, RT 001', 'J*. C***** N*. *, R* ***'],
  ['30000.00', '30000.00'],
  ['', ''],
])('%s is shown as %s', (text, shown) => {
  expect(maskedText(text)).toBe(shown);
});

test('words of a list stay, numbers stay, all else is masked', () => {
  const schema = {
    type: 'object',
    properties: {
      reason: { enum: ['lost'] },
      members: { type: 'array', items: { type: 'object', properties: { sex: { enum: ['male'] } } } },
    },
  };
  const value = {
    reason: 'lost',
    amount: 3,
    members: [{ sex: 'male', fullName: 'Anak' }],
    other: { a: ['Ibu'] },
  };
  expect(maskedValue(value, schema, [])).toEqual({
    ...{ reason: 'lost', amount: 3, members: [{ sex: 'male', fullName: 'A***' }] },
    other: { a: ['I**'] },
  });
});

test.each([
  [0, '0s'],
  [200, '0.2s'],
  [61_000, '1m 1s'],
  [600_000, '10m'],
  [97_200_000, '1d 3h'],
  [86_400_000, '1d'],
])('%i ms is %s', (ms, text) => {
  expect(spanOf(ms)).toBe(text);
});

test('a stamp is the site’s own wall clock', () => {
  expect(stamper('Asia/Jayapura')(Date.parse('2026-11-16T17:30:05Z'))).toBe('Tue 17 Nov 02:30:05');
});

test('an instant is not over while something that is held is under way', async () => {
  const clock = virtualClock();
  const answer = Promise.withResolvers<void>();
  const seen: string[] = [];
  void clock.hold(answer.promise).then(() => seen.push('answered'));
  clock.after(1_000, () => seen.push('later'));
  const moved = clock.advance(2_000);
  for (let turns = 0; turns < 200; turns += 1) await new Promise((resolve) => void setImmediate(resolve));
  expect(seen).toEqual([]);
  answer.resolve();
  await moved;
  expect(seen).toEqual(['answered', 'later']);
});

test('a recurring timer is nobody’s next thing to do, and runs once after a leap', async () => {
  const clock = virtualClock();
  let runs = 0;
  const again = (): void => {
    runs += 1;
    clock.recurring(3_000, again);
  };
  clock.recurring(3_000, again);
  expect(clock.nextAt()).toBeNull();
  clock.after(86_400_000, () => undefined);
  expect(clock.nextAt()).toBe(clock.now() + 86_400_000);
  await clock.advance(86_400_000, 86_400_000);
  expect(runs).toBe(1);
});
