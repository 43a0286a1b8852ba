/** The configuration in force: read anew, held against what is open, and swapped at once or not at all. */
import type { Catalogue } from '../domain/catalogue.ts';
import { changeOf, keepingSame, type CatalogueChange } from '../domain/catalogue-change.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { ConfigFinding, ConfigSource } from '../flow/ports/config-source.ts';
import { deskEvent, type Actor } from './desk-event.ts';
import type { Desk } from './look.ts';

export type Reloaded =
  | { is: 'reloaded' | 'unchanged'; change: CatalogueChange; restart: string[] }
  /** The old one stays in force, whole. */
  | { is: 'refused'; findings: ConfigFinding[] };

export interface Configuration {
  /** One after the other, however many ask. */
  reload(actor: Actor): Promise<Reloaded>;
}

/** Puts a catalogue in force. It may not fail, nor wait for anything. */
export type Install = (catalogue: Catalogue, lanes: string[] | undefined) => void;

export function makeConfiguration(desk: Desk, source: ConfigSource, install: Install): Configuration {
  const inTurn = oneByOne();
  return { reload: (actor) => inTurn(() => reload(desk, source, install, actor)) };
}

async function reload(desk: Desk, source: ConfigSource, install: Install, actor: Actor): Promise<Reloaded> {
  const read = await source.read([]);
  if (read.is === 'wrong') return refuse(desk, actor, read.findings);
  const before = desk.catalogue();
  const next = keepingSame(before, read.catalogue);
  const lost = await stillNeeded(desk, next);
  if (lost.length > 0) return refuse(desk, actor, lost);
  const change = changeOf(withoutGone(before), next);
  const { restart } = read;
  if (Object.keys(change).length === 0) return { is: 'unchanged', change, restart };
  // Before it holds: an act that cannot be written down is not done.
  const data = { change: shortened(change) };
  const event = await deskEvent(desk, 'bus', 'config.reloaded', actor, data);
  await desk.ledger.appendEvents('bus', [event]);
  source.mask(read.secrets);
  install(keepingGone(before, next), source.lanes(next));
  desk.log.info('config.reloaded', { by: actor.by, ...data });
  return { is: 'reloaded', change, restart };
}

function refuse(desk: Desk, { by }: Actor, findings: ConfigFinding[]): Reloaded {
  const shown = findings.slice(0, MOST_NAMES).map(({ code, file, line }) => ({ code, file, line }));
  desk.log.error('config.refused', { by, count: findings.length, findings: shown });
  return { is: 'refused', findings };
}

/** What open applications have steps with: an agency that is gone, or goes by another adapter, would leave them for ever. */
async function stillNeeded(desk: Desk, next: Catalogue): Promise<ConfigFinding[]> {
  const before = new Map(desk.catalogue().agencies.map((one) => [one.id, one]));
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
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
