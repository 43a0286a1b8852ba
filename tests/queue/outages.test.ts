/** Redis goes away, comes back empty, stops, or turns into a replica: nobody who rings notices, and workers go on. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasServers, startRedis, type Server } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { collect, FREE, nap, openQueue, ringOf, until, type TestQueue } from './redis-support.ts';

describe.skipIf(!hasServers)('an outage of Redis', { timeout: 60_000 }, () => {
  let redis: Server;
  const opened: TestQueue[] = [];
  let runs = 0;
  const open = (): TestQueue => {
    const queue = openQueue(redis.url, `run-${(runs += 1)}`);
    opened.push(queue);
    return queue;
  };
  /** Rings as recover does, until it is answered. */
  const ringUntilTaken = async (on: TestQueue, taken: string[], id: string, ms = 15_000): Promise<void> => {
    await until(() => {
      on.queue.ring(ringOf(id));
      return taken.includes(id);
    }, ms);
  };
  const command = async (...words: [string, ...string[]]): Promise<void> => {
    const client = new Redis(redis.url);
    await client.call(...words);
    client.disconnect();
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.end()));
  });
  afterAll(() => redis.remove());

  test('ringing neither throws nor piles up; it is told once that it went and once that it is back', async () => {
    const on = open();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'before');
    await redis.signal('SIGKILL');
    await until(() => on.events().includes('queue.away'));
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 300_000; n += 1) on.queue.ring(ringOf(`away-${n}`));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
    expect(await on.queue.counts('bank')).toBeNull();
    await redis.start();
    await ringUntilTaken(on, taken, 'after');
    expect(on.events()).toEqual(['queue.away', 'queue.back']);
    expect(on.told[1]!.fields['dropped']).toBeGreaterThanOrEqual(300_000);
    expect(taken.filter((id) => id.startsWith('away'))).toEqual([]);
  });

  test('wiped by a crash, it is filled again by whoever rings, also with bells that it held', async () => {
    const on = open();
    for (const id of ['a', 'b']) on.queue.ring(ringOf(id, { at: Date.now() + 500_000 }));
    await until(async () => (await on.queue.counts('bank'))?.delayed === 2);
    await redis.signal('SIGKILL');
    await rm(join(redis.folder, 'appendonlydir'), { recursive: true });
    await redis.start();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'a');
    expect((await on.queue.counts('bank'))!.delayed).toBe(0);
  });

  test('emptied without a word (FLUSHALL), it takes the same bells again, and the limits are written again', async () => {
    const on = open();
    let active = 0;
    let most = 0;
    const release: (() => void)[] = [];
    on.queue.work('bank', { ...FREE, concurrency: 2 }, async () => {
      most = Math.max(most, (active += 1));
      await new Promise<void>((resolve) => void release.push(resolve));
      active -= 1;
    });
    await until(async () => (await on.queue.counts('bank')) !== null);
    for (const id of ['a', 'b', 'c', 'd']) on.queue.ring(ringOf(id));
    await until(() => active === 2);
    await command('FLUSHALL');
    for (const end of release.splice(0)) end();
    const concurrency = async (): Promise<string | null> => {
      const client = new Redis(redis.url);
      const value = await client.hget(`run-${runs}:bank:meta`, 'concurrency');
      client.disconnect();
      return value;
    };
    await until(async () => (await concurrency()) === '2');
    await until(() => {
      for (const id of ['c', 'd', 'e']) on.queue.ring(ringOf(id));
      return active === 2;
    });
    expect(most).toBe(2);
    expect((await on.queue.counts('bank'))!.waiting).toBe(1);
  });

  test('stopped, it is found dead though its connections live; it goes on when it wakes', async () => {
    const on = open();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'before');
    await redis.signal('SIGSTOP');
    on.queue.ring(ringOf('into the void'));
    await until(() => on.events().includes('queue.away'));
    await redis.signal('SIGCONT');
    await ringUntilTaken(on, taken, 'after');
    expect(on.events()).toEqual(['queue.away', 'queue.back']);
  });

  test('made a replica, it is left alone until it takes writes again', async () => {
    const on = open();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'before');
    await command('REPLICAOF', '127.0.0.1', String(await freePort()));
    await until(() => {
      on.queue.ring(ringOf('to a replica'));
      return on.events().includes('queue.away');
    });
    await command('REPLICAOF', 'NO', 'ONE');
    await ringUntilTaken(on, taken, 'after');
    await ringUntilTaken(on, taken, 'to a replica');
    expect(on.events().filter((event) => event !== 'queue.trouble')).toEqual(['queue.away', 'queue.back']);
    expect(on.events().filter((event) => event === 'queue.trouble').length).toBeLessThanOrEqual(1);
  });

  test('full, it takes nothing more; emptied, it takes bells again', async () => {
    const on = open();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'before');
    await command('CONFIG', 'SET', 'maxmemory', '1mb');
    await until(() => {
      on.queue.ring(ringOf('too much'));
      return on.events().includes('queue.away');
    });
    await command('CONFIG', 'SET', 'maxmemory', '0');
    await ringUntilTaken(on, taken, 'after');
    expect(on.events().filter((event) => event !== 'queue.trouble')).toEqual(['queue.away', 'queue.back']);
  });

  test('killed again and again, with and without its file, it keeps no bell from being answered', async () => {
    const [one, other] = [open(), openQueue(redis.url, `run-${runs}`)];
    opened.push(other);
    const due = new Set(Array.from({ length: 400 }, (_, n) => `b${n}`));
    let active = 0;
    let most = 0;
    for (const { queue } of [one, other]) {
      queue.work('bank', { concurrency: 4, perSecond: 200 }, async ({ id }) => {
        most = Math.max(most, (active += 1));
        await nap(30);
        due.delete(id);
        active -= 1;
      });
    }
    const sweep = setInterval(() => {
      for (const id of due) one.queue.ring(ringOf(id));
    }, 200);
    try {
      for (const wiped of [false, true, false]) {
        const before = due.size;
        await until(() => due.size < before - 40, 30_000);
        await redis.signal('SIGKILL');
        if (wiped) await rm(join(redis.folder, 'appendonlydir'), { recursive: true });
        await redis.start();
      }
      await until(() => due.size === 0, 45_000);
    } finally {
      clearInterval(sweep);
    }
    // Two processes, each with the whole lane for itself until the wiped limits are written again.
    expect(most).toBeLessThanOrEqual(8);
    for (const { events } of [one, other])
      expect(events().filter((event) => event === 'queue.away')).toHaveLength(3);
  });

  test('closing does not wait for a Redis that is away', async () => {
    const on = open();
    const taken = collect(on);
    await ringUntilTaken(on, taken, 'before');
    let end: () => void = () => undefined;
    on.queue.work('registry', FREE, () => new Promise((resolve) => void (end = resolve)));
    on.queue.ring(ringOf('under way', { lane: 'registry' }));
    await until(async () => (await on.queue.counts('registry'))?.active === 1);
    await redis.signal('SIGKILL');
    await until(() => on.events().includes('queue.away'));
    const began = Date.now();
    const closing = on.queue.close();
    end();
    await closing;
    expect(Date.now() - began).toBeLessThan(1000);
    await redis.start();
  });

  test('absent from the start, it is used once it is there', async () => {
    await redis.signal('SIGKILL');
    const on = open();
    const taken = collect(on);
    on.queue.ring(ringOf('early'));
    await until(() => on.events().includes('queue.away'));
    await redis.start();
    await ringUntilTaken(on, taken, 'late');
    expect(on.events()).toEqual(['queue.away', 'queue.back']);
  });

  test('a queue that never met its Redis closes at once', async () => {
    const on = openQueue(`redis://127.0.0.1:${await freePort()}`, 'nowhere');
    collect(on);
    const began = Date.now();
    await on.end();
    expect(Date.now() - began).toBeLessThan(1000);
  });
});
