/** What `impact` was asked for, made ready: the ledger, the candidate, settings without real secrets. */
import { busAdapter } from '../../adapter-kit/bus-adapter.ts';
import type { Adapter } from '../../adapter-kit/contract.ts';
import { adapterId, makeRegistry } from '../../adapter-kit/registry.ts';
import { checkConfig } from '../../config/check.ts';
import { ConfigError } from '../../config/finding.ts';
import type { Catalogue, Route, Service } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import { compilePlan } from '../../domain/plan.ts';
import { openCandidate } from '../../rehearse/candidate.ts';
import { impactOf, type Candidates, type Impact } from '../../rehearse/impact/impact.ts';
import { showing } from '../../rehearse/impact/known-words.ts';
import { playedSettings } from '../../rehearse/players.ts';
import { compile } from '../../schema/validate.ts';
import { progressOf } from '../progress.ts';
import { UsageError, type Shell } from '../shell.ts';
import { candidateAdapter } from './candidate-adapter.ts';
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
    const { title, close, ...found } = await candidateOf(shell, parts, asked, catalogue);
    try {
      return { title, impact: await compared(shell, parts, catalogue, found, asked) };
    } finally {
      await close();
    }
  } finally {
    await parts.close();
  }
}

async function compared(
  shell: Shell,
  parts: Parts,
  catalogue: Catalogue,
  { service, ...candidate }: Omit<Found, 'title' | 'close'>,
  { since, most }: Asked,
): Promise<Impact> {
  const { ledger, vault, clock } = await openToRead(parts.env);
  try {
    const registry = makeRegistry([...parts.adapters, busAdapter], compile);
    const show = showing(
      [...catalogue.services.values()],
      [...catalogue.routes.values(), ...(candidate.plan ? [candidate.plan.route] : [])],
      parts.adapters.flatMap(({ operations }) => Object.values(operations).map(({ input }) => input)),
    );
    const tell = progressOf(shell);
    return await impactOf(
      { clock, ledger, vault, registry, catalogue },
      { ...candidate, show, settingsOf: settingsIn(catalogue, parts) },
      { since: clock.now() - since, service, most },
      (done) => tell({ doing: 'applications compared', done, total: 0 }),
    );
  } finally {
    await ledger.close();
  }
}

/** Each agency's, made once. */
function settingsIn({ agencies }: Catalogue, { simulatorOf }: Parts): Candidates['settingsOf'] {
  const known = new Map<string, Promise<JsonObject | undefined>>();
  const make = async (id: string): Promise<JsonObject | undefined> => {
    const agency = agencies.find((one) => one.id === id);
    return agency && playedSettings(agency, await simulatorOf(agency));
  };
  return (id) => {
    let settings = known.get(id);
    if (!settings) known.set(id, (settings = make(id)));
    return settings;
  };
}

async function catalogueOf({ env, adapters }: Parts): Promise<Catalogue> {
  const { catalogue, findings } = await checkConfig(env.configDir, adapters);
  if (!catalogue) throw new ConfigError(findings);
  return catalogue;
}

interface Found extends Pick<Candidates, 'plan' | 'adapter'> {
  title: string;
  service: string | null;
  close(): Promise<void>;
}

async function candidateOf(
  shell: Shell,
  parts: Parts,
  { route: file, adapter: path }: Asked,
  catalogue: Catalogue,
): Promise<Found> {
  if (file === undefined) {
    const { adapter, close } = await candidateAdapter(shell, parts.env, path!);
    const known = parts.adapters.find((one) => adapterId(one) === adapterId(adapter));
    return { title: adapterTitle(adapter, known), service: null, adapter, close };
  }
  const found = await openCandidate(parts.env.configDir, file, parts.adapters);
  if (found.service === null) throw new UsageError(`${file} holds no route`);
  const [service, route] = ofService(found.catalogue, found.service);
  const was = catalogue.routes.get(service.code)?.version ?? 'none';
  const title = `${service.code}: route ${was} → ${route.version} (${file})`;
  const plan = compilePlan('', service, route);
  return { title, service: service.code, plan, close: () => Promise.resolve() };
}

function ofService({ services, routes }: Catalogue, code: string): [Service, Route] {
  return [services.get(code)!, routes.get(code)!];
}

function adapterTitle({ name, version }: Adapter, known: Adapter | undefined): string {
  return `${name}: ${known ? `${known.version} → ` : 'not carried yet, '}${version}`;
}
