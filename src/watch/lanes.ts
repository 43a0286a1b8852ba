/** The gauges of lanes, backlog and processes, read from ledger and queue when somebody scrapes, and not more often than they are worth. */
import type { Clock } from '../clock.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { SILENT_MS } from '../domain/installation.ts';
import { CALLBACK_LANE } from '../domain/lane.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import type { Queue } from '../flow/ports/queue.ts';
import type { Instruments } from './instruments.ts';

export interface Watched {
  clock: Clock;
  ledger: DeskLedger;
  queue: Queue;
  catalogue(): Catalogue;
}

/** What was read stays good for so long, however many scrape. */
const FRESH_MS = 2_000;
/** Counting a backlog of millions takes a while: reading may take a twentieth of the time. */
const SHARE = 20;

/** Read from the ledger: nobody knows them while it cannot be read. */
const OF_LEDGER = [
  ...(['laneOldest', 'laneAsleep', 'lanePaused', 'steps', 'configurations', 'refused'] as const),
];

/** Sets the gauges; the returned function reads again what is no longer fresh. */
export function laneGauges(watched: Watched, gauges: Instruments): () => Promise<void> {
  const lanes = kept(watched.clock, () => readLanes(watched, gauges));
  const backlog = kept(watched.clock, () => readBacklog(watched, gauges));
  const processes = kept(watched.clock, () => readProcesses(watched, gauges));
  return async () => {
    try {
      await lanes();
      await backlog();
      await processes();
      gauges.ledgerUp.set(1);
    } catch {
      // The rest is told all the same: it is wanted most when this fails.
      for (const name of OF_LEDGER) gauges[name].reset();
      gauges.ledgerUp.set(0);
    }
  };
}

/** Does the work only when what it did last is no longer fresh: that long, or so many times what it took. */
function kept(clock: Clock, work: () => Promise<void>): () => Promise<void> {
  let freshUntil = -Infinity;
  return async () => {
    const began = clock.now();
    if (began < freshUntil) return;
    await work();
    const now = clock.now();
    freshUntil = now + Math.max(FRESH_MS, SHARE * (now - began));
  };
}

async function readLanes({ clock, ledger, queue, catalogue }: Watched, gauges: Instruments): Promise<void> {
  const agencies = catalogue().agencies.map(({ id }) => id);
  const known = new Set([...agencies, CALLBACK_LANE]);
  const now = clock.now();
  const rings = await ledger.due({ horizon: now, most: () => 1 });
  const lanes = await ledger.lanes();
  for (const agency of known) gauges.laneOldest.set({ agency }, 0);
  for (const { lane, at } of rings)
    if (known.has(lane)) gauges.laneOldest.set({ agency: lane }, Math.max(0, now - at) / 1000);
  for (const { id: agency, sleepUntil, paused } of lanes.filter(({ id }) => known.has(id))) {
    gauges.laneAsleep.set({ agency }, sleepUntil > 0 ? 1 : 0);
    gauges.lanePaused.set({ agency }, paused ? 1 : 0);
  }
  gauges.bells.reset();
  for (const lane of known)
    for (const [state, count] of Object.entries((await queue.counts(lane)) ?? {}))
      gauges.bells.set({ lane, state }, Number(count));
}

async function readProcesses({ clock, ledger }: Watched, gauges: Instruments): Promise<void> {
  const rows = await ledger.processes(clock.now() - SILENT_MS);
  gauges.configurations.set(new Set(rows.map(({ digest }) => digest)).size);
  gauges.refused.set(rows.filter(({ refused }) => refused.length > 0).length);
}

async function readBacklog({ ledger, catalogue }: Watched, { steps }: Instruments): Promise<void> {
  const agencies = new Set(catalogue().agencies.map(({ id }) => id));
  const rows = await ledger.backlog();
  steps.reset();
  for (const { agency, state, count } of rows) if (agencies.has(agency)) steps.set({ agency, state }, count);
}
