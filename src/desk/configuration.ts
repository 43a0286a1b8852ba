/** The configuration in force: read anew, held against what is open, and swapped at once or not at all. */
import type { Catalogue } from '../domain/catalogue.ts';
import { changeOf, keepingSame, type CatalogueChange } from '../domain/catalogue-change.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { versionAt } from '../domain/route-versions.ts';
import { layersOf } from '../flow/activated.ts';
import type { ConfigFinding, ConfigSource } from '../flow/ports/config-source.ts';
import { deskEvent, type Actor } from './desk-event.ts';
import { composed, refresh, type Held } from './in-force.ts';
import type { Desk } from './look.ts';
import { routeActs, type InTurn, type RouteActs } from './route-acts.ts';

export type Reloaded =
  | {
      is: 'reloaded' | 'unchanged';
      change: CatalogueChange;
      /** Services whose changed file is not in force: a version that was activated is. */
      overridden: string[];
      restart: string[];
    }
  /** The old one stays in force, whole. */
  | { is: 'refused'; findings: ConfigFinding[] };

export interface Configuration {
  reload(actor: Actor): Promise<Reloaded>;
  routes: RouteActs;
  /** Takes up what other processes have activated. */
  refresh(): Promise<void>;
}

/** Puts a catalogue in force. It may not fail, nor wait for anything. */
export type Install = (catalogue: Catalogue, lanes: string[] | undefined) => void;

/** Acts come one after the other, however many ask. */
export function makeConfiguration(
  desk: Desk,
  source: ConfigSource,
  { files, activated }: Pick<Held, 'files' | 'activated'>,
  install: Install,
): Configuration {
  const inTurn = oneByOne();
  const held: Held = {
    ...{ desk, source, files, activated },
    install: () => install(composed(held), source.lanes(held.files)),
  };
  return {
    reload: (actor) => inTurn(() => reload(held, actor)),
    routes: routeActs(held, inTurn),
    refresh: () => inTurn(() => refresh(held)),
  };
}

async function reload(held: Held, actor: Actor): Promise<Reloaded> {
  const { desk, source, files: before } = held;
  await refresh(held);
  const read = await source.read([]);
  if (read.is === 'wrong') return refuse(desk, actor, read.findings);
  const next = keepingSame(before, read.catalogue);
  const lost = [...(await stillNeeded(desk, before, next)), ...(await stillFitting(held))];
  if (lost.length > 0) return refuse(desk, actor, lost);
  const change = changeOf(withoutGone(before), next);
  const { restart } = read;
  if (Object.keys(change).length === 0) return { is: 'unchanged', change, overridden: [], restart };
  const overridden = (change.routes?.changed ?? []).filter((service) => isOverridden(held, service));
  // Before it holds: an act that cannot be written down is not done.
  const data = { change: shortened(change) };
  const event = await deskEvent(desk, 'bus', 'config.reloaded', actor, data);
  await desk.ledger.appendEvents('bus', [event]);
  source.mask(read.secrets);
  held.files = keepingGone(before, next);
  held.install();
  desk.log.info('config.reloaded', { by: actor.by, ...data });
  return { is: 'reloaded', change, overridden, restart };
}

const isOverridden = ({ activated }: Held, service: string): boolean =>
  versionAt(activated.services.get(service), null) !== null;

/** What was activated has to fit the new files too. */
async function stillFitting({ source, activated }: Held): Promise<ConfigFinding[]> {
  for (const layer of layersOf(activated)) {
    const read = await source.read(layer);
    if (read.is === 'wrong') return read.findings;
  }
  return [];
}

function refuse(desk: Desk, { by }: Actor, findings: ConfigFinding[]): Reloaded {
  const shown = findings.slice(0, MOST_NAMES).map(({ code, file, line }) => ({ code, file, line }));
  desk.log.error('config.refused', { by, count: findings.length, findings: shown });
  return { is: 'refused', findings };
}

/** What open applications have steps with: an agency that is gone, or goes by another adapter, would leave them for ever. */
async function stillNeeded(desk: Desk, files: Catalogue, next: Catalogue): Promise<ConfigFinding[]> {
  const before = new Map(files.agencies.map((one) => [one.id, one]));
  const after = new Map(next.agencies.map((one) => [one.id, one]));
  const place = { file: 'agencies.yaml', line: 0 };
  const used = await desk.ledger.agenciesInUse();
  return used.flatMap(({ agency, adapter }): ConfigFinding[] => {
    const pointer = `/${agency}`;
    const was = before.get(agency);
    if (!was) return [];
    const entry = after.get(agency);
    if (!entry) {
      const message = `Open applications have steps with ${agency}`;
      const fix = 'Leave its entry until they have ended; with no regions it gets no new ones';
      return [{ code: 'agency_in_use', ...place, pointer, message, fix }];
    }
    const changed = entry.adapter !== was.adapter || entry.major !== was.major;
    if (!changed || adapter === `${entry.adapter}@${entry.major}`) return [];
    const message = `Open applications go to ${agency} by ${adapter}`;
    const fix = 'Give the new adapter an entry of its own, and leave this one until they have ended';
    return [{ code: 'adapter_in_use', ...place, pointer: `${pointer}/adapter`, message, fix }];
  });
}

/** An agency that the files no longer name serves no region. An application that is being accepted just now may still go there. */
function keepingGone(before: Catalogue, next: Catalogue): Catalogue {
  const known = new Set(next.agencies.map(({ id }) => id));
  const gone = before.agencies.filter(({ id }) => !known.has(id));
  return { ...next, agencies: [...next.agencies, ...gone.map((one) => ({ ...one, regions: [] }))] };
}

const withoutGone = (catalogue: Catalogue): Catalogue => ({
  ...catalogue,
  agencies: catalogue.agencies.filter(({ regions }) => regions.length > 0),
});

/** Named in the audit trail, of each kind. */
const MOST_NAMES = 50;

function shortened(change: CatalogueChange): JsonObject {
  const short = (names: string[]): string[] =>
    names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), `… ${names.length} in all`] : names;
  return Object.fromEntries(
    Object.entries(change).map(([kind, lists]) => [
      kind,
      Object.fromEntries(Object.entries(lists).map(([how, names]) => [how, short(names)])),
    ]),
  );
}

/** Runs one piece of work after the other, whatever became of the one before. */
function oneByOne(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
