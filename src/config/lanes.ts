/** Which lanes a process answers: JEMBATAN_LANES held against the agencies that there are. */
import { BUS } from '../domain/bus-agency.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { CALLBACK_LANE } from '../domain/lane.ts';
import { ConfigError, nearest, type Finding } from './finding.ts';

/** Ids of lanes; undefined for all of them. Throws a ConfigError for a pattern that means none. */
export function lanesOf(patterns: string[] | null, { agencies }: Catalogue): string[] | undefined {
  if (patterns === null) return undefined;
  const all = [...agencies.map(({ id }) => id), BUS, CALLBACK_LANE];
  const findings = patterns.filter((one) => !all.some(meant(one))).map((one) => unknown(one, all));
  if (findings.length > 0) throw new ConfigError(findings);
  return all.filter((lane) => patterns.some((one) => meant(one)(lane)));
}

const meant =
  (pattern: string) =>
  (lane: string): boolean =>
    pattern.endsWith('*') ? lane.startsWith(pattern.slice(0, -1)) : lane === pattern;

function unknown(pattern: string, all: string[]): Finding {
  const near = nearest(pattern, all);
  return {
    ...{ code: 'lane_unknown', file: 'environment', line: 0, pointer: '/JEMBATAN_LANES' },
    message: `JEMBATAN_LANES names ${pattern}, and there is no such agency`,
    fix: near === undefined ? `Write ids from agencies.yaml, or ${CALLBACK_LANE}` : `Write ${near}`,
  };
}
