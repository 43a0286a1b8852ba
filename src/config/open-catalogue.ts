/** The configuration, checked as a whole, with its secrets: what a bus starts with, and what a reload puts in force. */
import type { Adapter } from '../adapter-kit/contract.ts';
import type { Agency, Catalogue } from '../domain/catalogue.ts';
import { checkConfig } from './check.ts';
import type { Env } from './env.ts';
import { ConfigError, type Finding } from './finding.ts';
import { resolveAgency } from './secrets.ts';
import { withRoutes, type RouteFile } from './with-routes.ts';

export interface OpenCatalogue {
  catalogue: Catalogue;
  secrets: string[];
}

/** With `routes`, as it would be with these in the place of the files'. Throws a ConfigError with every finding. */
export async function openCatalogue(
  env: Pick<Env, 'configDir' | 'dataDir'>,
  source: Record<string, string | undefined>,
  adapters: readonly Adapter[],
  routes: RouteFile[] = [],
): Promise<OpenCatalogue> {
  const { catalogue, findings } = await withRoutes(env.configDir, routes, (folder) =>
    checkConfig(folder, adapters),
  );
  if (!catalogue) throw new ConfigError(findings);
  return withSecrets(catalogue, { dataDir: env.dataDir, env: source });
}

async function withSecrets(
  catalogue: Catalogue,
  places: Parameters<typeof resolveAgency>[1],
): Promise<OpenCatalogue> {
  const secrets: string[] = [];
  const missing: Finding[] = [];
  const agencies: Agency[] = [];
  for (const agency of catalogue.agencies) {
    try {
      const resolved = await resolveAgency(agency, places);
      secrets.push(...resolved.secrets);
      agencies.push(resolved.agency);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      missing.push(...error.findings);
    }
  }
  if (missing.length > 0) throw new ConfigError(missing);
  return { catalogue: { ...catalogue, agencies }, secrets };
}
