/** What the gate goes by: the real loop's delay, and commits in virtual time. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { commitWatch, loopDelay } from '../../src/watch/load.ts';
import { virtualClock } from '../support/virtual-clock.ts';

describe('the loop', () => {
  const block = (ms: number): void => {
    for (const until = systemClock.now() + ms; systemClock.now() < until;);
  };

  test('is late after it stood still, and not for long', async () => {
    const delay = loopDelay(systemClock);
    onTestFinished(delay.stop);
    expect(delay.ms()).toBe(0);
    block(600);
    await expect.poll(() => delay.ms(), { timeout: 5_000, interval: 5 }).toBeGreaterThan(50);
    await expect.poll(() => delay.ms(), { timeout: 10_000, interval: 100 }).toBeLessThan(50);
  });
});

describe('commits', () => {
  const watched = () => {
    const clock = virtualClock();
    return { clock, commits: commitWatch(clock) };
  };

  test('nothing happened: nothing is slow', () => {
    const { commits } = watched();
    expect([commits.ms(), commits.storageFull()]).toEqual([0, false]);
  });

  test('one slow commit among quick ones is no slow ledger; slow ones in a row are', async () => {
    const { clock, commits } = watched();
    const commit = async (ms: number): Promise<void> => {
      const ended = commits.began();
      await clock.advance(ms);
      ended('written');
    };
    for (let n = 0; n < 20; n += 1) await commit(10);
    await commit(1_000);
    expect(commits.ms()).toBeLessThan(250);
    for (let n = 0; n < 20; n += 1) await commit(1_000);
    expect(commits.ms()).toBeGreaterThan(900);
  });

  test('when none comes back, the time grows; when they do, one that hangs is its own trouble', async () => {
    const { clock, commits } = watched();
    commits.began();
    await clock.advance(4_000);
    expect(commits.ms()).toBe(4_000);
    const other = commits.began();
    await clock.advance(1);
    other('written');
    expect(commits.ms()).toBe(1);
    await clock.advance(2_000);
    expect(commits.ms()).toBe(2_000);
  });

  test('what was slow is tried again after five seconds without any', async () => {
    const { clock, commits } = watched();
    const ended = commits.began();
    await clock.advance(9_000);
    ended('failed');
    expect(commits.ms()).toBe(9_000);
    await clock.advance(5_001);
    expect(commits.ms()).toBe(0);
  });

  test('a full disk is remembered until something was written, or for a quarter of a minute', async () => {
    const { clock, commits } = watched();
    commits.began()('full');
    expect(commits.storageFull()).toBe(true);
    commits.began()('read');
    commits.began()('failed');
    expect(commits.storageFull()).toBe(true);
    commits.began()('written');
    expect(commits.storageFull()).toBe(false);
    commits.began()('full');
    await clock.advance(15_000);
    expect(commits.storageFull()).toBe(false);
  });
});
