/** What goes wrong: processes die and stop, agencies and receivers fail, bells fare badly, commits fail, the clock jumps. */
import type { Rare } from './coverage.ts';
import { AGENCIES } from './mall.ts';
import { pauseOne } from './operator.ts';
import { startProcess, type Process } from './process.ts';
import type { Sim } from './sim.ts';

/** Where it is most telling to die, and what that is called. */
const POINTS: [RegExp, Rare][] = [
  [/^ledger:group:(accept|claim|record|endBatch|keepNews)$/, 'crash: open group lost'],
  [/^ledger:group:/, 'crash: open group lost'],
  [/^ledger:after:(accept|record|endBatch|keepNews)$/, 'crash: between commit and answer'],
  [/^ledger:after:claim$|^wire:before$/, 'crash: between attempt begun and wire'],
  [/^wire:sent$/, 'crash: on the wire'],
  [/^wire:after$|^ledger:(before|group):record$/, 'crash: between wire and result'],
];
const COMMITS = /^ledger:before:(accept|claim|record|claimEndpoint|endBatch|keepNews)$/;

/** A trap that nobody stepped into springs by itself after this. */
const TRAP_MS = 90_000;

export const CALM_BELLS = { lost: 0, doubled: 0, late: 0 };
const USUAL_BELLS = { lost: 0.04, doubled: 0.04, late: 0.06 };
const STORM = { lost: 0.5, doubled: 0.3, late: 0.5 };

type Fault = (sim: Sim) => void | Promise<void>;

const FAULTS: Fault[] = [
  ...[crash, crash, crash, crash, stop, stop, stop, stop, commitUnknown, commitUnknown],
  ...[outage, deafReceiver, bellStorm, jump, stepBack, pauseOne],
];

/** Spreads five faults or more over the time in which they may happen. */
export function planFaults(sim: Sim, until: number): void {
  const { time } = sim;
  sim.bells = USUAL_BELLS;
  for (const urls of sim.endpoints.values())
    for (const url of urls) sim.receivers.failing.set(url, time.pick([0, 0.05, 0.3]));
  const faults = time.between(5, 12);
  // The clock jumps once at the most: what is believed ten minutes after a sending is believed by that clock.
  let jumps = 0;
  for (let n = 0; n < faults; n += 1) {
    let fault = time.pick(FAULTS);
    if (fault === jump && (jumps += 1) > 1) fault = crash;
    time.at(time.between(1_000, until / 2), () => void fault(sim));
  }
}

function crash(sim: Sim): void {
  const [point, name] = sim.time.pick(POINTS);
  trap(sim, point, (process) => {
    sim.coverage.saw(name);
    die(sim, process);
  });
}

/** Dies, and comes back after a while. */
function die(sim: Sim, process: Process): void {
  const { time } = sim;
  process.clock.kill();
  sim.crashes += 1;
  sim.processes[process.place] = null;
  time.at(time.pick([10, time.between(500, 5_000), time.between(20_000, 120_000)]), () =>
    comeBack(sim, process.place),
  );
}

function comeBack(sim: Sim, place: number): void {
  sim.processes[place] ??= startProcess(sim, `p${place}.${sim.crashes}`, place);
}

/** Springs at a point of some process, or by itself when none is reached. */
function trap(sim: Sim, point: RegExp, spring: (process: Process, point: string) => void): void {
  const { time } = sim;
  const process = time.pick(sim.processes);
  if (!process) return;
  let sprung = false;
  const once = (at: string): undefined => {
    if (sprung || process.clock.is() === 'dead') return;
    sprung = true;
    sim.trace(`${process.name}: trap at ${at}`);
    spring(process, at);
  };
  process.traps.push({
    at: (name) => point.test(name),
    skip: time.between(0, 8),
    spring: once,
  });
  time.at(TRAP_MS, () => sim.calm || once('its time'));
}

function stop(sim: Sim): void {
  const { time } = sim;
  const place = time.pick([
    /^wire:before$/,
    /^wire:sent$/,
    /^wire:sent$/,
    /^wire:after$/,
    /^ledger:(before|group|after):/,
  ]);
  trap(sim, place, (process) => {
    process.stopped = true;
    process.clock.stop();
    const ms = time.pick([
      time.between(1_000, 20_000),
      time.between(60_000, 300_000),
      time.between(60_000, 300_000),
      time.between(600_000, 900_000),
    ]);
    time.at(ms, () => process.clock.goOn());
  });
}

/** Nobody can tell whether it was stored. */
function commitUnknown(sim: Sim): void {
  const { time, coverage } = sim;
  const process = time.pick(sim.processes);
  const fate = time.pick(['unstored', 'unheard'] as const);
  process?.traps.push({
    at: (name) => COMMITS.test(name),
    skip: time.between(0, 8),
    spring: () => {
      coverage.saw(fate === 'unstored' ? 'commit: unknown, and not stored' : 'commit: unknown, and stored');
      return fate;
    },
  });
}

function outage({ agencies, time }: Sim): void {
  const agency = agencies.get(time.pick(AGENCIES))!;
  agency.closed = true;
  time.at(time.between(10_000, 600_000), () => (agency.closed = false));
}

function deafReceiver({ receivers, endpoints, time }: Sim): void {
  const url = time.pick([...endpoints.values()].flat());
  const before = receivers.failing.get(url) ?? 0;
  receivers.failing.set(url, 1);
  time.at(time.between(10_000, 900_000), () => receivers.failing.set(url, before));
}

function bellStorm(sim: Sim): void {
  sim.bells = STORM;
  sim.time.at(sim.time.between(20_000, 300_000), () => (sim.bells = sim.calm ? CALM_BELLS : USUAL_BELLS));
}

function jump({ time, coverage }: Sim): void {
  time.jump(time.between(5_000, 180_000));
  coverage.saw('clock: jumped ahead');
}

function stepBack({ time, coverage }: Sim): void {
  time.jump(-time.between(1, 2_000));
  coverage.saw('clock: stepped back');
}

/** From here on everything goes well: what is stopped goes on, what is dead comes back. */
export function calmDown(sim: Sim): void {
  sim.calm = true;
  sim.bells = CALM_BELLS;
  for (const agency of sim.agencies.values()) agency.closed = false;
  sim.processes.forEach((process, place) => {
    if (!process) return comeBack(sim, place);
    process.traps.length = 0;
    process.clock.goOn();
  });
}
