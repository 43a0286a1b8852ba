/** What the demo's count calls lost, doubled and settled. */
import { expect, test } from 'vitest';
import type { BookEntry } from '../../src/adapter-kit/simulator.ts';
import { isWell, tally, type Counted } from '../../src/commands/demo/tally.ts';

const done: Counted = {
  id: 'a',
  state: 'completed',
  items: [],
  steps: [{ operation: 'issueRecordCertificate', state: 'succeeded' }],
};
const waiting: Counted = {
  id: 'b',
  state: 'inProgress',
  items: [],
  steps: [{ operation: 'collectPayment', state: 'waitingPayment' }],
};
const named: Counted = {
  ...waiting,
  state: 'underReview',
  items: [{ kind: 'outcomeUnknown', step: 'bill' }],
};
const issued: BookEntry = { effect: 'recordCertificate', key: '1', times: 1 };

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
    'other entries of a book are nobody’s effect',
    ['a'],
    [done],
    [issued, { ...issued, effect: 'virtualAccount' }],
    { doubled: 0 },
    true,
  ],
])('%s', (_, sent, found, books, counts, well) => {
  const counted = tally(sent, found, books);
  expect(counted).toMatchObject(counts);
  expect(isWell(counted)).toBe(well);
});
