/** Measures a system: a closed run (as fast as it goes) or an open one (at a given pace), with what its processes cost. */
import { fileURLToPath } from 'node:url';
import { cpuSeconds, peakMb, run } from './process.ts';
import type { System } from './systems.ts';

export interface Spread {
  p50: number;
  p99: number;
}

/** What a closed run printed. */
export interface Closed {
  accepted: number;
  acceptedPerSecond: number;
  endToEndPerSecond: number;
  accept: Spread;
  endToEnd: Spread;
  lost: number;
  doubled: number;
  firstBad?: string;
}

/** What an open run printed. */
export interface Open {
  /** Applications per second that were to be sent. */
  rate: number;
  /** Of those: answered 202, turned away with 429 or 503, answered otherwise, not sent for too many were open. */
  accepted: number;
  shed: number;
  failed: number;
  unsent: number;
  acceptedPerSecond: number;
  /** Brought to the agency while the load lasted, per second. */
  donePerSecond: number;
  /** From the instant an application was to be sent. */
  accept: Spread;
  shedMs: Spread;
  /** Turned away with a Retry-After. */
  withRetryAfter: number;
  endToEnd: Spread;
  /** After the load: until a probe is accepted as quickly as on a quiet day, and until the last accepted was done. */
  calmAfterMs: number | null;
  drainedAfterMs: number | null;
  lost: number;
  doubled: number;
  firstBad?: string;
}

/** What one process cost. */
export interface Cost {
  name: string;
  cpuSeconds: number;
  peakMb: number;
}

const HERE = fileURLToPath(new URL('./', import.meta.url));

export function closed(
  system: System,
  agency: string,
  n: number,
  connections: number,
): Promise<Measured<Closed>> {
  return costed(system, generate('load.ts', system, agency, { n, connections }));
}

export function open(system: System, agency: string, rate: number, seconds: number): Promise<Measured<Open>> {
  return costed(
    system,
    generate('arrivals.ts', system, agency, { rate: Math.max(1, Math.round(rate)), seconds }),
  );
}

export type Measured<T> = T & { costs: Cost[] };

function generate<T>(
  generator: string,
  { url, key }: System,
  agency: string,
  sizes: Record<string, number>,
): () => Promise<T> {
  const options: Record<string, string | number> = { url, key, agency, ...sizes };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return async () => JSON.parse(await run(process.execPath, [`${HERE}${generator}`, ...args])) as T;
}

async function costed<T>({ parts }: System, work: () => Promise<T>): Promise<Measured<T>> {
  const before = parts.map(({ pid }) => cpuSeconds(pid));
  const measured = await work();
  const costs = parts.map(({ name, pid }, at) => ({
    name,
    cpuSeconds: Math.round((cpuSeconds(pid) - before[at]!) * 100) / 100,
    peakMb: peakMb(pid),
  }));
  return { ...measured, costs };
}
