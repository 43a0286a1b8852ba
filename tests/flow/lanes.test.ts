import { describe, expect, test } from 'vitest';
import { act, application, look, states, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

async function spent(world: World, ids: string[], name: string): Promise<number[]> {
  const stored = await Promise.all(ids.map((id) => world.ledger.read(id)));
  return stored.map((one) => one!.steps.find((step) => step.name === name)!.spent);
}

async function submitMany(world: World, count: number, fields = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await submit(world, application(fields)));
  return ids;
}

test('the quota gone after the 3rd of 50 steps', { timeout: 20_000 }, async () => {
  // 15:30 in Jakarta: the quota is renewed in eight and a half hours.
  const world = await open({ start: '2026-11-16T08:30:00Z' });
  await world.simulators['dukcapil-6112']!.act('quota', { remaining: 3 });
  const formData = { reason: 'lost', familyCardNumber: '9901010202269999' };
  const ids = await submitMany(world, 50, { serviceCode: 'DUKCAPIL.KK-PERUBAHAN', formData });
  await world.clock.advance(10 * MINUTE);
  const before = await Promise.all(ids.map((id) => states(world, id)));
  expect(before.filter(({ person }) => person === 'succeeded')).toHaveLength(3);
  expect(before.filter(({ person }) => person === 'ready')).toHaveLength(47);
  expect((await world.ledger.lane('dukcapil-6112')).code).toBe('QUOTA_EXHAUSTED');
  await world.clock.advance(8 * HOUR, 60_000);
  expect((await world.ledger.openItems({ most: 10 })).length).toBe(0);
  expect((await spent(world, ids, 'person')).every((count) => count === 0)).toBe(true);
  await world.clock.advance(HOUR, 15_000);
  const after = await Promise.all(ids.map((id) => look(world, id)));
  expect(after.every(({ steps }) => steps[0]!.state === 'succeeded')).toBe(true);
  const answered = after.flatMap(({ steps }) => steps[0]!.history).filter(({ outcome }) => outcome === 'ok');
  expect(answered.filter(({ at }) => at >= '2026-11-16T17:00:00.000Z')).toHaveLength(47);
});

describe('an agency that is away', () => {
  test(
    'dead for two days: nothing is parked, one probe at a time knocks, and all goes through once it is back',
    { timeout: 30_000 },
    async () => {
      const world = await open({
        catalogue: smallCatalogue({ a: { call: 'desk.file' } }, [
          agencyEntry('desk', { retry: { attempts: 6 } }),
        ]),
      });
      world.doors.get('desk')!.open = false;
      const ids = await submitMany(world, 10);
      await world.clock.advance(2 * DAY, 60_000);
      expect(await world.ledger.openItems({ most: 10 })).toEqual([]);
      expect(Math.max(...(await spent(world, ids, 'a')))).toBeLessThan(6);
      const knocks = (await Promise.all(ids.map((id) => world.ledger.attempts(id)))).flat().length;
      expect(knocks).toBeGreaterThan(200);
      expect(knocks).toBeLessThan(400);
      world.doors.get('desk')!.open = true;
      await world.clock.advance(15 * MINUTE, 1000);
      for (const id of ids) expect((await look(world, id)).state).toBe('completed');
      const stream = (await world.ledger.events('agency:desk', 0, 1000)).map(({ type }) => type);
      expect(stream).toEqual(['go.mpp.connector.down.v1', 'go.mpp.connector.up.v1']);
    },
  );

  test('it says until when: nobody knocks before', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.file' } }) });
    const until = new Date(world.clock.now() + 2 * HOUR).toISOString();
    world.agencies['desk']!.script = ({ n }) =>
      n === 1 ? { is: 'away', code: 'MAINTENANCE', until } : undefined;
    const ids = await submitMany(world, 3);
    await world.clock.advance(2 * HOUR - 1000, 10_000);
    // Those under way at the same instant may have asked, too.
    const early = world.agencies['desk']!.asked.length;
    expect(early).toBeLessThanOrEqual(3);
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked[early]!.at).toBeGreaterThanOrEqual(Date.parse(until));
    for (const id of ids) expect((await look(world, id)).state).toBe('completed');
    expect(await spent(world, ids, 'a')).toEqual([0, 0, 0]);
  });

  test('harms its own lane only', async () => {
    const world = await open({
      catalogue: smallCatalogue({ a: { call: 'dead.file', need: 'bestEffort' }, b: { call: 'alive.file' } }),
    });
    world.doors.get('dead')!.open = false;
    const ids = await submitMany(world, 20);
    await world.clock.advance(MINUTE);
    for (const id of ids) expect((await states(world, id))['b']).toBe('succeeded');
  });

  test('failures that spend a budget park a step by name, and the lane of others goes on', async () => {
    const world = await open({
      catalogue: smallCatalogue({ a: { call: 'desk.file' } }, [
        agencyEntry('desk', { retry: { attempts: 3 } }),
      ]),
    });
    let poison = '';
    world.agencies['desk']!.script = ({ key }) =>
      key === (poison ||= key) ? { is: 'retry', code: 'BUSY' } : undefined;
    const [first, second] = await submitMany(world, 2);
    await world.clock.advance(10 * MINUTE);
    expect((await look(world, first!)).items).toMatchObject([
      { step: 'a', kind: 'retriesSpent', code: 'BUSY' },
    ]);
    expect((await look(world, second!)).state).toBe('completed');
  });
});

