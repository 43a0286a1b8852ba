/** The shed order: who is turned away first, at which marks, and that nobody overtakes a more urgent class. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLASSES, MARKS, shed, type Pressure, type RequestClass } from '../../src/domain/shed.ts';

const CALM: Pressure = { own: 0, total: 0, bodyBytes: 0, delayMs: 0, commitMs: 0 };
const letIn = (now: Partial<Pressure>): RequestClass[] =>
  CLASSES.filter((of) => shed(of, { ...CALM, ...now }) === null);

test('lists go first, then reads, then intake; what agencies say is heard longest', () => {
  expect(CLASSES).toEqual(['list', 'read', 'intake', 'hosted']);
});

test.each<[string, Partial<Pressure>, RequestClass[]]>([
  ['nothing to do', {}, ['list', 'read', 'intake', 'hosted']],
  ['249 at work', { total: 249 }, ['list', 'read', 'intake', 'hosted']],
  ['250 at work', { total: 250 }, ['read', 'intake', 'hosted']],
  ['300 at work', { total: 300 }, ['intake', 'hosted']],
  ['400 at work', { total: 400 }, ['hosted']],
  ['600 at work', { total: 600 }, []],
  ['a quarter of a second late', { delayMs: 250 }, ['read', 'intake', 'hosted']],
  ['half a second late', { delayMs: 500 }, ['intake', 'hosted']],
  ['a second late', { delayMs: 1_000 }, ['hosted']],
  ['two seconds late', { delayMs: 2_000 }, []],
  ['commits of half a second', { commitMs: 500 }, ['read', 'intake', 'hosted']],
  ['commits of a second', { commitMs: 1_000 }, ['intake', 'hosted']],
  ['commits of three seconds', { commitMs: 3_000 }, ['hosted']],
  ['commits of ten seconds', { commitMs: 10_000 }, []],
])('%s', (_, now, expected) => {
  expect(letIn(now)).toEqual(expected);
});

describe('why', () => {
  test.each<[Partial<Pressure>, ReturnType<typeof shed>]>([
    [{ own: 350, total: 350 }, 'concurrency'],
    [{ total: 400 }, 'concurrency'],
    [{ bodyBytes: 256 * 1024 * 1024 }, 'bodies'],
    [{ delayMs: 1_000 }, 'delay'],
    [{ commitMs: 3_000 }, 'ledger'],
    [{ own: 349, total: 399 }, null],
  ])('intake at %o: %s', (now, reason) => {
    expect(shed('intake', { ...CALM, ...now })).toBe(reason);
  });
});

test('whatever all have to bear, a class is never shed while a less urgent one is let in', () => {
  const shared = fc.record({ total: fc.nat(1_000), delayMs: fc.nat(5_000), commitMs: fc.nat(20_000) });
  fc.assert(
    fc.property(shared, (now) => {
      const told = CLASSES.map((of) => shed(of, { ...CALM, ...now }) === null);
      expect(told).toEqual(told.toSorted((a, b) => Number(a) - Number(b)));
    }),
  );
});

test('no class fills up another: intake cannot take all places, nor can agencies', () => {
  const others = MARKS.intake.total;
  expect(MARKS.hosted.total - others).toBeGreaterThanOrEqual(200);
  expect(MARKS.intake.total - MARKS.hosted.own).toBeGreaterThanOrEqual(100);
});
