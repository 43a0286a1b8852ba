/** Shapes of agencies' replies, and applications that agencies' messages bring: what is kept together, and who came first. */
import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../src/domain/chain.ts';
import type { ShapeSighting } from '../../src/flow/ports/ledger-shapes.ts';
import { acceptance, AT, idOf, message, START, text, type Opened } from './ledger-fixtures.ts';

const PLACE = 'testing@1 check send 2xx';
const YESTERDAY = new Date(START - 86_400_000).toISOString();

function sighting(fields: Partial<ShapeSighting> = {}): ShapeSighting {
  return {
    ...{ agency: 'bank', place: PLACE, marks: [], told: [], again: [], since: YESTERDAY, at: AT },
    ...fields,
  };
}

const event = (n: number) => ({ type: 'go.mpp.connector.drift.v1', data: { n } });

export function shapesSuite(on: Opened): void {
  const marks = async (place = PLACE): Promise<string[]> =>
    (await on.ledger.shapes('bank', place)).map(({ mark, toldAt }) =>
      toldAt === null ? mark : `${mark} told`,
    );
  const told = async (): Promise<number> => (await on.ledger.events('agency:bank', 0, 100)).length;

  describe('shapes', () => {
    test('come back as they were kept, of their own agency and exchange only', async () => {
      expect(await on.ledger.shapes('bank', PLACE)).toEqual([]);
      expect(
        await on.ledger.keepShapes(
          sighting({
            marks: ['string /b', 'object '],
            told: ['number /a'],
            again: ['missing /c'],
            learned: 'learned ok',
          }),
        ),
      ).toBe(true);
      expect((await on.ledger.shapes('bank', PLACE)).toSorted((a, b) => (a.mark < b.mark ? -1 : 1))).toEqual([
        { mark: 'learned ok', toldAt: null, n: 1 },
        { mark: 'missing /c', toldAt: AT, n: 0 },
        { mark: 'number /a', toldAt: AT, n: 0 },
        { mark: 'object ', toldAt: null, n: 0 },
        { mark: 'string /b', toldAt: null, n: 0 },
      ]);
      expect(await on.ledger.shapes('registry', PLACE)).toEqual([]);
      expect(await on.ledger.shapes('bank', 'testing@1 check send 4xx')).toEqual([]);
    });

    test('that are learned from are counted', async () => {
      for (let n = 0; n < 3; n += 1) await on.ledger.keepShapes(sighting({ learned: 'learned ok' }));
      await on.ledger.keepShapes(sighting({ learned: 'learned refused' }));
      expect((await on.ledger.shapes('bank', PLACE)).map(({ mark, n }) => [mark, n])).toEqual([
        ['learned ok', 3],
        ['learned refused', 1],
      ]);
    });

    test('of which another has one already are kept by neither part, and nothing is told', async () => {
      await on.ledger.keepShapes(sighting({ told: ['string /a'], event: event(1) }));
      const late: Partial<ShapeSighting>[] = [
        { told: ['string /a'] },
        { told: ['string /a', 'string /b'] },
        { told: ['string /b'], marks: ['string /a'] },
        { told: ['string /0', 'string /a'], again: ['missing /c'], learned: 'learned ok' },
      ];
      for (const fields of late)
        expect(await on.ledger.keepShapes(sighting({ ...fields, event: event(2) }))).toBe(false);
      expect(await marks()).toEqual(['string /a told']);
      expect(await told()).toBe(1);
    });

    test('that go on may be told again once their time is over', async () => {
      const lasting = (at: number): ShapeSighting =>
        sighting({
          ...{ again: ['code BAD_RESPONSE'], event: event(at) },
          ...{ at: new Date(at).toISOString(), since: new Date(at - 1000).toISOString() },
        });
      expect(await on.ledger.keepShapes(lasting(START))).toBe(true);
      expect(await on.ledger.keepShapes(lasting(START + 1000))).toBe(false);
      expect(await on.ledger.keepShapes(lasting(START + 1001))).toBe(true);
      expect(await told()).toBe(2);
    });

    test('met by many at once are told by one', async () => {
      const both = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          on.ledger.keepShapes(
            sighting({
              told: n % 2 === 0 ? ['string /b', 'string /a'] : ['string /a', 'string /b'],
              event: event(n),
            }),
          ),
        ),
      );
      expect(both.filter(Boolean)).toHaveLength(1);
      expect(await told()).toBe(1);
      expect(await marks()).toEqual(['string /a told', 'string /b told']);
    });

    test('that were told are listed, the latest first; so are the events of a type', async () => {
      for (const [n, agency] of ['bank', 'registry', 'bank'].entries()) {
        const at = new Date(START + n).toISOString();
        await on.ledger.keepShapes(
          sighting({ agency, at, told: [`string /${n}`], marks: [`null /${n}`], event: event(n) }),
        );
      }
      await on.ledger.appendEvents('agency:bank', [{ type: 'go.mpp.connector.up.v1', data: {} }]);
      expect((await on.ledger.toldShapes(AT)).map(({ agency, mark }) => `${agency} ${mark}`)).toEqual([
        'bank string /2',
        'registry string /1',
        'bank string /0',
      ]);
      expect((await on.ledger.toldShapes(new Date(START + 1).toISOString())).map(({ mark }) => mark)).toEqual(
        ['string /2', 'string /1'],
      );
      const last = await on.ledger.lastEvents('agency:bank', 'go.mpp.connector.drift.v1', 10);
      expect(last.map(({ data }) => JSON.parse(data) as object)).toEqual([{ n: 2 }, { n: 0 }]);
      expect(await on.ledger.lastEvents('agency:bank', 'go.mpp.connector.drift.v1', 1)).toHaveLength(1);
      expect(firstBreak(await on.ledger.events('agency:bank', 0, 10))).toBeNull();
    });
  });

  describe('an application that a message brings', () => {
    const inbox = (n: number, fields = {}) =>
      message('m-1', { reference: null, applicationId: idOf(n), keyOwner: idOf(n), ...fields });

    test('is stored with the message', async () => {
      expect(await on.ledger.accept(acceptance(1, { inbox: inbox(1) }))).toMatchObject({ is: 'accepted' });
      const kept = (await on.ledger.inbox('bank', 'm-1'))!;
      expect([kept.state, kept.applicationId, text(kept.answer)]).toEqual(['applied', idOf(1), 'answer m-1']);
    });

    test('is found by its locks when the message comes again', async () => {
      await on.ledger.accept(acceptance(1, { inbox: inbox(1) }));
      const again = acceptance(2, {
        ...{ inbox: inbox(2), clientReference: 'reference-1', fingerprint: 'fingerprint-1' },
        idempotencyKey: 'another',
      });
      expect(await on.ledger.accept(again)).toMatchObject({ is: 'repeat', applicationId: idOf(1) });
      expect((await on.ledger.inbox('bank', 'm-1'))!.applicationId).toBe(idOf(1));
    });

    test.each(['applied', 'answered', 'conflict'] as const)(
      'is not stored where another message of its id stands, %s',
      async (state) => {
        await on.ledger.keepNews(message('m-1', { state, content: 'other' }));
        expect(await on.ledger.accept(acceptance(1, { inbox: inbox(1) }))).toEqual({ is: 'known' });
        expect(await on.ledger.read(idOf(1))).toBeUndefined();
        expect(await on.ledger.accept(acceptance(1))).toMatchObject({ is: 'accepted' });
      },
    );

    test('takes the place of the same message that waited', async () => {
      await on.ledger.keepNews(message('m-1', { state: 'waiting' }));
      expect(await on.ledger.accept(acceptance(1, { inbox: inbox(1) }))).toMatchObject({ is: 'accepted' });
      expect((await on.ledger.inbox('bank', 'm-1'))!.state).toBe('applied');
    });

    test('is stored once when its message comes many times at once', async () => {
      const all = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          on.ledger.accept(
            acceptance(n, {
              ...{ inbox: inbox(n), clientReference: 'one', fingerprint: 'one' },
              idempotencyKey: `key-${n}`,
            }),
          ),
        ),
      );
      expect(all.filter(({ is }) => is === 'accepted')).toHaveLength(1);
      expect(all.every(({ is }) => ['accepted', 'repeat', 'known'].includes(is))).toBe(true);
      expect(await on.ledger.list({ most: 10 })).toHaveLength(1);
    });
  });
}
