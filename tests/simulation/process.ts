/** One process of the bus: the real flow over the shared ledger, with traps at every verb and on the wire. */
import { createSecretKey } from 'node:crypto';
import { endEarly } from '../../src/desk/act.ts';
import type { Desk } from '../../src/desk/look.ts';
import { BUS_AGENCY } from '../../src/domain/bus-agency.ts';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import { CALLBACK_LANE, type Ring } from '../../src/domain/lane.ts';
import { tellParent } from '../../src/flow/children.ts';
import { notify } from '../../src/flow/notify.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import type { Queue } from '../../src/flow/ports/queue.ts';
import { keepRecovering } from '../../src/flow/recover.ts';
import { runStep } from '../../src/flow/run-step.ts';
import { makeShare } from '../../src/flow/share.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { makeVault, type KeyFile } from '../../src/privacy/keys.ts';
import { memoryQueue } from '../../src/queue/memory-queue.ts';
import type { ProcessClock } from './scheduler.ts';
import { never, type Sim } from './sim.ts';
import { wireOf } from './wire.ts';

export const URL_OF_BUS = 'http://bus.test';

export const KEY_FILE: KeyFile = {
  kek: { id: 'simulation', key: createSecretKey(Buffer.alloc(32, 7)) },
  index: createSecretKey(Buffer.alloc(32, 9)),
};

/** What may become of a commit: it fails, or nobody can tell (and it is stored). */
type Fate = 'unstored' | 'unheard' | undefined;

/** Something that happens to a process when it comes to a point. */
export interface Trap {
  /** `ledger:before|group|after:<verb>`, `wire:before|sent|after`. */
  at: (point: string) => boolean;
  /** Times that it is passed unharmed. */
  skip: number;
  spring(point: string): Fate;
}

export type Answered<T> = { is: 'answered'; value: T } | { is: 'failed'; error: Error };

export interface Process {
  name: string;
  place: number;
  clock: ProcessClock;
  desk: Desk;
  traps: Trap[];
  /** It was stopped once, as by SIGSTOP. */
  stopped: boolean;
  /** A request from outside; undefined when no answer came in time. */
  call<T>(work: (desk: Desk) => Promise<T>): Promise<Answered<T> | undefined>;
  /** Passes a point: goes on at once, later (stopped) or never (dead). */
  pass(point: string): Promise<Fate>;
}

/** Callers wait this long for an answer. */
const PATIENCE_MS = 30_000;

export function startProcess(sim: Sim, name: string, place: number): Process {
  const clock = sim.time.fork();
  const own = sqliteLedger(sim.uri, clock, 'guest');
  sim.opened.push(own);
  const process = { name, place, clock, traps: [] as Trap[], stopped: false } as unknown as Process;
  process.pass = (point) => pass(process, point);
  process.call = (work) => call(sim, process, work);
  const ledger = watched(sim, process, own);
  process.desk = {
    clock,
    ledger,
    share: makeShare(clock, () => sim.mall),
    queue: rung(sim, process, memoryQueue(clock, sim.log)),
    vault: makeVault(KEY_FILE, clock),
    caller: wireOf(sim, process),
    registry: sim.registry,
    log: sim.log,
    catalogue: () => sim.mall,
    // As `bus` joins them: a child's end is told to its parent, and a parent's to its child.
    ended: (child) =>
      void tellParent(process.desk, child).catch((error: unknown) =>
        sim.log.error('child.untold', { error }),
      ),
    withdraw: (id) => endEarly(process.desk, id, 'withdrawn', { by: 'bus', reason: 'its parent ends' }),
  };
  void start(sim, process);
  return process;
}

