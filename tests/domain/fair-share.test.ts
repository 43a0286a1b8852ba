/** Shares: by weight, in order, and nothing lost when a line runs out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairShare, partOf, shareLane, take } from '../../src/domain/fair-share.ts';

const line = (name: string, length: number): string[] => Array.from({ length }, (_, n) => `${name}${n}`);

describe('lines of their own weights', () => {
  test('take turns, the heavier more often', () => {
    const lines = new Map([
      ['a', line('a', 9)],
      ['b', line('b', 9)],
    ]);
    expect(fairShare(lines, new Map(), 4)).toEqual(['a0', 'b0', 'a1', 'b1']);
    expect(fairShare(lines, new Map([['b', 2]]), 6)).toEqual(['b0', 'a0', 'b1', 'b2', 'a1', 'b3']);
  });

  test('an empty one leaves its share to the others', () => {
    const lines = new Map([
      ['a', line('a', 2)],
      ['b', line('b', 9)],
      ['c', []],
    ]);
    expect(fairShare(lines, new Map([['a', 50]]), 6)).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'b3']);
    expect(fairShare(lines, new Map(), 0)).toEqual([]);
  });

  test('each keeps its order, none is given less than its part rounded down, nothing is lost or doubled', () => {
    const names = ['a', 'b', 'c', 'd'];
    const lengths = fc.array(fc.nat(40), { minLength: 4, maxLength: 4 });
    const weighing = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(lengths, weighing, fc.nat(80), (sizes, values, most) => {
        const lines = new Map(names.map((name, n) => [name, line(name, sizes[n]!)]));
        const weights = new Map(names.map((name, n) => [name, values[n]!]));
        const given = fairShare(lines, weights, most);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(given).toHaveLength(Math.min(most, total));
        const whole = values.reduce((sum, value) => sum + value, 0);
        for (const [n, name] of names.entries()) {
          const mine = given.filter((one) => one.startsWith(name));
          expect(mine).toEqual(line(name, mine.length));
          const part = Math.floor((given.length * values[n]!) / whole);
          expect(mine.length).toBeGreaterThanOrEqual(Math.min(part, sizes[n]!));
        }
      }),
    );
  });
});

test('the services of a platform share what is the platform’s', () => {
  const lines = [
    { platform: 'mall', service: 'A', rows: line('mall-a', 20) },
    { platform: 'mall', service: 'B', rows: line('mall-b', 20) },
    { platform: 'portal', service: 'A', rows: line('portal-a', 20) },
  ];
  const given = shareLane(lines, new Map([['portal', 2]]), 12);
  const count = (name: string): number => given.filter((one) => one.startsWith(name)).length;
  expect([count('mall-a'), count('mall-b'), count('portal-a')]).toEqual([2, 2, 8]);
  const parts = lines.map((one) => partOf(one, lines, new Map([['portal', 2]])));
  expect(parts[0]).toBeCloseTo(1 / 6);
  expect(parts.reduce((sum, part) => sum + part)).toBeCloseTo(1);
});

test('no more is read than is taken', () => {
  let read = 0;
  const endless = function* (): Generator<number> {
    for (;;) yield (read += 1);
  };
  expect(take(endless(), 3)).toEqual([1, 2, 3]);
  expect(read).toBe(3);
  expect(take(endless(), 0)).toEqual([]);
});
