/** `claim`, `due`, `endLeases` and lanes: who may send now, and what is rung again. */
import { describe, expect, test } from 'vitest';
import {
  acceptance,
  AT,
  BOX,
  claimOf,
  idOf,
  MINUTE,
  SETTLED,
  START,
  stepOf,
  stepRow,
  store,
} from './ledger-fixtures.ts';
import { endpoint, type Opened } from './ledger-fixtures.ts';

const PAUSE = { type: 'go.mpp.connector.paused.v1', data: { by: 'test' } };
const RESUME = { type: 'go.mpp.connector.resumed.v1', data: { by: 'test' } };

export function claimSuite(on: Opened): void {
  const accept = async (...numbers: number[]): Promise<void> => {
    for (const n of numbers) await on.ledger.accept(acceptance(n));
  };
  /** Puts the registry's lane to sleep by an agency's own word. */
  const sleep = (ms: number, n = 1): ReturnType<typeof store> => {
    const until = on.clock.now() + ms;
    return store(on.ledger, n, {
      lane: { id: 'registry', signal: { is: 'away', code: 'QUOTA', until }, limits: BOX },
    });
  };
  const claim = async (n = 1, fields = {}): Promise<Awaited<ReturnType<typeof on.ledger.claim>>> =>
    on.ledger.claim(await claimOf(on.ledger, n, 'check', fields));

  describe('claim', () => {
    test('takes the lease and writes "attempt begun"', async () => {
      await accept(1);
      const claimed = await claim();
      expect(claimed).toEqual({ is: 'claimed', fence: 1, wake: 2, leaseUntil: START + MINUTE, probe: false });
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({
        ...{
          fence: 1,
          wake: 2,
          leaseUntil: START + MINUTE,
          leaseKind: 'send',
          dueAt: START + MINUTE,
          attempts: 1,
          sentAt: START,
        },
      });
      const [attempt] = await on.ledger.attempts(idOf(1));
      expect(attempt).toMatchObject({
        step: 'check',
        round: 1,
        number: 1,
        kind: 'send',
        at: AT,
        endedAt: null,
        outcome: null,
      });
      expect(attempt!.tryKey).toHaveLength(24);
    });

    test('an inquiry leaves the time of sending alone', async () => {
      await accept(1);
      await store(on.ledger, 1, { steps: { check: { state: 'unknown', sentAt: START - 5, dueAt: START } } });
      await claim(1, { kind: 'inquiry' });
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({ sentAt: START - 5, leaseKind: 'inquiry' });
    });

    test('of many at once with one bell, one is taken and one attempt is written', async () => {
      await accept(1);
      const same = await claimOf(on.ledger);
      const all = await Promise.all(Array.from({ length: 10 }, () => on.ledger.claim(same)));
      expect(all.map(({ is }) => is).toSorted()).toEqual(['claimed', ...Array(9).fill('stale')]);
      expect(await on.ledger.attempts(idOf(1))).toHaveLength(1);
    });

    test.each([
      ['wake', { wake: 7 }],
      ['fence', { fence: 7 }],
      ['round', { round: 2 }],
      ['step', { step: 'nothing' }],
      ['application', { applicationId: 'nobody' }],
    ])('a stale %s takes nothing', async (_, fields) => {
      await accept(1);
      expect(await claim(1, fields)).toEqual({ is: 'stale' });
      expect(await on.ledger.attempts(idOf(1))).toEqual([]);
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({ leaseUntil: null, fence: 0, wake: 1 });
    });

    test('the attempt is written in the same transaction: without it there is no lease', async () => {
      await accept(1);
      await claim();
      on.clock.advance(2 * MINUTE);
      await on.ledger.endLeases();
      await expect(claim(1, { number: 1 })).rejects.toThrow();
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({
        fence: 1,
        leaseKind: 'send',
        leaseUntil: START + 2 * MINUTE,
      });
    });

    test('a step that was ended after it was read is stale', async () => {
      await accept(1);
      const read = await claimOf(on.ledger);
      await store(on.ledger, 1, { steps: { check: { state: 'cancelled', dueAt: null } }, events: [SETTLED] });
      expect(await on.ledger.claim(read)).toEqual({ is: 'stale' });
      expect(await claim()).toEqual({ is: 'stale' });
      expect(await on.ledger.attempts(idOf(1))).toEqual([]);
    });

    test('nothing new is sent for an application that is being ended; what may be done already is still asked about', async () => {
      await accept(1, 2);
      const ending = { as: 'cancelled', code: 'CANCELLED' } as const;
      await store(on.ledger, 1, { application: { ending }, events: [SETTLED] });
      expect(await claim(1)).toEqual({ is: 'stale' });
      const unknown = { check: { state: 'unknown', dueAt: START } } as const;
      await store(on.ledger, 2, { application: { ending }, events: [SETTLED], steps: unknown });
      expect(await claim(2, { kind: 'inquiry' })).toMatchObject({ is: 'claimed' });
    });
  });

  describe('lanes at the claim', () => {
    test("a paused lane is closed until it is resumed, and both stand in the agency's stream", async () => {
      await accept(1);
      await on.ledger.setPaused('registry', true, PAUSE);
      expect(await claim()).toEqual({ is: 'closed', why: 'paused' });
      expect(await on.ledger.attempts(idOf(1))).toEqual([]);
      await on.ledger.setPaused('registry', false, RESUME);
      expect(await claim()).toMatchObject({ is: 'claimed' });
      const events = await on.ledger.events('agency:registry', 0, 10);
      expect(events.map(({ seq, type }) => [seq, type])).toEqual([
        [1, PAUSE.type],
        [2, RESUME.type],
      ]);
    });

    test('a sleeping lane is closed, then lets one probe through at a time', async () => {
      await accept(1, 2, 3);
      await sleep(10 * MINUTE);
      expect(await claim(1)).toEqual({ is: 'closed', why: 'asleep' });
      on.clock.advance(10 * MINUTE);
      const all = [await claimOf(on.ledger, 1), await claimOf(on.ledger, 2), await claimOf(on.ledger, 3)];
      const claimed = await Promise.all(all.map((one) => on.ledger.claim(one)));
      expect(claimed.map((one) => (one.is === 'claimed' ? `probe ${one.probe}` : one.is))).toEqual([
        'probe true',
        'closed',
        'closed',
      ]);
      // A probe whose process died does not close the lane for good.
      on.clock.advance(MINUTE);
      expect(await claim(2)).toMatchObject({ is: 'claimed', probe: true });
    });

    test.each(['good', 'neutral'] as const)('after a %s probe the lane goes on', async (is) => {
      await accept(1, 2);
      await sleep(MINUTE);
      on.clock.advance(MINUTE);
      await claim(1);
      await store(on.ledger, 1, { lane: { id: 'registry', signal: { is }, limits: BOX } });
      expect(await claim(2)).toMatchObject({ is: 'claimed', probe: is === 'neutral' });
    });

    test('the next exchange of an operation (more) is not shut out by its own lane', async () => {
      await accept(1, 2);
      await sleep(MINUTE);
      on.clock.advance(MINUTE);
      expect(await claim(1)).toMatchObject({ is: 'claimed', probe: true });
      expect(await claim(2)).toEqual({ is: 'closed', why: 'asleep' });
      expect(await claim(1)).toMatchObject({ is: 'claimed', probe: true, fence: 2 });
      await on.ledger.setPaused('registry', true, PAUSE);
      expect(await claim(1)).toMatchObject({ is: 'claimed', fence: 3 });
      // Once its lease has run out it is as closed to it as to anybody.
      on.clock.advance(2 * MINUTE);
      expect(await claim(1)).toEqual({ is: 'closed', why: 'paused' });
    });

    test('other lanes go on', async () => {
      await accept(1);
      await sleep(MINUTE);
      await store(on.ledger, 1, { steps: { pay: { state: 'ready', dueAt: START } } });
      expect(await on.ledger.claim(await claimOf(on.ledger, 1, 'pay'))).toMatchObject({
        is: 'claimed',
        probe: false,
      });
    });
  });

  describe('due', () => {
    const due = (most = 100, horizon = on.clock.now() + 10 * MINUTE): ReturnType<typeof on.ledger.due> =>
      on.ledger.due({ horizon, most: () => most });

    test('rings what is due within the horizon, soonest first, and nothing that is not', async () => {
      const at = [5, 0, 11].map((minutes) => START + minutes * MINUTE);
      for (const [n, dueAt] of at.entries()) {
        const steps = [stepRow(n + 1, 'check', 0, { state: 'ready', dueAt }), stepRow(n + 1, 'pay', 1)];
        await on.ledger.accept(acceptance(n + 1, { steps }));
      }
      const rung = (await due()).map(({ bell, at: when, lane }) => [bell.id, when, lane]);
      expect(rung).toEqual([
        [`${idOf(2)}.check`, at[1], 'registry'],
        [`${idOf(1)}.check`, at[0], 'registry'],
      ]);
      expect(await due(100, START - 1)).toEqual([]);
    });

    test('the higher class of application comes first where not all find a place', async () => {
      for (const [n, priority] of [3, 1, 2].entries()) {
        const fields = { state: 'ready', dueAt: START - 9 + n, priority } as const;
        const steps = [stepRow(n + 1, 'check', 0, fields), stepRow(n + 1, 'pay', 1)];
        await on.ledger.accept(acceptance(n + 1, { steps }));
      }
      expect((await due(2)).map(({ bell, priority }) => [bell.id, priority])).toEqual([
        [`${idOf(2)}.check`, 1],
        [`${idOf(3)}.check`, 2],
      ]);
    });

    /** Of each class one step, due so many minutes from now. */
    const ofClasses = async (...wishes: [priority: number, minutes: number][]): Promise<void> => {
      for (const [n, [priority, minutes]] of wishes.entries()) {
        const fields = { state: 'ready', dueAt: START + minutes * MINUTE, priority } as const;
        const steps = [stepRow(n + 1, 'check', 0, fields), stepRow(n + 1, 'pay', 1)];
        await on.ledger.accept(acceptance(n + 1, { steps }));
      }
    };
    const classes = async (most: number): Promise<[number, number][]> =>
      (await due(most)).map(({ priority, at }) => [priority, (at - START) / MINUTE]);

    test('what is due now comes before a higher class that is due later, and that by its time', async () => {
      await ofClasses([1, 9], [4, -1], [2, 8], [3, 7], [3, -2], [1, 11]);
      expect(await classes(2)).toEqual([
        [3, -2],
        [4, -1],
      ]);
      expect(await classes(4)).toEqual([
        [3, -2],
        [4, -1],
        [3, 7],
        [2, 8],
      ]);
      expect(await classes(9)).toHaveLength(5);
    });

    test('the probe of a sleeping lane is what goes first when it wakes, not what is due later', async () => {
      await ofClasses([3, -1], [1, 9], [2, 4], [3, -2]);
      await sleep(1);
      on.clock.advance(MINUTE);
      expect(await classes(100)).toMatchObject([[3, expect.any(Number)]]);
      await store(on.ledger, 1, { lane: { id: 'registry', signal: { is: 'good' }, limits: BOX } });
      await sleep(5 * MINUTE);
      expect(await classes(100)).toEqual([[2, 6]]);
    });

    test('gives each lane at most so many', async () => {
      await accept(1, 2, 3, 4);
      await store(on.ledger, 4, { steps: { pay: { state: 'ready', dueAt: START } } });
      const lanes = (await due(2)).map(({ lane }) => lane).toSorted();
      expect(lanes).toEqual(['bank', 'registry', 'registry']);
    });

    test('a leased step is due at the end of its lease, under its new wake', async () => {
      await accept(1);
      await claim();
      expect(await due(10, START)).toEqual([]);
      expect(await due()).toMatchObject([{ bell: { id: `${idOf(1)}.check`, wake: 2 }, at: START + MINUTE }]);
    });

    test('a paused lane gets none, a sleeping one a single probe when its sleep ends', async () => {
      await accept(1, 2, 3);
      await sleep(5 * MINUTE);
      expect(await due()).toMatchObject([{ lane: 'registry', at: START + 5 * MINUTE }]);
      expect(await due(100, START + 4 * MINUTE)).toEqual([]);
      await on.ledger.setPaused('registry', true, PAUSE);
      expect(await due()).toEqual([]);
    });

    test('a sleeping lane gets one more for each that cannot be answered', async () => {
      await accept(1, 2, 3);
      await sleep(MINUTE);
      on.clock.advance(MINUTE);
      const horizon = on.clock.now();
      expect(await on.ledger.due({ horizon, most: () => 9, stuck: () => 1 })).toHaveLength(2);
    });

    test('while a probe is under way nobody else is rung before it must have ended', async () => {
      await accept(1, 2);
      await sleep(MINUTE);
      on.clock.advance(MINUTE);
      await claim(1);
      expect((await due()).map(({ at }) => at)).toEqual([START + 2 * MINUTE]);
    });

    test('ended and parked steps are rung no more', async () => {
      await accept(1, 2);
      await store(on.ledger, 1, { steps: { check: { state: 'succeeded', dueAt: null } }, events: [SETTLED] });
      await store(on.ledger, 2, { steps: { check: { state: 'parked', dueAt: null } }, events: [SETTLED] });
      expect(await due()).toEqual([]);
    });

    test('endpoints are rung in the lane of callbacks', async () => {
      await on.ledger.createEndpoint(endpoint('end-1'));
      await on.ledger.createEndpoint(endpoint('end-2', { state: 'paused' }));
      await accept(1);
      const callbacks = (await due()).filter(({ lane }) => lane === 'callbacks');
      expect(callbacks).toMatchObject([{ bell: { id: 'end-1', wake: 2 }, at: START }]);
    });
  });

  describe('endLeases', () => {
    test("ends a dead predecessor's leases at once and raises their wakes", async () => {
      await accept(1, 2);
      await on.ledger.createEndpoint(endpoint('end-1'));
      await accept(3);
      await claim(1);
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      expect(await on.ledger.endLeases()).toBe(1);
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({
        leaseUntil: START,
        leaseKind: 'send',
        dueAt: START,
        wake: 3,
        fence: 1,
      });
      expect(await stepOf(on.ledger, 2, 'check')).toMatchObject({ leaseUntil: null, wake: 1 });
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ leaseUntil: null, dueAt: START, wake: 4 });
    });

    test('forgets the probe that was under way', async () => {
      await accept(1, 2);
      await sleep(MINUTE);
      on.clock.advance(MINUTE);
      await claim(1);
      await on.ledger.endLeases();
      expect(await claim(2)).toMatchObject({ is: 'claimed', probe: true });
    });
  });
}
