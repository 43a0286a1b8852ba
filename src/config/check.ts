/** Checks the configuration as a whole: every name that one file uses of another, before anything starts. */
import type { Adapter } from '../adapter-kit/contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { checkAgencies } from './check-agencies.ts';
import { checkPlaces } from './check-places.ts';
import { checkPublishers } from './check-publishers.ts';
import { checkReads } from './check-reads.ts';
import { checkRoutes } from './check-routes.ts';
import { checkServices } from './check-services.ts';
import { sortFindings, type Finding } from './finding.ts';
import { loadConfig } from './load.ts';
import { worldOf } from './world.ts';

/** The catalogue when nothing is wrong; else every finding, in the order of files and lines. */
export async function checkConfig(
  folder: string,
  adapters: readonly Adapter[],
): Promise<{ catalogue?: Catalogue; findings: Finding[] }> {
  const loaded = await loadConfig(folder);
  const world = worldOf(loaded, adapters);
  const checks = [checkPlaces, checkPublishers, checkAgencies, checkServices, checkRoutes, checkReads];
  for (const check of checks) check(world);
  const findings = sortFindings([...loaded.findings, ...world.findings]);
  return findings.length === 0 ? { catalogue: loaded.catalogue, findings } : { findings };
}
