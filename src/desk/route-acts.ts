/** Versions of routes: staged by one person, activated by another, rolled back by either; each act is an event of the bus. */
import { hash } from 'node:crypto';
import type { Route } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { noWayBack, routeKey, versionAt, type InForce, type RouteAct } from '../domain/route-versions.ts';
import { layersOf, textOf } from '../flow/activated.ts';
import { isoTime } from '../flow/flow.ts';
import type { ConfigFinding, RouteText } from '../flow/ports/config-source.ts';
import type { StagedRoute } from '../flow/ports/ledger-routes.ts';
import { deskEvent, type Actor } from './desk-event.ts';
import { refresh, type Held } from './in-force.ts';

/** Runs one piece of work after the other. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Why an act was not done: a code, or what is wrong with the route. */
export type Refused = { is: 'refused'; code: string } | { is: 'wrong'; findings: ConfigFinding[] };

export interface RouteVersion {
  service: string;
  version: string;
  /** The file's, or one that was staged. */
  from: 'file' | 'staged';
  stagedAt: string | null;
  stagedBy: string | null;
  /** For all sites but those that have one of their own. */
  inForce: boolean;
  sites: string[];
}

export interface RouteActs {
  /** Keeps a new version, checked as a whole with the files; nobody goes by it yet. */
  stage(text: string, actor: Actor): Promise<{ is: 'staged'; service: string; version: string } | Refused>;
  /** New applications go by it from now on: of these sites, or of all. */
  activate(which: Which, sites: string[] | null, actor: Actor): Promise<{ is: 'done' } | Refused>;
  /** New applications go by the version before again. */
  rollBack(
    service: string,
    sites: string[] | null,
    actor: Actor,
  ): Promise<{ is: 'done'; version: string | null } | Refused>;
  list(): Promise<RouteVersion[]>;
  read(which: Which): Promise<(Partial<StagedRoute> & { route: Route }) | undefined>;
}

interface Which {
  service: string;
  version: string;
}

export function routeActs(held: Held, inTurn: InTurn): RouteActs {
  return {
    stage: (text, actor) => inTurn(() => stage(held, text, actor)),
    activate: (which, sites, actor) => inTurn(() => activate(held, which, sites, actor)),
    rollBack: (service, sites, actor) => inTurn(() => rollBack(held, service, sites, actor)),
    list: () => list(held),
    async read({ service, version }) {
      const staged = await held.desk.ledger.stagedRoute(service, version);
      const file = held.files.routes.get(service);
      return staged ?? (file?.version === version ? { route: file } : undefined);
    },
  };
}

/** How findings call what is staged: no file of a folder has this name. */
const STAGED_FILE = '(staged).yaml';

async function stage(
  held: Held,
  text: string,
  actor: Actor,
): Promise<{ is: 'staged'; service: string; version: string } | Refused> {
  const { desk, source, files } = held;
  const given = { file: STAGED_FILE, text };
  const head = source.head(given);
  if ('findings' in head) return { is: 'wrong', findings: head.findings };
  const { service, version } = head;
  if (files.routes.get(service)?.version === version) return { is: 'refused', code: 'version_exists' };
  await refresh(held);
  const read = await source.read([...othersOf(held, service), given]);
  if (read.is === 'wrong') return read;
  const route = read.catalogue.routes.get(service)!;
  const digest = hash('sha256', JSON.stringify(route), 'hex');
  const event = await deskEvent(desk, 'bus', 'route.staged', actor, { service, version, digest });
  const row = { service, version, stagedAt: isoTime(desk.clock.now()), stagedBy: actor.by, route };
  if (!(await desk.ledger.stageRoute(row, event))) return { is: 'refused', code: 'version_exists' };
  desk.log.info('route.staged', { service, version, by: actor.by });
  return { is: 'staged', service, version };
}

