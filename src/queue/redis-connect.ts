/** How Redis is reached: as one server, by sentinels or as a cluster, for ringing, for working and for being looked at. */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../clock.ts';
import { parseRedisUrl, shownAddress, type RedisSettings } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

export interface RedisAccess {
  /** As it may be shown. */
  address: string;
  /** What all keys begin with: in a cluster a hash tag, so that a lane's keys lie on one node. */
  prefix: string;
  /** For ringing: whatever cannot be sent now fails now. */
  ringing(): RedisClient;
  /** For working: waits for as long as Redis is away, and goes on. */
  working(): RedisClient;
  /** For one look: connects once or fails. */
  looking(): RedisClient;
}

/** A Redis that says nothing for so long, though it was asked, is away. */
const RINGING_SILENCE_MS = 5_000;
/** BullMQ waits for a bell for up to 10 s; after that the connection is dead, whatever the network says. */
const WORKING_SILENCE_MS = 15_000;
const CONNECT_MS = 5_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;

/** Opens nothing yet. Throws QueueRefused for an address that cannot be read. */
export function openRedis(url: string, clock: Clock, prefix = 'jembatan'): RedisAccess {
  const settings = parseRedisUrl(url);
  // Half of it by chance: a thousand connections do not come back in one instant.
  const retryStrategy = (times: number): number =>
    Math.min(FIRST_RETRY_MS * 2 ** Math.min(times - 1, 10), LONGEST_RETRY_MS) * (0.5 + clock.chance() / 2);
  return {
    address: shownAddress(settings),
    prefix: settings.kind === 'cluster' ? `{${prefix}}` : prefix,
    ringing: () =>
      connect(settings, {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        socketTimeout: RINGING_SILENCE_MS,
        retryStrategy,
        reconnectOnError: (error) => isReplica(error) && 1,
      }),
    working: () =>
      connect(settings, {
        maxRetriesPerRequest: null,
        socketTimeout: WORKING_SILENCE_MS,
        retryStrategy,
        reconnectOnError: (error) => isReplica(error) && 2,
      }),
    looking: () =>
      connect(settings, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null }),
  };
}

/** ioredis counts a missing setting apart from an undefined one. */
type Manner = Omit<RedisOptions, 'replyMapping'>;

/** After a failover the old server still answers: whoever is connected to it must look for the new one. */
const isReplica = ({ message }: Error): boolean => message.startsWith('READONLY');

function connect(settings: RedisSettings, manner: Manner): RedisClient {
  const { kind, nodes, master, db, username, password, sentinelPassword } = settings;
  const tls = settings.tls && { tls: {} };
  const all: Manner = {
    ...manner,
    ...tls,
    ...(username && { username }),
    ...(password && { password }),
    db,
    connectTimeout: CONNECT_MS,
    keepAlive: 10_000,
    disableClientInfo: true,
  };
  if (kind === 'cluster') return connectCluster(settings, all);
  if (kind === 'server') return new Redis({ ...all, ...nodes[0]! });
  return new Redis({
    ...all,
    ...(settings.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    ...(sentinelPassword && { sentinelPassword }),
    sentinels: nodes,
    name: master,
    sentinelRetryStrategy: manner.retryStrategy!,
  });
}

function connectCluster({ nodes, tls }: RedisSettings, all: Manner): Cluster {
  const { retryStrategy, lazyConnect, enableOfflineQueue, ...redisOptions } = all;
  return new Cluster(nodes, {
    redisOptions,
    clusterRetryStrategy: retryStrategy as (times: number) => number | null,
    slotsRefreshTimeout: CONNECT_MS,
    ...(lazyConnect !== undefined && { lazyConnect }),
    ...(enableOfflineQueue !== undefined && { enableOfflineQueue }),
    // A certificate names hosts, not the addresses that they resolve to.
    ...(tls && { dnsLookup: (address, tell) => tell(null, address) }),
  });
}
