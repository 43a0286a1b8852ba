/** By what an application's days are counted: whose zone, closing hour and calendar. */
import type { Calendar, Catalogue, Site } from '../domain/catalogue.ts';
import type { Counting } from '../domain/deadline.ts';
import type { Plan } from '../domain/plan.ts';

/** The deciding agency's office where it has one, else the site's; null where nothing is promised. */
export function countingOf(
  catalogue: Catalogue,
  { route, service }: Plan,
  site: Site | undefined,
): Counting | null {
  const { deadline } = route;
  if (!deadline || !site) return null;
  const office = officeOf(catalogue, service.agency, site);
  const calendar = calendarOf(catalogue, office.calendar);
  return calendar ? { term: deadline, calendar, office } : null;
}

function officeOf(
  catalogue: Catalogue,
  role: string,
  site: Site,
): { zone: string; closes: string; calendar: string } {
  const own = catalogue.agencies.find((one) => one.role === role && one.office)?.office;
  return own ?? site;
}

const calendarOf = ({ calendars }: Catalogue, id: string): Calendar | undefined =>
  calendars.find((one) => one.id === id);
