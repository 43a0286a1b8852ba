/** What another version changes: steps, their order and inputs, the pivot, the deadline, the form and the fees. */
import { expect, test } from 'vitest';
import type { Route, RouteStep, Service } from '../../src/domain/catalogue.ts';
import { agencyChanges } from '../../src/rehearse/diff/agencies.ts';
import { changeLines, type Change } from '../../src/rehearse/diff/changes.ts';
import { routeChanges } from '../../src/rehearse/diff/route.ts';
import { serviceChanges } from '../../src/rehearse/diff/service.ts';
import { smallMall } from './support.ts';

const step = (fields: Partial<RouteStep> = {}): RouteStep => ({
  ...{ call: 'desk.look', after: [], need: 'mandatory', pivot: false, with: { a: 'application.a' } },
  ...fields,
});
const service = { code: 'A.B', version: '1.0.0' } as Service;
const route = (fields: Partial<Route> = {}): Route => ({
  ...{ service: 'A.B', version: '1.0.0', result: {} },
  steps: { one: step(), two: step({ after: ['one'] }), three: step({ after: ['two'], pivot: true }) },
  ...fields,
});
const changed = (fields: Partial<Route>): string[] =>
  changeLines(
    routeChanges({ service, route: route() }, { service, route: route({ version: '1.1.0', ...fields }) }),
  );
const { steps } = route();

test('the same is no difference, whatever the order of its fields', () => {
  const same = {
    ...route(),
    steps: { ...steps, one: Object.fromEntries(Object.entries(step()).toReversed()) as unknown as RouteStep },
  };
  expect(routeChanges({ service, route: route() }, { service, route: same })).toEqual([]);
});

test.each<[string, Partial<Route>, string[]]>([
  [
    'a new step',
    { steps: { ...steps, four: step({ call: 'bank.pay' }) } },
    ['> steps.three: after two → after four and two', '+ steps.four (calls bank.pay)'],
  ],
  [
    'a step that is gone',
    { steps: { one: steps['one']!, three: step({ after: ['one'], pivot: true }) } },
    ['- steps.two (called desk.look)', '> steps.three: after two → after one'],
  ],
  [
    'another order',
    { steps: { ...steps, two: step() } },
    ['> steps.two: after one → begins at once', '> steps.three: after two → after one and two'],
  ],
  [
    'another input',
    { steps: { ...steps, one: step({ with: { a: 'application.b', c: "'x'" } }) } },
    ['~ steps.one.with.a: application.a → application.b', "+ steps.one.with.c: 'x'"],
  ],
  [
    'another pivot',
    {
      steps: {
        one: steps['one']!,
        two: step({ after: ['one'], pivot: true }),
        three: step({ after: ['two'] }),
      },
    },
    ['~ pivot: three → two (from two on there is no way back)'],
  ],
  [
    'no pivot',
    { steps: { ...steps, three: step({ after: ['two'] }) } },
    ['~ pivot: three → none (all can be undone)'],
  ],
  [
    'a deadline',
    { deadline: { in: 3, unit: 'workingDays', onBreach: 'escalate', pauses: [] } },
    ['+ deadline: {"in":3,"unit":"workingDays","onBreach":"escalate","pauses":[]}'],
  ],
  [
    'a wait',
    { steps: { ...steps, one: step({ waits: '2d', need: 'bestEffort' }) } },
    ['~ steps.one.need: mandatory → bestEffort', '+ steps.one.waits: 2d'],
  ],
])('%s', (_, fields, lines) => {
  const [version, ...rest] = changed(fields);
  expect(version).toBe('~ version: 1.0.0 → 1.1.0');
  expect(rest.toSorted()).toEqual(lines.toSorted());
});

test('what differs under the same version is told to get another', () => {
  expect(changed({ version: '1.0.0', result: { a: 'steps.one.output' } })).toEqual([
    '~ version: 1.0.0 → 1.0.0 (give it another version)',
    '+ result.a: steps.one.output',
  ]);
});

test('a service: a field that has to be filled in, a fee, a paper to bring along', async () => {
  const was = (await smallMall()).services.get('POLRES.SKCK')!;
  const is: Service = {
    ...was,
    version: '1.0.1',
    channels: ['direct'],
    form: { ...was.form, required: ['toWhom'] },
    fees: was.fees.map((fee) => ({ ...fee, amount: 35_000 })),
    requirements: [
      ...was.requirements,
      { code: 'LETTER', title: was.title, documentTypes: ['LETTER'], mandatory: true },
    ],
  };
  const lines = changeLines(serviceChanges(was, is)).join('\n');
  expect(lines).toContain('~ form.toWhom (has to be filled in: applications without it are refused)');
  expect(lines).toContain('~ form.purpose (may be left out)');
  expect(lines).toContain('~ fees.SKCK.amount: 30000 → 35000');
  expect(lines).toContain('+ requirements.LETTER (must be brought along)');
  expect(lines).toContain('~ channels: ["direct","mobile","self","electronic"] → ["direct"]');
});

test('agencies: what reaches open applications, and what does not', async () => {
  const { agencies } = await smallMall();
  const [first, ...rest] = agencies as [(typeof agencies)[number], ...typeof agencies];
  const other = { ...first, major: 2, limits: { ...first.limits, perSecond: 99 } };
  const changes = agencyChanges(agencies, [other, ...rest.slice(1)]);
  const of = (at: string): Change => changes.find((one) => one.at === at)!;
  expect(of(`agencies.${first.id}.major`).means).toContain(`stay with ${first.adapter}@1`);
  expect(of(`agencies.${first.id}.limits.perSecond`)).toMatchObject({ is: 'changed', after: 99 });
  expect(of(`agencies.${rest[0]!.id}`)).toMatchObject({ is: 'removed' });
  expect(changes).toHaveLength(3);
});
