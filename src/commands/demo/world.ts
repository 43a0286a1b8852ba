/** The demo's world: the example mall with its agencies' stand-ins on free ports, in a data folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv, type Env } from '../../config/env.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import { openCatalogue, start, type Running } from '../../main.ts';
import { writeSecrets } from './secrets.ts';
import { standIn, type StandIn } from './stand-in.ts';

export interface World {
  env: Env;
  running: Running;
  /** By role (dukcapil, bank, police), the first entry of each; all of them stand in `all`. */
  standIns: Record<string, StandIn>;
  all: StandIn[];
  close(): Promise<void>;
}

/** Quick tempers, so that a demo of troubles takes seconds: an agency that fails is asked again at once. */
const PATIENCE = { circuitSleep: '1s', circuitCap: '2s', circuitFailures: 5 };

export async function makeWorld(configDir: string, logLevel: string): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jembatan-demo-'));
  const own = await writeSecrets(dataDir, configDir);
  const env = readEnv({
    JEMBATAN_DATA: dataDir,
    JEMBATAN_CONFIG: configDir,
    JEMBATAN_PORT: '0',
    JEMBATAN_LOG: logLevel,
  });
  const { catalogue, secrets } = await openCatalogue(env, {});
  const all: StandIn[] = [];
  let busUrl = '';
  for (const agency of catalogue.agencies) {
    const settings = { ...agency.settings, simulator: own.get(agency.id) ?? {} };
    all.push(await standIn(agency, settings, () => busUrl));
  }
  const running = await start({ env, secrets, catalogue: pointedAt(catalogue, all) });
  busUrl = running.url;
  const close = async (): Promise<void> => {
    await running.stop();
    for (const one of all) one.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  // The first entry of a role wins.
  const standIns = Object.fromEntries(all.toReversed().map((one) => [one.agency.role, one]));
  return { env, running, standIns, all, close };
}

function pointedAt(catalogue: Catalogue, all: StandIn[]): Catalogue {
  const agencies = catalogue.agencies.map((agency, at) => ({
    ...agency,
    limits: { ...agency.limits, ...PATIENCE },
    retry: { ...agency.retry, base: '1s' },
    settings: { ...agency.settings, baseUrl: all[at]!.url },
  }));
  return { ...catalogue, agencies };
}
