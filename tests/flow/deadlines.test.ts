/** The clock of the law: at risk, breached, standing while the citizen is waited for, and what silence means. */
import { expect, test } from 'vitest';
import type { Route, Service } from '../../src/domain/catalogue.ts';
import { items, look, submit } from '../support/applications.ts';
import { SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday morning, Pontianak time. */
const start = '2026-11-16T02:00:00Z';
const deadline = {
  ...{ in: 2, unit: 'workingDays' as const, onBreach: 'escalate' as const },
  pauses: ['applicant' as const, 'payment' as const],
};

async function opened(
  steps: Record<string, StepFields>,
  route: Partial<NonNullable<Route['deadline']>> = {},
  service: Partial<Service> = {},
): Promise<World> {
  const catalogue = smallCatalogue(steps, [], { deadline: { ...deadline, ...route } });
  catalogue.services.set(SERVICE, { ...catalogue.services.get(SERVICE)!, ...service });
  return open({ catalogue, start });
}

const told = async (world: World, id: string): Promise<string[]> =>
  (await world.ledger.events(id, 0, 100))
    .map(({ type }) => type)
    .filter((type) => /sla|deemed/.test(type))
    .map((type) => type.slice('go.mpp.'.length, -'.v1'.length));

test('an agency that is late is told apart at four fifths, and at the end a person is told', async () => {
  const world = await opened({ a: { call: 'desk.announce', waits: '30d' } });
  const id = await submit(world);
  // Two working days: due on Wednesday at 15:00, at risk when 1.6 of them are over.
  await world.clock.advance(1.9 * DAY, HOUR / 2);
  expect(await told(world, id)).toEqual(['sla.atRisk']);
  expect(await items(world, id)).toEqual([]);
  await world.clock.advance(0.6 * DAY, HOUR / 2);
  expect(await told(world, id)).toEqual(['sla.atRisk', 'sla.breached']);
  expect(await items(world, id)).toEqual(['a overdue DEADLINE_BREACHED']);
  await world.news('desk', 'announce', { id: 'n', reference: 'ANN-1', outcome: { is: 'ok', output: {} } });
  expect((await look(world, id)).state).toBe('completed');
});

test('what ends in time is never told of', async () => {
  const world = await opened({ a: { call: 'desk.file' } });
  const id = await submit(world);
  await world.clock.advance(5 * DAY, HOUR);
  expect(await told(world, id)).toEqual([]);
});

test('it stands while a payment is waited for, and has as many days left as before', async () => {
  const world = await opened({ a: { call: 'desk.charge', waits: '20d' } });
  world.agencies['desk']!.script = ({ kind }) =>
    kind === 'undo' ? undefined : { is: 'pending', reference: 'VA-1', awaits: 'payment' };
  const id = await submit(world);
  await world.clock.advance(7 * DAY, HOUR);
  expect(await told(world, id)).toEqual(['sla.paused']);
  world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'VA-1', awaits: 'agency' });
  await world.clock.advance(1.5 * DAY, HOUR / 2);
  expect(await told(world, id)).toContain('sla.resumed');
  expect(await told(world, id)).not.toContain('sla.breached');
  await world.clock.advance(2 * DAY, HOUR / 2);
  expect(await told(world, id)).toContain('sla.breached');
});

const byLaw = { onBreach: 'deemedApproval' as const, decides: 'decide' };
const law = { deemedApproval: { legalBasis: 'UU 30/2014 pasal 53' } };
const deciding: Record<string, StepFields> = {
  check: { call: 'desk.look' },
  decide: { call: 'desk.announce', after: 'check', waits: '30d' },
  issue: { call: 'desk.file', after: 'decide' },
};

test('silence is consent where the law says so: the decision counts as made, and what follows it is done', async () => {
  const world = await opened(deciding, byLaw, law);
  const id = await submit(world);
  await world.clock.advance(3 * DAY, HOUR / 2);
  expect(await told(world, id)).toEqual(['sla.atRisk', 'sla.breached', 'application.deemedApproved']);
  const shown = await look(world, id);
  expect(shown.state).toBe('completed');
  expect(shown.steps.map(({ name, state, code }) => [name, state, code])).toEqual([
    ['check', 'succeeded', null],
    ['decide', 'succeeded', 'DEEMED_APPROVED'],
    ['issue', 'succeeded', null],
  ]);
  expect(await items(world, id)).toEqual(['decide deemedApproval DEEMED_APPROVED']);
});

test('a check that is not answered, or a service without such a law, is a person’s', async () => {
  const unchecked = await opened({ ...deciding, check: { call: 'desk.announce', waits: '30d' } }, byLaw, law);
  const first = await submit(unchecked);
  await unchecked.clock.advance(3 * DAY, HOUR / 2);
  expect(await items(unchecked, first)).toEqual(['decide overdue DEADLINE_BREACHED']);
  const lawless = await opened(deciding, byLaw);
  const second = await submit(lawless);
  await lawless.clock.advance(3 * DAY, HOUR / 2);
  expect(await items(lawless, second)).toEqual(['decide overdue DEADLINE_BREACHED']);
});
