/** Redis for the queue: its address read, its door opened, its fitness checked before the first bell. */
export { QueueRefused, parseRedisUrl, type RedisSettings } from './redis-url.ts';
export { openRedis, type RedisAccess } from './redis-connect.ts';
export { checkRedis } from './redis-check.ts';
