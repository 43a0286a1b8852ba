/** The bus is killed at random moments under load: whatever was acknowledged is there, and nothing is done twice. */
import { randomInt } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { firstBreak } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { chanceOf } from '../support/chance.ts';
import { counterOf, askOf, isSettled, type Ask, type Counter, type Shown } from './counter.ts';
import { ENTRY, makeMall, type Mall } from './mall.ts';

const APPLICATIONS = 150;
const CLERKS = 8;
const KILLS = 5;
/** Moments (requests, answers, messages) between two kills; the whole journey has about 2,000. */
const [LEAST, MOST] = [40, 200];
/** Agencies answer this late at most, after the effect, so that each kill cuts off some answers of things that were done. */
const DAWDLE_MS = 150;
/** A question that a late kill cuts off is asked again after two minutes: only a slow machine comes to that. */
const SETTLE_MS = 150_000;

test.concurrent('kill -9 in the middle of load', { timeout: 240_000 }, async (context) => {
  const seed = Number(process.env['JOURNEY_SEED'] ?? randomInt(2 ** 31));
  process.stdout.write(`kill -9 journey: JOURNEY_SEED=${seed}\n`);
  const began = Date.now();
  const mall = await makeMall(context, ENTRY);
  const { bank, dukcapil, police } = mall.standIns;
  await Promise.all([bank.open(), dukcapil.open(), police.open()]);
  await mall.start();
  const counter = counterOf(mall);
  const killer = killAtRandom(mall, seed);
  const asks = await Promise.all(Array.from({ length: APPLICATIONS }, (_, n) => askOf(n)));
  const customers = payBills(mall);

  await submitAll(counter, asks, killer.moment);
  expect(counter.acknowledged.size).toBe(APPLICATIONS);
  for (const [reference, ids] of counter.acknowledged) expect(new Set(ids).size, reference).toBe(1);
  await vi.waitUntil(() => killer.kills() === KILLS && killer.isUp(), { timeout: SETTLE_MS, interval: 100 });

  process.stdout.write(`kill -9 journey: last kill over after ${Date.now() - began} ms\n`);
  const ids = [...counter.acknowledged.values()].map(([id]) => id!);
  await vi.waitFor(
    async () => expect((await counter.all(ids)).filter((one) => !isSettled(one)).map(openSteps)).toEqual([]),
    {
      timeout: SETTLE_MS,
      interval: 500,
    },
  );
  await customers.stop();

  const shown = await counter.all(ids);
  await expectEachOnce(counter, asks, shown);
  await vi.waitFor(() => expectBooksAgree(mall, shown), { timeout: 20_000, interval: 250 });
  await mall.look((ledger) => expectWholeChains(ledger, ids));
  expect(mall.output()).toContain('step.settled');
  const canaries = [mall.key, ...asks.flatMap((ask) => ask.canaries)];
  expect(canaries.filter((canary) => mall.output().includes(canary))).toEqual([]);
  const items = shown.flatMap((one) => one.items);
  process.stdout.write(
    `kill -9 journey: ${killer.kills()} kills, ${ids.length} settled, ${items.length} items\n`,
  );
});

const openSteps = ({ clientReference, steps }: Shown): string =>
  `${clientReference} ${steps.map(({ name, state, code }) => `${name}:${state}${code === null ? '' : `(${code})`}`).join(' ')}`;

interface Killer {
  moment: () => void;
  kills(): number;
  isUp(): boolean;
}

/** Kills the bus when the count of moments reaches a random number, and starts it again at once. */
function killAtRandom(mall: Mall, seed: number): Killer {
  const chance = chanceOf(seed);
  const gap = (): number => LEAST + Math.floor(chance() * (MOST - LEAST));
  let [left, kills, up] = [gap(), 0, true];
  const moment = (): void => {
    if (!up || kills === KILLS) return;
    left -= 1;
    if (left > 0) return;
    [left, kills, up] = [gap(), kills + 1, false];
    mall.bus.signal('SIGKILL');
    void mall.bus.ended.then(() => mall.start()).then(() => (up = true));
  };
  for (const { onMoment, dawdle } of Object.values(mall.standIns)) {
    onMoment(moment);
    dawdle(chance, DAWDLE_MS);
  }
  return { moment, kills: () => kills, isUp: () => up };
}