/** As `bus.work` and `main.start` do it, without the edge. */
async function start(sim: Sim, { desk, clock }: Process): Promise<void> {
  if (sim.embedded && (await desk.ledger.endLeases()) > 0)
    sim.coverage.saw('crash: embedded restart ended leases');
  const poster = sim.receivers.poster(clock);
  for (const { id, limits } of [...sim.mall.agencies, BUS_AGENCY])
    desk.queue.work(id, limits, (bell) => runStep(desk, bell));
  const teller = { ...desk, poster, url: URL_OF_BUS };
  desk.queue.work(CALLBACK_LANE, { concurrency: 16, perSecond: 500 }, (bell) => notify(teller, bell));
  keepRecovering(desk);
}

async function pass({ clock, traps }: Process, point: string): Promise<Fate> {
  let said: Fate = undefined;
  for (const trap of traps) {
    if (clock.is() !== 'running' || !trap.at(point)) continue;
    trap.skip -= 1;
    if (trap.skip >= 0) continue;
    traps.splice(traps.indexOf(trap), 1);
    said = trap.spring(point);
    break;
  }
  if (clock.is() === 'dead') return never();
  if (clock.is() === 'stopped') await new Promise<void>((resolve) => clock.deliver(resolve));
  return said;
}

type Verb = (...args: unknown[]) => Promise<unknown>;

/** The ledger as a process uses it: it may die or stop before, within and after every verb. */
function watched(sim: Sim, process: Process, own: DeskLedger): DeskLedger {
  const verbs = Object.entries(own as unknown as Record<string, Verb>).map(([name, verb]) => [
    name,
    (...args: unknown[]) => run(sim, process, name, verb, args),
  ]);
  return Object.fromEntries(verbs) as DeskLedger;
}

async function run(sim: Sim, process: Process, name: string, verb: Verb, args: unknown[]): Promise<unknown> {
  const fate = await process.pass(`ledger:before:${name}`);
  if (fate === 'unstored') throw new CommitUnknown('simulated');
  const pending = verb(...args);
  // What waits in the group of a process that dies here is never flushed: its turns are gone.
  const grouped = process.traps.length > 0 ? process.pass(`ledger:group:${name}`) : undefined;
  const result = await pending;
  sim.monitor.stored(process, name, args, result);
  await grouped;
  if (fate === 'unheard') throw new CommitUnknown('simulated');
  await process.pass(`ledger:after:${name}`);
  return result;
}

/** Bells may be lost, doubled, late and so out of order: the ledger knows what is due. */
function rung(sim: Sim, process: Process, queue: Queue): Queue {
  const lost = new Set<string>();
  const keyOf = ({ bell }: Pick<Ring, 'bell'>): string => `${bell.id}#${bell.wake}`;
  return {
    ...queue,
    ring(ring) {
      if (process.clock.is() === 'dead') return;
      const { bells, time, coverage } = sim;
      if (time.odds(bells.lost)) return void lost.add(keyOf(ring));
      if (time.odds(bells.late)) {
        coverage.saw('bell: late');
        return void process.clock.after(time.between(1, 9000), () => queue.ring(ring));
      }
      queue.ring(ring);
      if (time.odds(bells.doubled)) {
        coverage.saw('bell: rung twice');
        process.clock.after(time.between(0, 3000), () => queue.ring(ring));
      }
    },
    work: (lane, limits, handle) =>
      queue.work(lane, limits, async (bell) => {
        if (lost.delete(keyOf({ bell }))) sim.coverage.saw('bell: lost, and recovered');
        await handle(bell);
      }),
  };
}

function call<T>(
  sim: Sim,
  { clock, desk }: Process,
  work: (desk: Desk) => Promise<T>,
): Promise<Answered<T> | undefined> {
  const { time } = sim;
  return new Promise((resolve) => {
    const answer = (answered: Answered<T>): void =>
      clock.deliver(() => time.at(time.between(1, 30), () => resolve(answered)));
    time.at(PATIENCE_MS, () => resolve(undefined));
    time.at(time.between(1, 30), () =>
      clock.deliver(() => {
        work(desk).then(
          (value) => answer({ is: 'answered', value }),
          (error: Error) => answer({ is: 'failed', error }),
        );
      }),
    );
  });
}
