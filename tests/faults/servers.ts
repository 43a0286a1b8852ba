/** The servers of a mall and the links to them; none of either in the embedded edition. */
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { startPostgres, startRedis, type Server } from '../support/servers.ts';
import type { Settings } from '../journeys/bus-process.ts';
import { mountDisk } from './disk.ts';
import { openLink, type Link } from './link.ts';
import type { MallOptions } from './mall.ts';

type Side = 'api' | 'worker';

export interface Servers {
  postgres: Server | null;
  redis: Server | null;
  /** Between each side of the bus and its servers. */
  postgresLinks: Record<Side, Link> | null;
  redisLinks: Record<Side, Link> | null;
}

export async function openServers(
  { edition, postgres: config, redis: args, disk: megabytes }: MallOptions,
  disk: string | null,
): Promise<Servers> {
  if (disk !== null) mountDisk(disk, megabytes!);
  if (edition === 'embedded') return { postgres: null, redis: null, postgresLinks: null, redisLinks: null };
  const [postgres, redis] = await Promise.all([onDisk(disk, () => startPostgres(config)), startRedis(args)]);
  return {
    postgres,
    redis,
    postgresLinks: { api: await openLink(postgres), worker: await openLink(postgres) },
    redisLinks: { api: await openLink(redis), worker: await openLink(redis) },
  };
}

/** Servers make their folders where temporary ones go. */
function onDisk(disk: string | null, start: () => Promise<Server>): Promise<Server> {
  if (disk === null) return start();
  // PostgreSQL runs as a user of its own, who must get there.
  chmodSync(dirname(disk), 0o711);
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = disk;
  const starting = start();
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  return starting;
}

/** Settings past every link. */
export const direct = ({ postgres, redis }: Servers): Settings =>
  postgres && redis ? { JEMBATAN_LEDGER: postgres.url, JEMBATAN_QUEUE: redis.url } : {};

/** Settings of one side of the bus. */
export function through(mall: Servers, side: Side): Settings {
  if (!mall.postgresLinks || !mall.redisLinks) return {};
  const ledger = new URL(mall.postgres!.url);
  ledger.port = String(mall.postgresLinks[side].port);
  return {
    JEMBATAN_LEDGER: ledger.href,
    JEMBATAN_QUEUE: `redis://127.0.0.1:${mall.redisLinks[side].port}`,
  };
}
