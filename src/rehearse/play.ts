/** Lets a rehearsal run: time leaps from one thing that happens to the next, so that days pass in milliseconds. */
import { SWEEP_MS } from '../flow/share.ts';
import { isFinal, look, type Seen } from './look.ts';
import { nextDue } from './next-due.ts';
import type { Stage } from './stage.ts';

/** Whoever has something to do at certain moments: looks, and acts. */
export interface Watcher {
  /** Called at every instant; true when it did something, so that others look again. */
  look(seen: Seen[]): Promise<boolean>;
  /** When it wants to be called, if nothing happens before; null: whenever something happens. */
  nextAt(): number | null;
}

/** Looks at one instant: two watchers that answer each other for ever are a mistake of theirs. */
const MOST_LOOKS = 200;
/** Instants of one rehearsal. A wait of a month that is asked about every quarter of an hour has 3,000. */
const MOST_INSTANTS = 20_000;

export interface Played {
  /** `still`: nothing will move by itself any more. `time`: the span was over. */
  ended: 'final' | 'still' | 'time';
}

/** Plays until everything has ended, nothing moves any more, or the time is over (ms from now). */
export async function play(stage: Stage, watchers: Watcher[], forMs: number): Promise<Played> {
  const { clock } = stage;
  const until = clock.now() + forMs;
  for (let instant = 0; instant < MOST_INSTANTS; instant += 1) {
    await clock.settleTurns();
    const seen = await watch(stage, watchers);
    const over = seen.length > 0 && seen.every(isFinal);
    // What still travels when all has ended (a second delivery of the same news) belongs to it.
    const next = earliest([clock.nextAt(), await nextDue(stage), ...watchers.map((one) => one.nextAt())]);
    if (next === null) return { ended: over ? 'final' : 'still' };
    if (clock.now() >= until || next > until) {
      if (!over) await leap(stage, until);
      return { ended: over ? 'final' : 'time' };
    }
    await leap(stage, next);
  }
  throw new Error(`The rehearsal has more than ${MOST_INSTANTS} instants: ask for a shorter time`);
}

async function watch(stage: Stage, watchers: Watcher[]): Promise<Seen[]> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const seen = await look(stage);
    let acted = false;
    for (const watcher of watchers) acted = (await watcher.look(seen)) || acted;
    if (!acted) return seen;
    await stage.clock.settleTurns();
  }
  throw new Error('The acts of this rehearsal bring each other about without an end');
}

/** What is due and was not taken up waits for the sweep. */
async function leap({ clock }: Stage, to: number): Promise<void> {
  const ms = to - clock.now();
  if (ms > 0) await clock.advance(ms, ms);
  else await clock.advance(SWEEP_MS);
}

function earliest(times: (number | null)[]): number | null {
  const known = times.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
