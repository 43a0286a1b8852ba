/** Sub-applications: opened by a step of another, through the only door; their end is that step's news. */
import type { Application, NewItem } from '../domain/application.ts';
import { FINAL } from '../domain/application.ts';
import type { JsonObject, Outcome } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { isoTime, type Flow } from './flow.ts';
import { intake } from './intake.ts';
import { searchIndex } from './search-index.ts';
import type { ApplicationRow } from './ports/ledger.ts';
import { settle, type Fact, type Reply } from './settle.ts';
import { openView, places, type View } from './view.ts';

/** An application, its child, and that one's child: what is deeper is a mistake of the routes. */
const MOST_DEEP = 3;

const UNWANTED: ReadonlySet<Step['state']> = new Set(['cancelled', 'skipped', 'compensated']);
const ENDED_WELL: ReadonlySet<Application['state']> = new Set(['completed', 'partiallyCompleted']);

/** What opening a sub-application gave, and what a person has to look at. */
export interface Opened {
  outcome: Reply;
  items?: NewItem[];
}

/** Opens a sub-application; asked again it finds the same one, for its reference is the step's key. */
export async function openChild(flow: Flow, view: View, step: Step, input: JsonObject): Promise<Opened> {
  const { id: parent, platform, sandbox } = view.application;
  const { depth, inTurn } = await lookUp(flow, view);
  if (depth >= MOST_DEEP) return { outcome: { is: 'refused', code: 'TOO_DEEP' } };
  const body = childBody(view, step, input);
  const opened = await intake(flow, { platform, sandbox, parent, inTurn, body });
  if (opened.is === 'accepted' || opened.is === 'repeat') return { outcome: underWay(opened) };
  const before = await openedBefore(flow, view, body);
  if (before) {
    const items: NewItem[] = [{ step: step.name, kind: 'conflict', code: 'DONE_BEFORE_CORRECTION' }];
    return { outcome: underWay(before), items };
  }
  if (opened.is !== 'refused') return { outcome: { is: 'refused', code: 'CHILD_REFERENCE_TAKEN' } };
  const problems = opened.problems.map(({ pointer, code }) => `${pointer} ${code}`);
  flow.log.warn('child.refused', { applicationId: parent, step: step.name, problems });
  return { outcome: { is: 'refused', code: 'CHILD_REFUSED', text: problems.join('; ') } };
}

const underWay = ({ id, number }: Pick<Application, 'id' | 'number'>): Reply => ({
  is: 'pending',
  reference: id,
  awaits: 'agency',
  shown: { number },
});

/** The same step's child, opened from a body that was corrected before its opening was noted. */
async function openedBefore(flow: Flow, view: View, body: JsonObject): Promise<ApplicationRow | null> {
  const known = await flow.ledger.accepted({
    ...{ platform: view.application.platform, fingerprint: '' },
    clientReference: childReference(flow, view, body),
  });
  if (known?.is !== 'referenceTaken') return null;
  const found = await flow.ledger.read(known.applicationId);
  return found?.application.parent === view.application.id ? found.application : null;
}

const childReference = (flow: Flow, { application }: View, body: JsonObject): string =>
  searchIndex(flow, application.platform, 'clientReference', body['clientReference'] as string);

/** What the parent was asked for, but for what the step says otherwise. Its documents, and what it names, stay with it. */
function childBody({ body }: View, step: Step, input: JsonObject): JsonObject {
  const { documents: _, serviceVersion: __, relatedApplicationIds: ___, ...shared } = body;
  const { service, formData, applicant, jurisdictionCode } = input;
  return {
    ...shared,
    clientReference: `child-${step.key}`,
    serviceCode: service!,
    ...(formData !== undefined && { formData }),
    ...(applicant !== undefined && { applicant }),
    ...(jurisdictionCode !== undefined && { jurisdictionCode }),
  };
}

