/** Answers a step's bell: claims it, writes "attempt begun", asks the agency, and hands the outcome to `settle`. */
import type { Call } from '../adapter-kit/contract.ts';
import { tools } from '../adapter-kit/tools.ts';
import { sleep } from '../clock.ts';
import { BUS_ADAPTER } from '../domain/bus-agency.ts';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import { gateOf } from '../domain/gate.ts';
import { splitStepId, tryKey } from '../domain/ids.ts';
import type { Bell } from '../domain/lane.ts';
import { nextReminder } from '../domain/reminders.ts';
import { ATTEMPT_LOST } from '../domain/retry.ts';
import { checked, type JsonObject, type Outcome, type WireRequest } from '../domain/outcome.ts';
import { MAPPING_ERROR, nextAct, type AttemptKind, type Step } from '../domain/step.ts';
import { askChild, openChild, withdrawChild, withdrawStray } from './children.ts';
import { collectDocuments, documentReader } from './documents.ts';
import { asQuestion, exchangeOf, readExchange, type Read } from './exchange.ts';
import { isoTime, type Flow } from './flow.ts';
import { keepAnswer } from './keep-answer.ts';
import type { AttemptResult, Claimed } from './ports/ledger.ts';
import { barredFact } from './purposes.ts';
import { tryWaitingNews } from './receive.ts';
import { agencyOf } from './agency-of.ts';
import { conclude, endWait, remind } from './waits.ts';
import { heardOf, watchReplies, type Heard } from './watch-shapes.ts';
import { attemptResult, settle, type Fact, type Reply } from './settle.ts';
import { inputOf, openView, places, takeView, type View } from './view.ts';

/** `more` exchanges of one operation at the most. */
const MOST_EXCHANGES = 10;
/** The lease outlives the call's time-out by this, so that nobody takes over while an answer may still come. */
const LEASE_MARGIN_MS = 15_000;

/** Clocks of two processes differ: a bell that is early by no more than this is answered at its time, not by the next sweep. */
const EARLY_MS = 1_000;

export async function runStep(flow: Flow, bell: Bell): Promise<void> {
  try {
    await answer(flow, bell);
  } catch (error) {
    flow.share.failed(bell);
    throw error;
  }
}

async function answer(flow: Flow, bell: Bell): Promise<void> {
  const { applicationId, name } = splitStepId(bell.id);
  const kept = takeView(flow.vault, applicationId);
  const isFresh = kept?.steps.get(name)?.wake === bell.wake;
  const view = isFresh ? kept : await openView(flow, applicationId);
  const step = view?.steps.get(name);
  if (!view || !step || step.wake !== bell.wake) return;
  const earlyMs = (step.dueAt ?? 0) - flow.clock.now();
  if (earlyMs > 0 && earlyMs <= EARLY_MS) await sleep(flow.clock, earlyMs);
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const remindAt = nextReminder(view.plan.byName.get(name)!, step);
  const act = nextAct(step, operation.inquiry !== undefined, flow.clock.now(), remindAt);
  if (act === null) return;
  if (act === 'lost') return void (await settle(flow, applicationId, lostAttempt(flow, step), view));
  if (act === 'remind') return remind(flow, view, step);
  if (act === 'timeOut' && !operation.inquiry) return endWait(flow, view, step);
  if (act === 'send' && step.state === 'ready' && view.application.ending) return conclude(flow, view);
  const kind = act === 'timeOut' ? 'inquiry' : act;
  const heard: Heard[] = [];
  const fact = await (isChild(step)
    ? ofChild(flow, view, step, kind)
    : attempt(flow, view, step, kind, heard));
  if (!fact) return;
  const moved = await keepAnswer(flow, applicationId, fact, view);
  if (moved && fact.outcome.is === 'pending') await tryWaitingNews(flow, applicationId, name);
  if (!moved && isChild(step) && kind === 'send') await withdrawStray(flow, view, step, fact);
  await watchReplies(flow, heard, fact.outcome);
}

/** Nobody ended the attempt: its process died, or lost its lease. What became of it is unknown. */
function lostAttempt(flow: Flow, step: Step): Fact {
  const fields = { outcome: 'lost', code: ATTEMPT_LOST, status: null, sealed: null };
  return {
    step: step.name,
    by: step.leaseKind ?? 'send',
    outcome: { is: 'unknown', code: ATTEMPT_LOST },
    claim: { fence: step.fence, probe: false },
    attempt: attemptResult(step, step.attempts, flow.clock.now(), fields),
  };
}

