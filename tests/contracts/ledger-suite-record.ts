/** `record`: a change is stored whole, or found to have raced, or known; and what it does to its lane. */
import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../src/domain/chain.ts';
import type { LaneSignal } from '../../src/domain/lane.ts';
import {
  acceptance,
  AT,
  bytes,
  changeOf,
  claimOf,
  document,
  idOf,
  LINE,
  message,
  MINUTE,
} from './ledger-fixtures.ts';
import { BOX, SETTLED, START, stepOf, store, text, type Opened, type Wish } from './ledger-fixtures.ts';

const END = {
  step: 'check',
  round: 1,
  number: 1,
  endedAt: AT,
  outcome: 'ok',
  code: null,
  status: 200,
  sealed: bytes('wire'),
};

/** Everything that a change can carry, so that a half-written one would show. */
const whole = (mark: string): Wish => ({
  steps: {
    check: { state: 'succeeded', dueAt: null, sealed: bytes(`output ${mark}`) },
    pay: { state: 'ready', dueAt: START },
  },
  events: [{ type: 'go.mpp.step.succeeded.v1', data: { mark } }],
  application: { state: 'inProgress' },
  attempt: { ...END, sealed: bytes(`wire ${mark}`) },
  open: [{ step: 'pay', kind: 'conflict', code: mark }],
  references: [{ agency: 'bank', reference: `reference ${mark}`, step: 'pay' }],
  documents: [document(`doc-${mark}`, { applicationId: idOf(1), name: mark })],
  lane: { id: 'registry', signal: { is: 'bad', code: mark }, limits: BOX },
});

