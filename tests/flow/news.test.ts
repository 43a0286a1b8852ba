import { describe, expect, test } from 'vitest';
import type { HostedNews } from '../../src/adapter-kit/contract.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import {
  act,
  application,
  certificateApplication,
  items,
  look,
  states,
  stepOf,
  submit,
} from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { testAdapter } from '../support/test-agency.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;

const familyCard = (): JsonObject =>
  application({
    serviceCode: 'DUKCAPIL.KK-PERUBAHAN',
    formData: { reason: 'lost', familyCardNumber: '9901010202269999' },
  });

describe('news before our own POST returned', () => {
  test('the civil registry issues before it answers', async () => {
    const world = await open();
    world.simulators['dukcapil-6112']!.fault({ match: 'adminduk', kind: 'newsFirst', times: 1 });
    const id = await submit(world, familyCard());
    await world.clock.advance(5000);
    const step = await stepOf(world, id, 'familyCard');
    expect(step).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(step.history).toMatchObject([{ kind: 'send', outcome: 'pending' }]);
    expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  });

  test('the bank’s payment comes before it has told us of the account', async () => {
    const world = await open();
    world.simulators['bank-kalbar']!.fault({ match: 'create-va', kind: 'newsFirst', times: 1 });
    const id = await submit(world, await certificateApplication(world));
    await world.clock.advance(MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
    const payments = world.simulators['bank-kalbar']!.book().filter(({ effect }) => effect === 'payment');
    expect(payments).toMatchObject([{ times: 1 }]);
  });
});

test('news that nobody waits for yet is kept, and taken up when a step gains its reference', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.enter', after: [] } }) });
  await act(world, 'agencies/desk/pause');
  const id = await submit(world);
  const early = await world.news('desk', 'enter', {
    id: 'n1',
    reference: 'REF-9',
    outcome: { is: 'ok', output: { early: true } },
  });
  expect(await early.json()).toEqual({ case: 'none' });
  world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'REF-9' });
  await act(world, 'agencies/desk/resume');
  await world.clock.advance(5000);
  expect(await look(world, id)).toMatchObject({ state: 'completed', steps: [{ output: { early: true } }] });
});

test('a message told twice gets the same bytes; another under its id is kept apart, and neither is applied twice', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.enter' } }) });
  world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'R' });
  const id = await submit(world);
  await world.clock.advance(1000);
  const message = { id: 'n1', reference: 'R', outcome: { is: 'ok', output: { n: 1 } } };
  const [first, second] = [
    await world.news('desk', 'enter', message),
    await world.news('desk', 'enter', message),
  ];
  expect(await second.text()).toBe(await first.text());
  const other = await world.news('desk', 'enter', { ...message, outcome: { is: 'ok', output: { n: 2 } } });
  expect(await other.json()).toEqual({ case: 'conflict' });
  expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'succeeded', output: { n: 1 } });
  const stream = await world.ledger.events('agency:desk', 0, 10);
  expect(stream.map(({ type }) => type)).toContain('go.mpp.connector.contradiction.v1');
});

