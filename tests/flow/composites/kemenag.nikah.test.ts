/** Marriage: what can say no comes before the day, the record is the point of no return, and the book stands whatever follows. */
import { expect, test } from 'vitest';
import { playService, type Outcome, type Performance } from './play.ts';

const SATURDAY = '2026-12-12T10:00:00+07:00';

/** Outside the office on a Saturday four weeks ahead, unless it is said otherwise. */
const play = ({ with: over = {}, ...performance }: Performance = {}): Promise<Outcome> =>
  playService('KEMENAG.NIKAH', {
    for: '60d',
    with: { formData: { ceremonyAt: SATURDAY, ...(over['formData'] as object) } },
    ...performance,
  });

test('outside the office: paid for, examined, held on its day, recorded; the book, and the residents’ cards', async () => {
  const { state, steps, result, books, whole } = await play();
  expect(state).toBe('completed');
  expect(steps).toMatchObject({ consent: 'skipped', recommendation: 'skipped', dispensation: 'skipped' });
  expect(result).toMatchObject({ bookNumber: 'KUA-6112-2026-000003', familyCardNumber: expect.any(String) });
  expect(books).toMatchObject({ 'dukcapil-6112 marriageRecord': 1, 'kua-6112 caseGranted': 3 });
  expect(whole.seen[0]!.documents).toContain('book.letter');
  const { steps: all } = whole.seen[0]!;
  const ended = (name: string): number => all.find((step) => step.name === name)!.since;
  expect(ended('day')).toBe(Date.parse(SATURDAY));
});

test('in the office in office hours nothing is to be paid', async () => {
  const { state, steps, books } = await play({
    with: { formData: { ceremonyAt: '2026-12-10T10:00:00+07:00', place: 'office' } },
  });
  expect(steps['bill']).toBe('skipped');
  expect(state).toBe('completed');
  expect(books['bank-kalbar virtualAccount']).toBeUndefined();
});

test('less than ten working days ahead: the sub-district has to allow it', async () => {
  const soon = { formData: { ceremonyAt: '2026-11-21T10:00:00+07:00' } };
  const { state, steps } = await play({ with: soon });
  expect(steps['dispensation']).toBe('succeeded');
  expect(state).toBe('completed');
  const not = await play({ with: soon, acts: ['decide dispensation rejected REQUIREMENT_NOT_MET'] });
  expect(not.state).toBe('rejected');
  expect(not.steps['slot']).toBe('compensated');
  expect(not.books['kua-6112 caseClosed']).toBe(1);
  expect(not.items).toEqual([]);
});

test('under 21 the consent is examined first; without it nothing is booked', async () => {
  const young = { formData: { spouse: { birthDate: '2006-02-03' } } };
  expect((await play({ with: young })).steps['consent']).toBe('succeeded');
  const not = await play({ with: young, acts: ['decide consent rejected REQUIREMENT_NOT_MET'] });
  expect(not).toMatchObject({ state: 'rejected', steps: { slot: 'cancelled' } });
  expect(not.books).toEqual({});
});

test('from another district the home office recommends', async () => {
  const { state, steps } = await play({ with: { formData: { homeRegionCode: '61.12' } } });
  expect(steps['recommendation']).toBe('succeeded');
  expect(state).toBe('completed');
});

test('who is married already by the office’s own register is told so', async () => {
  const { state, texts } = await playService('KEMENAG.NIKAH', {
    with: { applicant: { nik: '9901010708989921' } },
  });
  expect(state).toBe('rejected');
  expect(texts['single']).toBe('Masih terikat perkawinan menurut catatan KUA');
});

test('called off before the day: the place is let go, the payment is a refund to make', async () => {
  const { state, steps, items } = await play({ acts: ['withdraw when day is waitingAppointment after 1d'] });
  expect(state).toBe('withdrawn');
  expect(steps).toMatchObject({ slot: 'compensated', bill: 'compensationFailed', record: 'cancelled' });
  expect(items).toEqual(['bill refund ALREADY_PAID']);
});

test('called off on the day: the same, by the officer’s word', async () => {
  const { state, steps, items } = await play({ acts: ['decide ceremony rejected CALLED_OFF'] });
  expect(state).toBe('rejected');
  expect(steps).toMatchObject({ slot: 'compensated', record: 'cancelled', cards: 'cancelled' });
  expect(items).toEqual(['bill refund ALREADY_PAID']);
});

test('recorded, it cannot be withdrawn', async () => {
  const { state, refused } = await play({
    fail: ['book=status:503*3'],
    acts: ['withdraw when record is succeeded'],
  });
  expect(refused).toEqual(['past_pivot']);
  expect(state).toBe('completed');
});

test('the cards fail: they are tried again until they are there', async () => {
  const { state, steps } = await play({ fail: ['cards=status:503*12'] });
  expect(steps['cards']).toBe('succeeded');
  expect(state).toBe('completed');
});

test('the cards are refused: the book stands', async () => {
  const { state, steps, result, whole } = await play({
    acts: ['dukcapil.answer {"event":"marriage","status":"REJECTED","reasonCode":"NOT_ELIGIBLE"} at 1h'],
  });
  expect(steps).toMatchObject({ book: 'succeeded', cards: 'rejected' });
  expect(result).toMatchObject({ bookNumber: 'KUA-6112-2026-000003' });
  expect(whole.counts).toMatchObject({ lost: 0, doubled: 0 });
  expect(state).toBe('partiallyCompleted');
});
