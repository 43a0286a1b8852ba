/** The clock of the law: it starts when an application is complete, stands while the citizen or the law is waited for, and says when it is at risk and breached. */
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

/** Why it stands. */
export type Pause = 'applicant' | 'payment' | 'appointment' | 'law';

export interface ServiceClock {
  /** When the application was complete, ms since the epoch. */
  startedAt: number;
  /** Closing time of the last day; of a standing clock as if it went on now. */
  dueAt: number;
  /** When four fifths of the term are over. */
  atRiskAt: number;
  /** Since when it stands and why; null while it runs. */
  paused: { since: number; why: Pause; daysLeft: number } | null;
  /** What was said of it already. */
  said: 'nothing' | 'atRisk' | 'breached';
}

/** Days by which it counts: all of them, or a calendar's working days. */
export interface Counting {
  term: Term;
  calendar: Calendar;
  office: Office;
}

/** Four fifths (mpp-domain §5.8). */
const AT_RISK_SHARE = 0.8;
/** About twelve years: a calendar with no working day in it must not hang the bus. */
const FURTHEST_DAYS = 4500;

/**
 * Starts it: due at the closing time of the last day. The day it starts is day zero; what comes after closing, or on a
 * free day, counts as come on the next working day. `days` counts every day. Throws a RangeError when the calendar has
 * no such day within 12 years.
 */
export function startClock(now: number, counting: Counting): ServiceClock {
  return runFrom(firstDay(now, counting), now, counting.term.in, counting, now);
}

/** Stands it still; a clock that stands keeps its first reason. */
export function pauseClock(clock: ServiceClock, now: number, why: Pause, counting: Counting): ServiceClock {
  if (clock.paused) return clock;
  return { ...clock, paused: { since: now, why, daysLeft: daysLeft(clock, now, counting) } };
}

/** Lets it run on: as many days are left as when it was stood still. */
export function resumeClock(clock: ServiceClock, now: number, counting: Counting): ServiceClock {
  if (!clock.paused) return clock;
  const { since, daysLeft: left } = clock.paused;
  const { said } = clock;
  // Breached before it stood, or resumed on the day it was stood: nothing was won.
  const sameDay = firstDay(now, counting) === firstDay(since, counting);
  if (clock.dueAt <= since || sameDay) return { ...clock, paused: null };
  const on = runFrom(firstDay(now, counting), clock.startedAt, left, counting, now);
  return { ...on, said: said === 'atRisk' && on.atRiskAt > now ? 'nothing' : said };
}

/** When it has to be looked at next: at risk, then breached; never while it stands. */
export function nextLook({ paused, said, atRiskAt, dueAt }: ServiceClock): number | null {
  if (paused || said === 'breached') return null;
  return said === 'nothing' ? atRiskAt : dueAt;
}

/** What is to be said now, if anything. */
export function lookAt(clock: ServiceClock, now: number): 'atRisk' | 'breached' | null {
  if (clock.paused || clock.said === 'breached') return null;
  if (clock.dueAt <= now) return 'breached';
  return clock.said === 'nothing' && clock.atRiskAt <= now ? 'atRisk' : null;
}

/** `left` days from a first day; the share at risk is that of the whole term. */
function runFrom(
  first: number,
  startedAt: number,
  left: number,
  counting: Counting,
  now: number,
): ServiceClock {
  const spared = counting.term.in * (1 - AT_RISK_SHARE);
  return {
    startedAt,
    dueAt: closingAfter(first, left, counting),
    atRiskAt: Math.max(now, closingAfter(first, Math.max(0, left - spared), counting)),
    paused: null,
    said: 'nothing',
  };
}

/** The day that is day zero: one that has begun late, or is free, is the next working day. */
function firstDay(now: number, { calendar, office }: Counting): number {
  const { day, ms } = localTime(now, office.zone);
  return workingDayFrom(ms >= clockMs(office.closes) ? day + 1 : day, calendar);
}

/** Days after day zero that are not over: what a resumed clock still has. */
function daysLeft({ dueAt }: ServiceClock, now: number, counting: Counting): number {
  const { zone } = counting.office;
  const last = localTime(dueAt, zone).day;
  let left = 0;
  for (let day = firstDay(now, counting); day < last; left += 1) day = nextDay(day, counting);
  return left;
}

/** The closing time of the day so many days later; of half a day, the instant half-way to the next closing. */
function closingAfter(first: number, days: number, counting: Counting): number {
  let day = first;
  for (let left = Math.floor(days); left > 0; left -= 1) day = nextDay(day, counting);
  const closing = closingOf(day, counting);
  const part = days - Math.floor(days);
  return part === 0
    ? closing
    : Math.round(closing + part * (closingOf(nextDay(day, counting), counting) - closing));
}

const closingOf = (day: number, { office }: Counting): number =>
  instantOf(day, clockMs(office.closes), office.zone);

function nextDay(day: number, { term, calendar }: Counting): number {
  return term.unit === 'days' ? day + 1 : workingDayFrom(day + 1, calendar);
}

function workingDayFrom(day: number, calendar: Calendar): number {
  for (let one = day; one < day + FURTHEST_DAYS; one += 1) if (isWorkingDay(one, calendar)) return one;
  throw new RangeError(`Calendar ${calendar.id} has no working day`);
}
