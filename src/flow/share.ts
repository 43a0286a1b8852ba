/** Which bells are rung at once and which wait for the sweep, so that a burst pushes others back by no more than its share. */
import type { Clock } from '../clock.ts';
import { BUS_AGENCY } from '../domain/bus-agency.ts';
import type { AgencyLimits, Catalogue } from '../domain/catalogue.ts';
import { partOf } from '../domain/fair-share.ts';
import type { Bell, Line, Ring } from '../domain/lane.ts';
import type { Flow } from './flow.ts';
import type { DueWanted } from './ports/ledger.ts';

/** Milliseconds between sweeps: a lost bell, and one that was held back, is rung within this. */
export const SWEEP_MS = 3_000;
/** Brought by one sweep to one lane: 20 ms, and more than any lane answers until the next. */
const MOST_A_LANE = 5_000;
const LEAST_A_LANE = 50;
/** Bells that cannot be answered are remembered, at most so many. */
const MOST_FAILED = 10_000;

export interface Share {
  /** Whether a bell may be rung at once; the step of one that may not stays due, and a sweep brings it. */
  admits(ring: Ring): boolean;
  /** What a sweep until `horizon` asks for. */
  wanted(horizon: number, lanes?: string[]): DueWanted;
  /** Takes note of what a sweep found: who has more waiting in a lane than it was given. */
  found(rings: Ring[], lanes?: string[]): void;
  /** Takes note of a bell that could not be answered: it stays due, and must not take the place of others. */
  failed(bell: Bell): void;
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

interface Held {
  clock: Pick<Clock, 'now'>;
  known: () => Known;
  lanes: Map<string, Map<number, Counter>>;
  failing: Set<string>;
  /** How many of those the last sweep of a lane brought again. */
  stuck: Map<string, number>;
}

export function makeShare(clock: Pick<Clock, 'now'>, catalogue: () => Catalogue): Share {
  const known = memo(catalogue);
  const held: Held = { clock, known, lanes: new Map(), failing: new Set(), stuck: new Map() };
  return {
    admits: (ring) => admits(held, ring),
    wanted: (horizon, lanes) => ({
      ...{ horizon, most: (lane) => mostOf(held, lane), weights: known().weights },
      stuck: (lane) => held.stuck.get(lane) ?? 0,
      ...(lanes && { lanes }),
    }),
    found: (rings, lanes) => found(held, rings, lanes),
    failed({ id, wake }) {
      if (held.failing.size >= MOST_FAILED) held.failing.clear();
      held.failing.add(`${id}#${wake}`);
    },
    busy: () => busy(held),
  };
}

function admits(held: Held, { lane, line, priority }: Ring): boolean {
  const { limits, weights } = held.known();
  const allowance = allowanceOf(limits.get(lane));
  // A lane so fast is through with all that its queue can hold before the next sweep but one.
  if (!line || 2 * allowance >= MOST_A_LANE) return true;
  const counter = counterOf(held, lane, priority);
  const key = keyOf(line);
  if (counter.behind.has(key)) return false;
  const mine = counter.rung.get(key) ?? { ...line, count: 0 };
  counter.rung.set(key, mine);
  const isOver = (): boolean => mine.count >= allowance * partOf(line, counter.rung.values(), weights);
  if (counter.total >= allowance && isOver()) return false;
  mine.count += 1;
  counter.total += 1;
  return true;
}

function found(held: Held, rings: Ring[], only?: string[]): void {
  for (const [lane, classes] of held.lanes) {
    if (only && !only.includes(lane)) continue;
    for (const counter of classes.values()) counter.behind = new Set();
  }
  for (const [lane, given] of byLane(rings.filter(({ at }) => at <= held.clock.now()))) {
    // Classes are served in their order: the last that was given anything is the one cut short.
    const priority = given.at(-1)!.priority;
    const cut = given.filter((ring) => ring.priority === priority);
    if (given.length >= mostOf(held, lane))
      counterOf(held, lane, priority).behind = cutShort(cut, held.known().weights);
    held.stuck.set(lane, given.filter(({ bell }) => held.failing.has(`${bell.id}#${bell.wake}`)).length);
  }
}

function busy({ clock, known, lanes }: Held): string[] {
  const isBusy = (lane: string, { since, total, behind }: Counter): boolean =>
    behind.size > 0 ||
    (clock.now() - since < 2 * SWEEP_MS && total >= allowanceOf(known().limits.get(lane)) / 4);
  return [...lanes].flatMap(([lane, classes]) =>
    [...classes.values()].some((counter) => isBusy(lane, counter)) ? [lane] : [],
  );
}

function counterOf({ clock, lanes }: Held, lane: string, priority: number): Counter {
  const classes = lanes.get(lane) ?? new Map<number, Counter>();
  lanes.set(lane, classes);
  const now = clock.now();
  const counter = classes.get(priority) ?? {
    since: now,
    total: 0,
    rung: new Map(),
    behind: new Set<string>(),
  };
  classes.set(priority, counter);
  if (now - counter.since >= SWEEP_MS) Object.assign(counter, { since: now, total: 0, rung: new Map() });
  return counter;
}

function mostOf({ known, stuck }: Held, lane: string): number {
  const inTwoSweeps = Math.ceil(2 * allowanceOf(known().limits.get(lane)));
  return Math.min(Math.max(inTwoSweeps, LEAST_A_LANE) + (stuck.get(lane) ?? 0), MOST_A_LANE);
}

/** Rings what a commit made due: at once, or by the next sweep where its line has had its share. */
export function ringFairly(flow: Pick<Flow, 'queue' | 'share'>, rings: Ring[]): void {
  for (const ring of rings) if (flow.share.admits(ring)) flow.queue.ring(ring);
}

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
      limits: new Map([...current.agencies, BUS_AGENCY].map(({ id, limits }) => [id, limits])),
      weights: new Map(current.platforms.map(({ id, weight }) => [id, weight ?? 1])),
    };
    return known;
  };
}
