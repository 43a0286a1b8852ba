/** A bus dies in the middle of its work, its ledger is moved, and a bus over PostgreSQL finishes it: nothing lost, nothing doubled. */
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';
import { askOf, counterOf, isSettled } from '../journeys/counter.ts';
import { ENTRY, makeMall, type Mall } from '../journeys/mall.ts';
import { startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { jembatan } from './stand.ts';

const APPLICATIONS = 30;
/** Applications that are accepted when the bus dies: the first are done, the last not begun. */
const BEFORE = 20;
const SETTLE_MS = 150_000;

describe.skipIf(!hasServers)('a half-done mall', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases(true);
  }, 60_000);
  afterAll(() => databases.remove(), 60_000);

  test('goes on in the new ledger', { timeout: 300_000 }, async (context: TestContext) => {
    const mall = await makeMall(context, ENTRY);
    const { bank, dukcapil, police } = mall.standIns;
    await Promise.all([bank.open(), dukcapil.open(), police.open()]);
    await mall.start();
    const counter = counterOf(mall);
    const asks = await Promise.all(Array.from({ length: APPLICATIONS }, (_, n) => askOf(n)));
    await Promise.all(asks.slice(0, BEFORE).map((ask) => counter.submit(ask)));
    mall.bus.signal('SIGKILL');
    await mall.bus.ended;

    const url = await databases.fresh('empty');
    mall.settings['JEMBATAN_LEDGER'] = url;
    const settings = { ...mall.settings, PATH: process.env['PATH']! };
    expect(await jembatan(['migrate'], settings)).toMatchObject({ code: 0 });
    const moved = await jembatan(['move'], settings);
    expect([moved.code, moved.out.at(-1)]).toEqual([0, expect.stringContaining('the same on both sides')]);
    await mall.start();

    // Asked again after the move: the same applications, for the locks have moved too.
    await Promise.all(asks.map((ask) => counter.submit(ask)));
    for (const [reference, ids] of counter.acknowledged) expect(new Set(ids).size, reference).toBe(1);
    const ids = [...counter.acknowledged.values()].map(([id]) => id!);
    expect(new Set(ids).size).toBe(APPLICATIONS);
    await vi.waitFor(
      async () => {
        await payBills(mall);
        expect((await counter.all(ids)).filter((one) => !isSettled(one)).map(({ id }) => id)).toEqual([]);
      },
      { timeout: SETTLE_MS, interval: 500 },
    );
    for (const { simulator } of [bank, dukcapil, police]) {
      expect(simulator.book().length).toBeGreaterThan(0);
      expect(simulator.book().filter(({ times }) => times !== 1)).toEqual([]);
    }
    const listed = await counter.get<{ applications: unknown[] }>('/v1/applications?limit=200');
    expect(listed.applications).toHaveLength(APPLICATIONS);
    const proved = await jembatan(['audit', 'verify'], settings);
    expect([proved.code, proved.out]).toEqual([0, [expect.stringContaining('unbroken')]]);
  });
});

async function payBills({ standIns: { bank } }: Mall): Promise<void> {
  const entered = (effect: string): string[] =>
    bank.simulator
      .book()
      .filter((one) => one.effect === effect)
      .map(({ key }) => key);
  const paid = new Set(entered('payment'));
  for (const trxId of entered('virtualAccount'))
    if (!paid.has(trxId)) await bank.simulator.act('pay', { trxId });
}
