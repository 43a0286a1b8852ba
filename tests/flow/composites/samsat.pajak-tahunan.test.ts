/** Yearly vehicle tax, where agencies are limited otherwise than in the shipped mall: what its route tests cannot say. */
import { expect, test } from 'vitest';
import { otherwise, playService, type Outcome, type Performance } from './play.ts';

const play = (performance?: Performance): Promise<Outcome> =>
  playService('SAMSAT.PAJAK-TAHUNAN', performance);

const shutAtThree = otherwise('samsat', {
  opens: { zone: 'Asia/Pontianak', hours: { mon: ['08:00-15:00'], tue: ['08:00-15:00'] } },
});

test('paid and not acknowledged: when the tries are spent a person is told, and it is tried on', async () => {
  const { state, items, books, whole } = await play({
    fail: ['insurerLedger=status:503*40'],
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
  expect(books).toMatchObject({ 'jasa-raharja-61 posting': 1 });
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
