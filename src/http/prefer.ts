/** `Prefer: wait=5` (RFC 7240): the result, if it is there in time. */
import type { Context } from 'hono';
import { sleep } from '../clock.ts';
import { FINAL } from '../domain/application.ts';
import type { Desk } from '../desk/look.ts';
import { HttpProblem } from './problem.ts';

/** A counter does not wait longer, and a kept connection costs a place in the gate. */
const MOST_SECONDS = 10;
/** Looks are further apart the longer it takes, milliseconds. */
const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 250;

/** Seconds that the caller would wait; 0 without the preference. */
export function preferredWait(c: Context): number {
  const header = c.req.header('prefer');
  const wish = header === undefined ? null : /(?:^|[,;\s])wait=("?)(\d{1,6})\1(?=$|[,;\s])/.exec(header);
  if (!wish) return 0;
  const seconds = Number(wish[2]);
  if (seconds > MOST_SECONDS)
    throw new HttpProblem(400, 'prefer_wait', `Prefer: wait takes at most ${MOST_SECONDS} seconds`);
  return seconds;
}

/** Whether the application has ended within so many seconds. */
export async function endsWithin({ ledger, clock }: Desk, id: string, seconds: number): Promise<boolean> {
  const until = clock.now() + seconds * 1000;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    const stored = await ledger.read(id);
    if (stored && FINAL.has(stored.application.state)) return true;
    const left = until - clock.now();
    if (left <= 0) return false;
    await sleep(clock, Math.min(pause, left));
  }
}
