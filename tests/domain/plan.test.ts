/** A route unfolded: names, order, and a pivot that waits for every check. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RouteStep } from '../../src/domain/catalogue.ts';
import { ExpressionError } from '../../src/domain/expression.ts';
import { planOf, type Steps } from './application-support.ts';

const after = (...names: string[]): Partial<RouteStep> => ({ after: names });
const waits = (steps: Steps, name: string): string[] => planOf(steps).byName.get(name)!.after.toSorted();

test('a step knows its place, whom it calls and what it sends', async () => {
  const plan = planOf({
    a: {},
    b: { call: 'bank.collectPayment', after: ['a'], waits: '3d', with: { amount: 'service.fees[0].amount' } },
  });
  expect(plan.steps.map(({ name, position }) => [name, position])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  const b = plan.byName.get('b')!;
  expect(b).toMatchObject({
    role: 'bank',
    operation: 'collectPayment',
    after: ['a'],
    waits: '3d',
    when: null,
    at: null,
    need: 'mandatory',
  });
  expect(await b.with.evaluate({ service: { fees: [{ amount: 5 }] } })).toEqual({ amount: 5 });
  expect(plan.byName.get('a')!.waits).toBeNull();
});

test.each<[string, Partial<RouteStep>]>([
  ['when', { when: 'a ~> b' }],
  ['at', { at: '$eval("1")' }],
  ['with', { with: { x: '/a+/' } }],
])('a bad expression in %s is refused when it is compiled', (_, step) => {
  expect(() => planOf({ a: step })).toThrow(ExpressionError);
});

describe('a pivot waits for', () => {
  test('every mandatory step, named or not', () => {
    expect(waits({ a: {}, b: {}, pay: { pivot: true } }, 'pay')).toEqual(['a', 'b']);
    expect(waits({ a: {}, b: {}, pay: { pivot: true, after: ['b'] } }, 'pay')).toEqual(['a', 'b']);
  });

  test('none that comes after it, near or far', () => {
    const steps = { pay: { pivot: true }, issue: after('pay'), tell: after('issue'), check: {} };
    expect(waits(steps, 'pay')).toEqual(['check']);
  });

  test('no best-effort step, unless the route says so', () => {
    const steps = {
      extra: { need: 'bestEffort' },
      named: { need: 'bestEffort' },
      pay: { pivot: true, after: ['named'] },
    } as const;
    expect(waits(steps as unknown as Steps, 'pay')).toEqual(['named']);
  });

  test('and other steps wait only for what they name', () => {
    expect(waits({ a: {}, b: {}, pay: { pivot: true } }, 'b')).toEqual([]);
  });
});

test('whatever the route, nobody waits for himself in the end, and each pivot waits for all that is mandatory and not later', () => {
  const route = fc
    .array(
      fc.record({
        need: fc.constantFrom('mandatory', 'bestEffort'),
        pivot: fc.boolean(),
        links: fc.array(fc.nat(9), { maxLength: 3 }),
      }),
      {
        minLength: 1,
        maxLength: 9,
      },
    )
    .map((all): Steps => {
      const named = all.map(({ links, need, pivot }, n) => {
        const earlier = [...new Set(links.filter((one) => one < n))].map((one) => `s${one}`);
        return [`s${n}`, { need: need, pivot, after: earlier }] as const;
      });
      return Object.fromEntries(named);
    });
  fc.assert(
    fc.property(route, (steps) => {
      const plan = planOf(steps);
      const before = (name: string, seen = new Set<string>()): Set<string> => {
        for (const one of plan.byName.get(name)!.after) {
          if (seen.has(one)) continue;
          seen.add(one);
          before(one, seen);
        }
        return seen;
      };
      for (const step of plan.steps) expect(before(step.name).has(step.name)).toBe(false);
      for (const pivot of plan.steps.filter((step) => step.pivot)) {
        const waited = before(pivot.name);
        for (const other of plan.steps) {
          if (other.name === pivot.name || other.need !== 'mandatory') continue;
          expect(waited.has(other.name) || before(other.name).has(pivot.name)).toBe(true);
        }
      }
    }),
  );
});
