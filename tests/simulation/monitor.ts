/** Watches every commit and every request as it happens: what must hold at each moment, not only in the end. */
import type { NewItem } from '../../src/domain/application.ts';
import type { JsonObject, Outcome } from '../../src/domain/outcome.ts';
import { stepId } from '../../src/domain/ids.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { contentOf } from '../../src/flow/inbox.ts';
import type { Acceptance, Accepted, Change, Claim, Claimed, Recorded } from '../../src/flow/ports/ledger.ts';
import type { Asked } from './agency.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim.ts';
import { checkFinal, checkMoves, type Before } from './transitions.ts';
import { checkAccepted } from './births.ts';
import { checkGate, checkInput } from './sent.ts';
import { checkRules, makeBook, type Book } from './rules.ts';

export interface Monitor {
  /** A verb was committed, whether or not its caller lives to hear of it. */
  stored(process: Process, verb: string, args: unknown[], result: unknown): void;
  /** A request is about to leave. */
  sending(process: Process, agency: string, asked: Asked): void;
  /** A request arrived. */
  arrived(agency: string, asked: Asked): void;
  /** When the operation was last sent under this key, by the wall clock. */
  lastSent(key: string): number;
  /** What was sent under this key. */
  inputOf(key: string): JsonObject | undefined;
  /** An agency begins to tell this. */
  told(agency: string, message: { id: string; outcome: Outcome }): void;
  keptEarly(agency: string, mark: string): void;
}

interface Held {
  fence: number;
  round: number;
  number: number;
}

interface Known {
  sim: Sim;
  steps: Map<string, Before>;
  applications: Map<string, string>;
  /** Who holds a step, by the claims that were committed. */
  held: Map<string, Held>;
  claims: Map<string, Claim & { granted: number }>;
  /** The claim of each attempt, by its name. */
  attempts: Map<string, Claim>;
  sent: Map<string, number>;
  /** When the last sending under a key was begun. */
  begun: Map<string, number>;
  arrived: Set<string>;
  told: Map<string, Outcome>;
  early: Set<string>;
  book: Book;
  /** What was sent under a key. */
  inputs: Map<string, string>;
  /** Exchanges begun, by lane and day. */
  begunOn: Map<string, number>;
}

export function makeMonitor(sim: () => Sim): Monitor {
  const known = {
    steps: new Map(),
    applications: new Map(),
    held: new Map(),
    claims: new Map(),
    attempts: new Map(),
    sent: new Map(),
    begun: new Map(),
    arrived: new Set(),
    told: new Map(),
    early: new Set(),
    book: makeBook(),
    inputs: new Map(),
    begunOn: new Map(),
  } as unknown as Known;
  const ready = (): Known => ((known.sim ??= sim()), known);
  return {
    stored: (process, verb, args, result) => {
      if (verb === 'claim') claimed(ready(), args[0] as Claim, result as Claimed);
      if (verb === 'accept') accepted(ready(), args[0] as Acceptance, result as Accepted);
      if (verb === 'record') recorded(ready(), process, args[0] as Change, result as Recorded);
    },
    sending: (process, agency, asked) => sending(ready(), process, agency, asked),
    arrived(agency, { tryKey }) {
      if (known.arrived.has(tryKey)) sim().break('I5', `${agency} was asked twice under ${tryKey}`);
      known.arrived.add(tryKey);
    },
    lastSent: (key) => known.sent.get(key) ?? 0,
    inputOf(key) {
      const text = known.inputs.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
    },
    told(agency, message) {
      const { vault } = sim().spectator;
      const mark = vault.index('message', `${agency} ${message.id}`);
      known.told.set(mark + contentOf({ vault } as Flow, message), message.outcome);
    },
    keptEarly: (agency, mark) => void known.early.add(`${agency} ${mark}`),
  };
}

