/** What an agency sends us: found, answered in its own format, and kept with its effect in one transaction. */
import canonicalize from 'canonicalize';
import type { Hosted, HostedCall, HostedMessage, StepView } from '../adapter-kit/contract.ts';
import { tools } from '../adapter-kit/tools.ts';
import type { Agency } from '../domain/catalogue.ts';
import { checked } from '../domain/outcome.ts';
import { hasEnded, type Step, type StepState } from '../domain/step.ts';
import { referenceIndex } from './agency-of.ts';
import { MOST_RACES } from './change.ts';
import { collectDocuments } from './documents.ts';
import { isoTime, type Flow } from './flow.ts';
import {
  contentOf,
  dayKey,
  inboxRow,
  render,
  replay,
  type Answer,
  type Kept,
  type Marks,
  type Received,
} from './inbox.ts';
import { contradiction } from './kept-apart.ts';
import { openApplication } from './open-application.ts';
import type { InboxRow, StepAddress } from './ports/ledger.ts';
import { settleOnce, type Reply } from './settle.ts';
import { inputOf, openStep, openView, places, type View } from './view.ts';
import { watchNews } from './watch-shapes.ts';

interface Known {
  view: View;
  /** As it was in the round that the message speaks of. */
  step: Step;
}

/**
 * Answers a message. The same message again gets the same bytes. One that is taken up again keeps its marks: the
 * adapter may read it otherwise by now. Throws when the ledger cannot take it.
 */
export async function receive(flow: Flow, received: Received, kept?: Marks): Promise<Answer> {
  const { agency, hosted } = received;
  const call: HostedCall = { settings: agency.settings, now: isoTime(flow.clock.now()), tools };
  let message: HostedMessage;
  try {
    message = await hosted.read(received.request, call);
  } catch (error) {
    return render(await hosted.answer({ is: 'badForm', reason: (error as Error).message }, call));
  }
  const marks = kept ?? {
    id: flow.vault.index('message', `${agency.id} ${message.id}`),
    content: contentOf(flow, message),
  };
  for (let race = 0; race < MOST_RACES; race += 1) {
    const answer = await decideOnce(flow, received, message, call, marks);
    if (!answer) continue;
    // What is taken up again was watched when it came.
    if (!kept) await watchNews(flow, received);
    return answer;
  }
  throw new Error(`Messages of ${agency.id} about one step came ${MOST_RACES} times at once`);
}

/** Null when another change came between reading and storing. */
async function decideOnce(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  marks: Marks,
): Promise<Answer | null> {
  const earlier = await flow.ledger.inbox(received.agency.id, marks.id);
  if (earlier && earlier.content !== marks.content)
    return contradiction(flow, received, message, call, marks);
  if (earlier && earlier.state !== 'waiting') return replay(flow, earlier);
  const known = await findStep(flow, received, message);
  if (known) return answerStep(flow, received, message, call, marks, known);
  const { application } = message;
  const { opens: service } = received.hosted;
  if (service !== undefined && application)
    return openApplication(flow, received, message, call, marks, { service, application });
  return earlier ? replay(flow, earlier) : keepForLater(flow, received, message, call, marks);
}

async function findStep(
  flow: Flow,
  { agency, hosted }: Received,
  message: HostedMessage,
): Promise<Known | null> {
  const address = await addressOf(flow, agency, message);
  const view = address && (await openView(flow, address.applicationId));
  const step = view?.steps.get(address!.step);
  if (!view || !step || step.operation !== (hosted.asks ?? hosted.tells)) return null;
  return { view, step: await inItsRound(flow, view, step, message) };
}

/** Told by our key, else by the agency's reference; the current round when neither is an old one's. */
async function inItsRound(
  flow: Flow,
  view: View,
  step: Step,
  { key, reference }: HostedMessage,
): Promise<Step> {
  if (step.round === 1 || key === step.key) return step;
  const { secret, ...row } = step;
  const rounds = (await flow.ledger.oldRounds(view.application.id))
    .filter((old) => old.step === step.name)
    .map(({ round, key: its, state, code, sealed }) =>
      openStep(flow.vault, view.key, { ...row, round, key: its, state: state as StepState, code, sealed }),
    );
  const byKey = rounds.find((old) => old.key === key);
  if (byKey || reference === undefined || reference === secret.reference) return byKey ?? step;
  return rounds.findLast((old) => old.secret.reference === reference) ?? step;
}

function isOld(view: View, step: Step): boolean {
  return step.round !== view.steps.get(step.name)!.round;
}

async function addressOf(
  flow: Flow,
  agency: Agency,
  { key, reference }: HostedMessage,
): Promise<StepAddress | undefined> {
  const byKey = key === undefined ? undefined : await flow.ledger.findByKey(agency.id, key);
  if (byKey || reference === undefined) return byKey;
  return flow.ledger.findByReference(agency.id, referenceIndex(flow, agency.id, reference));
}

