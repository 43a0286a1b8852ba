/** A reload: asked for once, taken up by every process from its own files, whole or not at all. */
import type { CatalogueChange } from '../domain/catalogue-change.ts';
import { worksLanes, type RefusedFor } from '../domain/installation.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { versionAt } from '../domain/route-versions.ts';
import type { ConfigFinding } from '../flow/ports/config-source.ts';
import type { AskedReload } from '../flow/ports/ledger-config.ts';
import { deskEvent, type Actor } from './desk-event.ts';
import { refresh, type Held } from './in-force.ts';
import { keepingGone, readNext, type NextFiles } from './next-files.ts';
import { beat, living, say } from './processes.ts';

export interface Reloads {
  /** `asked`: good, and written down; in force here once those who run the steps have taken it up. */
  is: 'reloaded' | 'asked' | 'unchanged';
  /** The process that answers. */
  process: string;
  /** Number of the reload that the other processes follow; null when there is nothing to follow. */
  reload: number | null;
  change: CatalogueChange;
  /** Services whose changed file is not in force: a version that was activated is. */
  overridden: string[];
  restart: string[];
}

/** The old one stays in force, whole. */
export type Reloaded = Reloads | { is: 'refused'; findings: ConfigFinding[] };

/** In this process alone. */
export async function reloadHere(held: Held, actor: Actor): Promise<Reloaded> {
  // What was read for a reload that still waits is older than what is read now.
  held.waiting = null;
  await refresh(held);
  const next = await readNext(held);
  if (next.is === 'wrong') return refuse(held, actor, next.findings);
  const isSame = isNothing(next.change);
  if (isSame && next.digest === held.me.digest) return told(held, next, 'unchanged', null);
  // Before it holds: an act that cannot be written down is not done.
  if (!isSame) await held.desk.ledger.appendEvents('bus', [await reloadEvent(held, actor, next)]);
  takeUp(held, next, actor.by);
  await say(held);
  return told(held, next, isSame ? 'unchanged' : 'reloaded', null);
}

/** In every process: here it is checked and written down, and they follow within a sweep. */
export async function reloadAll(held: Held, actor: Actor): Promise<Reloaded> {
  await beat(held);
  await refresh(held);
  const next = await readNext(held);
  if (next.is === 'wrong') return refuse(held, actor, next.findings);
  const others = (await living(held.desk)).filter(({ id }) => id !== held.me.id);
  const isSame = isNothing(next.change);
  const stand = [held.me, ...others];
  if (isSame && stand.every(({ digest, refused }) => digest === next.digest && refused.length === 0))
    return told(held, next, 'unchanged', null);
  const n = await ask(held, actor, next);
  held.waiting = { n, next };
  await follow(held);
  const is = isSame ? 'unchanged' : held.waiting ? 'asked' : 'reloaded';
  return told(held, next, is, n);
}

/** Others may ask at the same time. */
const MOST_RACES = 10;

async function ask(held: Held, actor: Actor, next: NextFiles): Promise<number> {
  const { ledger, clock } = held.desk;
  for (let race = 0; race < MOST_RACES; race += 1) {
    const n = 1 + ((await ledger.askedReload())?.n ?? 0);
    const event = await reloadEvent(held, actor, next);
    const asked = { n, digest: next.digest, at: clock.now(), by: actor.by };
    if (!(await ledger.askReload(asked, event))) continue;
    held.desk.log.info('config.asked', { n, digest: next.digest, by: actor.by });
    return n;
  }
  throw new Error(`A reload was asked for ${MOST_RACES} times while this one was being written down`);
}

/** Takes up the reload that was asked for last, if this process has not looked at it. */
export async function follow(held: Held): Promise<void> {
  const { desk, me, waiting } = held;
  const asked = await desk.ledger.askedReload();
  if (!asked || asked.n <= me.heard || (await hasToWait(held, asked))) return;
  const next = waiting?.n === asked.n ? waiting.next : await readOnce(held);
  held.waiting = null;
  me.heard = asked.n;
  const { by } = asked;
  if (next.is === 'wrong') me.refused = shownOf(held, by, next.findings);
  else if (next.digest !== asked.digest) me.refused = shownOf(held, by, [OTHER_FILES]);
  else takeUp(held, next, by);
  await say(held);
}

/** Files that cannot even be read are told like wrong ones, and not read again at every sweep. */
async function readOnce(held: Held): ReturnType<typeof readNext> {
  try {
    return await readNext(held);
  } catch (error) {
    held.desk.log.error('config.unread', { error });
    return { is: 'wrong', findings: [UNREADABLE] };
  }
}

/** A step that is sent by files older than those its application was accepted by could lack what it is to send. */
const PATIENCE_MS = 15_000;

/** Who only takes applications in comes after those that run their steps; one that does not answer is not waited for long. */
async function hasToWait({ desk, me }: Held, { n, at }: AskedReload): Promise<boolean> {
  if (worksLanes(me) || desk.clock.now() - at >= PATIENCE_MS) return false;
  return (await living(desk)).some((one) => worksLanes(one) && one.heard < n);
}

function takeUp(held: Held, { files, change, digest, secrets }: NextFiles, by: string): void {
  const { desk, source, me } = held;
  source.mask(secrets);
  me.refused = [];
  if (digest !== me.digest) Object.assign(me, { digest, since: desk.clock.now() });
  if (isNothing(change)) return;
  held.files = keepingGone(held.files, files);
  held.install();
  desk.log.info('config.reloaded', { by, change: shortened(change) });
}

const isNothing = (change: CatalogueChange): boolean => Object.keys(change).length === 0;

function reloadEvent(
  { desk }: Held,
  actor: Actor,
  { change, digest }: NextFiles,
): ReturnType<typeof deskEvent> {
  return deskEvent(desk, 'bus', 'config.reloaded', actor, { change: shortened(change), digest });
}

function told(
  { me, activated }: Held,
  { change, restart }: NextFiles,
  is: Reloads['is'],
  reload: number | null,
): Reloads {
  const changed = change.routes?.changed ?? [];
  const overridden = changed.filter((name) => versionAt(activated.services.get(name), null) !== null);
  return { is, process: me.name, reload, change, overridden, restart };
}

/** Sound, perhaps, and not what was asked for: this machine was forgotten, or had its files too late. */
const OTHER_FILES = {
  ...{ code: 'other_files', file: '', line: 0, pointer: '' },
  message: 'The files or secrets here are not those that the reload was asked for with',
  fix: 'Bring them here, then reload again',
};

const UNREADABLE = {
  ...{ code: 'files_unreadable', file: '', line: 0, pointer: '' },
  message: 'The configuration could not be read or held against the ledger',
  fix: "Look into this process's log, then reload again",
};

function refuse(held: Held, { by }: Actor, findings: ConfigFinding[]): Reloaded {
  shownOf(held, by, findings);
  return { is: 'refused', findings };
}

/** Named in the log and the audit trail, of each kind. */
const MOST_NAMES = 50;
/** Told to the other processes. */
const MOST_TOLD = 5;

/** Says in the log what is wrong; what of it the others are told. */
function shownOf({ desk }: Held, by: string, findings: ConfigFinding[]): RefusedFor[] {
  const shown = findings.slice(0, MOST_NAMES).map(({ code, file, line }) => ({ code, file, line }));
  desk.log.error('config.refused', { by, count: findings.length, findings: shown });
  return shown.slice(0, MOST_TOLD);
}

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
