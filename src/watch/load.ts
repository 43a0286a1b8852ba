/** How hard this process works: how late its event loop runs, and how long its ledger takes to commit. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

/** Node measures in steps of this; a loop that is never late measures as much. */
const STEP_MS = 10;
/** What was measured counts for so long: one collection of garbage is no overload, half a second of late turns is. */
const WINDOW_MS = 250;

export interface LoopDelay {
  /** The mean delay of the last quarter of a second. */
  ms(): number;
  stop(): void;
}

/** Measures the real event loop. It has no timer of its own: who asks moves it on. */
export function loopDelay(clock: Pick<Clock, 'now'>): LoopDelay {
  const measured = monitorEventLoopDelay({ resolution: STEP_MS });
  measured.enable();
  let since = clock.now();
  let mean = 0;
  return {
    ms() {
      const now = clock.now();
      if (now - since < WINDOW_MS && now >= since) return mean;
      // Without a single turn in a whole window there is nothing to average, and nothing was ever later.
      mean = measured.count === 0 ? now - since : Math.max(0, measured.mean / 1e6 - STEP_MS);
      since = now;
      measured.reset();
      return mean;
    },
    stop: () => void measured.disable(),
  };
}

/** Commits that ended longer ago say nothing of now: some are let through again, and show. */
const RECENT_MS = 5_000;
/** What the newest commit counts for in the running mean. */
const NEWEST = 0.2;
/** A disk that was full is tried again after this. */
const FULL_MS = 15_000;

export interface CommitWatch {
  /** A commit begins; the returned function says how it ended. */
  began(): (ended: 'written' | 'read' | 'full' | 'failed') => number;
  /** How long commits take now; while none comes back, how long that has been so. */
  ms(): number;
  storageFull(): boolean;
}

export function commitWatch(clock: Pick<Clock, 'now'>): CommitWatch {
  /** When those under way began, oldest first. */
  const open = new Set<{ at: number }>();
  let mean = 0;
  let endedAt = -Infinity;
  let fullAt = -Infinity;
  return {
    began() {
      const one = { at: clock.now() };
      open.add(one);
      return (ended) => {
        open.delete(one);
        const now = clock.now();
        const took = Math.max(0, now - one.at);
        mean = now - endedAt > RECENT_MS ? took : mean + NEWEST * (took - mean);
        endedAt = now;
        if (ended === 'full') fullAt = now;
        if (ended === 'written') fullAt = -Infinity;
        return took;
      };
    },
    ms() {
      const now = clock.now();
      const recent = now - endedAt > RECENT_MS ? 0 : mean;
      const [oldest] = open;
      // One that hangs while others come back is that one's trouble (a lock), not the ledger's.
      const hanging = oldest ? Math.min(now - oldest.at, now - endedAt) : 0;
      return Math.max(recent, hanging);
    },
    storageFull: () => clock.now() - fullAt < FULL_MS,
  };
}
