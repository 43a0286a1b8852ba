/** Checks which refusals are to end an application as expired: that the agency gives them, and that they can. */
import { BUS } from '../domain/bus-agency.ts';
import type { Route, RouteStep } from '../domain/catalogue.ts';
import { REASON_CODES } from '../domain/messages/voices.ts';
import { suggest } from './finding.ts';
import { ancestorsOf, isOrderSure } from './order.ts';
import { adaptersOf, type Spot, type World } from './world.ts';

export function checkRefusals(world: World): void {
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    for (const [step, plan] of Object.entries(route.steps)) {
      if (!plan.onRefusal) continue;
      const spot = (...path: string[]): Spot => ({ file, path: ['steps', step, 'onRefusal', ...path] });
      if (isOrderSure(world, route, file, step)) checkEnds(world, route, step, spot());
      const codes = codesOf(plan, world);
      if (!codes) continue;
      for (const code of Object.keys(plan.onRefusal)) {
        if (codes.has(code)) continue;
        const message = `${plan.call} is never refused with ${code}`;
        world.report(spot(code), 'never_refused', message, suggest(code, codes));
      }
    }
  }
}

/** An application ends by the refusal of a mandatory step, and only while there is a way back. */
function checkEnds(world: World, route: Route, step: string, spot: Spot): void {
  const { need } = route.steps[step]!;
  const isLate = [...ancestorsOf(route, step)].some((name) => route.steps[name]!.pivot);
  if (need === 'mandatory' && !isLate) return;
  const why = isLate ? 'comes after the pivot' : 'is best effort';
  world.report(spot, 'never_expires', `${step} ${why}: its refusal ends no application`, 'Take it out');
}

/** With what a call may be refused; undefined where that is not known: of a connector without a table, or another route's end. */
function codesOf({ call }: RouteStep, world: World): ReadonlySet<string> | undefined {
  const [role, name] = call.split('.') as [string, string];
  if (role === BUS) return name === 'task' ? REASON_CODES : name === 'wait' ? new Set() : undefined;
  const players = [...adaptersOf(role, world)].filter(({ operations }) => Object.hasOwn(operations, name));
  if (players.length === 0 || players.some(({ errors }) => errors === undefined)) return undefined;
  const refusals = players.flatMap(({ errors = [] }) => errors.filter(({ is }) => is === 'refused'));
  return new Set(refusals.map(({ code }) => code));
}
