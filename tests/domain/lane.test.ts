/** A lane's health: who is let through, when it sleeps and for how long, and what its users are told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgencyLimits } from '../../src/domain/catalogue.ts';
import {
  admit,
  afterExchange,
  newLane,
  passGate,
  type Lane,
  type LaneGate,
  type LaneSignal,
} from '../../src/domain/lane.ts';

const NOW = Date.parse('2026-01-15T02:30:05Z');
const HOUR = 3_600_000;
const LIMITS: AgencyLimits = {
  ...{ concurrency: 4, perSecond: 10, timeout: '30s', maxReplyBytes: 1000 },
  ...{ circuitFailures: 3, circuitSleep: '10s', circuitCap: '80s' },
};
const lane = (fields: Partial<Lane> = {}): Lane => ({ ...newLane('bank'), ...fields });
const BAD: LaneSignal = { is: 'bad', code: 'HTTP_500' };

/** Plays signals at their times; gives the lane and what was told. */
function play(
  start: Lane,
  signals: { signal: LaneSignal; now: number }[],
  limits = LIMITS,
): { lane: Lane; told: string[] } {
  const told: string[] = [];
  let current = start;
  for (const { signal, now } of signals) {
    const after = afterExchange(current, signal, limits, now);
    current = after?.lane ?? current;
    if (after?.event) told.push(after.event.type.split('.')[3]!);
  }
  return { lane: current, told };
}

describe('admit', () => {
  test.each<[string, Partial<Lane>, string]>([
    ['an awake lane', {}, 'open'],
    ['one with a few failures', { failures: 2 }, 'open'],
    ['a paused one', { paused: true }, 'paused'],
    ['a paused one that sleeps too', { paused: true, sleepUntil: NOW - 1 }, 'paused'],
    ['a sleeping one', { sleepUntil: NOW + 1 }, 'asleep'],
    ['one whose sleep is over', { sleepUntil: NOW }, 'probe'],
    ['one whose probe is under way', { sleepUntil: NOW - 1, probeUntil: NOW + 1 }, 'asleep'],
    ['one whose probe never came back', { sleepUntil: NOW - 1, probeUntil: NOW }, 'probe'],
  ])('%s', (_, fields, expected) => {
    expect(admit(lane(fields), NOW)).toBe(expected);
  });
});

describe('the circuit', () => {
  const bad = (count: number, now = NOW): { signal: LaneSignal; now: number }[] =>
    Array.from({ length: count }, () => ({ signal: BAD, now }));

  test('opens at so many failures in a row, not before', () => {
    expect(play(lane(), bad(2))).toMatchObject({ lane: { failures: 2, sleepUntil: 0 }, told: [] });
    expect(play(lane(), bad(3))).toMatchObject({
      lane: { sleepUntil: NOW + 10_000, code: 'HTTP_500', sleeps: 1 },
      told: ['down'],
    });
  });

  test('a good exchange between them begins the count anew; one that says nothing does not', () => {
    const good = { signal: { is: 'good' } as const, now: NOW };
    const neutral = { signal: { is: 'neutral' } as const, now: NOW };
    expect(play(lane(), [...bad(2), good, ...bad(2)]).lane.sleepUntil).toBe(0);
    expect(play(lane(), [...bad(2), neutral, ...bad(1)]).lane.sleepUntil).toBe(NOW + 10_000);
  });

  test('failures of exchanges begun before it slept do not lengthen its sleep', () => {
    const burst = play(lane(), bad(20));
    expect(burst).toMatchObject({ lane: { sleepUntil: NOW + 10_000, sleeps: 1 }, told: ['down'] });
  });

  test('each failed probe doubles the sleep up to the cap; a good one wakes the lane and is told', () => {
    let { lane: current } = play(lane(), bad(3));
    const slept: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const now = current.sleepUntil;
      current = play({ ...current, probeUntil: now + 30_000 }, bad(1, now)).lane;
      slept.push(current.sleepUntil - now);
      expect(current.probeUntil).toBe(0);
    }
    expect(slept).toEqual([20_000, 40_000, 80_000, 80_000, 80_000]);
    const woken = play(current, [{ signal: { is: 'good' }, now: current.sleepUntil }]);
    expect(woken).toEqual({ lane: lane(), told: ['up'] });
  });

  test('a probe that says nothing lets the next one through', () => {
    const probed = lane({ sleepUntil: NOW - 1, probeUntil: NOW + 5 });
    expect(afterExchange(probed, { is: 'neutral' }, LIMITS, NOW)!.lane).toEqual({ ...probed, probeUntil: 0 });
  });
});

