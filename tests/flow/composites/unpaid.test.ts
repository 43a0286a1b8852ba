/** Bills that nobody pays for days, at a bank that is asked twice a day: by the shipped one's hours they take too long to play. */
import { expect, test } from 'vitest';
import { otherwise, playService } from './play.ts';

const change = otherwise('bank', {}, { base: '1h', cap: '12h', inquiries: 100 });
const habits = { payMs: null };

test('business licence: approval by law does not skip an unpaid levy', async () => {
  const { state, events, steps } = await playService('OSS.NIB', {
    ...{ change, habits, for: '12d' },
    with: { formData: { riskLevel: 'high' } },
  });
  expect(events).toContain('payment.rebilled');
  expect(events).not.toContain('application.deemedApproved');
  expect(steps).toMatchObject({ levy: 'waitingPayment', decision: 'pending', license: 'pending' });
  expect(state).toBe('waitingPayment');
});

test('marriage: the bill is made anew once, then it expires and the place is let go', async () => {
  const { state, steps, items, books } = await playService('KEMENAG.NIKAH', {
    ...{ change, habits },
    with: { formData: { ceremonyAt: '2026-12-12T10:00:00+07:00' } },
  });
  expect(state).toBe('expired');
  expect(steps['slot']).toBe('compensated');
  expect(items).toEqual([]);
  expect(books).toMatchObject({ 'bank-kalbar virtualAccount': 2, 'kua-6112 caseClosed': 1 });
});

test('vehicle tax: the bill is made anew once, then the application expires', async () => {
  const { state, books } = await playService('SAMSAT.PAJAK-TAHUNAN', { change, habits });
  expect(state).toBe('expired');
  expect(books).toEqual({ 'bank-kalbar virtualAccount': 2 });
});
