/** Wall clocks and calendars: an instant as a zone reads it, and back; which days are working days. */
import type { Calendar } from './catalogue.ts';

export const DAY_MS = 86_400_000;

/** The day's number since 1970-01-01 as the zone counts, and the wall clock's milliseconds since its midnight. */
export function localTime(instantMs: number, zone: string): { day: number; ms: number } {
  const local = instantMs + offsetMs(instantMs, zone);
  const day = Math.floor(local / DAY_MS);
  return { day, ms: local - day * DAY_MS };
}

/** The instant at which a zone's wall clock shows so many milliseconds of a day; asked twice because its offset may change in between. */
export function instantOf(day: number, ms: number, zone: string): number {
  const local = day * DAY_MS + ms;
  const guess = local - offsetMs(local, zone);
  return local - offsetMs(guess, zone);
}

/** `2026-08-17`. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** ISO weekday, Monday is 1. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => ((day + 3) % 7) + 1;

export function isWorkingDay(day: number, calendar: Calendar): boolean {
  return !calendar.weekend.includes(weekdayOf(day)) && !calendar.holidays.includes(dateOf(day));
}

/** Milliseconds since midnight of `15:00`. */
export function clockMs(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour! * 60 + minute!) * 60_000;
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
