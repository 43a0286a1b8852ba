/** The agency entry that a step goes to, and how an agency's references are indexed. */
import { BUS, BUS_AGENCY } from '../domain/bus-agency.ts';
import type { Agency } from '../domain/catalogue.ts';
import type { Step } from '../domain/step.ts';
import type { Flow } from './flow.ts';

/** Throws when the entry is gone: a configuration may not drop an agency that has open steps. */
export function agencyOf(flow: Flow, step: Pick<Step, 'agency'>): Agency {
  if (step.agency === BUS) return BUS_AGENCY;
  const agency = flow.catalogue().agencies.find(({ id }) => id === step.agency);
  if (!agency) throw new Error(`The agency ${step.agency} is no longer configured but has open steps`);
  return agency;
}

export function referenceIndex(flow: Flow, agency: string, reference: string): string {
  return flow.vault.index('reference', `${agency} ${reference}`);
}
