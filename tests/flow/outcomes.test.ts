import { describe, expect, test } from 'vitest';
import { items, look, states, stepOf, submit, act } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { Answer, Asked } from '../support/test-agency.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A world of one step. */
async function oneStep(
  operation: string,
  fields: Parameters<typeof agencyEntry>[1] = {},
  step = {},
): Promise<World> {
  return open({
    catalogue: smallCatalogue({ a: { call: `desk.${operation}`, ...step } }, [agencyEntry('desk', fields)]),
  });
}

const firstSend =
  (answer: Answer) =>
  ({ kind, n }: Asked): Answer | undefined =>
    kind === 'send' && n === 1 ? answer : undefined;

const kinds = (world: World): string[] => world.agencies['desk']!.asked.map(({ kind }) => kind);
const effects = (world: World): number[] => [...world.agencies['desk']!.effects.values()];

describe('a lost answer: only the effect decides', () => {
  test.each([
    ['look', 'loseAfter', ['send', 'send']],
    ['look', 'loseBefore', ['send', 'send']],
    ['file', 'loseAfter', ['send', 'send']],
    ['file', 'loseBefore', ['send', 'send']],
    ['reserve', 'loseAfter', ['send', 'inquiry']],
    ['enter', 'loseAfter', ['send', 'inquiry']],
  ] as const)('%s, %s: %j, and it is done', async (operation, loss, expected) => {
    const world = await oneStep(operation);
    world.agencies['desk']!.script = firstSend(loss);
    const id = await submit(world);
    await world.clock.advance(30 * MINUTE);
    expect(kinds(world)).toEqual(expected);
    expect((await look(world, id)).state).toBe('completed');
    if (operation !== 'look') expect(effects(world)).toEqual([1]);
  });

  test.each(['reserve', 'enter'])(
    '%s that never arrived is believed only ten minutes after it was sent',
    async (operation) => {
      const world = await oneStep(operation);
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
      const world = await oneStep('stamp');
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
    const world = await oneStep('enter', { retry: { inquiries: 4 } });
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
    const world = await oneStep('enter', { retry: { inquiries: 100 } });
    const door = world.doors.get('desk')!;
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? 'loseAfter' : answer === 'closed' ? undefined : answer;
    const id = await submit(world);
    await world.clock.advance(1000);
    door.open = answer !== 'closed';
    await world.clock.advance(2 * HOUR, 1000);
    expect(await states(world, id)).toEqual({ a: 'unknown' });
    world.agencies['desk']!.script = () => undefined;
    door.open = true;
    await world.clock.advance(HOUR, 1000);
    expect((await look(world, id)).state).toBe('completed');
    expect(kinds(world).filter((kind) => kind === 'send')).toHaveLength(1);
  });

  test('a keyed one that stays lost is parked as unknown, so that nobody takes it for undone', async () => {
    const world = await oneStep('file', { retry: { attempts: 3 } });
    world.agencies['desk']!.script = ({ kind, n }) =>
      kind === 'send' ? (n === 1 ? 'loseAfter' : { is: 'retry', code: 'BUSY' }) : undefined;
    const id = await submit(world);
    await world.clock.advance(HOUR);
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
  const world = await oneStep('file');
  world.agencies['desk']!.script = firstSend({ is: 'refused', code: 'NOT_ELIGIBLE', text: 'tidak memenuhi' });
  const id = await submit(world);
  await world.clock.advance(HOUR);
  expect(await look(world, id)).toMatchObject({
    state: 'rejected',
    steps: [{ state: 'rejected', code: 'NOT_ELIGIBLE' }],
  });
  expect(kinds(world)).toEqual(['send']);
});

test('sendBack is the applicant’s turn, and what was mended goes in a new round', async () => {
  const world = await oneStep('enter');
  world.agencies['desk']!.script = firstSend({
    is: 'sendBack',
    corrections: [{ code: 'DOC_UNREADABLE', documentId: 'scan' }],
  });
  const id = await submit(world);
  await world.clock.advance(HOUR);
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
  const world = await oneStep('enter');
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
  await world.clock.advance(HOUR);
  expect((await look(world, id)).state).toBe('completed');
  expect(world.agencies['desk']!.asked.at(-1)).toMatchObject({ kind: 'inquiry', n: 3, reference: 'REF-1' });
});

test('retry waits as it is told, then spends its budget and becomes a named item', async () => {
  const world = await oneStep('file', { retry: { attempts: 4 } });
  world.agencies['desk']!.script = () => ({ is: 'retry', code: 'BUSY', afterSeconds: 100 });
  const id = await submit(world);
  await world.clock.advance(HOUR);
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
  const world = await oneStep('stamp', { limits: { concurrency: 1 } });
  world.agencies['desk']!.script = firstSend('loseBefore');
  const first = await submit(world);
  const second = await submit(world);
  await world.clock.advance(1000);
  expect(await states(world, first)).toEqual({ a: 'parked' });
  expect(await states(world, second)).toEqual({ a: 'succeeded' });
});

describe('more', () => {
  const page = (n: number, operation = 'look'): Answer => ({
    is: 'more',
    request: {
      method: 'POST',
      path: `/${operation}/send`,
      body: { json: { key: '0', tryKey: '0', input: { page: n } } },
    },
    carry: { page: n },
  });

  test('each exchange is an attempt of its own, the last one counts', async () => {
    const world = await oneStep('look');
    world.agencies['desk']!.script = ({ n }) => (n < 4 ? page(n) : { is: 'ok', output: { pages: n } });
    const id = await submit(world);
    await world.clock.advance(1000);
    const step = await stepOf(world, id, 'a');
    expect(step).toMatchObject({ state: 'succeeded', attempts: 4, output: { pages: 4 } });
    expect(step.history.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'more'],
      [2, 'more'],
      [3, 'more'],
      [4, 'ok'],
    ]);
  });

  test('ends after ten exchanges', async () => {
    const world = await oneStep('stamp');
    world.agencies['desk']!.script = ({ n }) => page(n);
    const id = await submit(world);
    await world.clock.advance(1000);
    expect(world.agencies['desk']!.asked).toHaveLength(10);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });

  test('a probe of two exchanges wakes its lane', async () => {
    const world = await oneStep('look');
    world.doors.get('desk')!.open = false;
    const id = await submit(world);
    await world.clock.advance(10 * MINUTE);
    expect((await world.ledger.lane('desk')).sleepUntil).toBeGreaterThan(0);
    world.agencies['desk']!.script = ({ n }) => (n % 2 === 1 ? page(n) : undefined);
    world.doors.get('desk')!.open = true;
    await world.clock.advance(20 * MINUTE);
    expect((await look(world, id)).state).toBe('completed');
    expect((await world.ledger.lane('desk')).sleepUntil).toBe(0);
    const [first, second] = world.agencies['desk']!.asked;
    expect(second!.at - first!.at).toBeLessThan(1000);
  });

  test('an operation under way is finished though its lane is paused between its exchanges', async () => {
    const world = await oneStep('stamp');
    world.agencies['desk']!.script = async ({ n }) => {
      if (n > 1) return undefined;
      await act(world, 'agencies/desk/pause');
      return page(1, 'stamp');
    };
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(world.agencies['desk']!.asked).toHaveLength(2);
    expect((await look(world, id)).state).toBe('completed');
    expect((await world.ledger.lane('desk')).paused).toBe(true);
  });
});

