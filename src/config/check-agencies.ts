/** Checks agency entries: adapter, settings, secrets, address, limits and the regions they serve. */
import type { Adapter, JsonSchema } from '../adapter-kit/contract.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { compile } from '../schema/validate.ts';
import { checkGateway } from './check-gateway.ts';
import { checkOpens } from './check-opens.ts';
import { checkRegion } from './check-places.ts';
import { pointerOf, segmentsOf, suggest } from './finding.ts';
import { problemFindings } from './problem-findings.ts';
import { fieldsOf } from './schema-walk.ts';
import { SECRET_REFERENCE } from './secrets.ts';
import { adapterOf, majorOf, type Spot, type World } from './world.ts';

export function checkAgencies(world: World): void {
  const file = world.only('agencies');
  if (!file) return;
  for (const agency of world.catalogue.agencies) {
    const spot = (...path: (string | number)[]): Spot => ({ file, path: [agency.id, ...path] });
    agency.regions.forEach((code, place) => checkRegion(world, spot('regions', place), code));
    checkReserved(world, agency, spot);
    checkOrder(world, agency, spot);
    checkOpens(world, agency, spot);
    if (world.isSure(spot('vpn')))
      checkAddress(
        world,
        agency,
        (file.value[agency.id] as JsonObject)['vpn'] === true,
        spot('settings', 'baseUrl'),
      );
    const adapter = adapterOf(agency, world.adapters);
    checkOpensFor(world, agency, adapter, spot);
    checkGateway(world, agency, adapter, spot);
    if (adapter) checkSettings(world, agency, adapter.settings, spot('settings'));
    else {
      reportAdapter(world, agency, spot);
      // Which settings are secret is not known: those that any adapter keeps secret are not to be written out.
      for (const { settings } of world.adapters) reportLiterals(world, agency, settings, spot('settings'));
    }
  }
  checkShares(world, file);
}

/** The bus is an agency of its own: no entry may stand in for it. */
function checkReserved(world: World, { id, role }: Agency, spot: SpotOf): void {
  if (id !== BUS && role !== BUS) return;
  const fix = 'Choose another word: steps call the bus itself by this one';
  world.report(id === BUS ? spot() : spot('role'), 'reserved_name', `${BUS} is the bus itself`, fix);
}

type SpotOf = (...path: (string | number)[]) => Spot;

function reportAdapter(world: World, agency: Agency, spot: SpotOf): void {
  const majors = world.adapters.filter(({ name }) => name === agency.adapter).map(majorOf);
  if (majors.length > 0) {
    const message = `Adapter ${agency.adapter} has no major version ${agency.major}`;
    world.report(spot('major'), 'unknown_major', message, `Write ${majors.join(' or ')}`);
    return;
  }
  const names = world.adapters.map(({ name }) => name);
  world.report(
    spot('adapter'),
    'unknown_adapter',
    `No adapter ${agency.adapter}`,
    suggest(agency.adapter, names),
  );
}

/** Whose the applications are that it brings, and whether there is a service for any of them. */
function checkOpensFor(world: World, { opensFor }: Agency, adapter: Adapter | undefined, spot: SpotOf): void {
  const platforms = world.catalogue.platforms.map(({ id }) => id);
  const opens = Object.values(adapter?.hosted ?? {}).flatMap((one) =>
    'opens' in one && one.opens !== undefined ? [one.opens] : [],
  );
  if (opensFor === undefined) {
    if (opens.length === 0) return;
    const message = `It brings applications (${opens.join(', ')}), and no platform is named that they are for`;
    world.report(spot(), 'missing_opens_for', message, `Add opensFor: ${platforms.toSorted().join(' or ')}`);
    return;
  }
  if (!world.broken.has('platforms') && !platforms.includes(opensFor)) {
    const message = `No platform ${opensFor}`;
    world.report(spot('opensFor'), 'unknown_platform', message, suggest(opensFor, platforms));
  }
  const isSure = !world.broken.has('service') && !world.broken.has('route');
  const { services, routes } = world.catalogue;
  if (!isSure || opens.length === 0 || opens.some((code) => services.has(code) && routes.has(code))) return;
  const message = `None of the services that it opens is offered here (${opens.join(', ')})`;
  world.report(spot('opensFor'), 'opens_nothing', message, 'Describe the service and its route');
}