describe('a paused lane', () => {
  test('sends nothing, whatever is rung, until it is resumed; who and why stand in its stream', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
    expect(await act(world, 'agencies/desk/pause')).toBe(200);
    const id = await submit(world);
    await world.clock.advance(HOUR, 15_000);
    const { wake } = (await world.ledger.read(id))!.steps[0]!;
    world.queue.ring({ lane: 'desk', bell: { id: `${id}.a`, wake }, at: 0, priority: 1 });
    await world.clock.advance(1000);
    expect(world.agencies['desk']!.asked).toEqual([]);
    expect(await act(world, 'agencies/desk/resume')).toBe(200);
    await world.clock.advance(1000);
    expect((await look(world, id)).state).toBe('completed');
    const stream = (await world.ledger.events('agency:desk', 0, 10)).map(({ type }) => type);
    expect(stream).toEqual(['go.mpp.connector.paused.v1', 'go.mpp.connector.resumed.v1']);
  });

  test('stays paused for a new process with an empty queue', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }), idle: true });
    await act(world, 'agencies/desk/pause');
    await submit(world);
    world.startWorker();
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked).toEqual([]);
  });
});

test('a lane keeps to its rate, also to one below one a second', async () => {
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.file' } }, [
      agencyEntry('desk', { limits: { perSecond: 0.5 } }),
    ]),
  });
  const ids = await submitMany(world, 5);
  await world.clock.advance(15_000);
  const times = world.agencies['desk']!.asked.map(({ at }) => at);
  expect(times).toHaveLength(5);
  for (let n = 1; n < 5; n += 1) expect(times[n]! - times[n - 1]!).toBeGreaterThanOrEqual(2000);
  for (const id of ids) expect((await look(world, id)).state).toBe('completed');
});

test('urgent ones go first', async () => {
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.file', with: { ref: 'application.clientReference' } } }, [
      agencyEntry('desk', { limits: { concurrency: 1 } }),
    ]),
    idle: true,
  });
  const priority = { level: 'urgent', reason: 'test' };
  for (let n = 1; n <= 3; n += 1) await submit(world, application({ clientReference: `plain-${n}` }));
  await submit(world, application({ clientReference: 'urgent', priority: { level: priority.level } }));
  world.startWorker();
  await world.clock.advance(5000);
  expect(world.agencies['desk']!.asked[0]!.input).toEqual({ ref: 'urgent' });
});
