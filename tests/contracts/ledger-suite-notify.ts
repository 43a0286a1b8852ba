/** Callback endpoints: what becomes due at each, in order, and what a batch leaves behind. */
import { describe, expect, test } from 'vitest';
import type { Delivery, NotifyLedger } from '../../src/flow/ports/ledger-notify.ts';
import {
  acceptance,
  AT,
  bytes,
  endpoint,
  idOf,
  MINUTE,
  SETTLED,
  START,
  store,
  text,
  type Opened,
} from './ledger-fixtures.ts';

type Batch = Parameters<NotifyLedger['endBatch']>[0];

export function notifySuite(on: Opened): void {
  const bell = (wake: number, id = 'end-1'): object => ({ lane: 'callbacks', bell: { id, wake } });
  const event = (n = 1): ReturnType<typeof store> => store(on.ledger, n, { events: [SETTLED] });
  const end = (
    fence: number,
    moved: (Delivery & { fromSeq: number })[],
    fields: Partial<Batch> = {},
  ): ReturnType<NotifyLedger['endBatch']> =>
    on.ledger.endBatch({
      ...{ id: 'end-1', fence, moved, log: [], failed: null, state: 'active', code: null },
      ...fields,
    });
  const all = (n: number, fromSeq: number, nextSeq: number): Delivery & { fromSeq: number } => ({
    applicationId: idOf(n),
    fromSeq,
    nextSeq,
  });
  /** An endpoint with one application's first event due. */
  const begin = async (): Promise<void> => {
    await on.ledger.createEndpoint(endpoint('end-1'));
    await on.ledger.accept(acceptance(1));
  };

  describe('endpoints', () => {
    test('are created, listed by platform, changed and deleted', async () => {
      await on.ledger.createEndpoint(endpoint('end-2'));
      await on.ledger.createEndpoint(endpoint('end-1'));
      await on.ledger.createEndpoint(endpoint('end-3', { platform: 'kiosk' }));
      const listed = await on.ledger.endpointsOf('mall');
      expect(listed.map(({ id }) => id)).toEqual(['end-1', 'end-2']);
      expect([text(listed[0]!.sealed), text(listed[0]!.wrappedKey)]).toEqual(['url', 'key of end-1']);
      await on.ledger.updateEndpoint('end-1', { state: 'disabled', code: 'http_410' });
      // New secrets do not revive it.
      await on.ledger.resealEndpoint('end-1', bytes('new url'));
      const changed = (await on.ledger.endpoint('end-1'))!;
      expect([changed.state, changed.code, text(changed.sealed)]).toEqual([
        'disabled',
        'http_410',
        'new url',
      ]);
      await on.ledger.deleteEndpoint('end-1');
      expect(await on.ledger.endpoint('end-1')).toBeUndefined();
      expect((await on.ledger.endpointsOf('mall')).map(({ id }) => id)).toEqual(['end-2']);
    });
  });

  describe('an event makes due', () => {
    test('the endpoints of its own platform, in the same transaction', async () => {
      await on.ledger.createEndpoint(endpoint('end-1'));
      await on.ledger.createEndpoint(endpoint('end-2', { platform: 'kiosk' }));
      const accepted = await on.ledger.accept(acceptance(1));
      expect(accepted.is === 'accepted' && accepted.rings).toMatchObject([{ lane: 'registry' }, bell(2)]);
      // It is due already: a second event needs no second bell.
      expect(await event()).toMatchObject({ rings: [] });
    });

    test.each(['paused', 'disabled'] as const)(
      'nothing at a %s one, which finds all of it when resumed',
      async (state) => {
        await on.ledger.createEndpoint(endpoint('end-1', { state }));
        const accepted = await on.ledger.accept(acceptance(1));
        expect(accepted.is === 'accepted' && accepted.rings).toMatchObject([{ lane: 'registry' }]);
        expect(await on.ledger.updateEndpoint('end-1', { state: 'active', code: null })).toMatchObject([
          bell(2),
        ]);
        expect((await on.ledger.claimEndpoint('end-1', 2, MINUTE))!.due).toEqual([
          { applicationId: idOf(1), nextSeq: 1 },
        ]);
      },
    );

    test('from the first event after the endpoint was made', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.createEndpoint(endpoint('end-1'));
      await event();
      expect((await on.ledger.claimEndpoint('end-1', 2, MINUTE))!.due).toEqual([
        { applicationId: idOf(1), nextSeq: 2 },
      ]);
    });
  });

  describe('a batch', () => {
    test('is claimed once: a stale wake gets nothing', async () => {
      await begin();
      expect(await on.ledger.claimEndpoint('end-1', 1, MINUTE)).toBeUndefined();
      const [one, two] = await Promise.all([1, 2].map(() => on.ledger.claimEndpoint('end-1', 2, MINUTE)));
      expect(one!.row).toMatchObject({
        fence: 1,
        wake: 3,
        leaseUntil: START + MINUTE,
        dueAt: START + MINUTE,
      });
      expect(two).toBeUndefined();
      // Not before its lease has run out either, even with its own wake.
      expect(await on.ledger.claimEndpoint('end-1', 3, MINUTE)).toBeUndefined();
      on.clock.advance(MINUTE);
      expect((await on.ledger.claimEndpoint('end-1', 3, MINUTE))!.row.fence).toBe(2);
    });

    test("reads an application's events in order, from a number on", async () => {
      await begin();
      for (let n = 0; n < 4; n += 1) await event();
      expect((await on.ledger.eventsFrom(idOf(1), 2, 3)).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    });

    test('that took all leaves nothing due; the next event rings again', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      expect(await end(1, [all(1, 1, 2)])).toEqual([]);
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ dueAt: null, leaseUntil: null, failures: 0 });
      expect(await event()).toMatchObject({ rings: [bell(4)] });
      expect((await on.ledger.claimEndpoint('end-1', 4, MINUTE))!.due).toEqual([
        { applicationId: idOf(1), nextSeq: 2 },
      ]);
    });

    test('goes on with what came while it was under way', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      expect(await event()).toMatchObject({ rings: [] });
      await on.ledger.accept(acceptance(2));
      expect(await end(1, [all(1, 1, 2)])).toMatchObject([bell(4)]);
      const { due } = (await on.ledger.claimEndpoint('end-1', 4, MINUTE))!;
      expect(due).toEqual([
        { applicationId: idOf(1), nextSeq: 2 },
        { applicationId: idOf(2), nextSeq: 1 },
      ]);
    });

    test('that failed backs the whole endpoint off, and counts since when', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      const failed = { retryAt: START + 5 * MINUTE, at: START };
      expect(await end(1, [], { failed, code: 'http_500' })).toMatchObject([
        { ...bell(4), at: START + 5 * MINUTE },
      ]);
      expect(await on.ledger.endpoint('end-1')).toMatchObject({
        failures: 1,
        failingSince: START,
        code: 'http_500',
        dueAt: START + 5 * MINUTE,
      });
      expect(await event()).toMatchObject({ rings: [] });
      on.clock.advance(5 * MINUTE);
      await on.ledger.claimEndpoint('end-1', 4, MINUTE);
      await end(2, [], { failed: { retryAt: START + 9 * MINUTE, at: START + 5 * MINUTE } });
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ failures: 2, failingSince: START });
      on.clock.advance(4 * MINUTE);
      await on.ledger.claimEndpoint('end-1', 6, MINUTE);
      await end(3, [all(1, 1, 3)]);
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ failures: 0, failingSince: null });
    });

    test.each(['paused', 'disabled'] as const)(
      'that ends %s rings no more, and skips nothing',
      async (state) => {
        await begin();
        await on.ledger.claimEndpoint('end-1', 2, MINUTE);
        expect(
          await end(1, [], { state, code: 'http_410', failed: { retryAt: START + 1, at: START } }),
        ).toEqual([]);
        expect(await on.ledger.endpoint('end-1')).toMatchObject({ state, code: 'http_410', dueAt: null });
        expect(await on.ledger.due({ horizon: START + 10 * MINUTE, most: () => 10 })).toMatchObject([
          { lane: 'registry' },
        ]);
        const [ring] = await on.ledger.updateEndpoint('end-1', { state: 'active', code: null });
        expect((await on.ledger.claimEndpoint('end-1', ring!.bell.wake, MINUTE))!.due).toEqual([
          { applicationId: idOf(1), nextSeq: 1 },
        ]);
      },
    );

    test("of a worker that lost its lease does not end the next one's", async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      on.clock.advance(MINUTE);
      await on.ledger.claimEndpoint('end-1', 3, MINUTE);
      expect(await end(1, [all(1, 1, 2)])).toEqual([]);
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ fence: 2, leaseUntil: START + 2 * MINUTE });
    });

    test('that ends after a person paused the endpoint leaves it paused', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      await event();
      await on.ledger.updateEndpoint('end-1', { state: 'paused', code: null });
      expect(await end(1, [all(1, 1, 2)])).toEqual([]);
      expect(await on.ledger.endpoint('end-1')).toMatchObject({ state: 'paused', dueAt: null });
    });

    test('serves a few applications at a time and rings for the rest', async () => {
      await on.ledger.createEndpoint(endpoint('end-1'));
      for (let n = 1; n <= 30; n += 1) await on.ledger.accept(acceptance(n));
      let wake = 2;
      const served: string[] = [];
      for (let fence = 1; served.length < 30; fence += 1) {
        const { due } = (await on.ledger.claimEndpoint('end-1', wake, MINUTE))!;
        expect(due.length).toBeGreaterThan(0);
        expect(due.length).toBeLessThan(30);
        served.push(...due.map(({ applicationId }) => applicationId));
        const [ring] = await end(
          fence,
          due.map(({ applicationId }) => ({ applicationId, fromSeq: 1, nextSeq: 2 })),
        );
        wake = ring?.bell.wake ?? 0;
      }
      expect([new Set(served).size, wake]).toEqual([30, 0]);
    });
  });

  describe('redeliver', () => {
    test('sends again from a number on', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      await event();
      await end(1, [all(1, 1, 3)]);
      expect(await on.ledger.redeliver('end-1', idOf(1), 1)).toMatchObject([bell(4)]);
      expect((await on.ledger.claimEndpoint('end-1', 4, MINUTE))!.due).toEqual([
        { applicationId: idOf(1), nextSeq: 1 },
      ]);
    });

    test('never moves forward over what is still due', async () => {
      await begin();
      await on.ledger.redeliver('end-1', idOf(1), 9);
      const { wake } = (await on.ledger.endpoint('end-1'))!;
      expect((await on.ledger.claimEndpoint('end-1', wake, MINUTE))!.due).toEqual([
        { applicationId: idOf(1), nextSeq: 1 },
      ]);
    });

    test('is not swallowed by the batch that is under way', async () => {
      await begin();
      await on.ledger.claimEndpoint('end-1', 2, MINUTE);
      await event();
      await end(1, [all(1, 1, 2)]);
      const { due } = (await on.ledger.claimEndpoint('end-1', 4, MINUTE))!;
      expect(due).toEqual([{ applicationId: idOf(1), nextSeq: 2 }]);
      expect(await on.ledger.redeliver('end-1', idOf(1), 1)).toEqual([]);
      const [ring] = await end(2, [all(1, 2, 3)]);
      expect((await on.ledger.claimEndpoint('end-1', ring!.bell.wake, MINUTE))!.due).toEqual([
        { applicationId: idOf(1), nextSeq: 1 },
      ]);
    });
  });

  test('deliveries are logged and read back newest first, page by page', async () => {
    await begin();
    await on.ledger.claimEndpoint('end-1', 2, MINUTE);
    const line = { endpointId: 'end-1', at: AT, applicationId: idOf(1), seq: 1, status: 200, code: null };
    await end(1, [all(1, 1, 2)], { log: ['a', 'b', 'c'].map((id) => ({ ...line, id })) });
    const page = await on.ledger.deliveryLog('end-1', '', 2);
    expect(page.map(({ id }) => id)).toEqual(['c', 'b']);
    expect(page[0]).toEqual({ ...line, id: 'c' });
    expect((await on.ledger.deliveryLog('end-1', 'b', 2)).map(({ id }) => id)).toEqual(['a']);
    expect(await on.ledger.deliveryLog('end-2', '', 2)).toEqual([]);
  });

  test('deliveries of long ago are dropped from the log, younger ones stay', async () => {
    await begin();
    await on.ledger.claimEndpoint('end-1', 2, MINUTE);
    const line = { endpointId: 'end-1', applicationId: idOf(1), seq: 1, status: 200, code: null };
    const log = [
      { ...line, id: 'old', at: '2025-12-01T00:00:00.000Z' },
      { ...line, id: 'young', at: AT },
    ];
    await end(1, [all(1, 1, 2)], { log });
    const before = '2025-12-16T00:00:00.000Z';
    expect([await on.ledger.dropDeliveries(before), await on.ledger.dropDeliveries(before)]).toEqual([1, 0]);
    expect((await on.ledger.deliveryLog('end-1', '', 9)).map(({ id }) => id)).toEqual(['young']);
  });
}
