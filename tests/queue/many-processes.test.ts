/** Several processes on one Redis: a lane's limits are the agency's, and what a dead worker held is heard again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LaneLimits } from '../../src/flow/ports/queue.ts';
import { hasServers, startRedis, type Server } from '../support/servers.ts';
import { collect, FREE, nap, openQueue, ringOf, until, untilQuiet, type TestQueue } from './redis-support.ts';

describe.skipIf(!hasServers)('many processes', { timeout: 60_000 }, () => {
  let redis: Server;
  const opened: TestQueue[] = [];
  const children: ChildProcess[] = [];
  let runs = 0;
  const open = (): TestQueue => {
    const queue = openQueue(redis.url, `run-${runs}`);
    opened.push(queue);
    return queue;
  };
  const startWorker = async (): Promise<ChildProcess> => {
    const script = join(import.meta.dirname, 'worker-process.ts');
    const child = spawn(process.execPath, [script, redis.url, `run-${runs}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    runs += 1;
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(opened.splice(0).map((queue) => queue.end()));
  });
  afterAll(() => redis.remove());

  /** Works the lane in two processes' worth; says how many were answered at once at most, and when each was taken. */
  const workTwice = (
    limits: LaneLimits,
    ms: number,
  ): { both: TestQueue[]; at: number[]; most: () => number; by: number[] } => {
    const at: number[] = [];
    const by = [0, 0];
    let active = 0;
    let most = 0;
    const both = [open(), open()];
    for (const [n, { queue }] of both.entries()) {
      queue.work('bank', limits, async () => {
        at.push(Date.now());
        by[n]! += 1;
        most = Math.max(most, (active += 1));
        await nap(ms);
        active -= 1;
      });
    }
    return { both, at, most: () => most, by };
  };

  test("share the lane's concurrency", async () => {
    const { both, at, most, by } = workTwice({ ...FREE, concurrency: 3 }, 40);
    for (let n = 0; n < 60; n += 1) both[n % 2]!.queue.ring(ringOf(`b${n}`));
    await until(() => at.length === 60);
    expect(most()).toBe(3);
    expect(Math.min(...by)).toBeGreaterThan(0);
  });

  test("share the lane's rate", async () => {
    const { both, at } = workTwice({ concurrency: 50, perSecond: 10 }, 1);
    const began = Date.now();
    for (let n = 0; n < 40; n += 1) both[n % 2]!.queue.ring(ringOf(`b${n}`));
    await until(() => at.length === 40);
    for (const [n, moment] of at.entries())
      expect(n + 1).toBeLessThanOrEqual(10 + ((moment - began) / 1000) * 10 + 0.001);
    expect(Date.now() - began).toBeLessThan(8000);
  });

  test('answer each bell once, whoever rings it and however often', async () => {
    const { both, at } = workTwice(FREE, 5);
    const ids = Array.from({ length: 300 }, (_, n) => `b${n}`);
    await untilQuiet(both[0]!.queue, ['bank']);
    await both[0]!.queue.pause('bank');
    for (const { queue } of both) for (const id of ids) queue.ring(ringOf(id));
    await untilQuiet(both[0]!.queue, ['bank']);
    await both[1]!.queue.resume('bank');
    await until(() => at.length >= 300);
    await untilQuiet(both[0]!.queue, ['bank']);
    expect(at.length).toBe(300);
  });

  test('a place that a stopping process gives back is taken by another soon', async () => {
    const [first, second] = [open(), open()];
    let end: () => void = () => undefined;
    first.queue.work(
      'bank',
      { ...FREE, concurrency: 1 },
      () => new Promise((resolve) => void (end = resolve)),
    );
    first.queue.ring(ringOf('held'));
    await until(async () => (await first.queue.counts('bank'))?.active === 1);
    const taken = collect(second, 'bank', { ...FREE, concurrency: 1 });
    second.queue.ring(ringOf('next'));
    await untilQuiet(second.queue, ['bank']);
    expect(taken).toEqual([]);
    const closing = first.queue.close();
    end();
    await closing;
    await until(() => taken.length === 1, 5000);
  });

  test('what a killed worker held is heard again, though the same bell is rung meanwhile and its place was the only one', async () => {
    const on = open();
    on.queue.ring(ringOf('held', { wake: 4 }));
    const child = await startWorker();
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toBe('held 4\n');
    child.kill('SIGKILL');
    const killed = Date.now();
    const taken: string[] = [];
    on.queue.work(
      'bank',
      { ...FREE, concurrency: 1 },
      async ({ id, wake }) => void taken.push(`${id} ${wake}`),
    );
    await until(() => {
      // As recover does every few seconds.
      on.queue.ring(ringOf('held', { wake: 4 }));
      return taken.length > 0;
    }, 30_000);
    expect(taken[0]).toBe('held 4');
    expect(Date.now() - killed).toBeLessThan(28_000);
    on.queue.ring(ringOf('next'));
    await until(() => taken.includes('next 1'));
    expect(on.events()).toEqual([]);
  });

  test('what is rung while it is answered badly is not silenced by it', async () => {
    // Seen through another's eyes: to count a lane is also to notice that bells are gone.
    const [on, eye] = [open(), open()];
    let taken = 0;
    let fail: () => void = () => undefined;
    on.queue.work('bank', FREE, () => {
      taken += 1;
      return new Promise((_, reject) => void (fail = () => reject(new Error('The ledger is gone'))));
    });
    on.queue.ring(ringOf('step'));
    await until(() => taken === 1);
    on.queue.ring(ringOf('step'));
    await untilQuiet(eye.queue, ['bank']);
    fail();
    await until(async () => (await eye.queue.counts('bank'))?.active === 0);
    on.queue.ring(ringOf('step'));
    await until(() => taken === 2, 2000);
  });

  test('Redis is told no more of a bell than whose it is and which', async () => {
    const on = open();
    on.queue.ring(ringOf('0190a5f0-0000-7000-8000-000000000001.register', { wake: 3 }));
    await untilQuiet(on.queue, ['bank']);
    const client = new Redis(redis.url);
    const [key, ...others] = await client.keys(`run-${runs}:bank:0190*`);
    expect(others).toEqual([]);
    const { data, name, opts } = await client.hgetall(key!);
    client.disconnect();
    expect(JSON.parse(data!)).toEqual({ id: '0190a5f0-0000-7000-8000-000000000001.register', wake: 3 });
    expect(name).toBe('bell');
    expect(JSON.parse(opts!)).not.toHaveProperty('backoff');
  });
});
