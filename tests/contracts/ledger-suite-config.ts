/** Reloads are asked for in one order, each with its event; every process says for itself where it stands. */
import { describe, expect, test } from 'vitest';
import type { ProcessRow } from '../../src/domain/installation.ts';
import { MINUTE, START, type Opened } from './ledger-fixtures.ts';

const asked = (n: number, digest = `digest ${n}`) => ({ n, digest, at: START + n, by: 'key-1' });
const event = (n: number) => ({ type: 'go.mpp.config.reloaded.v1', data: { n } });
const process = (id: string, fields: Partial<ProcessRow> = {}): ProcessRow => ({
  ...{ id, name: `${id}:8080`, role: 'worker', startedAt: START, seenAt: START, digest: 'one', since: START },
  ...{ heard: 0, refused: [], ...fields },
});

export function configSuite(on: Opened): void {
  describe('the configuration of several processes', () => {
    test('the last reload that was asked for counts; of two with one number the second is not kept, nor its event', async () => {
      expect(await on.ledger.askedReload()).toBeUndefined();
      expect(await on.ledger.askReload(asked(1), event(1))).toBe(true);
      expect(await on.ledger.askReload(asked(1, 'another'), event(2))).toBe(false);
      expect(await on.ledger.askedReload()).toEqual(asked(1));
      expect(await on.ledger.askReload(asked(2), event(3))).toBe(true);
      expect(await on.ledger.askedReload()).toEqual(asked(2));
      const told = await on.ledger.events('bus', 0, 100);
      expect(told.map(({ data }) => JSON.parse(data).n)).toEqual([1, 3]);
    });

    test('many at once: one of each number', async () => {
      const all = await Promise.all([1, 2, 3, 4].map((n) => on.ledger.askReload(asked(1), event(n))));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await on.ledger.events('bus', 0, 100)).toHaveLength(1);
    });

    test('what a process says stands in the place of what it said; those silent too long are dropped', async () => {
      await on.ledger.sayProcess(process('b', { role: 'api' }), 0);
      await on.ledger.sayProcess(process('a'), 0);
      const refused = [{ code: 'unknown_role', file: 'routes/é.yaml', line: 7 }];
      const later = { seenAt: START + MINUTE, heard: 2, digest: 'two', since: START + 9, refused };
      await on.ledger.sayProcess(process('b', { role: 'api', ...later }), 0);
      expect(await on.ledger.processes(0)).toEqual([process('a'), process('b', { role: 'api', ...later })]);
      expect((await on.ledger.processes(START + 1)).map(({ id }) => id)).toEqual(['b']);
      await on.ledger.sayProcess(process('c', { seenAt: START + MINUTE }), START + 1);
      expect((await on.ledger.processes(0)).map(({ id }) => id)).toEqual(['b', 'c']);
    });

    test('who stops is gone', async () => {
      await on.ledger.sayProcess(process('a'), 0);
      await on.ledger.dropProcess('a');
      await on.ledger.dropProcess('nobody');
      expect(await on.ledger.processes(0)).toEqual([]);
    });
  });
}
