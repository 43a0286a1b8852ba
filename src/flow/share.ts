/** Which bells are rung at once and which wait for the sweep, so that a burst pushes others back by no more than its share. */
import type { Clock } from '../clock.ts';
import type { AgencyLimits, Catalogue } from '../domain/catalogue.ts';
import { partOf } from '../domain/fair-share.ts';
import type { Line, Ring } from '../domain/lane.ts';
import type { Flow } from './flow.ts';
import type { DueWanted } from './ports/ledger.ts';

/** Milliseconds between sweeps: a lost bell, and one that was held back, is rung within this. */
export const SWEEP_MS = 3_000;
/** Brought by one sweep to one lane: 20 ms, and more than any lane answers until the next. */
const MOST_A_LANE = 5_000;
const LEAST_A_LANE = 50;

export interface Share {
  /** Whether a bell may be rung at once; the step of one that may not stays due, and a sweep brings it. */
  admits(ring: Ring): boolean;
  /** What a sweep until `horizon` asks for. */
  wanted(horizon: number, lanes?: string[]): DueWanted;
  /** Takes note of what a sweep found: who has more waiting in a lane than it was given. */
  found(rings: Ring[], lanes?: string[]): void;
  /** Lanes that have been rung a good deal since the last sweep, or in which somebody is behind. */
  busy(): string[];
}

/** One class of applications in one lane. */
interface Counter {
  since: number;
  total: number;
  /** Rung at once since then. */
  rung: Map<string, Line & { count: number }>;
  /** Lines with older work that found no place in the last sweep. */
  behind: ReadonlySet<string>;
}

export function makeShare(clock: Pick<Clock, 'now'>, catalogue: () => Catalogue): Share {
  const lanes = new Map<string, Map<number, Counter>>();
  const known = memo(catalogue);
  const counterOf = (lane: string, priority: number): Counter => {
    const classes = lanes.get(lane) ?? new Map<number, Counter>();
    lanes.set(lane, classes);
    const counter = classes.get(priority) ?? newCounter(clock.now());
    classes.set(priority, counter);
    if (clock.now() - counter.since >= SWEEP_MS)
      Object.assign(counter, { since: clock.now(), total: 0, rung: new Map() });
    return counter;
  };
  const mostOf = (lane: string): number => {
    const allowance = allowanceOf(known().limits.get(lane));
    return Math.min(Math.max(Math.ceil(2 * allowance), LEAST_A_LANE), MOST_A_LANE);
  };

  return {
    admits({ lane, line, priority }) {
      const allowance = allowanceOf(known().limits.get(lane));
      // A lane so fast is through with all that its queue can hold before the next sweep but one.
      if (!line || 2 * allowance >= MOST_A_LANE) return true;
      const counter = counterOf(lane, priority);
      const key = keyOf(line);
      if (counter.behind.has(key)) return false;
      const mine = counter.rung.get(key) ?? { ...line, count: 0 };
      counter.rung.set(key, mine);
      const part = (): number => allowance * partOf(line, counter.rung.values(), known().weights);
      if (counter.total >= allowance && mine.count >= part()) return false;
      mine.count += 1;
      counter.total += 1;
      return true;
    },
    wanted: (horizon, only) => ({
      horizon,
      most: mostOf,
      weights: known().weights,
      ...(only && { lanes: only }),
    }),
    found(rings, only) {
      for (const [lane, classes] of lanes) {
        if (only && !only.includes(lane)) continue;
        for (const counter of classes.values()) counter.behind = new Set();
      }
      for (const [lane, given] of byLane(rings.filter(({ at }) => at <= clock.now()))) {
        if (given.length < mostOf(lane)) continue;
        // Classes are served in their order: the last that was given anything is the one cut short.
        const priority = given.at(-1)!.priority;
        const cut = given.filter((ring) => ring.priority === priority);
        counterOf(lane, priority).behind = cutShort(cut, known().weights);
      }
    },
    busy() {
      const isBusy = (lane: string, { since, total, behind }: Counter): boolean =>
        behind.size > 0 ||
        (clock.now() - since < 2 * SWEEP_MS && total >= allowanceOf(known().limits.get(lane)) / 4);
      return [...lanes].flatMap(([lane, classes]) =>
        [...classes.values()].some((counter) => isBusy(lane, counter)) ? [lane] : [],
      );
    },
  };
}

/** Rings what a commit made due: at once, or by the next sweep where its line has had its share. */
export function ringFairly(flow: Pick<Flow, 'queue' | 'share'>, rings: Ring[]): void {
  for (const ring of rings) if (flow.share.admits(ring)) flow.queue.ring(ring);
}

const newCounter = (since: number): Counter => ({ since, total: 0, rung: new Map(), behind: new Set() });

/** Ids hold no blank. */
const keyOf = ({ platform, service }: Line): string => `${platform} ${service}`;

/** What a lane can answer from one sweep to the next, and enough for its handlers; without limits, anything. */
function allowanceOf(limits: AgencyLimits | undefined): number {
  return limits ? Math.max((limits.perSecond * SWEEP_MS) / 1000, 2 * limits.concurrency) : Infinity;
}

/** Lines that were given their whole part, and so may have more; who was given less had no more. */
function cutShort(given: Ring[], weights: ReadonlyMap<string, number>): Set<string> {
  const lines = new Map<string, Line & { count: number }>();
  for (const { line } of given) {
    if (!line) continue;
    const mine = lines.get(keyOf(line)) ?? { ...line, count: 0 };
    lines.set(keyOf(line), { ...mine, count: mine.count + 1 });
  }
  const behind = [...lines.values()].filter(
    (line) => line.count >= Math.floor(given.length * partOf(line, lines.values(), weights)),
  );
  return new Set(behind.map(keyOf));
}

function byLane(rings: Ring[]): Map<string, Ring[]> {
  const lanes = new Map<string, Ring[]>();
  for (const ring of rings) {
    const given = lanes.get(ring.lane);
    if (given) given.push(ring);
    else lanes.set(ring.lane, [ring]);
  }
  return lanes;
}

interface Known {
  limits: ReadonlyMap<string, AgencyLimits>;
  weights: ReadonlyMap<string, number>;
}

/** What is asked of the catalogue at every bell, worked out once for each catalogue. */
function memo(catalogue: () => Catalogue): () => Known {
  let last: Catalogue | null = null;
  let known: Known = { limits: new Map(), weights: new Map() };
  return () => {
    const current = catalogue();
    if (current === last) return known;
    last = current;
    known = {
      limits: new Map(current.agencies.map(({ id, limits }) => [id, limits])),
      weights: new Map(current.platforms.map(({ id, weight }) => [id, weight ?? 1])),
    };
    return known;
  };
}
