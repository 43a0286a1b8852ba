/** What people look at: lists, searches, streams, backlog and API keys. */
import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../src/domain/chain.ts';
import type { ApiKeyRow, ListFilter } from '../../src/flow/ports/ledger-desk.ts';
import { acceptance, AT, claimOf, idOf, SETTLED, START, store, type Opened } from './ledger-fixtures.ts';

export function deskSuite(on: Opened): void {
  /** 1–3 of the mall (2 completed, 3 at another site), 4 of the kiosk. */
  const four = async (): Promise<void> => {
    await on.ledger.accept(
      acceptance(1, {
        index: [
          { kind: 'nik', value: 'nik-same' },
          { kind: 'phone', value: 'phone-1' },
        ],
      }),
    );
    await on.ledger.accept(
      acceptance(2, { index: [{ kind: 'nik', value: 'nik-same' }], application: { service: 'TEST.TWO' } }),
    );
    await on.ledger.accept(acceptance(3, { application: { site: 'MPP-9999-02' } }));
    await on.ledger.accept(
      acceptance(4, { index: [{ kind: 'nik', value: 'nik-same' }], application: { platform: 'kiosk' } }),
    );
    await store(on.ledger, 2, { events: [SETTLED], application: { state: 'completed', endedAt: START + 1 } });
    await store(on.ledger, 3, { open: [{ step: 'check', kind: 'conflict', code: 'X' }] });
  };
  const numbers = (ids: { id: string }[]): number[] => ids.map(({ id }) => Number(id.slice(4)));

  describe('list', () => {
    test.each<[string, Partial<ListFilter>, number[]]>([
      ['everything, newest first', {}, [4, 3, 2, 1]],
      ['a platform', { platform: 'mall' }, [3, 2, 1]],
      ['a state', { state: 'completed' }, [2]],
      ['a service', { service: 'TEST.ONE' }, [4, 3, 1]],
      ['a site', { site: 'MPP-9999-02' }, [3]],
      ['what needs a person', { attention: true }, [3]],
      ['what follows a cursor', { after: idOf(3) }, [2, 1]],
      ['what is not older than an id', { from: idOf(3) }, [4, 3]],
      ['a page', { most: 2 }, [4, 3]],
      [
        'all filters at once',
        { platform: 'mall', state: 'accepted', service: 'TEST.ONE', site: 'MPP-9999-01' },
        [1],
      ],
      ['nothing', { platform: 'nobody' }, []],
    ])('gives %s', async (_, filter, expected) => {
      await four();
      expect(numbers(await on.ledger.list({ most: 10, ...filter }))).toEqual(expected);
    });

    test('summaries carry public fields only', async () => {
      await four();
      const [one] = await on.ledger.list({ state: 'completed', most: 1 });
      expect({ ...one }).toEqual({
        ...{
          id: idOf(2),
          number: '9999-01-26-000002-0',
          platform: 'mall',
          site: 'MPP-9999-01',
          service: 'TEST.TWO',
        },
        ...{
          channel: 'direct',
          state: 'completed',
          acceptedAt: START,
          promisedAt: START + 300_000,
          endedAt: START + 1,
        },
      });
    });
  });

  describe('search', () => {
    test('finds by blind index within one platform, newest first', async () => {
      await four();
      expect(numbers(await on.ledger.search('nik', 'nik-same', 'mall', 10))).toEqual([2, 1]);
      expect(numbers(await on.ledger.search('nik', 'nik-same', 'kiosk', 10))).toEqual([4]);
      expect(numbers(await on.ledger.search('nik', 'nik-same', 'mall', 1))).toEqual([2]);
      expect(numbers(await on.ledger.search('phone', 'phone-1', 'mall', 10))).toEqual([1]);
      expect(await on.ledger.search('phone', 'nik-same', 'mall', 10)).toEqual([]);
    });

    test('by number gives the id', async () => {
      await four();
      expect(await on.ledger.byNumber('9999-01-26-000003-0')).toBe(idOf(3));
      expect(await on.ledger.byNumber('9999-01-26-000009-0')).toBeUndefined();
    });
  });

  describe('streams', () => {
    test('are listed in order, after a name, so that all can be verified', async () => {
      await four();
      await on.ledger.appendEvents('bus', [{ type: 'go.mpp.bus.started.v1', data: {} }]);
      const first = await on.ledger.streams('', 2);
      expect([...first, ...(await on.ledger.streams(first.at(-1)!, 10))]).toEqual([
        idOf(1),
        idOf(2),
        idOf(3),
        idOf(4),
        'bus',
      ]);
    });

    test('appended to by many at once stay without gaps', async () => {
      const data = { n: 1 };
      const append = (): Promise<void> =>
        on.ledger.appendEvents('bus', [
          { type: 'a', data },
          { type: 'b', data },
        ]);
      await Promise.all(Array.from({ length: 20 }, append));
      const events = await on.ledger.events('bus', 0, 100);
      expect([events.length, firstBreak(events)]).toEqual([40, null]);
      expect((await on.ledger.events('bus', 38, 1)).map(({ seq }) => seq)).toEqual([39]);
    });
  });

  describe('work', () => {
    test('stuck steps come oldest first', async () => {
      await four();
      await store(on.ledger, 1, { steps: { check: { state: 'parked', dueAt: null, since: START + 2 } } });
      await store(on.ledger, 2, { steps: { check: { state: 'unknown', since: START + 1 } } });
      const stuck = await on.ledger.stuck(10);
      expect(stuck.map(({ applicationId, state }) => [applicationId, state])).toEqual([
        [idOf(2), 'unknown'],
        [idOf(1), 'parked'],
      ]);
      expect(await on.ledger.stuck(1)).toHaveLength(1);
    });

    test('adapters are in use as long as an application that has not ended goes by them', async () => {
      const { ledger } = on;
      expect(await ledger.adaptersInUse()).toEqual([]);
      for (const [n, adapter] of [
        [1, 'police@2'],
        [2, 'banking@1'],
        [3, 'police@2'],
      ] as const) {
        const given = acceptance(n);
        await ledger.accept({ ...given, steps: given.steps.map((step) => ({ ...step, adapter })) });
      }
      expect(await ledger.adaptersInUse()).toEqual(['banking@1', 'police@2']);
      await store(ledger, 2, { events: [SETTLED], application: { state: 'completed', endedAt: START + 1 } });
      expect(await ledger.adaptersInUse()).toEqual(['police@2']);
    });

    test('agencies are in use as long as an application that has not ended has steps with them', async () => {
      const { ledger } = on;
      expect(await ledger.agenciesInUse()).toEqual([]);
      for (const [n, agency] of [
        [1, 'police'],
        [2, 'bank'],
        [3, 'police'],
      ] as const) {
        const given = acceptance(n);
        const steps = given.steps.map((step) => ({ ...step, agency, adapter: `${agency}@${n}` }));
        await ledger.accept({ ...given, steps });
      }
      const all = [
        { agency: 'bank', adapter: 'bank@2' },
        { agency: 'police', adapter: 'police@1' },
        { agency: 'police', adapter: 'police@3' },
      ];
      expect(await ledger.agenciesInUse()).toEqual(all);
      await store(ledger, 2, { events: [SETTLED], application: { state: 'completed', endedAt: START + 1 } });
      expect(await ledger.agenciesInUse()).toEqual(all.slice(1));
    });

    test('the backlog counts open steps per agency and state', async () => {
      await four();
      await store(on.ledger, 1, { steps: { pay: { state: 'waitingPayment', since: START - 7 } } });
      expect((await on.ledger.backlog()).map((row) => ({ ...row }))).toEqual([
        { agency: 'bank', state: 'waitingPayment', count: 1, oldest: START - 7 },
        { agency: 'registry', state: 'ready', count: 4, oldest: START },
      ]);
    });

    test('lanes are listed once they have anything to say', async () => {
      expect(await on.ledger.lanes()).toEqual([]);
      expect(await on.ledger.lane('bank')).toMatchObject({ id: 'bank', paused: false, sleepUntil: 0 });
      await on.ledger.setPaused('bank', true, { type: 'go.mpp.connector.paused.v1', data: {} });
      expect(await on.ledger.lanes()).toMatchObject([
        { id: 'bank', paused: true, sleepUntil: 0, failures: 0 },
      ]);
    });

    test('attempts are listed in their order, items by platform', async () => {
      await four();
      await on.ledger.claim(await claimOf(on.ledger, 1));
      await store(on.ledger, 1, { steps: { check: { leaseUntil: null, leaseKind: null, dueAt: START } } });
      await on.ledger.claim(await claimOf(on.ledger, 1, 'check', { kind: 'inquiry' }));
      expect((await on.ledger.attempts(idOf(1))).map(({ number, kind }) => [number, kind])).toEqual([
        [1, 'send'],
        [2, 'inquiry'],
      ]);
      expect(await on.ledger.openItems({ platform: 'mall', most: 9 })).toHaveLength(1);
      expect(await on.ledger.openItems({ platform: 'kiosk', most: 9 })).toEqual([]);
    });
  });

  describe('API keys', () => {
    const key = (id: string, fields: Partial<ApiKeyRow> = {}): ApiKeyRow => ({
      ...{
        id,
        hash: `hash of ${id}`,
        platform: 'mall',
        scopes: ['applications:submit', 'operate'],
        title: 'counter',
      },
      ...{ createdAt: AT, expiresAt: null, revokedAt: null },
      ...fields,
    });

    test('come back as they were made, and are revoked once', async () => {
      await on.ledger.createKey(key('key-1'));
      await on.ledger.createKey(key('key-2', { createdAt: '2026-01-16T00:00:00.000Z' }));
      expect({ ...(await on.ledger.apiKey('key-1')) }).toEqual(key('key-1'));
      expect(await on.ledger.apiKey('key-9')).toBeUndefined();
      expect((await on.ledger.keys()).map(({ id }) => id)).toEqual(['key-1', 'key-2']);
      expect(await on.ledger.revokeKey('key-1', AT)).toBe(true);
      expect(await on.ledger.revokeKey('key-1', AT)).toBe(false);
      expect(await on.ledger.revokeKey('key-9', AT)).toBe(false);
      expect(await on.ledger.apiKey('key-1')).toMatchObject({ revokedAt: AT });
    });

    test('an id is given once', async () => {
      await on.ledger.createKey(key('key-1'));
      await expect(on.ledger.createKey(key('key-1', { platform: 'kiosk' }))).rejects.toThrow();
      expect(await on.ledger.apiKey('key-1')).toMatchObject({ platform: 'mall' });
    });
  });

  test('ping answers while the ledger is open', async () => {
    await expect(on.ledger.ping()).resolves.toBeUndefined();
  });
}
