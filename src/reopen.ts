/** Where a running bus reads its configuration anew, and what of it only a new start can take up. */
import type { Adapter } from './adapter-kit/contract.ts';
import type { Env } from './config/env.ts';
import { ConfigError } from './config/finding.ts';
import { lanesOf } from './config/lanes.ts';
import { openCatalogue } from './config/open-catalogue.ts';
import { headOfRoute } from './config/with-routes.ts';
import { namesIn } from './connectors/package/store.ts';
import type { Catalogue } from './domain/catalogue.ts';
import { layersOf, readActivated, type Activated } from './flow/activated.ts';
import type { ConfigRead, ConfigSource } from './flow/ports/config-source.ts';
import type { RouteLedger } from './flow/ports/ledger-routes.ts';

export interface SourceParts {
  env: Env;
  /** As it was started with. */
  catalogue: Catalogue;
  adapters: readonly Adapter[];
  /** The environment that secrets may stand in. */
  source: Record<string, string | undefined>;
  mask: (secrets: string[]) => void;
}

export async function configSource(parts: SourceParts): Promise<ConfigSource> {
  const { env, adapters, source, mask } = parts;
  const carried = await namesIn(env.dataDir);
  return {
    async read(routes): Promise<ConfigRead> {
      try {
        const { catalogue, secrets } = await openCatalogue(env, source, adapters, routes);
        lanesOf(env.lanes, catalogue);
        const restart = [...connectors(carried, await namesIn(env.dataDir)), ...loopback(parts, catalogue)];
        return { is: 'sound', catalogue, secrets, restart };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return { is: 'wrong', findings: error.findings };
      }
    },
    head: headOfRoute,
    mask,
    lanes: (catalogue) => lanesOf(env.lanes, catalogue),
  };
}

/** A connector is loaded into an interpreter of its own at start. */
function connectors(before: string[], now: string[]): string[] {
  const come = now.filter((name) => !before.includes(name)).map((name) => `connector ${name} was added`);
  const gone = before.filter((name) => !now.includes(name)).map((name) => `connector ${name} was removed`);
  return [...come, ...gone];
}

/** The connections that callbacks go by are opened at start, to the outside only where no platform is a sandbox. */
function loopback({ catalogue: before }: SourceParts, { platforms }: Catalogue): string[] {
  const isSandbox = ({ sandbox }: Catalogue['platforms'][number]): boolean => sandbox;
  const first = platforms.find(isSandbox);
  return first && !before.platforms.some(isSandbox)
    ? [`platform ${first.id} is the first sandbox: callbacks to this machine`]
    : [];
}

/** What was activated before the start, and fits the files as they are now. @throws ConfigError */
export async function openActivated(
  ledger: RouteLedger,
  config: ConfigSource | undefined,
): Promise<Activated> {
  const activated = await readActivated(ledger);
  for (const layer of config ? layersOf(activated) : []) {
    const read = await config!.read(layer);
    if (read.is === 'wrong') throw new ConfigError(read.findings);
  }
  return activated;
}
