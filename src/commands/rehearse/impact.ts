/** What `impact` was asked for, made ready: the ledger, the candidate, settings without real secrets. */
import { busAdapter } from '../../adapter-kit/bus-adapter.ts';
import type { Adapter } from '../../adapter-kit/contract.ts';
import { adapterId, makeRegistry } from '../../adapter-kit/registry.ts';
import { checkConfig } from '../../config/check.ts';
import { ConfigError } from '../../config/finding.ts';
import { loadConnector } from '../../connectors/load.ts';
import type { Catalogue, Route, Service } from '../../domain/catalogue.ts';
import { compilePlan } from '../../domain/plan.ts';
import { openCandidate } from '../../rehearse/candidate.ts';
import { impactOf, type Candidates, type Impact } from '../../rehearse/impact/impact.ts';
import { showing } from '../../rehearse/impact/known-words.ts';
import { playedSettings } from '../../rehearse/players.ts';
import { compile } from '../../schema/validate.ts';
import { UsageError, type Shell } from '../shell.ts';
import { openToRead } from './ledger.ts';
import { openParts, type Parts } from './parts.ts';

interface Asked {
  since: number;
  route?: string;
  adapter?: string;
  most: number;
  config?: string;
}

export async function impactIn(shell: Shell, asked: Asked): Promise<{ title: string; impact: Impact }> {
  const parts = await openParts(shell, asked.config);
  try {
    const catalogue = await catalogueOf(parts);
    const { title, service, ...candidate } = await candidateOf(shell, parts, asked, catalogue);
    const { ledger, vault, clock } = await openToRead(parts.env);
    try {
      const registry = makeRegistry([...parts.adapters, busAdapter], compile);
      const candidates: Candidates = {
        ...candidate,
        show: showing(
          [...catalogue.services.values()],
          [...catalogue.routes.values(), ...(candidate.plan ? [candidate.plan.route] : [])],
          parts.adapters.flatMap(({ operations }) => Object.values(operations).map(({ input }) => input)),
        ),
        settingsOf: async (id) => {
          const agency = catalogue.agencies.find((one) => one.id === id);
          return agency ? playedSettings(agency, await parts.simulatorOf(agency)) : {};
        },
      };
      const reading = { clock, ledger, vault, registry, catalogue };
      const since = clock.now() - asked.since;
      const impact = await impactOf(reading, candidates, { since, service, most: asked.most });
      return { title, impact };
    } finally {
      await ledger.close();
    }
  } finally {
    await parts.close();
  }
}

async function catalogueOf({ env, adapters }: Parts): Promise<Catalogue> {
  const { catalogue, findings } = await checkConfig(env.configDir, adapters);
  if (!catalogue) throw new ConfigError(findings);
  return catalogue;
}

type Found = Pick<Candidates, 'plan' | 'adapter'> & { title: string; service: string | null };

async function candidateOf(
  shell: Shell,
  parts: Parts,
  { route: file, adapter: folder }: Asked,
  catalogue: Catalogue,
): Promise<Found> {
  if (file !== undefined) {
    const found = await openCandidate(parts.env.configDir, file, parts.adapters);
    if (found.service === null) throw new UsageError(`${file} holds no route`);
    const [service, route] = ofService(found.catalogue, found.service);
    const was = catalogue.routes.get(service.code)?.version ?? 'none';
    const title = `${service.code}: route ${was} → ${route.version} (${file})`;
    return { title, service: service.code, plan: compilePlan('', service, route) };
  }
  const { adapter } = await loadConnector(folder!, { clock: shell.clock, as: 'own' });
  const known = parts.adapters.find((one) => adapterId(one) === adapterId(adapter));
  return { title: adapterTitle(adapter, known), service: null, adapter };
}

function ofService({ services, routes }: Catalogue, code: string): [Service, Route] {
  return [services.get(code)!, routes.get(code)!];
}

function adapterTitle({ name, version }: Adapter, known: Adapter | undefined): string {
  return `${name}: ${known ? `${known.version} → ` : 'not carried yet, '}${version}`;
}
