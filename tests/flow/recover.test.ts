import { describe, expect, test } from 'vitest';
import type { HostedNews } from '../../src/adapter-kit/contract.ts';
import { look, photo, states, submit, upload } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { oneStep } from '../support/one-step.ts';
import { testAdapter } from '../support/test-agency.ts';

const open = worlds();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a step due long after it is rung', () => {
  test('it is dropped as not due, and costs the queue nothing', async () => {
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
    world.agencies['desk']!.script = ({ n }) =>
      n === 1 ? { is: 'retry', code: 'CLOSED', afterSeconds: 86_400 } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    const [step] = (await world.ledger.read(id))!.steps;
    expect(step!.dueAt).toBeGreaterThan(world.clock.now() + DAY - 2 * MINUTE);
    expect(await world.queue.counts('desk')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    for (const wake of [step!.wake, step!.wake - 1, step!.wake + 1]) {
      world.queue.ring({ lane: 'desk', bell: { id: `${id}.a`, wake }, at: world.clock.now(), priority: 1 });
    }
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked).toHaveLength(1);
    expect((await world.ledger.read(id))!.steps[0]).toEqual(step);
    expect(await world.queue.counts('desk')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    await world.clock.advance(2 * DAY, 10 * MINUTE);
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

describe('news that cannot be taken up', () => {
  /** Throws where it should answer a message that is called bad. */
  const { enter } = testAdapter.hosted as Record<string, HostedNews>;
  const answer: HostedNews['answer'] = (hostedCase, call) => {
    if (hostedCase.is === 'found' && hostedCase.message.id.startsWith('bad'))
      throw new Error('It is unreadable');
    return enter!.answer(hostedCase, call);
  };
  const odd = {
    ...testAdapter,
    name: 'odd',
    hosted: { ...testAdapter.hosted, enter: { ...enter!, answer } },
  };
  const dropped: number[] = [];
  /** As after a crash that came between the reference and the news: only the sweep knows of it. */
  const opened = () =>
    open({
      ...oneStep('enter', { adapter: 'odd' }),
      adapters: [odd],
      wrapLedger: (ledger) => ({
        ...ledger,
        waitingNews: async () => [],
        async dropUnlisted(before) {
          const count = await ledger.dropUnlisted(before);
          dropped.push(count);
          return count;
        },
      }),
    });
  const failed = (log: string[]): string[] =>
    log
      .filter((line) => line.includes('news.failed'))
      .map((line) => (JSON.parse(line) as { message: string }).message);

  test('is logged and holds up nothing: neither other news, however much of it there is, nor the rest of the sweep', async () => {
    const world = await opened();
    await upload(world, photo(), { documentId: 'photo', documentTypeCode: 'PHOTO' });
    await world.clock.advance(DAY - MINUTE, 10 * MINUTE);
    expect(dropped.every((count) => count === 0)).toBe(true);
    const outcome = { is: 'ok', output: {} };
    for (let n = 0; n < 120; n += 1)
      await world.news('desk', 'enter', { id: `bad${n}`, reference: 'R', outcome });
    await world.news('desk', 'enter', { id: 'good', reference: 'R2', outcome });
    world.agencies['desk']!.script = ({ n }) => ({ is: 'pending', reference: n === 1 ? 'R' : 'R2' });
    const [, second] = [await submit(world), await submit(world)];
    await world.clock.advance(2 * MINUTE, 15_000);
    expect(new Set(failed(world.log)).size).toBe(120);
    expect((await look(world, second)).state).toBe('completed');
    expect(world.log.join()).not.toContain('recover.failed');
    expect(dropped.filter((count) => count > 0)).toEqual([1]);
  });

  test('by the reference that its step has now is taken up by the one that it had', async () => {
    const world = await opened();
    world.agencies['desk']!.script = ({ kind }) => ({
      is: 'pending',
      reference: kind === 'send' ? 'R1' : 'R2',
    });
    const said = { is: 'ok', output: { early: true } };
    await world.news('desk', 'enter', { id: 'good', reference: 'R1', outcome: said });
    const id = await submit(world);
    await world.clock.advance(10 * MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'completed', steps: [{ output: { early: true } }] });
  });
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
