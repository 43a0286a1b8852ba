/** Bills that run out, fall short or are paid and not acknowledged: rounds of their steps, never loops. */
import { expect, test } from 'vitest';
import { act, items, look, stepOf, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const HOUR = 3_600_000;

const opened = (steps: Record<string, StepFields>): Promise<World> =>
  open({ catalogue: smallCatalogue(steps) });

test('an expired bill is made anew so often as the route says, each under a key of its own; then it is the end', async () => {
  const world = await opened({ bill: { call: 'desk.charge', waits: '2h', rebill: 2 } });
  world.agencies['desk']!.script = ({ kind }) =>
    kind === 'undo' ? undefined : { is: 'pending', reference: 'VA', awaits: 'payment' };
  const id = await submit(world);
  await world.clock.advance(3 * HOUR, 60_000);
  expect(await stepOf(world, id, 'bill')).toMatchObject({ round: 2, state: 'waitingPayment' });
  await world.clock.advance(5 * HOUR, 60_000);
  expect((await look(world, id)).state).toBe('expired');
  const keys = world.agencies['desk']!.asked.filter(({ kind }) => kind === 'send').map(({ key }) => key);
  expect(new Set(keys).size).toBe(3);
});

test('a bank that cannot say whether it was paid leaves the bill to a person: no new one, and no end', async () => {
  const world = await opened({
    bill: { call: 'desk.charge', waits: '2h', rebill: 2 },
    file: { call: 'desk.file', after: 'bill' },
  });
  const desk = world.agencies['desk']!;
  desk.script = ({ operation, kind }) => {
    if (operation !== 'charge') return undefined;
    return kind === 'send'
      ? { is: 'pending', reference: 'VA', awaits: 'payment' }
      : { is: 'unknown', code: 'AMOUNT_DIFFERS' };
  };
  const id = await submit(world);
  await world.clock.advance(36 * HOUR, 60_000);
  expect(await stepOf(world, id, 'bill')).toMatchObject({ round: 1, state: 'parked' });
  expect(await items(world, id)).toEqual(['bill waitTimedOut AMOUNT_DIFFERS']);
  expect(desk.asked.filter(({ kind }) => kind === 'send')).toHaveLength(1);
  expect(await act(world, `applications/${id}/steps/bill/new-round`)).toBe(409);
  // Asked once more after a person has spoken with the bank, it may turn out to be paid.
  desk.script = () => undefined;
  expect(await act(world, `applications/${id}/steps/bill/retry`)).toBe(202);
  await world.clock.advance(HOUR, 60_000);
  expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
});

test('money that an agency has taken and never confirms is for a person, and for no new round', async () => {
  const world = await opened({ duty: { call: 'desk.charge', waits: '2h' } });
  world.agencies['desk']!.script = ({ kind }) =>
    kind === 'undo' ? undefined : { is: 'pending', reference: 'NTPD', awaits: 'agency' };
  const id = await submit(world);
  await world.clock.advance(36 * HOUR, 60_000);
  expect(await items(world, id)).toEqual(['duty waitTimedOut PERHAPS_PAID']);
  expect(await act(world, `applications/${id}/steps/duty/new-round`)).toBe(409);
});

test('a payment that falls short is topped up in a new round, with what is still owed', async () => {
  const world = await opened({
    pay: {
      call: 'desk.charge',
      with: { amount: 'steps.judge.before.shortfall ? steps.judge.before.shortfall : 100' },
    },
    judge: {
      call: 'desk.look',
      after: 'pay',
      again: { when: 'steps.judge.output.shortfall > 0', steps: ['pay'], most: 3 },
    },
    file: { call: 'desk.file', after: 'judge' },
  });
  world.agencies['desk']!.script = ({ operation, n }) =>
    operation === 'look' ? { is: 'ok', output: { shortfall: n === 1 ? 40 : 0 } } : undefined;
  const id = await submit(world);
  await world.clock.advance(5_000);
  const paid = world.agencies['desk']!.asked.filter(({ operation }) => operation === 'charge');
  expect(paid.map(({ input }) => input)).toEqual([{ amount: 100 }, { amount: 40 }]);
  expect((await look(world, id)).state).toBe('completed');
});

test('what falls short again and again ends as the judge says', async () => {
  const world = await opened({
    pay: { call: 'desk.charge' },
    judge: {
      call: 'desk.look',
      after: 'pay',
      again: { when: "steps.judge.code = 'UNDERPAID'", steps: ['pay'], most: 2 },
    },
  });
  world.agencies['desk']!.script = ({ operation }) =>
    operation === 'look' ? { is: 'refused', code: 'UNDERPAID' } : undefined;
  const id = await submit(world);
  await world.clock.advance(10_000);
  expect(await stepOf(world, id, 'judge')).toMatchObject({ round: 3, state: 'rejected' });
  // The last payment is given back by the bank, the two before it by a person.
  expect(await stepOf(world, id, 'pay')).toMatchObject({ round: 3, state: 'compensated' });
  const earlier = 'pay refund EARLIER_ROUND';
  expect(await items(world, id)).toEqual([earlier, earlier]);
});

test('paid and not acknowledged: the biller is told until he takes it, and a person knows', async () => {
  const agencies = [
    agencyEntry('desk', { retry: { attempts: 3, cap: '5m' }, limits: { circuitFailures: 1000 } }),
  ];
  const world = await open({
    catalogue: smallCatalogue({ mark: { call: 'desk.file', insist: true } }, agencies),
  });
  world.agencies['desk']!.script = ({ n }) =>
    n <= 20 ? { is: 'retry', code: 'AGENCY_UNAVAILABLE' } : undefined;
  const id = await submit(world);
  await world.clock.advance(0.5 * HOUR);
  expect(await items(world, id)).toEqual(['mark retriesSpent AGENCY_UNAVAILABLE']);
  await world.clock.advance(2 * HOUR);
  expect((await look(world, id)).state).toBe('completed');
  expect(await items(world, id)).toEqual([]);
});
