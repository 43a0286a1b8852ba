/** Opens what the environment names: the ledger with its clock and keys, and the queue. Who comes after it knows no edition. */
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ledClock, systemClock, type Clock, type LedClock } from './clock.ts';
import type { Env } from './config/env.ts';
import type { DeskLedger } from './flow/ports/ledger-desk.ts';
import type { Log } from './flow/ports/log.ts';
import type { Queue } from './flow/ports/queue.ts';
import type { Vault } from './flow/ports/vault.ts';
import { LedgerRefused } from './ledger/refused.ts';
import type { OpenAs } from './ledger/sqlite/database.ts';
import { sqliteLedger } from './ledger/sqlite/index.ts';
import { makeVault, openKeyFile } from './privacy/keys.ts';
import { SealError } from './privacy/seal.ts';
import { memoryQueue } from './queue/memory-queue.ts';

export interface Store {
  ledger: DeskLedger;
  vault: Vault;
  /** The ledger's clock. */
  clock: Clock;
}

export const isShared = ({ ledger }: Pick<Env, 'ledger'>): boolean => !ledger.startsWith('sqlite:');

/**
 * The ledger and the vault over it: for the bus (`owner`), for commands beside it (`guest`), and for those that only look
 * (`reader`), which make and change nothing. Throws LedgerRefused.
 */
export async function openStore(env: Env, as: OpenAs): Promise<Store> {
  if (as !== 'reader') await mkdir(env.dataDir, { recursive: true, mode: 0o700 });
  const store = isShared(env) ? await openShared(env, as) : await openOwn(env, as);
  try {
    await checkKeys(store, keyFileOf(env), as);
    return store;
  } catch (error) {
    await store.ledger.close();
    throw error;
  }
}

export const keyFileOf = ({ dataDir }: Pick<Env, 'dataDir'>): string => join(dataDir, 'keys.json');

/** SQLite in the data folder, and a key file made at the first start. */
async function openOwn(env: Env, as: OpenAs): Promise<Store> {
  const path = env.ledger.slice('sqlite:'.length);
  const keyFile = keyFileOf(env);
  const orphaned = existsSync(path) && !existsSync(keyFile);
  if (as !== 'reader') await makePrivate(path);
  const ledger = sqliteLedger(path, systemClock, as);
  if (orphaned) {
    await ledger.close();
    throw new LedgerRefused(`${path} is sealed under ${keyFile}, which is gone: put it back from its backup`);
  }
  return {
    ledger,
    vault: makeVault(openKeyFile(keyFile, systemClock.random), systemClock),
    clock: systemClock,
  };
}

/** PostgreSQL, whose time all processes go by; a key file of their own would part them, so it must be there. */
async function openShared(env: Env, as: OpenAs): Promise<Store> {
  const keyFile = keyFileOf(env);
  if (!existsSync(keyFile)) {
    throw new LedgerRefused(
      `${keyFile} is missing: copy the one that the other processes have (jembatan migrate makes the first)`,
    );
  }
  // Loaded where it is used: the embedded edition carries neither pg nor BullMQ in its memory.
  const { postgresLedger } = await import('./ledger/postgres/index.ts');
  const clock = ledClock();
  const ledger = await postgresLedger(env.ledger, clock, { reader: as === 'reader' });
  clock.set(await timeOf(env));
  return { ledger, vault: makeVault(openKeyFile(keyFile, systemClock.random), clock), clock };
}

/** Owner of a key that seals nothing: it tells the right key file from another. */
const TOUCHSTONE = 'bus/touchstone';

async function checkKeys({ ledger, vault }: Store, keyFile: string, as: OpenAs): Promise<void> {
  const known = await ledger.wrappedKey(TOUCHSTONE);
  // Without one nothing was ever sealed.
  if (!known && as === 'reader') return;
  const stored = known ?? (await ledger.wrappedKey(TOUCHSTONE, (await vault.newKey(TOUCHSTONE)).wrapped));
  try {
    await vault.openKey(TOUCHSTONE, stored!);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new LedgerRefused(
      `${keyFile} is not the key file that this ledger is sealed under: put that one in its place`,
    );
  }
}

/** SQLite makes its files as readable as the ledger's own: so that one is there before, for its owner only. */
async function makePrivate(path: string): Promise<void> {
  if (path === ':memory:') return;
  // What stands in the way the ledger itself reports, with what to do.
  const file = await open(path, 'a', 0o600).catch(() => null);
  await file?.close();
}

async function timeOf(env: Env): Promise<number> {
  const { serverTime } = await import('./ledger/postgres/server-time.ts');
  return serverTime(env.ledger, systemClock);
}

const SYNC_MS = 60_000;
const SKEWED_MS = 5_000;

/** Keeps a shared ledger's clock by the server's; says so when this machine's own is far from it. Returns what ends it. */
export function keepTime(env: Env, clock: Clock, log: Log): () => void {
  if (!isShared(env)) return () => undefined;
  let cancel: () => void = () => undefined;
  let over = false;
  const keep = async (): Promise<void> => {
    try {
      const now = await timeOf(env);
      (clock as LedClock).set(now);
      const aheadMs = systemClock.now() - now;
      if (Math.abs(aheadMs) > SKEWED_MS) log.warn('clock.skewed', { aheadMs });
    } catch (error) {
      log.warn('clock.unheard', { error });
    }
    if (!over) cancel = clock.after(SYNC_MS, () => void keep());
  };
  void keep();
  return () => {
    over = true;
    cancel();
  };
}

export interface OpenQueue {
  queue: Queue;
  /** Lets go of what only one process may hold. */
  release(): Promise<void>;
}

/** The queue that the environment names. `lost` is called when this process may not answer lanes any more. */
export async function openQueue(env: Env, clock: Clock, log: Log, lost: () => void): Promise<OpenQueue> {
  const nothing = async (): Promise<void> => undefined;
  if (env.queue !== 'memory') {
    const { checkRedis, openRedis } = await import('./queue/redis.ts');
    const { bullmqQueue } = await import('./queue/bullmq-queue.ts');
    const redis = openRedis(env.queue, clock);
    await checkRedis(redis, clock, log);
    return { queue: bullmqQueue(redis, clock, log), release: nothing };
  }
  const alone = isShared(env) && env.role !== 'api';
  return {
    release: alone ? await onlyOne(env, clock, lost) : nothing,
    queue: memoryQueue(clock, log),
  };
}

async function onlyOne(env: Env, clock: Clock, lost: () => void): Promise<() => Promise<void>> {
  const { soleWorker } = await import('./ledger/postgres/sole-worker.ts');
  return soleWorker(env.ledger, clock, lost);
}
