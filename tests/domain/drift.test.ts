/** In what a reply differs from those before: new, of another type, missing. */
import { describe, expect, test } from 'vitest';
import {
  changesOf,
  count,
  freshMarks,
  learn,
  learnExamples,
  newKnown,
  recall,
  STEADY_RUN,
  type Known,
} from '../../src/domain/drift.ts';
import type { JsonValue } from '../../src/domain/outcome.ts';
import { marksOf, shapeOf } from '../../src/domain/shape.ts';

/** Counts a reply in and takes it in, as the flow does; gives what was told. */
function see(known: Known, value: JsonValue): string[] {
  const shape = shapeOf(value);
  const { strange, missing } = count(known, shape);
  const changes = changesOf(known, shape);
  expect(strange).toBe(freshMarks(known, shape).length > 0);
  learn(known, shape);
  const said = changes.map((one) => ('pointer' in one ? `${one.is} ${one.pointer}` : one.is));
  return [...said, ...missing.map((pointer) => `missing ${pointer}`)];
}

function after(replies: JsonValue[]): Known {
  const known = newKnown();
  for (const reply of replies) see(known, reply);
  return known;
}

const times = (n: number, value: JsonValue): JsonValue[] => Array.from({ length: n }, () => value);

describe('a reply', () => {
  test('like those before says nothing', () => {
    const known = after([{ a: 1, b: { c: 'x' } }]);
    expect(see(known, { b: { c: 'y' }, a: 2 })).toEqual([]);
  });

  test('with another field, or one of another type, says so, once', () => {
    const known = after([{ a: 1, b: { c: 'x' } }]);
    expect(see(known, { a: '1', b: { c: 'x', d: true } })).toEqual(['retyped /a', 'new /b/d']);
    expect(see(known, { a: '1', b: { c: 'x', d: true } })).toEqual([]);
    expect(see(known, { a: 1, b: { c: 'x' } })).toEqual([]);
  });

  test('whose fields are empty now and then says nothing; one that is new and empty does', () => {
    const known = after([{ a: 1, b: null }]);
    expect(see(known, { a: null, b: 'text' })).toEqual([]);
    expect(see(known, { a: 1, b: 'text', c: null })).toEqual(['new /c']);
  });
});

describe('a field that was always there', () => {
  test('is missed when it is gone, once, and again when it has come back for as long', () => {
    const known = after(times(STEADY_RUN, { a: 1, b: 2 }));
    expect(see(known, { a: 1 })).toEqual(['missing /b']);
    expect(see(known, { a: 1 })).toEqual([]);
    for (const reply of times(STEADY_RUN - 1, { a: 1, b: 2 })) expect(see(known, reply)).toEqual([]);
    expect(see(known, { a: 1 })).toEqual([]);
    for (const reply of times(STEADY_RUN, { a: 1, b: 2 })) expect(see(known, reply)).toEqual([]);
    expect(see(known, { a: 1 })).toEqual(['missing /b']);
  });

  test('is missed no sooner than after so many in a row', () => {
    const known = after(times(STEADY_RUN - 1, { a: 1, b: 2 }));
    expect(see(known, { a: 1 })).toEqual([]);
    const broken = after([
      ...times(STEADY_RUN - 5, { a: 1, b: 2 }),
      { a: 1 },
      ...times(STEADY_RUN - 1, { a: 1, b: 2 }),
    ]);
    expect(see(broken, { a: 1 })).toEqual([]);
  });

  test('is missed by itself: not what stood in it, and not what lies in what is empty or gone', () => {
    const whole = { data: { person: { nik: 'x' } }, list: [{ id: 1 }] };
    const known = after(times(STEADY_RUN, whole));
    expect(see(known, { data: {}, list: [] })).toEqual(['missing /data/person']);
    expect(see(after(times(STEADY_RUN, whole)), { data: null, list: [{}] })).toEqual(['missing /list/*/id']);
  });

  test('is not missed in a table, nor in what is cut', () => {
    const table = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, 1]));
    const known = after(times(STEADY_RUN, { of: { a: 1, b: 2 } }));
    expect(see(known, { of: table })).toEqual(['new /of/*']);
  });
});

describe('what was known before', () => {
  test('comes back from its marks', () => {
    const known = newKnown();
    recall(known, [...marksOf(shapeOf({ a: 1, b: ['x'] })), 'missing /c', 'code BAD_RESPONSE', 'learned ok']);
    expect(see(known, { a: 2, b: ['y'] })).toEqual([]);
    expect(see(known, { a: 2, b: ['y'], c: 1 })).toEqual(['new /c']);
  });

  test('by examples: what any has is known; what all of three have is missed at once', () => {
    const examples = [{ code: 'a', data: {} }, { code: 'b', more: 1 }, { code: 'c' }].map((one) =>
      shapeOf(one),
    );
    const known = newKnown();
    learnExamples(known, examples);
    expect(see(known, { code: 'd', more: 2 })).toEqual([]);
    expect(see(known, { more: 2 })).toEqual(['missing /code']);
    const few = newKnown();
    learnExamples(few, examples.slice(0, 2));
    expect(see(few, { more: 2 })).toEqual([]);
  });
});
