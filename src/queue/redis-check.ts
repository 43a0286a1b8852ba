/** Looks at Redis before the start: refuses one that may forget, is too old, or is not there, and says what to do. */
import { Cluster, type Redis } from 'ioredis';
import { within, type Clock } from '../clock.ts';
import type { Log } from '../flow/ports/log.ts';
import type { RedisAccess, RedisClient } from './redis-connect.ts';
import { QueueRefused } from './redis-url.ts';

/** Longest wait for the whole look. */
const LOOK_MS = 5_000;
/** The oldest whose scripts and time-outs BullMQ is made for. */
const OLDEST = [6, 2] as const;

/** Throws QueueRefused with one line that says what to do; warns of what is only unwise. */
export async function checkRedis(redis: RedisAccess, clock: Clock, log: Log): Promise<void> {
  const client = redis.looking();
  let cause: Error | null = null;
  client.on('error', (error: Error) => void (cause = deepest(error)));
  try {
    const looking = look(client);
    if (!(await within(clock, LOOK_MS, looking))) throw new Error(SILENT);
    for (const info of await looking) judge(info, redis.address, log);
  } catch (error) {
    if (error instanceof QueueRefused) throw error;
    throw new QueueRefused(`${redis.address} ${reason(cause ?? deepest(error as Error))}`);
  } finally {
    client.disconnect();
  }
}

/** INFO of the server, or of each node that holds keys. It is allowed where managed servers forbid CONFIG. */
async function look(client: RedisClient): Promise<string[]> {
  await client.connect();
  const servers: Redis[] = client instanceof Cluster ? client.nodes('master') : [client];
  return Promise.all(servers.map((server) => server.info()));
}

const SILENT = 'silent';

function judge(info: string, address: string, log: Log): void {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version');
  if (version === undefined)
    throw new QueueRefused(`${address} is not a Redis: it does not say which version it is`);
  if (isOld(version)) {
    throw new QueueRefused(`${address} is Redis ${version}: jembatan needs ${OLDEST.join('.')} or newer`);
  }
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new QueueRefused(
      `${address} may drop bells when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction`,
    );
  }
  if (policy === undefined) {
    log.warn('queue.policyUnknown', { address, fix: 'see to it that this server never evicts (noeviction)' });
  }
  const mode = field('redis_mode');
  if (mode === 'sentinel')
    throw new QueueRefused(`${address} is a sentinel: write redis+sentinel://…/MASTER`);
  if (mode === 'cluster' && !address.includes('+cluster')) {
    throw new QueueRefused(`${address} is part of a cluster: write redis+cluster:// instead of redis://`);
  }
  if (field('role') === 'slave')
    throw new QueueRefused(`${address} is a replica: name the server that takes writes`);
  if (field('aof_enabled') === '0') {
    log.warn('queue.volatile', {
      address,
      fix: 'set appendonly yes: until then a restart of Redis costs a sweep',
    });
  }
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** The error that ioredis wraps when it has tried every node. */
function deepest(error: Error): Error {
  const { lastNodeError, cause } = error as { lastNodeError?: Error; cause?: unknown };
  const inner = lastNodeError ?? (cause instanceof Error ? cause : undefined);
  return inner ? deepest(inner) : error;
}

const REASONS: [RegExp, string][] = [
  [
    /WRONGPASS|NOAUTH|invalid password|without any password/i,
    'refused the user or password: check those in JEMBATAN_QUEUE',
  ],
  [/NOPERM/, 'does not allow this user what a queue needs: give it all commands on the keys of its prefix'],
  [/protocol error|RESP type/i, 'does not speak as a Redis does: check host and port in JEMBATAN_QUEUE'],
  [
    /certificate|altname|self.signed|unable to verify/i,
    'has a certificate that is not trusted: give its authority in NODE_EXTRA_CA_CERTS',
  ],
  [
    /wrong version number|packet length|SSL routines/i,
    'does not speak TLS: write redis:// instead of rediss://',
  ],
  [
    /sentinels are unreachable|no such master/i,
    'was not found by its sentinels: check their hosts and the name of the master',
  ],
  [/cluster support disabled/i, 'is not a cluster: write redis:// instead of redis+cluster://'],
  [
    /^silent$|ETIMEDOUT|timed? ?out/i,
    `did not answer within ${LOOK_MS / 1000} s: check host and port in JEMBATAN_QUEUE, whether it speaks TLS (rediss://) or not (redis://), and whether Redis runs`,
  ],
  [/LOADING/, 'is still loading its data: start again in a while'],
];

/** Never the error's own words: they may hold what was sent. */
function reason(error: Error): string {
  const { message } = error;
  const code = (error as { code?: unknown }).code;
  const known = REASONS.find(([form]) => form.test(message) || (typeof code === 'string' && form.test(code)));
  if (known) return known[1];
  const shown = typeof code === 'string' ? ` (${code})` : '';
  return `cannot be reached${shown}: check host and port in JEMBATAN_QUEUE, whether it wants TLS (rediss://), and whether Redis runs`;
}
