/** `accept` and `nextSerial`: born whole or not at all, once, and under a number of its own. */
import { describe, expect, test } from 'vitest';
import {
  acceptance,
  bytes,
  document,
  idOf,
  LINE,
  START,
  stepRow,
  text,
  type Opened,
} from './ledger-fixtures.ts';

export function acceptSuite(on: Opened): void {
  describe('accept', () => {
    test('stores the application, its steps in order, its key and its first event; rings what is due', async () => {
      const accepted = await on.ledger.accept(acceptance());
      const bell = { id: `${idOf(1)}.check`, wake: 1 };
      expect(accepted).toEqual({
        is: 'accepted',
        rings: [{ lane: 'registry', bell, at: START, priority: 3, line: LINE }],
      });
      const { application, steps } = (await on.ledger.read(idOf(1)))!;
      expect(application).toMatchObject({
        platform: 'mall',
        sandbox: true,
        version: 1,
        state: 'accepted',
        ending: null,
      });
      expect(application).toMatchObject({ endedAt: null, result: null, promisedAt: START + 300_000 });
      expect([text(application.body), text(application.wrappedKey)]).toEqual(['body of 1', 'key of 1']);
      expect(steps.map(({ name }) => name)).toEqual(['check', 'pay']);
      expect({ ...steps[0]!, sealed: text(steps[0]!.sealed) }).toEqual({
        ...stepRow(1, 'check', 0, { state: 'ready', dueAt: START }),
        sealed: 'secret of check',
      });
      const [event] = await on.ledger.events(idOf(1), 0, 10);
      expect(event).toMatchObject({ seq: 1, type: 'go.mpp.application.accepted.v1', hash: application.head });
    });

    test('an unknown application is undefined', async () => {
      expect(await on.ledger.read('nobody')).toBeUndefined();
    });

    test('the same key with the same body gives the first answer again, with another body is refused', async () => {
      await on.ledger.accept(acceptance(1));
      const again = acceptance(2, { idempotencyKey: 'key-1', fingerprint: 'fingerprint-1' });
      expect(await on.ledger.accept(again)).toEqual({
        is: 'repeat',
        ...{ applicationId: idOf(1), number: '9999-01-26-000001-0', promisedAt: START + 300_000 },
      });
      expect(await on.ledger.accept(acceptance(2, { idempotencyKey: 'key-1' }))).toEqual({ is: 'keyReused' });
      expect(await on.ledger.read(idOf(2))).toBeUndefined();
    });

    test('the same reference finds its application under a new key, and is refused with another body', async () => {
      await on.ledger.accept(acceptance(1));
      const again = acceptance(2, { clientReference: 'reference-1', fingerprint: 'fingerprint-1' });
      expect(await on.ledger.accept(again)).toMatchObject({ is: 'repeat', applicationId: idOf(1) });
      expect(await on.ledger.accept(acceptance(2, { clientReference: 'reference-1' }))).toEqual({
        is: 'referenceTaken',
        applicationId: idOf(1),
      });
      expect(await on.ledger.read(idOf(2))).toBeUndefined();
      // What was refused has taken nothing: its key is free.
      expect(await on.ledger.accept(acceptance(2))).toMatchObject({ is: 'accepted' });
    });

    test("locks are the platform's own: another may use the same key and reference", async () => {
      await on.ledger.accept(acceptance(1));
      const other = acceptance(2, {
        idempotencyKey: 'key-1',
        clientReference: 'reference-1',
        application: { platform: 'kiosk' },
      });
      expect(await on.ledger.accept(other)).toMatchObject({ is: 'accepted' });
    });

    test('without an idempotency key the reference alone is the lock', async () => {
      const { idempotencyKey: _, ...keyless } = acceptance(1);
      expect(await on.ledger.accept(keyless)).toMatchObject({ is: 'accepted' });
      expect(await on.ledger.accept({ ...acceptance(2), ...keyless })).toMatchObject({ is: 'repeat' });
    });

    test('of many at once under one key, one is accepted and the others are repeats of it', async () => {
      const same = { idempotencyKey: 'key-1', clientReference: 'reference-1', fingerprint: 'fingerprint-1' };
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) => on.ledger.accept(acceptance(n + 1, same))),
      );
      const born = all.filter(({ is }) => is === 'accepted');
      expect(born).toHaveLength(1);
      const repeats = all.filter((accepted) => accepted.is === 'repeat');
      expect(new Set(repeats.map(({ applicationId }) => applicationId)).size).toBe(1);
      expect(repeats).toHaveLength(19);
    });

    test('a failing accept stores nothing, and leaves those beside it alone', async () => {
      await on.ledger.accept(acceptance(1));
      const taken = acceptance(2, { application: { number: '9999-01-26-000001-0' } });
      const [failed, fine] = await Promise.allSettled([
        on.ledger.accept(taken),
        on.ledger.accept(acceptance(3)),
      ]);
      expect(failed.status).toBe('rejected');
      expect(fine).toMatchObject({ status: 'fulfilled', value: { is: 'accepted' } });
      expect(await on.ledger.read(idOf(2))).toBeUndefined();
      expect(await on.ledger.events(idOf(2), 0, 10)).toEqual([]);
      expect(await on.ledger.search('nik', 'nik-2', 'mall', 10)).toEqual([]);
      expect(await on.ledger.accept(acceptance(2))).toMatchObject({ is: 'accepted' });
    });

    test('a key of a round that another step has is refused', async () => {
      await on.ledger.accept(acceptance(1));
      const [check, pay] = acceptance(2).steps;
      const doubled = acceptance(2, { steps: [{ ...check!, key: acceptance(1).steps[0]!.key }, pay!] });
      await expect(on.ledger.accept(doubled)).rejects.toThrow();
      expect(await on.ledger.read(idOf(2))).toBeUndefined();
    });
  });

  test('accepted tells by the locks alone what accept would say', async () => {
    const locks = {
      platform: 'mall',
      clientReference: 'reference-1',
      fingerprint: 'fingerprint-1',
      idempotencyKey: 'key-1',
    };
    expect(await on.ledger.accepted(locks)).toBeNull();
    await on.ledger.accept(acceptance(1));
    expect(await on.ledger.accepted(locks)).toMatchObject({ is: 'repeat', applicationId: idOf(1) });
    expect(await on.ledger.accepted({ ...locks, idempotencyKey: 'key-2' })).toMatchObject({ is: 'repeat' });
    expect(await on.ledger.accepted({ ...locks, fingerprint: 'other' })).toEqual({ is: 'keyReused' });
    const { idempotencyKey: _, ...keyless } = locks;
    expect(await on.ledger.accepted({ ...keyless, fingerprint: 'other' })).toEqual({
      is: 'referenceTaken',
      applicationId: idOf(1),
    });
    expect(await on.ledger.accepted({ ...locks, platform: 'kiosk' })).toBeNull();
  });

  describe('documents of an acceptance', () => {
    test('are taken over under the names that the application gives them', async () => {
      await on.ledger.saveDocument(document('doc-1'));
      const listed = acceptance(1, { documents: [{ hash: 'hash of doc-1', name: 'photo' }] });
      expect(await on.ledger.accept(listed)).toMatchObject({ is: 'accepted' });
      const found = (await on.ledger.documentNamed(idOf(1), 'photo'))!;
      expect(found.row).toMatchObject({ id: 'doc-1', applicationId: idOf(1), name: 'photo', size: 11 });
      expect(text(found.row.wrappedKey)).toBe('key of doc-1');
      expect(found.chunks.map(text)).toEqual(['one', 'two', 'three']);
    });

    test('a missing one is named, and then none is taken over and nothing is stored', async () => {
      await on.ledger.saveDocument(document('doc-1'));
      const wanted = [
        { hash: 'hash of doc-1', name: 'photo' },
        { hash: 'never uploaded', name: 'scan' },
      ];
      const missing = await on.ledger.accept(acceptance(1, { documents: wanted }));
      expect(missing).toEqual({ is: 'documentMissing', names: ['scan'] });
      expect(await on.ledger.read(idOf(1))).toBeUndefined();
      const unlisted = (await on.ledger.document('doc-1'))!;
      expect(unlisted.row).toMatchObject({ applicationId: null, name: null });
      expect(await on.ledger.accept(acceptance(1, { documents: wanted.slice(0, 1) }))).toMatchObject({
        is: 'accepted',
      });
    });

    test('one upload is one document: listed twice, the second is missing and the first is not taken', async () => {
      await on.ledger.saveDocument(document('doc-1'));
      const twice = ['photo', 'scan'].map((name) => ({ hash: 'hash of doc-1', name }));
      expect(await on.ledger.accept(acceptance(1, { documents: twice }))).toEqual({
        is: 'documentMissing',
        names: ['scan'],
      });
      expect((await on.ledger.document('doc-1'))!.row).toMatchObject({ applicationId: null, name: null });
    });

    test("another platform's upload is not found, and one that is taken is not taken twice", async () => {
      await on.ledger.saveDocument(document('doc-1', { platform: 'kiosk' }));
      await on.ledger.saveDocument(document('doc-2'));
      const first = acceptance(1, { documents: [{ hash: 'hash of doc-1', name: 'photo' }] });
      expect(await on.ledger.accept(first)).toEqual({ is: 'documentMissing', names: ['photo'] });
      const listing = { documents: [{ hash: 'hash of doc-2', name: 'photo' }] };
      const [second, third] = await Promise.all([2, 3].map((n) => on.ledger.accept(acceptance(n, listing))));
      expect([second!.is, third!.is]).toEqual(['accepted', 'documentMissing']);
    });

    test('what an application takes over is not dropped with the unlisted', async () => {
      const old = { at: '2026-01-01T00:00:00.000Z' };
      await on.ledger.saveDocument(document('doc-1', old));
      await on.ledger.saveDocument(document('doc-2', old));
      await on.ledger.saveDocument(document('doc-3'));
      await on.ledger.accept(acceptance(1, { documents: [{ hash: 'hash of doc-1', name: 'photo' }] }));
      expect(await on.ledger.dropUnlisted('2026-01-10T00:00:00.000Z')).toBe(1);
      expect(await on.ledger.document('doc-2')).toBeUndefined();
      expect((await on.ledger.document('doc-1'))!.chunks).toHaveLength(3);
      expect((await on.ledger.document('doc-3'))!.chunks).toHaveLength(3);
    });
  });

  describe('nextSerial', () => {
    test('never gives a number twice, however many ask at once', async () => {
      const asked = await Promise.all(
        Array.from({ length: 1000 }, () => on.ledger.nextSerial('MPP-9999-01', 2026)),
      );
      const later: number[] = [];
      for (let n = 0; n < 500; n += 1) later.push(await on.ledger.nextSerial('MPP-9999-01', 2026));
      const serials = [...asked, ...later];
      expect(new Set(serials).size).toBe(1500);
      expect(serials.every((serial) => Number.isSafeInteger(serial) && serial > 0)).toBe(true);
    });

    test('counts each site and year by itself', async () => {
      const first = (site: string, year: number): Promise<number> => on.ledger.nextSerial(site, year);
      expect([
        await first('MPP-9999-01', 2026),
        await first('MPP-9999-02', 2026),
        await first('MPP-9999-01', 2027),
      ]).toEqual([1, 1, 1]);
    });

    test('spends few numbers when many begin at once', async () => {
      const asked = await Promise.all(
        Array.from({ length: 100 }, () => on.ledger.nextSerial('MPP-9999-01', 2026)),
      );
      expect(Math.max(...asked)).toBeLessThan(1000);
    });
  });

  test('bytes are kept as they are, whatever they hold', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, n) => n);
    const body = acceptance(1, { application: { body: every, wrappedKey: bytes('\0\n\uFFFD') } });
    await on.ledger.accept(body);
    const { application } = (await on.ledger.read(idOf(1)))!;
    expect(new Uint8Array(application.body)).toEqual(every);
    expect(text(application.wrappedKey)).toBe('\0\n\uFFFD');
  });
}
