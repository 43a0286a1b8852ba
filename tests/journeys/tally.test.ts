/** What the demo's count calls lost, doubled and settled. */
import { expect, test } from 'vitest';
import type { BookEntry } from '../../src/adapter-kit/simulator.ts';
import { isWell, tally, type Book, type Counted } from '../../src/commands/demo/tally.ts';

const leaves = { issueRecordCertificate: 'recordCertificate', collectPayment: 'payment' };
const AGENCY = 'agency';
type Step = Counted['steps'][number];
const step = (key: string, state: string, fields: Partial<Step> = {}): Step => {
  const history = [{ tryKey: `${key}0001` }];
  return { agency: AGENCY, operation: 'issueRecordCertificate', state, key, history, ...fields };
};
const done: Counted = { id: 'a', state: 'completed', items: [], steps: [step('1', 'succeeded')] };
const waiting: Counted = {
  id: 'b',
  state: 'inProgress',
  items: [],
  steps: [step('9', 'waitingPayment', { operation: 'collectPayment' })],
};
const named: Counted = {
  ...waiting,
  state: 'underReview',
  items: [{ kind: 'outcomeUnknown', step: 'bill' }],
};
const issued: BookEntry = { effect: 'recordCertificate', key: '1', times: 1 };
const paying = (id: string, key: string): Counted => ({
  ...done,
  id,
  steps: [step(key, 'succeeded', { operation: 'collectPayment' })],
});
const paid = (key: string): BookEntry => ({ effect: 'payment', key, times: 1 });
const ended = (state: string, fields: Partial<Step> = {}): Counted => ({
  ...done,
  state: 'rejected',
  steps: [step('1', state, fields)],
});

test.each<[string, string[], Counted[], BookEntry[], Partial<ReturnType<typeof tally>>, boolean]>([
  [
    'all is well',
    ['a'],
    [done],
    [issued],
    { sent: 1, settled: 1, ended: 1, items: 0, lost: 0, doubled: 0 },
    true,
  ],
  [
    'a named item is settled, and counted apart',
    ['a', 'b'],
    [done, named],
    [issued],
    { settled: 2, ended: 1, items: 1 },
    true,
  ],
  [
    'what waits without a name is not settled',
    ['a', 'b'],
    [done, waiting],
    [issued],
    { settled: 1, lost: 0 },
    false,
  ],
  [
    'an application that the API does not know is lost',
    ['a', 'b'],
    [done],
    [issued],
    { lost: 1, doubled: 0 },
    false,
  ],
  [
    'an effect believed done that stands in no book is lost',
    ['a'],
    [done],
    [],
    { settled: 1, lost: 1, doubled: 0 },
    false,
  ],
  [
    'the same intent done twice is doubled',
    ['a'],
    [done],
    [{ ...issued, times: 3 }],
    { lost: 0, doubled: 2 },
    false,
  ],
  [
    'an effect that no step accounts for is doubled',
    ['a'],
    [done],
    [issued, { ...issued, key: '2' }],
    { lost: 0, doubled: 1 },
    false,
  ],
  [
    'a loss does not make up for a doubling: both payments stand under other keys than one of those believed',
    ['a', 'b'],
    [paying('a', '1'), paying('b', '2')],
    [paid('1'), paid('3')],
    { settled: 2, lost: 1, doubled: 1 },
    false,
  ],
  [
    'an effect under the key of a step that must leave another is no such effect',
    ['a', 'b'],
    [done, paying('b', '2')],
    [issued, paid('1')],
    { lost: 1, doubled: 1 },
    false,
  ],
  [
    'an effect that no step accounts for counts as often as it was done',
    ['a'],
    [done],
    [issued, { ...issued, key: '2', times: 2 }],
    { lost: 0, doubled: 2 },
    false,
  ],
  ...['rejected', 'compensated', 'compensationFailed', 'unknown'].map(
    (state): [string, string[], Counted[], BookEntry[], object, boolean] => [
      `an effect of a step that is ${state} is accounted for`,
      ['a'],
      [ended(state)],
      [issued],
      { lost: 0, doubled: 0 },
      true,
    ],
  ),
  [
    'an effect of an old round is accounted for, and does not stand for the new one',
    ['a'],
    [ended('succeeded', { key: '2', history: [{ tryKey: '10001' }, { tryKey: '20002' }] })],
    [issued],
    { lost: 1, doubled: 0 },
    false,
  ],
  [
    'other entries of a book are nobody’s effect',
    ['a'],
    [done],
    [issued, { ...issued, effect: 'virtualAccount' }],
    { doubled: 0 },
    true,
  ],
])('%s', (_, sent, found, entries, counts, well) => {
  const book: Book = { agency: AGENCY, leaves, entries };
  const counted = tally(sent, found, [book]);
  expect(counted).toMatchObject(counts);
  expect(isWell(counted)).toBe(well);
});

test('each agency has a book of its own: the same key in another’s is another intent', () => {
  const there: Book = { agency: 'there', leaves, entries: [issued] };
  const here: Book = { agency: AGENCY, leaves, entries: [] };
  expect(tally(['a'], [done], [here, there])).toMatchObject({ lost: 1, doubled: 1 });
});
