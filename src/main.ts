/** Opens a bus from its settings, serves it, and stops it well. */
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { adapters as shipped } from '../adapters/index.ts';
import type { Adapter } from './adapter-kit/contract.ts';
import { signInOf } from './adapter-kit/sign-in/index.ts';
import { tools } from './adapter-kit/tools.ts';
import { joinBus, type Bus } from './bus.ts';
import { systemClock } from './clock.ts';
import { checkConfig } from './config/check.ts';
import type { Env } from './config/env.ts';
import { ConfigError } from './config/finding.ts';
import { resolveSecrets } from './config/secrets.ts';
import type { Agency, Catalogue } from './domain/catalogue.ts';
import type { DeskLedger } from './flow/ports/ledger-desk.ts';
import type { Log } from './flow/ports/log.ts';
import type { Vault } from './flow/ports/vault.ts';
import { listen } from './http/listen.ts';
import { LedgerRefused, sqliteLedger } from './ledger/sqlite/index.ts';
import { makeCallbackPoster } from './outbound/callback-post.ts';
import { makeCaller } from './outbound/http-call.ts';
import { makeVault, openKeyFile } from './privacy/keys.ts';
import { makeMask } from './privacy/mask.ts';
import { memoryQueue } from './queue/memory-queue.ts';
import { makeLog } from './watch/log.ts';

export interface Running {
  bus: Bus;
  log: Log;
  url: string;
  port: number;
  /** Takes no more work, waits for what is open, closes everything. */
  stop(): Promise<void>;
}

/** The configuration, checked as a whole, with its secrets. Throws a ConfigError with every finding. */
export async function openCatalogue(
  env: Env,
  source: Record<string, string | undefined>,
  adapters = shipped,
): Promise<{ catalogue: Catalogue; secrets: string[] }> {
  const { catalogue, findings } = await checkConfig(env.configDir, adapters);
  if (!catalogue) throw new ConfigError(findings);
  const secrets: string[] = [];
  const missing: ConfigError['findings'] = [];
  const agencies: Agency[] = [];
  for (const agency of catalogue.agencies) {
    try {
      const resolved = await resolveSecrets(agency.settings, { dataDir: env.dataDir, env: source });
      secrets.push(...resolved.secrets);
      agencies.push({ ...agency, settings: resolved.settings });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      missing.push(...error.findings);
    }
  }
  if (missing.length > 0) throw new ConfigError(missing);
  return { catalogue: { ...catalogue, agencies }, secrets };
}

/** The ledger and the vault of a data folder: for the bus (`owner`) and for commands beside it (`guest`). */
export async function openStore(
  env: Env,
  as: 'owner' | 'guest',
): Promise<{ ledger: DeskLedger; vault: Vault }> {
  await mkdir(env.dataDir, { recursive: true, mode: 0o700 });
  const path = env.ledger.slice('sqlite:'.length);
  const keyFile = join(env.dataDir, 'keys.json');
  const orphaned = existsSync(path) && !existsSync(keyFile);
  await makePrivate(path);
  const ledger = sqliteLedger(path, systemClock, as);
  if (orphaned) {
    await ledger.close();
    throw new LedgerRefused(`${path} is sealed under ${keyFile}, which is gone: put it back from its backup`);
  }
  return { ledger, vault: makeVault(openKeyFile(keyFile, systemClock.random), systemClock) };
}

/** SQLite makes its files as readable as the ledger's own: so that one is there before, for its owner only. */
async function makePrivate(path: string): Promise<void> {
  if (path === ':memory:') return;
  // What stands in the way the ledger itself reports, with what to do.
  const file = await open(path, 'a', 0o600).catch(() => null);
  await file?.close();
}

export interface StartOptions {
  env: Env;
  catalogue: Catalogue;
  secrets: string[];
  /** What the bus carries; the shipped list when absent. */
  adapters?: Adapter[];
}

/** Starts the bus and listens. Nothing is opened before the whole configuration holds. */
export async function start({ env, catalogue, secrets, adapters = shipped }: StartOptions): Promise<Running> {
  const mask = makeMask(secrets);
  const log = makeLog(env.logLevel, mask);
  const { ledger, vault } = await openStore(env, 'owner');
  const released = await ledger.endLeases();
  const queue = memoryQueue(systemClock, log);
  const caller = makeCaller({ clock: systemClock, mask, signInOf, tools });
  const poster = makeCallbackPoster({
    clock: systemClock,
    allowLoopback: catalogue.platforms.some(({ sandbox }) => sandbox),
  });
  // The door opens first, for only it knows which port a 0 became; nobody is let in before the bus is joined.
  const server = await listen((request, node) => bus.app.fetch(request, node), env);
  const { port } = server.address() as { port: number };
  const url = env.port === 0 ? env.url.replace(/:0$/, `:${port}`) : env.url;
  const bus = joinBus({
    clock: systemClock,
    log,
    ledger,
    queue,
    vault,
    caller,
    poster,
    adapters,
    catalogue,
    url,
  });
  const stopWork = bus.work();
  log.info('bus.started', {
    port,
    agencies: catalogue.agencies.length,
    services: catalogue.services.size,
    released,
  });
  const stop = async (): Promise<void> => {
    bus.drain();
    server.close();
    server.closeIdleConnections();
    await stopWork();
    await Promise.all([caller.close(), poster.close()]);
    server.closeAllConnections();
    await ledger.close();
    log.info('bus.stopped');
  };
  return { bus, log, url, port, stop };
}
