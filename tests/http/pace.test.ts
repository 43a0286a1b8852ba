/** The pace: a few begin in a turn, the others in their order, and how long the line takes is known. */
import { expect, test } from 'vitest';
import { makePace, type Pace } from '../../src/http/pace.ts';

const MOST = 16;

/** A loop that turns by hand, each turn of so many milliseconds. */
function handLoop(): { pace: Pace; turn(ms?: number): void; isIdle(): boolean } {
  let now = 0;
  const turns: (() => void)[] = [];
  const pace = makePace({ now: () => now, turn: (fn) => void turns.push(fn) });
  return {
    pace,
    turn(ms = 10) {
      now += ms;
      for (const fn of turns.splice(0)) fn();
    },
    isIdle: () => turns.length === 0,
  };
}

function beginAll({ begin }: Pace, count: number, from = 0): number[] {
  const begun: number[] = [];
  for (let n = from; n < from + count; n += 1) void begin(() => begun.push(n));
  return begun;
}

test('who comes alone begins at once, and its answer is handed on', async () => {
  const { pace } = handLoop();
  expect(pace.begin(() => 'now')).toBe('now');
  await expect(pace.begin(async () => 'later')).resolves.toBe('later');
});

test('sixteen begin in a turn, in the order in which they came', () => {
  const { pace, turn } = handLoop();
  const begun = beginAll(pace, 40);
  expect(begun).toHaveLength(MOST);
  turn();
  expect(begun).toHaveLength(2 * MOST);
  turn();
  expect(begun).toEqual(Array.from({ length: 40 }, (_, n) => n));
});

test('who comes while others wait does not overtake them', () => {
  const { pace, turn } = handLoop();
  const begun = beginAll(pace, 2 * MOST);
  const late = beginAll(pace, 1);
  turn();
  expect([begun.length, late.length]).toEqual([2 * MOST, 0]);
  turn();
  expect(late).toHaveLength(1);
});

test('a line that is worked off leaves no turn behind', () => {
  const { pace, turn, isIdle } = handLoop();
  beginAll(pace, 20);
  turn();
  turn();
  turn();
  expect(isIdle()).toBe(true);
  expect(beginAll(pace, 20)).toHaveLength(MOST);
});

test('the wait is the length of the line at the pace of the last turns', () => {
  const { pace, turn } = handLoop();
  expect(pace.waitMs()).toBe(0);
  beginAll(pace, 1_000);
  for (let n = 0; n < 30; n += 1) turn(32);
  const left = 1_000 - 31 * MOST;
  expect(pace.waitMs()).toBeGreaterThan(left * 1.9);
  expect(pace.waitMs()).toBeLessThan(left * 2.1);
});

test('turns of another hour, and turns that were not full, say nothing of the wait', () => {
  const { pace, turn } = handLoop();
  for (let n = 0; n < 20; n += 1) {
    beginAll(pace, 1);
    turn(500);
  }
  beginAll(pace, 200);
  expect(pace.waitMs()).toBe(0);
  for (let n = 0; n < 20; n += 1) turn(500);
  beginAll(pace, 200);
  expect(pace.waitMs()).toBe(0);
});

test('work that fails fails for its own caller', async () => {
  const { pace, turn } = handLoop();
  beginAll(pace, MOST);
  const failing = pace.begin(async () => Promise.reject(new Error('no')));
  const after = beginAll(pace, 1);
  turn();
  await expect(failing).rejects.toThrow('no');
  expect(after).toHaveLength(1);
});
