/** Checks services: a form that compiles and cannot hang, agencies and regions that exist, a route that leads there. */
import { agencyFor, type Service } from '../domain/catalogue.ts';
import { compile } from '../schema/validate.ts';
import { checkRegion } from './check-places.ts';
import { escapeSegment, pointerOf, suggest } from './finding.ts';
import { patternProblem } from '../schema/pattern.ts';
import type { Spot, World } from './world.ts';

export function checkServices(world: World): void {
  for (const { name, file } of world.all('service')) {
    const service = world.catalogue.services.get(name)!;
    const spot = (...path: (string | number)[]): Spot => ({ file, path });
    const roles = world.catalogue.agencies.map(({ role }) => role);
    if (!world.broken.has('agencies') && !roles.includes(service.agency)) {
      world.report(
        spot('agency'),
        'unknown_role',
        `No agency plays ${service.agency}`,
        suggest(service.agency, roles),
      );
    }
    checkForm(world, service, spot('form'));
    checkRepeats(world, service, spot);
    const hasRoute = world.catalogue.routes.has(name) || world.broken.has('route');
    if (!hasRoute && service.status !== 'draft' && service.status !== 'retired') {
      const fix = `Write routes/${name.toLowerCase()}.yaml, or make it a draft`;
      world.report(spot('code'), 'service_without_route', `${name} has no route`, fix);
    }
    service.regions.forEach((region, place) => {
      checkRegion(world, spot('regions', place), region);
      checkServed(world, service, region, spot('regions', place));
    });
  }
}

/** Every role that the route calls in the application's own jurisdiction needs an agency there. */
function checkServed(world: World, service: Service, region: string, spot: Spot): void {
  const { agencies, routes } = world.catalogue;
  if (world.broken.has('agencies') || service.status === 'draft' || service.status === 'retired') return;
  const list = world.only('agencies');
  const isSure = (id: string): boolean =>
    list !== undefined && world.isSure({ file: list, path: [id, 'regions'] });
  const steps = Object.values(routes.get(service.code)?.steps ?? {});
  const here = steps.filter((step) => step.at === undefined).map((step) => step.call.split('.')[0]!);
  for (const role of new Set(here)) {
    const players = agencies.filter((agency) => agency.role === role);
    if (players.length === 0 || !players.every(({ id }) => isSure(id)) || agencyFor(agencies, role, region))
      continue;
    const fix = `Give ${region} to an agency that plays ${role}, or take it from the service`;
    world.report(spot, 'region_unserved', `No agency plays ${role} in region ${region}`, fix);
  }
}

function checkRepeats(world: World, service: Service, spot: (...path: (string | number)[]) => Spot): void {
  for (const list of ['fees', 'requirements'] as const) {
    const codes = service[list].map(({ code }) => code);
    codes.forEach((code, place) => {
      if (codes.indexOf(code) === place) return;
      world.report(
        spot(list, place, 'code'),
        'duplicate_code',
        `${code} is already in this list`,
        'Keep one',
      );
    });
  }
}

/** More values than this in one form are a mistake or an attack. */
const MAX_NODES = 5000;

function checkForm(world: World, { form }: Service, { file, path }: Spot): void {
  const places = [...nodes(form, pointerOf(...path))];
  const at = (pointer: string, code: string, message: string, fix: string): void => {
    world.findings.push({ code, file: file.file, line: file.line(pointer), pointer, message, fix });
  };
  const before = world.findings.length;
  if (places.length > MAX_NODES) {
    at(pointerOf(...path), 'form_size', `The form has more than ${MAX_NODES} values`, 'Make it smaller');
    return;
  }
  for (const { pointer, key, value } of places) {
    const isPattern = key === 'pattern' && typeof value === 'string';
    const problem = isPattern ? patternProblem(value) : undefined;
    if (problem)
      at(pointer, 'unsafe_pattern', `The pattern has ${problem}, which may hang`, 'Write it without');
    if (key === 'patternProperties')
      at(pointer, 'unsafe_pattern', 'patternProperties is not used', 'Name the fields');
    if (key === '$data') at(pointer, 'form_invalid', '$data is not used', 'Write the value out');
    if (['$ref', '$dynamicRef'].includes(key) && !String(value).startsWith('#')) {
      at(pointer, 'form_invalid', 'The form refers to another document', 'Put it under $defs of this form');
    }
  }
  if (world.findings.length > before) return;
  try {
    compile(form);
  } catch (error) {
    const fix = 'Mend the JSON Schema (2020-12)';
    at(pointerOf(...path), 'form_invalid', `The form does not compile: ${(error as Error).message}`, fix);
  }
}

function* nodes(
  value: unknown,
  pointer: string,
): Generator<{ pointer: string; key: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const place = `${pointer}/${escapeSegment(key)}`;
    yield { pointer: place, key, value: inner };
    yield* nodes(inner, place);
  }
}
