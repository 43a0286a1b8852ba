import { describe, expect, test } from 'vitest';
import { items, look, states, submit, act } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { effects, kinds, oneStep } from '../support/one-step.ts';
import type { Answer, Asked } from '../support/test-agency.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const firstSend =
  (answer: Answer) =>
  ({ kind, n }: Asked): Answer | undefined =>
    kind === 'send' && n === 1 ? answer : undefined;

describe('a lost answer: only the effect decides', () => {
  test.each([
    ['look', 'loseAfter', ['send', 'send']],
    ['look', 'loseBefore', ['send', 'send']],
    ['file', 'loseAfter', ['send', 'send']],
    ['file', 'loseBefore', ['send', 'send']],
    ['reserve', 'loseAfter', ['send', 'inquiry']],
    ['enter', 'loseAfter', ['send', 'inquiry']],
  ] as const)('%s, %s: %j, and it is done', async (operation, loss, expected) => {
    const world = await open(oneStep(operation));
    world.agencies['desk']!.script = firstSend(loss);
    const id = await submit(world);
    await world.clock.advance(30 * MINUTE, 2000);
    expect(kinds(world)).toEqual(expected);
    expect((await look(world, id)).state).toBe('completed');
    if (operation !== 'look') expect(effects(world)).toEqual([1]);
  });

  test.each(['reserve', 'enter'])(
    '%s that never arrived is believed only ten minutes after it was sent',
    async (operation) => {
      const world = await open(oneStep(operation));
      world.agencies['desk']!.script = firstSend('loseBefore');
      const id = await submit(world);
      await world.clock.advance(9 * MINUTE);
      expect(kinds(world).filter((kind) => kind === 'send')).toHaveLength(1);
      expect(await states(world, id)).toEqual({ a: 'unknown' });
      await world.clock.advance(20 * MINUTE);
      const { asked } = world.agencies['desk']!;
      const [first, second] = asked.filter(({ kind }) => kind === 'send');
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(10 * MINUTE);
      expect(second!.key).toBe(first!.key);
      expect(second!.tryKey).not.toBe(first!.tryKey);
      expect((await look(world, id)).state).toBe('completed');
      expect(effects(world)).toEqual([1]);
    },
  );

  test.each(['loseAfter', 'loseBefore'] as const)(
    'stamp, %s: parked for a person, never sent again',
    async (loss) => {
      const world = await open(oneStep('stamp'));
      world.agencies['desk']!.script = firstSend(loss);
      const id = await submit(world);
      await world.clock.advance(2 * DAY, MINUTE);
      expect(kinds(world)).toEqual(['send']);
      expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
      expect((await look(world, id)).state).toBe('underReview');
      // Sending again would be blind; a person says what became of it.
      expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(409);
      expect(
        await act(world, `applications/${id}/steps/a/resolve`, { as: 'succeeded', output: { by: 'hand' } }),
      ).toBe(200);
      expect((await look(world, id)).state).toBe('completed');
      expect(await items(world, id)).toEqual([]);
    },
  );

  test('whoever can never tell is asked so often and then a person is', async () => {
    const world = await open(oneStep('enter', { retry: { inquiries: 4 } }));
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? 'loseAfter' : { is: 'unknown', code: 'CANNOT_TELL' };
    const id = await submit(world);
    await world.clock.advance(2 * DAY, MINUTE);
    expect(kinds(world)).toEqual(['send', 'inquiry', 'inquiry', 'inquiry', 'inquiry']);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });

  test.each<[string, Answer | 'closed']>([
    ['not sent', 'closed'],
    ['put off', { status: 503 }],
    ['one too many', { status: 429, headers: { 'retry-after': '60' } }],
    ['lost itself', 'loseBefore'],
    ['answered by a gateway', { status: 502 }],
  ])('a question that is %s never means that the operation did not arrive', async (_, answer) => {
    const world = await open(oneStep('enter', { retry: { inquiries: 100 } }));
    const door = world.doors.get('desk')!;
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? 'loseAfter' : answer === 'closed' ? undefined : answer;
    const id = await submit(world);
    await world.clock.advance(1000);
    door.open = answer !== 'closed';
    await world.clock.advance(2 * HOUR, 15_000);
    expect(await states(world, id)).toEqual({ a: 'unknown' });
    world.agencies['desk']!.script = () => undefined;
    door.open = true;
    await world.clock.advance(HOUR, 15_000);
    expect((await look(world, id)).state).toBe('completed');
    expect(kinds(world).filter((kind) => kind === 'send')).toHaveLength(1);
  });

  test('a keyed one that stays lost is parked as unknown, so that nobody takes it for undone', async () => {
    const world = await open(oneStep('file', { retry: { attempts: 3 } }));
    world.agencies['desk']!.script = ({ kind, n }) =>
      kind === 'send' ? (n === 1 ? 'loseAfter' : { is: 'retry', code: 'BUSY' }) : undefined;
    const id = await submit(world);
    await world.clock.advance(HOUR, 5000);
    expect(kinds(world)).toEqual(['send', 'send', 'send']);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });
});

