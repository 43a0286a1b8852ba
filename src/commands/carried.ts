/** What this bus carries: the adapters that come with it, and the connectors that were added. */
import manifest from '../../package.json' with { type: 'json' };
import type { Adapter, Example } from '../adapter-kit/contract.ts';
import type { Clock } from '../clock.ts';
import type { Env } from '../config/env.ts';
import { ConfigError, type Finding } from '../config/finding.ts';
import type { OpenInstalled } from '../connectors/installed.ts';

export const BUS_VERSION: string = manifest.version;

/** Loaded when they are asked for: all adapters take longer to load than most commands take to run. */
export async function shippedAdapters(): Promise<Adapter[]> {
  return (await import('../../adapters/index.ts')).adapters;
}

/** `banking@1`, …; the bus's own adapter too: a connector of its name would be checked and never run. */
export async function shippedIds(): Promise<ReadonlySet<string>> {
  const [shipped, { busAdapter }, { adapterId }] = await Promise.all([
    shippedAdapters(),
    import('../adapter-kit/bus-adapter.ts'),
    import('../adapter-kit/registry.ts'),
  ]);
  return new Set([...shipped, busAdapter].map(adapterId));
}

/** Also those that cannot be carried. @throws ConfigError when it is not known whom to trust. */
export async function lookAtInstalled(
  { dataDir, configDir }: Pick<Env, 'dataDir' | 'configDir'>,
  clock: Clock,
): Promise<OpenInstalled> {
  // Loaded when it is called: an interpreter takes longer to load than most commands take to run.
  const { openInstalled } = await import('../connectors/installed.ts');
  const { readPublishers } = await import('../config/publishers.ts');
  const publishers = await readPublishers(configDir);
  return openInstalled({ dataDir, publishers, shipped: await shippedIds(), bus: BUS_VERSION, clock });
}

export interface Carried {
  adapters: Adapter[];
  /** Of the added ones, by adapter id: the first known shapes of their agencies' replies. */
  examples: ReadonlyMap<string, readonly Example[]>;
  /** Of those that cannot be carried: nothing starts with one. */
  findings: Finding[];
  close(): Promise<void>;
}

/** With mistakes in publishers.yaml, which the check of the configuration names, only what comes with the bus. */
export async function openCarried(env: Pick<Env, 'dataDir' | 'configDir'>, clock: Clock): Promise<Carried> {
  const { carried, broken, close } = await lookAtInstalled(env, clock).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    return { carried: [], broken: [], close: () => Promise.resolve() };
  });
  const { adapterId } = await import('../adapter-kit/registry.ts');
  const adapters = [...(await shippedAdapters()), ...carried.map(({ adapter }) => adapter)];
  const examples = new Map(carried.map((one) => [adapterId(one.adapter), one.examples]));
  return { adapters, examples, findings: broken.map(brokenFinding), close };
}

/** Every mistake at once: those of the connectors, and those that `work` throws. @throws ConfigError */
export async function withoutMistakes<T>(findings: Finding[], work: Promise<T>): Promise<T> {
  const done = await work.catch((error: unknown) => {
    throw error instanceof ConfigError ? new ConfigError([...findings, ...error.findings]) : error;
  });
  if (findings.length > 0) throw new ConfigError(findings);
  return done;
}

export function brokenFinding({ file, error }: OpenInstalled['broken'][number]): Finding {
  const code = 'code' in error ? String(error.code) : 'connector_broken';
  const fix = 'Mend that, or do without it: jembatan adapter remove';
  return { code, file, line: 0, pointer: '', message: error.message, fix };
}
