/** Which version of a route is in force where, worked out from what people have activated and rolled back. */
import type { Catalogue, Route } from './catalogue.ts';

/** One act on a service's route, in the order of `n`. */
export interface RouteAct {
  service: string;
  /** From 1, without gaps within the service. */
  n: number;
  act: 'activate' | 'rollback';
  /** Of an activation. */
  version: string | null;
  /** Only for these sites; null for all. */
  sites: string[] | null;
}

/** What is in force of one service; the version before is the one below it. */
export interface InForce {
  /** Versions for all sites, the last one counts; the file's when empty. */
  all: string[];
  /** The same of sites that have one of their own. */
  sites: Map<string, string[]>;
}

const nothing = (): InForce => ({ all: [], sites: new Map() });

export function inForceOf(acts: readonly RouteAct[]): Map<string, InForce> {
  const services = new Map<string, InForce>();
  for (const act of acts.toSorted((a, b) => a.n - b.n)) {
    const state = services.get(act.service) ?? nothing();
    services.set(act.service, state);
    apply(state, act);
  }
  return services;
}

function apply({ all, sites }: InForce, { act, version, sites: named }: RouteAct): void {
  if (act === 'activate' && named) {
    for (const site of named) sites.set(site, [...(sites.get(site) ?? []), version!]);
  } else if (act === 'activate') {
    // For all: sites that were first have it with the others.
    all.push(version!);
    sites.clear();
  } else if (named) {
    for (const site of named) {
      const left = (sites.get(site) ?? []).slice(0, -1);
      if (left.length > 0) sites.set(site, left);
      else sites.delete(site);
    }
  } else if (sites.size > 0) {
    // What some sites tried ends; the others never had it.
    sites.clear();
  } else {
    all.pop();
  }
}

/** Why a rollback has nothing to go back to; null when it has. */
export function noWayBack(state: InForce | undefined, sites: string[] | null): string | null {
  const { all, sites: own } = state ?? nothing();
  const possible = sites ? sites.every((site) => own.has(site)) : own.size > 0 || all.length > 0;
  return possible ? null : 'nothing_to_roll_back';
}

/** The version in force at a site; null for the file's. */
export function versionAt(state: InForce | undefined, site: string | null): string | null {
  return (site === null ? undefined : state?.sites.get(site)?.at(-1)) ?? state?.all.at(-1) ?? null;
}

export const routeKey = (service: string, version: string): string => `${service}@${version}`;

/** The catalogue of the files with what was activated in its place. */
export function withVersions(
  files: Catalogue,
  services: ReadonlyMap<string, InForce>,
  routes: ReadonlyMap<string, Route>,
): Catalogue {
  if (services.size === 0) return files;
  const all = new Map(files.routes);
  const atSites = new Map<string, Map<string, Route>>();
  for (const [service, state] of services) {
    const version = versionAt(state, null);
    if (version !== null) all.set(service, routes.get(routeKey(service, version))!);
    const own = [...state.sites.keys()].map((site) => {
      return [site, routes.get(routeKey(service, versionAt(state, site)!))!] as const;
    });
    if (own.length > 0) atSites.set(service, new Map(own));
  }
  return { ...files, routes: all, ...(atSites.size > 0 && { routesAt: atSites }) };
}
