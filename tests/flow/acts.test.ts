import { describe, expect, test } from 'vitest';
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { act, items, look, states, stepOf, submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { effects, kinds, oneStep } from '../support/one-step.ts';
import { testAdapter, type Answer, type Asked } from '../support/test-agency.ts';

const open = worlds();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The test adapter, whose questions after `operation` cannot be written until it is mended. */
function oddAdapter(operation: string): { adapters: Adapter[]; mend(): void } {
  let broken = true;
  const sound = testAdapter.operations[operation]!;
  const inquiry = {
    ...sound.inquiry!,
    request: (...[input, call]: Parameters<NonNullable<typeof sound.inquiry>['request']>) => {
      if (broken) throw new Error('cannot be written');
      return sound.inquiry!.request(input, call);
    },
  };
  const operations = { ...testAdapter.operations, [operation]: { ...sound, inquiry } };
  return { adapters: [{ ...testAdapter, name: 'odd', operations }], mend: () => void (broken = false) };
}

const pending = ({ kind }: Asked): Answer | undefined =>
  kind === 'send' ? { is: 'pending', reference: 'R' } : undefined;
const loseFirst = ({ kind, n }: Asked): Answer | undefined =>
  kind === 'send' && n === 1 ? 'loseAfter' : undefined;

describe('a question that could not be written', () => {
  test.each<[string, string, (asked: Asked) => Answer | undefined]>([
    ['after a lost answer', 'enter', loseFirst],
    ['while it waits', 'enter', pending],
  ])('%s: once mended and retried it is asked, not sent again', async (_, operation, script) => {
    const { adapters, mend } = oddAdapter(operation);
    const world = await open({ ...oneStep(operation, { adapter: 'odd' }), adapters });
    world.agencies['desk']!.script = script;
    const id = await submit(world);
    await world.clock.advance(30 * MINUTE, 5000);
    expect(await items(world, id)).toEqual(['a mapping MAPPING_ERROR']);
    // Nor under another key.
    expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(409);
    mend();
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
    await world.clock.advance(10 * MINUTE);
    expect(kinds(world)).toEqual(['send', 'inquiry']);
    expect(effects(world)).toEqual([1]);
    expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  });

  test.each([
    ['after a lost answer', loseFirst],
    ['while it waits', pending],
  ])('%s: withdrawn, it is undone, when no slow request can come after', async (_, script) => {
    const { adapters } = oddAdapter('enter');
    const world = await open({ ...oneStep('enter', { adapter: 'odd' }), adapters });
    world.agencies['desk']!.script = script;
    const id = await submit(world);
    await world.clock.advance(4 * MINUTE, 5000);
    expect(await states(world, id)).toEqual({ a: 'parked' });
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    await world.clock.advance(20 * MINUTE, 5000);
    const [sent, undone] = world.agencies['desk']!.asked;
    expect(kinds(world)).toEqual(['send', 'undo']);
    expect(undone!.at - sent!.at).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(await look(world, id)).toMatchObject({ state: 'withdrawn', items: [] });
  });
});

describe('a new round', () => {
  const twoSteps = (first: string) =>
    smallCatalogue({ a: { call: `desk.${first}` }, b: { call: 'desk.announce', after: 'a' } });

  test.each(['charge', 'stamp', 'enter', 'file'])('is refused for a step that is done: %s', async (first) => {
    const world = await open({ catalogue: twoSteps(first) });
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'waitingAgency' });
    expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(409);
    expect(await act(world, `applications/${id}/steps/b/new-round`)).toBe(409);
    await world.clock.advance(MINUTE);
    expect(effects(world)).toEqual([1]);
  });

  test('is refused where a `once` may have been done, and its item stays', async () => {
    const world = await open(oneStep('stamp'));
    world.agencies['desk']!.script = loseFirst;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(409);
    await world.clock.advance(MINUTE);
    expect(effects(world)).toEqual([1]);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
  });
});

