/** The queue's contract: lanes of bells, their limits, and an end that loses no work under way. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Bell, Ring } from '../../src/domain/lane.ts';
import type { LaneCounts, Queue } from '../../src/flow/ports/queue.ts';

export interface OpenedQueue {
  queue: Queue;
  now(): number;
  /** Lets so much time pass, and everything that falls due in it happen. */
  pass(ms: number): Promise<void>;
  /** Work that takes so long. */
  sleep(ms: number): Promise<void>;
  /** Names of the events logged so far. */
  logged: string[];
}

/** Handles bells by hand: records when each came, and ends each when told. */
export class Hands {
  readonly taken: { id: string; wake: number; at: number }[] = [];
  readonly #open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  most = 0;
  readonly #on: OpenedQueue;

  constructor(on: OpenedQueue) {
    this.#on = on;
  }

  readonly handle = (bell: Bell): Promise<void> => {
    this.taken.push({ ...bell, at: this.#on.now() });
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      this.most = Math.max(this.most, this.#open.length);
    });
  };

  get ids(): string[] {
    return this.taken.map(({ id }) => id);
  }

  async end(error?: Error): Promise<void> {
    const [first] = this.#open.splice(0, 1);
    if (error) first!.reject(error);
    else first!.resolve();
    await this.#on.pass(0);
  }

  async endAll(): Promise<void> {
    while (this.#open.length > 0) await this.end();
  }
}

/** How the bodies differ where the contract leaves them free. */
export interface QueueTraits {
  /** How many bells a lane holds of each kind: due now, and due later. */
  most: number;
  /** Real time is dear: what the suite calls a second takes so many. */
  pace?: number;
  /** Milliseconds by which a bell may come late. */
  late?: number;
  /** What becomes of a bell that is rung while it is being answered. */
  whileAnswered?: 'rings' | 'is swallowed';
}

const FREE = { concurrency: 1000, perSecond: 100_000 };
const ONE = { concurrency: 1, perSecond: 100_000 };

export function queueSuite(name: string, open: () => Promise<OpenedQueue>, traits: QueueTraits): void {
  const { most, pace = 1, late = 0, whileAnswered = 'rings' } = traits;
  const span = (ms: number): number => ms * pace;
  describe(name, () => {
    let on: OpenedQueue;
    const after = (ms: number): Promise<void> => on.pass(span(ms) + late);
    const counts = (lane = 'bank'): Promise<LaneCounts | null> => on.queue.counts(lane);
    /** Each bell at its time, or a little later. */
    const expectTaken = (taken: { id: string; at: number }[], due: [string, number][]): void => {
      expect(ids(taken)).toEqual(due.map(([id]) => id));
      for (const [n, [, at]] of due.entries()) {
        expect(taken[n]!.at).toBeGreaterThanOrEqual(at);
        expect(taken[n]!.at).toBeLessThanOrEqual(at + late);
      }
    };
    beforeEach(async () => {
      on = await open();
    });
    const bell = (id: string, fields: Partial<Ring> & { wake?: number } = {}): Ring => {
      const { wake = 1, ...rest } = fields;
      return { lane: 'bank', bell: { id, wake }, at: on.now(), priority: 3, ...rest };
    };
    /** A worker that ends everything at once. */
    const collect = (lane = 'bank', limits = FREE): { id: string; at: number }[] => {
      const taken: { id: string; at: number }[] = [];
      on.queue.work(lane, limits, async ({ id }) => void taken.push({ id, at: on.now() }));
      return taken;
    };
    const hold = (limits = FREE, lane = 'bank'): Hands => {
      const hands = new Hands(on);
      on.queue.work(lane, limits, hands.handle);
      return hands;
    };
    const ids = (taken: { id: string }[]): string[] => taken.map(({ id }) => id);

    describe('bells', () => {
      test('are answered with their wake, also those rung before anybody worked', async () => {
        on.queue.ring(bell('early', { wake: 7 }));
        await on.pass(0);
        expect(await counts()).toEqual({ waiting: 1, delayed: 0, active: 0 });
        const hands = hold();
        on.queue.ring(bell('late'));
        await on.pass(0);
        expect(hands.taken.map(({ id, wake }) => [id, wake])).toEqual([
          ['early', 7],
          ['late', 1],
        ]);
        expect(await counts()).toEqual({ waiting: 0, delayed: 0, active: 2 });
      });

      test('twice the same is one; another wake is another bell', async () => {
        for (const wake of [1, 1, 2, 1, 2]) on.queue.ring(bell('step', { wake }));
        const hands = hold();
        await on.pass(0);
        expect(hands.taken.map(({ wake }) => wake)).toEqual([1, 2]);
      });

      test('rung again for an earlier time, it is heard then', async () => {
        const taken = collect();
        on.queue.ring(bell('step', { at: on.now() + 300_000 }));
        await after(0);
        on.queue.ring(bell('step'));
        await after(0);
        expect(ids(taken)).toEqual(['step']);
      });

      test(`rung again while it is being answered, it ${whileAnswered}`, async () => {
        const hands = hold();
        on.queue.ring(bell('step'));
        await on.pass(0);
        on.queue.ring(bell('step'));
        await on.pass(0);
        expect(hands.ids).toEqual(whileAnswered === 'rings' ? ['step', 'step'] : ['step']);
      });

      test.each([['well'], ['badly', new Error('The ledger is gone')]])(
        'once answered, %s, may be rung again: the ledger knows whether there is anything to do',
        async (_, error?: Error) => {
          const hands = hold();
          for (let n = 0; n < 3; n += 1) {
            on.queue.ring(bell('step'));
            await on.pass(0);
            await hands.end(error);
          }
          expect(hands.ids).toEqual(['step', 'step', 'step']);
        },
      );

      test('smaller priorities go first, then those that came first', async () => {
        const rung: [string, number][] = [
          ['c', 3],
          ['d', 3],
          ['a', 1],
          ['e', 9],
          ['b', 1],
        ];
        for (const [id, priority] of rung) on.queue.ring(bell(id, { priority }));
        const hands = hold(ONE);
        for (let n = 0; n < rung.length; n += 1) await on.pass(0).then(() => hands.end());
        expect(hands.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
      });

      test(`a full lane takes no more than ${most}, and takes again once it has room`, async () => {
        for (let n = 0; n < most; n += 1) on.queue.ring(bell(`b${n}`));
        on.queue.ring(bell('too much'));
        await on.pass(0);
        expect(await counts()).toEqual({ waiting: most, delayed: 0, active: 0 });
        on.queue.ring(bell('elsewhere', { lane: 'registry' }));
        await on.pass(0);
        expect((await counts('registry'))!.waiting).toBe(1);
        const taken = collect('bank', { concurrency: 1000, perSecond: 1e9 });
        await on.pass(0);
        on.queue.ring(bell('room again'));
        await after(1000);
        expect([taken.length, ids(taken).includes('too much'), ids(taken).includes('room again')]).toEqual([
          most + 1,
          false,
          true,
        ]);
      });

      test('due in minutes, however many, keep out nothing that is due now', async () => {
        const later = { at: on.now() + 540_000 };
        for (let n = 0; n <= most; n += 1) on.queue.ring(bell(`far ${n}`, later));
        on.queue.ring(bell('now'));
        await on.pass(0);
        expect(await counts()).toEqual({ waiting: 1, delayed: most, active: 0 });
        const taken = collect();
        await on.pass(0);
        expect(ids(taken)).toEqual(['now']);
      });
    });

    describe('time', () => {
      test('a bell waits for its time, and not longer', async () => {
        const start = on.now();
        const taken = collect();
        const due: [string, number][] = [
          ['first', start + span(3000)],
          ['second', start + span(3500)],
          ['third', start + span(9000)],
        ];
        for (const [id, at] of [due[2]!, due[0]!, due[1]!]) on.queue.ring(bell(id, { at }));
        await on.pass(0);
        expect(await counts()).toEqual({ waiting: 0, delayed: 3, active: 0 });
        await after(10_000);
        expectTaken(taken, due);
      });

      test("a sooner bell is not held back by a later one's timer", async () => {
        const start = on.now();
        const taken = collect();
        on.queue.ring(bell('later', { at: start + span(60_000) }));
        await on.pass(span(1000));
        const due = on.now() + span(1000);
        on.queue.ring(bell('sooner', { at: due }));
        await after(1000);
        expectTaken(taken, [['sooner', due]]);
      });

      test('what is due later than ten minutes is left to the ledger', async () => {
        on.queue.ring(bell('far', { at: on.now() + 30 * 86_400_000 }));
        on.queue.ring(bell('near', { at: on.now() + 600_000 }));
        await on.pass(0);
        expect((await counts())!.delayed).toBe(1);
      });
    });

    describe('limits', () => {
      test('never more at once than the lane allows', async () => {
        const hands = hold({ ...FREE, concurrency: 3 });
        for (let n = 0; n < 10; n += 1) on.queue.ring(bell(`b${n}`));
        await on.pass(0);
        expect(await counts()).toEqual({ waiting: 7, delayed: 0, active: 3 });
        await hands.endAll();
        expect([hands.most, hands.taken.length]).toEqual([3, 10]);
      });

      test.each([0.5, 1, 5])(
        "%d a second: never more than that, one second's worth at once apart",
        async (perSecond) => {
          const start = on.now();
          const taken = collect('bank', { concurrency: 1000, perSecond });
          for (let n = 0; n < 40; n += 1) on.queue.ring(bell(`b${n}`));
          await on.pass(span(20_000));
          for (const [before, { at }] of taken.entries()) {
            expect(before + 1).toBeLessThanOrEqual(
              Math.max(1, perSecond) + ((at - start) / 1000) * perSecond + 0.001,
            );
          }
          const inTime = (span(20_000) - late) / 1000;
          expect(taken.length).toBeGreaterThanOrEqual(Math.min(40, Math.floor(perSecond * inTime)));
        },
      );

      test("a quiet hour does not save up more than one second's worth", async () => {
        const taken = collect('bank', { concurrency: 1000, perSecond: 5 });
        await after(pace === 1 ? 3_600_000 : 10_000);
        for (let n = 0; n < 40; n += 1) on.queue.ring(bell(`b${n}`));
        await on.pass(0);
        expect(taken.length).toBe(5);
      });

      test('said again, new ones hold for what waits already, and none is answered twice', async () => {
        const hands = hold(ONE);
        for (let n = 0; n < 10; n += 1) on.queue.ring(bell(`b${n}`));
        await on.pass(0);
        expect((await counts())!.active).toBe(1);
        on.queue.work('bank', { ...FREE, concurrency: 3 }, hands.handle);
        await after(0);
        await hands.end();
        await after(0);
        expect(await counts()).toEqual({ waiting: 6, delayed: 0, active: 3 });
        on.queue.work('bank', ONE, hands.handle);
        await after(0);
        await hands.end();
        await hands.end();
        await after(0);
        expect((await counts())!.active).toBe(1);
        await hands.endAll();
        expect(hands.ids.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `b${n}`));
      });

      test('a rate that is raised is used from the next second on', async () => {
        const slow = { concurrency: 1000, perSecond: 1 };
        const taken: string[] = [];
        const handle = async ({ id }: Bell): Promise<void> => void taken.push(id);
        on.queue.work('bank', slow, handle);
        for (let n = 0; n < 30; n += 1) on.queue.ring(bell(`b${n}`));
        await on.pass(span(2000));
        expect(taken.length).toBeLessThanOrEqual(5);
        on.queue.work('bank', { ...slow, perSecond: 100 }, handle);
        await after(2500);
        expect(taken.length).toBe(30);
      });

      test('one lane that hangs harms no other', async () => {
        const stuck = hold(ONE, 'stuck');
        const taken = collect();
        for (let n = 0; n < 5; n += 1) on.queue.ring(bell(`s${n}`, { lane: 'stuck' }));
        for (let n = 0; n < 5; n += 1) on.queue.ring(bell(`b${n}`));
        await on.pass(0);
        expect([stuck.taken.length, taken.length]).toEqual([1, 5]);
      });
    });

    describe('pause', () => {
      test('holds what is rung and what falls due; work under way goes on; resume lets go', async () => {
        const hands = hold(ONE);
        on.queue.ring(bell('under way'));
        await on.pass(0);
        await on.queue.pause('bank');
        on.queue.ring(bell('rung'));
        on.queue.ring(bell('later', { at: on.now() + span(1000) }));
        await on.pass(span(5000));
        await hands.end();
        await on.pass(span(5000));
        expect(hands.ids).toEqual(['under way']);
        await on.queue.resume('bank');
        await on.pass(0);
        await hands.end();
        expect(hands.ids).toEqual(['under way', 'rung', 'later']);
      });
    });

    describe('failure', () => {
      test('of a handler is logged, frees its place, and the lane goes on', async () => {
        const hands = hold(ONE);
        on.queue.ring(bell('first'));
        on.queue.ring(bell('second'));
        await on.pass(0);
        await hands.end(new Error('The ledger is gone'));
        expect(on.logged).toEqual(['bell.failed']);
        expect(hands.ids).toEqual(['first', 'second']);
        expect((await counts())!.active).toBe(1);
      });
    });

    describe('close', () => {
      test('waits for what is being answered, in every lane, and takes no more', async () => {
        const [bank, registry] = [hold(ONE, 'bank'), hold(ONE, 'registry')];
        for (const lane of ['bank', 'registry'])
          for (const id of ['one', 'two']) on.queue.ring(bell(id, { lane }));
        on.queue.ring(bell('later', { at: on.now() + span(1000) }));
        await on.pass(0);
        let closed = false;
        const closing = on.queue.close().then(() => (closed = true));
        on.queue.ring(bell('after'));
        await on.pass(span(5000));
        expect(closed).toBe(false);
        await bank.end(new Error('also a failure ends it'));
        expect(closed).toBe(false);
        await registry.end();
        await closing;
        await on.pass(span(5000));
        expect([bank.ids, registry.ids]).toEqual([['one'], ['one']]);
      });

      test('is over at once when nothing is under way', async () => {
        hold();
        await expect(on.queue.close()).resolves.toBeUndefined();
      });
    });

    test('whatever is rung is answered once, in its time, within the limits', async () => {
      const rings = fc.array(
        fc.record({ ms: fc.integer({ min: 0, max: 20_000 }), priority: fc.integer({ min: 1, max: 9 }) }),
        {
          minLength: 1,
          maxLength: 40,
        },
      );
      const limits = fc.record({
        concurrency: fc.integer({ min: 1, max: 5 }),
        perSecond: fc.integer({ min: 1, max: 20 }),
      });
      await fc.assert(
        fc.asyncProperty(rings, limits, fc.integer({ min: 0, max: 700 }), async (wishes, paced, work) => {
          on = await open();
          const limit = { ...paced, perSecond: paced.perSecond / pace };
          const workMs = span(work);
          const start = on.now();
          let active = 0;
          let mostActive = 0;
          const taken: { id: string; at: number }[] = [];
          on.queue.work('bank', limit, async ({ id }) => {
            taken.push({ id, at: on.now() - start });
            mostActive = Math.max(mostActive, (active += 1));
            await on.sleep(workMs);
            active -= 1;
          });
          for (const [n, { ms, priority }] of wishes.entries())
            on.queue.ring(bell(`b${n}`, { at: start + span(ms), priority }));
          const patience = 20_000 + 40_000 + 40 * work;
          for (let passed = 0; passed < patience && taken.length < wishes.length; passed += 5000)
            await on.pass(span(5000));
          await on.pass(span(5000));
          expect(ids(taken).toSorted()).toEqual(wishes.map((_, n) => `b${n}`).toSorted());
          for (const { id, at } of taken)
            expect(at).toBeGreaterThanOrEqual(span(wishes[Number(id.slice(1))]!.ms));
          expect(mostActive).toBeLessThanOrEqual(limit.concurrency);
        }),
        { numRuns: pace === 1 ? 30 : 3 },
      );
    });
  });
}
