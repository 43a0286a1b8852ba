/** What is agreed with an agency holds while the bus runs: fields without a purpose are left out, nothing is sent after its end. */
import { expect, test } from 'vitest';
import { endEarly, retry } from '../../src/desk/act.ts';
import type { Agreement } from '../../src/domain/agreement.ts';
import type { Agency, Catalogue } from '../../src/domain/catalogue.ts';
import { items, look, NAME, NIK, stepOf, submit } from '../support/applications.ts';
import {
  agencyEntry,
  SERVICE,
  shippedCatalogue,
  smallCatalogue,
  type StepFields,
} from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Nine in the evening of the last day, Jakarta time. */
const start = '2026-11-30T14:00:00Z';
const someone = { by: 'ani', reason: 'renewed' };

const agreement = (fields: Partial<Agreement> = {}): Agreement => ({
  ...{ ref: 'PKS 9999/2025', validUntil: '2026-11-30' },
  purposes: { [SERVICE]: { fields: ['/nik', '/people/0/fullName'], legalBasis: 'Contoh' } },
  ...fields,
});

const PEOPLE = '[application.applicant.{ "fullName": fullName, "sex": sex }]';
const step = (fields: Partial<StepFields> = {}): StepFields => ({
  call: 'desk.look',
  with: { nik: 'application.applicant.nik', sex: 'application.applicant.sex', people: PEOPLE },
  ...fields,
});

function catalogueOf(steps: Record<string, StepFields>, agreed: Agency['agreement'] | undefined): Catalogue {
  return smallCatalogue(steps, [agencyEntry('desk', agreed === undefined ? {} : { agreement: agreed })]);
}

const opened = (steps: Record<string, StepFields>, agreed?: Agency['agreement']): Promise<World> =>
  open({ catalogue: catalogueOf(steps, agreed), start });

const sent = ({ agencies }: World): unknown[] => agencies['desk']!.asked.map(({ input }) => input);
const WHOLE = { nik: NIK, sex: 'male', people: [{ fullName: NAME, sex: 'male' }] };
const AGREED = { nik: NIK, people: [{ fullName: NAME }] };

test('a field that no purpose allows is left out of the request; the log names it, never its value', async () => {
  const world = await opened({ a: step() }, agreement());
  const id = await submit(world);
  await world.clock.advance(5_000);
  expect((await look(world, id)).state).toBe('completed');
  expect(sent(world)).toEqual([AGREED]);
  const line = world.log.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(line.filter(({ event }) => event === 'step.withheld')).toMatchObject([
    { step: 'a', agency: 'desk', purpose: SERVICE, fields: ['/sex', '/people/0/sex'] },
  ]);
  expect(world.log.join()).not.toContain(NAME);
});

test.each<[string, Agency['agreement'] | undefined]>([
  ['an agency without one', undefined],
  ['one that needs none', 'none'],
])('%s is sent what the route names', async (_, agreed) => {
  const world = await opened({ a: step() }, agreed);
  await submit(world);
  await world.clock.advance(5_000);
  expect(sent(world)).toEqual([WHOLE]);
});

test('a step’s own purpose comes before its service’s, and the default after both', async () => {
  const purposes = {
    [SERVICE]: { fields: ['/nik'], legalBasis: 'Contoh' },
    COUNT: { fields: ['/sex'], legalBasis: 'Contoh' },
  };
  const world = await opened(
    { a: step({ purpose: 'COUNT' }), b: step({ after: 'a' }) },
    agreement({ purposes }),
  );
  await submit(world);
  await world.clock.advance(5_000);
  expect(sent(world)).toEqual([{ sex: 'male' }, { nik: NIK }]);
  const other = { COUNT: purposes.COUNT };
  const second = await opened({ a: step() }, agreement({ purposes: other, default: 'COUNT' }));
  await submit(second);
  await second.clock.advance(5_000);
  expect(sent(second)).toEqual([{ sex: 'male' }]);
});

test('a purpose that is not agreed on allows nothing', async () => {
  const world = await opened({ a: step({ purpose: 'OTHER' }) }, agreement());
  await submit(world);
  await world.clock.advance(5_000);
  expect(sent(world)).toEqual([{}]);
});

