/** Promised dates: closing time, holidays, weekends and three zones. */
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../src/domain/catalogue.ts';
import fc from 'fast-check';
import {
  lookAt,
  nextLook,
  pauseClock,
  resumeClock,
  startClock,
  type Term,
} from '../../src/domain/deadline.ts';

const calendar: Calendar = {
  id: 'ID',
  source: 'test',
  weekend: [6, 7],
  holidays: ['2026-08-17', '2026-12-24', '2026-12-25', '2027-01-01'],
};
const wib = { zone: 'Asia/Pontianak', closes: '15:00' };
const days = (count: number): Term => ({ in: count, unit: 'workingDays' });

function promised(accepted: string, term: Term, office = wib): string {
  return new Date(startClock(Date.parse(accepted), { term, calendar, office }).dueAt).toISOString();
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
  expect(() => startClock(0, { term: days(1), calendar: never, office: wib })).toThrow('no working day');
});

describe('a clock', () => {
  const at = (text: string): number => Date.parse(`${text}+07:00`);
  const shown = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 16);
  const counting = { term: days(5), calendar, office: wib };
  const started = startClock(at('2026-01-19T09:00'), counting);

  test('is at risk when four fifths are over, and breached at the closing of its last day', () => {
    expect([shown(started.atRiskAt), shown(started.dueAt)]).toEqual(['2026-01-23T15:00', '2026-01-26T15:00']);
    expect(nextLook(started)).toBe(started.atRiskAt);
    expect(lookAt(started, started.atRiskAt - 1)).toBeNull();
    expect(lookAt(started, started.atRiskAt)).toBe('atRisk');
    const told = { ...started, said: 'atRisk' as const };
    expect([nextLook(told), lookAt(told, told.dueAt - 1)]).toEqual([told.dueAt, null]);
    expect(lookAt(told, told.dueAt)).toBe('breached');
    expect(nextLook({ ...told, said: 'breached' })).toBeNull();
  });

  test('of one day is at risk late on it', () => {
    const { atRiskAt, dueAt } = startClock(at('2026-01-19T09:00'), { ...counting, term: days(1) });
    expect([shown(atRiskAt), shown(dueAt)]).toEqual(['2026-01-20T10:12', '2026-01-20T15:00']);
  });

  test('that stood for a week has as many days left as before', () => {
    const standing = pauseClock(started, at('2026-01-21T10:00'), 'payment', counting);
    expect(standing.paused).toEqual({ since: at('2026-01-21T10:00'), why: 'payment', daysLeft: 3 });
    expect([nextLook(standing), lookAt(standing, at('2026-03-01T10:00'))]).toEqual([null, null]);
    const on = resumeClock(standing, at('2026-01-28T10:00'), counting);
    expect([shown(on.dueAt), on.paused]).toEqual(['2026-02-02T15:00', null]);
  });

  test('that stood for an hour wins nothing', () => {
    const standing = pauseClock(started, at('2026-01-21T10:00'), 'applicant', counting);
    expect(resumeClock(standing, at('2026-01-21T11:00'), counting)).toEqual(started);
  });

  test('that was breached before it stood stays so', () => {
    const late = { ...started, said: 'breached' as const };
    const on = resumeClock(
      pauseClock(late, at('2026-02-02T10:00'), 'payment', counting),
      at('2026-02-09T10:00'),
      counting,
    );
    expect(on).toEqual(late);
  });

  test('keeps its first reason', () => {
    const standing = pauseClock(started, at('2026-01-20T10:00'), 'payment', counting);
    expect(pauseClock(standing, at('2026-01-21T10:00'), 'applicant', counting)).toBe(standing);
  });

  test('never ends earlier for having stood, and never more than it stood', () => {
    const minute = fc.integer({ min: 0, max: 60 * 24 * 60 });
    fc.assert(
      fc.property(
        minute,
        minute,
        minute,
        fc.constantFrom<Term['unit']>('workingDays', 'days'),
        (a, b, c, unit) => {
          const counts = { ...counting, term: { in: 5, unit } };
          const start = at('2026-01-05T00:00') + a * 60_000;
          const clock = startClock(start, counts);
          const paused = start + b * 60_000;
          const resumed = paused + c * 60_000;
          const on = resumeClock(pauseClock(clock, paused, 'law', counts), resumed, counts);
          expect(on.dueAt).toBeGreaterThanOrEqual(clock.dueAt);
          // Closed days may be added on top of those that it stood.
          expect(on.dueAt - clock.dueAt).toBeLessThanOrEqual(resumed - paused + 6 * 86_400_000);
          expect(on.atRiskAt).toBeLessThanOrEqual(Math.max(on.dueAt, resumed));
        },
      ),
    );
  });
});
