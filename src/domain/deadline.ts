/** Says when an answer was promised: working days of a site's calendar, in the site's own zone. */
import type { Calendar } from './catalogue.ts';

export interface Term {
  in: number;
  unit: 'workingDays' | 'days';
}

/** Where the clock hangs: IANA zone and local closing time (`15:00`). */
export interface Office {
  zone: string;
  closes: string;
}

const DAY_MS = 86_400_000;
/** About twelve years: a calendar with no working day in it must not hang the bus. */
const FURTHEST_DAYS = 4500;

/**
 * The promised instant in milliseconds since the epoch: closing time of the last day.
 * The day of acceptance is day zero; what comes after closing, or on a free day, counts as come on the next
 * working day. `days` counts every day. Throws a RangeError when the calendar has no such day within 12 years.
 */
export function promisedAt(acceptedAtMs: number, term: Term, calendar: Calendar, office: Office): number {
  const local = localMs(acceptedAtMs, office.zone);
  const accepted = Math.floor(local / DAY_MS);
  const late = local - accepted * DAY_MS >= minutes(office.closes) * 60_000;
  const first = workingDayFrom(late ? accepted + 1 : accepted, calendar);
  const last = term.unit === 'days' ? first + term.in : addWorkingDays(first, term.in, calendar);
  return instant(last * DAY_MS + minutes(office.closes) * 60_000, office.zone);
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

/** `day` is the number of days since 1970-01-01, a Thursday (ISO weekday 4). */
function isWorkingDay(day: number, calendar: Calendar): boolean {
  const weekday = ((day + 3) % 7) + 1;
  if (calendar.weekend.includes(weekday)) return false;
  return !calendar.holidays.includes(new Date(day * DAY_MS).toISOString().slice(0, 10));
}

function minutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return hour! * 60 + minute!;
}

/** Local time as if it were UTC: the wall clock's reading in milliseconds. */
function localMs(instantMs: number, zone: string): number {
  return instantMs + offsetMs(instantMs, zone);
}

/** The instant of a wall clock's reading; asked twice because a zone's offset may change in between. */
function instant(local: number, zone: string): number {
  const guess = local - offsetMs(local, zone);
  return local - offsetMs(guess, zone);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMs(instantMs: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(instantMs).find((part) => part.type === 'timeZoneName')!.value;
  const [, sign, hours, mins] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? ['', '+', '0', '0'];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(mins)) * 60_000;
}
