/** The versions of routes that people put in force, as the ledger has them. */
import type { Route } from '../domain/catalogue.ts';
import { inForceOf, routeKey, versionAt, type InForce, type RouteAct } from '../domain/route-versions.ts';
import type { RouteText } from './ports/config-source.ts';
import type { RouteLedger } from './ports/ledger-routes.ts';

export interface Activated {
  /** How many acts there were at least when it was read. */
  count: number;
  acts: RouteAct[];
  services: Map<string, InForce>;
  /** By `SERVICE@VERSION`: those in force somewhere. */
  routes: Map<string, Route>;
}

export const NOTHING_ACTIVATED: Activated = { count: 0, acts: [], services: new Map(), routes: new Map() };

/** `known`: what was read before; a route of then stays the very same entry. */
export async function readActivated(ledger: RouteLedger, known = NOTHING_ACTIVATED): Promise<Activated> {
  const count = await ledger.routeActCount();
  if (count === known.acts.length) return known;
  const acts = await ledger.routeActs();
  const services = inForceOf(acts);
  const routes = new Map<string, Route>();
  for (const [service, state] of services)
    for (const version of inForceSomewhere(state)) {
      const key = routeKey(service, version);
      const route = known.routes.get(key) ?? (await ledger.stagedRoute(service, version))?.route;
      if (!route) throw new Error(`The ledger has no route ${key}, which is in force`);
      routes.set(key, route);
    }
  return { count, acts, services, routes };
}

function inForceSomewhere(state: InForce): string[] {
  const sites = [null, ...state.sites.keys()];
  return [...new Set(sites.map((site) => versionAt(state, site)))].filter((version) => version !== null);
}

/** What has to be checked together: of each service one version at a time, first those for all sites. */
export function layersOf({ services, routes }: Activated): RouteText[][] {
  const layers: RouteText[][] = [];
  for (const [service, state] of services) {
    const base = versionAt(state, null);
    const others = inForceSomewhere(state).filter((version) => version !== base);
    for (const [at, version] of [base, ...others].entries()) {
      layers[at] ??= [];
      if (version !== null) layers[at].push(textOf(routes.get(routeKey(service, version))!));
    }
  }
  return layers.filter((layer) => layer.length > 0);
}

/** JSON is YAML. */
export function textOf(route: Route): RouteText {
  return { file: `${routeKey(route.service, route.version)}.yaml`, text: JSON.stringify(route, null, 2) };
}