function claimed(
  { sim, held, claims, attempts, applications, begun, begunOn }: Known,
  claim: Claim,
  result: Claimed,
): void {
  if (result.is !== 'claimed') return;
  const { fence, probe } = result;
  const { applicationId, step, round, number, tryKey } = claim;
  held.set(stepId(applicationId, step), { fence, round, number });
  if (claim.kind === 'send') begun.set(tryKey.slice(0, -4), Date.parse(claim.at));
  claims.set(tryKey, { ...claim, granted: fence });
  attempts.set(nameOf(applicationId, claim), claim);
  checkTurn({ sim, applications }, claim);
  checkGate(sim, begunOn, claim);
  if (probe) sim.coverage.saw('lane: slept and was probed');
}

const EARLIER = `SELECT e.application_id AS app FROM steps s
  JOIN steps e ON e.agency = s.agency AND e.turn = s.turn AND e.application_id < s.application_id
  WHERE s.application_id = ? AND s.name = ? AND e.state IN ('pending', 'ready', 'unknown', 'parked', 'compensating')
  AND e.since < ?`;

/**
 * I9: where a route asks for it, an applicant's own begin one after the other, of those that were there. What is seen
 * is what the whole group of commits left: an earlier one that was withdrawn or mended in it, after the claim, does not count.
 */
function checkTurn({ sim, applications }: Pick<Known, 'sim' | 'applications'>, claim: Claim): void {
  const { applicationId, step, kind, number } = claim;
  if (kind !== 'send' || number > 1) return;
  const earlier = sim.spectator.all<{ app: string }>(EARLIER, applicationId, step, Date.parse(claim.at));
  const first = earlier.find(({ app }) => applications.has(app));
  if (first) sim.break('I9', `${applicationId}.${step} began before ${first.app} of the same applicant`);
}

const nameOf = (id: string, { step, round, number }: Pick<Claim, 'step' | 'round' | 'number'>): string =>
  `${stepId(id, step)} ${round}.${number}`;

function accepted(known: Known, acceptance: Acceptance, result: Accepted): void {
  if (result.is !== 'accepted') return;
  const { application, steps } = acceptance;
  known.applications.set(application.id, application.state);
  for (const step of steps) known.steps.set(stepId(application.id, step.name), { ...step, refused: false });
  checkAccepted(known.sim, known.book, acceptance);
  known.sim.trace(`accepted ${application.id} ${application.service}`);
}

const OPEN_STEP = `SELECT application_id AS app, name, round, fence, attempts, lease_until AS lease
  FROM steps WHERE key = ? AND agency = ?`;
const ATTEMPT = `SELECT ended_at AS ended FROM attempts
  WHERE application_id = ? AND step = ? AND round = ? AND number = ? AND try_key = ?`;
const OLD_KEY = 'SELECT 1 FROM old_rounds WHERE key = ? AND agency = ?';

interface OpenStep {
  app: string;
  name: string;
  round: number;
  fence: number;
  attempts: number;
  lease: number | null;
}

/** I6: an agency is called only under a durable "attempt begun" that carries the current fencing number. */
function sending(known: Known, process: Process, agency: string, asked: Asked): void {
  const { operation, kind, key, tryKey, sentAt } = asked;
  if (kind === 'send') known.sent.set(key, sentAt);
  checkInput(known.sim, known.inputs, agency, asked);
  const why = unfounded(known, agency, asked);
  if (why !== null)
    known.sim.break('I6', `${process.name} sends ${operation} ${kind} ${tryKey} to ${agency}: ${why}`);
}

function unfounded(
  { sim: { spectator }, claims }: Known,
  agency: string,
  { key, tryKey, sentAt }: Asked,
): string | null {
  const step = spectator.one<OpenStep>(OPEN_STEP, key, agency);
  if (!step) return spectator.one(OLD_KEY, key, agency) ? null : 'no step has this key';
  const { app, name, round, fence, attempts, lease } = step;
  const number = Number(tryKey.slice(key.length));
  const attempt = spectator.one<{ ended: string | null }>(ATTEMPT, app, name, round, number, tryKey);
  const claim = claims.get(tryKey);
  if (!attempt || !claim) return 'no attempt was begun';
  // What news has settled meanwhile may still be sent by whoever had claimed it before: the news raised the fence.
  if (fence !== claim.granted) return attempts === number ? null : 'another attempt was begun since';
  if (attempt.ended !== null) return 'this attempt has ended';
  return lease === null || lease <= sentAt ? 'its lease has run out' : null;
}

