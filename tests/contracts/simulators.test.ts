/** The contract that every adapter's simulator keeps: its exports, its control door, its book, and faults on demand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import type {
  Adapter,
  Call,
  Example,
  JsonObject,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import type { BookEntry, Fault, Simulator, SimulatorModule } from '../../src/adapter-kit/simulator.ts';
import { yamlExamples } from '../../src/connectors/yaml/index.ts';
import { exchange, handTime, type Documents, type Drive } from './adapter-support.ts';

const ROOT = join(import.meta.dirname, '../..');
const BASE = 'http://agency.test';
const LATE_MS = 5_000;
const DAY_MS = 86_400_000;
/** Whatever document an example names. */
const anyDocument = Object.assign(new Map(), { get: () => new TextEncoder().encode('a file') }) as Documents;

/** By adapter. */
const shown = new Map<string, Example[]>();

for (const adapter of adapters) {
  const module = (await import(`${ROOT}/adapters/${adapter.name}/simulator.ts`)) as SimulatorModule;
  const secrets = module.makeSecrets?.() ?? {};
  shown.set(adapter.name, await examplesOf(join(ROOT, 'adapters', adapter.name)));
  const operations = Object.keys(adapter.operations);

  describe(`${adapter.name}'s simulator`, () => {
    test('exports makeSimulator, and leaves for operations that it has', () => {
      expect(module.makeSimulator).toBeTypeOf('function');
      expect(Object.keys(module.leaves).filter((name) => !operations.includes(name))).toEqual([]);
      expect(Object.values(module.leaves).filter((effect) => !/^[a-z]+([A-Z][a-z]+)*$/.test(effect))).toEqual(
        [],
      );
    });

    test('makes secrets of settings that are secrets', () => {
      const properties = adapter.settings['properties'] as Record<string, unknown>;
      const names = Object.keys(secrets).filter((name) => name !== 'simulator');
      expect(names.filter((name) => !(name in properties))).toEqual([]);
    });

    test('answers at its control door', async () => {
      const { simulator, example } = stage(adapter, module, secrets, operations[0]!);
      const at = (path: string, body?: JsonObject): Promise<Response> => control(simulator, path, body);
      expect(await (await at('book')).json()).toEqual({ entries: [] });
      expect((await at('faults', { match: '', kind: 'status', times: 1, value: 418 })).status).toBe(200);
      const struck = await simulator.fetch(new Request(`${BASE}${pathOf(example)}`, { method: 'POST' }));
      expect(struck.status).toBe(418);
      const unknown = await at('acts/no-such-act', {});
      expect(unknown.status).toBe(400);
      expect(((await unknown.json()) as JsonObject)['message']).toMatch(/no-such-act.*it knows \w+/);
      expect(simulator.book()).toEqual([]);
    });

    const keyed = operations.filter((name) => adapter.operations[name]!.effect === 'keyed');
    test.each(keyed)('%s, sent again under its key, is done once', async (operation) => {
      const { send, simulator, example } = stage(adapter, module, secrets, operation);
      await send();
      const book = simulator.book();
      const again = await send();
      expect(again.outcome.is).toMatch(/^(ok|pending)$/);
      expect(simulator.book()).toEqual(book);
      expectOnce(book, example);
    });

    describe.each(operations)('%s', (operation) => {
      const open = (): Stage => stage(adapter, module, secrets, operation);

      test('is taken as its first good example shows, and enters at most one effect', async () => {
        const { send, simulator, example } = open();
        expect((await send()).outcome.is).toBe(example.outcome.is);
        expect(simulator.book().length).toBeLessThanOrEqual(1);
        expectOnce(simulator.book(), example);
        const told = (await (await control(simulator, 'book')).json()) as { entries: BookEntry[] };
        expect(told.entries).toEqual(simulator.book());
      });

      test('leaves what it says, unless a person has to act first', async () => {
        const { send, simulator, example, time } = open();
        const { outcome } = await send();
        await time.pass(DAY_MS);
        const waitsForPerson = outcome.is === 'pending' && outcome.awaits !== 'agency';
        const expected = waitsForPerson ? undefined : module.leaves[operation];
        const effects = simulator.book().map(({ effect }) => effect);
        const left = Object.values(module.leaves);
        expect(effects.filter((effect) => left.includes(effect))).toEqual(
          expected === undefined ? [] : [expected],
        );
        expectOnce(simulator.book(), example);
      });

      test('latency keeps the answer back', async () => {
        const { send, time, fault } = open();
        fault('latency', LATE_MS);
        let answered: Outcome | null = null;
        const sent = send().then(({ outcome }) => (answered = outcome));
        await time.pass(LATE_MS - 1);
        expect(answered).toBeNull();
        await time.pass(1);
        expect((await sent).is).toMatch(/^(ok|pending)$/);
      });

      test.each<[Fault['kind'], number, number]>([
        ['status', 503, 503],
        ['tooMany', 7, 429],
      ])('%s is answered and nothing is done, once', async (kind, value, status) => {
        const { send, simulator, fault } = open();
        fault(kind, value);
        const { outcome, replies } = await send();
        expect(replies[0]!.status).toBe(status);
        if (kind === 'tooMany') expect(replies[0]!.headers['retry-after']).toBe(String(value));
        expect(outcome.is).not.toMatch(/^(ok|pending)$/);
        expect(simulator.book()).toEqual([]);
        expect((await send()).outcome.is).toMatch(/^(ok|pending)$/);
      });

      test.each<Fault['kind']>(['loseReply', 'malformed', 'truncated'])(
        '%s loses the answer and not the effect',
        async (kind) => {
          const calm = open();
          await calm.send();
          const { send, simulator, fault } = open();
          fault(kind);
          const { outcome, replies } = await send();
          expect(outcome.is).toBe('unknown');
          expect(replies.map(({ body }) => body)).toEqual(kind === 'loseReply' ? [] : [null]);
          expect(simulator.book()).toEqual(calm.simulator.book());
        },
      );
    });
  });
}

