/** A lane among many: platforms' shares, an applicant's turn, and the agency's own gate. */
import { describe, expect, test } from 'vitest';
import type { LaneGate } from '../../src/domain/lane.ts';
import type { StepState } from '../../src/domain/step.ts';
import type { DueWanted, StepRow } from '../../src/flow/ports/ledger.ts';
import { acceptance, BOX, claimOf, endpoint, idOf, MINUTE } from './ledger-fixtures.ts';
import { SETTLED, START, stepOf, stepRow, store, type Opened } from './ledger-fixtures.ts';

const HOUR = 60 * MINUTE;

export function shareSuite(on: Opened): void {
  /** Accepts an application whose first step has these fields. */
  const accept = async (n: number, fields: Partial<StepRow> = {}): Promise<void> => {
    const { platform = 'mall', service = 'TEST.ONE', priority = 3 } = fields;
    const check = stepRow(n, 'check', 0, { state: 'ready', dueAt: START, ...fields });
    const pay = stepRow(n, 'pay', 1, { platform, service, priority });
    await on.ledger.accept(
      acceptance(n, { application: { platform, service, priority }, steps: [check, pay] }),
    );
  };
  const claim = async (n: number, fields = {}): Promise<Awaited<ReturnType<typeof on.ledger.claim>>> =>
    on.ledger.claim(await claimOf(on.ledger, n, 'check', fields));

  describe('platforms share what is due', () => {
    const due = (most: number, fields: Partial<DueWanted> = {}): ReturnType<typeof on.ledger.due> =>
      on.ledger.due({ horizon: START + 10 * MINUTE, most: () => most, ...fields });
    const lines = async (most: number, weights?: Record<string, number>): Promise<string[]> => {
      const rings = await due(most, weights ? { weights: new Map(Object.entries(weights)) } : {});
      return rings.map(({ line }) => `${line!.platform} ${line!.service}`);
    };
    /** So many due applications of a platform's service; the first of all is due first. */
    let n = 0;
    const burst = async (count: number, platform: string, fields: Partial<StepRow> = {}): Promise<void> => {
      for (let one = 0; one < count; one += 1) {
        n += 1;
        await accept(n, { platform, dueAt: START - 1000 + n, ...fields });
      }
    };
    const countOf = (given: string[], line: string): number => given.filter((one) => one === line).length;

    test('one that came later has its share of the first places', async () => {
      await burst(30, 'mall');
      await burst(3, 'portal');
      const given = await lines(6);
      expect([countOf(given, 'mall TEST.ONE'), countOf(given, 'portal TEST.ONE')]).toEqual([3, 3]);
      expect(await lines(12)).toHaveLength(12);
      expect(countOf(await lines(12), 'portal TEST.ONE')).toBe(3);
    });

    test('by weight, each in the order of its due times', async () => {
      await burst(20, 'mall');
      await burst(20, 'portal');
      const given = await lines(8, { portal: 3 });
      expect([countOf(given, 'mall TEST.ONE'), countOf(given, 'portal TEST.ONE')]).toEqual([2, 6]);
      const ofMall = (await due(40)).filter(({ line }) => line!.platform === 'mall').map(({ at }) => at);
      expect(ofMall).toEqual(ofMall.toSorted((a, b) => a - b));
    });

    test("one service's burst leaves the platform's others their part, and takes nothing from another platform", async () => {
      await burst(30, 'mall');
      await burst(10, 'mall', { service: 'TEST.TWO' });
      await burst(10, 'portal', { service: 'TEST.TWO' });
      const given = await lines(8);
      expect(countOf(given, 'mall TEST.ONE')).toBe(2);
      expect(countOf(given, 'mall TEST.TWO')).toBe(2);
      expect(countOf(given, 'portal TEST.TWO')).toBe(4);
    });

    test('the higher class goes first, whosever it is', async () => {
      await burst(2, 'portal');
      await burst(4, 'mall', { priority: 1 });
      expect(await lines(5)).toEqual([...Array<string>(4).fill('mall TEST.ONE'), 'portal TEST.ONE']);
    });

    test('what is due later goes by its time', async () => {
      await burst(2, 'mall', { dueAt: START + 2 * MINUTE });
      await burst(1, 'portal', { dueAt: START + MINUTE, priority: 4 });
      await burst(1, 'portal', { dueAt: START + 3 * MINUTE, priority: 1 });
      expect((await due(3)).map(({ at }) => (at - START) / MINUTE)).toEqual([1, 2, 2]);
    });

    test('more than is read at once is found all the same', async () => {
      await burst(70, 'mall');
      await burst(40, 'portal');
      const rings = await due(1000);
      expect(new Set(rings.map(({ bell }) => bell.id)).size).toBe(110);
      expect(rings).toHaveLength(110);
    });

    test('each lane has its own number, and only the lanes that are asked for are looked at', async () => {
      await on.ledger.createEndpoint(endpoint('end-1'));
      await burst(4, 'mall');
      await burst(4, 'mall', { agency: 'bank' });
      const most = (lane: string): number => (lane === 'bank' ? 1 : 3);
      const lanes = (await due(0, { most })).map(({ lane }) => lane).toSorted();
      expect(lanes).toEqual(['bank', 'callbacks', 'registry', 'registry', 'registry']);
      expect((await due(9, { lanes: ['bank'] })).map(({ lane }) => lane)).toEqual(Array(4).fill('bank'));
      expect((await due(9, { lanes: ['callbacks'] })).map(({ lane }) => lane)).toEqual(['callbacks']);
      expect(await due(9, { lanes: [] })).toEqual([]);
    });
  });

  describe("an applicant's turn", () => {
    const due = async (): Promise<string[]> =>
      (await on.ledger.due({ horizon: START + 10 * MINUTE, most: () => 100 })).map(({ bell }) => bell.id);
    const turn = 'of a person';
    const check = (n: number): string => `${idOf(n)}.check`;
    const move = (n: number, state: StepState, fields: Partial<StepRow> = {}): ReturnType<typeof store> =>
      store(on.ledger, n, { steps: { check: { state, dueAt: null, ...fields } }, events: [SETTLED] });
    const IN_TURN = { is: 'closed', why: 'inTurn' };

    test.each<StepState>(['pending', 'ready', 'unknown', 'parked', 'compensating'])(
      'a later application waits while the earlier one is %s',
      async (state) => {
        await accept(1, { turn, state });
        await accept(2, { turn });
        const wake = (await stepOf(on.ledger, 2, 'check')).wake;
        expect(await claim(2)).toEqual(IN_TURN);
        expect(await on.ledger.attempts(idOf(2))).toEqual([]);
        expect(await stepOf(on.ledger, 2, 'check')).toMatchObject({ wake, fence: 0, spent: 0, dueAt: START });
        expect(await due()).not.toContain(check(2));
        expect(await claim(1)).toMatchObject({ is: 'claimed' });
        expect(await claim(2)).toEqual(IN_TURN);
      },
    );

    test.each<StepState>([
      ...(['waitingAgency', 'waitingPayment', 'waitingAppointment', 'waitingApplicant'] as const),
      ...(['succeeded', 'rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed'] as const),
    ])('it goes on once the earlier one is %s', async (state) => {
      await accept(1, { turn, state, dueAt: null });
      await accept(2, { turn });
      expect(await due()).toEqual([check(2)]);
      expect(await claim(2)).toMatchObject({ is: 'claimed' });
    });

    test('it is held by nobody else: a later application, another agency, another person, a route without order', async () => {
      await accept(1, { turn: 'of somebody else' });
      await accept(2, { turn, agency: 'bank' });
      await accept(3);
      await accept(5, { turn });
      await accept(4, { turn });
      expect((await due()).toSorted()).toEqual([check(1), check(2), check(3), check(4)]);
      expect(await claim(4)).toMatchObject({ is: 'claimed' });
      expect(await claim(3)).toMatchObject({ is: 'claimed' });
    });

    test('what has begun goes on: a question, an undo, the next exchange of an operation', async () => {
      await accept(1, { turn });
      await accept(2, { turn, state: 'unknown' });
      await accept(3, { turn, state: 'compensating' });
      await accept(4, { turn, state: 'waitingAgency' });
      await accept(5, { turn, leaseUntil: START + MINUTE, leaseKind: 'send' });
      expect((await due()).toSorted()).toEqual([1, 2, 3, 4, 5].map(check));
      expect(await claim(2, { kind: 'inquiry' })).toMatchObject({ is: 'claimed' });
      expect(await claim(3, { kind: 'undo' })).toMatchObject({ is: 'claimed' });
      expect(await claim(4, { kind: 'inquiry' })).toMatchObject({ is: 'claimed' });
      expect(await claim(5)).toMatchObject({ is: 'claimed' });
    });

    test('a stale bell is stale before it is out of turn', async () => {
      await accept(1, { turn });
      await accept(2, { turn });
      expect(await claim(2, { wake: 7 })).toEqual({ is: 'stale' });
    });

    test.each<StepState>(['succeeded', 'waitingPayment', 'cancelled'])(
      'the change that makes the earlier one %s rings the next in turn, and it alone',
      async (state) => {
        for (const n of [1, 2, 3]) await accept(n, { turn });
        await accept(4);
        const { wake } = await stepOf(on.ledger, 2, 'check');
        expect(await move(1, state)).toEqual({
          is: 'done',
          rings: [
            {
              lane: 'registry',
              bell: { id: check(2), wake },
              at: START,
              priority: 3,
              line: { platform: 'mall', service: 'TEST.ONE' },
            },
          ],
        });
      },
    );

    test('nobody is rung while something earlier still holds, or the next is not due', async () => {
      for (const n of [1, 2, 3]) await accept(n, { turn });
      await accept(4, { turn, state: 'pending', dueAt: null });
      expect(await move(2, 'cancelled')).toEqual({ is: 'done', rings: [] });
      expect(await move(1, 'parked')).toEqual({ is: 'done', rings: [] });
      expect(await move(1, 'succeeded')).toMatchObject({ rings: [{ bell: { id: check(3) } }] });
      expect(await move(3, 'succeeded')).toEqual({ is: 'done', rings: [] });
    });
  });

  describe("the agency's gate", () => {
    const gate = (fields: Partial<LaneGate> = {}): { gate: LaneGate } => ({
      gate: {
        ...{ closedUntil: null, perDay: null, day: '2026-01-15', dayEndsAt: START + 10 * HOUR },
        ...fields,
      },
    });
    const tomorrow = { day: '2026-01-16', dayEndsAt: START + 34 * HOUR };
    const ASLEEP = { is: 'closed', why: 'asleep' };
    const stream = async (): Promise<[string, unknown][]> =>
      (await on.ledger.events('agency:registry', 0, 100)).map(({ type, data }) => [
        type.split('.')[3]!,
        (JSON.parse(data) as Record<string, unknown>)['code'],
      ]);

    test('a closed agency sleeps until it opens: nothing is begun, nothing spent, its users are told once', async () => {
      await accept(1);
      await accept(2);
      const before = await stepOf(on.ledger, 1, 'check');
      const closed = gate({ closedUntil: START + 2 * HOUR });
      expect(await claim(1, closed)).toEqual(ASLEEP);
      expect(await claim(2, closed)).toEqual(ASLEEP);
      expect(await on.ledger.attempts(idOf(1))).toEqual([]);
      expect(await stepOf(on.ledger, 1, 'check')).toEqual(before);
      expect(await on.ledger.lane('registry')).toMatchObject({
        ...{ sleepUntil: START + 2 * HOUR, code: 'CLOSED', failures: 0, sleeps: 0 },
      });
      expect(await stream()).toEqual([['down', 'CLOSED']]);
      on.clock.advance(2 * HOUR);
      expect(await claim(1, gate())).toMatchObject({ is: 'claimed', probe: true });
      expect(await claim(2, gate())).toEqual(ASLEEP);
      await store(on.ledger, 1, { lane: { id: 'registry', signal: { is: 'good' }, limits: BOX } });
      expect(await claim(2, gate())).toMatchObject({ is: 'claimed', probe: false });
      expect(await stream()).toEqual([
        ['down', 'CLOSED'],
        ['up', undefined],
      ]);
    });

    test('of many at once exactly as many begin as the day has left', async () => {
      for (let n = 1; n <= 25; n += 1) await accept(n);
      const quota = gate({ perDay: 10 });
      const claims = await Promise.all(
        Array.from({ length: 25 }, (_, n) => claimOf(on.ledger, n + 1, 'check', quota)),
      );
      const claimed = await Promise.all(claims.map((one) => on.ledger.claim(one)));
      expect(claimed.filter(({ is }) => is === 'claimed')).toHaveLength(10);
      expect(claimed.filter(({ is }) => is !== 'claimed')).toEqual(Array(15).fill(ASLEEP));
      expect(await on.ledger.lane('registry')).toMatchObject({
        ...{ day: '2026-01-15', used: 10, sleepUntil: START + 10 * HOUR, code: 'QUOTA_USED' },
      });
      expect(await stream()).toEqual([['down', 'QUOTA_USED']]);
    });

    test('the next day counts anew, after a probe', async () => {
      for (const n of [1, 2, 3]) await accept(n);
      await claim(1, gate({ perDay: 1 }));
      expect(await claim(2, gate({ perDay: 1 }))).toEqual(ASLEEP);
      on.clock.advance(10 * HOUR);
      expect(await claim(2, gate({ perDay: 2, ...tomorrow }))).toMatchObject({ is: 'claimed', probe: true });
      await store(on.ledger, 2, { lane: { id: 'registry', signal: { is: 'good' }, limits: BOX } });
      expect(await on.ledger.lane('registry')).toMatchObject({ day: '2026-01-16', used: 1, sleepUntil: 0 });
      expect(await claim(3, gate({ perDay: 2, ...tomorrow }))).toMatchObject({ is: 'claimed', probe: false });
    });

    test('a worker whose clock is still in yesterday does not begin the count anew', async () => {
      for (const n of [1, 2, 3]) await accept(n);
      await claim(1, gate({ perDay: 2, ...tomorrow }));
      await claim(2, gate({ perDay: 2 }));
      expect(await on.ledger.lane('registry')).toMatchObject({ day: '2026-01-16', used: 2 });
      expect(await claim(3, gate({ perDay: 2, ...tomorrow }))).toEqual(ASLEEP);
    });

    test('questions and undos count; a bell that takes nothing does not', async () => {
      await accept(1, { state: 'unknown' });
      await accept(2, { state: 'compensating' });
      await accept(3);
      await claim(1, { kind: 'inquiry', ...gate({ perDay: 5 }) });
      await claim(2, { kind: 'undo', ...gate({ perDay: 5 }) });
      expect(await claim(3, { wake: 7, ...gate({ perDay: 5 }) })).toEqual({ is: 'stale' });
      expect(await on.ledger.lane('registry')).toMatchObject({ used: 2 });
    });

    test('an operation under way goes on at closing time and beyond the quota, and is counted', async () => {
      await accept(1);
      await claim(1, gate({ perDay: 1 }));
      const closed = gate({ perDay: 1, closedUntil: START + HOUR });
      expect(await claim(1, closed)).toMatchObject({ is: 'claimed', fence: 2 });
      expect(await on.ledger.lane('registry')).toMatchObject({ used: 2, sleepUntil: 0 });
    });

    test('an exchange that ends after closing time does not open the agency', async () => {
      await accept(1);
      await accept(2);
      await claim(1, gate());
      await claim(2, gate({ closedUntil: START + HOUR }));
      await store(on.ledger, 1, { lane: { id: 'registry', signal: { is: 'good' }, limits: BOX } });
      expect(await on.ledger.lane('registry')).toMatchObject({ sleepUntil: START + HOUR, code: 'CLOSED' });
      expect(await claim(2)).toEqual(ASLEEP);
    });

    test('resuming an agency looks at its hours and its quota anew: they may have been mended', async () => {
      await accept(1);
      await claim(1, gate({ closedUntil: START + HOUR }));
      await on.ledger.setPaused('registry', false, { type: 'go.mpp.connector.resumed.v1', data: {} });
      expect(await claim(1, gate())).toMatchObject({ is: 'claimed', probe: false });
    });

    test('resuming an agency that failed lets it sleep on', async () => {
      await accept(1);
      await store(on.ledger, 1, {
        lane: { id: 'registry', signal: { is: 'away', code: 'DOWN' }, limits: BOX },
      });
      await on.ledger.setPaused('registry', false, { type: 'go.mpp.connector.resumed.v1', data: {} });
      expect(await claim(1, gate())).toEqual(ASLEEP);
    });

    test('a paused agency is paused, open or not, and its day is not counted', async () => {
      await accept(1);
      await on.ledger.setPaused('registry', true, { type: 'go.mpp.connector.paused.v1', data: {} });
      expect(await claim(1, gate({ perDay: 1, closedUntil: START + HOUR }))).toEqual({
        is: 'closed',
        why: 'paused',
      });
      expect(await on.ledger.lane('registry')).toMatchObject({ used: 0, sleepUntil: 0 });
    });
  });
}
