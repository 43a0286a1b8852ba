/** What is mended while it is under way: nothing is sent with the old fields under a new answer, or with new ones under an old key. */
import { expect, test } from 'vitest';
import { application, items, look, stepOf, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { Answer, Asked } from '../support/test-agency.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const street: StepFields['with'] = { street: 'application.formData.street' };
const old = application({ formData: { street: 'Jalan Lama' } });
const mend = (world: World, id: string): Promise<Response> =>
  world.call(`/v1/applications/${id}/corrections`, {
    body: { changes: [{ pointer: '/formData/street', value: 'Jalan Baru' }] },
  });
const back: Answer = {
  is: 'sendBack',
  corrections: [{ code: 'DATA_MISMATCH', pointer: '/formData/street' }],
};
const sent = (world: World, agency: string): string[] =>
  world.agencies[agency]!.asked.map(({ key, input }: Asked) => `${key} ${String(input['street'])}`);

test.each(['look', 'file', 'reserve'])(
  'a %s that was tried, and surely not done, is sent as it was mended, under a key of its own',
  async (operation) => {
    const world = await open({
      catalogue: smallCatalogue({
        tried: { call: `other.${operation}`, with: street },
        back: { call: 'desk.file', with: street },
      }),
    });
    world.agencies['other']!.script = ({ n }) =>
      n === 1 ? { is: 'retry', code: 'BUSY', afterSeconds: 60 } : undefined;
    world.agencies['desk']!.script = ({ n }) => (n === 1 ? back : undefined);
    const id = await submit(world, old);
    await world.clock.advance(SECOND);
    expect((await mend(world, id)).status).toBe(202);
    await world.clock.advance(2 * MINUTE);
    const [first, second] = sent(world, 'other').map((one) => one.split(' '));
    expect([first![2], second![2]]).toEqual(['Lama', 'Baru']);
    expect(first![0]).not.toBe(second![0]);
    expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
  },
);

test('a step that waits for a person because its tries are spent, and never was done, is mended too', async () => {
  const world = await open({
    catalogue: smallCatalogue(
      { tried: { call: 'other.file', with: street }, back: { call: 'desk.file', with: street } },
      [agencyEntry('other', { retry: { attempts: 1 } })],
    ),
  });
  world.agencies['other']!.script = ({ n }) => (n === 1 ? { is: 'retry', code: 'BUSY' } : undefined);
  world.agencies['desk']!.script = ({ n }) => (n === 1 ? back : undefined);
  const id = await submit(world, old);
  await world.clock.advance(SECOND);
  expect(await items(world, id)).toEqual(['tried retriesSpent BUSY']);
  await mend(world, id);
  await world.clock.advance(MINUTE);
  expect(sent(world, 'other').at(-1)).toMatch(/Baru$/);
  expect(await look(world, id)).toMatchObject({ state: 'completed', items: [] });
});

test('an attempt whose process died is repeated as it was: one key, one input', async () => {
  const world = await open({
    idle: true,
    catalogue: smallCatalogue(
      { kept: { call: 'slow.file', with: street }, back: { call: 'desk.file', after: [], with: street } },
      [
        agencyEntry('slow', { limits: { timeout: '5m' } }),
        agencyEntry('desk', { limits: { timeout: '20s' } }),
      ],
    ),
  });
  world.agencies['desk']!.script = ({ n }) => (n <= 2 ? back : undefined);
  const first = world.startWorker();
  first.gates.afterSend = () => {
    first.clock.stop();
    return new Promise(() => undefined);
  };
  const id = await submit(world, old);
  await world.clock.advance(4 * SECOND);
  world.startWorker();
  await world.clock.advance(2 * MINUTE);
  expect((await stepOf(world, id, 'back')).state).toBe('waitingApplicant');
  expect((await mend(world, id)).status).toBe(202);
  await world.clock.advance(10 * MINUTE);
  const tries = sent(world, 'slow');
  expect(tries.length).toBeGreaterThan(1);
  expect(new Set(tries).size).toBe(1);
  expect(await items(world, id)).toEqual(['kept conflict DONE_BEFORE_CORRECTION']);
});

test('what an agency has taken, and wants the applicant to come for, a person is told of', async () => {
  const world = await open({
    catalogue: smallCatalogue({
      taken: { call: 'other.file', with: street },
      back: { call: 'desk.file', with: street },
    }),
  });
  world.agencies['other']!.script = () => ({ is: 'pending', reference: 'R-1', awaits: 'applicant' });
  world.agencies['desk']!.script = ({ n }) => (n === 1 ? back : undefined);
  const id = await submit(world, old);
  await world.clock.advance(SECOND);
  expect((await stepOf(world, id, 'taken')).state).toBe('waitingApplicant');
  await mend(world, id);
  expect(await items(world, id)).toEqual(['taken conflict DONE_BEFORE_CORRECTION']);
});