interface Prepared {
  input: JsonObject;
  request: WireRequest;
}

const isChild = ({ adapter, operation }: Step): boolean => adapter === BUS_ADAPTER && operation === 'child';

/** A sub-application has no wire: intake, the ledger and the desk answer for it. */
async function ofChild(flow: Flow, view: View, step: Step, kind: AttemptKind): Promise<Fact> {
  const read = { wake: step.wake, fence: step.fence };
  const own = (outcome: Reply, input?: JsonObject): Fact => {
    return { step: step.name, by: kind, outcome, read, ...(input && { input }) };
  };
  if (kind === 'inquiry') return own(await askChild(flow, step));
  if (kind === 'undo') return own(await withdrawChild(flow, step, (id) => flow.withdraw!(id)));
  const input = await inputOf(flow, view, step);
  const { outcome, items } = await openChild(flow, view, step, input);
  // One that was opened before was given another input.
  return items ? { ...own(outcome), items } : own(outcome, input);
}

/** Exchanges with the agency until an outcome stands; null when the bell was stale or the lane closed. */
async function attempt(
  flow: Flow,
  view: View,
  step: Step,
  kind: AttemptKind,
  said: Heard[],
): Promise<Fact | null> {
  const agency = agencyOf(flow, step);
  const { adapter } = flow.registry.operation(step.adapter, step.operation);
  let carry: JsonObject | undefined;
  let more: WireRequest | undefined;
  let current = step;
  const barred = kind === 'send' ? barredFact(flow, step) : null;
  if (barred) return barred;
  for (let n = 1; ; n += 1) {
    const call = callOf(flow, agency, current, carry);
    const prepared = await prepare(flow, view, current, kind, call);
    if ('outcome' in prepared) return { step: step.name, by: kind, ...prepared, ...standing(current, n > 1) };
    const request = more ?? prepared.request;
    const claimed = await claim(flow, current, kind, call);
    if (claimed.is !== 'claimed') return null;
    current = held(current, claimed, kind, flow.clock.now());
    view.steps.set(step.name, current);
    const exchanged = await flow.caller.exchange({
      agency,
      adapter,
      request,
      sign: { now: call.now, tryKey: call.tryKey },
      deadline: Date.parse(call.now) + timeoutMs(flow, current),
      documents: documentReader(flow, view),
    });
    const exchange = exchangeOf(adapter, step.operation, kind);
    const heard = await readExchange(exchanged, exchange, prepared.input, call);
    const read = kind === 'inquiry' ? asQuestion(heard) : heard;
    if (exchanged.is === 'reply') said.push(heardOf(agency, step, kind, exchanged.wire, read.outcome));
    if (read.outcome.is === 'more' && n < MOST_EXCHANGES) {
      await flow.ledger.record(endOnly(view, result(flow, view, current, read, read.outcome)));
      ({ request: more, carry } = read.outcome);
      continue;
    }
    const own = { fence: current.fence, probe: claimed.probe, begunAt: Date.parse(call.now) };
    return factOf(flow, view, current, kind, prepared.input, read, own);
  }
}

/** What a fact without an exchange of its own rests on: the lease of those before it, or the step as it was read. */
function standing({ fence, wake }: Step, held: boolean): Pick<Fact, 'claim' | 'read'> {
  return held ? { claim: { fence, probe: false } } : { read: { wake, fence } };
}

function endOnly(view: View, ended: AttemptResult): Parameters<Flow['ledger']['record']>[0] {
  return { applicationId: view.application.id, events: [], steps: [], attempt: ended };
}

/** The step as it is under our claim. */
function held(
  step: Step,
  claimed: Extract<Claimed, { is: 'claimed' }>,
  kind: AttemptKind,
  now: number,
): Step {
  const { fence, wake, leaseUntil } = claimed;
  const sentAt = kind === 'inquiry' ? step.sentAt : now;
  return { ...step, fence, wake, leaseUntil, leaseKind: kind, attempts: step.attempts + 1, sentAt };
}

function claim(flow: Flow, step: Step, kind: AttemptKind, call: Call): Promise<Claimed> {
  const gate = gateOf(agencyOf(flow, step), flow.catalogue().calendars, flow.clock.now());
  return flow.ledger.claim({
    applicationId: step.applicationId,
    step: step.name,
    wake: step.wake,
    fence: step.fence,
    lane: step.agency,
    kind,
    round: step.round,
    number: step.attempts + 1,
    tryKey: call.tryKey,
    at: call.now,
    leaseMs: timeoutMs(flow, step) + LEASE_MARGIN_MS,
    ...(gate && { gate }),
  });
}

