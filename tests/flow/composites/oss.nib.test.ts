/** Business licence handed over by OSS: checks by risk, a levy that silence does not skip, a decision, and OSS gets it back. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/outcome.ts';
import { otherwise, playService, type Outcome, type Performance } from './play.ts';

const play = (performance?: Performance): Promise<Outcome> => playService('OSS.NIB', performance);
const number = {
  licenseNumber: '503/1/2026',
  issuedOn: '2026-11-17',
  signerName: 'Contoh Kepala Dinas',
  signerNip: '990101199001011001',
  signerPosition: 'Kepala DPMPTSP',
};
const GIVEN = `decide number approved ${JSON.stringify(number)}`;
const risk = (riskLevel: string): JsonObject => ({ formData: { riskLevel } });
/** Asked seldom, so that a week of silence is played quickly. */
const patient = (role: string): Performance['change'] =>
  otherwise(role, {}, { base: '1h', cap: '12h', inquiries: 100 });

test('medium-high risk: hygiene and environment are checked, no levy; decided, numbered, handed back', async () => {
  const { state, steps, result, books, whole } = await play({ acts: [GIVEN] });
  expect(state).toBe('completed');
  expect(steps).toMatchObject({ hygiene: 'succeeded', environment: 'succeeded', building: 'skipped' });
  expect(steps['levy']).toBe('skipped');
  expect(result).toMatchObject({ licenseNumber: '503/1/2026', regionalTaxpayerNumber: 'R-000001' });
  expect(books['oss-rba license']).toBe(1);
  expect(whole.seen[0]!.documents).toContain('license.license');
  expect(whole.counts).toMatchObject({ lost: 0, doubled: 0 });
});

test('low risk: nothing technical is asked', async () => {
  const { state, steps } = await play({ with: risk('low'), acts: [GIVEN] });
  expect(steps).toMatchObject({ hygiene: 'skipped', environment: 'skipped', levy: 'skipped' });
  expect(state).toBe('completed');
});

test('high risk: the building is assessed, and its levy is paid before anybody decides', async () => {
  const { state, steps, outputs } = await play({ with: risk('high'), acts: [GIVEN] });
  expect(steps).toMatchObject({ building: 'succeeded', levy: 'succeeded' });
  expect(outputs['levy']).toMatchObject({ amount: 2_400_000 });
  expect(state).toBe('completed');
});

test.each([
  ['returns missing', '9901010101709912', 'TAX_RETURN_MISSING', '9901010101709912'],
  ['name or number', '9901010101709911', 'TAX_NAME_MISMATCH', '9901010101709999'],
])('KSWP invalid, %s: the applicant’s turn with the reason, not a rejection', async (_, npwp, code, mended) => {
  const acts = [
    GIVEN,
    // The return is filed, or the name is put right at the tax office.
    `tax.taxpayer {"npwp":"${mended}","status":"00"} when taxStatus is waitingApplicant after 1h`,
    `correct /applicant/npwp="${mended}" /applicant/legalName="CONTOH USAHA" when taxStatus is waitingApplicant after 2h`,
  ];
  if (code === 'TAX_RETURN_MISSING') acts[2] = acts[2]!.replace(' /applicant/legalName="CONTOH USAHA"', '');
  const { state, events, refused, whole } = await play({ with: { applicant: { npwp } }, acts });
  const sentBack = whole.seen[0]!.events.find(({ type }) => type === 'step.sendBack');
  expect(sentBack!.data).toMatchObject({ step: 'taxStatus', code });
  expect(events).toContain('sla.paused');
  expect(refused).toEqual([]);
  expect(state).toBe('completed');
});

test('a technical check is refused: no licence, and the business number stands', async () => {
  const { state, steps, books } = await play({
    acts: [
      'dinkes.hold when business is succeeded',
      'dinkes.decide {"requestId":"{hygiene.key}","status":"REFUSED"} when hygiene is waitingAgency after 1h',
    ],
  });
  expect(state).toBe('rejected');
  expect(steps).toMatchObject({ hygiene: 'rejected', environment: 'compensated', license: 'cancelled' });
  expect(Object.keys(books).filter((name) => name.startsWith('oss'))).toEqual([]);
});

test('refused after the levy was paid: the levy is a refund to make', async () => {
  const { state, steps, items } = await play({
    with: risk('high'),
    acts: ['decide decision rejected REQUIREMENT_NOT_MET'],
  });
  expect(state).toBe('rejected');
  expect(steps).toMatchObject({ decision: 'rejected', levy: 'compensationFailed', license: 'cancelled' });
  expect(items).toEqual(['levy refund ALREADY_PAID']);
});

test('the office is silent: approved by law, and OSS is told that it was', async () => {
  const { state, events, items, whole } = await play({
    acts: [GIVEN, 'decide decision rejected NEVER at 29d'],
  });
  expect(events).toContain('application.deemedApproved');
  expect(items).toEqual(['decision deemedApproval DEEMED_APPROVED']);
  const license = whole.seen[0]!.steps.find(({ name }) => name === 'license')!;
  expect(license.secret.input).toMatchObject({ status: 'deemedApproved' });
  expect(state).toBe('completed');
});

test('approval by law does not skip an unpaid levy', async () => {
  const { state, events, steps } = await play({
    with: risk('high'),
    habits: { payMs: null },
    change: patient('bank'),
    for: '20d',
  });
  expect(events).not.toContain('application.deemedApproved');
  expect(steps).toMatchObject({ levy: 'waitingPayment', decision: 'pending' });
  expect(state).toBe('waitingPayment');
});

test('nor a check that nobody has answered', async () => {
  const { events, steps, items } = await play({
    acts: ['dinkes.hold when business is succeeded'],
    change: patient('dinkes'),
    for: '10d',
  });
  expect(events).toContain('sla.breached');
  expect(events).not.toContain('application.deemedApproved');
  expect(steps['decision']).toBe('pending');
  expect(items).toEqual([expect.stringContaining('overdue DEADLINE_BREACHED')]);
});