/** How deep an application is, and whether it or one above it has a turn: what it opens must not wait behind it. */
async function lookUp(flow: Flow, { application, steps }: View): Promise<{ depth: number; inTurn: boolean }> {
  const hasTurn = ({ turn }: Pick<Step, 'turn'>): boolean => turn !== null;
  let depth = 1;
  let inTurn = [...steps.values()].some(hasTurn);
  for (let { parent } = application; parent !== null && depth < MOST_DEEP; depth += 1) {
    const stored = await flow.ledger.read(parent);
    inTurn ||= stored?.steps.some(hasTurn) ?? false;
    parent = stored?.application.parent ?? null;
  }
  return { depth, inTurn };
}

/** What was opened while its step was cancelled or begun anew is waited for by nobody: it is withdrawn. */
export async function withdrawStray(flow: Flow, view: View, step: Step, { outcome }: Fact): Promise<void> {
  if (outcome.is !== 'pending' || outcome.reference === undefined) return;
  const stored = await flow.ledger.read(view.application.id);
  const now = stored?.steps.find(({ name }) => name === step.name);
  if (now?.key === step.key && !UNWANTED.has(now.state)) return;
  await flow.withdraw!(outcome.reference);
  flow.log.warn('child.stray', { applicationId: view.application.id, step: step.name });
}

/** What became of a sub-application; "it never arrived" when there is none. */
export async function askChild(flow: Flow, step: Step): Promise<Reply> {
  const found =
    step.secret.reference === undefined ? undefined : await flow.ledger.read(step.secret.reference);
  if (!found) return { is: 'retry', code: 'NOT_RECEIVED' };
  return outcomeOf(flow, found.application);
}

async function outcomeOf(flow: Flow, row: ApplicationRow): Promise<Reply> {
  const { number, state, ending } = row;
  if (!FINAL.has(state)) return underWay(row);
  if (!ENDED_WELL.has(state)) return { is: 'refused', code: ending?.code ?? 'CHILD_ENDED' };
  const result = row.result && (await openResult(flow, row));
  return { is: 'ok', output: { number, state, ...(result && { result }) } };
}

async function openResult({ vault }: Flow, { id, wrappedKey, result }: ApplicationRow): Promise<JsonObject> {
  const key = await vault.openKey(id, wrappedKey);
  return JSON.parse(vault.unseal(key, places.result(id), result!).toString()) as JsonObject;
}

/** Withdraws it: done once it has ended, refused once it cannot be undone. */
export async function withdrawChild(
  flow: Flow,
  step: Step,
  withdraw: (id: string) => Promise<{ is: string; code?: string }>,
): Promise<Exclude<Outcome, { is: 'more' }>> {
  const id = step.secret.reference;
  const found = id === undefined ? undefined : await flow.ledger.read(id);
  if (!found) return { is: 'ok', output: {} };
  const { state } = found.application;
  if (ENDED_WELL.has(state)) return { is: 'refused', code: 'CHILD_COMPLETED' };
  if (FINAL.has(state)) return { is: 'ok', output: {} };
  const acted = await withdraw(found.application.id);
  if (acted.is === 'refused' && acted.code === 'past_pivot')
    return { is: 'refused', code: 'CHILD_PAST_PIVOT' };
  return { is: 'retry', code: 'CHILD_ENDING', afterSeconds: 30 };
}

/** Brings a sub-application's end to the step that opened it; what is lost here is found by asking. */
export async function tellParent(flow: Flow, child: Application): Promise<void> {
  const parent = child.parent === null ? undefined : await openView(flow, child.parent);
  const step = [...(parent?.steps.values() ?? [])].find(({ secret }) => secret.reference === child.id);
  const stored = step && (await flow.ledger.read(child.id));
  if (!parent || !stored) return;
  const outcome = await outcomeOf(flow, stored.application);
  if (outcome.is === 'pending') return;
  await settle(flow, parent.application.id, { step: step.name, by: 'news', outcome });
  flow.log.info('child.ended', {
    applicationId: parent.application.id,
    step: step.name,
    at: isoTime(flow.clock.now()),
  });
}