function timeoutMs(flow: Flow, step: Step): number {
  const { operation } = flow.registry.operation(step.adapter, step.operation);
  const limit = parseDuration(agencyOf(flow, step).limits.timeout);
  return operation.timeout === undefined ? limit : Math.min(limit, parseDuration(operation.timeout));
}

function callOf(flow: Flow, agency: Agency, step: Step, carry: JsonObject | undefined): Call {
  const { reference, output, shown } = step.secret;
  const known = output ?? shown;
  return {
    settings: agency.settings,
    key: step.key,
    tryKey: tryKey(step.key, step.attempts + 1),
    now: isoTime(flow.clock.now()),
    ...(reference !== undefined && { reference }),
    ...(known && { output: known }),
    ...(carry && { carry }),
    tools,
  };
}

/** The input (fixed for the round once sent) and the request; or the outcome, when nothing is to be sent. */
async function prepare(
  flow: Flow,
  view: View,
  step: Step,
  kind: AttemptKind,
  call: Call,
): Promise<Prepared | { outcome: Reply; input?: JsonObject }> {
  try {
    const { adapter, checkInput } = flow.registry.operation(step.adapter, step.operation);
    const input = await inputOf(flow, view, step);
    const problems = step.secret.input ? [] : checkInput(input);
    if (problems.length > 0)
      return unmappable(
        flow,
        step,
        problems.map(({ pointer, code }) => `${pointer} ${code}`),
      );
    const request = await exchangeOf(adapter, step.operation, kind).request(input, call);
    if (!('pending' in request)) return { input, request };
    const outcome = checked({ is: 'pending', ...request.pending });
    return outcome.is === 'pending' ? { outcome, input } : unmappable(flow, step, ['pending']);
  } catch (error) {
    return unmappable(flow, step, [(error as Error).name]);
  }
}

/** The route and the adapter do not fit: no attempt is made, a person is told. */
function unmappable(flow: Flow, step: Step, problems: string[]): { outcome: Reply } {
  flow.log.error('step.unmappable', { applicationId: step.applicationId, step: step.name, problems });
  return { outcome: { is: 'unknown', code: MAPPING_ERROR } };
}

function result(flow: Flow, view: View, step: Step, read: Read, outcome: Outcome): AttemptResult {
  const place = places.attempt(step.applicationId, step.name, step.round, step.attempts);
  return attemptResult(step, step.attempts, flow.clock.now(), {
    outcome: outcome.is,
    code: 'code' in outcome ? outcome.code : null,
    status: read.status,
    sealed: flow.vault.seal(view.key, place, read.excerpt),
  });
}

async function factOf(
  flow: Flow,
  view: View,
  step: Step,
  kind: AttemptKind,
  input: JsonObject,
  read: Read,
  own: Fact['claim'] & object,
): Promise<Fact> {
  const { outcome, documents } = await complete(flow, view, step, kind, read);
  return {
    step: step.name,
    by: kind,
    outcome,
    input,
    claim: own,
    attempt: result(flow, view, step, read, outcome),
    signal: read.signal,
    ...(documents.length > 0 && { documents }),
  };
}

/** Checks an `ok` against the operation's schema and brings in its documents; what does not hold is not an answer. */
async function complete(
  flow: Flow,
  view: View,
  step: Step,
  kind: AttemptKind,
  read: Read,
): Promise<{ outcome: Reply; documents: Awaited<ReturnType<typeof collectDocuments>> & object }> {
  const { outcome } = read;
  if (outcome.is === 'more') return { outcome: { is: 'unknown', code: 'TOO_MANY_EXCHANGES' }, documents: [] };
  if (outcome.is !== 'ok' || kind === 'undo') return { outcome, documents: [] };
  const { checkOutput } = flow.registry.operation(step.adapter, step.operation);
  if (checkOutput(outcome.output).length > 0)
    return { outcome: { is: 'unknown', code: 'BAD_RESPONSE' }, documents: [] };
  const documents = await collectDocuments(flow, view, step, outcome, read);
  return documents
    ? { outcome, documents }
    : { outcome: { is: 'unknown', code: 'DOCUMENT_UNAVAILABLE' }, documents: [] };
}
