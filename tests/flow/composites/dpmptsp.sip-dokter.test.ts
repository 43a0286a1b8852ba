/** Practice permit: silence is consent only after the checks, what the health office says too late is a person's, and the register waits. */
import { expect, test } from 'vitest';
import { otherwise, playService, type Outcome, type Performance } from './play.ts';

const play = (performance?: Performance): Promise<Outcome> =>
  playService('DPMPTSP.SIP-DOKTER', performance);
const number = { permitNumber: '503/1/SIP/2026', validUntil: '2031-11-16' };
const GIVEN = `decide number approved ${JSON.stringify(number)}`;
/** Asked seldom, so that a week of silence is played quickly. */
const patient = otherwise(
  'dinkes',
  { circuitFailures: 1, circuitSleep: '6h', circuitCap: '12h' },
  { base: '1h', cap: '12h' },
);

test('four checks, recommendation, number, draft, signature; then the register is told', async () => {
  const { state, result, books, whole } = await play({ acts: [GIVEN] });
  expect(state).toBe('completed');
  expect(result).toEqual(number);
  expect(books).toMatchObject({ 'bsre signature': 1, 'dinkes-6112 posting': 1 });
  expect(whole.seen[0]!.documents).toContain('signature.signed');
  expect(whole.counts).toMatchObject({ lost: 0, doubled: 0 });
});

test('the health office is silent: approved by law on the fifth working day, and the agency is told', async () => {
  const { state, events, items, whole } = await play({
    acts: [GIVEN, 'dinkes.hold when person is succeeded'],
    change: patient,
  });
  expect(events).toEqual(
    expect.arrayContaining(['sla.atRisk', 'sla.breached', 'application.deemedApproved']),
  );
  const breached = whole.seen[0]!.events.find(({ type }) => type === 'sla.breached')!;
  expect(new Date(breached.at).toISOString()).toBe('2026-11-23T08:00:00.000Z');
  expect(items).toEqual(['recommendation deemedApproval DEEMED_APPROVED']);
  expect(state).toBe('completed');
});

test('later rejection by the health office is a person’s to see to, and rolls nothing back', async () => {
  const { state, steps, items } = await play({
    acts: [
      GIVEN,
      'dinkes.hold when person is succeeded',
      'dinkes.decide {"requestId":"{recommendation.key}","status":"REFUSED"} when signature is succeeded after 1h',
    ],
    change: patient,
  });
  expect(items).toEqual([
    'recommendation deemedApproval DEEMED_APPROVED',
    'recommendation conflict REQUIREMENT_NOT_MET',
  ]);
  expect(steps).toMatchObject({ recommendation: 'succeeded', signature: 'succeeded' });
  expect(state).toBe('completed');
});

test('no approval by law while a check is open', async () => {
  const { state, events, steps } = await play({
    fail: ['person=down:9d'],
    habits: { decideMs: null },
    change: otherwise(
      'dukcapil',
      { circuitFailures: 1, circuitSleep: '6h', circuitCap: '12h' },
      { base: '1h', cap: '12h' },
    ),
    for: '8d',
  });
  expect(events).toContain('sla.breached');
  expect(events).not.toContain('application.deemedApproved');
  expect(steps['recommendation']).toBe('pending');
  expect(state).not.toBe('completed');
});

test.each([
  ['registration is not active', { strNumber: 'STR-9901-9921' }, 'registration', 'STR_INACTIVE'],
  [
    'place is not licensed',
    { facility: { code: 'FKTP-9921', name: 'Klinik' } },
    'place',
    'REQUIREMENT_NOT_MET',
  ],
])('the %s: nothing is asked of the health office', async (_, formData, step, code) => {
  const { state, steps, books, whole } = await play({ with: { formData } });
  expect(steps).toMatchObject({ [step]: 'rejected', recommendation: 'cancelled' });
  expect(whole.seen[0]!.steps.find(({ name }) => name === step)!.code).toBe(code);
  expect(state).toBe('rejected');
  expect(books).toEqual({});
});

test('the register of health workers is down: told in the background, while the clock runs', async () => {
  const { state, steps, events, books } = await play({
    acts: [GIVEN],
    fail: ['publication=down:5d'],
    change: patient,
  });
  expect(events).toContain('sla.atRisk');
  expect(events).not.toContain('sla.paused');
  expect(steps).toMatchObject({ signature: 'succeeded', publication: 'succeeded' });
  expect(books['dinkes-6112 posting']).toBe(1);
  expect(state).toBe('completed');
});

test('withdrawn before it is signed: recommendation and draft are taken back', async () => {
  const { state, books } = await play({
    habits: { decideMs: null },
    acts: ['withdraw when number is waitingOfficer after 1h'],
  });
  expect(state).toBe('withdrawn');
  expect(books['dinkes-6112 caseClosed']).toBe(1);
});
