/** The index of the satisfaction survey, by the published example of PermenPANRB 14/2017's rule. */
import { expect, test } from 'vitest';
import { ELEMENTS, indexOf } from '../../src/domain/survey.ts';

test('ten answers whose means are those of the example give 84.72: each element weighs a ninth, not 0.111', () => {
  const means = [3.5, 3.4, 3.2, 3.6, 3.3, 3.5, 3.6, 3.1, 3.3];
  expect(means).toHaveLength(ELEMENTS.length);
  expect(
    indexOf(
      means.map((mean) => mean * 10),
      10,
    ),
  ).toBe(84.72);
});

test('all at the lowest are 25, all at the highest 100', () => {
  const all = (score: number): number[] => ELEMENTS.map(() => score * 7);
  expect([indexOf(all(1), 7), indexOf(all(4), 7)]).toEqual([25, 100]);
});
