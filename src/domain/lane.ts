/** One agency's lane: what wakes it, what puts it to sleep, and who may pause it. */
import type { AgencyLimits } from './catalogue.ts';
import { parseDuration } from './duration.ts';
import type { JsonObject } from './outcome.ts';

/** What a lane holds: a step (or a callback endpoint) and the number of its wake. */
export interface Bell {
  id: string;
  wake: number;
}

/** A bell on its way to its lane. */
export interface Ring {
  lane: string;
  bell: Bell;
  /** Milliseconds since the epoch; not before. */
  at: number;
  /** Smaller goes first. */
  priority: number;
}

/** A queue holds what is due within 10 minutes; `recover` brings the rest when its time comes. */
export const HORIZON_MS = 600_000;

/** Most bells that a queue holds for a lane: so many due now, and so many due later. */
export const MOST_BELLS = 10_000;

/** The lane of callbacks; agencies' lanes have the agency's id. */
export const CALLBACK_LANE = 'callbacks';

/** Behind every class of application, 1 to 4. */
export const CALLBACK_PRIORITY = 5;

export interface Lane {
  id: string;
  paused: boolean;
  /** The lane sleeps until then; 0 when awake. */
  sleepUntil: number;
  /** Why it sleeps: the code of the outcome that sent it to sleep. */
  code: string;
  /** Failures in a row while awake. */
  failures: number;
  /** Sleeps in a row without a good exchange between them. */
  sleeps: number;
  /** A probe is under way and decides by then. */
  probeUntil: number;
}

export function newLane(id: string): Lane {
  return { id, paused: false, sleepUntil: 0, code: '', failures: 0, sleeps: 0, probeUntil: 0 };
}

/** How an exchange went, as far as the lane is concerned. `neutral` says nothing about the agency's health. */
export type LaneSignal =
  | { is: 'good' }
  | { is: 'neutral' }
  | { is: 'bad'; code: string }
  | { is: 'away'; code: string; until?: number };

export type Admission = 'open' | 'probe' | 'paused' | 'asleep';

/** Whether a step may be claimed now. A lane whose sleep is over lets one probe through. */
export function admit(lane: Lane, now: number): Admission {
  if (lane.paused) return 'paused';
  if (lane.sleepUntil === 0) return 'open';
  return lane.sleepUntil <= now && lane.probeUntil <= now ? 'probe' : 'asleep';
}

/** Longest sleep that an agency's own word is believed for: 36 hours. */
const LONGEST_AWAY_MS = 36 * 3_600_000;

export interface LaneStep {
  lane: Lane;
  /** What the lane's own stream is told, if anything changed for its users. */
  event?: { type: string; data: JsonObject };
}

/** The lane after an exchange; null when nothing changes. */
export function afterExchange(
  lane: Lane,
  signal: LaneSignal,
  limits: AgencyLimits,
  now: number,
): LaneStep | null {
  if (signal.is === 'neutral') return lane.probeUntil ? { lane: { ...lane, probeUntil: 0 } } : null;
  if (signal.is === 'good') return lane.failures || lane.sleepUntil ? wake(lane) : null;
  // Exchanges begun before it slept still end: only a probe's failure makes it sleep longer, or the agency's own word.
  if (lane.sleepUntil > now && !(signal.is === 'away' && (signal.until ?? 0) > lane.sleepUntil)) return null;
  if (signal.is === 'away') return sleep(lane, signal.code, awayUntil(lane, signal.until, limits, now));
  const failures = lane.failures + 1;
  if (failures < limits.circuitFailures && !lane.sleepUntil) return { lane: { ...lane, failures } };
  return sleep({ ...lane, failures }, signal.code, now + sleepMs(lane, limits));
}

function wake(lane: Lane): LaneStep {
  const awake = { ...newLane(lane.id), paused: lane.paused };
  return lane.sleepUntil
    ? { lane: awake, event: { type: 'go.mpp.connector.up.v1', data: {} } }
    : { lane: awake };
}

function sleep(lane: Lane, code: string, until: number): LaneStep {
  const asleep = { ...lane, code, sleepUntil: until, sleeps: lane.sleeps + 1, probeUntil: 0 };
  const data = { code, until: new Date(until).toISOString() };
  const first = lane.sleepUntil === 0 || lane.code !== code;
  return { lane: asleep, ...(first && { event: { type: 'go.mpp.connector.down.v1', data } }) };
}

function awayUntil(lane: Lane, until: number | undefined, limits: AgencyLimits, now: number): number {
  if (until === undefined || !(until > now)) return now + sleepMs(lane, limits);
  return Math.min(until, now + LONGEST_AWAY_MS);
}

function sleepMs(lane: Lane, limits: AgencyLimits): number {
  return Math.min(
    parseDuration(limits.circuitSleep) * 2 ** Math.min(lane.sleeps, 20),
    parseDuration(limits.circuitCap),
  );
}
