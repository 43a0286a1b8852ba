/** The demo's world: the example mall with its agencies' stand-ins on free ports, in a data folder of its own. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { makeSimulator as bank } from '../../../adapters/banking/simulator.ts';
import { makeSimulator as civilRegistry } from '../../../adapters/civil-registry/simulator.ts';
import { makeSimulator as police } from '../../../adapters/police/simulator.ts';
import type { MakeSimulator, Simulator } from '../../adapter-kit/simulator.ts';
import { systemClock } from '../../clock.ts';
import { readEnv, type Env } from '../../config/env.ts';
import type { Agency, Catalogue } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import { openCatalogue, start, type Running } from '../../main.ts';

const SIMULATORS: Record<string, MakeSimulator> = { 'civil-registry': civilRegistry, banking: bank, police };

export interface StandIn {
  agency: Agency;
  simulator: Simulator;
  url: string;
  /** Opens its door; until then connections are refused. */
  open(): Promise<void>;
  close(): void;
}

export interface World {
  env: Env;
  running: Running;
  /** By role: dukcapil, bank, police. */
  standIns: Record<string, StandIn>;
  close(): Promise<void>;
}

/** Quick tempers, so that a demo of troubles takes seconds: an agency that fails is asked again at once. */
const PATIENCE = { circuitSleep: '1s', circuitCap: '2s', circuitFailures: 5 };

export async function makeWorld(configDir: string, logLevel: string): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jembatan-demo-'));
  const keys = await writeSecrets(dataDir);
  const env = readEnv({
    JEMBATAN_DATA: dataDir,
    JEMBATAN_CONFIG: configDir,
    JEMBATAN_PORT: '0',
    JEMBATAN_LOG: logLevel,
  });
  const { catalogue, secrets } = await openCatalogue(env, {});
  const standIns: Record<string, StandIn> = {};
  let busUrl = '';
  for (const agency of catalogue.agencies) {
    const settings = { ...agency.settings, simulator: { privateKey: keys.bankPrivateKey } };
    standIns[agency.role] = await standIn(agency, settings, () => busUrl);
  }
  const running = await start({ env, secrets, catalogue: pointedAt(catalogue, standIns) });
  busUrl = running.url;
  const close = async (): Promise<void> => {
    await running.stop();
    for (const one of Object.values(standIns)) one.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { env, running, standIns, close };
}

function pointedAt(catalogue: Catalogue, standIns: Record<string, StandIn>): Catalogue {
  const agencies = catalogue.agencies.map((agency) => ({
    ...agency,
    limits: { ...agency.limits, ...PATIENCE },
    retry: { ...agency.retry, base: '1s' },
    settings: { ...agency.settings, baseUrl: standIns[agency.role]!.url },
  }));
  return { ...catalogue, agencies };
}

async function standIn(agency: Agency, settings: JsonObject, bus: () => string): Promise<StandIn> {
  const make = SIMULATORS[agency.adapter];
  if (!make) throw new Error(`The adapter ${agency.adapter} has no stand-in`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const simulator = make({
    settings: { ...settings, baseUrl: url },
    now: systemClock.now,
    after: systemClock.after,
    send: (path, init) => fetch(`${bus()}/hosted/${agency.id}${path}`, init),
  });
  let server: Server | null = null;
  return {
    agency,
    simulator,
    url,
    open: () =>
      new Promise((resolve) => {
        server = serve(
          { fetch: (request, env) => simulator.fetch(request, env), port, hostname: '127.0.0.1' },
          () => resolve(),
        ) as Server;
      }),
    close() {
      server?.close();
      server?.closeAllConnections();
    },
  };
}

/** A port that was free a moment ago: an agency that is down must refuse at a known address. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = serve({ fetch: () => new Response(), port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      probe.close(() => resolve(port)),
    );
  });
}

/** The example mall's secrets, fresh for each demo. */
async function writeSecrets(dataDir: string): Promise<{ bankPrivateKey: string }> {
  const ours = keyPair();
  const banks = keyPair();
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const chance = (): string => systemClock.random(24).toString('base64url');
  const secrets: Record<string, string> = {
    'dukcapil-6112-password': chance(),
    'dukcapil-6112-newsSecret': chance(),
    'bank-kalbar-clientSecret': chance(),
    'bank-kalbar-hostedSecret': chance(),
    'bank-kalbar-privateKey': ours.privateKey,
    'bank-kalbar-bankPublicKey': banks.publicKey,
    'polres-6112-apiKey': chance(),
    'polres-6112-newsSecret': chance(),
  };
  for (const [name, value] of Object.entries(secrets))
    await writeFile(join(folder, name), value, { mode: 0o600 });
  return { bankPrivateKey: banks.privateKey };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
