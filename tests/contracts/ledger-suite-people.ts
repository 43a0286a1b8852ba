/** What people say: threads and complaints are stored with the change that they belong to; surveys name nobody. */
import { describe, expect, test } from 'vitest';
import type { ComplaintRow, MessageRow, SurveyRow } from '../../src/flow/ports/ledger-people.ts';
import {
  acceptance,
  AT,
  bytes,
  changeOf,
  idOf,
  SETTLED,
  START,
  store,
  text,
  type Opened,
} from './ledger-fixtures.ts';

const message = (n: number, fields: Partial<MessageRow> = {}): MessageRow => ({
  ...{ applicationId: idOf(1), n, key: `key-${n}`, fingerprint: `print-${n}`, at: AT, author: 'citizen' },
  ...{ channel: 'phone', sender: 'api-key', sealed: bytes(`words ${n}`), ...fields },
});
const complaint = (n: number, fields: Partial<ComplaintRow> = {}): ComplaintRow => ({
  ...{
    applicationId: idOf(1),
    n,
    key: `key-${n}`,
    fingerprint: `print-${n}`,
    at: AT,
    category: 'delay',
    tier: 1,
  },
  ...{ state: 'received', lookAt: START + n, dueAt: AT, forwardedTo: null, sender: 'api-key' },
  ...{ sealed: bytes('words'), answer: null, ...fields },
});
let surveys = 0;
const survey = (fields: Partial<SurveyRow> = {}): SurveyRow => ({
  ...{
    id: `survey-${(surveys += 1)}`,
    service: 'TEST.ONE',
    site: 'MPP-9999-01',
    channel: 'direct',
    month: '2026-01',
  },
  ...{ scores: [1, 2, 3, 4, 1, 2, 3, 4, 4], comment: null, ...fields },
});

export function peopleSuite(on: Opened): void {
  describe('what is said', () => {
    test('comes back as it was stored, in its order, of its own application only', async () => {
      await on.ledger.accept(acceptance(1));
      await on.ledger.accept(acceptance(2));
      await store(on.ledger, 1, { events: [SETTLED], said: [message(1), message(2, { author: 'officer' })] });
      const [first, second, ...more] = await on.ledger.messages(idOf(1));
      expect(more).toEqual([]);
      expect({ ...first, sealed: text(first!.sealed) }).toEqual({ ...message(1), sealed: 'words 1' });
      expect(second).toMatchObject({ n: 2, author: 'officer' });
      expect(await on.ledger.messages(idOf(2))).toEqual([]);
    });

    test('is not stored when another change came first', async () => {
      await on.ledger.accept(acceptance(1));
      const late = await changeOf(on.ledger, 1, {
        events: [SETTLED],
        said: [message(1)],
        complaints: [complaint(1)],
      });
      await store(on.ledger, 1, { events: [SETTLED] });
      expect(await on.ledger.record(late)).toEqual({ is: 'raced' });
      expect([await on.ledger.messages(idOf(1)), await on.ledger.complaints(idOf(1))]).toEqual([[], []]);
    });
  });

  describe('complaints', () => {
    test('are stored, and stored again as they have become', async () => {
      await on.ledger.accept(acceptance(1));
      await store(on.ledger, 1, { events: [SETTLED], complaints: [complaint(1)] });
      const answered = complaint(1, { state: 'answered', lookAt: null, answer: bytes('sorry') });
      await store(on.ledger, 1, { events: [SETTLED], complaints: [answered, complaint(2)] });
      const [one, two] = await on.ledger.complaints(idOf(1));
      expect({ ...one, sealed: text(one!.sealed), answer: text(one!.answer) }).toEqual({
        ...{ ...answered, sealed: 'words', answer: 'sorry' },
      });
      expect(two).toMatchObject({ n: 2, state: 'received', answer: null, forwardedTo: null });
    });

    test('are due by their time, the oldest first', async () => {
      await on.ledger.accept(acceptance(1));
      const complaints = [complaint(1), complaint(2, { lookAt: START }), complaint(3, { lookAt: null })];
      await store(on.ledger, 1, { events: [SETTLED], complaints });
      const due = async (now: number, most = 9): Promise<number[]> =>
        (await on.ledger.complaintsDue(now, most)).map(({ n }) => n);
      expect([await due(START - 1), await due(START), await due(START + 9), await due(START + 9, 1)]).toEqual(
        [...[[], [2], [2, 1], [2]]],
      );
    });
  });

  describe('surveys', () => {
    const all = { from: '2026-01', to: '2026-12', fewest: 1 };

    test('a token is spent once, and what came second is not there', async () => {
      expect(await on.ledger.surveySpent('hash')).toBe(false);
      expect(await on.ledger.keepSurvey(survey(), 'hash')).toBe(true);
      expect(await on.ledger.keepSurvey(survey(), 'hash')).toBe(false);
      expect(await on.ledger.surveySpent('hash')).toBe(true);
      expect(await on.ledger.surveyCells(all)).toMatchObject([{ respondents: 1 }]);
    });

    test('two who spend it at once are one', async () => {
      const kept = await Promise.all([1, 2, 3].map(() => on.ledger.keepSurvey(survey(), 'hash')));
      expect(kept.filter(Boolean)).toHaveLength(1);
      expect(await on.ledger.surveyCells(all)).toMatchObject([{ respondents: 1 }]);
    });

    test('are summed by service and month; a cell with too few is not there', async () => {
      const months = ['2026-01', '2026-01', '2026-02', '2026-02', '2026-02', '2027-01'];
      for (const [n, month] of months.entries()) await on.ledger.keepSurvey(survey({ month }), `h${n}`);
      await on.ledger.keepSurvey(survey({ service: 'TEST.TWO' }), 'two');
      const cells = async (more: object): Promise<string[]> =>
        (await on.ledger.surveyCells({ ...all, ...more })).map(({ service, month, respondents }) => {
          return `${service} ${month} ${respondents}`;
        });
      expect(await cells({})).toEqual(['TEST.ONE 2026-01 2', 'TEST.ONE 2026-02 3', 'TEST.TWO 2026-01 1']);
      expect(await cells({ fewest: 3 })).toEqual(['TEST.ONE 2026-02 3']);
      expect(await cells({ service: 'TEST.TWO' })).toEqual(['TEST.TWO 2026-01 1']);
      expect(await cells({ from: '2026-02' })).toEqual(['TEST.ONE 2026-02 3']);
      expect((await on.ledger.surveyCells({ ...all, fewest: 3 }))[0]!.sums).toEqual([
        3, 6, 9, 12, 3, 6, 9, 12, 12,
      ]);
    });

    test('comments come from the same cells only', async () => {
      for (const n of [1, 2, 3]) {
        const comment = n === 2 ? null : bytes(`comment ${n}`);
        await on.ledger.keepSurvey(survey({ comment }), `c${n}`);
      }
      await on.ledger.keepSurvey(survey({ service: 'TEST.TWO', comment: bytes('alone') }), 'alone');
      const found = await on.ledger.surveyComments({ ...all, fewest: 3 }, 9);
      expect(found.map(({ comment }) => text(comment)).toSorted()).toEqual(['comment 1', 'comment 3']);
      expect(await on.ledger.surveyComments({ ...all, fewest: 3 }, 1)).toHaveLength(1);
    });
  });
}