function recorded(known: Known, process: Process, change: Change, result: Recorded): void {
  const { sim, steps, held, applications } = known;
  if (result.is === 'raced') sim.coverage.saw('race: worked out again');
  if (result.is !== 'done') return;
  const { applicationId: id, attempt } = change;
  sim.trace(`${process.name} recorded ${id} ${describe(change)}`);
  const claim = attempt && known.attempts.get(nameOf(id, attempt));
  const holder = attempt && held.get(stepId(id, attempt.step));
  const isHolder = holder?.number === attempt?.number && holder?.round === attempt?.round;
  const late = attempt !== undefined && attempt.outcome !== 'lost' && !isHolder;
  checkMoves(sim, steps, change, claim, known.begun);
  checkRules(sim, known.book, steps, held, change);
  checkFence(known, change, holder);
  checkWakes(sim, change);
  checkKept(known, process, change, late ? claim : undefined);
  for (const { row } of change.steps) {
    const name = stepId(id, row.name);
    const before = steps.get(name);
    const { state, round, code, key, since, timeoutAt } = row;
    const isNo = ({ step, kind }: NewItem): boolean => step === row.name && kind === 'rejectedAfterPivot';
    const refused = state === 'parked' && (before?.refused === true || (change.open ?? []).some(isNo));
    steps.set(name, { state, round, code, key, since, timeoutAt, refused });
    if (row.leaseUntil === null) held.delete(name);
    if (row.operation === 'visit' && row.state === 'waitingAgency' && before?.state === 'ready')
      sim.agencies.get(row.agency)!.expect(row.key, id, 'visit');
  }
  checkFinal(sim, applications, change);
  checkTold(sim, change);
  cover(known, change, claim);
}

/** I19: within so long the others hear of it, whoever's receiver is slow. */
const HEARD_MS = 180_000;
const QUIET = `SELECT 1 FROM endpoints WHERE platform = ? AND failures = 0 AND lease_until IS NULL`;

function checkTold(sim: Sim, { applicationId: id, events }: Change): void {
  const { spectator, receivers, time, endpoints } = sim;
  const last = events.at(-1);
  if (!last || !receivers.isSlowTime()) return;
  const row = spectator.one<{ platform: string }>('SELECT platform FROM applications WHERE id = ?', id);
  const urls = endpoints.get(row!.platform)!.filter((url) => !receivers.slow.has(url));
  if (urls.length === 0 || spectator.all(QUIET, row!.platform).length < endpoints.get(row!.platform)!.length)
    return;
  sim.coverage.saw('callback: told beside a slow receiver');
  time.at(HEARD_MS, () => {
    for (const url of urls)
      if ((receivers.last.get(`${url} ${id}`) ?? 0) < last.seq)
        sim.break('I19', `${url} has not heard of event ${last.seq} of ${id}: others are slow`);
  });
}

/** I7: the result of one attempt never ends the lease of another. */
function checkFence(
  { sim }: Known,
  { applicationId, attempt, steps }: Change,
  holder: Held | undefined,
): void {
  const row = attempt && steps.find((one) => one.row.name === attempt.step)?.row;
  if (!row || !holder || row.leaseUntil !== null || row.round !== holder.round) return;
  if (holder.number !== attempt.number && row.fence === holder.fence)
    sim.break(
      'I7',
      `attempt ${attempt.number} of ${applicationId}.${row.name} ended the lease of ${holder.number}`,
    );
}

/** A due time raises the wake: else an older bell would pass for the new one, and the new one for a repeat. */
function checkWakes(sim: Sim, { applicationId, steps }: Change): void {
  for (const { row, wake } of steps) {
    if (row.dueAt === null) continue;
    const stored = sim.spectator.one<{ wake: number }>(
      'SELECT wake FROM steps WHERE application_id = ? AND name = ?',
      ...[applicationId, row.name],
    );
    if (stored!.wake <= wake)
      sim.break('I15', `${applicationId}.${row.name} is due anew under its old wake ${wake}`);
  }
}

