/** A worker that is stopped beyond its lease in the middle of an operation that may be done once and cannot be asked about. */
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { counterOf, stampAsk, type Counter, type Shown } from './counter.ts';
import { ENTRY, makeMall, type Mall } from './mall.ts';

/** The lease is the time-out (8 s) and a margin of 15 s. */
const LEASE_MS = 40_000;
const SOON_MS = 20_000;

describe.concurrent(
  'a worker stopped by SIGSTOP beyond its lease, on a once operation',
  { timeout: 90_000 },
  () => {
    test('before it sent: nothing leaves after its deadline, and it is sent once, later', async (context) => {
      const { mall, counter, id } = await stoppedWhile(context, '/sign-in', 'before');
      await answerHeld(mall);
      mall.bus.signal('SIGCONT');

      const shown = await completed(counter, id);
      expect(shown).toMatchObject({
        state: 'completed',
        items: [],
        steps: [{ state: 'succeeded', output: { stamp: 'STAMP-1' } }],
      });
      // The attempt that was stopped never left; a later one did.
      const [first, ...later] = shown.steps[0]!.history;
      expect(first).toMatchObject({ outcome: 'retry', code: 'deadline' });
      expect(later.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
      expectOneStamp(mall);
    });

    test('after it sent: the answer that came meanwhile counts', async (context) => {
      const { mall, counter, id } = await stoppedWhile(context, '/stamps', 'after');
      await answerHeld(mall);
      mall.bus.signal('SIGCONT');

      const shown = await completed(counter, id);
      expect(shown).toMatchObject({
        state: 'completed',
        items: [],
        steps: [{ state: 'succeeded', attempts: 1, output: { stamp: 'STAMP-1' } }],
      });
      expect(shown.steps[0]!.history).toMatchObject([{ kind: 'send', outcome: 'ok', code: null }]);
      expectOneStamp(mall);
    });

    test('after it sent, and no answer came: one named item for a person', async (context) => {
      const { mall, counter, id } = await stoppedWhile(context, '/stamps', 'after');
      mall.bus.signal('SIGCONT');

      // Both what the sweep found (a lost attempt) and what the worker itself brought (a time-out) have been taken in.
      await seen(
        counter,
        id,
        ({ items, steps }) => items.length > 0 && steps[0]!.history[0]!.outcome === 'unknown',
      );
      const [shown] = await counter.all([id]);
      expect(shown).toMatchObject({
        state: 'underReview',
        items: [{ kind: 'outcomeUnknown' }],
        steps: [{ state: 'parked', attempts: 1 }],
      });
      expect(shown!.items).toHaveLength(1);
      expect(await stepOf(mall, id)).toMatchObject({ dueAt: null, leaseUntil: null });
      expectOneStamp(mall);
    });
  },
);

interface Stopped {
  mall: Mall;
  counter: Counter;
  id: string;
}

/** A bus that was stopped while the agency held its request, until the lease had run out. */
async function stoppedWhile(context: TestContext, path: string, when: 'before' | 'after'): Promise<Stopped> {
  const mall = await makeMall(context, ENTRY);
  const { stamps } = mall.standIns;
  stamps.hold(path, when);
  await stamps.open();
  await mall.start();
  const counter = counterOf(mall);
  const id = await counter.submit(await stampAsk(1));
  await vi.waitUntil(() => stamps.held.length === 1, { timeout: SOON_MS, interval: 5 });
  // By now the queue holds the bell of the lease's end: on waking, it and the answer come at the same moment.
  await vi.waitUntil(() => isBellHung(counter), { timeout: SOON_MS, interval: 20 });
  mall.bus.signal('SIGSTOP');
  const over = async (): Promise<boolean> => ((await stepOf(mall, id))?.leaseUntil ?? Infinity) < Date.now();
  await vi.waitUntil(over, { timeout: LEASE_MS, interval: 200 });
  return { mall, counter, id };
}

async function isBellHung(counter: Counter): Promise<boolean> {
  const { agencies } = await counter.get<{ agencies: { id: string; queue: { delayed: number } }[] }>(
    '/v1/agencies',
  );
  return agencies.find(({ id }) => id === 'stamps-9901')!.queue.delayed === 1;
}

async function stepOf(
  mall: Mall,
  id: string,
): Promise<{ dueAt: number | null; leaseUntil: number | null } | undefined> {
  const stored = await mall.look((ledger) => ledger.read(id));
  return stored?.steps[0];
}

async function answerHeld({ standIns: { stamps } }: Mall): Promise<void> {
  stamps.letThrough();
  for (const held of stamps.held) await held.answer();
}

/** The application once it fits, or as it is when it will not. */
async function seen(counter: Counter, id: string, fits: (shown: Shown) => boolean): Promise<Shown> {
  const look = async (): Promise<boolean> => (await counter.all([id])).some(fits);
  await vi.waitUntil(look, { timeout: SOON_MS, interval: 100 }).catch(() => undefined);
  return (await counter.all([id]))[0]!;
}

const completed = (counter: Counter, id: string): Promise<Shown> =>
  seen(counter, id, ({ state }) => state === 'completed');

function expectOneStamp({ standIns: { stamps } }: Mall): void {
  expect(stamps.simulator.book()).toMatchObject([{ effect: 'stamp', times: 1 }]);
  expect(stamps.seen.filter((path) => path === '/stamps')).toHaveLength(1);
}
