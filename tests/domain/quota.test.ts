/** A quota in virtual time: bursts, refilling, waiting, and a clock that is set back. */
import { expect, test } from 'vitest';
import { spend, type Bucket } from '../../src/domain/quota.ts';

const QUOTA = { perSecond: 2, burst: 5 };

/** Spends at each instant and says which were granted. */
function spendAt(times: number[]): boolean[] {
  let bucket: Bucket | undefined;
  return times.map((now) => {
    const spent = spend(bucket, QUOTA, now);
    ({ bucket } = spent);
    return spent.granted;
  });
}

test('a quiet platform may send its burst at once, and no more', () => {
  expect(spendAt([0, 0, 0, 0, 0, 0])).toEqual([true, true, true, true, true, false]);
});

test('in the long run it has its rate, however hard it tries', () => {
  const tries = Array.from({ length: 10_000 }, (_, n) => n * 10);
  const granted = spendAt(tries).filter(Boolean).length;
  expect(granted).toBeGreaterThanOrEqual(QUOTA.burst + 199);
  expect(granted).toBeLessThanOrEqual(QUOTA.burst + 200);
});

test('whoever waits as long as it was told is let in', () => {
  let spent = spend({ milli: 0, at: 0 }, QUOTA, 0);
  expect(spent).toMatchObject({ granted: false, waitMs: 500 });
  spent = spend(spent.bucket, QUOTA, 499);
  expect(spent).toMatchObject({ granted: false, waitMs: 1 });
  expect(spend(spent.bucket, QUOTA, 500).granted).toBe(true);
});

test('being refused costs nothing', () => {
  let bucket: Bucket = { milli: 0, at: 0 };
  for (let n = 0; n < 100; n += 1) ({ bucket } = spend(bucket, QUOTA, 0));
  expect(spend(bucket, QUOTA, 500).granted).toBe(true);
});

test('a bucket never holds more than the burst, nor more than a smaller one that a reload brings', () => {
  const { bucket } = spend({ milli: 5_000, at: 0 }, QUOTA, 3_600_000);
  expect(bucket.milli).toBe(4_000);
  expect(spend(bucket, { perSecond: 1, burst: 2 }, 3_600_000).bucket.milli).toBe(1_000);
});

test('a clock set back by an hour gives nothing away and does not stop the refilling', () => {
  const hour = 3_600_000;
  const back = spend({ milli: 0, at: hour }, QUOTA, 0);
  expect(back.granted).toBe(false);
  expect(spend(back.bucket, QUOTA, 500).granted).toBe(true);
});
