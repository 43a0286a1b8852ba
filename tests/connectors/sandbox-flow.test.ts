/** A connector in its interpreter on the bus's own path: it is awaited, and what goes wrong in it costs its own step. */
import { expect, test } from 'vitest';
import type { WireReply } from '../../src/adapter-kit/contract.ts';
import { items, look, stepOf, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import { effects, oneStep } from '../support/one-step.ts';
import type { World } from '../support/world.ts';
import { library, sandboxed } from './support.ts';

const open = worlds();
const REQUEST =
  "{ method: 'POST', path: '/file/send', body: { json: { key: call.key, tryKey: call.tryKey, input } } }";
const LOOP = '(() => { for (;;) {} })()';
const LOOPS_FIRST = `(wire.headers['retry-after'] === '1' ? ${LOOP} : wire.body.outcome)`;

/** The library's card is the test agency's keyed `file`. */
async function worldWith(parts: Parameters<typeof library>[0]): Promise<World> {
  const source = library({ request: REQUEST, reply: 'wire.body.outcome', ...parts });
  const adapter = await sandboxed(source.replaceAll('issueCard', 'file'), { callMs: 100 });
  const world = await open({ ...oneStep('file', { adapter: 'library' }), adapters: [adapter] });
  world.agencies['desk']!.script = () => ({ is: 'ok', output: { card: '7' } });
  return world;
}

/** The thread answers in the machine's time and the bus goes by the test's: both move until it is so. */
function comes<T>(world: World, seen: () => Promise<T>, wanted: T): Promise<void> {
  const moved = async (): Promise<T> => {
    await world.clock.advance(1000);
    return seen();
  };
  return expect.poll(moved, { timeout: 15_000 }).toEqual(wanted);
}

const sends = async (world: World, id: string): Promise<string[]> =>
  (await stepOf(world, id, 'a')).history.map(({ outcome, code }) => `${outcome} ${code}`);

test('an application goes all its way through the interpreter', async () => {
  const world = await worldWith({});
  const id = await submit(world);
  await comes(world, async () => (await look(world, id)).state, 'completed');
  expect(effects(world)).toEqual([1]);
});

test('a request that loops: nothing is sent, the step is parked for a person, others go on', async () => {
  const world = await worldWith({ request: LOOP });
  const id = await submit(world);
  await comes(world, () => items(world, id), ['a mapping MAPPING_ERROR']);
  expect(effects(world)).toEqual([]);
  expect(world.log.join('\n')).toContain('ConnectorError');
});

test('a reply that loops is one that nobody can read: it is sent again under its key, and done once', async () => {
  const world = await worldWith({ reply: LOOPS_FIRST });
  const { script } = world.agencies['desk']!;
  world.agencies['desk']!.script = (asked) =>
    asked.n === 1
      ? ({ status: 200, headers: { 'retry-after': '1' } } satisfies Partial<WireReply>)
      : script(asked);
  const id = await submit(world);
  await comes(world, async () => (await look(world, id)).state, 'completed');
  expect(await sends(world, id)).toEqual(['unknown BAD_RESPONSE', 'ok null']);
  expect(effects(world)).toEqual([1]);
});
