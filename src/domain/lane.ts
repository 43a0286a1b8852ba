/** One agency's lane: what wakes it, what puts it to sleep, and who may pause it. */
import type { AgencyLimits } from './catalogue.ts';
import { parseDuration } from './duration.ts';
import { DAY_MS } from './local-time.ts';
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
  /** Whose share of the lane it takes; absent for a callback endpoint. */
  line?: Line;
}

/** What waits in a lane under one name: a platform's work for one service. */
export interface Line {
  platform: string;
  service: string;
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
  /** The agency's own date that `used` counts for; empty before the first. */
  day: string;
  /** Exchanges begun on that day; counted only where the agency has a daily quota. */
  used: number;
}

/** What an agency's calendar and quota say of one instant, worked out from its configuration. */
export interface LaneGate {
  /** Closed (opening hours, announced maintenance) until then, ms since the epoch; null when open. */
  closedUntil: number | null;
  /** Exchanges a day, at most; null without a quota. */
  perDay: number | null;
  /** The date at the agency, `2026-11-16`. */
  day: string;
  /** When that day ends, ms since the epoch. */
  dayEndsAt: number;
}

export function newLane(id: string): Lane {
  return {
    id,
    paused: false,
    sleepUntil: 0,
    code: '',
    failures: 0,
    sleeps: 0,
    probeUntil: 0,
    day: '',
    used: 0,
  };
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
  // What began before closing time still ends well: that does not open the agency.
  if (signal.is === 'good' && isShut(lane, now)) return null;
  if (signal.is === 'good') return lane.failures || lane.sleepUntil ? wake(lane) : null;
  // Exchanges begun before it slept still end: only a probe's failure makes it sleep longer, or the agency's own word.
  if (lane.sleepUntil > now && !(signal.is === 'away' && (signal.until ?? 0) > lane.sleepUntil)) return null;
  if (signal.is === 'away') return sleep(lane, signal.code, awayUntil(lane, signal.until, limits, now));
  const failures = lane.failures + 1;
  if (failures < limits.circuitFailures && !lane.sleepUntil) return { lane: { ...lane, failures } };
  return sleep({ ...lane, failures }, signal.code, now + sleepMs(lane, limits));
}

/** Codes of the sleeps that an agency's own calendar and quota give. */
const SHUT: ReadonlySet<string> = new Set(['CLOSED', 'QUOTA_USED']);

/** A person pauses a lane or lets it go on. Then its calendar and quota are looked at anew: they may have been mended. */
export function holdLane(lane: Lane, paused: boolean): Lane {
  const reopened = !paused && SHUT.has(lane.code) ? { sleepUntil: 0, code: '', probeUntil: 0 } : {};
  return { ...lane, paused, ...reopened };
}

function isShut(lane: Lane, now: number): boolean {
  return SHUT.has(lane.code) && lane.sleepUntil > now;
}

/** What the gate makes of a lane that was found open: its day's count, or a sleep until it opens. */
export type Passage = { passes: true; lane: Lane } | ({ passes: false } & LaneStep);

/**
 * Counts one exchange, or shuts the lane until its agency opens or its day is over. An operation `underWay` goes on:
 * its next exchange is counted and never held.
 */
export function passGate(lane: Lane, gate: LaneGate, underWay: boolean): Passage {
  const counted = isSameDay(lane.day, gate.day) ? lane : { ...lane, day: gate.day, used: 0 };
  if (!underWay && gate.closedUntil !== null)
    return { passes: false, ...shut(counted, 'CLOSED', gate.closedUntil) };
  if (gate.perDay === null) return { passes: true, lane };
  if (!underWay && counted.used >= gate.perDay)
    return { passes: false, ...shut(counted, 'QUOTA_USED', gate.dayEndsAt) };
  return { passes: true, lane: { ...counted, used: counted.used + 1 } };
}

/** Workers' clocks differ a little: who is still in yesterday does not begin the count of today anew. */
function isSameDay(counted: string, day: string): boolean {
  return counted === day || Date.parse(counted) - Date.parse(day) === DAY_MS;
}

/** Its failures and sleeps stand: closing time says nothing about its health. */
function shut(lane: Lane, code: string, until: number): LaneStep {
  return { ...sleep(lane, code, until), lane: { ...lane, code, sleepUntil: until, probeUntil: 0 } };
}

function wake(lane: Lane): LaneStep {
  const awake = { ...newLane(lane.id), paused: lane.paused, day: lane.day, used: lane.used };
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
