/** Promised dates: closing time, holidays, weekends and three zones. */
import { expect, test } from 'vitest';
import type { Calendar } from '../../src/domain/catalogue.ts';
import { promisedAt, type Term } from '../../src/domain/deadline.ts';

const calendar: Calendar = {
  id: 'ID',
  source: 'test',
  weekend: [6, 7],
  holidays: ['2026-08-17', '2026-12-24', '2026-12-25', '2027-01-01'],
};
const wib = { zone: 'Asia/Pontianak', closes: '15:00' };
const days = (count: number): Term => ({ in: count, unit: 'workingDays' });

function promised(accepted: string, term: Term, office = wib): string {
  return new Date(promisedAt(Date.parse(accepted), term, calendar, office)).toISOString();
}

test.each([
  ['the day of acceptance is day zero', '2026-01-19T14:41:00+07:00', days(4), '2026-01-23T15:00:00+07:00'],
  [
    'the second before closing still counts',
    '2026-01-19T14:59:59+07:00',
    days(1),
    '2026-01-20T15:00:00+07:00',
  ],
  ['closing time itself is late', '2026-01-19T15:00:00+07:00', days(1), '2026-01-21T15:00:00+07:00'],
  ['a weekend is jumped', '2026-01-22T09:00:00+07:00', days(2), '2026-01-26T15:00:00+07:00'],
  ['Friday evening counts from Monday', '2026-01-23T20:00:00+07:00', days(1), '2026-01-27T15:00:00+07:00'],
  ['Saturday counts from Monday', '2026-01-24T09:00:00+07:00', days(1), '2026-01-27T15:00:00+07:00'],
  ['a holiday is jumped', '2026-08-14T09:00:00+07:00', days(1), '2026-08-18T15:00:00+07:00'],
  ['holidays and the new year', '2026-12-23T09:00:00+07:00', days(5), '2027-01-04T15:00:00+07:00'],
  [
    'calendar days count all',
    '2026-08-14T09:00:00+07:00',
    { in: 3, unit: 'days' },
    '2026-08-17T15:00:00+07:00',
  ],
  [
    'calendar days begin when the office is open',
    '2026-08-14T16:00:00+07:00',
    { in: 1, unit: 'days' },
    '2026-08-19T15:00:00+07:00',
  ],
] as [string, string, Term, string][])('%s', (_, accepted, term, expected) => {
  expect(promised(accepted, term)).toBe(new Date(expected).toISOString());
});

test('the site decides which day it is', () => {
  const accepted = '2026-01-19T23:30:00Z';
  expect(promised(accepted, days(1))).toBe('2026-01-21T08:00:00.000Z');
  expect(promised('2026-01-19T07:30:00Z', days(1), { zone: 'Asia/Jayapura', closes: '15:00' })).toBe(
    '2026-01-21T06:00:00.000Z',
  );
  expect(promised('2026-01-19T06:30:00Z', days(1), { zone: 'Asia/Makassar', closes: '15:00' })).toBe(
    '2026-01-20T07:00:00.000Z',
  );
});

test('a zone with summer time keeps its closing hour', () => {
  const london = { zone: 'Europe/London', closes: '15:00' };
  expect(promised('2026-03-27T10:00:00Z', days(1), london)).toBe('2026-03-30T14:00:00.000Z');
});

test('a calendar without a working day says so instead of hanging', () => {
  const never = { ...calendar, weekend: [1, 2, 3, 4, 5, 6, 7] };
  expect(() => promisedAt(0, days(1), never, wib)).toThrow('no working day');
});
