/** By what an application's days are counted: whose zone, closing hour and calendar. */
import type { Calendar, Catalogue, Site } from '../domain/catalogue.ts';
import type { Counting, Term } from '../domain/deadline.ts';
import type { Plan } from '../domain/plan.ts';

/** The deciding agency's office where it has one, else the site's; null where nothing is promised. */
export function countingOf(
  catalogue: Catalogue,
  { route, service }: Plan,
  site: Site | undefined,
): Counting | null {
  const { deadline } = route;
  if (!deadline || !site) return null;
  return officeCounting(catalogue, service.agency, site, deadline);
}

/** The same for any term; null where the calendar is not known. */
export function officeCounting(catalogue: Catalogue, role: string, site: Site, term: Term): Counting | null {
  const office = officeOf(catalogue, role, site);
  const calendar = calendarOf(catalogue, office.calendar);
  return calendar ? { term, calendar, office } : null;
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
