/** The gate before everything else: counts what is being worked on and, under overload, sheds by the order of `domain/shed`. */
import type { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Clock } from '../clock.ts';
import { CLASSES, MARKS, shed, type RequestClass, type ShedReason } from '../domain/shed.ts';
import type { Log } from '../flow/ports/log.ts';
import type { Env } from './edge.ts';
import { makePace } from './pace.ts';
import { BASE_HEADERS, HttpProblem, PROBLEM_TYPE, problemText } from './problem.ts';

/** How hard the process works, as far as the gate cannot count it itself. */
export interface Load {
  loopDelayMs(): number;
  commitMs(): number;
}

/** `open` are those that are never shed, and make nobody else be shed: health and metrics. */
export type Class = RequestClass | 'open';

/** What is counted of requests. */
export interface RequestWatch {
  began(of: Class): void;
  answered(of: Class, status: number, ms: number): void;
  shed(of: RequestClass, reason: ShedReason): void;
}

/** A request's place among those being worked on. */
export interface Slot {
  /** Its body is on its way: until the returned function is called it is no work. A hundred scans on thin lines are no overload. */
  receiving(): () => void;
  /** Bytes of its body that are held from here to the answer; throws when that is too much. */
  hold(bytes: number): void;
}

export interface Gate {
  clock: Clock;
  log: Log;
  load: Load;
  watch: RequestWatch;
}

type Handle = Hono<Env>['fetch'];

/** Puts the gate before a handler. Who is shed is answered at once: no body is read, no key looked up, no ledger asked. */
export function admission({ clock, log, load, watch }: Gate, handle: Handle): Handle {
  const counts = newCounts();
  const pace = makePace(clock);
  const overloaded = makeOverloaded(clock);
  const note = shedLog(clock, log);
  const turnAway = (of: RequestClass, reason: ShedReason): void => {
    watch.shed(of, reason);
    note(of, reason);
  };
  return (request, env, context) => {
    const of = classOf(request.method, getPath(request));
    const reason = of === 'open' ? null : shed(of, pressure(counts, of, load, pace.waitMs()));
    if (of !== 'open' && reason !== null) {
      turnAway(of, reason);
      return overloaded();
    }
    const began = clock.now();
    const { slot, leave } = enter(counts, of, (why) => turnAway(of as RequestClass, why));
    watch.began(of);
    const begin = (): Response | Promise<Response> => handle(request, { ...env, slot }, context);
    return followed(of === 'open' ? begin() : pace.begin(begin), (status) => {
      leave();
      watch.answered(of, status, Math.max(0, clock.now() - began));
    });
  };
}

async function followed(
  answer: Response | Promise<Response>,
  ended: (status: number) => void,
): Promise<Response> {
  let status = 500;
  try {
    const response = await answer;
    ({ status } = response);
    return response;
  } finally {
    ended(status);
  }
}

interface Count {
  working: number;
  bodyBytes: number;
}

type Counts = Record<Class, Count>;

const newCounts = (): Counts =>
  Object.fromEntries([...CLASSES, 'open'].map((of) => [of, { working: 0, bodyBytes: 0 }])) as Counts;

function pressure(
  counts: Counts,
  of: RequestClass,
  { loopDelayMs, commitMs }: Load,
  waitMs: number,
): Parameters<typeof shed>[1] {
  const { working: own, bodyBytes } = counts[of];
  const total = CLASSES.reduce((sum, one) => sum + counts[one].working, 0);
  return { own, total, bodyBytes, delayMs: loopDelayMs() + waitMs, commitMs: commitMs() };
}

/** Takes a place; `leave` gives it back with all that it holds. */
function enter(
  counts: Counts,
  of: Class,
  refused: (why: ShedReason) => void,
): { slot: Slot; leave: () => void } {
  const count = counts[of];
  let held = 0;
  count.working += 1;
  const slot: Slot = {
    receiving() {
      count.working -= 1;
      return () => void (count.working += 1);
    },
    hold(bytes) {
      held += bytes;
      count.bodyBytes += bytes;
      if (of === 'open' || count.bodyBytes <= MARKS[of].bodyBytes) return;
      refused('bodies');
      // The rest of it is not waited for.
      throw new HttpProblem(503, 'overloaded', BUSY, { headers: { ...RETRY_SOON, connection: 'close' } });
    },
  };
  const leave = (): void => {
    count.working -= 1;
    count.bodyBytes -= held;
  };
  return { slot, leave };
}

const ONE_APPLICATION = /^\/v1\/applications\/[^/]+(?:\/|$)/;

/** By method and path alone. What is not known belongs to those that are shed first. */
export function classOf(method: string, path: string): Class {
  if (path.startsWith('/hosted/')) return 'hosted';
  if (path.startsWith('/health/') || path === '/metrics') return 'open';
  if (method === 'POST' || method === 'PUT' || method === 'DELETE')
    return path.startsWith('/v1/') && path !== '/v1/applications/search' ? 'intake' : 'list';
  const isRead = (method === 'GET' || method === 'HEAD') && ONE_APPLICATION.test(path);
  return isRead ? 'read' : 'list';
}

const BUSY =
  'The bus has more to do than it can: nothing of this was taken, ask again after Retry-After, with the same Idempotency-Key';
const RETRY_SOON = { 'retry-after': '5' };
const OVERLOADED = new HttpProblem(503, 'overloaded', BUSY);
/** Those who were sent away together do not come back together. */
const MOST_SECONDS = 5;

/** Its ids are one of the clock's and a number: a whole one costs as much as all the rest, and no line of the log has it. */
function makeOverloaded({ chance, id }: Clock): () => Response {
  let first = '';
  let count = 0;
  return () => {
    first ||= id();
    count += 1;
    const requestId = `${first}-${count}`;
    const retryAfter = String(1 + Math.floor(chance() * MOST_SECONDS));
    return new Response(problemText(OVERLOADED, requestId), {
      status: OVERLOADED.status,
      headers: {
        ...BASE_HEADERS,
        ...{ 'content-type': PROBLEM_TYPE, 'retry-after': retryAfter, 'x-request-id': requestId },
      },
    });
  };
}

/** One line now and then: a line for each of thousands would be a load of its own. */
const LOG_EVERY_MS = 10_000;

function shedLog(clock: Clock, log: Log): (of: string, reason: ShedReason) => void {
  let saidAt = -Infinity;
  let shedSince = 0;
  return (of, reason) => {
    shedSince += 1;
    const now = clock.now();
    if (now - saidAt < LOG_EVERY_MS) return;
    log.warn('requests.shed', { class: of, reason, count: shedSince });
    saidAt = now;
    shedSince = 0;
  };
}
