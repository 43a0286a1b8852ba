/** What agencies send and hold: messages, references, keys of their own days, tokens, documents and plans. */
import { describe, expect, test } from 'vitest';
import type { FoundNews } from '../../src/flow/ports/ledger.ts';
import {
  acceptance,
  AT,
  bytes,
  document,
  idOf,
  keyOf,
  message,
  SETTLED,
  START,
  store,
  text,
  type Opened,
} from './ledger-fixtures.ts';

export function inboxSuite(on: Opened): void {
  describe('messages', () => {
    test('come back as they were kept', async () => {
      expect(await on.ledger.keepNews(message('m-1', { state: 'answered' }))).toBe(true);
      const kept = (await on.ledger.inbox('bank', 'm-1'))!;
      expect({ ...kept, request: text(kept.request), answer: text(kept.answer) }).toEqual({
        ...message('m-1', { state: 'answered' }),
        ...{ request: 'request m-1', answer: 'answer m-1' },
      });
      expect(await on.ledger.inbox('registry', 'm-1')).toBeUndefined();
    });

    test.each(['applied', 'answered', 'conflict', 'waiting'] as const)(
      'a second under the id of a kept %s one is refused',
      async (state) => {
        await on.ledger.keepNews(message('m-1', { state }));
        const second = message('m-1', {
          state: 'waiting',
          content: 'something else',
          answer: bytes('other'),
        });
        expect(await on.ledger.keepNews(second)).toBe(false);
        const kept = (await on.ledger.inbox('bank', 'm-1'))!;
        expect([kept.content, text(kept.answer), kept.state]).toEqual([
          'content of m-1',
          'answer m-1',
          state,
        ]);
      },
    );

    test('that wait are found by the reference they speak of, oldest first, until they are applied', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.keepNews(message('m-2', { state: 'waiting', at: '2026-01-15T03:00:00.000Z' }));
      await on.ledger.keepNews(message('m-1', { state: 'waiting', at: AT }));
      await on.ledger.keepNews(message('m-3', { state: 'answered' }));
      expect((await on.ledger.waitingNews('bank', 'va-1')).map(({ id }) => id)).toEqual(['m-1', 'm-2']);
      expect(await on.ledger.waitingNews('bank', 'va-2')).toEqual([]);
      const applied = message('m-1', { state: 'applied', applicationId: idOf(1), step: 'pay' });
      expect(await store(on.ledger, 1, { inbox: applied })).toMatchObject({ is: 'done' });
      expect((await on.ledger.waitingNews('bank', 'va-1')).map(({ id }) => id)).toEqual(['m-2']);
      expect(await store(on.ledger, 1, { inbox: applied })).toEqual({ is: 'known' });
    });

    test('that wait although their step has the reference by now are found', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.keepNews(message('m-1', { state: 'waiting' }));
      expect(await on.ledger.newsWithSteps(null, 10)).toEqual([]);
      await store(on.ledger, 1, { references: [{ agency: 'bank', reference: 'va-1', step: 'pay' }] });
      const [found] = await on.ledger.newsWithSteps(null, 10);
      expect({ ...found!, request: text(found!.request), answer: text(found!.answer) }).toEqual({
        ...message('m-1', { state: 'waiting' }),
        ...{ request: 'request m-1', answer: 'answer m-1', adapter: 'testing@1' },
      });
    });

    test('are found once each, by an old reference too, and page by page', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.accept(acceptance(2));
      for (const reference of ['va-1', 'va-2'])
        for (const n of [1, 2])
          await store(on.ledger, n, { references: [{ agency: 'bank', reference, step: 'pay' }] });
      const wishes = ['m-1 va-2', 'm-2 va-1', 'm-3 va-1', 'm-4 va-9', 'm-5 va-2'].map((wish) =>
        wish.split(' '),
      );
      for (const [id, reference] of wishes)
        await on.ledger.keepNews(message(id!, { state: 'waiting', reference: reference! }));
      await on.ledger.keepNews(message('m-6', { state: 'waiting', reference: null }));
      const seen: string[] = [];
      for (let place: FoundNews | null = null; ;) {
        const page: FoundNews[] = await on.ledger.newsWithSteps(place, 2);
        seen.push(...page.map(({ id }) => id));
        place = page.at(-1) ?? null;
        if (!place) break;
      }
      expect(seen.toSorted()).toEqual(['m-1', 'm-2', 'm-3', 'm-5']);
    });

    test.each(['applied', 'answered', 'conflict'] as const)(
      'that wait are not replaced by another one of their id that is %s',
      async (state) => {
        await on.ledger.accept(acceptance(1));
        await on.ledger.keepNews(message('m-1', { state: 'waiting' }));
        const other = message('m-1', { state, content: 'something else' });
        expect(await on.ledger.keepNews(other)).toBe(false);
        expect(await store(on.ledger, 1, { events: [SETTLED], inbox: other })).toEqual({ is: 'known' });
        expect(await on.ledger.inbox('bank', 'm-1')).toMatchObject({
          state: 'waiting',
          content: 'content of m-1',
        });
        expect((await on.ledger.read(idOf(1)))!.application.version).toBe(1);
      },
    );
  });

  describe('steps are found', () => {
    test('by the key of their round, at their own agency only', async () => {
      await on.ledger.accept(acceptance(1));
      expect(await on.ledger.findByKey('bank', keyOf(1, 1))).toEqual({ applicationId: idOf(1), step: 'pay' });
      expect(await on.ledger.findByKey('registry', keyOf(1, 1))).toBeUndefined();
    });

    test('by a reference, which belongs to one agency; given twice, it speaks of the later application', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.accept(acceptance(2));
      const references = [{ agency: 'bank', reference: 'va-1', step: 'pay' }];
      for (const n of [2, 1, 1]) await store(on.ledger, n, { references });
      expect(await on.ledger.findByReference('bank', 'va-1')).toEqual({
        applicationId: idOf(2),
        step: 'pay',
      });
      expect(await on.ledger.findByReference('registry', 'va-1')).toBeUndefined();
    });
  });

  test("the wrapped key of an owner is made once: who comes second gets the first one's", async () => {
    const owner = 'inbox/bank/2026-01-15';
    expect(await on.ledger.wrappedKey(owner)).toBeUndefined();
    const made = await Promise.all(['one', 'two'].map((key) => on.ledger.wrappedKey(owner, bytes(key))));
    expect(made.map(text)).toEqual(['one', 'one']);
    expect(text(await on.ledger.wrappedKey(owner))).toBe('one');
  });

  test('a granted token lives until its time, at its own agency', async () => {
    await on.ledger.grantToken('bank', 'hash-1', START + 1000);
    expect(await on.ledger.tokenLives('bank', 'hash-1')).toBe(true);
    expect(await on.ledger.tokenLives('registry', 'hash-1')).toBe(false);
    expect(await on.ledger.tokenLives('bank', 'hash-2')).toBe(false);
    on.clock.advance(999);
    expect(await on.ledger.tokenLives('bank', 'hash-1')).toBe(true);
    on.clock.advance(1);
    expect(await on.ledger.tokenLives('bank', 'hash-1')).toBe(false);
    await on.ledger.grantToken('bank', 'hash-1', START + 5000);
    expect(await on.ledger.tokenLives('bank', 'hash-1')).toBe(true);
  });

  describe('documents', () => {
    test('keep their chunks in order, however many', async () => {
      const chunks = Array.from({ length: 25 }, (_, n) => `chunk ${n}`);
      await on.ledger.saveDocument(document('doc-1', {}, chunks));
      const found = (await on.ledger.document('doc-1'))!;
      expect(found.chunks.map(text)).toEqual(chunks);
      expect({ ...found.row, wrappedKey: text(found.row.wrappedKey) }).toEqual({
        ...document('doc-1').row,
        wrappedKey: 'key of doc-1',
      });
      expect(await on.ledger.document('doc-2')).toBeUndefined();
    });

    test('of one name are kept once: a repeated reply leaves the first in place', async () => {
      await on.ledger.accept(acceptance(1));
      const named = { applicationId: idOf(1), name: 'certificate' };
      await store(on.ledger, 1, { documents: [document('doc-1', named)] });
      expect(await store(on.ledger, 1, { documents: [document('doc-2', named)] })).toMatchObject({
        is: 'done',
      });
      expect((await on.ledger.documentNamed(idOf(1), 'certificate'))!.row.id).toBe('doc-1');
      expect(await on.ledger.document('doc-2')).toBeUndefined();
      expect((await on.ledger.documentsOf(idOf(1))).map(({ id }) => id)).toEqual(['doc-1']);
    });

    test('unlisted for a day are dropped, younger ones stay', async () => {
      await on.ledger.saveDocument(document('doc-1', { at: '2026-01-13T00:00:00.000Z' }));
      await on.ledger.saveDocument(document('doc-2', { at: '2026-01-14T12:00:00.000Z' }));
      expect(await on.ledger.dropUnlisted('2026-01-14T02:00:00.000Z')).toBe(1);
      expect(await on.ledger.document('doc-1')).toBeUndefined();
      expect(await on.ledger.document('doc-2')).toBeDefined();
      expect(await on.ledger.dropUnlisted('2026-01-14T02:00:00.000Z')).toBe(0);
    });
  });

  test("a plan's text is kept by its digest, as it was first saved", async () => {
    expect(await on.ledger.plan('digest')).toBeUndefined();
    await on.ledger.savePlan('digest', '{"service":1}');
    await on.ledger.savePlan('digest', '{"service":2}');
    expect(await on.ledger.plan('digest')).toBe('{"service":1}');
  });
}
