/** Checks sites, calendars and regions: zones and dates that exist, names that are known. */
import type { Spot, World } from './world.ts';
import { suggest } from './finding.ts';

export function checkPlaces(world: World): void {
  const sites = world.only('sites');
  for (const site of world.catalogue.sites) {
    const spot = (field: string): Spot => ({ file: sites!, path: [site.code, field] });
    checkRegion(world, spot('regionCode'), site.regionCode);
    checkZone(world, spot('zone'), site.zone);
    checkCalendar(world, spot('calendar'), site.calendar);
  }
  for (const { file } of world.all('calendar')) checkDates(world, { file, path: ['holidays'] });
}

export function checkZone(world: World, spot: Spot, zone: string): void {
  if (isZone(zone)) return;
  const fix = 'Write Asia/Jakarta, Asia/Pontianak, Asia/Makassar or Asia/Jayapura';
  world.report(spot, 'unknown_zone', `${zone} is no time zone`, fix);
}

export function checkCalendar(world: World, spot: Spot, calendar: string): void {
  const calendars = world.catalogue.calendars.map(({ id }) => id);
  if (world.broken.has('calendar') || calendars.includes(calendar)) return;
  world.report(spot, 'unknown_calendar', `No calendar ${calendar}`, suggest(calendar, calendars));
}

/** Reports a region code that `regions.yaml` does not name; `*` stands for all. */
export function checkRegion(world: World, spot: Spot, code: string): void {
  if (code === '*' || world.broken.has('regions') || world.catalogue.regions.has(code)) return;
  const fix = `${suggest(code, world.catalogue.regions.keys())}, or add it to regions.yaml`;
  world.report(spot, 'unknown_region', `Region ${code} is not in regions.yaml`, fix);
}

function checkDates(world: World, { file, path }: Spot): void {
  for (const date of Object.keys(file.value['holidays'] as object)) {
    if (isDate(date)) continue;
    world.report(
      { file, path: [...path, date] },
      'invalid_date',
      `${date} is no date`,
      'Write it as 2026-08-17',
    );
  }
}

export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
