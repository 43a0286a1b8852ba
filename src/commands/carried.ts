/** What this bus carries: the adapters that come with it, and the connectors that were added. */
import manifest from '../../package.json' with { type: 'json' };
import { adapters as shipped } from '../../adapters/index.ts';
import type { Adapter } from '../adapter-kit/contract.ts';
import { adapterId } from '../adapter-kit/registry.ts';
import type { Clock } from '../clock.ts';
import type { Env } from '../config/env.ts';
import { ConfigError, type Finding } from '../config/finding.ts';
import { readPublishers } from '../config/publishers.ts';
import type { OpenInstalled } from '../connectors/installed.ts';

export const BUS_VERSION: string = manifest.version;
export const SHIPPED: ReadonlySet<string> = new Set(shipped.map(adapterId));

/** Also those that cannot be carried. @throws ConfigError when it is not known whom to trust. */
export async function lookAtInstalled(
  { dataDir, configDir }: Pick<Env, 'dataDir' | 'configDir'>,
  clock: Clock,
): Promise<OpenInstalled> {
  // Loaded when it is called: an interpreter takes longer to load than most commands take to run.
  const { openInstalled } = await import('../connectors/installed.ts');
  const publishers = await readPublishers(configDir);
  return openInstalled({ dataDir, publishers, shipped: SHIPPED, bus: BUS_VERSION, clock });
}

export interface Carried {
  adapters: Adapter[];
  close(): Promise<void>;
}

/** All of them or none: nothing starts half right. @throws ConfigError with a finding for each that is broken. */
export async function openCarried(env: Pick<Env, 'dataDir' | 'configDir'>, clock: Clock): Promise<Carried> {
  const { carried, broken, close } = await lookAtInstalled(env, clock);
  if (broken.length > 0) {
    await close();
    throw new ConfigError(broken.map(brokenFinding));
  }
  return { adapters: [...shipped, ...carried.map(({ adapter }) => adapter)], close };
}

export function brokenFinding({ file, error }: OpenInstalled['broken'][number]): Finding {
  const code = 'code' in error ? String(error.code) : 'connector_broken';
  const fix = 'Mend that, or do without it: jembatan adapter remove';
  return { code, file, line: 0, pointer: '', message: error.message, fix };
}
