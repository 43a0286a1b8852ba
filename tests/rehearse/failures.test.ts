/** Every fault of every step: nothing lost, nothing doubled; and that a loss or a doubling would be seen. */
import { expect, test } from 'vitest';
import type { Simulator } from '../../src/adapter-kit/simulator.ts';
import { allFailures, isWell, type Failure } from '../../src/rehearse/all-failures.ts';
import { DAY, example, play, simulatorOf, stageOptions } from './support.ts';

test('the certificate comes through every fault of every step', async () => {
  const told: Failure[] = [];
  const rehearsal = { application: example('07-skck-loket'), forMs: 30 * DAY };
  const rows = await allFailures({ ...(await stageOptions()), ...rehearsal }, (row) => void told.push(row));
  expect(told).toEqual(rows);
  expect(rows.filter((row) => !isWell(row))).toEqual([]);
  const of = (step: string): string[] =>
    rows.filter((row) => row.step === step).map(({ fault }) => String(fault));
  expect(of('-')).toEqual(['null']);
  expect(of('person')).toEqual([
    'loseReply',
    'hang',
    'status',
    'tooMany',
    'malformed',
    'truncated',
    'latency',
    'down',
  ]);
  expect(of('bill')).toHaveLength(12);
  expect(of('certificate')).toContain('duplicateNews');
});

/** The police, telling of their book what is not so. */
const lying =
  (book: (entries: ReturnType<Simulator['book']>) => ReturnType<Simulator['book']>): typeof simulatorOf =>
  async (agency) => {
    const module = await simulatorOf(agency);
    if (agency.adapter !== 'police') return module;
    return {
      ...module,
      makeSimulator(options) {
        const simulator = module.makeSimulator(options);
        return { ...simulator, book: () => book(simulator.book()) };
      },
    };
  };

test('an effect that the agency’s book does not hold is lost, one that stands there twice is doubled', async () => {
  const lost = await play({}, { simulatorOf: lying(() => []) });
  expect(lost.counts).toEqual({ lost: 1, doubled: 0 });
  const doubled = await play({}, { simulatorOf: lying((all) => all.map((one) => ({ ...one, times: 2 }))) });
  expect(doubled.counts).toEqual({ lost: 0, doubled: 1 });
  const strange = await play({}, { simulatorOf: lying((all) => [...all, { ...all[0]!, key: '0' }]) });
  expect(strange.counts).toEqual({ lost: 0, doubled: 1 });
});

test('what neither ended nor waits for a person by name is not well', () => {
  const row: Failure = {
    ...{ step: 'a', fault: 'hang', state: 'inProgress', code: null, tookMs: null, items: [] },
    ...{ lost: 0, doubled: 0 },
  };
  expect(isWell(row)).toBe(false);
  expect(isWell({ ...row, items: ['a outcomeUnknown'] })).toBe(true);
  expect(isWell({ ...row, state: 'completed' })).toBe(true);
});