describe('waits', () => {
  test('what cannot be asked about is a person’s when its time is over', async () => {
    const world = await oneStep('announce', {}, { waits: '2h' });
    const id = await submit(world);
    await world.clock.advance(HOUR);
    expect(await states(world, id)).toEqual({ a: 'waitingAgency' });
    await world.clock.advance(2 * HOUR);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    // The answer may still come, and is then taken.
    await world.news('desk', 'announce', {
      id: 'n1',
      reference: 'ANN-1',
      outcome: { is: 'ok', output: { late: true } },
    });
    expect((await look(world, id)).state).toBe('completed');
    expect(await items(world, id)).toEqual([]);
  });

  test('who can be asked is asked before the wait is called over', async () => {
    const world = await oneStep('enter', { retry: { cap: '15m' } }, { waits: '90s' });
    world.agencies['desk']!.script = ({ kind, at }) =>
      kind === 'send' || at - world.agencies['desk']!.asked[0]!.at < 90_000
        ? { is: 'pending', reference: 'R' }
        : undefined;
    const id = await submit(world);
    await world.clock.advance(3 * MINUTE);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('an agency that cannot tell when the time is over is asked on at a decent pace, and not for ever', async () => {
    const world = await oneStep('enter', {}, { waits: '1h' });
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? { is: 'pending', reference: 'R' } : { is: 'unknown', code: 'CANNOT_TELL' };
    const id = await submit(world);
    await world.clock.advance(3 * HOUR);
    expect(world.agencies['desk']!.asked.length).toBeLessThan(30);
    await world.clock.advance(2 * DAY, MINUTE);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    expect(world.agencies['desk']!.asked.length).toBeLessThan(200);
  });

  test('a wait for the applicant at the agency’s own counter is a wait: news settle it, and it ends', async () => {
    const world = await oneStep('stamp', {}, { waits: '2h' });
    world.agencies['desk']!.script = () => ({ is: 'pending', reference: 'S-1', awaits: 'applicant' });
    const [first, second] = [await submit(world), await submit(world)];
    await world.clock.advance(MINUTE);
    expect(await states(world, first)).toEqual({ a: 'waitingApplicant' });
    const [{ key }] = world.agencies['desk']!.asked as [Asked];
    await world.news('desk', 'stamp', { id: 'n1', key, outcome: { is: 'ok', output: {} } });
    expect((await look(world, first)).state).toBe('completed');
    await world.clock.advance(3 * HOUR);
    expect(await items(world, second)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
  });

  test('news that the agency goes on working does not stop the questions', async () => {
    const world = await oneStep('enter', {}, { waits: '7d' });
    let issued = false;
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'inquiry' && issued ? undefined : { is: 'pending', reference: 'R-1' };
    const id = await submit(world);
    await world.clock.advance(1000);
    const { key } = world.agencies['desk']!.asked[0]!;
    await world.news('desk', 'enter', { id: 'n1', key, outcome: { is: 'pending', reference: 'R-1' } });
    issued = true;
    await world.clock.advance(HOUR);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('a person who hurries a waiting step has it asked about, and is refused where nobody can be asked', async () => {
    const world = await open({
      catalogue: smallCatalogue({ a: { call: 'desk.enter' }, b: { call: 'desk.announce' } }),
    });
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(10_000);
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
    await world.clock.advance(1000);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'waitingAgency' });
    expect(await act(world, `applications/${id}/steps/b/retry`)).toBe(409);
    const { steps } = (await world.ledger.read(id))!;
    expect(steps[1]!.dueAt).toBeGreaterThan(world.clock.now());
  });

  test('a wait that timed out is never sent again blindly by a person’s retry', async () => {
    const world = await oneStep('enter', {}, { waits: '1h' });
    world.agencies['desk']!.script = ({ kind, n }) =>
      kind === 'send' || n < 40 ? { is: 'pending', reference: 'R' } : undefined;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    await act(world, `applications/${id}/steps/a/retry`);
    await world.clock.advance(HOUR);
    expect(kinds(world).filter((kind) => kind === 'send')).toHaveLength(1);
    expect(effects(world)).toEqual([1]);
  });
});

describe('what a route gets wrong', () => {
  test('an input that does not fit is a person’s, and no attempt is made', async () => {
    const catalogue = smallCatalogue({
      a: { call: 'desk.file', with: { n: '$number(application.applicant.fullName)' } },
    });
    const world = await open({ catalogue });
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await items(world, id)).toEqual(['a mapping MAPPING_ERROR']);
    expect(kinds(world)).toEqual([]);
  });

  test('a condition that cannot be worked out parks its step; the answer before it is kept', async () => {
    const steps = {
      a: { call: 'desk.stamp' },
      b: { call: 'desk.look', after: 'a', when: '$number(steps.a.output.word) > 5' },
    };
    const world = await open({ catalogue: smallCatalogue(steps) });
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'stamp' ? { is: 'ok', output: { word: 'many' } } : undefined;
    const id = await submit(world);
    await world.clock.advance(5 * MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'parked' });
    expect(await items(world, id)).toEqual(['b mapping MAPPING_ERROR']);
    expect(effects(world)).toEqual([1]);
  });

  test('a result that cannot be worked out does not keep the application from its end', async () => {
    const route = { result: { n: '$number(steps.a.output.word)' } };
    const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }, [], route) });
    world.agencies['desk']!.script = () => ({ is: 'ok', output: { word: 'many' } });
    const id = await submit(world);
    await world.clock.advance(5 * MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'completed', result: null });
  });
});
