/** A clock that goes by the ledger's time: so do the ids that it gives, whatever the machine's own clock says. */
import { afterEach, expect, test, vi } from 'vitest';
import { ledClock } from '../../src/clock.ts';

afterEach(() => void vi.restoreAllMocks());

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

test('ids are in their order and by its time, also on a machine whose clock is wrong', () => {
  const real = Date.now();
  const clock = ledClock();
  clock.set(real);
  vi.spyOn(Date, 'now').mockReturnValue(real + 40 * 24 * 3_600_000);
  const ids = Array.from({ length: 5_000 }, () => clock.id());
  clock.set(real - 5_000);
  ids.push(clock.id());
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(timeOf(id) - real)).toBeLessThan(5_000);
  }
});
