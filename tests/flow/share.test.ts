/** One platform's or one service's burst at a busy agency leaves the others their share. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ring } from '../../src/domain/lane.ts';
import type { Queue } from '../../src/flow/ports/queue.ts';
import { keepRecovering, keepSharing } from '../../src/flow/recover.ts';
import { makeShare, SWEEP_MS, type Share } from '../../src/flow/share.ts';
import { application, post } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const SECOND = 1000;

/** A desk that answers five a second. */
function slowDesk(): ReturnType<typeof smallCatalogue> {
  const desk = agencyEntry('desk', { limits: { concurrency: 2, perSecond: 5 } });
  return smallCatalogue({ a: { call: 'desk.file', with: { ref: 'application.clientReference' } } }, [desk]);
}

async function send(world: World, platform: string, count: number, fields = {}): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const body = application({ clientReference: `${platform}-${n}-${world.clock.now()}`, ...fields });
    expect((await post(world, body, { platform })).status).toBe(202);
  }
}

const answered = (world: World, platform: string): number =>
  world.agencies['desk']!.asked.filter(({ input }) => String(input['ref']).startsWith(platform)).length;

describe('a burst of 300 at a desk that answers five a second', () => {
  test('keeps nobody waiting who comes just after it', async () => {
    const world = await open({ catalogue: slowDesk() });
    await send(world, 'mall', 300);
    await send(world, 'portal', 5);
    await world.clock.advance(8 * SECOND);
    expect(answered(world, 'portal')).toBe(5);
    expect(answered(world, 'mall')).toBeGreaterThan(20);
  });

  test('keeps nobody waiting long who comes while it is under way, and is itself not slowed down', async () => {
    const world = await open({ catalogue: slowDesk() });
    await send(world, 'mall', 300);
    await world.clock.advance(10 * SECOND);
    await send(world, 'portal', 5);
    // Sixty bells at most lie before it: twelve seconds; the whole burst would take a minute.
    await world.clock.advance(14 * SECOND);
    expect(answered(world, 'portal')).toBe(5);
    await world.clock.advance(40 * SECOND);
    expect(answered(world, 'mall')).toBe(300);
  });

  test('lets an urgent application of its own platform pass', async () => {
    const world = await open({ catalogue: slowDesk() });
    await send(world, 'mall', 300);
    await world.clock.advance(10 * SECOND);
    await send(world, 'mall', 1, { clientReference: 'urgent', priority: { level: 'urgent' } });
    await world.clock.advance(SECOND);
    expect(answered(world, 'urgent')).toBe(1);
  });

  test('is shared by weight', async () => {
    const catalogue = slowDesk();
    const platforms = catalogue.platforms.map((one) => ({ ...one, weight: one.id === 'portal' ? 3 : 1 }));
    const world = await open({ catalogue: { ...catalogue, platforms } });
    await send(world, 'mall', 150);
    await send(world, 'portal', 150);
    await world.clock.advance(10 * SECOND);
    const before = { mall: answered(world, 'mall'), portal: answered(world, 'portal') };
    await world.clock.advance(20 * SECOND);
    const mall = answered(world, 'mall') - before.mall;
    const portal = answered(world, 'portal') - before.portal;
    expect(mall + portal).toBeGreaterThan(85);
    expect(portal / mall).toBeGreaterThan(2.2);
    expect(portal / mall).toBeLessThan(3.8);
  });
});

describe('several processes', () => {
  test('one that answers no lane sees in the ledger who is behind, and rings no more of it', async () => {
    let rung = 0;
    const wrapQueue = (queue: Queue): Queue => ({
      ...queue,
      ring: (ring) => ((rung += 1), queue.ring(ring)),
    });
    const world = await open({ catalogue: slowDesk(), idle: true, wrapQueue });
    await send(world, 'mall', 100);
    expect(rung).toBe(15);
    onTestFinished(keepSharing(world.bus.desk));
    await world.clock.advance(SWEEP_MS);
    await send(world, 'mall', 20);
    expect(rung).toBe(15);
    await send(world, 'portal', 5);
    expect(rung).toBe(20);
  });

  test('one that answers some lanes sweeps these only', async () => {
    const rung: string[] = [];
    const wrapQueue = (queue: Queue): Queue => ({
      ...queue,
      ring: (ring) => (rung.push(ring.lane), queue.ring(ring)),
    });
    const steps = { a: { call: 'desk.file' }, b: { call: 'bank.file' } };
    const world = await open({ catalogue: smallCatalogue(steps), idle: true, wrapQueue });
    await send(world, 'mall', 1);
    rung.length = 0;
    onTestFinished(keepRecovering(world.bus.desk, () => ['bank']));
    await world.clock.advance(SWEEP_MS);
    expect(new Set(rung)).toEqual(new Set(['bank']));
  });
});