describe('away', () => {
  const away = (until?: number): LaneSignal => ({
    is: 'away',
    code: 'QUOTA',
    ...(until !== undefined && { until }),
  });

  test.each<[string, number | undefined, number]>([
    ["sleeps until the agency's own time", NOW + HOUR, NOW + HOUR],
    ['believes it for 36 hours at most', NOW + 1000 * HOUR, NOW + 36 * HOUR],
    ['takes a time gone by for none', NOW - 1, NOW + 10_000],
    ['takes no time for its own', undefined, NOW + 10_000],
    ['is not misled by a time that is none', NaN, NOW + 10_000],
  ])('%s', (_, until, expected) => {
    expect(afterExchange(lane(), away(until), LIMITS, NOW)!.lane).toMatchObject({
      sleepUntil: expected,
      code: 'QUOTA',
    });
  });

  test('is told once however many come back, and a longer word lengthens it', () => {
    const said = [NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR, NOW + HOUR].map((until) => ({
      signal: away(until),
      now: NOW,
    }));
    expect(play(lane(), said)).toMatchObject({ lane: { sleepUntil: NOW + 2 * HOUR }, told: ['down'] });
  });

  test('of another kind is told', () => {
    const shut = { is: 'away', code: 'MAINTENANCE', until: NOW + 3 * HOUR } as const;
    const both = play(lane(), [
      { signal: away(NOW + HOUR), now: NOW },
      { signal: shut, now: NOW },
    ]);
    expect(both.told).toEqual(['down', 'down']);
  });
});

test('whatever happens: a pause stands, sleep has an end, and down and up are told in turn', () => {
  const signal = fc.oneof(
    fc.constantFrom<LaneSignal>({ is: 'good' }, { is: 'neutral' }, BAD),
    fc.record({
      is: fc.constant('away' as const),
      code: fc.constant('HTTP_500'),
      until: fc.integer({ min: NOW - HOUR, max: NOW + 99 * HOUR }),
    }),
  );
  const steps = fc.array(fc.record({ signal, gap: fc.nat(40 * HOUR) }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.boolean(), (all, paused) => {
      let now = NOW;
      let current = lane({ paused });
      let down = false;
      for (const { signal: one, gap } of all) {
        now += gap;
        const after = afterExchange(current, one, LIMITS, now);
        if (after?.event) {
          expect(after.event.type).toBe(`go.mpp.connector.${down ? 'up' : 'down'}.v1`);
          down = !down;
        }
        current = after?.lane ?? current;
        expect(current.paused).toBe(paused);
        expect(current.sleepUntil).toBeLessThanOrEqual(now + 36 * HOUR);
        expect(current.sleepUntil > 0).toBe(down);
      }
    }),
  );
});

describe('the gate', () => {
  const gate = (fields: Partial<LaneGate> = {}): LaneGate => ({
    ...{ closedUntil: null, perDay: 3, day: '2026-01-15', dayEndsAt: NOW + HOUR },
    ...fields,
  });

  test('counts the day, and begins another anew', () => {
    const first = passGate(lane(), gate(), false);
    expect(first).toMatchObject({ passes: true, lane: { day: '2026-01-15', used: 1 } });
    expect(passGate(first.lane, gate(), false)).toMatchObject({ lane: { used: 2 } });
    expect(passGate(first.lane, gate({ day: '2026-01-16' }), false)).toMatchObject({
      lane: { day: '2026-01-16', used: 1 },
    });
  });

  test('a lane without a quota is left as it is', () => {
    const given = lane({ failures: 2 });
    expect(passGate(given, gate({ perDay: null }), false)).toEqual({ passes: true, lane: given });
  });

  test('shuts at closing time and when the day is used up, whatever the health of the lane', () => {
    const given = lane({ failures: 2, sleeps: 1, day: '2026-01-15', used: 3 });
    expect(passGate(given, gate(), false)).toMatchObject({
      passes: false,
      lane: { failures: 2, sleeps: 1, used: 3, sleepUntil: NOW + HOUR, code: 'QUOTA_USED' },
      event: { data: { code: 'QUOTA_USED', until: new Date(NOW + HOUR).toISOString() } },
    });
    expect(passGate(lane(), gate({ closedUntil: NOW + 5 }), false)).toMatchObject({
      passes: false,
      lane: { used: 0, sleepUntil: NOW + 5, code: 'CLOSED' },
    });
  });

  test('an operation under way passes and is counted', () => {
    const given = lane({ day: '2026-01-15', used: 3 });
    expect(passGate(given, gate({ closedUntil: NOW + 5 }), true)).toMatchObject({
      passes: true,
      lane: { used: 4, sleepUntil: 0 },
    });
  });

  test('a clock that is a day behind does not begin the count anew; one that was far ahead does not stop it for good', () => {
    const used = (day: string): number => passGate(lane({ day, used: 2 }), gate(), false).lane.used;
    expect(used('2026-01-16')).toBe(3);
    expect(used('2026-01-17')).toBe(1);
    expect(used('2026-01-14')).toBe(1);
  });

  test('who is told of a lane that stays shut: nobody again; of one that is shut for another reason: its users', () => {
    const shut = passGate(lane(), gate({ closedUntil: NOW + 5 }), false);
    const again = passGate(shut.lane, gate({ closedUntil: NOW + HOUR }), false);
    expect(again).not.toHaveProperty('event');
    expect(passGate({ ...shut.lane, day: '2026-01-15', used: 3 }, gate(), false)).toHaveProperty('event');
  });

  test.each(['CLOSED', 'QUOTA_USED'])('no exchange that was under way opens a lane that is %s', (code) => {
    const shut = lane({ code, sleepUntil: NOW + 1 });
    expect(afterExchange(shut, { is: 'good' }, LIMITS, NOW)).toBeNull();
    expect(afterExchange(shut, BAD, LIMITS, NOW)).toBeNull();
    expect(afterExchange(shut, { is: 'good' }, LIMITS, NOW + 1)).toMatchObject({ lane: { sleepUntil: 0 } });
  });
});
