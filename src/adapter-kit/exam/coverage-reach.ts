/** All that reaches the agency in one example: every value of its requests, and of what the agency is answered. */
import type { Adapter, Example, HostedCall, HostedMessage, JsonValue, WireRequest } from '../contract.ts';
import { conversionOf, exchangeName, SEND, type Given } from './subject.ts';
import { joined, leavesOf } from './values.ts';

/** `send /body/json/NIK` → the value there, as text. */
export type Reach = Map<string, string>;

/** Null when the adapter cannot make a request of it. */
export async function reachOf(adapter: Adapter, example: Example, given: Given): Promise<Reach | null> {
  const conversion = conversionOf(adapter, example)!;
  const reach: Reach = new Map();
  try {
    const request = await conversion.request(given.input, given.call);
    add(reach, exchangeName(example), request as unknown as JsonValue);
    const outcome = await conversion.reply(given.wire, given.input, given.call);
    if (outcome.is === 'more') add(reach, `${exchangeName(example)} then`, plain(outcome.request));
  } catch {
    return null;
  }
  if (exchangeName(example) === SEND) await addAnswers(reach, adapter, example, given);
  return reach;
}

function plain(request: WireRequest): JsonValue {
  return request as unknown as JsonValue;
}

function add(reach: Reach, prefix: string, value: JsonValue): void {
  for (const [pointer, leaf] of leavesOf(value)) {
    const text = typeof leaf === 'string' ? leaf : JSON.stringify(leaf);
    reach.set(`${prefix} ${pointer}`, pointer === '/path' ? decoded(text) : text);
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What an agency that asks us about this operation would hear of an open step. */
async function addAnswers(
  reach: Reach,
  adapter: Adapter,
  example: Example,
  { input, call }: Given,
): Promise<void> {
  for (const [name, entry] of Object.entries(adapter.hosted ?? {})) {
    if ('grants' in entry || entry.asks !== example.operation) continue;
    const message: HostedMessage = { id: 'exam', key: call.key, content: {} };
    const step = { state: 'open' as const, key: call.key, input, output: {} };
    const { settings, now, tools }: HostedCall = call;
    try {
      const answer = await entry.answer({ is: 'found', message, step }, { settings, now, tools });
      add(reach, joined('answer', name).replace('/', ' '), answer.body);
    } catch {
      continue; // it wants more of the message than nothing: the hosted part reads real ones
    }
  }
}
