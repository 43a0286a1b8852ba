/** Versions that the servers of the distributed edition say they are. */
import { query } from './seed/postgres.ts';
import { withRedis, type Stage } from './systems.ts';

export async function serverVersions(stage: Stage): Promise<{ postgres: string; redis: string }> {
  const rows = await query<{ server_version: string }>(stage.postgres.url, 'SHOW server_version');
  const info = await withRedis(stage.redis.url, (redis) => redis.info('server'));
  const postgres = rows[0]!.server_version.split(' ')[0]!;
  return { postgres, redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown' };
}
