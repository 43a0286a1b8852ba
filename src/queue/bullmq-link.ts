/** Whether Redis is there: says so once when it goes and once when it is back, and keeps its errors from filling the log. */
import type { Clock } from '../clock.ts';
import type { Log } from '../flow/ports/log.ts';
import type { RedisAccess, RedisClient } from './redis-connect.ts';

export interface Link {
  /** Shared by all lanes: whatever cannot be sent now fails now. */
  client: RedisClient;
  /** False from the first failure until Redis has taken a write again. */
  here(): boolean;
  /** True once it is known that Redis is not there: bells rung now are dropped. */
  away(): boolean;
  /** Something could not be sent. */
  lost(error: unknown): void;
  /** So many bells were dropped because Redis was away. */
  dropped(bells: number): void;
  /** What a connection complains of: one line now and then, none while Redis is known to be away. */
  trouble(error: Error): void;
  close(): void;
}

/** Redis is asked again so often while it is away. */
const PROBE_MS = 1_000;
/** One line of trouble in so long. */
const TROUBLE_MS = 10_000;

interface Held {
  state: 'opening' | 'here' | 'away' | 'closed';
  probing: boolean;
  dropped: number;
  lastError: unknown;
  /** Not told, since the last line of trouble. */
  untold: number;
  toldAt: number;
}

/** `onHere` runs whenever Redis is there, at first or again. */
export function openLink(redis: RedisAccess, clock: Clock, log: Log, onHere: () => void): Link {
  const client = redis.ringing();
  const held: Held = {
    state: 'opening',
    probing: false,
    dropped: 0,
    lastError: null,
    untold: 0,
    toldAt: -Infinity,
  };
  let cancel: () => void = () => undefined;

  const lost = (error: unknown): void => {
    if (held.state === 'away' || held.state === 'closed') return;
    held.state = 'away';
    log.warn('queue.away', { redis: redis.address, error: held.lastError ?? error });
    cancel = clock.after(PROBE_MS, probe);
  };
  /** A write, for a replica and a full server answer to everything else. */
  const probe = (): void => {
    cancel();
    if (held.probing || held.state === 'here' || held.state === 'closed') return;
    held.probing = true;
    client
      .set(`${redis.prefix}:here`, '1', 'EX', 60)
      .then(found, (error: unknown) => {
        held.lastError = error;
        lost(error);
        if (held.state === 'away') cancel = clock.after(PROBE_MS, probe);
      })
      .finally(() => (held.probing = false));
  };
  const found = (): void => {
    if (held.state === 'closed') return;
    if (held.state === 'away') log.info('queue.back', { redis: redis.address, dropped: held.dropped });
    Object.assign(held, { state: 'here', dropped: 0, lastError: null });
    onHere();
  };

  client.on('error', (error: Error) => void (held.lastError = error));
  client.on('close', () => lost(new Error('The connection was closed')));
  client.on('ready', probe);
  return {
    client,
    here: () => held.state === 'here',
    away: () => held.state === 'away' || held.state === 'closed',
    lost,
    dropped: (bells) => void (held.dropped += bells),
    trouble: (error) => tell(held, clock, log, error),
    close() {
      held.state = 'closed';
      cancel();
      client.disconnect();
    },
  };
}

/** What every connection says when Redis goes: that is told once, by the link. */
const isConnectionError = (error: Error): boolean =>
  typeof (error as { code?: unknown }).code === 'string' ||
  /connection|socket|stream|sentinel|slots|cluster|startup nodes|^(READONLY|LOADING|MASTERDOWN)/i.test(
    error.message,
  );

function tell(held: Held, clock: Clock, log: Log, error: Error): void {
  if (held.state !== 'here' || isConnectionError(error)) return;
  if (clock.now() < held.toldAt + TROUBLE_MS) {
    held.untold += 1;
    return;
  }
  log.warn('queue.trouble', { error, untold: held.untold });
  Object.assign(held, { untold: 0, toldAt: clock.now() });
}