/** What is in force for all sites, of other services: a route may open applications of those. */
function othersOf({ activated }: Held, service: string): RouteText[] {
  return (layersOf(activated)[0] ?? []).filter(({ file }) => !file.startsWith(`${service}@`));
}

async function activate(
  held: Held,
  { service, version }: Which,
  sites: string[] | null,
  actor: Actor,
): Promise<{ is: 'done' } | Refused> {
  const { desk, source, files } = held;
  const staged = await desk.ledger.stagedRoute(service, version);
  if (!staged) return { is: 'refused', code: 'unknown_version' };
  if (staged.stagedBy === actor.by) return { is: 'refused', code: 'four_eyes' };
  if (sites?.some((site) => !files.sites.some(({ code }) => code === site)))
    return { is: 'refused', code: 'unknown_site' };
  // The files may have changed since it was staged.
  const read = await source.read([...othersOf(held, service), textOf(staged.route)]);
  if (read.is === 'wrong') return read;
  return act(held, { service, act: 'activate', version, sites }, actor, (state) =>
    inForceAt(state, version, sites) ? 'already_active' : null,
  );
}

function inForceAt(state: InForce | undefined, version: string, sites: string[] | null): boolean {
  if (sites) return sites.every((site) => versionAt(state, site) === version);
  return versionAt(state, null) === version && (state?.sites.size ?? 0) === 0;
}

async function rollBack(
  held: Held,
  service: string,
  sites: string[] | null,
  actor: Actor,
): Promise<{ is: 'done'; version: string | null } | Refused> {
  const done = await act(held, { service, act: 'rollback', version: null, sites }, actor, (state) =>
    noWayBack(state, sites),
  );
  if (done.is !== 'done') return done;
  const state = held.activated.services.get(service);
  return { is: 'done', version: versionAt(state, sites?.[0] ?? null) };
}

/** Acts of other processes may come between. */
const MOST_RACES = 10;

async function act(
  held: Held,
  wanted: Omit<RouteAct, 'n'>,
  actor: Actor,
  whyNot: (state: InForce | undefined) => string | null,
): Promise<{ is: 'done' } | Refused> {
  const { desk } = held;
  const { service, version, sites } = wanted;
  const type = wanted.act === 'activate' ? 'route.activated' : 'route.rolledBack';
  for (let race = 0; race < MOST_RACES; race += 1) {
    await refresh(held);
    const code = whyNot(held.activated.services.get(service));
    if (code !== null) return { is: 'refused', code };
    const n = 1 + held.activated.acts.filter((one) => one.service === service).length;
    const data: JsonObject = { service, ...(version !== null && { version }), ...(sites && { sites }) };
    const event = await deskEvent(desk, 'bus', type, actor, data);
    const at = isoTime(desk.clock.now());
    if (!(await desk.ledger.actOnRoute({ ...wanted, n, at, by: actor.by }, event))) continue;
    await refresh(held);
    desk.log.info(type, { ...data, by: actor.by });
    return { is: 'done' };
  }
  throw new Error(`The route of ${service} was acted on ${MOST_RACES} times while an act was being applied`);
}

async function list({ desk, files, activated }: Held): Promise<RouteVersion[]> {
  const rows: RouteVersion[] = [...files.routes.values()].map(({ service, version }) => ({
    ...{ service, version, from: 'file', stagedAt: null, stagedBy: null, sites: [] },
    inForce: versionAt(activated.services.get(service), null) === null,
  }));
  for (const { service, version, stagedAt, stagedBy } of await desk.ledger.stagedRoutes()) {
    const state = activated.services.get(service);
    const sites = [...(state?.sites.keys() ?? [])].filter((site) => versionAt(state, site) === version);
    const inForce = versionAt(state, null) === version;
    rows.push({ ...{ service, version, from: 'staged', stagedAt, stagedBy }, inForce, sites });
  }
  return rows.toSorted((a, b) => (routeKey(a.service, '') < routeKey(b.service, '') ? -1 : 1));
}
