import { describe, expect, test } from 'vitest';
import { look, states, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a step due in 30 days rung today', () => {
  test('it is dropped as not due, and costs the queue nothing', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
    world.agencies['desk']!.script = ({ n }) =>
      n === 1 ? { is: 'retry', code: 'CLOSED', afterSeconds: 30 * 86_400 } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    const [step] = (await world.ledger.read(id))!.steps;
    expect(step!.dueAt).toBeGreaterThan(world.clock.now() + 29 * DAY);
    expect(world.queue.counts('desk')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    for (const wake of [step!.wake, step!.wake - 1, step!.wake + 1]) {
      world.queue.ring({ lane: 'desk', bell: { id: `${id}.a`, wake }, at: world.clock.now(), priority: 1 });
    }
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked).toHaveLength(1);
    expect((await world.ledger.read(id))!.steps[0]).toEqual(step);
    expect(world.queue.counts('desk')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    await world.clock.advance(30 * DAY, 10 * MINUTE);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('a wait of 30 days is not cut short by a bell', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.announce', waits: '30d' } }) });
    const id = await submit(world);
    await world.clock.advance(1000);
    const [step] = (await world.ledger.read(id))!.steps;
    world.queue.ring({ lane: 'desk', bell: { id: `${id}.a`, wake: step!.wake }, at: 0, priority: 1 });
    await world.clock.advance(1000);
    expect(await states(world, id)).toEqual({ a: 'waitingAgency' });
    expect((await world.ledger.read(id))!.steps[0]).toEqual(step);
  });
});

test('a wiped queue: the sweep of a new process rings everything again', async () => {
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.file' }, b: { call: 'desk.stamp', after: 'a' } }),
    idle: true,
  });
  const ids: string[] = [];
  for (let n = 0; n < 30; n += 1) ids.push(await submit(world));
  await world.clock.advance(MINUTE);
  expect(world.agencies['desk']!.asked).toEqual([]);
  const worker = world.startWorker();
  await world.clock.advance(5000);
  await world.clock.during(worker.stop());
  world.startWorker();
  await world.clock.advance(30_000);
  for (const id of ids) expect((await look(world, id)).state).toBe('completed');
  expect([...world.agencies['desk']!.effects.values()].every((times) => times === 1)).toBe(true);
});

test('bells lost and bells doubled change nothing but the time it takes', async () => {
  let n = 0;
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.stamp' }, b: { call: 'desk.stamp', after: 'a' } }),
    wrapQueue: (queue) => ({
      ...queue,
      ring(ring) {
        n += 1;
        if (n % 3 === 0) return;
        queue.ring(ring);
        queue.ring({ ...ring, at: ring.at + 1 });
      },
    }),
  });
  const ids: string[] = [];
  for (let count = 0; count < 10; count += 1) ids.push(await submit(world));
  await world.clock.advance(MINUTE);
  for (const id of ids) expect((await look(world, id)).state).toBe('completed');
  expect([...world.agencies['desk']!.effects.values()]).toEqual(Array.from({ length: 20 }, () => 1));
});

test('the leases of a dead predecessor end at an embedded start', async () => {
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.file' } }, [agencyEntry('desk')]),
    idle: true,
  });
  const dead = world.startWorker();
  dead.gates.beforeSend = () => {
    dead.clock.stop();
    return new Promise(() => undefined);
  };
  const id = await submit(world);
  await world.clock.advance(4000);
  expect(await world.clock.during(world.ledger.endLeases())).toBe(1);
  world.startWorker();
  await world.clock.advance(10_000);
  expect((await look(world, id)).state).toBe('completed');
});
