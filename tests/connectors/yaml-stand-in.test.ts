/** The stand-in that is made of examples: answers as they show, keeps a book by the agency's manners, fails on demand. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Adapter, Example, JsonObject, Outcome } from '../../src/adapter-kit/contract.ts';
import { simulatorOfExamples } from '../../src/adapter-kit/simulated-examples.ts';
import type { Simulator } from '../../src/adapter-kit/simulator.ts';
import { yamlAdapter, yamlExamples } from '../../src/connectors/yaml/index.ts';
import { exchange, handTime, type ExchangeKind } from '../contracts/adapter-support.ts';
import { connector, folderOf } from './yaml-support.ts';

const EXAMPLES = `
  { title: Done, operation: act, input: { name: A }, request: { method: POST, path: /things, query: { ref: '10000000000000000001' }, body: { json: { name: A } } }, reply: { status: 200, body: { number: N1, ref: '10000000000000000001' } }, outcome: { is: ok, output: { number: N1 } } },
  { title: Refused, operation: act, input: { name: Bad }, request: { method: POST, path: /things, query: { ref: '10000000000000000001' }, body: { json: { name: Bad } } }, reply: { status: 422, body: { code: BAD } }, outcome: { is: refused, code: NOT_ELIGIBLE } },
  { title: Lost, operation: act, reply: { status: 504, type: text/html, body: x }, outcome: { is: unknown, code: HTTP_504 } },
  { title: Never arrived, operation: act, exchange: inquiry, request: { method: GET, path: /things/10000000000000000001 }, reply: { status: 404, body: { code: NONE } }, outcome: { is: retry, code: NONE } },
  { title: There, operation: act, exchange: inquiry, reply: { status: 200, body: { number: N1 } }, outcome: { is: ok, output: { number: N1 } } },
  { title: Undone, operation: act, exchange: compensation, request: { method: DELETE, path: /things/10000000000000000001 }, reply: { status: 204 }, outcome: { is: ok, output: {} } },
  { title: Nothing to undo, operation: act, exchange: compensation, reply: { status: 404, body: { code: NONE } }, outcome: { is: refused, code: NONE } }`;
const MORE = `inquiry: { notBefore: 1s, trustAfter: 1m, request: { method: GET, path: '/things/{call.key}' }, reply: [{ when: { at: /code, equals: NONE }, is: retry, code: NONE }, { when: { at: /number }, is: ok, output: { number: reply.body.number } }] },
    compensation: { effect: keyed, request: { method: DELETE, path: '/things/{call.key}' }, reply: [{ when: { status: 204 }, is: ok }, { when: { at: /code, equals: NONE }, is: refused, code: NONE }] }`;
const AFTER = `exampleSettings: { baseUrl: https://thing.example/api, apiKey: k }
errors:
  - { signal: BAD, when: { at: /code, equals: BAD }, is: refused, code: NOT_ELIGIBLE, meaning: { id: a, en: b } }
  - { signal: NONE, is: retry, code: NONE, meaning: { id: a, en: b } }`;

const folder = (effect: string) =>
  folderOf(
    connector({
      ...{ effect, more: MORE, after: AFTER, example: EXAMPLES },
      request:
        '{ method: POST, path: /things, query: { ref: call.key }, body: { json: { name: input.name } } }',
    }),
  );

let adapter: Adapter;
let examples: Example[];
let simulator: Simulator;

async function open(effect: string): Promise<void> {
  adapter = await yamlAdapter(folder(effect));
  examples = (await yamlExamples(folder(effect))).map(({ example }) => example);
  const time = handTime('2026-01-15T02:30:05Z');
  const settings = examples[0]!.settings;
  const send = (): Promise<Response> => Promise.resolve(Response.json({}));
  simulator = simulatorOfExamples(adapter, examples).makeSimulator({
    settings,
    now: time.now,
    after: time.after,
    send,
  });
}
const ask = async (
  key: string,
  kind: ExchangeKind = 'send',
  input: JsonObject = { name: 'Other' },
): Promise<Outcome> => {
  const drive = { adapter, simulator, settings: examples[0]!.settings, now: () => 0, signIn: {} };
  return (await exchange(drive, 'act', input, { key }, kind)).outcome;
};

beforeEach(() => open('inquirable'));

test('what no example refuses goes as the first good one shows', async () => {
  expect(await ask('42')).toEqual({ is: 'ok', output: { number: 'N1' } });
  expect(simulator.book()).toEqual([{ effect: 'act', key: '42', times: 1 }]);
});

test('what one refuses is refused, under any key', async () => {
  expect(await ask('42', 'send', { name: 'Bad' })).toEqual({ is: 'refused', code: 'NOT_ELIGIBLE' });
  expect(simulator.book()).toEqual([]);
});

test('the key that came stands in the answer', async () => {
  const request = new Request('https://thing.example/api/things?ref=77', {
    method: 'POST',
    body: '{"name":"A"}',
    headers: { 'content-type': 'application/json' },
  });
  expect(await (await simulator.fetch(request)).json()).toEqual({ number: 'N1', ref: '77' });
});

test('an inquiry finds what was done, and an undo undoes it', async () => {
  expect(await ask('42', 'inquiry')).toEqual({ is: 'retry', code: 'NONE' });
  await ask('42');
  expect(await ask('42', 'inquiry')).toEqual({ is: 'ok', output: { number: 'N1' } });
  expect(await ask('43', 'inquiry')).toEqual({ is: 'retry', code: 'NONE' });
  expect(await ask('43', 'compensation')).toEqual({ is: 'refused', code: 'NONE' });
  expect(await ask('42', 'compensation')).toEqual({ is: 'ok', output: {} });
  expect(await ask('42', 'inquiry')).toEqual({ is: 'retry', code: 'NONE' });
});

describe('sent twice', () => {
  test('an agency that does not know our key does it twice', async () => {
    await ask('42');
    await ask('42');
    expect(simulator.book()).toEqual([{ effect: 'act', key: '42', times: 2 }]);
  });
  test('one that takes our key does it once', async () => {
    await open('keyed');
    await ask('42');
    await ask('42');
    await ask('43');
    expect(simulator.book()).toEqual([
      { effect: 'act', key: '42', times: 1 },
      { effect: 'act', key: '43', times: 1 },
    ]);
  });
});

test('faults come on demand, and what no example shows is not there', async () => {
  simulator.fault({ match: 'things', kind: 'loseReply', times: 1 });
  expect(await ask('42')).toEqual({ is: 'unknown', code: 'LOST' });
  expect(simulator.book()).toMatchObject([{ times: 1 }]);
  expect((await simulator.fetch(new Request('https://thing.example/api/other'))).status).toBe(404);
});
