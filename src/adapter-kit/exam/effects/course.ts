/** One operation from its first send to where the bus would leave it: attempts, waits and questions as `domain/retry` decides. */
import { tryKey } from '../../../domain/ids.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import { decide, type Decision, type Tried } from '../../../domain/retry.ts';
import type { AttemptKind } from '../../../domain/step.ts';
import { asQuestion, exchangeOf, readExchange, type Read } from '../../../flow/exchange.ts';
import type { Call, JsonObject } from '../../contract.ts';
import { tools } from '../../tools.ts';
import { DOCUMENT, TIMEOUT_MS, type Stage } from './stage.ts';

export interface Course {
  /** What each attempt ended as. */
  attempts: { kind: AttemptKind; outcome: Exclude<Outcome, { is: 'more' }>; status: number | null }[];
  /** Where the bus would leave the step; `endless` when it never would. */
  end: 'succeeded' | 'rejected' | 'sendBack' | 'wait' | 'park' | 'endless';
  reference?: string;
  output?: JsonObject;
}

export interface CourseOptions {
  /** `send`, or `undo` of what a course before has left. */
  from?: 'send' | 'undo';
  /** That course. */
  after?: Course;
  /** Our clock is off by so much at the first attempt. */
  skewMs?: number;
  /** Another intent than the example's. */
  key?: string;
}

/** More attempts than any course of the policy takes. */
const MOST_ATTEMPTS = 24;
const MOST_EXCHANGES = 10;
/** A lane that was told to stay away wakes after this, unless it was told when. */
const SLEEP_MS = 60_000;

export async function runCourse(stage: Stage, options: CourseOptions = {}): Promise<Course> {
  const { from = 'send', after } = options;
  const course: Course = { attempts: [], end: 'endless' };
  if (after?.reference !== undefined) course.reference = after.reference;
  if (after?.output) course.output = after.output;
  const tried: Tried = triedBy(stage, from);
  for (let n = 1; n <= MOST_ATTEMPTS; n += 1) {
    const begunAt = stage.time.now();
    if (tried.kind !== 'inquiry') tried.sentAt = begunAt;
    const read = await attempt(stage, tried.kind, course, n === 1 ? options : { ...options, skewMs: 0 });
    const outcome = read.outcome as Exclude<Outcome, { is: 'more' }>;
    course.attempts.push({ kind: tried.kind, outcome, status: read.status });
    remember(course, outcome);
    const now = stage.time.now();
    const decision = decide(outcome, { ...tried, begunAt }, stage.agency.retry, { now, chance: 0.5 });
    if (!(await follow(stage, tried, decision, outcome, from))) return { ...course, end: endOf(decision) };
  }
  return course;
}

function triedBy({ adapter, example, time }: Stage, kind: 'send' | 'undo'): Tried {
  const operation = adapter.operations[example.operation]!;
  const effect = kind === 'undo' ? operation.compensation!.effect : operation.effect;
  return {
    ...{ kind, effect, waiting: false, spent: 0, inquiries: 0, sentAt: time.now(), probe: false },
    ...(kind === 'send' && operation.inquiry && { inquiry: operation.inquiry }),
  };
}

/** Moves on to the next attempt; false when there is none. */
async function follow(
  { time }: Stage,
  tried: Tried,
  decision: Decision,
  outcome: Outcome,
  from: 'send' | 'undo',
): Promise<boolean> {
  if (decision.is !== 'again' && decision.is !== 'ask') return false;
  if (decision.is === 'again') Object.assign(tried, { kind: from, spent: decision.spent });
  else Object.assign(tried, { kind: 'inquiry', inquiries: decision.inquiries, waiting: decision.waiting });
  const sleeps = outcome.is === 'away';
  const until = sleeps && outcome.until !== undefined ? Date.parse(outcome.until) : 0;
  await time.to(Math.max(decision.at, sleeps ? until || time.now() + SLEEP_MS : 0));
  return true;
}

function endOf(decision: Decision): Course['end'] {
  return decision.is === 'again' || decision.is === 'ask' ? 'endless' : decision.is;
}

function remember(course: Course, outcome: Outcome): void {
  if (outcome.is === 'ok') course.output = outcome.output;
  if (outcome.is !== 'pending') return;
  if (outcome.reference !== undefined) course.reference = outcome.reference;
  if (outcome.shown) course.output = outcome.shown;
}

/** As the bus makes it: every `more` followed, each exchange an attempt of its own. */
async function attempt(
  stage: Stage,
  kind: AttemptKind,
  course: Course,
  options: CourseOptions,
): Promise<Read> {
  const { adapter, agency, example, time } = stage;
  const exchange = exchangeOf(adapter, example.operation, kind);
  stage.kind = kind;
  stage.begun = stage.passed.length;
  let call = callFor(stage, course, options);
  let request = await exchange.request(example.input, call);
  for (let page = 0; page < MOST_EXCHANGES; page += 1) {
    if ('pending' in request) throw new Error('Nothing is sent');
    const exchanged = await stage.caller.exchange({
      ...{ agency, adapter, request, sign: { now: call.now, tryKey: call.tryKey } },
      deadline: time.now() + TIMEOUT_MS,
      documents: async () => DOCUMENT,
    });
    const heard = await readExchange(exchanged, exchange, example.input, call);
    const read = kind === 'inquiry' ? asQuestion(heard) : heard;
    if (read.outcome.is !== 'more') return read;
    request = read.outcome.request;
    call = { ...callFor(stage, course, options), ...(read.outcome.carry && { carry: read.outcome.carry }) };
  }
  const outcome = { is: 'unknown' as const, code: 'TOO_MANY_EXCHANGES' };
  return { outcome, signal: { is: 'neutral' }, status: null, excerpt: '' };
}

function callFor(stage: Stage, { reference, output }: Course, options: CourseOptions): Call {
  const { skewMs = 0, key = stage.example.call.key } = options;
  stage.attempts += 1;
  return {
    ...{ settings: stage.agency.settings, key, tryKey: tryKey(key, stage.attempts), tools },
    now: new Date(stage.time.now() + skewMs).toISOString(),
    ...(reference !== undefined && { reference }),
    ...(output && { output }),
  };
}

/** `send → unknown http_502; inquiry → pending`. */
export function told({ attempts, end }: Course): string {
  const steps = attempts.map(({ kind, outcome }) => {
    return `${kind} → ${outcome.is}${'code' in outcome ? ` ${outcome.code}` : ''}`;
  });
  return `${steps.slice(0, 6).join('; ')}${steps.length > 6 ? '; …' : ''}; then ${end}`;
}
