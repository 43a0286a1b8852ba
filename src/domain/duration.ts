/** Reads the spans of time that configuration and adapters write: `30s`, `10m`, `2h`, `14d`. */
import type { Duration } from './catalogue.ts';

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a span such as `10m`. Throws a RangeError for any other form and for zero. */
export function parseDuration(text: Duration): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new RangeError('A span of time is a whole number and s, m, h or d, such as 30s, 10m, 2h or 14d');
  }
  return Number(count) * UNIT_MS[unit]!;
}