describe('taken by the agency, its wait over', () => {
  test('withdrawn, it is undone', async () => {
    const world = await open(oneStep('file', {}, { waits: '1h' }));
    world.agencies['desk']!.script = pending;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, 15_000);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    await world.clock.advance(HOUR, 15_000);
    expect(world.agencies['desk']!.undone).toHaveLength(1);
    expect(await look(world, id)).toMatchObject({
      state: 'withdrawn',
      steps: [{ state: 'compensated' }],
      items: [],
    });
  });

  test('withdrawn, what cannot be undone stays a person’s', async () => {
    const world = await open(oneStep('stamp', {}, { waits: '1h' }));
    world.agencies['desk']!.script = pending;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, 15_000);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    expect(await items(world, id)).toEqual(['a waitTimedOut WAIT_TIMED_OUT']);
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(409);
    expect(await act(world, `applications/${id}/steps/a/resolve`, { as: 'succeeded', output: {} })).toBe(200);
    expect(await look(world, id)).toMatchObject({
      state: 'withdrawn',
      steps: [{ state: 'succeeded' }],
      items: [],
    });
  });

  test('retried in an application that is being ended, it is undone', async () => {
    const steps = { a: { call: 'desk.file', waits: '1h' }, b: { call: 'desk.announce', waits: '3h' } };
    const world = await open({ catalogue: smallCatalogue(steps) });
    world.agencies['desk']!.script = pending;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, 15_000);
    const outcome = { is: 'refused', code: 'NO' };
    await world.news('desk', 'announce', { id: 'n1', reference: 'ANN-1', outcome });
    expect(await states(world, id)).toEqual({ a: 'parked', b: 'rejected' });
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
    await world.clock.advance(HOUR, 15_000);
    expect(kinds(world)).toEqual(['send', 'undo']);
    expect(await look(world, id)).toMatchObject({ state: 'rejected', items: [] });
  });

  test('a keyed one sent again is never taken for undone when the agency is busy then', async () => {
    const world = await open(oneStep('file', { retry: { attempts: 2 } }, { waits: '1h' }));
    world.agencies['desk']!.script = pending;
    const id = await submit(world);
    await world.clock.advance(2 * HOUR, 15_000);
    world.agencies['desk']!.script = ({ kind }) =>
      kind === 'send' ? { is: 'retry', code: 'BUSY' } : undefined;
    expect(await act(world, `applications/${id}/steps/a/retry`)).toBe(202);
    await world.clock.advance(HOUR, 15_000);
    expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
    expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
    await world.clock.advance(HOUR, 15_000);
    expect(world.agencies['desk']!.undone).toHaveLength(1);
  });
});

test('what may have been done is resolved before a new round is begun', async () => {
  const world = await open(oneStep('stamp'));
  world.agencies['desk']!.script = loseFirst;
  const id = await submit(world);
  await world.clock.advance(10 * MINUTE);
  expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(409);
  await world.clock.advance(10 * MINUTE);
  expect(effects(world)).toEqual([1]);
  expect(await items(world, id)).toEqual(['a outcomeUnknown OUTCOME_UNKNOWN']);
});

describe('a condition that could not be worked out', () => {
  const steps = {
    a: { call: 'desk.look' },
    b: { call: 'desk.file', after: 'a', when: '$number(steps.a.output.word) > 5' },
  };

  test.each(['retry', 'new-round'])('is asked again by %s: the step is not sent without it', async (verb) => {
    const world = await open({ catalogue: smallCatalogue(steps) });
    let word = 'many';
    world.agencies['desk']!.script = ({ operation }) =>
      operation === 'look' ? { is: 'ok', output: { word } } : undefined;
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    expect(await items(world, id)).toEqual(['b mapping MAPPING_ERROR']);
    expect(await act(world, `applications/${id}/steps/b/${verb}`)).toBe(202);
    await world.clock.advance(5 * MINUTE);
    expect(await items(world, id)).toEqual(['b mapping MAPPING_ERROR']);
    expect(kinds(world)).toEqual(['send']);
    // What it reads is mended by a new round of the step before it.
    word = '3';
    expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(202);
    await world.clock.advance(MINUTE);
    expect(await act(world, `applications/${id}/steps/b/retry`)).toBe(202);
    await world.clock.advance(MINUTE);
    expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'skipped' });
    expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  });
});

test('a pivot that could never be written does not keep an application from being withdrawn', async () => {
  const odd = { n: '$number(application.applicant.fullName)' };
  const world = await open(oneStep('stamp', {}, { pivot: true, with: odd }));
  const id = await submit(world);
  await world.clock.advance(MINUTE);
  expect(await stepOf(world, id, 'a')).toMatchObject({ state: 'parked', attempts: 0 });
  expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
  expect(await look(world, id)).toMatchObject({ state: 'withdrawn', items: [] });
  expect(kinds(world)).toEqual([]);
});
