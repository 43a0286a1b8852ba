/** What comes before what in a route: as it is written, and with what a pivot waits for of itself. */
import type { Route, RouteStep } from '../domain/catalogue.ts';
import type { ConfigFile } from './load.ts';
import type { World } from './world.ts';

/** Every step that ends before this one begins; holds the step itself when it is in a loop. */
export function ancestorsOf(route: Route, step: string): Set<string> {
  const found = new Set<string>();
  const pending = [...(route.steps[step]?.after ?? [])];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name) || !Object.hasOwn(route.steps, name)) continue;
    found.add(name);
    pending.push(...route.steps[name]!.after);
  }
  return found;
}

/** Whether what comes before a step is known: no `after` on the way to it is wrong, or names nobody. */
export function isOrderSure(world: World, route: Route, file: ConfigFile, step: string): boolean {
  return [step, ...ancestorsOf(route, step)].every(
    (name) =>
      world.isSure({ file, path: ['steps', name, 'after'] }) &&
      route.steps[name]!.after.every((one) => Object.hasOwn(route.steps, one)),
  );
}

/** The route with what `domain/plan` adds: a pivot waits for every mandatory step that does not come after it. */
export function withPivotWaits(route: Route): Route {
  const names = Object.keys(route.steps);
  const steps = Object.entries(route.steps).map(([name, step]): [string, RouteStep] => {
    if (!step.pivot) return [name, step];
    const checks = names.filter((other) => {
      const isLater = other === name || ancestorsOf(route, other).has(name);
      return route.steps[other]!.need === 'mandatory' && !isLater;
    });
    return [name, { ...step, after: [...new Set([...step.after, ...checks])] }];
  });
  return { ...route, steps: Object.fromEntries(steps) };
}

/** Steps that may have a round before: their own condition begins one, or another's does. */
export function runAgain({ steps }: Route): Set<string> {
  const found = new Set<string>();
  for (const [name, { again }] of Object.entries(steps)) {
    if (again) for (const one of [name, ...again.steps]) found.add(one);
  }
  return found;
}
