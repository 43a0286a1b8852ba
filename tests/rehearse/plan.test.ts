/** A plan drawn: its layers, its text, its Mermaid and its SVG, and what one application makes of it. */
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import type { Catalogue, Route, RouteStep } from '../../src/domain/catalogue.ts';
import { planMermaid } from '../../src/rehearse/plan/as-mermaid.ts';
import { planSvg } from '../../src/rehearse/plan/as-svg.ts';
import { planLines } from '../../src/rehearse/plan/as-text.ts';
import { filledPlan } from '../../src/rehearse/plan/filled.ts';
import { layOut } from '../../src/rehearse/plan/layout.ts';
import { outlineOf } from '../../src/rehearse/plan/outline.ts';
import { parseXml } from '../../src/wire/xml.ts';
import { example, smallMall } from './support.ts';

const step = (call: string, fields: Partial<RouteStep> = {}): RouteStep => ({
  ...{ call, after: [], need: 'mandatory', pivot: false, with: {} },
  ...fields,
});

const PERSON = {
  nik: 'application.applicant.nik',
  fullName: 'application.applicant.fullName',
  birthDate: 'application.applicant.birthDate',
};

/** Two checks at once, a decision, a bill on a condition, the pivot, and what follows it. */
const STEPS: Record<string, RouteStep> = {
  person: step('dukcapil.matchPerson', { with: PERSON }),
  card: step('dukcapil.matchPerson', {
    with: { ...PERSON, familyCardNumber: 'application.formData.card' },
    validFor: '30d',
  }),
  review: step('bus.task', {
    after: ['person', 'card'],
    task: {
      role: 'head-of-office',
      title: { id: 'Tinjau', en: 'Review "it"' },
      due: '1d',
      fourEyes: true,
      form: {},
    },
  }),
  bill: step('bank.collectPayment', {
    after: ['review'],
    when: "service.fees[code='SKCK'].amount > 0",
    ...{ rebill: 2, remind: ['6h'], waits: '1d' },
    with: {
      payerName: 'application.applicant.fullName',
      amount: "service.fees[code='SKCK'].amount",
      description: 'steps.review.output.word',
      expiresInHours: '24',
    },
  }),
  certificate: step('police.issueRecordCertificate', {
    ...{ after: ['bill'], pivot: true, with: { ...PERSON, purpose: 'application.formData.purpose' } },
    onRefusal: { PHOTO_MISSING: 'expire' },
    again: { when: "steps.certificate.code = 'X'", steps: [], most: 1 },
  }),
  familyCard: step('dukcapil.reissueFamilyCard', {
    ...{ after: ['certificate'], need: 'bestEffort', with: { nik: PERSON.nik, reason: "'dataChange'" } },
  }),
  tell: step('bus.wait', { after: ['person', 'certificate'], with: { for: "'2d'" } }),
};

async function mall(steps = STEPS): Promise<Catalogue> {
  const shipped = await smallMall();
  const route: Route = {
    ...{
      service: 'POLRES.SKCK',
      version: '2.0.0',
      steps,
      result: { certificate: 'steps.certificate.output' },
    },
    deadline: { in: 3, unit: 'workingDays', onBreach: 'escalate', pauses: ['applicant'] },
  };
  return { ...shipped, routes: new Map([...shipped.routes, ['POLRES.SKCK', route]]) };
}

const outlined = async (): Promise<ReturnType<typeof outlineOf>> =>
  outlineOf(await mall(), 'POLRES.SKCK', adapters);

test('layers: what runs together, and the pivot after every check; ways that others imply are left out', async () => {
  const { outline } = await outlined();
  expect(outline.steps.map(({ name, layer }) => [name, layer])).toEqual([
    ...[
      ['person', 0],
      ['card', 0],
      ['review', 1],
      ['bill', 2],
    ],
    ...[
      ['certificate', 3],
      ['familyCard', 4],
      ['tell', 4],
    ],
  ]);
  const byName = new Map(outline.steps.map((one) => [one.name, one]));
  expect(byName.get('certificate')!.after).toEqual(['bill']);
  expect(byName.get('tell')!.after).toEqual(['certificate']);
  expect([...byName].map(([name, { undo }]) => `${name} ${undo}`)).toEqual([
    ...['person nothing', 'card nothing', 'review nothing', 'bill agency'],
    ...['certificate afterPivot', 'familyCard afterPivot', 'tell afterPivot'],
  ]);
});

test('as text: order, conditions, pivot, undoing, waits, deadline and fees', async () => {
  const text = planLines((await outlined()).outline).join('\n');
  for (const said of [
    'deadline 3 working days, a person is told when it is missed; stands while waiting for applicant',
    'SKCK Rp30.000 (State fee for the certificate; pnbp, PP 76/2020)',
    '1, at the same time\n  person:',
    "only when service.fees[code='SKCK'].amount > 0",
    'waits 1d at the longest, reminds after 6h',
    'an unpaid bill is made anew 2 times',
    'decided by the role head-of-office, due after 1d, by two people: Review "it"',
    'holds for 30d',
    'certificate: police.issueRecordCertificate, Issue a police record certificate [PIVOT]',
    'from here there is no way back',
    "again while steps.certificate.code = 'X', 1 times at most",
    'refused with PHOTO_MISSING, the application expires',
    'safe to send again under its key, takes money, can be asked about; undone at the agency',
    '[best effort]',
    'result: certificate',
  ])
    expect(text).toContain(said);
});

