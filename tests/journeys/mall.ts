/** A mall for journeys: configuration, secrets and a key on disk, stand-ins over real HTTP, and a bus that may die and come back. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'vitest';
import { parse, stringify } from 'yaml';
import { systemClock } from '../../src/clock.ts';
import { readEnv, type Env } from '../../src/config/env.ts';
import { SCOPES, type DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { openStore } from '../../src/open.ts';
import { ROOT, startBus, type BusProcess, type Settings } from './bus-process.ts';
import { openStandIn, type StandIn } from './stand-in.ts';
import { stampConfig } from './stamp-office.ts';

/** The shipped command line. */
export const CLI = ['src/cli.ts', 'start'];
/** The same with the stamp office, and with less patience after lost answers. */
export const ENTRY = ['tests/journeys/bus-entry.ts'];

export type Role = 'dukcapil' | 'bank' | 'police' | 'stamps';

export interface Mall {
  env: Env;
  settings: Settings;
  key: string;
  standIns: Record<Role, StandIn>;
  /** The bus that runs now, or ran last. */
  bus: BusProcess;
  /** What every bus of this mall wrote. */
  output(): string;
  start(): Promise<BusProcess>;
  /** Reads the ledger beside the bus, also while it is stopped or dead. */
  look<T>(read: (ledger: DeskLedger) => Promise<T>): Promise<T>;
}

type Entries = Record<
  string,
  { role: Role; settings: Record<string, unknown>; limits?: object; retry?: object }
>;

/** Quick tempers: what takes minutes in a real mall takes seconds here. */
const QUICK = { concurrency: 16, perSecond: 500, circuitSleep: '1s', circuitCap: '2s' };

/** Makes a mall whose agencies are not open yet and whose bus is not started; both end with the test. */
export async function makeMall({ onTestFinished }: TestContext, entry: string[] = CLI): Promise<Mall> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-journey-'));
  const [dataDir, configDir] = [join(folder, 'data'), join(folder, 'config')];
  const buses: BusProcess[] = [];
  const standIns = await describe(
    configDir,
    dataDir,
    entry === ENTRY,
    () => mall.bus?.url ?? 'http://127.0.0.1:9',
  );
  const settings = { JEMBATAN_DATA: dataDir, JEMBATAN_CONFIG: configDir, JEMBATAN_PORT: '0' };
  const env = readEnv(settings);
  const look: Mall['look'] = async (read) => {
    const { ledger } = await openStore(env, 'guest');
    try {
      return await read(ledger);
    } finally {
      await ledger.close();
    }
  };
  const mall: Mall = {
    env,
    settings,
    standIns,
    look,
    bus: undefined as unknown as BusProcess,
    key: await makeKey(env),
    output: () => buses.map((bus) => bus.output()).join('\n'),
    async start() {
      mall.bus = await startBus(settings, entry);
      buses.push(mall.bus);
      return mall.bus;
    },
  };
  onTestFinished(async () => {
    for (const bus of buses) bus.signal('SIGKILL');
    await Promise.all(buses.map(({ ended }) => ended));
    for (const one of Object.values(standIns)) one.close();
    await rm(folder, { recursive: true, force: true });
  });
  return mall;
}

async function makeKey(env: Env): Promise<string> {
  const { ledger, vault } = await openStore(env, 'guest');
  const { text, row } = newApiKey(
    { clock: systemClock, vault },
    { platform: 'mpp-kuburaya', scopes: SCOPES, title: 'journey', expiresAt: null },
  );
  await ledger.createKey(row);
  await ledger.close();
  return text;
}

/** The three agencies of these journeys, and the services that need no other. */
const AGENCIES = new Set(['dukcapil-6112', 'bank-kalbar', 'polres-6112']);
const SERVICES = new Set(['dukcapil.kk-perubahan.yaml', 'polres.skck.yaml', 'polres.skck-kk.yaml']);

function isOfMall(path: string): boolean {
  return !/[/\\](services|routes)[/\\][^/\\]+$/.test(path) || SERVICES.has(basename(path));
}

/** Writes configuration and secrets, and makes the stand-ins that they point at. */
async function describe(
  configDir: string,
  dataDir: string,
  withStamps: boolean,
  bus: () => string,
): Promise<Mall['standIns']> {
  await cp(join(ROOT, 'config'), configDir, { recursive: true, filter: isOfMall });
  const all = parse(await readFile(join(configDir, 'agencies.yaml'), 'utf8')) as Entries;
  const entries = Object.fromEntries(Object.entries(all).filter(([id]) => AGENCIES.has(id)));
  if (withStamps) {
    entries['stamps-9901'] = structuredClone(stampConfig.agency) as Entries[string];
    await writeFile(join(configDir, 'services/stamps.yaml'), stringify(stampConfig.service));
    await writeFile(join(configDir, 'routes/stamps.yaml'), stringify(stampConfig.route));
  }
  const secrets = await writeSecrets(join(dataDir, 'secrets'));
  const standIns = {} as Mall['standIns'];
  for (const [id, agency] of Object.entries(entries)) {
    const standIn = await openStandIn(id, agency.role, secrets.resolve(agency.settings), bus);
    agency.settings['baseUrl'] = standIn.url;
    agency.limits = { ...QUICK, ...agency.limits, ...(agency.role !== 'stamps' && QUICK) };
    agency.retry = { ...agency.retry, attempts: 20, base: '1s' };
    standIns[agency.role] = standIn;
  }
  await writeFile(join(configDir, 'agencies.yaml'), stringify(entries));
  return standIns;
}

/** Fresh secrets, and the bank's own key, by which its stand-in signs in at our side. */
async function writeSecrets(
  folder: string,
): Promise<{ resolve(settings: Record<string, unknown>): Record<string, unknown> }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [ours, banks] = [keyPair(), keyPair()];
  const values: Record<string, string> = {
    'bank-kalbar-privateKey': ours.privateKey,
    'bank-kalbar-bankPublicKey': banks.publicKey,
  };
  for (const name of [
    'dukcapil-6112-password',
    'dukcapil-6112-newsSecret',
    'bank-kalbar-clientSecret',
    'bank-kalbar-hostedSecret',
    'polres-6112-apiKey',
    'polres-6112-newsSecret',
    'stamps-9901-password',
  ]) {
    values[name] = randomBytes(24).toString('base64url');
  }
  for (const [name, value] of Object.entries(values))
    await writeFile(join(folder, name), value, { mode: 0o600 });
  const resolve = (value: unknown): unknown => values[String(value).replace('secret://file/', '')] ?? value;
  return {
    resolve: (settings) => ({
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, resolve(value)])),
      simulator: { privateKey: banks.privateKey },
    }),
  };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