interface Stage {
  simulator: Simulator;
  example: Example;
  time: ReturnType<typeof handTime>;
  /** Sends the example's request; each time is another attempt of the same round. */
  send(): Promise<{ outcome: Outcome; replies: WireReply[] }>;
  /** Strikes the next request, whatever its path; signed in already. */
  fault(kind: Fault['kind'], value?: number): void;
}

/** A simulator of its own with the settings of the operation's first example that ends `ok` or `pending`. */
function stage(adapter: Adapter, module: SimulatorModule, secrets: JsonObject, operation: string): Stage {
  const example = goodExample(adapter, operation);
  const settings = { ...example.settings, ...secrets, baseUrl: BASE };
  const time = handTime(example.call.now);
  const simulator = module.makeSimulator({
    settings,
    now: time.now,
    after: time.after,
    send: () => Promise.resolve(Response.json({})),
  });
  const { simulator: _, ...ours } = settings as JsonObject;
  const drive: Drive = {
    ...{ adapter, simulator, settings: ours, now: time.now },
    ...{ signIn: signInOf(adapter), documents: anyDocument },
  };
  let attempts = 0;
  return {
    simulator,
    example,
    time,
    send() {
      attempts += 1;
      const { key } = example.call;
      return exchange(drive, operation, example.input, {
        key,
        tryKey: key + String(attempts).padStart(4, '0'),
      });
    },
    fault: (kind, value) =>
      simulator.fault({ match: pathOf(example), kind, times: 1, ...(value !== undefined && { value }) }),
  };
}

async function examplesOf(folder: string): Promise<Example[]> {
  if (existsSync(join(folder, 'connector.yaml'))) {
    return (await yamlExamples(folder)).map(({ example }) => example);
  }
  const files = readdirSync(join(folder, 'examples')).toSorted();
  return files.map((file) => JSON.parse(readFileSync(join(folder, 'examples', file), 'utf8')) as Example);
}

function goodExample({ name, operations }: Adapter, operation: string): Example {
  const found = shown
    .get(name)!
    .find(
      (one) =>
        one.operation === operation &&
        (one.exchange ?? 'send') === 'send' &&
        ['ok', 'pending'].includes(one.outcome.is),
    );
  if (!found) throw new Error(`${name} has no example of ${Object.keys(operations).join()} that goes well`);
  return found;
}

function pathOf({ request }: Example): string {
  if ('pending' in request) throw new Error('Nothing is sent');
  return request.path;
}

function control(simulator: Simulator, path: string, body?: JsonObject): Promise<Response> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  return Promise.resolve(simulator.fetch(new Request(`${BASE}/_sim/${path}`, init)));
}

/** Everything in the book was done once, and for this key. */
function expectOnce(book: BookEntry[], { call }: Example): void {
  expect(book.map(({ key, times }) => ({ key, times }))).toEqual(
    book.map(() => ({ key: (call as Call).key, times: 1 })),
  );
}
