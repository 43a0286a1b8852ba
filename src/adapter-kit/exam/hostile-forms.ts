/** What an enemy, or an agency on a bad day, may send: bodies of every wrong form, and good ones with one thing wrong. */
import type { JsonObject, JsonValue } from '../contract.ts';
import { isSource } from './source-scan.ts';
import type { Subject } from './subject.ts';
import { leavesOf, withoutValue, withValue } from './values.ts';

/** Stands in every text of a made-up form: a reason must not say it. */
export const CANARY = 'canary-form-3c51e8';

const DEPTH = 60;
const MANY = 5_000;

export function wrongForms(subject: Subject): JsonValue[] {
  let deep: JsonValue = CANARY;
  for (let n = 0; n < DEPTH; n += 1) deep = n % 2 === 0 ? [deep] : { body: deep };
  const names = namesIn(subject);
  const filled = (value: JsonValue): JsonObject => Object.fromEntries(names.map((name) => [name, value]));
  return [
    ...[null, true, 0, -1, 1e308, '', CANARY, CANARY.repeat(MANY), [], [[]], {}, [null], [CANARY]],
    ...[
      deep,
      Array(MANY).fill(CANARY),
      { __proto__x: CANARY, constructor: CANARY, toString: CANARY, length: -1 },
    ],
    ...[CANARY, '9'.repeat(20), 7, null, true, [CANARY], { [CANARY]: CANARY }].map(filled),
  ];
}

/** Words in quotation marks in the sources: among them are the names of the fields that it reads. */
function namesIn({ folder }: Subject): string[] {
  const names = new Set<string>();
  for (const [file, bytes] of folder.files) {
    if (!isSource(file)) continue;
    for (const [, name] of Buffer.from(bytes)
      .toString('utf8')
      .matchAll(/['"]([A-Za-z_]\w{1,40})['"]/g))
      names.add(name!);
  }
  return [...names].slice(0, 400);
}

/** A good body with each of its values left out, and of each wrong type. */
export function spoilt(good: JsonValue): JsonValue[] {
  return [...leavesOf(good)].flatMap(([at, value]) => {
    if (at === '') return [];
    const others: JsonValue[] = [null, 7, true, '', CANARY, [], {}, [value], CANARY.repeat(MANY)];
    return [withoutValue(good, at), ...others.map((other) => withValue(good, at, other))];
  });
}
