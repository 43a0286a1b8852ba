/** The platforms' receivers of callbacks: they fail, time out after taking, take twice, and note the order of first deliveries. */
import type { CallbackPost, CallbackPosted, CallbackPoster } from '../../src/flow/ports/callback-poster.ts';
import type { ProcessClock } from './scheduler.ts';
import type { Sim } from './sim.ts';

export interface Receivers {
  poster(clock: ProcessClock): CallbackPoster;
  /** How often each receiver fails now, by URL; 1 is an outage. */
  failing: Map<string, number>;
  /** These take everything and say so to nobody in time; `slowly` while somebody looks how the others fare. */
  slow: Set<string>;
  isSlowTime(): boolean;
  /** The last event first taken, by URL and application. */
  last: Map<string, number>;
}

const MOST_DELAY_MS = 2_000;
const POST_TIMEOUT_MS = 10_000;

export function makeReceivers(sim: () => Sim): Receivers {
  const failing = new Map<string, number>();
  const last = new Map<string, number>();
  const bodies = new Map<string, string>();
  const refused = new Set<string>();
  const slow = new Set<string>();

  const take = ({ url, id, body }: CallbackPost): void => {
    const { coverage, break: broken } = sim();
    const { subject, sequence } = JSON.parse(body) as { subject: string; sequence: string };
    const name = `${url} ${id}`;
    const earlier = bodies.get(name);
    if (id !== `${subject}.${sequence}` || (earlier !== undefined && earlier !== body))
      broken('I17', `callback ${id} at ${url}: its id or its body changed`);
    if (earlier !== undefined) return coverage.saw('callback: taken twice');
    bodies.set(name, body);
    if (refused.delete(name)) coverage.saw('callback: refused, then taken');
    const stream = `${url} ${subject}`;
    const before = last.get(stream) ?? 0;
    if (Number(sequence) !== before + 1)
      broken('I16', `${url} first took event ${sequence} of ${subject} after ${before}`);
    last.set(stream, Number(sequence));
  };

  const post = async (clock: ProcessClock, callback: CallbackPost): Promise<CallbackPosted> => {
    const { time, calm } = sim();
    if (callback.timestamp > time.now() || callback.timestamp < time.now() - 1000)
      sim().break('I17', `callback ${callback.id}: ${callback.timestamp} at ${time.now()} is not fresh`);
    const [there, back] = [time.between(1, MOST_DELAY_MS), time.between(1, MOST_DELAY_MS)];
    const bad = !calm && time.odds(failing.get(callback.url) ?? 0);
    const isSlow = slow.has(callback.url);
    const fate = isSlow
      ? 'slow'
      : bad
        ? time.pick(['status', 'lostBefore', 'lostAfter', 'slow'] as const)
        : 'taken';
    if (bad || isSlow) refused.add(`${callback.url} ${callback.id}`);
    return new Promise((resolve) => {
      const hear = (ms: number, posted: CallbackPosted): void =>
        time.at(ms, () => clock.deliver(() => resolve(posted)));
      if (fate === 'taken' || fate === 'lostAfter') time.at(there, () => take(callback));
      // It is still on its way when nobody waits for it any more.
      if (fate === 'slow') time.at(POST_TIMEOUT_MS + time.between(0, 60_000), () => take(callback));
      if (fate === 'taken') hear(there + back, { status: 204 });
      else if (fate === 'status') hear(there + back, { status: time.pick([500, 502, 503, 429, 404]) });
      else hear(POST_TIMEOUT_MS, { failed: 'callback_timeout' });
    });
  };

  return {
    failing,
    slow,
    isSlowTime: () => slow.size > 0,
    last,
    poster: (clock) => ({ post: (callback) => post(clock, callback), close: async () => undefined }),
  };
}
