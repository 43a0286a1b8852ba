/** When an agency is open, by its own wall clock, and what a day's quota counts by. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/fill.ts';
import type { Calendar, OpeningTimes } from '../../src/domain/catalogue.ts';
import { gateOf } from '../../src/domain/gate.ts';
import type { LaneGate } from '../../src/domain/lane.ts';

const calendars: Calendar[] = [{ id: 'ID', source: 'test', weekend: [6, 7], holidays: ['2026-11-23'] }];
const ZONE = 'Asia/Pontianak';
const hours = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['08:00-12:00', '13:00-15:00']]),
);
const gate = (opens: Partial<OpeningTimes>, at: string, perDay?: number): LaneGate => {
  const limits = { ...DEFAULT_LIMITS, opens: { zone: ZONE, ...opens }, ...(perDay && { perDay }) };
  return gateOf({ limits }, calendars, Date.parse(at))!;
};
const until = (opens: Partial<OpeningTimes>, at: string): string | null => {
  const { closedUntil } = gate(opens, at);
  return closedUntil === null ? null : new Date(closedUntil).toISOString();
};

test('an agency without calendar and quota has no gate', () => {
  expect(gateOf({ limits: DEFAULT_LIMITS }, calendars, 0)).toBeUndefined();
});

describe('opening hours', () => {
  // 2026-11-16 is a Monday; 08:00 at the agency is 01:00 UTC.
  test.each<[string, Partial<OpeningTimes>, string, string | null]>([
    ['the minute it opens', { hours }, '2026-11-16T08:00:00+07:00', null],
    ['just before', { hours }, '2026-11-16T07:59:59.999+07:00', '2026-11-16T08:00:00+07:00'],
    ['the last instant', { hours }, '2026-11-16T14:59:59.999+07:00', null],
    ['closing time', { hours }, '2026-11-16T15:00:00+07:00', '2026-11-17T08:00:00+07:00'],
    ['the break', { hours }, '2026-11-16T12:30:00+07:00', '2026-11-16T13:00:00+07:00'],
    ['Friday evening', { hours }, '2026-11-20T16:00:00+07:00', '2026-11-23T08:00:00+07:00'],
    ['before a holiday', { hours, calendar: 'ID' }, '2026-11-20T16:00:00+07:00', '2026-11-24T08:00:00+07:00'],
    [
      'one weekday only',
      { hours: { wed: ['09:00-10:00'] } },
      '2026-11-19T00:00:00+07:00',
      '2026-11-25T09:00:00+07:00',
    ],
    ['free days without hours', { calendar: 'ID' }, '2026-11-21T10:00:00+07:00', '2026-11-24T00:00:00+07:00'],
    ['all day long', { hours: { mon: ['00:00-24:00'] } }, '2026-11-16T23:59:59+07:00', null],
    ['neither', {}, '2026-11-21T03:00:00+07:00', null],
  ])('%s', (_, opens, at, expected) => {
    expect(until(opens, at)).toBe(expected === null ? null : new Date(expected).toISOString());
  });

  test.each([
    ['Asia/Jakarta', '2026-11-16T01:00:00.000Z'],
    ['Asia/Makassar', '2026-11-16T00:00:00.000Z'],
    ['Asia/Jayapura', '2026-11-15T23:00:00.000Z'],
  ])('%s opens at its own eight', (zone, expected) => {
    expect(until({ zone, hours }, '2026-11-15T20:00:00Z')).toBe(expected);
  });

  test('maintenance closes what is open, and pushes back an opening', () => {
    const maintenance = [
      { from: '2026-11-16T14:00', to: '2026-11-17T09:30' },
      { from: '2026-11-17T09:00', to: '2026-11-17T10:15' },
    ];
    expect(until({ hours, maintenance }, '2026-11-16T13:59:00+07:00')).toBeNull();
    expect(until({ hours, maintenance }, '2026-11-16T14:00:00+07:00')).toBe('2026-11-17T03:15:00.000Z');
    expect(until({ maintenance }, '2026-11-16T20:00:00+07:00')).toBe('2026-11-17T03:15:00.000Z');
    expect(until({ maintenance }, '2026-11-17T10:15:00+07:00')).toBeNull();
  });

  test('one that does not open within a year is looked at again after it', () => {
    const calendar: Calendar = { id: 'NEVER', source: 'test', weekend: [1, 2, 3, 4, 5, 6, 7], holidays: [] };
    const limits = { ...DEFAULT_LIMITS, opens: { zone: ZONE, calendar: 'NEVER' } };
    const { closedUntil } = gateOf({ limits }, [calendar], Date.parse('2026-11-16T02:00:00Z'))!;
    expect(new Date(closedUntil!).toISOString()).toBe('2027-11-16T17:00:00.000Z');
  });
});

test("a day is the agency's own", () => {
  expect(gate({ zone: 'Asia/Jayapura' }, '2026-11-16T15:00:00Z', 500)).toEqual({
    ...{ closedUntil: null, perDay: 500, day: '2026-11-17', dayEndsAt: Date.parse('2026-11-17T15:00:00Z') },
  });
  expect(gate({ zone: 'Asia/Jakarta' }, '2026-11-16T15:00:00Z')).toEqual({
    ...{ closedUntil: null, perDay: null, day: '2026-11-16', dayEndsAt: Date.parse('2026-11-16T17:00:00Z') },
  });
});
