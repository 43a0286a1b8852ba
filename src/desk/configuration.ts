/** The configuration in force: read anew here or everywhere, and swapped at once or not at all. */
import type { Catalogue } from '../domain/catalogue.ts';
import type { ProcessRow } from '../domain/installation.ts';
import { digestOf } from '../flow/config-digest.ts';
import type { ConfigSource } from '../flow/ports/config-source.ts';
import type { AskedReload } from '../flow/ports/ledger-config.ts';
import type { Actor } from './desk-event.ts';
import { composed, refresh, type Held } from './in-force.ts';
import type { Desk } from './look.ts';
import { beat, living, newProcess } from './processes.ts';
import { follow, reloadAll, reloadHere, type Reloaded } from './reload.ts';
import { routeActs, type InTurn, type RouteActs } from './route-acts.ts';

export interface Configuration {
  /** Has every process read its files anew. */
  reload(actor: Actor): Promise<Reloaded>;
  /** Reads them anew in this process alone. */
  reloadHere(actor: Actor): Promise<Reloaded>;
  routes: RouteActs;
  /** The reload that was asked for last, and where each process stands with it. */
  processes(): Promise<{ asked: AskedReload | undefined; processes: ProcessRow[] }>;
  /** Takes up what was asked for and activated at other processes, and says that this one is there. */
  keepUp(): Promise<void>;
  /** It stops: nobody waits for it. */
  leave(): Promise<void>;
}

/** Puts a catalogue in force. It may not fail, nor wait for anything. */
export type Install = (catalogue: Catalogue, lanes: string[] | undefined) => void;

/** Acts come one after the other, however many ask. */
export function makeConfiguration(
  desk: Desk,
  source: ConfigSource,
  first: Pick<Held, 'files' | 'activated'> & { process: Pick<ProcessRow, 'name' | 'role'> },
  install: Install,
): Configuration {
  const { files, activated, process } = first;
  const inTurn = oneByOne();
  const held: Held = {
    ...{ desk, source, files, activated, waiting: null },
    me: newProcess(desk, process, digestOf(desk.vault, files)),
    install: () => install(composed(held), source.lanes(held.files)),
  };
  return {
    reload: (actor) => inTurn(() => reloadAll(held, actor)),
    reloadHere: (actor) => inTurn(() => reloadHere(held, actor)),
    routes: routeActs(held, inTurn),
    async processes() {
      return { asked: await desk.ledger.askedReload(), processes: await living(desk) };
    },
    keepUp: () => inTurn(() => keepUp(held)),
    leave: () => inTurn(() => desk.ledger.dropProcess(held.me.id)),
  };
}

async function keepUp(held: Held): Promise<void> {
  await beat(held);
  await refresh(held);
  await follow(held);
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