describe('another message under the id of one that waits', () => {
  const catalogue = () => smallCatalogue({ a: { call: 'desk.enter' } });
  const tell = (n: number) => ({ id: 'n1', reference: 'REF-9', outcome: { is: 'ok', output: { n } } });
  const contradictions = async (world: World): Promise<number> =>
    (await world.ledger.events('agency:desk', 0, 10)).filter(({ type }) => type.includes('contradiction'))
      .length;

  test('is kept apart, once, and the first is taken up in its time', async () => {
    const world = await open({ catalogue: catalogue() });
    const first = await (await world.news('desk', 'enter', tell(1))).text();
    for (let n = 0; n < 2; n += 1)
      expect(await (await world.news('desk', 'enter', tell(2))).json()).toEqual({ case: 'conflict' });
    expect(await contradictions(world)).toBe(1);
    expect(await (await world.news('desk', 'enter', tell(1))).text()).toBe(first);
    world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'REF-9' });
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'succeeded', output: { n: 1 } });
    expect(await contradictions(world)).toBe(1);
  });

  test('is not lost when both come at once', async () => {
    const world = await open({ catalogue: catalogue() });
    const answers = await Promise.all([1, 2].map((n) => world.news('desk', 'enter', tell(n))));
    const cases = await Promise.all(
      answers.map(async (one) => ((await one.json()) as { case: string }).case),
    );
    expect(cases.toSorted()).toEqual(['conflict', 'none']);
    expect(await contradictions(world)).toBe(1);
  });

  test('is not made of the first by an adapter that reads it otherwise by now', async () => {
    let version = 1;
    const { enter } = testAdapter.hosted as Record<string, HostedNews>;
    const read: HostedNews['read'] = async (request, call) => ({
      ...(await enter!.read(request, call)),
      content: { version },
    });
    const rereading = { ...testAdapter, hosted: { ...testAdapter.hosted, enter: { ...enter!, read } } };
    const world = await open({
      catalogue: smallCatalogue({ a: { call: 'desk.enter' } }, [
        agencyEntry('desk', { adapter: 'rereading' }),
      ]),
      adapters: [{ ...rereading, name: 'rereading' }],
    });
    await world.news('desk', 'enter', tell(1));
    version = 2;
    world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'REF-9' });
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'succeeded', output: { n: 1 } });
    expect(await contradictions(world)).toBe(0);
  });
});

test('a second, different answer is an item for a person and changes nothing; the same one again is nothing', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.enter' } }) });
  world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'R' });
  const id = await submit(world);
  await world.clock.advance(1000);
  const tell = (n: number, outcome: JsonObject) =>
    world.news('desk', 'enter', { id: `n${n}`, reference: 'R', outcome });
  await tell(1, { is: 'ok', output: { n: 1 } });
  await tell(2, { is: 'ok', output: { n: 1 } });
  expect(await items(world, id)).toEqual([]);
  await tell(3, { is: 'refused', code: 'CHANGED_MIND' });
  expect(await items(world, id)).toEqual(['a conflict CHANGED_MIND']);
  expect(await look(world, id)).toMatchObject({ state: 'completed', steps: [{ output: { n: 1 } }] });
});

test('money for an application that is being ended is a refund, not a step done', async () => {
  const steps = { bill: { call: 'bank.charge' }, slow: { call: 'desk.file' } };
  const world = await open({ catalogue: smallCatalogue(steps) });
  world.agencies['bank']!.script = ({ kind }) =>
    kind === 'undo' ? undefined : { is: 'pending', reference: 'VA', awaits: 'payment' };
  world.agencies['desk']!.script = async () => {
    await new Promise<void>((resolve) => void world.clock.after(15_000, resolve));
    return undefined;
  };
  const id = await submit(world);
  await world.clock.advance(1000);
  expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
  await world.news('bank', 'charge', {
    id: 'p1',
    reference: 'VA',
    outcome: { is: 'ok', output: { amount: 1 } },
  });
  expect(await items(world, id)).toEqual(['bill refund PAID_LATE_OR_TWICE']);
  await world.clock.advance(MINUTE);
  expect((await look(world, id)).state).toBe('withdrawn');
  expect(await states(world, id)).toEqual({ bill: 'compensated', slow: 'compensated' });
});

test('news that says a time nobody can read moves nothing', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
  world.agencies['desk']!.script = () => 'loseAfter';
  const id = await submit(world);
  await world.clock.advance(MINUTE);
  const { key } = (await world.ledger.read(id))!.steps[0]!;
  const outcome = { is: 'pending', reference: 'S-1', until: '31/12/2026' };
  expect((await world.news('desk', 'stamp', { id: 'n1', key, outcome })).status).toBe(200);
  expect(await states(world, id)).toEqual({ a: 'parked' });
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
});