describe('who is rung at once', () => {
  let now = 0;
  const share = (limits = { concurrency: 2, perSecond: 5 }, weights = {}): Share => {
    const catalogue = smallCatalogue({ a: { call: 'desk.file' } }, [agencyEntry('desk', { limits })]);
    const platforms = catalogue.platforms.map((one) => ({ ...one, ...weights }));
    return makeShare({ now: () => now }, () => ({ ...catalogue, platforms }));
  };
  const ring = (platform: string, fields: Partial<Ring> = {}): Ring => ({
    ...{ lane: 'desk', bell: { id: 'x.a', wake: 1 }, at: now, priority: 3 },
    line: { platform, service: 'TEST.SERVICE' },
    ...fields,
  });
  /** How many of a hundred are. */
  const admitted = (on: Share, one: Ring): number =>
    Array.from({ length: 100 }, () => on.admits(one)).filter(Boolean).length;
  const found = (platform: string, count: number): Ring[] => Array(count).fill(ring(platform)) as Ring[];

  test('as many as the lane answers until the next sweep, and whoever comes later his part', () => {
    const on = share();
    expect(admitted(on, ring('mall'))).toBe(15);
    expect(admitted(on, ring('portal'))).toBe(8);
    expect(admitted(on, ring('mall', { line: { platform: 'mall', service: 'TEST.TWO' } }))).toBe(4);
    expect(admitted(on, ring('mall', { priority: 1 }))).toBe(15);
    now += SWEEP_MS;
    expect(admitted(on, ring('mall'))).toBe(15);
  });

  test('at least twice as many as it answers side by side', () => {
    expect(admitted(share({ concurrency: 20, perSecond: 1 }), ring('mall'))).toBe(40);
  });

  test('all, where the lane is fast, unknown, or one of callbacks', () => {
    expect(admitted(share({ concurrency: 8, perSecond: 5000 }), ring('mall'))).toBe(100);
    expect(admitted(share(), ring('mall', { lane: 'gone' }))).toBe(100);
    const callback = { lane: 'callbacks', bell: { id: 'end-1', wake: 1 }, at: now, priority: 5 };
    expect(admitted(share(), callback)).toBe(100);
  });

  test('nobody who has older work that found no place, until a sweep finds a place for all of it', () => {
    const on = share();
    const most = on.wanted(now).most('desk');
    on.found([...found('mall', most - 1), ...found('portal', 1)]);
    expect(admitted(on, ring('mall'))).toBe(0);
    expect(admitted(on, ring('portal'))).toBe(15);
    expect(on.busy()).toEqual(['desk']);
    on.found(found('mall', most - 1));
    expect(admitted(on, ring('mall'))).toBeGreaterThan(0);
  });

  test('what a sweep of other lanes finds says nothing of this one', () => {
    const on = share();
    on.found(found('mall', 50));
    on.found([], ['bank']);
    expect(admitted(on, ring('mall'))).toBe(0);
    on.found([], ['desk']);
    expect(admitted(on, ring('mall'))).toBe(15);
  });

  test('what is due later, or asleep, is nobody in want of a place', () => {
    const on = share();
    on.found(found('mall', 50).map((one) => ({ ...one, at: now + 1 })));
    expect(admitted(on, ring('mall'))).toBe(15);
  });

  test.each([
    [{ concurrency: 2, perSecond: 0.1 }, 50],
    [{ concurrency: 8, perSecond: 50 }, 300],
    [{ concurrency: 200, perSecond: 10_000 }, 5000],
  ])('a sweep asks for what %j answers in two', (limits, most) => {
    expect(share(limits).wanted(now).most('desk')).toBe(most);
    expect(share(limits).wanted(now).most('callbacks')).toBe(5000);
  });

  test('those that cannot be answered take nobody else’s place: a sweep asks for as many more', () => {
    const on = share();
    const poison = Array.from({ length: 50 }, (_, n) =>
      ring('mall', { bell: { id: `poison-${n}.a`, wake: 1 } }),
    );
    for (const { bell } of poison) on.failed(bell);
    expect(on.wanted(now).most('desk')).toBe(50);
    on.found(poison);
    expect(on.wanted(now).most('desk')).toBe(100);
    expect(on.wanted(now).most('bank')).toBe(5000);
    on.found([...poison, ...found('mall', 20)]);
    expect(admitted(on, ring('mall'))).toBeGreaterThan(0);
    on.found([]);
    on.found(found('mall', 20));
    expect(on.wanted(now).most('desk')).toBe(50);
  });

  test('a quiet lane needs no look', () => {
    const on = share();
    on.admits(ring('mall'));
    expect(on.busy()).toEqual([]);
    admitted(on, ring('mall'));
    expect(on.busy()).toEqual(['desk']);
    now += 2 * SWEEP_MS;
    expect(on.busy()).toEqual([]);
  });
});