async function answerStep(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  marks: Marks,
  { view, step }: Known,
): Promise<Answer | null> {
  const { hosted } = received;
  const seen = await viewOf(flow, step, message, view);
  const { answer, outcome } = await decideAnswer(hosted, message, call, seen);
  const keep = (state: InboxRow['state']): InboxRow =>
    inboxRow(flow, received, message, marks, {
      state,
      answer,
      key: view.key,
      owner: view.application.id,
      step,
    });
  if (!outcome || (isOld(view, step) && repeats(step, outcome))) {
    return (await flow.ledger.keepNews(keep('answered'))) ? answer : null;
  }
  const documents =
    outcome.is === 'ok' ? await collectDocuments(flow, view, step, outcome, received.request) : [];
  if (!documents) return render(await hosted.answer({ is: 'busy' }, call));
  const inbox = keep('applied');
  const fact = { step: step.name, round: step.round, by: 'news' as const, outcome, inbox, documents };
  const { stored, moved } = await settleOnce(flow, view, fact);
  // The answer was decided from a state that is gone, or the same message came in beside this one.
  if (stored !== 'done') return null;
  flow.log.info('news.applied', {
    agency: received.agency.id,
    hosted: received.name,
    step: step.name,
    moved,
  });
  return answer;
}

function repeats({ state, secret }: Step, outcome: Reply): boolean {
  return (
    state === 'succeeded' &&
    outcome.is === 'ok' &&
    canonicalize(secret.output) === canonicalize(outcome.output)
  );
}

async function decideAnswer(
  hosted: Hosted,
  message: HostedMessage,
  call: HostedCall,
  step: StepView,
): Promise<{ answer: Answer; outcome: Reply | null }> {
  const answered = await hosted.answer({ is: 'found', message, step }, call);
  const outcome = answered.apply ? checked(answered.apply) : null;
  return { answer: render(answered), outcome: outcome && outcome.is !== 'more' ? outcome : null };
}

async function viewOf(flow: Flow, step: Step, message: HostedMessage, view: View): Promise<StepView> {
  const { application } = view;
  const { output, shown, reference } = step.secret;
  const known = output ?? shown;
  const ended =
    hasEnded(step) || step.state === 'compensating' || application.ending !== null || isOld(view, step);
  return {
    state: step.state === 'succeeded' ? 'done' : ended ? 'closed' : 'open',
    key: step.key,
    ...((reference ?? message.reference) !== undefined && { reference: (reference ?? message.reference)! }),
    input: await inputOf(flow, view, step),
    output: known ?? {},
  };
}

/**
 * No step speaks of it yet: the row waits, and is tried when a step of this agency gains the reference. Null when
 * another message of its id was kept meanwhile.
 */
async function keepForLater(
  flow: Flow,
  received: Received,
  message: HostedMessage,
  call: HostedCall,
  marks: Marks,
): Promise<Answer | null> {
  const { agency, hosted, name } = received;
  const answer = render(await hosted.answer({ is: 'none', message }, call));
  const { key, owner } = await dayKey(flow, agency);
  const state = hosted.tells === undefined ? 'answered' : 'waiting';
  // A question about an unknown bill is not kept: it may be asked again once the bill is there.
  if (state === 'waiting') {
    const row = inboxRow(flow, received, message, marks, { state, answer, key, owner });
    if (!(await flow.ledger.keepNews(row))) return null;
  }
  flow.log.info('news.unmatched', { agency: agency.id, hosted: name });
  return answer;
}

/** A step gained a reference: news that came before it is taken up now. */
export async function tryWaitingNews(flow: Flow, applicationId: string, name: string): Promise<void> {
  const view = await openView(flow, applicationId);
  const step = view?.steps.get(name);
  if (!step || step.secret.reference === undefined) return;
  const reference = referenceIndex(flow, step.agency, step.secret.reference);
  for (const waiting of await flow.ledger.waitingNews(step.agency, reference)) {
    await retake(flow, step, waiting);
  }
}

/** Takes up a kept message as if it came now; its sender has its answer already. A failure is logged: it waits on. */
export async function retake(flow: Flow, step: Pick<Step, 'adapter'>, waiting: InboxRow): Promise<void> {
  try {
    await takeUp(flow, step, waiting);
  } catch (error) {
    const { agency, hosted, id } = waiting;
    flow.log.error('news.failed', { agency, hosted, message: id, error });
  }
}

async function takeUp(flow: Flow, step: Pick<Step, 'adapter'>, waiting: InboxRow): Promise<void> {
  const agency = flow.catalogue().agencies.find(({ id }) => id === waiting.agency);
  const hosted = flow.registry.adapter(step.adapter)?.hosted?.[waiting.hosted];
  if (!agency || !hosted || 'grants' in hosted) return;
  const key = await flow.vault.openKey(waiting.keyOwner, (await flow.ledger.wrappedKey(waiting.keyOwner))!);
  const place = places.inbox(waiting.agency, waiting.id, 'request');
  const { request, bytes } = JSON.parse(flow.vault.unseal(key, place, waiting.request).toString()) as Kept;
  const received = { agency, name: waiting.hosted, hosted, request, bytes: Buffer.from(bytes, 'base64') };
  await receive(flow, received, { id: waiting.id, content: waiting.content });
}
