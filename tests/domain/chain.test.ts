/** The hash chain: whatever is altered, dropped, moved or put in is found, and erasing what is sealed is not a break. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chain, EMPTY, firstBreak, type ChainedEvent, type NewEvent } from '../../src/domain/chain.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';

const AT = '2026-01-15T02:30:05.000Z';
const newEvent: fc.Arbitrary<NewEvent> = fc.record({
  type: fc.constantFrom('go.mpp.step.succeeded.v1', 'go.mpp.application.accepted.v1'),
  data: fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  ) as fc.Arbitrary<JsonObject>,
});
const stream = fc
  .array(newEvent, { minLength: 1, maxLength: 8 })
  .map((events) => chain('app-1', EMPTY, AT, events));
const pick = fc.nat(1000);

const FIELDS = ['stream', 'at', 'type', 'data', 'hash'] as const;

describe('a chain', () => {
  test('holds as it was made, in one go or in many, as a whole or page by page', () => {
    fc.assert(
      fc.property(fc.array(newEvent, { maxLength: 8 }), pick, (events, at) => {
        const whole = chain('app-1', EMPTY, AT, events);
        expect(firstBreak(whole)).toBeNull();
        const cut = at % (events.length + 1);
        const first = chain('app-1', EMPTY, AT, events.slice(0, cut));
        const last = first.at(-1);
        const head = last ? { seq: last.seq, hash: last.hash } : EMPTY;
        expect([...first, ...chain('app-1', head, AT, events.slice(cut))]).toEqual(whole);
        expect(firstBreak(whole.slice(cut), head)).toBeNull();
      }),
    );
  });

  test('numbers without gaps and keeps the very text that it hashed', () => {
    const events = chain('app-1', { seq: 7, hash: 'abc' }, AT, [
      { type: 'a', data: { b: 1, a: '❤' } },
      { type: 'b', data: {} },
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([8, 9]);
    expect(events[0]!.data).toBe('{"b":1,"a":"❤"}');
  });

  test('finds any change of one character, at its event', () => {
    fc.assert(
      fc.property(stream, pick, pick, fc.constantFrom(...FIELDS), (events, which, where, field) => {
        const at = which % events.length;
        const text = events[at]![field];
        const place = where % text.length;
        const other = text[place] === 'x' ? 'y' : 'x';
        const changed = events.with(at, {
          ...events[at]!,
          [field]: text.slice(0, place) + other + text.slice(place + 1),
        });
        expect(firstBreak(changed)).toEqual({ seq: at + 1, why: `event ${at + 1} was changed` });
      }),
    );
  });

  test('finds any flipped bit of the data', () => {
    fc.assert(
      fc.property(stream, pick, pick, fc.nat(6), (events, which, where, bit) => {
        const at = which % events.length;
        const bytes = Buffer.from(events[at]!.data);
        bytes[where % bytes.length]! ^= 1 << bit;
        expect(firstBreak(events.with(at, { ...events[at]!, data: bytes.toString() }))).not.toBeNull();
      }),
    );
  });

  test('finds a character cut off or put in', () => {
    fc.assert(
      fc.property(stream, pick, fc.constantFrom(...FIELDS), fc.boolean(), (events, which, field, cut) => {
        const at = which % events.length;
        const text = events[at]![field];
        const changed = events.with(at, { ...events[at]!, [field]: cut ? text.slice(0, -1) : `${text} ` });
        expect(firstBreak(changed)).not.toBeNull();
      }),
    );
  });

  test('finds a dropped event, a doubled one and two that changed places', () => {
    fc.assert(
      fc.property(
        stream.filter((events) => events.length > 1),
        pick,
        (events, which) => {
          const at = which % (events.length - 1);
          expect(firstBreak(events.toSpliced(at, 1))).toEqual({
            seq: at + 1,
            why: `event ${at + 1} is missing`,
          });
          expect(firstBreak(events.toSpliced(at, 0, events[at]!))).not.toBeNull();
          expect(firstBreak(events.with(at, events[at + 1]!).with(at + 1, events[at]!))).not.toBeNull();
          const renumbered = events
            .toSpliced(at, 1)
            .map((event, n): ChainedEvent => ({ ...event, seq: n + 1 }));
          expect(firstBreak(renumbered)).not.toBeNull();
        },
      ),
    );
  });

  test('finds an event moved to another stream', () => {
    const [event] = chain('app-2', EMPTY, AT, [{ type: 'a', data: {} }]);
    expect(firstBreak([{ ...event!, stream: 'app-1' }])).toEqual({ seq: 1, why: 'event 1 was changed' });
  });

  test('holds when what is sealed is sealed again or erased', () => {
    const [event] = chain('app-1', EMPTY, AT, [{ type: 'a', data: {}, sealed: new Uint8Array([1, 2, 3]) }]);
    const resealed: ChainedEvent = { ...event!, sealed: new Uint8Array([9]) };
    expect(firstBreak([resealed])).toBeNull();
    const { sealed: _, ...erased } = event!;
    expect(firstBreak([erased])).toBeNull();
  });
});
