/** Says when an answer was promised: working days of a site's calendar, in the site's own zone. */
import type { Calendar } from './catalogue.ts';
import { clockMs, instantOf, isWorkingDay, localTime } from './local-time.ts';

export interface Term {
  in: number;
  unit: 'workingDays' | 'days';
}

/** Where the clock hangs: IANA zone and local closing time (`15:00`). */
export interface Office {
  zone: string;
  closes: string;
}

/** About twelve years: a calendar with no working day in it must not hang the bus. */
const FURTHEST_DAYS = 4500;

/**
 * The promised instant in milliseconds since the epoch: closing time of the last day.
 * The day of acceptance is day zero; what comes after closing, or on a free day, counts as come on the next
 * working day. `days` counts every day. Throws a RangeError when the calendar has no such day within 12 years.
 */
export function promisedAt(acceptedAtMs: number, term: Term, calendar: Calendar, office: Office): number {
  const accepted = localTime(acceptedAtMs, office.zone);
  const late = accepted.ms >= clockMs(office.closes);
  const first = workingDayFrom(late ? accepted.day + 1 : accepted.day, calendar);
  const last = term.unit === 'days' ? first + term.in : addWorkingDays(first, term.in, calendar);
  return instantOf(last, clockMs(office.closes), office.zone);
}

function addWorkingDays(day: number, count: number, calendar: Calendar): number {
  let reached = day;
  for (let left = count; left > 0; left -= 1) reached = workingDayFrom(reached + 1, calendar);
  return reached;
}

function workingDayFrom(day: number, calendar: Calendar): number {
  for (let one = day; one < day + FURTHEST_DAYS; one += 1) if (isWorkingDay(one, calendar)) return one;
  throw new RangeError(`Calendar ${calendar.id} has no working day`);
}
