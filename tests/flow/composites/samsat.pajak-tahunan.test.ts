/** Yearly vehicle tax: a fine stops it, one payment goes to three payees, and what was paid is posted until it is taken. */
import { expect, test } from 'vitest';
import { otherwise, playService, type Outcome, type Performance } from './play.ts';

const play = (performance?: Performance): Promise<Outcome> =>
  playService('SAMSAT.PAJAK-TAHUNAN', performance);
const plate = (plateNumber: string): Performance['with'] => ({ formData: { plateNumber } });

const shutAtThree = otherwise('samsat', {
  opens: { zone: 'Asia/Pontianak', hours: { mon: ['08:00-15:00'], tue: ['08:00-15:00'] } },
});

test('one bill and one payment; three postings, each with its payee’s share', async () => {
  const { state, outputs, result, books, whole } = await play();
  expect(state).toBe('completed');
  expect(outputs['bill']).toMatchObject({ amount: 1_993_000 });
  expect(books).toEqual({
    'bank-kalbar virtualAccount': 1,
    'bank-kalbar payment': 1,
    'samsat-61 posting': 2,
    'jasa-raharja-61 posting': 1,
  });
  const shares = whole.seen[0]!.steps
    .filter(({ operation }) => operation === 'post')
    .map(({ secret }) => secret.input?.['amount']);
  expect(shares).toEqual([0, 1_850_000, 143_000]);
  expect(result).toMatchObject({ plateNumber: 'KB 9999 ZZ', validUntil: '2027-11-16' });
});

test('block: the citizen is told which fine, and pays nothing', async () => {
  const { state, steps, texts, books } = await play({ with: plate('KB 9921 ZZ') });
  expect(state).toBe('rejected');
  expect(steps).toMatchObject({ fines: 'rejected', bill: 'cancelled' });
  expect(texts['fines']).toContain('tilang elektronik');
  expect(books).toEqual({});
});

test('a plate that does not fit goes back to the citizen, and on once it is mended', async () => {
  const { state, events, refused } = await play({
    with: plate('KB 9922 ZZ'),
    acts: ['correct /formData/plateNumber=KB 9999 ZZ'],
  });
  expect(refused).toEqual([]);
  expect(events).toContain('step.sendBack');
  expect(state).toBe('completed');
});

test('paid and not acknowledged: each posting is repeated until it is taken, and a person is told', async () => {
  const { state, items, books, whole } = await play({
    fail: ['insurerLedger=status:503*40', 'receipt=loseReply'],
    change: otherwise('jasaRaharja', { circuitFailures: 1_000 }),
  });
  expect(whole.noted).toContainEqual(
    expect.objectContaining({
      step: 'insurerLedger',
      text: 'for an operator: retriesSpent (AGENCY_UNAVAILABLE)',
    }),
  );
  expect(state).toBe('completed');
  expect(items).toEqual([]);
  expect(books).toMatchObject({ 'samsat-61 posting': 2, 'jasa-raharja-61 posting': 1 });
});

test('reversal while none has posted: the payment is a refund to make', async () => {
  const { state, steps, items, books, refused } = await play({
    start: '2026-11-16T14:55:00+07:00',
    change: shutAtThree,
    acts: ['withdraw when bill is succeeded after 30m'],
  });
  expect(refused).toEqual([]);
  expect(steps).toMatchObject({ bill: 'compensationFailed', endorsement: 'cancelled', receipt: 'cancelled' });
  expect(items).toEqual([expect.stringMatching(/^bill refund/)]);
  expect(state).toBe('withdrawn');
  expect(books['samsat-61 posting']).toBeUndefined();
});

test('once one has posted there is no reversal', async () => {
  const { state, refused } = await play({
    fail: ['insurerLedger=status:503*5'],
    acts: ['withdraw when endorsement is succeeded'],
  });
  expect(refused).toEqual(['past_pivot']);
  expect(state).toBe('completed');
});

test('mismatch: a share that is not the assessed one is a person’s to reconcile', async () => {
  const { state, steps, items } = await play({ with: plate('KB 9927 ZZ'), for: '2h' });
  expect(steps['endorsement']).toBe('succeeded');
  expect(items.toSorted()).toEqual([
    'insurerLedger rejectedAfterPivot AMOUNT_MISMATCH',
    'receipt rejectedAfterPivot AMOUNT_MISMATCH',
  ]);
  expect(state).toBe('underReview');
});
