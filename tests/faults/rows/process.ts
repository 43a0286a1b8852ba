/** Rows about bus processes: killed, stopped, out of memory, poisoned, deaf for their log. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openLink } from '../link.ts';
import type { Bus } from '../bus.ts';
import { inBoth, type Row, type Stage } from '../row.ts';

/** Longer than a lease: the time-out of the offices (5 s) and the margin of 15 s. */
const BEYOND_LEASE_MS = 23_000;

/** No crash for so long: longer than any wait before the next send; a lease that the crash left is longer in the distributed edition. */
const QUIET_MS = { embedded: 12_000, distributed: 45_000 };

/** Who calls agencies. */
const callers = ({ mall }: Stage): Bus[] => (mall.workers.length > 0 ? mall.workers : mall.apis);

/** Killed at random moments around intake, and started again at once. */
async function killApi(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    const bus = mall.apis[n % mall.apis.length]!;
    await pause(between(0, 50));
    stage.inject();
    await bus.end('SIGKILL');
    await bus.start();
    await stage.survive();
  }
}

/** The answer has left the bus, so its commit is done; the client never sees it, and the bus is dead. */
async function killAfterCommit(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  const bus = mall.apis[0]!;
  const front = await openLink(bus);
  mall.door = () => `http://127.0.0.1:${front.port}`;
  await stage.survive();
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(0, 200));
    await new Promise<void>((resolve) => {
      front.set({
        cutAfter: 0,
        reset: true,
        onCut() {
          bus.process!.signal('SIGKILL');
          resolve();
        },
      });
    });
    stage.inject();
    await bus.end('SIGKILL');
    await bus.start();
    front.set({});
    await stage.survive();
  }
  mall.door = mall.api;
  await front.close();
}

/** In turn: when the agency has the request, when it has done it and has not answered, and whenever. */
async function killCaller(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause, chance } = stage;
  const office = mall.offices.bureau;
  office.mood = { late: () => (chance() < 0.2 ? between(1, 80) : 0) };
  const moments = ['asked', 'done', 'any'] as const;
  for (let n = 0; n < rounds; n += 1) {
    const bus = callers(stage)[n % callers(stage).length]!;
    const moment = moments[n % moments.length]!;
    await pause(between(0, 300));
    if (moment !== 'any') {
      let left = between(1, 8);
      await new Promise<void>((resolve) => {
        office.onMoment = (when) => {
          if (when !== moment || (left -= 1) > 0) return;
          bus.process!.signal('SIGKILL');
          resolve();
        };
      });
    }
    office.onMoment = () => undefined;
    stage.inject();
    await bus.end('SIGKILL');
    await bus.start();
    await stage.survive({ effects: true });
  }
}

/** Stopped beyond every lease while agencies answer late, and woken into a world that went on. */
async function stopCaller(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause, chance } = stage;
  for (const office of Object.values(mall.offices))
    office.mood = { late: () => (chance() < 0.5 ? between(50, 500) : 0) };
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 1500));
    const bus = callers(stage)[n % callers(stage).length]!;
    stage.inject();
    bus.process!.signal('SIGSTOP');
    await pause(BEYOND_LEASE_MS);
    bus.process!.signal('SIGCONT');
    await stage.survive({ effects: true });
  }
}

/** No address space beyond what it has, until V8 gives up; a supervisor starts it again. */
async function starve(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(100, 1000));
    const bus = mall.buses[n % mall.buses.length]!;
    const { pid, ended, output } = bus.process!;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const bytes = (Number(/VmSize:\s+(\d+)/.exec(status)![1]) + between(0, 4096)) * 1024;
    await promisify(execFile)('prlimit', ['--pid', String(pid), `--as=${bytes}`]);
    stage.inject();
    const died = await Promise.race([ended.then(() => true), pause(20_000).then(() => false)]);
    if (!died) {
      stage.note(`${bus.name} lived on without more memory`);
      await bus.end('SIGKILL');
    } else if (n === 0)
      stage.note(`died saying: ${/(FATAL|terminate|std::|alloc).*/i.exec(output())?.[0].slice(0, 120)}`);
    await bus.start();
    await stage.survive();
  }
}