function checkOrder(world: World, { limits, retry }: Agency, spot: SpotOf): void {
  const isSure = (...path: string[]): boolean => world.isSure(spot(...path));
  const isLong = parseDuration(limits.circuitSleep) > parseDuration(limits.circuitCap);
  if (isLong && isSure('limits', 'circuitSleep') && isSure('limits', 'circuitCap')) {
    const message = `circuitSleep ${limits.circuitSleep} is longer than circuitCap ${limits.circuitCap}`;
    world.report(
      spot('limits', 'circuitSleep'),
      'limit_order',
      message,
      'Raise circuitCap or lower circuitSleep',
    );
  }
  const isSlow = parseDuration(retry.base) > parseDuration(retry.cap);
  if (isSlow && isSure('retry', 'base') && isSure('retry', 'cap')) {
    const message = `base ${retry.base} is longer than cap ${retry.cap}`;
    world.report(spot('retry', 'base'), 'limit_order', message, 'Raise cap or lower base');
  }
}

function checkAddress(world: World, agency: Agency, isVpn: boolean, spot: Spot): void {
  const { baseUrl } = agency.settings;
  const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
  if (url?.protocol !== 'http:' || isVpn) return;
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) return;
  const fix = 'Write https://, or vpn: true beside settings when the link is a private line';
  world.report(spot, 'insecure_url', 'Personal data would cross an open line in clear', fix);
}

/** Held against the adapter's schema; a reference stands for any secret, so what it hides is checked at the start. */
function checkSettings(world: World, agency: Agency, schema: JsonSchema, { file, path }: Spot): void {
  const { settings } = agency;
  const literals = reportLiterals(world, agency, schema, { file, path });
  if (file.wrong.covers(pointerOf(...path))) return;
  const problems = compile(schema)(settings).filter(({ pointer }) => {
    const [name = ''] = segmentsOf(pointer);
    return !literals.has(pointerOf(name)) && !isReference(settings[name]);
  });
  world.findings.push(
    ...problemFindings({ file, value: settings, base: pointerOf(...path) }, problems, schema),
  );
}

/** Secrets written out, each reported once; gives their pointers. */
function reportLiterals(world: World, agency: Agency, schema: JsonSchema, { file, path }: Spot): Set<string> {
  const literals = new Set<string>();
  for (const [name, variants] of fieldsOf(schema, schema).names) {
    const value = agency.settings[name];
    if (value === undefined || !variants.some((one) => one['writeOnly'] === true) || isReference(value))
      continue;
    literals.add(pointerOf(name));
    const spot = { file, path: [...path, name] };
    const isReported = world.findings.some((one) => one.pointer === pointerOf(...spot.path));
    if (isReported) continue;
    const fix = `Put the secret into the data folder as secrets/${agency.id}-${name} and write secret://file/${agency.id}-${name}`;
    world.report(spot, 'secret_literal', `${name} is a secret written out`, fix);
  }
  return literals;
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && SECRET_REFERENCE.test(value);
}

/** Two entries of one role for one region: nobody could say which is called. */
function checkShares(world: World, file: Spot['file']): void {
  const first = new Map<string, string>();
  for (const { id, role, regions } of world.catalogue.agencies) {
    regions.forEach((region, place) => {
      const key = `${role} ${region}`;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, id);
      else {
        const message = `${earlier} already serves region ${region} as ${role}`;
        world.report(
          { file, path: [id, 'regions', place] },
          'region_shared',
          message,
          'Leave it to one of them',
        );
      }
    });
  }
}
