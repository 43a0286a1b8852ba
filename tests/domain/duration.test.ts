/** Spans of time: what is read and what is refused. */
import { expect, test } from 'vitest';
import { parseDuration } from '../../src/domain/duration.ts';

test.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['14d', 1_209_600_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '0s', '-1s', '1', '1w', '1.5h', '01s', ' 1s', '1s ', '1S', '9999999s', 'PT1H'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  },
);
