/** What BullMQ is told of a bell: a name that it takes and that is the bell's own, a time, a priority, a trace. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { context, createContextKey, propagation, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobNameOf, jobOf, queueNameOf } from '../../src/queue/bullmq-bell.ts';
import { limiterOf } from '../../src/queue/bullmq-worker.ts';
import { hasServers, startRedis } from '../support/servers.ts';
import { FREE, openQueue, ringOf, until } from './redis-support.ts';

describe('a bell', () => {
  test('has a name that BullMQ takes, and that no other bell has', () => {
    const bell = fc.record({ id: fc.string({ unit: fc.constantFrom(...'a1.:%#3A-') }), wake: fc.nat() });
    fc.assert(
      fc.property(bell, bell, (one, other) => {
        const name = jobNameOf(one, false);
        expect(name).not.toContain(':');
        expect(name).not.toMatch(/^\d*$/);
        expect(name === jobNameOf(other, false)).toBe(one.id === other.id && one.wake === other.wake);
        expect(name).not.toBe(jobNameOf(other, true));
      }),
    );
  });

  test.each(['callbacks', 'dukcapil-6112', 'bank.bri', 'a:b'])('has a lane: %s', (lane) => {
    expect(queueNameOf(lane)).not.toContain(':');
  });

  test('due now is not delayed, not even by its priority', () => {
    const now = 1_800_000_000_000;
    expect(jobOf(ringOf('a', { at: now - 5 }), now, undefined).opts).toEqual({
      jobId: 'a#1',
      priority: 3,
      removeOnComplete: true,
      removeOnFail: true,
    });
    expect(jobOf(ringOf('a', { at: now + 5 }), now, undefined).opts.delay).toBe(5);
    for (const [priority, expected] of [
      [-1, 1],
      [0, 1],
      [2.5, 2],
      [1e9, 2_097_151],
    ] as const)
      expect(jobOf(ringOf('a', { priority }), now, undefined).opts.priority).toBe(expected);
  });
});

test.each([
  [100, 100, 1000],
  [1, 1, 1000],
  [2.5, 2, 800],
  [0.5, 1, 2000],
  [0.1, 1, 10_000],
])('%d a second: %d in %d ms', (perSecond, max, duration) => {
  expect(limiterOf(perSecond)).toEqual({ max, duration });
});

const TRACE = createContextKey('trace');

/** The least that carries a trace: what an SDK would set. */
function trace(): void {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (of, fn, self, ...args) =>
      storage.run(of, () => fn.call(self as ThisParameterType<typeof fn>, ...args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  propagation.setGlobalPropagator({
    inject(of, carrier: Record<string, unknown>) {
      const value = of.getValue(TRACE);
      if (value !== undefined) carrier['traceparent'] = value;
    },
    extract: (of, carrier: Record<string, unknown>) => of.setValue(TRACE, carrier['traceparent']),
    fields: () => ['traceparent'],
  });
}

test.skipIf(!hasServers)(
  'the trace of each ringer goes with its bell, also within one turn',
  { timeout: 60_000 },
  async () => {
    trace();
    const redis = await startRedis();
    const on = openQueue(redis.url, 'traces');
    try {
      const seen: Record<string, unknown> = {};
      for (const id of ['a', 'b']) {
        context.with(ROOT_CONTEXT.setValue(TRACE, `trace of ${id}`), () => on.queue.ring(ringOf(id)));
      }
      on.queue.work('bank', FREE, async ({ id }) => void (seen[id] = context.active().getValue(TRACE)));
      await until(() => Object.keys(seen).length === 2);
      expect(seen).toEqual({ a: 'trace of a', b: 'trace of b' });
    } finally {
      await on.end();
      await redis.remove();
      context.disable();
      propagation.disable();
    }
  },
);
