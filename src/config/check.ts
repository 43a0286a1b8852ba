/** Checks the configuration as a whole: every name that one file uses of another, before anything starts. */
import type { Adapter } from '../adapter-kit/contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { checkAgencies } from './check-agencies.ts';
import { checkAgreements } from './check-agreements.ts';
import { checkChildren } from './check-children.ts';
import { checkDeadlines } from './check-deadlines.ts';
import { checkOrder } from './check-order.ts';
import { checkPlaces } from './check-places.ts';
import { checkPublishers } from './check-publishers.ts';
import { checkReads } from './check-reads.ts';
import { checkRefusals } from './check-refusals.ts';
import { checkRoutes } from './check-routes.ts';
import { checkServices } from './check-services.ts';
import { checkSteps } from './check-steps.ts';
import { checkTexts } from './check-texts.ts';
import { sortFindings, type Finding } from './finding.ts';
import { loadConfig } from './load.ts';
import { worldOf } from './world.ts';

const CHECKS = [
  ...[checkPlaces, checkPublishers, checkAgencies, checkAgreements, checkServices, checkTexts],
  ...[checkRoutes, checkSteps, checkRefusals, checkOrder, checkReads, checkChildren, checkDeadlines],
];

export interface CheckedConfig {
  /** When nothing is wrong. */
  catalogue?: Catalogue;
  /** Everything that is wrong, in the order of files and lines. */
  findings: Finding[];
  /** What the bus can start with, and somebody should know. */
  warnings: Finding[];
}

/**
 * Checks everything. With `now`, ms since the epoch, also what depends on the day: a bus that runs is not kept from
 * starting by an agreement that has ended, for it sends nothing to that agency.
 */
export async function checkConfig(
  folder: string,
  adapters: readonly Adapter[],
  { now }: { now?: number } = {},
): Promise<CheckedConfig> {
  const loaded = await loadConfig(folder);
  const world = worldOf(loaded, adapters, now);
  for (const check of CHECKS) check(world);
  for (const { file } of loaded.unused) world.warnings.push(unused(file));
  const findings = sortFindings([...loaded.findings, ...world.findings]);
  const warnings = sortFindings(world.warnings);
  return { ...(findings.length === 0 && { catalogue: loaded.catalogue }), findings, warnings };
}

function unused(file: string): Finding {
  const message = 'Nothing includes this file';
  const fix = 'Include it, or delete it';
  return { code: 'fragment_unused', file, line: 1, pointer: '', message, fix };
}
