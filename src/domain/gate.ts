/** When an agency serves, and how much a day: opening hours, free days, announced maintenance and quota, in its own zone. */
import type { Agency, Calendar, OpeningTimes } from './catalogue.ts';
import type { LaneGate } from './lane.ts';
import { clockMs, dateOf, DAY_MS, instantOf, isWorkingDay, localTime, weekdayOf } from './local-time.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** An agency that does not open within a year is looked at again after a year. */
const FURTHEST_DAYS = 366;

/** What an agency's calendar and quota say of an instant; undefined where it has neither. */
export function gateOf(
  { limits: { opens, perDay } }: Pick<Agency, 'limits'>,
  calendars: Calendar[],
  now: number,
): LaneGate | undefined {
  if (!opens) return undefined;
  const { day } = localTime(now, opens.zone);
  return {
    closedUntil: closedUntil(opens, calendars, now),
    perDay: perDay ?? null,
    day: dateOf(day),
    dayEndsAt: instantOf(day + 1, 0, opens.zone),
  };
}

/** `[from, to)` in ms since the epoch. */
type Span = readonly [from: number, to: number];

function closedUntil(opens: OpeningTimes, calendars: Calendar[], now: number): number | null {
  const calendar = calendars.find(({ id }) => id === opens.calendar);
  const pauses = (opens.maintenance ?? []).map(({ from, to }): Span => [
    localInstant(from),
    localInstant(to),
  ]);
  const { day: today } = localTime(now, opens.zone);
  for (let day = today; day <= today + FURTHEST_DAYS; day += 1) {
    for (const span of openSpans(opens, calendar, day)) {
      const from = firstFree(span, pauses, now);
      if (from !== null) return from === now ? null : from;
    }
  }
  return instantOf(today + FURTHEST_DAYS, 0, opens.zone);

  function localInstant(local: string): number {
    const [date = '', time = ''] = local.split('T');
    return instantOf(Date.parse(date) / DAY_MS, clockMs(time), opens.zone);
  }
}

/** When the agency is open on a day, in their order. */
function openSpans({ hours, zone }: OpeningTimes, calendar: Calendar | undefined, day: number): Span[] {
  if (calendar && !isWorkingDay(day, calendar)) return [];
  const times = hours ? (hours[WEEKDAYS[weekdayOf(day) - 1]!] ?? []) : ['00:00-24:00'];
  return times.map((span) => {
    const [from = '', to = ''] = span.split('-');
    return [instantOf(day, clockMs(from), zone), instantOf(day, clockMs(to), zone)];
  });
}

/** The first instant of a span, now or later, that no maintenance covers; null when there is none. */
function firstFree([from, to]: Span, pauses: Span[], now: number): number | null {
  let at = Math.max(from, now);
  for (let moved = true; moved;) {
    moved = false;
    for (const [begins, ends] of pauses) if (begins <= at && at < ends) [at, moved] = [ends, true];
  }
  return at < to ? at : null;
}
