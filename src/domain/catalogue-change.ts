/** What one catalogue changes of another, and how what is the same stays the very same entry. */
import type { Catalogue } from './catalogue.ts';

/** Names that came, went or changed, by kind. */
export type CatalogueChange = Partial<
  Record<Kind, { added: string[]; removed: string[]; changed: string[] }>
>;

export type Kind = 'agencies' | 'platforms' | 'sites' | 'calendars' | 'services' | 'routes' | 'regions';

const KINDS: Kind[] = ['agencies', 'platforms', 'sites', 'calendars', 'services', 'routes', 'regions'];

/** By kind and name; values are compared as they are written. */
function entriesOf(catalogue: Catalogue, kind: Kind): Map<string, unknown> {
  switch (kind) {
    case 'sites':
      return new Map(catalogue.sites.map((one) => [one.code, one]));
    case 'services':
    case 'routes':
    case 'regions':
      return catalogue[kind];
    default:
      return new Map(catalogue[kind].map((one) => [one.id, one]));
  }
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export function changeOf(before: Catalogue, after: Catalogue): CatalogueChange {
  const change: CatalogueChange = {};
  for (const kind of KINDS) {
    const [old, now] = [entriesOf(before, kind), entriesOf(after, kind)];
    const added = [...now.keys()].filter((name) => !old.has(name));
    const removed = [...old.keys()].filter((name) => !now.has(name));
    const changed = [...now].filter(([name, one]) => old.has(name) && !same(old.get(name), one));
    if (added.length + removed.length + changed.length === 0) continue;
    change[kind] = { added, removed, changed: changed.map(([name]) => name) };
  }
  return change;
}

/**
 * The new catalogue with the old entries where nothing changed: connections, tokens and unfolded plans go by the entry
 * itself, and live on with it.
 */
export function keepingSame(before: Catalogue, after: Catalogue): Catalogue {
  const old = new Map(KINDS.map((kind) => [kind, entriesOf(before, kind)]));
  const kept = <T>(kind: Kind, one: T, name: string): T => {
    const known = old.get(kind)!.get(name);
    return known !== undefined && same(known, one) ? (known as T) : one;
  };
  return {
    ...after,
    agencies: after.agencies.map((one) => kept('agencies', one, one.id)),
    platforms: after.platforms.map((one) => kept('platforms', one, one.id)),
    sites: after.sites.map((one) => kept('sites', one, one.code)),
    calendars: after.calendars.map((one) => kept('calendars', one, one.id)),
    services: new Map([...after.services].map(([name, one]) => [name, kept('services', one, name)])),
    routes: new Map([...after.routes].map(([name, one]) => [name, kept('routes', one, name)])),
    // Warnings are worked out once for a map of regions.
    regions: same([...before.regions], [...after.regions]) ? before.regions : after.regions,
  };
}
