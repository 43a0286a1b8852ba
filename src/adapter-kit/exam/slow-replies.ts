/** Replies with texts and lists as long as the wire lets in: a conversion must come to its end all the same. */
import type { Adapter, Example, JsonValue } from '../contract.ts';
import { capped, isTooSlow } from './capped.ts';
import type { Notes } from './report.ts';
import { conversionOf, exchangeId, givenBy, type Subject } from './subject.ts';
import { isObject, joined, leavesOf, withValue } from './values.ts';

/** What takes the square of it takes minutes. */
const LENGTH = 100_000;
const TEXTS = [
  `${'a'.repeat(LENGTH)}!`,
  `${' '.repeat(LENGTH)}x`,
  `${'0'.repeat(LENGTH)}x`,
  `${'-1,'.repeat(LENGTH / 3)}!`,
];
/** Values in a body at the most, as the wire counts them; an interpreter takes ten times as long over each. */
const MOST_NODES = { native: 90_000, interpreted: 10_000 };
const MOST_LEAVES = 24;

export async function examineLongReplies(
  { adapter, examples, native }: Subject,
  notes: Notes,
): Promise<void> {
  const seen = new Set<string>();
  let count = 0;
  for (const { example } of examples) {
    const id = `${exchangeId(example)} ${example.call.carry === undefined} ${example.outcome.is}`;
    if (example.reply.body === null || seen.has(id)) continue;
    seen.add(id);
    for (const body of longBodies(example.reply.body, native ? MOST_NODES.native : MOST_NODES.interpreted)) {
      count += 1;
      if (await ends(adapter, example, body, native)) continue;
      const fix =
        'Look for regular expressions with two ways to the same text, and for searches within loops';
      notes.fail('slow_on_long_reply', exchangeId(example), 'A long reply is not read within 1 s', fix);
      break;
    }
  }
  notes.fact(`${count} long replies`);
}

function longBodies(body: JsonValue, mostNodes: number): JsonValue[] {
  const texts = [...leavesOf(body)].filter(([, value]) => typeof value === 'string').slice(0, MOST_LEAVES);
  const lists = listsIn(body).map(([at, list]) => withValue(body, at, grown(list, mostNodes)));
  return [...texts.flatMap(([at]) => TEXTS.map((text) => withValue(body, at, text))), ...lists];
}

function listsIn(value: unknown, at = ''): [string, JsonValue[]][] {
  if (!Array.isArray(value) && !isObject(value)) return [];
  const below = Object.entries(value).flatMap(([key, one]) => listsIn(one, joined(at, key)));
  return Array.isArray(value) && value.length > 0 ? [[at, value], ...below] : below;
}

function grown(list: JsonValue[], mostNodes: number): JsonValue[] {
  const nodes = leavesOf(list[0]).size + 1;
  return Array<JsonValue>(Math.floor(mostNodes / nodes)).fill(list[0]!);
}

async function ends(adapter: Adapter, example: Example, body: JsonValue, native: boolean): Promise<boolean> {
  const { wire, input, call } = givenBy(example);
  const reply = (): unknown => conversionOf(adapter, example)!.reply({ ...wire, body }, input, call);
  try {
    await (native ? capped(reply) : reply());
    return true;
  } catch (error) {
    return !isTooSlow(error);
  }
}
