/** The systems that are measured: each a set of processes behind one URL. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { startPostgres, startRedis, type Server } from '../tests/support/servers.ts';
import { LISTENING } from './agency.ts';
import { CLI, makeMall, type Mall } from './mall.ts';
import { launch, ownFolder, type Child } from './process.ts';

/** One process (with its children), measured apart. */
export interface Part {
  name: string;
  pid: number;
}

export interface System {
  name: string;
  /** Where applications are posted. */
  url: string;
  key: string;
  parts: Part[];
  stop(): Promise<void>;
}

const HERE = fileURLToPath(new URL('./', import.meta.url));
/** As `npm start` runs the bus; the peers get the same. */
const NURSERY = ['--max-semi-space-size=64'];

const node = (args: string[], listens = LISTENING, env: Record<string, string> = {}): Promise<Child> =>
  launch(process.execPath, [...NURSERY, ...args], listens, env);

const urlOf = ({ port }: Child): string => `http://127.0.0.1:${port}/v1/applications`;

export async function startPlain(agencyPort: number): Promise<System> {
  const child = await node([`${HERE}peers/plain.ts`, String(agencyPort)]);
  const parts = [{ name: 'forwarder', pid: child.pid }];
  return { name: 'plain forwarder', url: urlOf(child), key: 'none', parts, stop: child.stop };
}

/** Its Redis keeps an append-only file, synced every second: as ours does. */
export async function startBullmq(agencyPort: number): Promise<System> {
  const redis = await startRedis();
  ownFolder(redis.folder);
  const child = await node([`${HERE}peers/bullmq.ts`, String(agencyPort), String(redis.port)]);
  const parts = [{ name: 'forwarder', pid: child.pid }, await redisPart(redis)];
  const stop = async (): Promise<void> => {
    await child.stop();
    await redis.remove();
  };
  return { name: 'Hono + BullMQ', url: urlOf(child), key: 'none', parts, stop };
}

export async function startEmbedded({ env, key }: Mall): Promise<System> {
  const child = await node([CLI, 'start'], LISTENING, env);
  const parts = [{ name: 'all', pid: child.pid }];
  return { name: 'embedded', url: urlOf(child), key, parts, stop: child.stop };
}

/** The servers of the distributed edition and a mall over them. */
export interface Stage {
  mall: Mall;
  postgres: Server;
  redis: Server;
  remove(): Promise<void>;
}

/** Memory as for a machine that is the database's own; `fsync` and `synchronous_commit` stay as they are: on. */
const POSTGRES = {
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  max_connections: '200',
};

export async function makeStage(agencyPort: number): Promise<Stage> {
  const postgres = await startPostgres(POSTGRES);
  const redis = await startRedis();
  for (const { folder } of [postgres, redis]) ownFolder(folder);
  const mall = await makeMall(agencyPort, { ledger: postgres.url, queue: redis.url });
  const remove = async (): Promise<void> => {
    await mall.remove();
    await Promise.all([postgres.remove(), redis.remove()]);
  };
  return { mall, postgres, redis, remove };
}

/** One api and so many workers, each a process. */
export async function startDistributed({ mall, postgres, redis }: Stage, workers: number): Promise<System> {
  const role = (name: string): Promise<Child> =>
    node([CLI, 'start'], LISTENING, { ...mall.env, JEMBATAN_ROLE: name });
  const api = await role('api');
  const children = await Promise.all(Array.from({ length: workers }, () => role('worker')));
  const parts = [
    { name: 'api', pid: api.pid },
    ...children.map(({ pid }, at) => ({ name: `worker ${at + 1}`, pid })),
    { name: 'postgres', pid: await postgresPid(postgres) },
    await redisPart(redis),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all([api, ...children].map((child) => child.stop()));
  };
  return { name: `distributed, 1 api + ${workers} worker`, url: urlOf(api), key: mall.key, parts, stop };
}

async function postgresPid({ folder }: Server): Promise<number> {
  return Number((await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function redisPart({ url }: Server): Promise<Part> {
  const pid = /process_id:(\d+)/.exec(await withRedis(url, (redis) => redis.info('server')));
  return { name: 'redis', pid: Number(pid![1]) };
}

/** Asks a Redis something over a connection of its own. */
export async function withRedis<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
