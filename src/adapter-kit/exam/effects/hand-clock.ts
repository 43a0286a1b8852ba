/** Time that stands still until it is moved, for a stand-in and the caller: what falls due on the way runs in its order. */
import type { Clock } from '../../../clock.ts';

export interface HandClock extends Clock {
  /** Moves on to an instant. */
  to(at: number): Promise<void>;
  /** What the work gives, moving on to whatever it waits for; `late` when it is not done by then. */
  during<T>(work: Promise<T>, until: number): Promise<T | 'late'>;
}

interface Timer {
  at: number;
  n: number;
  fn: () => void;
}

/** Real turns after which work that waits for nothing real has gone on. */
const SETTLING = 30;
/** Real turns after which work must be waiting for a later time. */
const PATIENCE = 3_000;

/** `real` gives turns of the event loop and ids. */
export function handClock(start: number, real: Clock): HandClock {
  let time = start;
  let serial = 0;
  let timers: Timer[] = [];

  const due = (until: number): Timer | undefined =>
    timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at || a.n - b.n)[0];
  const turn = (): Promise<void> => new Promise((resolve) => real.turn(resolve));
  async function settle(isDone: () => boolean, most: number): Promise<void> {
    for (let n = 0; n < most && !isDone(); n += 1) await turn();
  }
  function run(timer: Timer): void {
    timers = timers.filter((one) => one !== timer);
    time = Math.max(time, timer.at);
    timer.fn();
  }
  return {
    ...real,
    now: () => time,
    chance: () => 0.5,
    after(ms, fn) {
      const timer = { at: time + Math.max(0, ms), n: (serial += 1), fn };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    async to(at) {
      for (let next = due(at); next; next = due(at)) {
        run(next);
        await settle(() => false, SETTLING);
      }
      time = Math.max(time, at);
    },
    async during(work, until) {
      let done = false;
      const noted = work.finally(() => (done = true));
      noted.catch(() => undefined);
      for (;;) {
        await settle(() => done, PATIENCE);
        if (done) return noted;
        const next = due(until);
        if (!next) return 'late';
        run(next);
      }
    },
  };
}
