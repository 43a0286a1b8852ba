/** An agency's opening hours and daily quota hold for every process, by the agency's own clock. */
import { describe, expect, test } from 'vitest';
import type { AgencyLimits } from '../../src/domain/catalogue.ts';
import { application, look, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World, WorldOptions } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const OFFICE = Object.fromEntries(WEEK.map((day) => [day, ['08:00-15:00']]));

const desk = (limits: Partial<AgencyLimits>, options: WorldOptions = {}): WorldOptions => ({
  catalogue: smallCatalogue({ a: { call: 'desk.file' } }, [agencyEntry('desk', { limits })]),
  ...options,
});
const times = (world: World): string[] =>
  world.agencies['desk']!.asked.map(({ at }) => new Date(at).toISOString().slice(0, 16));
async function submitMany(world: World, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await submit(world, application()));
  return ids;
}
const stream = async (world: World): Promise<string[]> =>
  (await world.ledger.events('agency:desk', 0, 100)).map(({ type }) => type.split('.')[3]!);

describe('opening hours', () => {
  test.each([
    ['Asia/Jakarta', '2026-11-17T01:00'],
    ['Asia/Makassar', '2026-11-17T00:00'],
    ['Asia/Jayapura', '2026-11-16T23:00'],
  ])('%s: at night nothing goes out, in the morning all of it', async (zone, opens) => {
    const world = await open(desk({ opens: { zone, hours: OFFICE } }, { start: '2026-11-16T12:00:00Z' }));
    const ids = await submitMany(world, 12);
    await world.clock.advance(Date.parse(`${opens}:00Z`) - world.clock.now() - 1, MINUTE);
    expect(world.agencies['desk']!.asked).toEqual([]);
    expect(await world.ledger.lane('desk')).toMatchObject({
      ...{ code: 'CLOSED', sleepUntil: Date.parse(`${opens}:00Z`) },
    });
    await world.clock.advance(MINUTE);
    expect(times(world)).toEqual(Array(12).fill(opens));
    for (const id of ids) expect((await look(world, id)).state).toBe('completed');
    const spent = await Promise.all(ids.map(async (id) => (await world.ledger.read(id))!.steps[0]!.attempts));
    expect(spent).toEqual(Array(12).fill(1));
    expect(await stream(world)).toEqual(['down', 'up']);
  });

  test('over a weekend, a holiday and announced maintenance', async () => {
    const catalogue = smallCatalogue({ a: { call: 'desk.file' } }, [
      agencyEntry('desk', {
        limits: {
          opens: {
            zone: 'Asia/Pontianak',
            hours: { ...OFFICE, mon: ['08:00-11:00', '13:00-15:00'] },
            calendar: 'ID',
            maintenance: [{ from: '2026-11-24T06:00', to: '2026-11-24T09:30' }],
          },
        },
      }),
    ]);
    const calendars = [{ id: 'ID', source: 'test', weekend: [6, 7], holidays: ['2026-11-23'] }];
    // Friday, 16:00 at the agency.
    const world = await open({ catalogue: { ...catalogue, calendars }, start: '2026-11-20T09:00:00Z' });
    await submit(world);
    await world.clock.advance(96 * HOUR, MINUTE);
    expect(times(world)).toEqual(['2026-11-24T02:30']);
  });

  test('an answer that is still on its way at closing time is taken', async () => {
    const opens = { zone: 'Asia/Jakarta', hours: OFFICE };
    const world = await open(desk({ opens }, { start: '2026-11-16T07:59:59Z' }));
    world.agencies['desk']!.script = () =>
      new Promise((resolve) => world.clock.after(5000, () => resolve(undefined)));
    const first = await submit(world);
    await world.clock.advance(2000);
    const second = await submit(world);
    await world.clock.advance(10_000);
    expect((await look(world, first)).state).toBe('completed');
    expect((await look(world, second)).state).toBe('accepted');
    expect(world.agencies['desk']!.asked).toHaveLength(1);
    expect((await world.ledger.lane('desk')).code).toBe('CLOSED');
  });
});

describe('a daily quota', () => {
  test(
    'is one for two processes on one ledger, and begins anew at midnight there',
    { timeout: 30_000 },
    async () => {
      const limits = { perDay: 10, opens: { zone: 'Asia/Jayapura' } };
      const world = await open(desk(limits, { start: '2026-11-16T03:00:00Z' }));
      world.startWorker();
      const ids = await submitMany(world, 25);
      const midnight = Date.parse('2026-11-16T15:00:00Z');
      await world.clock.advance(midnight - world.clock.now() - 1, MINUTE);
      expect(world.agencies['desk']!.asked).toHaveLength(10);
      expect(await world.ledger.lane('desk')).toMatchObject({
        ...{ code: 'QUOTA_USED', used: 10, day: '2026-11-16', sleepUntil: midnight },
      });
      await world.clock.advance(10 * MINUTE, 1000);
      expect(world.agencies['desk']!.asked).toHaveLength(20);
      await world.clock.advance(24 * HOUR, MINUTE);
      expect(world.agencies['desk']!.asked).toHaveLength(25);
      for (const id of ids) expect((await look(world, id)).state).toBe('completed');
      expect(await world.ledger.openItems({ most: 10 })).toEqual([]);
      expect(await stream(world)).toEqual(['down', 'up', 'down', 'up']);
    },
  );

  test('counts questions', async () => {
    const catalogue = smallCatalogue({ a: { call: 'desk.reserve' } }, [
      agencyEntry('desk', { limits: { perDay: 3, opens: { zone: 'Asia/Jakarta' } } }),
    ]);
    const world = await open({ catalogue });
    world.agencies['desk']!.script = ({ kind, n }) =>
      kind === 'send' && n === 1
        ? 'loseAfter'
        : kind === 'inquiry' && n < 4
          ? { is: 'unknown', code: 'LATER' }
          : undefined;
    const id = await submit(world);
    await world.clock.advance(10 * HOUR, MINUTE);
    expect(world.agencies['desk']!.asked).toHaveLength(3);
    await world.clock.advance(16 * HOUR, MINUTE);
    expect((await look(world, id)).state).toBe('completed');
    expect([...world.agencies['desk']!.effects.values()]).toEqual([1]);
  });
});