export function recordSuite(on: Opened): void {
  const accept = (n = 1): ReturnType<typeof on.ledger.accept> => on.ledger.accept(acceptance(n));

  describe('a change', () => {
    test('is stored whole', async () => {
      await accept();
      await on.ledger.claim(await claimOf(on.ledger));
      expect(await store(on.ledger, 1, whole('a'))).toMatchObject({ is: 'done' });
      const { application, steps } = (await on.ledger.read(idOf(1)))!;
      expect(application).toMatchObject({ state: 'inProgress', version: 2 });
      expect(steps.map(({ state }) => state)).toEqual(['succeeded', 'ready']);
      expect(text(steps[0]!.sealed)).toBe('output a');
      const events = await on.ledger.events(idOf(1), 0, 10);
      expect(firstBreak(events)).toBeNull();
      expect(events.at(-1)!.hash).toBe(application.head);
      expect(await on.ledger.attempts(idOf(1))).toMatchObject([{ outcome: 'ok', status: 200, endedAt: AT }]);
      expect(await on.ledger.openItems({ applicationId: idOf(1), most: 9 })).toMatchObject([
        { kind: 'conflict', code: 'a' },
      ]);
      expect(await on.ledger.findByReference('bank', 'reference a')).toEqual({
        applicationId: idOf(1),
        step: 'pay',
      });
      expect(text((await on.ledger.documentNamed(idOf(1), 'a'))!.row.wrappedKey)).toBe('key of doc-a');
      expect(await on.ledger.lane('registry')).toMatchObject({ failures: 1 });
    });

    test('of two worked out from one version, one is stored and nothing of the other', async () => {
      await accept();
      await on.ledger.claim(await claimOf(on.ledger));
      const [a, b] = [await changeOf(on.ledger, 1, whole('a')), await changeOf(on.ledger, 1, whole('b'))];
      expect((await Promise.all([on.ledger.record(a), on.ledger.record(b)])).map(({ is }) => is)).toEqual([
        'done',
        'raced',
      ]);
      expect(text((await stepOf(on.ledger, 1, 'check')).sealed)).toBe('output a');
      expect(await on.ledger.events(idOf(1), 0, 10)).toHaveLength(2);
      expect(await on.ledger.openItems({ applicationId: idOf(1), most: 9 })).toHaveLength(1);
      expect(await on.ledger.findByReference('bank', 'reference b')).toBeUndefined();
      expect(await on.ledger.documentNamed(idOf(1), 'b')).toBeUndefined();
      expect(text((await on.ledger.attempts(idOf(1)))[0]!.sealed)).toBe('wire a');
      expect(await on.ledger.lane('registry')).toMatchObject({ failures: 1 });
    });

    test('of different steps from one version, one races: what follows is worked out again', async () => {
      await accept();
      const one = await changeOf(on.ledger, 1, {
        steps: { check: { state: 'succeeded', dueAt: null } },
        events: [SETTLED],
      });
      const other = await changeOf(on.ledger, 1, { steps: { pay: { state: 'skipped' } }, events: [SETTLED] });
      expect(
        (await Promise.all([on.ledger.record(one), on.ledger.record(other)])).map(({ is }) => is),
      ).toEqual(['done', 'raced']);
      expect(await stepOf(on.ledger, 1, 'pay')).toMatchObject({ state: 'pending' });
    });

    test('that appends nothing but names its version is compared as well', async () => {
      await accept();
      const change = await changeOf(on.ledger, 1, { steps: { check: { state: 'ready', dueAt: START + 5 } } });
      const named = {
        ...change,
        version: 1,
        application: { state: 'accepted', ending: null, endedAt: null, clock: null } as const,
      };
      await store(on.ledger, 1, { events: [SETTLED] });
      expect(await on.ledger.record(named)).toEqual({ is: 'raced' });
      expect(await stepOf(on.ledger, 1, 'check')).toMatchObject({ dueAt: START });
      expect(await on.ledger.record({ ...named, version: 2 })).toMatchObject({ is: 'done' });
      expect((await on.ledger.read(idOf(1)))!.application.version).toBe(2);
    });

    test.each([
      ['claimed', async () => void (await on.ledger.claim(await claimOf(on.ledger)))],
      [
        'given another due time',
        async () => void (await store(on.ledger, 1, { steps: { check: { dueAt: START + 1 } } })),
      ],
      [
        'fenced off by news',
        async () => void (await store(on.ledger, 1, { steps: { check: { fence: 5, dueAt: null } } })),
      ],
    ])('of a step that was %s since races', async (_, meanwhile) => {
      await accept();
      const late = await changeOf(on.ledger, 1, {
        steps: { pay: { state: 'skipped' }, check: { state: 'parked', dueAt: null } },
      });
      await meanwhile();
      expect(await on.ledger.record(late)).toEqual({ is: 'raced' });
      expect(await stepOf(on.ledger, 1, 'pay')).toMatchObject({ state: 'pending' });
    });

    test('that sets a due time raises the wake and rings; one that does not, does neither', async () => {
      await accept();
      const dueAt = START + MINUTE;
      const again = await store(on.ledger, 1, { steps: { check: { dueAt } } });
      const bell = { id: `${idOf(1)}.check`, wake: 2 };
      expect(again).toEqual({
        is: 'done',
        rings: [{ lane: 'registry', bell, at: dueAt, priority: 3, line: LINE }],
      });
      expect(await store(on.ledger, 1, { steps: { check: { state: 'parked', dueAt: null } } })).toEqual({
        is: 'done',
        rings: [],
      });
    });

    test('of many in turn leaves a chain without gaps', async () => {
      await accept();
      const steps = { check: { state: 'ready', dueAt: START } } as const;
      let stored = 0;
      const contender = async (): Promise<void> => {
        for (let won = 0; won < 5;) {
          const { is } = await store(on.ledger, 1, { events: [SETTLED], steps });
          if (is === 'done') [won, stored] = [won + 1, stored + 1];
        }
      };
      await Promise.all([contender(), contender(), contender()]);
      const events = await on.ledger.events(idOf(1), 0, 100);
      expect([stored, events.length, firstBreak(events)]).toEqual([15, 16, null]);
    });

    test('keeps a result for good, and an ending with its time', async () => {
      await accept();
      const ended = { state: 'completed', endedAt: START + 1, result: bytes('result') } as const;
      await store(on.ledger, 1, { events: [SETTLED], application: ended });
      await store(on.ledger, 1, { events: [SETTLED] });
      const { application } = (await on.ledger.read(idOf(1)))!;
      expect([application.state, application.endedAt, text(application.result)]).toEqual([
        'completed',
        START + 1,
        'result',
      ]);
    });

    test('keeps the round that ended, and its key finds the new round only', async () => {
      await accept();
      const old = await stepOf(on.ledger, 1, 'check');
      const key = '99999999999999999999';
      await store(on.ledger, 1, {
        steps: { check: { round: 2, key, attempts: 0 } },
        oldRounds: [{ ...old, state: 'succeeded' }],
      });
      const [round] = await on.ledger.oldRounds(idOf(1));
      expect(round).toMatchObject({
        step: 'check',
        round: 1,
        key: old.key,
        agency: 'registry',
        state: 'succeeded',
      });
      expect(text(round!.sealed)).toBe('secret of check');
      expect(await on.ledger.findByKey('registry', key)).toEqual({ applicationId: idOf(1), step: 'check' });
      expect(await on.ledger.findByKey('bank', key)).toBeUndefined();
    });
  });

  describe('an attempt', () => {
    const ended = (fields: Partial<typeof END>): ReturnType<typeof store> =>
      store(on.ledger, 1, { attempt: { ...END, ...fields } });

    test('is ended once', async () => {
      await accept();
      await on.ledger.claim(await claimOf(on.ledger));
      await ended({ outcome: 'ok' });
      await ended({ outcome: 'retry', sealed: bytes('other') });
      expect(await on.ledger.attempts(idOf(1))).toMatchObject([{ outcome: 'ok' }]);
    });

    test('that was lost still takes its late result', async () => {
      await accept();
      await on.ledger.claim(await claimOf(on.ledger));
      await ended({ outcome: 'lost' });
      await ended({ outcome: 'ok', sealed: bytes('late') });
      const [attempt] = await on.ledger.attempts(idOf(1));
      expect([attempt!.outcome, text(attempt!.sealed)]).toEqual(['ok', 'late']);
    });

    test('of another round or number is not touched', async () => {
      await accept();
      await on.ledger.claim(await claimOf(on.ledger));
      await store(on.ledger, 1, { attempt: { ...END, number: 2 } });
      await store(on.ledger, 1, { attempt: { ...END, round: 2 } });
      expect(await on.ledger.attempts(idOf(1))).toMatchObject([{ endedAt: null, outcome: null }]);
    });
  });

  describe('items', () => {
    test('open, are numbered within their application, and close for the steps named', async () => {
      await accept();
      const item = { step: 'check', kind: 'outcomeUnknown', code: 'LOST' } as const;
      await store(on.ledger, 1, { open: [item, { ...item, step: 'pay', kind: 'retriesSpent' }] });
      await store(on.ledger, 1, { open: [item] });
      const all = await on.ledger.openItems({ applicationId: idOf(1), most: 9 });
      expect(all.map(({ step, kind }) => [step, kind])).toEqual([
        ['check', 'outcomeUnknown'],
        ['pay', 'retriesSpent'],
        ['check', 'outcomeUnknown'],
      ]);
      expect(all[0]).toMatchObject({
        applicationId: idOf(1),
        platform: 'mall',
        number: '9999-01-26-000001-0',
        openedAt: AT,
      });
      await store(on.ledger, 1, { close: { steps: ['check'], by: 'operator', at: AT } });
      expect((await on.ledger.openItems({ most: 9 })).map(({ step }) => step)).toEqual(['pay']);
    });

    test('that are disputes stay open when their step ends, until a person means them', async () => {
      await accept();
      const kinds = ['refund', 'conflict', 'undoRefused', 'outcomeUnknown'] as const;
      await store(on.ledger, 1, { open: kinds.map((kind) => ({ step: 'check', kind, code: 'X' })) });
      const open = async (): Promise<string[]> =>
        (await on.ledger.openItems({ most: 9 })).map(({ kind }) => kind);
      await store(on.ledger, 1, { close: { steps: ['check'], by: 'bus', at: AT } });
      expect(await open()).toEqual(['refund', 'conflict', 'undoRefused']);
      await store(on.ledger, 1, { close: { steps: ['check'], by: 'operator', at: AT, disputes: true } });
      expect(await open()).toEqual([]);
    });

    test('are numbered for each application by itself, also those opened together', async () => {
      const item = { step: 'check', kind: 'conflict', code: 'X' } as const;
      await accept(1);
      await accept(2);
      await store(on.ledger, 2, { open: [item] });
      await store(on.ledger, 1, { open: [item, item] });
      await store(on.ledger, 1, { close: { steps: ['check'], by: 'operator', at: AT, disputes: true } });
      await store(on.ledger, 1, { open: [item] });
      const ids = (await on.ledger.openItems({ most: 9 })).map(({ id }) => id);
      expect(ids).toEqual([`${idOf(1)}.0003`, `${idOf(2)}.0001`]);
      const first = await on.ledger.openItems({ applicationId: idOf(1), most: 9 });
      expect(first.map(({ id }) => id)).toEqual([`${idOf(1)}.0003`]);
      expect(
        await on.ledger.openItems({ applicationId: idOf(1), after: `${idOf(1)}.0003`, most: 9 }),
      ).toEqual([]);
    });

    test('more than nine are still listed in order, page by page', async () => {
      await accept();
      const codes = Array.from({ length: 12 }, (_, n) => `CODE_${n}`);
      for (const code of codes)
        await store(on.ledger, 1, { open: [{ step: 'check', kind: 'conflict', code }] });
      const seen: string[] = [];
      for (let after = ''; ;) {
        const page = await on.ledger.openItems({ after, most: 5 });
        seen.push(...page.map(({ code }) => code));
        if (page.length < 5) break;
        after = page.at(-1)!.id;
      }
      expect(seen.toSorted()).toEqual(codes.toSorted());
    });
  });

  describe('a message that a change belongs to', () => {
    test('is stored with it; the same again is known, and nothing of its change is stored', async () => {
      await accept();
      const first = await changeOf(on.ledger, 1, { ...whole('a'), inbox: message('m-1') });
      expect(await on.ledger.record(first)).toMatchObject({ is: 'done' });
      const { pay, ...rest } = whole('b').steps!;
      const again = await store(on.ledger, 1, { ...whole('b'), steps: rest, inbox: message('m-1') });
      expect([again, pay]).toMatchObject([{ is: 'known' }, {}]);
      expect(await on.ledger.events(idOf(1), 0, 10)).toHaveLength(2);
      expect(await on.ledger.findByReference('bank', 'reference b')).toBeUndefined();
      expect(await on.ledger.lane('registry')).toMatchObject({ failures: 1 });
    });

    test('of two deliveries at once, one is applied', async () => {
      await accept();
      const wish = { steps: { check: { state: 'succeeded', dueAt: null } }, inbox: message('m-1') } as const;
      const [one, two] = [
        await changeOf(on.ledger, 1, wish),
        await changeOf(on.ledger, 1, { inbox: message('m-1') }),
      ];
      expect((await Promise.all([on.ledger.record(one), on.ledger.record(two)])).map(({ is }) => is)).toEqual(
        ['done', 'known'],
      );
    });
  });

  describe('a lane', () => {
    const hear = (signal: LaneSignal): ReturnType<typeof store> =>
      store(on.ledger, 1, { lane: { id: 'registry', signal, limits: BOX } });
    const stream = async (): Promise<string[]> => {
      const events = await on.ledger.events('agency:registry', 0, 100);
      expect(firstBreak(events)).toBeNull();
      return events.map(({ type }) => type.split('.')[3]!);
    };

    test('opens its circuit after so many failures in a row, and says so once', async () => {
      await accept();
      for (let n = 0; n < 2; n += 1) await hear({ is: 'bad', code: 'X' });
      expect(await stream()).toEqual([]);
      await hear({ is: 'bad', code: 'X' });
      expect(await stream()).toEqual(['down']);
      expect(await on.ledger.lane('registry')).toMatchObject({
        sleepUntil: START + MINUTE,
        code: 'X',
        sleeps: 1,
      });
      on.clock.advance(MINUTE);
      await hear({ is: 'bad', code: 'X' });
      expect(await stream()).toEqual(['down']);
      expect(await on.ledger.lane('registry')).toMatchObject({ sleepUntil: START + 3 * MINUTE, sleeps: 2 });
      await hear({ is: 'good' });
      expect(await on.ledger.lane('registry')).toMatchObject({ sleepUntil: 0, failures: 0, sleeps: 0 });
      expect(await stream()).toEqual(['down', 'up']);
    });

    test('sleeps as long as the agency says', async () => {
      await accept();
      await hear({ is: 'away', code: 'QUOTA', until: START + 60 * MINUTE });
      expect(await on.ledger.lane('registry')).toMatchObject({
        sleepUntil: START + 60 * MINUTE,
        code: 'QUOTA',
      });
    });

    test('loses no signal when many come at once', async () => {
      for (const n of [1, 2, 3, 4]) await accept(n);
      const limits = { ...BOX, circuitFailures: 100 };
      const wish: Wish = { lane: { id: 'registry', signal: { is: 'bad', code: 'X' }, limits } };
      await Promise.all([1, 2, 3, 4].map((n) => store(on.ledger, n, wish)));
      expect(await on.ledger.lane('registry')).toMatchObject({ failures: 4 });
    });

    test('stays paused whatever it hears', async () => {
      await accept();
      await on.ledger.setPaused('registry', true, { type: 'go.mpp.connector.paused.v1', data: {} });
      await hear({ is: 'away', code: 'QUOTA', until: START + MINUTE });
      await hear({ is: 'good' });
      expect(await on.ledger.lane('registry')).toMatchObject({ paused: true, sleepUntil: 0 });
    });
  });
}
