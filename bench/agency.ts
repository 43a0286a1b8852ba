/** What the bench asks the agency's stand-in: how many stamps arrived, when, how often. */
import { fileURLToPath } from 'node:url';
import { launch, type Child } from './process.ts';

export interface Arrived {
  unique: number;
  doubled: number;
  /** Milliseconds since the epoch: of the last reset, of the last first arrival. */
  beganAt: number;
  lastAt: number;
  p50: number;
  p99: number;
  /** First arrivals per `bucketMs` since the reset. */
  timeline: number[];
  bucketMs: number;
}

const ask = async <T>(base: string, path: string): Promise<T> =>
  (await (await fetch(base + path, { method: 'POST' })).json()) as T;

export const resetAgency = (base: string): Promise<object> => ask(base, '/reset');
export const arrived = (base: string): Promise<Arrived> => ask(base, '/stats');

/** Waits until so many have arrived, or until nothing has arrived for `stallMs`; returns what did. */
export async function untilArrived(base: string, count: number, stallMs = 15_000): Promise<Arrived> {
  let last = -1;
  for (let stalledAt = Date.now(); Date.now() - stalledAt < stallMs; await pause(25)) {
    const { unique } = await ask<{ unique: number }>(base, '/count');
    if (unique >= count) break;
    if (unique !== last) [last, stalledAt] = [unique, Date.now()];
  }
  return arrived(base);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

export const LISTENING = /listen\w* (?:on http:\/\/[^ ]+:)?(\d+)/;

export function startAgency(): Promise<Child> {
  const path = fileURLToPath(new URL('./agency-stub.ts', import.meta.url));
  return launch(process.execPath, [path], LISTENING);
}
