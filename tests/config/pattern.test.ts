/** Patterns of forms: what is let through and what might hang. */
import { expect, test } from 'vitest';
import { patternProblem } from '../../src/schema/pattern.ts';

test.each([
  '^[0-9]{16}$',
  "^[A-Za-z .']{1,100}$",
  '^\\+[1-9]\\d{6,14}$',
  '^(a|b|c)$',
  '^\\d{2}(\\.\\d{2}(\\.\\d{2})?)?$',
  '^(?:KB|DA) \\d{1,4}$',
  '[(*+]{1,3}',
  '^a+$',
  '\\(a+\\)',
])('%s is safe', (pattern) => {
  expect(patternProblem(pattern)).toBeUndefined();
});

test.each([
  '^(a|a)*$',
  '(a+)+',
  '((a+)b)*',
  '([a-z]*)*$',
  '(a{1,5}){1,50}',
  '(.*)(.*)$',
  '\\s+x\\s+',
  '(a)\\1',
  '(?<x>a)\\k<x>',
  '(?=a)a',
  '(?!a)b',
  '(?<=a)b',
  '(?<!a)b',
  'a)',
])('%s is refused', (pattern) => {
  expect(patternProblem(pattern)).toBeDefined();
});
