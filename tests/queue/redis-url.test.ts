/** Addresses of Redis: the four forms are read, everything else is refused without repeating what may be a password. */
import { describe, expect, test } from 'vitest';
import { openRedis, parseRedisUrl, QueueRefused, type RedisSettings } from '../../src/queue/redis.ts';
import { systemClock } from '../../src/clock.ts';

const PLAIN: RedisSettings = {
  kind: 'server',
  nodes: [{ host: 'redis', port: 6379 }],
  master: '',
  db: 0,
  tls: false,
  username: '',
  password: '',
  sentinelPassword: '',
};
const at = (...hosts: [string, number][]): { nodes: RedisSettings['nodes'] } => ({
  nodes: hosts.map(([host, port]) => ({ host, port })),
});

describe('read', () => {
  test.each<[string, Partial<RedisSettings>]>([
    ['redis://redis', {}],
    ['redis://redis/', {}],
    ['redis://redis:6380/3', { ...at(['redis', 6380]), db: 3 }],
    ['redis://127.0.0.1:1', at(['127.0.0.1', 1])],
    ['redis://[::1]:6380', at(['::1', 6380])],
    ['redis://:secret@redis', { password: 'secret' }],
    ['redis://bus:secret@redis', { username: 'bus', password: 'secret' }],
    ['redis://bus:a%40b%3Ac%2Fd%25@redis', { username: 'bus', password: 'a@b:c/d%' }],
    ['redis://bus:with:colons@redis', { username: 'bus', password: 'with:colons' }],
    ['rediss://redis', { tls: true }],
    [
      'redis+sentinel://:secret@s1,s2:26380/mymaster/2',
      {
        kind: 'sentinel',
        ...at(['s1', 26_379], ['s2', 26_380]),
        master: 'mymaster',
        db: 2,
        password: 'secret',
      },
    ],
    [
      'rediss+sentinel://s1/main?sentinelPassword=a%26b',
      { kind: 'sentinel', ...at(['s1', 26_379]), master: 'main', tls: true, sentinelPassword: 'a&b' },
    ],
    ['redis+cluster://c1,c2:7001', { kind: 'cluster', ...at(['c1', 6379], ['c2', 7001]) }],
    [
      'rediss+cluster://bus:secret@c1',
      { kind: 'cluster', ...at(['c1', 6379]), tls: true, username: 'bus', password: 'secret' },
    ],
  ])('%s', (text, expected) => {
    expect(parseRedisUrl(text)).toEqual({ ...PLAIN, ...expected });
  });
});

describe('refused', () => {
  test.each([
    ['', /is not the address/],
    ['memory', /is not the address/],
    ['http://bus:hunter2@redis', /is not the address/],
    ['redis://', /is not the address/],
    ['redis://bus:hunter2@', /is not the address/],
    ['redis://bus:hunter2/3@redis', /%40|host/],
    ['redis://bus:hunter2@x@redis', /%40/],
    ['redis://hunter2@redis', /without a password/],
    ['redis://bus:hunter2%zz@redis', /%25/],
    ['redis://redis:0', /host/],
    ['redis://redis:65536', /host/],
    ['redis://bus:hunter2@re dis', /host/],
    ['redis://a,b', /several hosts/],
    ['redis://a,', /host/],
    ['redis://redis/main', /database/],
    ['redis://redis/-1', /database/],
    ['redis://redis?password=hunter2', /after the \?/],
    ['redis+sentinel://s1', /sentinels call/],
    ['redis+sentinel://s1/main/x', /database/],
    ['redis+sentinel://s1/main?sentinelPassword=hunter2&x=1', /after the \?/],
    ['redis+cluster://c1/3', /only one/],
    ['redis+nothing://c1', /is not the address/],
    ['redis://redis#hunter2', /is not the address/],
  ])('%s', (text, why) => {
    let refusal: unknown;
    try {
      parseRedisUrl(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(QueueRefused);
    const { message } = refusal as QueueRefused;
    expect(message).toMatch(why);
    expect(message).toContain('JEMBATAN_QUEUE');
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('\n');
  });
});

test.each([
  ['redis://bus:hunter2@redis:6380/3', 'redis://redis:6380/3', 'jembatan'],
  [
    'rediss+sentinel://:hunter2@s1,s2/main?sentinelPassword=hunter2',
    'rediss+sentinel://s1:26379,s2:26379/main',
    'jembatan',
  ],
  ['redis+cluster://:hunter2@[::1]', 'redis+cluster://[::1]:6379', '{jembatan}'],
])('%s is shown as %s, its keys begin with %s', (url, address, prefix) => {
  const redis = openRedis(url, systemClock);
  expect([redis.address, redis.prefix]).toEqual([address, prefix]);
});
