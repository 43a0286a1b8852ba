/** What rehearsals need beside the configuration: the adapters at hand, and a stand-in for each. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Example } from '../../adapter-kit/contract.ts';
import { adapterId } from '../../adapter-kit/registry.ts';
import { simulatorOfExamples } from '../../adapter-kit/simulated-examples.ts';
import type { SimulatorModule } from '../../adapter-kit/simulator.ts';
import type { Clock } from '../../clock.ts';
import { readEnv, type Env } from '../../config/env.ts';
import { ConfigError } from '../../config/finding.ts';
import type { OpenInstalled } from '../../connectors/installed.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import type { SimulatorOf } from '../../rehearse/players.ts';
import type { StageOptions } from '../../rehearse/stage.ts';
import { adapters as shipped } from '../../../adapters/index.ts';
import { brokenFinding, lookAtInstalled, shippedIds } from '../carried.ts';
import { documentsIn } from '../send-documents.ts';
import { jsonOf, UsageError, type Shell } from '../shell.ts';

export interface Parts extends Pick<StageOptions, 'adapters' | 'simulatorOf' | 'turn'> {
  env: Env;
  close(): Promise<void>;
}

export async function openParts(shell: Shell, configDir: string | undefined): Promise<Parts> {
  const env = readEnv({ ...shell.env, ...(configDir !== undefined && { JEMBATAN_CONFIG: configDir }) });
  const installed = await lookAtInstalled(env, shell.clock);
  if (installed.broken.length > 0) throw new ConfigError(installed.broken.map(brokenFinding));
  return {
    env,
    adapters: [...shipped, ...installed.carried.map(({ adapter }) => adapter)],
    simulatorOf: simulatorsOf(installed, shell.clock),
    turn: shell.clock.turn,
    close: installed.close,
  };
}

/** A shipped adapter's own; a stranger's would run natively, so that its examples stand in for it. */
function simulatorsOf({ carried }: OpenInstalled, clock: Clock): SimulatorOf {
  return async ({ adapter, major }) => {
    const id = `${adapter}@${major}`;
    const found = carried.find((one) => adapterId(one.adapter) === id);
    if (!found || (await shippedIds()).has(id)) return shippedSimulator(adapter);
    const { loadFolder } = await import('../../connectors/load.ts');
    const { examples, close } = await loadFolder(found.installed.folder, { clock, as: 'foreign' });
    await close();
    return simulatorOfExamples(
      found.adapter,
      examples.map(({ example }): Example => example),
    );
  };
}

/** The folder's name is the adapter's name. */
async function shippedSimulator(adapter: string): Promise<SimulatorModule> {
  return (await import(`../../../adapters/${adapter}/simulator.ts`)) as SimulatorModule;
}

export interface FoundApplication {
  application: JsonObject;
  find(sha256: string): Promise<Uint8Array | undefined>;
  /** Where it is from. */
  file: string;
}

/** The named file, or the first example of the service beside the configuration; undefined when there is none. */
export async function findApplication(
  { env }: Pick<Parts, 'env'>,
  service: string,
  named: string | undefined,
): Promise<FoundApplication | undefined> {
  if (named !== undefined) {
    const application = asObject(await jsonOf('--application', named), named);
    return { application, file: named, find: finder(named) };
  }
  const folder = join(dirname(resolve(env.configDir)), 'examples');
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.json')).toSorted()) {
    const file = join(folder, name);
    const application = JSON.parse(await readFile(file, 'utf8')) as JsonObject;
    if (application['serviceCode'] === service)
      return { application, file: relative('', file), find: finder(file) };
  }
  return undefined;
}

function asObject(value: unknown, file: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new UsageError(`--application ${file}: it holds no JSON object: one application a file`);
}

/** Documents beside the application; what is not there is made up. */
export function finder(file: string): FoundApplication['find'] {
  const documents = documentsIn(undefined);
  return (sha256) => documents.find(file, sha256).catch(() => undefined);
}
