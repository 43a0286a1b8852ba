/** Checks when agencies serve: zones, calendars, and times that run forward. */
import type { Agency, OpeningTimes } from '../domain/catalogue.ts';
import { WEEKDAYS } from '../domain/gate.ts';
import { checkCalendar, checkZone, isDate } from './check-places.ts';
import type { Spot, World } from './world.ts';

type SpotOf = (...path: (string | number)[]) => Spot;

export function checkOpens(world: World, { limits }: Agency, spot: SpotOf): void {
  const { opens } = limits;
  if (!opens) return;
  const at: SpotOf = (...path) => spot('limits', 'opens', ...path);
  checkZone(world, at('zone'), opens.zone);
  if (opens.calendar !== undefined) checkCalendar(world, at('calendar'), opens.calendar);
  checkHours(world, opens, at);
  for (const [place, { from, to }] of (opens.maintenance ?? []).entries()) {
    for (const [name, time] of Object.entries({ from, to })) {
      const date = time.slice(0, 10);
      if (isDate(date)) continue;
      world.report(
        at('maintenance', place, name),
        'invalid_date',
        `${date} is no date`,
        'Write it as 2026-08-17T22:00',
      );
    }
    if (from >= to) reportOrder(world, at('maintenance', place), `${from} is not before ${to}`);
  }
}

function checkHours(world: World, { hours, calendar }: OpeningTimes, at: SpotOf): void {
  const weekend = world.catalogue.calendars.find(({ id }) => id === calendar)?.weekend ?? [];
  for (const [place, weekday] of WEEKDAYS.entries()) {
    const spans = hours?.[weekday] ?? [];
    if (spans.length > 0 && weekend.includes(place + 1)) {
      const message = `Calendar ${calendar} keeps this weekday free: it would never open`;
      world.report(at('hours', weekday), 'closed_weekday', message, 'Take it out, or name another calendar');
    }
    let last = '';
    for (const [n, span] of spans.entries()) {
      const [from = '', to = ''] = span.split('-');
      if (from >= to) reportOrder(world, at('hours', weekday, n), `${from} is not before ${to}`);
      else if (from < last) reportOrder(world, at('hours', weekday, n), `${from} is before ${last}`);
      last = to;
    }
  }
}

function reportOrder(world: World, spot: Spot, message: string): void {
  world.report(
    spot,
    'time_order',
    message,
    'Write times in their order; a night is two spans, to 24:00 and from 00:00',
  );
}
