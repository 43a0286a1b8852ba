/** What must hold of every world after every test: chains verify, nothing is orphaned, attempts are numbered without gaps. */
import { afterEach, expect } from 'vitest';
import { FINAL } from '../../src/domain/application.ts';
import { firstBreak } from '../../src/domain/chain.ts';
import { hasEnded } from '../../src/domain/step.ts';
import type { ItemRow, StepRow, StoredApplication } from '../../src/flow/ports/ledger.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

const MOST = 10_000;

/** Opens worlds that are held to the invariants and closed after each test. */
export function worlds(): (options?: WorldOptions) => Promise<World> {
  const open: World[] = [];
  afterEach(async () => {
    for (const world of open.splice(0)) {
      const broken = await violations(world);
      await world.close();
      expect(broken).toEqual([]);
    }
  });
  return async (options) => {
    const world = await openWorld(options);
    open.push(world);
    return world;
  };
}

export async function violations(world: World): Promise<string[]> {
  await world.clock.settleTurns();
  const found: string[] = [];
  for (const stream of await world.ledger.streams('', MOST)) {
    const broken = firstBreak(await world.ledger.events(stream, 0, MOST));
    if (broken) found.push(`${stream}: ${broken.why}`);
  }
  for (const { id } of await world.ledger.list({ most: MOST })) {
    const stored = (await world.ledger.read(id))!;
    const items = await world.ledger.openItems({ applicationId: id, most: MOST });
    found.push(
      ...(await headViolations(world, stored)),
      ...stepViolations(stored, items),
      ...(await attemptViolations(world, stored)),
    );
  }
  const failures = world.log.filter((line) => /"event":"(bell|recover|request|hosted)\.failed"/.test(line));
  return [...found, ...failures];
}

async function headViolations(world: World, { application }: StoredApplication): Promise<string[]> {
  const last = (await world.ledger.events(application.id, 0, MOST)).at(-1)!;
  const same = last.seq === application.version && last.hash === application.head;
  return same ? [] : [`${application.id}: its version is ${application.version}, its last event ${last.seq}`];
}

/** Every open step has a due time, a lease, a wait or an open item; an open application has such a step. */
function stepViolations({ application, steps }: StoredApplication, items: ItemRow[]): string[] {
  const open = steps.filter((step) => !hasEnded(step as never));
  const final = FINAL.has(application.state);
  if (final && open.length > 0)
    return [`${application.id}: ${application.state} with ${open[0]!.name} ${open[0]!.state}`];
  const moving = open.filter((step) => isMoving(step, items));
  const found = open
    .filter((step) => step.state !== 'pending' && !isMoving(step, items))
    .map((step) => `${application.id}.${step.name}: ${step.state}, but nothing will move it`);
  if (!final && moving.length === 0)
    found.push(`${application.id}: ${application.state}, but no step will move it`);
  for (const step of steps) {
    if (hasEnded(step as never) && (step.dueAt !== null || step.leaseUntil !== null)) {
      found.push(`${application.id}.${step.name}: ${step.state}, but due or leased`);
    }
  }
  return found;
}

function isMoving(step: StepRow, items: ItemRow[]): boolean {
  if (step.state === 'parked') return items.some((item) => item.step === step.name);
  if (step.state === 'waitingApplicant' && step.timeoutAt === null) return true;
  return step.dueAt !== null;
}

async function attemptViolations(world: World, { application, steps }: StoredApplication): Promise<string[]> {
  const attempts = await world.ledger.attempts(application.id);
  const found: string[] = [];
  for (const step of steps) {
    for (let round = 1; round <= step.round; round += 1) {
      const own = attempts.filter((one) => one.step === step.name && one.round === round);
      const numbers = own.map(({ number }) => number).toSorted((a, b) => a - b);
      const expected = round === step.round ? step.attempts : numbers.length;
      if (numbers.length !== expected || numbers.some((number, at) => number !== at + 1)) {
        found.push(
          `${application.id}.${step.name} round ${round}: attempts ${numbers.join()} of ${expected}`,
        );
      }
      const unended = own.filter(({ endedAt }) => endedAt === null).length;
      const leased = round === step.round && step.leaseUntil !== null ? 1 : 0;
      if (unended !== leased)
        found.push(`${application.id}.${step.name} round ${round}: ${unended} attempts without an end`);
    }
  }
  return found;
}
