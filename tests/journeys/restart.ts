/** Hard days of one process: agencies that are closed, a restart over open leases, a second process, an orderly stop. */
import { expect, test, vi } from 'vitest';
import { spawnBus } from './bus-process.ts';
import { askOf, counterOf, isSettled, type Counter } from './counter.ts';
import { CLI, makeMall, type Mall } from './mall.ts';

const SOON_MS = 30_000;
const KK = 0;

test.concurrent('the agency is down at first', { timeout: 90_000 }, async (context) => {
  const mall = await makeMall(context);
  const { dukcapil, bank, police } = mall.standIns;
  await mall.start();
  const counter = counterOf(mall);
  const ids = await Promise.all([0, 1, 2].map(async (n) => counter.submit(await askOf(n))));
  await vi.waitUntil(() => isAsleep(counter, 'dukcapil-6112'), { timeout: SOON_MS, interval: 50 });
  for (const shown of await counter.all(ids)) expect(shown).toMatchObject({ state: 'inProgress', items: [] });

  await Promise.all([dukcapil.open(), bank.open(), police.open()]);
  await bank.simulator.act('autoPay', { enabled: true, delayMs: 50 });
  await allCompleted(counter, ids);
  const times = (mall: Mall): number[] =>
    Object.values(mall.standIns).flatMap(({ simulator }) => simulator.book().map((one) => one.times));
  expect(new Set(times(mall))).toEqual(new Set([1]));
});

test.concurrent('the bus restarts with leases open', { timeout: 90_000 }, async (context) => {
  const mall = await makeMall(context);
  const { dukcapil } = mall.standIns;
  dukcapil.hold('/get_json/', 'before');
  await dukcapil.open();
  await mall.start();
  const counter = counterOf(mall);
  const ids = await submitCards(counter, 5);
  await vi.waitUntil(() => dukcapil.held.length === ids.length, { timeout: SOON_MS, interval: 10 });
  mall.bus.signal('SIGKILL');
  await mall.bus.ended;
  const leases = await Promise.all(ids.map((id) => leaseOf(mall, id)));
  expect(Math.min(...leases)).toBeGreaterThan(Date.now() + 20_000);

  dukcapil.letThrough();
  await mall.start();
  await allCompleted(counter, ids);
  expect(Date.now()).toBeLessThan(Math.min(...leases));
  for (const { steps } of await counter.all(ids)) {
    expect(steps[0]!.history.map(({ outcome }) => outcome)).toEqual(['lost', 'ok']);
  }
  expectCards(mall, ids.length);
});

test.concurrent('two processes on one SQLite file', { timeout: 90_000 }, async (context) => {
  const mall = await makeMall(context);
  await mall.standIns.dukcapil.open();
  await mall.start();
  const second = spawnBus(mall.settings, CLI);
  const { code } = await second.ended;
  expect(code).toBeGreaterThan(0);
  expect(second.errors().trimEnd().split('\n')).toEqual([
    expect.stringMatching(/ledger\.db is used by another jembatan process: stop it first$/),
  ]);
  expect(second.output()).toBe(second.errors());

  const counter = counterOf(mall);
  await allCompleted(counter, await submitCards(counter, 1));
});

test.concurrent('SIGTERM stops well', { timeout: 90_000 }, async (context) => {
  const mall = await makeMall(context);
  const { dukcapil } = mall.standIns;
  await dukcapil.simulator.act('hold', {});
  dukcapil.hold('/adminduk/', 'after');
  await dukcapil.open();
  await mall.start();
  const counter = counterOf(mall);
  const ids = await submitCards(counter, 3);
  await vi.waitUntil(() => dukcapil.held.length === ids.length, { timeout: SOON_MS, interval: 10 });
  const { url, ended } = mall.bus;
  mall.bus.signal('SIGTERM');
  await vi.waitUntil(() => refuses(url), { timeout: SOON_MS, interval: 10 });
  const late = submitCards(counter, 3, 100);

  dukcapil.letThrough();
  for (const held of dukcapil.held) await held.answer();
  expect(await ended).toEqual({ code: 0, signal: null });
  for (const id of ids) {
    const attempts = await mall.look((ledger) => ledger.attempts(id));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['ok', 'pending']);
  }
  await mall.start();
  ids.push(...(await late));
  await vi.waitUntil(() => book(mall).length === ids.length, { timeout: SOON_MS, interval: 20 });
  await dukcapil.simulator.act('release', {});
  await allCompleted(counter, ids);
  expectCards(mall, ids.length);
});

async function isAsleep(counter: Counter, agency: string): Promise<boolean> {
  const { agencies } = await counter.get<{ agencies: { id: string; state: string }[] }>('/v1/agencies');
  return agencies.find(({ id }) => id === agency)?.state === 'asleep';
}

/** Family card changes: two exchanges with one agency each. */
function submitCards(counter: Counter, count: number, from = 0): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => counter.submit(await askOf(from + n, KK))),
  );
}

async function allCompleted(counter: Counter, ids: string[]): Promise<void> {
  await vi.waitUntil(async () => (await counter.all(ids)).every(isSettled), {
    timeout: SOON_MS,
    interval: 100,
  });
  for (const shown of await counter.all(ids)) expect(shown).toMatchObject({ state: 'completed', items: [] });
}

async function leaseOf(mall: Mall, id: string): Promise<number> {
  const stored = await mall.look((ledger) => ledger.read(id));
  return Math.max(...stored!.steps.map(({ leaseUntil }) => leaseUntil ?? 0));
}

function refuses(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

const book = ({ standIns: { dukcapil } }: Mall) =>
  dukcapil.simulator.book().filter(({ effect }) => effect === 'familyCard');

function expectCards(mall: Mall, count: number): void {
  expect(book(mall).map(({ times }) => times)).toEqual(Array.from({ length: count }, () => 1));
}
