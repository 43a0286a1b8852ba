/** Pruning SQLite: what ended long ago loses its attempts and events, one application after the other. */
import { expect, onTestFinished, test } from 'vitest';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import {
  acceptance,
  claimOf,
  endpoint,
  idOf,
  manualClock,
  SETTLED,
  START,
  store,
} from '../contracts/ledger-fixtures.ts';

const DAY = 86_400_000;
const open = (): DeskLedger => {
  const ledger = sqliteLedger(':memory:', manualClock());
  onTestFinished(() => ledger.close());
  return ledger;
};

/** Accepts one, tries its first step, and ends it at that time. */
async function live(ledger: DeskLedger, n: number, endedAt: number | null): Promise<void> {
  await ledger.accept(acceptance(n));
  await ledger.claim(await claimOf(ledger, n));
  await store(ledger, n, { events: [SETTLED], application: { state: 'completed', endedAt } });
}

test('drops what ended before the day, and says so; the rest and the applications stay', async () => {
  const ledger = open();
  for (const [n, endedAt] of [START - DAY, START, null].entries()) await live(ledger, n + 1, endedAt);
  const told = { applications: 1, attempts: 1, events: 2 };
  expect(await ledger.prune(START, true)).toEqual(told);
  expect(await ledger.events(idOf(1), 0, 9)).toHaveLength(2);
  expect(await ledger.prune(START, false)).toEqual(told);
  expect([await ledger.events(idOf(1), 0, 9), await ledger.attempts(idOf(1))]).toEqual([[], []]);
  expect((await ledger.read(idOf(1)))!.steps).toHaveLength(2);
  for (const n of [2, 3]) expect(await ledger.events(idOf(n), 0, 9)).toHaveLength(2);
  expect((await ledger.events('bus', 0, 9)).map(({ type }) => type)).toEqual(['go.mpp.ledger.pruned.v1']);
  expect(await ledger.prune(START, false)).toEqual({ applications: 0, attempts: 0, events: 0 });
  expect(await ledger.events('bus', 0, 9)).toHaveLength(1);
});

test('keeps what a person has yet to answer, or somebody has yet to hear', async () => {
  const ledger = open();
  await live(ledger, 1, START - DAY);
  await store(ledger, 1, { open: [{ step: 'check', kind: 'refund', code: 'X' }] });
  await ledger.createEndpoint(endpoint('end-1', { state: 'paused' }));
  await live(ledger, 2, START - DAY);
  expect(await ledger.prune(START, false)).toMatchObject({ applications: 0 });
  await ledger.deleteEndpoint('end-1');
  expect(await ledger.prune(START, false)).toMatchObject({ applications: 1 });
  expect(await ledger.events(idOf(1), 0, 9)).toHaveLength(2);
});

test('of many, all go, a few at a time', async () => {
  const ledger = open();
  for (let n = 1; n <= 450; n += 1) await live(ledger, n, START - DAY);
  expect(await ledger.prune(START, false)).toEqual({ applications: 450, attempts: 450, events: 900 });
});