/** One application in so many brings down whoever reads its reply; a supervisor starts the bus again each time. */
async function poison(stage: Stage): Promise<void> {
  const { mall, rounds, pause } = stage;
  const office = mall.offices.bureau;
  const poisoned = new Set<string>();
  let crashes = 0;
  office.mood = {
    after(right) {
      const { file } = right;
      if (file === undefined) return null;
      if (poisoned.size < rounds && !poisoned.has(file)) {
        poisoned.add(file);
        stage.inject();
      }
      return poisoned.has(file) ? { ...right, body: '{"poison":true}' } : null;
    },
  };
  const worst = rounds * mall.options.attempts! * 3;
  let quietSince = Date.now();
  while (
    crashes < worst &&
    (poisoned.size < rounds || Date.now() - quietSince < QUIET_MS[mall.options.edition])
  ) {
    for (const bus of mall.buses.filter((one) => !one.isUp())) {
      crashes += 1;
      await bus.start();
      // On a busy machine a start alone may take as long as the quiet is to last.
      quietSince = Date.now();
    }
    await pause(20);
  }
  stage.note(
    `${crashes} crashes by ${poisoned.size} poisoned applications of ${mall.options.attempts} sends each`,
  );
  for (let n = 0; n < poisoned.size; n += 1) await stage.survive({ effects: true });
}

/** Nobody reads its log: the pipe fills up, or its other end is closed. */
async function deafLog(stage: Stage): Promise<void> {
  const { mall, rounds, pause, between } = stage;
  for (let n = 0; n < rounds; n += 1) {
    const bus = mall.buses[n % mall.buses.length]!;
    stage.inject();
    const said = bus.process!.output().length;
    if (n % 2 === 0) bus.process!.stdout.pause();
    else bus.process!.stdout.destroy();
    await pause(between(6_000, 8_000));
    if (!bus.isUp())
      stage.problem(`${bus.name} ended for want of a reader of its log (${n % 2 === 0 ? 'full' : 'closed'})`);
    await stage.survive({ effects: true });
    if (n % 2 === 0) {
      bus.process!.stdout.resume();
      await pause(500);
      stage.note(`${Math.round((bus.process!.output().length - said) / 1024)} kB of log waited for a reader`);
    } else {
      await bus.end('SIGKILL');
      await bus.start();
    }
  }
}

export const processRows: Row[] = [
  ...inBoth({
    id: 'F1',
    fault: 'API killed in the middle of requests',
    rounds: { full: 60, smoke: 4 },
    run: killApi,
  }),
  ...inBoth(
    {
      id: 'F2',
      fault: 'API killed after the commit, before the answer',
      rounds: { full: 40, smoke: 4 },
      run: killAfterCommit,
    },
    {},
    'embedded',
  ),
  ...inBoth(
    {
      id: 'F3',
      fault: 'worker killed before, during and after a call',
      rounds: { full: 40, smoke: 4 },
      run: killCaller,
    },
    { workers: 2 },
  ),
  ...inBoth(
    {
      id: 'F5',
      fault: 'worker stopped beyond its lease (SIGSTOP)',
      rounds: { full: 5, smoke: 1 },
      run: stopCaller,
    },
    { workers: 2 },
    'embedded',
  ),
  ...inBoth(
    { id: 'F6', fault: 'out of memory', rounds: { full: 20, smoke: 2 }, run: starve },
    {},
    'embedded',
  ),
  ...inBoth(
    { id: 'F29', fault: 'a reply that kills its reader', rounds: { full: 3, smoke: 1 }, run: poison },
    { attempts: 4 },
    'embedded',
  ),
  ...inBoth(
    {
      id: 'F38',
      fault: 'nobody reads the log: full pipe, closed pipe',
      rounds: { full: 4, smoke: 2 },
      run: deafLog,
    },
    {},
    'embedded',
  ),
];