/** Late answers and news are kept: they move their step, agree with it, or become an item. */
function checkKept(known: Known, process: Process, change: Change, late: Claim | undefined): void {
  const { sim, told, early } = known;
  const { attempt, inbox, applicationId: id } = change;
  const name = (inbox?.step ?? late?.step)!;
  const before = known.steps.get(stepId(id, name));
  const row = change.steps.find((one) => one.row.name === name)?.row;
  const moved = row !== undefined && row.state !== before!.state;
  const word = inbox ? told.get(inbox.id + inbox.content)?.is : late && attempt!.outcome;
  if (late) {
    sim.trace(`late: ${describe(change)}`);
    sim.coverage.saw('late result: came as news');
    if (process.stopped) sim.coverage.saw('stop: woke with a stale fence');
  }
  if (inbox && early.delete(`${inbox.agency} ${inbox.id}`))
    sim.coverage.saw('news: early, kept and taken up');
  if (late && moved) sim.coverage.saw('late result: moved its step');
  if (!before) return;
  const old = attempt ? attempt.round !== before.round : before.round > 1;
  // What an earlier round was told says nothing of this one.
  const isOfThis = !(attempt && old);
  if (word === 'pending') return checkPending(sim, `${id}.${name}`, before, { moved, isOfThis });
  if (word !== 'ok' && word !== 'refused') return;
  const item = change.open?.some((one) => one.step === name);
  const agrees = before.state === (word === 'ok' ? 'succeeded' : 'rejected');
  const undone = late?.kind === 'undo';
  if (!moved && !item && !agrees && !undone && !(old && word === 'refused'))
    sim.break('I20', `${id}.${name} was ${before.state}: the late answer ${word} is nowhere to be seen`);
}

/** "It was taken" ends not knowing, and reopens nothing that is decided. */
function checkPending(
  sim: Sim,
  name: string,
  before: Before,
  { moved, isOfThis }: { moved: boolean; isOfThis: boolean },
): void {
  const asks = before.state === 'unknown' || (before.state === 'parked' && before.code === 'OUTCOME_UNKNOWN');
  if (asks && isOfThis && !moved)
    sim.break('I20', `${name} was ${before.state}, and hears nothing of a late "pending"`);
  if (before.refused && moved) sim.break('I20', `${name} was refused, and a late "pending" reopens it`);
}

const describe = ({ attempt, inbox, events, steps, lane }: Change): string =>
  [
    attempt &&
      `attempt ${attempt.step} ${attempt.round}.${attempt.number} ${attempt.outcome} ${attempt.code ?? ''}`,
    inbox && `news ${inbox.step} ${inbox.state}`,
    steps.map(({ row }) => `${row.name}=${row.state} due ${row.dueAt}`).join(' '),
    events.map(({ type }) => type.slice(7, -3)).join(' '),
    lane && lane.signal.is !== 'good' && `lane ${lane.id} ${lane.signal.is}`,
  ]
    .filter(Boolean)
    .join(' | ');

function cover({ sim: { coverage } }: Known, change: Change, claim: Claim | undefined): void {
  const { attempt, open = [], events, steps } = change;
  if (attempt?.outcome === 'lost') coverage.saw('lease: taken over');
  for (const { kind, step } of open) {
    if (kind === 'conflict') coverage.saw('conflict: second answer kept');
    if (kind === 'refund') coverage.saw('conflict: refund to make');
    if (kind === 'undoRefused') coverage.saw('undo: refused');
    const operation = steps.find(({ row }) => row.name === step)?.row.operation;
    if (kind === 'outcomeUnknown' && operation === 'stamp') coverage.saw('once: parked for a person');
  }
  for (const { type } of events) {
    if (type === 'go.mpp.step.compensated.v1') coverage.saw('undo: done');
    if (type === 'go.mpp.application.expired.v1') coverage.saw('application: bill expired');
    if (type === 'go.mpp.application.withdrawn.v1') coverage.saw('application: withdrawn');
  }
  const after = steps.find(({ row }) => row.name === attempt?.step)?.row;
  if (claim?.kind === 'inquiry' && attempt!.outcome === 'retry' && after?.state === 'ready')
    coverage.saw('inquiry: never arrived, sent again');
}
