/** Checks routes: services, roles and operations that exist, an order without loops, one pivot. */
import { busAdapter } from '../adapter-kit/bus-adapter.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { Agency, Route, RouteStep } from '../domain/catalogue.ts';
import { compile } from '../schema/validate.ts';
import { suggest } from './finding.ts';
import { ancestorsOf } from './order.ts';
import { adapterOf, type Spot, type World } from './world.ts';

export function checkRoutes(world: World): void {
  const services = world.catalogue.services;
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    if (!services.has(name) && !world.broken.has('service')) {
      const fix = suggest(name, services.keys());
      world.report({ file, path: ['service'] }, 'route_without_service', `No service ${name}`, fix);
    }
    for (const [step, plan] of Object.entries(route.steps)) {
      const spot = (field: string): Spot => ({ file, path: ['steps', step, field] });
      checkCall(world, plan, spot('call'));
      checkAfter(world, route, step, file);
    }
    checkPivots(world, route, file);
  }
}

function checkCall(world: World, { call }: RouteStep, spot: Spot): void {
  const [role, operation] = call.split('.') as [string, string];
  if (role === BUS) return checkBusCall(world, operation, spot);
  const { agencies } = world.catalogue;
  const players = agencies.filter((agency) => agency.role === role);
  if (players.length === 0 && !world.broken.has('agencies')) {
    const roles = new Set(agencies.map((agency) => agency.role));
    world.report(spot, 'unknown_role', `No agency plays ${role}`, suggest(role, roles));
  }
  const adapters = new Set(players.flatMap((agency) => adapterOf(agency, world.adapters) ?? []));
  for (const { name, operations } of adapters) {
    if (Object.hasOwn(operations, operation)) continue;
    const message = `Adapter ${name} has no operation ${operation}`;
    world.report(spot, 'unknown_operation', message, suggest(operation, Object.keys(operations)));
  }
  for (const agency of players) checkOffer(world, agency, operation, spot);
}

/** What the bus does itself. */
function checkBusCall(world: World, operation: string, spot: Spot): void {
  const known = Object.keys(busAdapter.operations);
  if (known.includes(operation)) return;
  world.report(spot, 'unknown_operation', `The bus has no operation ${operation}`, suggest(operation, known));
}

/** Not every profile of an adapter offers every operation. */
function checkOffer(world: World, agency: Agency, name: string, spot: Spot): void {
  const operations = adapterOf(agency, world.adapters)?.operations ?? {};
  const demanded = Object.hasOwn(operations, name) ? operations[name]!.settings : undefined;
  if (!demanded) return;
  const [problem] = compile(demanded)(agency.settings);
  if (!problem) return;
  const message = `${agency.id} does not offer ${name}: its settings${problem.pointer} ${problem.detail}`;
  world.report(
    spot,
    'operation_not_offered',
    message,
    `Leave the step out, or change how ${agency.id} is reached`,
  );
}

function checkAfter(world: World, route: Route, step: string, file: Spot['file']): void {
  const spot = { file, path: ['steps', step, 'after'] };
  const isSure = (name: string): boolean => world.isSure({ file, path: ['steps', name, 'need'] });
  const plan = route.steps[step]!;
  for (const name of plan.after) {
    const before = Object.hasOwn(route.steps, name) ? route.steps[name] : undefined;
    if (!before) {
      const others = Object.keys(route.steps).filter((other) => other !== step);
      world.report(spot, 'unknown_step', `No step ${name}`, suggest(name, others));
    } else if (before.need === 'bestEffort' && plan.need === 'mandatory' && isSure(step)) {
      const message = `${step} is mandatory and waits for ${name}, which may fail`;
      world.report(spot, 'waits_for_best_effort', message, `Make ${name} mandatory, or ${step} best effort`);
    }
  }
  // Of a loop's steps only the first in the file is reported, so that one loop is one finding.
  const loop = ancestorsOf(route, step);
  if (!loop.has(step)) return;
  const peers = Object.keys(route.steps).filter(
    (other) => loop.has(other) && ancestorsOf(route, other).has(step),
  );
  if (peers[0] !== step) return;
  world.report(spot, 'step_cycle', `Steps wait for each other: ${peers.join(', ')}`, 'Take one out of after');
}

function checkPivots(world: World, route: Route, file: Spot['file']): void {
  const pivots = Object.entries(route.steps).filter(([, step]) => step.pivot);
  pivots.forEach(([name, step], place) => {
    const spot = { file, path: ['steps', name, 'pivot'] };
    if (place > 0) {
      const message = `${name} is a second pivot after ${pivots[0]![0]}`;
      world.report(spot, 'two_pivots', message, 'Keep the step from which there is no way back');
    }
    if (step.need === 'bestEffort') {
      world.report(spot, 'pivot_best_effort', `${name} is a pivot and may fail`, 'Make it mandatory');
    }
  });
}
