/** Checks promises: a step that decides, a law that allows silence, an office and a calendar that can count the days. */
import type { Route } from '../domain/catalogue.ts';
import { DAY_MS } from '../domain/local-time.ts';
import { checkCalendar, checkZone } from './check-places.ts';
import { suggest } from './finding.ts';
import { ancestorsOf } from './order.ts';
import type { Spot, World } from './world.ts';

export function checkDeadlines(world: World): void {
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    if (route.deadline) checkDeadline(world, route, (...path) => ({ file, path: ['deadline', ...path] }));
  }
  const list = world.only('agencies');
  for (const { id, office } of world.catalogue.agencies) {
    if (!office || !list) continue;
    const spot = (field: string): Spot => ({ file: list, path: [id, 'office', field] });
    checkZone(world, spot('zone'), office.zone);
    checkCalendar(world, spot('calendar'), office.calendar);
  }
  if (world.now !== undefined) checkYears(world, world.now);
}

function checkDeadline(world: World, route: Route, spot: (...path: string[]) => Spot): void {
  const { onBreach, decides } = route.deadline!;
  const isStep = decides !== undefined && Object.hasOwn(route.steps, decides);
  if (decides !== undefined && !isStep) {
    const fix = suggest(decides, Object.keys(route.steps));
    world.report(spot('decides'), 'unknown_step', `No step ${decides}`, fix);
  }
  if (onBreach !== 'deemedApproval') return;
  if (decides === undefined) {
    const fix = 'Add decides: with the name of the step';
    world.report(spot('onBreach'), 'deemed_without_step', 'What is deemed approved is not said', fix);
  }
  const service = world.catalogue.services.get(route.service);
  if (service && !service.deemedApproval && !world.broken.has('service')) {
    const message = `No law of ${service.code} takes silence for consent`;
    const fix = 'Add deemedApproval with its legalBasis to the service, or write escalate';
    world.report(spot('onBreach'), 'deemed_without_law', message, fix);
  }
  if (isStep) checkDeemed(world, route, decides, spot('decides'));
}

/** The law decides in an agency's place, before there is no way back. */
function checkDeemed(world: World, route: Route, decides: string, spot: Spot): void {
  const pivot = Object.entries(route.steps).find(([, step]) => step.pivot)?.[0];
  if (pivot === undefined || (decides !== pivot && !ancestorsOf(route, decides).has(pivot))) return;
  const message = `${decides} is sent when there is no way back, so it can never be deemed approved`;
  world.report(spot, 'deemed_after_pivot', message, 'Name a step that decides before the pivot');
}

/** From October on next year's days are counted too. */
const AHEAD_MS = 92 * DAY_MS;

/** A calendar in use that knows no free day of a year would take every day of it for a working day. */
function checkYears(world: World, now: number): void {
  const { sites, agencies } = world.catalogue;
  const used = new Set([...sites.map((one) => one.calendar), ...agencies.map((one) => one.office?.calendar)]);
  const years = [now, now + AHEAD_MS].map((ms) => new Date(ms).toISOString().slice(0, 4));
  for (const { name, file } of world.all('calendar')) {
    if (!used.has(name) || !world.isSure({ file, path: ['holidays'] })) continue;
    const days = Object.keys(file.value['holidays'] as object);
    const missing = years.find((year) => !days.some((day) => day.startsWith(year)));
    if (missing === undefined) continue;
    const message = `No free day of ${missing} is known, so all its weekdays count as working days`;
    world.warn({ file, path: ['holidays'] }, 'calendar_year', message, `Add the holidays of ${missing}`);
  }
}