test('what no longer fits without its fields is never sent: a person mends the agreement or the route', async () => {
  const { catalogue } = await shippedCatalogue();
  const registry = catalogue.agencies.find(({ role }) => role === 'dukcapil')!;
  const agreed = agreement({ purposes: { [SERVICE]: { fields: ['/fullName'], legalBasis: 'Contoh' } } });
  const steps = { a: step({ call: 'dukcapil.matchPerson', with: { nik: 'application.applicant.nik' } }) };
  const world = await open({ catalogue: smallCatalogue(steps, [{ ...registry, agreement: agreed }]), start });
  const id = await submit(world);
  await world.clock.advance(5_000);
  expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'parked', code: 'MAPPING_ERROR', attempts: 0 });
  expect(await items(world, id)).toEqual(['a mapping MAPPING_ERROR']);
});

test('after the last day nothing is sent: the step waits for a person, and goes on under a new agreement', async () => {
  const world = await opened({ a: step() }, agreement());
  await world.clock.advance(2.9 * HOUR);
  await submit(world);
  await world.clock.advance(5_000);
  expect(sent(world)).toHaveLength(1);
  await world.clock.advance(0.2 * HOUR);
  const id = await submit(world);
  await world.clock.advance(DAY, HOUR);
  expect(sent(world)).toHaveLength(1);
  expect(await stepOf(world, id, 'a')).toMatchObject({
    state: 'parked',
    code: 'AGREEMENT_EXPIRED',
    attempts: 0,
  });
  expect(await items(world, id)).toEqual(['a mapping AGREEMENT_EXPIRED']);
  world.catalogue.agencies[0]!.agreement = agreement({ validUntil: '2027-11-30' });
  expect(await world.clock.during(retry(world.bus.desk, id, 'a', someone))).toEqual({ is: 'done' });
  await world.clock.advance(5_000);
  expect((await look(world, id)).state).toBe('completed');
  expect(await items(world, id)).toEqual([]);
});

test('its last day ends where the agency is', async () => {
  const catalogue = catalogueOf({ a: step() }, agreement());
  catalogue.agencies[0]!.office = { zone: 'Asia/Jayapura', closes: '15:00', calendar: 'ID' };
  const world = await open({ catalogue, start });
  await world.clock.advance(1.1 * HOUR);
  const id = await submit(world);
  await world.clock.advance(5_000);
  expect((await stepOf(world, id, 'a')).code).toBe('AGREEMENT_EXPIRED');
});

test('what was sent before the end is asked about after it', async () => {
  const world = await opened({ a: step({ call: 'desk.enter' }) }, agreement({ validUntil: '2026-11-30' }));
  world.agencies['desk']!.script = ({ kind }) => (kind === 'send' ? 'loseAfter' : undefined);
  await world.clock.advance(3 * HOUR - 10_000);
  const id = await submit(world);
  await world.clock.advance(2 * HOUR, 60_000);
  expect((await look(world, id)).state).toBe('completed');
  expect(world.agencies['desk']!.asked.map(({ kind }) => kind)).toEqual(['send', 'inquiry']);
});

test('what was done before the end is undone after it', async () => {
  const world = await opened(
    { a: step({ call: 'desk.file' }), b: { call: 'bus.wait', after: 'a', with: { for: "'1d'" } } },
    agreement(),
  );
  const id = await submit(world);
  await world.clock.advance(4 * HOUR, HOUR);
  await world.clock.during(endEarly(world.bus.desk, id, 'withdrawn', someone));
  await world.clock.advance(HOUR, 60_000);
  expect((await stepOf(world, id, 'a')).state).toBe('compensated');
});

test('what may have been sent before is not sent again without an agreement, and stays unknown', async () => {
  const world = await opened({ a: step({ call: 'desk.file' }) }, agreement());
  world.agencies['desk']!.script = () => 'loseAfter';
  await world.clock.advance(3 * HOUR - 2_000);
  const id = await submit(world);
  await world.clock.advance(DAY, HOUR);
  expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'parked', code: 'OUTCOME_UNKNOWN' });
  const { length } = sent(world);
  await world.clock.advance(DAY, HOUR);
  expect(sent(world)).toHaveLength(length);
});

test('a step that must be done in the end does not knock at a door that is shut by law', async () => {
  const world = await opened(
    { a: step({ call: 'desk.file', insist: true }) },
    agreement({ validUntil: '2026-11-29' }),
  );
  const id = await submit(world);
  await world.clock.advance(DAY, HOUR);
  expect(await items(world, id)).toEqual(['a mapping AGREEMENT_EXPIRED']);
  expect(sent(world)).toEqual([]);
});

test('the bus itself needs no agreement', async () => {
  const world = await opened(
    { a: { call: 'bus.wait', with: { for: "'1h'" } } },
    agreement({ validUntil: '2026-01-01' }),
  );
  const id = await submit(world);
  await world.clock.advance(2 * HOUR, 60_000);
  expect((await look(world, id)).state).toBe('completed');
});
