/** Checks services: a form that compiles and cannot hang, agencies and regions that exist, a route that leads there. */
import { agencyFor, type Service } from '../domain/catalogue.ts';
import { checkForm } from './check-forms.ts';
import { checkRegion } from './check-places.ts';
import { suggest } from './finding.ts';
import { fieldsOf } from './schema-walk.ts';
import { operationsOf, type Spot, type World } from './world.ts';

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
    checkForm(world, service.form, spot('form'));
    checkRepeats(world, service, spot);
    checkDuplicates(world, service, spot('duplicates'));
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

/** A second application is known by the applicant's NIK: who may have none is found by nobody. */
function checkDuplicates(world: World, { code, duplicates }: Service, spot: Spot): void {
  if (duplicates === 'allow') return;
  const steps = Object.values(world.catalogue.routes.get(code)?.steps ?? {});
  const isNeeded = steps.some(({ call, with: fields, need, when }) => {
    if (need !== 'mandatory' || when !== undefined) return false;
    const sent = Object.keys(fields).filter((name) => fields[name] === 'application.applicant.nik');
    if (sent.length === 0) return false;
    const needed = operationsOf(call, world).flatMap(({ input }) => fieldsOf(input, input).required);
    return sent.some((name) => needed.includes(name));
  });
  if (isNeeded) return;
  const message = 'An applicant without a NIK may have several open, for no step of the route needs his NIK';
  world.warn(spot, 'duplicates_without_nik', message, 'Let a step check it, or write duplicates: allow');
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
