/** Where a route asks for order, an applicant's steps at one agency begin in the order of his applications. */
import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { act, application, look, NIK, post, states, stepOf, submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { Answer, Asked } from '../support/test-agency.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const MINUTE = 60_000;
const OTHER = '9901011405029999';

const ordered = (operation = 'file'): { catalogue: Catalogue } => ({
  catalogue: smallCatalogue(
    { a: { call: `desk.${operation}`, with: { ref: 'application.clientReference' } } },
    [],
    { order: 'applicant' },
  ),
});
const of = (ref: string, nik = NIK): ReturnType<typeof application> => {
  const body = application({ clientReference: ref });
  return { ...body, applicant: { ...(body['applicant'] as object), nik } };
};
const sent = (world: World): string[] =>
  world.agencies['desk']!.asked.filter(({ kind }) => kind === 'send').map(({ input }) =>
    String(input['ref']),
  );
/** Says this about the first application until told to stop. */
function about(world: World, ref: string, answer: Answer): () => void {
  let on = true;
  world.agencies['desk']!.script = ({ input, kind }: Asked) =>
    on && kind === 'send' && input['ref'] === ref ? answer : undefined;
  return () => (on = false);
}
const firstOf = (refs: string[], ref: string): number => refs.indexOf(ref);

test('the second waits until the agency has taken the first, whatever comes between, and then goes at once', async () => {
  const world = await open(ordered());
  const stop = about(world, 'first', { is: 'retry', code: 'BUSY', afterSeconds: 100 });
  await submit(world, of('first'));
  const second = await submit(world, of('second'));
  await submit(world, of('other', OTHER));
  await world.clock.advance(MINUTE);
  expect(sent(world)).toEqual(['first', 'other']);
  expect(await states(world, second)).toEqual({ a: 'ready' });
  stop();
  await world.clock.advance(2 * MINUTE);
  expect(firstOf(sent(world), 'second')).toBe(3);
  const [, , again, next] = world.agencies['desk']!.asked;
  expect(next!.at - again!.at).toBeLessThan(100);
  expect((await stepOf(world, second, 'a')).attempts).toBe(1);
});

test('the order is the applicant’s, whichever platform he comes by', async () => {
  const world = await open(ordered());
  const stop = about(world, 'first', { is: 'retry', code: 'BUSY' });
  await submit(world, of('first'));
  expect((await post(world, of('second'), { platform: 'portal' })).status).toBe(202);
  await world.clock.advance(MINUTE);
  expect(sent(world)).not.toContain('second');
  stop();
  await world.clock.advance(20 * MINUTE, 1000);
  expect(sent(world)).toContain('second');
});

test('without order both go', async () => {
  const { catalogue } = ordered();
  for (const route of catalogue.routes.values()) delete route.order;
  const world = await open({ catalogue });
  about(world, 'first', { is: 'retry', code: 'BUSY' });
  await submit(world, of('first'));
  await submit(world, of('second'));
  await world.clock.advance(1000);
  expect(sent(world)).toContain('second');
});

test('a first one that waits with the agency holds nobody', async () => {
  const world = await open(ordered('enter'));
  about(world, 'first', { is: 'pending', reference: 'R-1' });
  const first = await submit(world, of('first'));
  await submit(world, of('second'));
  await world.clock.advance(1000);
  expect(sent(world)).toEqual(['first', 'second']);
  expect(await states(world, first)).toEqual({ a: 'waitingAgency' });
});

describe('a first one that a person must decide', () => {
  const parked = async (): Promise<{ world: World; first: string }> => {
    const world = await open(ordered('stamp'));
    about(world, 'first', 'loseAfter');
    const first = await submit(world, of('first'));
    await submit(world, of('second'));
    await world.clock.advance(10 * MINUTE, 1000);
    expect(await states(world, first)).toEqual({ a: 'parked' });
    expect(sent(world)).toEqual(['first']);
    return { world, first };
  };

  test('holds the second until it is resolved', async () => {
    const { world, first } = await parked();
    const path = `applications/${first}/steps/a/resolve`;
    expect(await act(world, path, { as: 'succeeded', output: {} })).toBe(200);
    await world.clock.advance(100);
    expect(sent(world)).toEqual(['first', 'second']);
  });
});

test('a first one that is withdrawn lets the second go', async () => {
  const world = await open(ordered());
  await act(world, 'agencies/desk/pause');
  const first = await submit(world, of('first'));
  const second = await submit(world, of('second'));
  await world.clock.advance(MINUTE);
  expect(await act(world, `applications/${first}/withdraw`)).toBe(200);
  await act(world, 'agencies/desk/resume');
  await world.clock.advance(10_000);
  expect(sent(world)).toEqual(['second']);
  expect((await look(world, second)).state).toBe('completed');
});

test('five at once of one applicant go one after the other, with two processes at work', async () => {
  const world = await open({ ...ordered(), idle: true });
  const refs = ['v', 'w', 'x', 'y', 'z'];
  for (const ref of refs) await submit(world, of(ref));
  world.startWorker();
  world.startWorker();
  await world.clock.advance(MINUTE);
  expect(sent(world)).toEqual(refs);
});
