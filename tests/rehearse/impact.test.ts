/** What a candidate would have sent for recorded applications: compared request by request, counted by field, masked. */
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import type { Catalogue, Route } from '../../src/domain/catalogue.ts';
import { compilePlan } from '../../src/domain/plan.ts';
import { impactOf, type Candidates, type Impact } from '../../src/rehearse/impact/impact.ts';
import { showing } from '../../src/rehearse/impact/known-words.ts';
import { withDocuments } from '../../src/rehearse/documents.ts';
import { pays } from '../../src/rehearse/habits.ts';
import { play } from '../../src/rehearse/play.ts';
import { openStage } from '../../src/rehearse/stage.ts';
import { DAY, example, smallMall, stageOptions } from './support.ts';

/** Two applications of other people, played to their end; then what the candidate makes of them. */
async function impact(
  candidate: Pick<Candidates, 'plan' | 'adapter'>,
  since = 0,
  catalogue?: Catalogue,
): Promise<Impact> {
  const stage = await openStage(await stageOptions(catalogue && { catalogue }));
  try {
    await pays(stage, 60_000);
    for (const name of ['07-skck-loket', '09-skck-mobil-keliling']) {
      const body = await withDocuments(stage, example(name), async () => undefined);
      const sent = await stage.call('/v1/applications', { body, headers: { 'idempotency-key': name } });
      expect(sent.status).toBe(202);
    }
    await play(stage, [], 30 * DAY);
    const { ledger, clock, bus, players } = stage;
    const { vault, registry } = bus.desk;
    const { services, routes } = stage.catalogue;
    const show = showing([...services.values()], [...routes.values()], []);
    const settingsOf = async (id: string): Promise<never> => players.get(id)!.agency.settings as never;
    return await impactOf(
      { ledger, clock, vault, registry, catalogue: stage.catalogue },
      { ...candidate, show, settingsOf },
      { since, most: 100, service: null },
    );
  } finally {
    await stage.close();
  }
}

async function planWith(change: (route: Route) => void): Promise<NonNullable<Candidates['plan']>> {
  const mall = await smallMall();
  const route = structuredClone(mall.routes.get('POLRES.SKCK')!);
  change(route);
  return compilePlan('', mall.services.get('POLRES.SKCK')!, route);
}

test('the same route builds the same requests', async () => {
  const found = await impact({ plan: await planWith(() => undefined) });
  expect(found).toMatchObject({ applications: 2, requests: 6, same: 6, fields: [] });
});

test('another input is counted by field, and nobody is named', async () => {
  const plan = await planWith(({ steps }) => {
    steps['certificate']!.with['purpose'] = "'Melamar kerja'";
    delete steps['certificate']!.with['address'];
    steps['bill']!.with['amount'] = '35000';
  });
  const { fields, same, requests } = await impact({ plan });
  expect([requests, same]).toEqual([6, 2]);
  expect(fields.map(({ step, is, count }) => `${step} ${is} ${count}`).toSorted()).toEqual([
    'bill changed 2',
    'certificate changed 2',
    'certificate removed 2',
  ]);
  const text = JSON.stringify(fields);
  expect(text).toContain('35000');
  expect(text).not.toMatch(/Contoh|Jalan|990101140501/);
});

test('a step that is gone, skipped, new, or not taken is said of as a whole', async () => {
  const plan = await planWith(({ steps }) => {
    steps['again'] = { ...steps['person']!, after: ['bill'] };
    steps['person']!.when = 'false';
    delete steps['certificate'];
    steps['bill']!.with['amount'] = "'much'";
  });
  const { fields } = await impact({ plan });
  const whole = fields.map(({ step, is, examples }) => `${step} ${is} ${examples[0]!.after}`).toSorted();
  expect(whole).toEqual([
    'again added dukcapil.matchPerson',
    'bill changed its input is not taken: /amount schema_type',
    'certificate changed the step is gone',
    'person changed the step is skipped',
  ]);
});

test('what was skipped and would be sent is said, too', async () => {
  const mall = await smallMall();
  const skips = structuredClone(mall.routes.get('POLRES.SKCK')!);
  skips.steps['person']!.when = 'false';
  const recorded = { ...mall, routes: new Map(mall.routes).set('POLRES.SKCK', skips) };
  const { fields } = await impact({ plan: await planWith(() => undefined) }, 0, recorded);
  expect(fields).toMatchObject([
    { step: 'person', is: 'changed', examples: [{ before: 'the step is skipped', after: 'sent' }] },
  ]);
  const same = await planWith(({ steps }) => void (steps['person']!.when = 'false'));
  expect((await impact({ plan: same }, 0, recorded)).fields).toEqual([]);
});

test('another adapter is held against the one in use', async () => {
  const police = adapters.find(({ name }) => name === 'police')!;
  const issue = police.operations['issueRecordCertificate']!;
  const adapter: Adapter = {
    ...police,
    version: '1.1.0',
    operations: {
      ...police.operations,
      issueRecordCertificate: {
        ...issue,
        request: async (input, call) => ({
          ...(await issue.request(input, call)),
          headers: { 'x-profile': '2' },
        }),
      },
    },
  };
  const { fields, requests } = await impact({ adapter });
  expect(requests).toBe(2);
  expect(fields).toEqual([
    {
      step: 'certificate',
      at: 'headers.x-profile',
      is: 'added',
      count: 2,
      examples: [{ before: 'nothing', after: '"*"' }],
    },
  ]);
});

test('an input that the candidate would not take, an operation or a setting that is not there: no request', async () => {
  const police = adapters.find(({ name }) => name === 'police')!;
  const issue = police.operations['issueRecordCertificate']!;
  const strict = { ...issue, input: { ...issue.input, required: ['religion'] } };
  const settings = { ...police.settings, required: ['profile'] };
  const reasons = await Promise.all(
    [
      { ...police, version: '1.9.0', operations: { issueRecordCertificate: strict } },
      { ...police, version: '2.0.0', operations: {} },
      { ...police, version: '2.0.0', settings },
    ].map(async (adapter) => {
      const { requests, failed, failures } = await impact({ adapter });
      expect([requests, failed, failures.length]).toEqual([2, 2, 2]);
      return failures[0]!.why;
    }),
  );
  expect(reasons).toEqual([
    'its input is not taken: /religion missing_field',
    'police 2.0.0 has no issueRecordCertificate',
    'the settings of polres-6112 are not taken: /profile missing_field',
  ]);
});

test('what an adapter puts where it belongs to nobody is masked: numbers, and names of fields', async () => {
  const police = adapters.find(({ name }) => name === 'police')!;
  const issue = police.operations['issueRecordCertificate']!;
  const request: typeof issue.request = (input) => ({
    ...{ method: 'POST', path: '/x' },
    body: {
      json: {
        ...{ amount: 35_000, born: 20_010_514, phone: 81_290_000_001 },
        [String(input['nik'])]: 1,
        [String(input['fullName'])]: 2,
      },
    },
  });
  const adapter = { ...police, operations: { issueRecordCertificate: { ...issue, request } } };
  const { fields } = await impact({ adapter });
  const text = JSON.stringify(fields);
  expect(text).toContain('body.json.***');
  expect(text).toContain('35000');
  expect(text).not.toMatch(/20010514|8129000|990101|Contoh/);
});

test('what was accepted before is left out', async () => {
  const found = await impact({ plan: await planWith(() => undefined) }, Date.parse('2027-01-01'));
  expect(found).toMatchObject({ applications: 0, requests: 0 });
});