async function submitAll(counter: Counter, asks: Ask[], moment: () => void): Promise<void> {
  const waiting = [...asks];
  const clerk = async (): Promise<void> => {
    for (let ask = waiting.shift(); ask; ask = waiting.shift()) {
      moment();
      await counter.submit(ask);
      moment();
      // Asked twice on purpose now and then: the answer got lost on the way to the clerk.
      if (asks.indexOf(ask) % 10 === 0) await counter.submit(ask);
    }
  };
  await Promise.all(Array.from({ length: CLERKS }, clerk));
}

/** Customers who come back until their bill is paid; a payment that the bus never heard of is the bank's to tell again. */
function payBills({ standIns: { bank } }: Mall): { stop(): Promise<void> } {
  let open = true;
  const entered = (effect: string): string[] =>
    bank.simulator
      .book()
      .filter((one) => one.effect === effect)
      .map(({ key }) => key);
  const round = async (): Promise<void> => {
    const paid = new Set(entered('payment'));
    for (const trxId of entered('virtualAccount'))
      if (!paid.has(trxId)) await bank.simulator.act('pay', { trxId });
    return undefined;
  };
  const ended = vi.waitUntil(() => round().then(() => !open), { timeout: SETTLE_MS * 2, interval: 200 });
  return {
    async stop() {
      open = false;
      await ended;
    },
  };
}

/** Every acknowledged id is there; every reference finds exactly one application; there are no others. */
async function expectEachOnce(counter: Counter, asks: Ask[], shown: Shown[]): Promise<void> {
  const byReference = new Map(shown.map((one) => [one.clientReference, one.id]));
  expect(byReference.size).toBe(APPLICATIONS);
  for (const { clientReference } of asks) {
    const { applications } = await counter.post<{ applications: { id: string }[] }>(
      '/v1/applications/search',
      { clientReference },
    );
    expect(applications.map(({ id }) => id)).toEqual([byReference.get(clientReference)]);
  }
  const listed = await counter.get<{ applications: unknown[] }>('/v1/applications?limit=200');
  expect(listed.applications).toHaveLength(APPLICATIONS);
}

/** How the book's entry and the API's output of one effect name the same thing. */
const EFFECTS = [
  {
    role: 'bank',
    effect: 'payment',
    operation: 'collectPayment',
    entry: 'paymentRequestId',
    output: 'paymentRequestId',
  },
  {
    role: 'police',
    effect: 'recordCertificate',
    operation: 'issueRecordCertificate',
    entry: 'requestNo',
    output: 'certificateNumber',
  },
  {
    role: 'dukcapil',
    effect: 'familyCard',
    operation: 'reissueFamilyCard',
    entry: 'ticket',
    output: 'documentNumber',
  },
] as const;

/** No effect twice for one intent, and the agencies did exactly what the API says was done. */
function expectBooksAgree({ standIns }: Mall, shown: Shown[]): void {
  for (const { role, effect, operation, entry, output } of EFFECTS) {
    const book = standIns[role].simulator.book();
    expect(book.filter(({ times }) => times !== 1)).toEqual([]);
    expect(book.filter((one) => one.effect === 'refundDue')).toEqual([]);
    const done = book
      .filter((one) => one.effect === effect)
      .map(({ detail }) => serial(role, detail![entry]));
    const steps = shown
      .flatMap((one) => one.steps)
      .filter((step) => step.operation === operation && step.state === 'succeeded');
    const told = steps.map((step) => serial(role, step.output?.[output]));
    expect(told.length, operation).toBeGreaterThan(0);
    expect(done.toSorted(), operation).toEqual(told.toSorted());
  }
}

/** `SKCK/CONTOH/000001` is `SKCK-000001`, and card numbers count down from 9999 (see the simulators). */
function serial(role: string, value: unknown): string {
  const text = String(value);
  if (role === 'bank') return text;
  if (role === 'dukcapil' && /^\d+$/.test(text)) return String(10_000 - Number(text.slice(-4)));
  return String(Number(/\d+$/.exec(text)?.[0]));
}

async function expectWholeChains(ledger: DeskLedger, ids: string[]): Promise<void> {
  const streams = await ledger.streams('', 10_000);
  expect(streams.filter((stream) => !stream.includes(':') && stream !== 'bus').toSorted()).toEqual(
    ids.toSorted(),
  );
  for (const stream of streams) expect(firstBreak(await ledger.events(stream, 0, 10_000)), stream).toBeNull();
}