test('ok settles, and its output is what the next step and the result read', async () => {
  const steps = {
    a: { call: 'desk.look' },
    b: { call: 'desk.file', after: 'a', with: { found: 'steps.a.output.n' } },
  };
  const world = await open({
    catalogue: smallCatalogue(steps, [], { result: { answer: 'steps.b.output.done' } }),
  });
  world.agencies['desk']!.script = ({ operation }) =>
    operation === 'look' ? { is: 'ok', output: { n: 7 } } : undefined;
  const id = await submit(world);
  await world.clock.advance(1000);
  const [, b] = world.agencies['desk']!.asked;
  expect(b!.input).toEqual({ found: 7 });
  const shown = await look(world, id);
  expect(shown).toMatchObject({ state: 'completed', result: { answer: b!.key } });
});

test('refused settles with its reason and ends the application', async () => {
  const world = await open(oneStep('file'));
  world.agencies['desk']!.script = firstSend({ is: 'refused', code: 'NOT_ELIGIBLE', text: 'tidak memenuhi' });
  const id = await submit(world);
  await world.clock.advance(HOUR, 5000);
  expect(await look(world, id)).toMatchObject({
    state: 'rejected',
    steps: [{ state: 'rejected', code: 'NOT_ELIGIBLE' }],
  });
  expect(kinds(world)).toEqual(['send']);
});

test('sendBack is the applicant’s turn, and what was mended goes in a new round', async () => {
  const world = await open(oneStep('enter'));
  world.agencies['desk']!.script = firstSend({
    is: 'sendBack',
    corrections: [{ code: 'DOC_UNREADABLE', documentId: 'scan' }],
  });
  const id = await submit(world);
  await world.clock.advance(HOUR, 5000);
  expect(await look(world, id)).toMatchObject({
    state: 'waitingApplicant',
    steps: [{ code: 'DOC_UNREADABLE' }],
  });
  expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(202);
  await world.clock.advance(1000);
  expect((await look(world, id)).steps[0]).toMatchObject({ state: 'succeeded', round: 2, attempts: 1 });
  const [first, second] = world.agencies['desk']!.asked;
  expect(second!.key).not.toBe(first!.key);
});

test('pending waits, is asked about now and then, and shows what the citizen must see', async () => {
  const world = await open(oneStep('enter'));
  const pending: Answer = {
    is: 'pending',
    reference: 'REF-1',
    shown: { counter: 'B' },
    awaits: 'appointment',
  };
  world.agencies['desk']!.script = ({ kind, n }) => (kind === 'send' || n < 3 ? pending : undefined);
  const id = await submit(world);
  await world.clock.advance(1000);
  expect(await look(world, id)).toMatchObject({
    state: 'waitingAppointment',
    steps: [{ shown: { counter: 'B' } }],
  });
  await world.clock.advance(HOUR, 5000);
  expect((await look(world, id)).state).toBe('completed');
  expect(world.agencies['desk']!.asked.at(-1)).toMatchObject({ kind: 'inquiry', n: 3, reference: 'REF-1' });
});

test('retry waits as it is told, then spends its budget and becomes a named item', async () => {
  const world = await open(oneStep('file', { retry: { attempts: 4 } }));
  world.agencies['desk']!.script = () => ({ is: 'retry', code: 'BUSY', afterSeconds: 100 });
  const id = await submit(world);
  await world.clock.advance(HOUR, 5000);
  const { asked } = world.agencies['desk']!;
  expect(asked).toHaveLength(4);
  for (let n = 1; n < asked.length; n += 1)
    expect(asked[n]!.at - asked[n - 1]!.at).toBeGreaterThanOrEqual(100_000);
  expect(await items(world, id)).toEqual(['a retriesSpent BUSY']);
  // A parked step goes on when a person says so, with a budget of its own.
  world.agencies['desk']!.script = () => undefined;
  expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
  await world.clock.advance(1000);
  expect((await look(world, id)).state).toBe('completed');
  expect(await items(world, id)).toEqual([]);
});

test('a parked step does not block its lane', async () => {
  const world = await open(oneStep('stamp', { limits: { concurrency: 1 } }));
  world.agencies['desk']!.script = firstSend('loseBefore');
  const first = await submit(world);
  const second = await submit(world);
  await world.clock.advance(1000);
  expect(await states(world, first)).toEqual({ a: 'parked' });
  expect(await states(world, second)).toEqual({ a: 'succeeded' });
});