test('as Mermaid: every step and way once, marks and brackets written out', async () => {
  const { outline } = await outlined();
  const lines = planMermaid(outline).split('\n');
  expect(lines).toContain(`  step_review -->|"service.fees[code='SKCK'].amount #gt; 0"| step_bill`);
  expect(lines).toContain('  class step_certificate pivot');
  for (const { name, after } of outline.steps) {
    expect(lines.filter((line) => line.startsWith(`  step_${name}[`))).toHaveLength(1);
    const ways = lines.filter((line) => /-->/.test(line) && line.endsWith(` step_${name}`));
    expect(ways).toHaveLength(Math.max(1, after.length));
  }
  expect(lines.filter((line) => line.endsWith('--> ended'))).toHaveLength(2);
});

test('as SVG: what holds for each step stands in its box, and what the edges mean below', async () => {
  const svg = planSvg((await outlined()).outline);
  await expect(parseXml(Buffer.from(svg))).resolves.toBeDefined();
  for (const said of [
    ...['>Review &quot;it&quot;<', '>decided by head-of-office, two<', '>bank.collectPayment<'],
    ...['>an unpaid bill is made anew 2 times<', '>waits 1d at the longest<', '>best effort<'],
    ...['>from here there is no way back<', '>from here there is no way back (pivot)<', '>a person decides<'],
    ...['>best effort: it may fail<', '>only on a condition<', '>result: certificate<', 'stroke-width="3.5"'],
  ])
    expect(svg).toContain(said);
});

test('as SVG: the legend names what is there and nothing else', async () => {
  const steps = { person: STEPS['person']! };
  const svg = planSvg(outlineOf(await mall(steps), 'POLRES.SKCK', adapters).outline);
  expect(svg).not.toMatch(/pivot|a person decides|best effort|on a condition|class="way"/);
});

test('a way past a row is led beside its boxes', () => {
  const layout = layOut(
    [
      { name: 'a', after: [], layer: 0 },
      { name: 'b', after: ['a'], layer: 1 },
      { name: 'c', after: ['a', 'b'], layer: 2 },
    ],
    { box: 100, lane: 20 },
  );
  const long = layout.ways.find(({ from, to }) => from === 'a' && to === 'c')!;
  const b = layout.places.find(({ name }) => name === 'b')!;
  expect(long.points).toHaveLength(3);
  expect(Math.abs(long.points[1]!.x - b.x)).toBe(60);
});

test('filled with an application: who does it, what runs, what is sent (masked), what is known later or never', async () => {
  const catalogue = await mall();
  const { outline, plan, inputOf } = outlineOf(catalogue, 'POLRES.SKCK', adapters);
  const filled = await filledPlan(
    catalogue,
    plan,
    example('07-skck-loket'),
    inputOf,
    '2026-11-16T02:00:00.000Z',
  );
  expect([...filled.values()].map(({ name, runs, agency }) => `${name} ${runs} ${agency}`)).toEqual([
    ...['person yes dukcapil-6112', 'card yes dukcapil-6112', 'review yes bus', 'bill yes bank-kalbar'],
    ...['certificate yes polres-6112', 'familyCard yes dukcapil-6112', 'tell yes bus'],
  ]);
  const text = planLines(outline, filled).join('\n');
  expect(text).toContain('sends nik = "************9999"');
  expect(text).toContain('sends fullName = "C***** P******"');
  expect(text).toContain('sends birthDate = "****-**-**"');
  expect(text).toContain('sends amount = 30000');
  expect(text).toContain('sends reason = "dataChange"');
  expect(text).toContain('sends description, known only on the way: steps.review.output.word');
  expect(text).toContain('sends no familyCardNumber: application.formData.card gives nothing');
  expect(text).not.toMatch(/Contoh Pelamar|9901011405019999|2001-05-14|Melamar/);
});

test('a step that is skipped, and one for whose region there is nobody', async () => {
  const steps = {
    person: step('dukcapil.matchPerson', { when: "application.channel = 'mobile'", with: PERSON }),
    card: step('dukcapil.matchPerson', { at: "'13.01'", with: PERSON }),
    later: step('dukcapil.matchPerson', { after: ['card'], when: 'steps.card.output.found', with: PERSON }),
  };
  const catalogue = await mall(steps);
  const { outline, plan, inputOf } = outlineOf(catalogue, 'POLRES.SKCK', adapters);
  const filled = await filledPlan(
    catalogue,
    plan,
    example('07-skck-loket'),
    inputOf,
    '2026-11-16T02:00:00.000Z',
  );
  expect([...filled.values()].map(({ runs }) => runs)).toEqual(['no', 'yes', 'later']);
  expect(planLines(outline, filled).join('\n')).toContain('no agency of this role serves 13.01');
});
