/** Turns a worked-out draft into the change that the ledger stores, and stores it. */
import type { Draft } from '../domain/application.ts';
import { conclude, holdBack, note, skip, start, startable } from '../domain/application.ts';
import { chain, type NewEvent } from '../domain/chain.ts';
import { ExpressionError, type Expression } from '../domain/expression.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { keepClock } from '../domain/standing.ts';
import { hasEnded, MAPPING_ERROR, type Step } from '../domain/step.ts';
import { countingOf } from './counting.ts';
import { isoTime, type Flow } from './flow.ts';
import { park } from './moves.ts';
import type { Change, Recorded } from './ports/ledger.ts';
import { beginRound, holdInputs, leaveEarlierRounds } from './rounds.ts';
import { ringFairly } from './share.ts';
import { places, scopeOf, sealStep, type View } from './view.ts';

/** Changes of one application may race: the loser works its own out again. 30 is far beyond any route. */
export const MOST_RACES = 30;

/** What a change carries besides the draft. */
export type Extras = Pick<
  Change,
  'attempt' | 'lane' | 'references' | 'inbox' | 'documents' | 'taken' | 'index' | 'said' | 'complaints'
> & {
  /** The body as the applicant has mended it. */
  body?: JsonObject;
  /** Who closes the open items of `draft.closed`. */
  by?: string;
  /** A person settles what is disputed, too. */
  disputes?: boolean;
};

/** Starts what may start, skips what `when` excludes, and concludes. Expressions run here, before any commit. */
export async function advance(
  flow: Flow,
  view: Pick<View, 'application' | 'body' | 'plan'>,
  draft: Draft,
): Promise<void> {
  await runAgain(flow, view, draft);
  if (!draft.application.ending) holdBack(draft, view.plan);
  for (let ready = startable(draft, view.plan); ready.length > 0; ready = startable(draft, view.plan)) {
    for (const step of ready) {
      const runs = await isWanted(flow, view, draft, step);
      if (runs === null) park(draft, step, MAPPING_ERROR);
      else if (runs) start(draft, step.name);
      else skip(draft, step.name);
    }
  }
  conclude(draft, view.plan, (step) => isUndoable(flow, step));
  const { ending, endedAt } = draft.application;
  if (ending && endedAt !== null && view.application.endedAt === null) await leaveEarlierRounds(flow, draft);
  const catalogue = flow.catalogue();
  const site = catalogue.sites.find(({ code }) => code === draft.application.site);
  keepClock(draft, view.plan, draft.application.clock && countingOf(catalogue, view.plan, site));
}

/** Steps whose end is none yet: a sum that falls short is paid again, and what judged it judges anew. */
async function runAgain(
  flow: Flow,
  view: Pick<View, 'application' | 'body' | 'plan'>,
  draft: Draft,
): Promise<void> {
  if (draft.application.ending) return;
  for (const name of [...draft.touched]) {
    const step = draft.steps.get(name)!;
    const { again } = view.plan.byName.get(name)!;
    const decided = step.state === 'succeeded' || step.state === 'rejected';
    if (!again || !decided || step.round > again.most) continue;
    if (!(await holds(flow, view, draft, step, again.when))) continue;
    const others = again.steps.map((other) => draft.steps.get(other)!);
    // What is under way, or waits for a person, has its own end first.
    if (!others.every(hasEnded)) continue;
    note(draft, 'step.again', { step: name, steps: again.steps, round: step.round + 1 });
    for (const one of [...others, step]) beginRound(flow, draft, one, 'pending');
  }
}

/** Whether a step's `when` holds; null when it cannot be worked out: a person's then, and what led here is kept all the same. */
async function isWanted(
  flow: Flow,
  view: Pick<View, 'application' | 'body' | 'plan'>,
  draft: Draft,
  step: Step,
): Promise<boolean | null> {
  const { when } = view.plan.byName.get(step.name)!;
  return when === null || holds(flow, view, draft, step, when);
}

async function holds(
  flow: Flow,
  view: Pick<View, 'application' | 'body' | 'plan'>,
  draft: Draft,
  { name }: Step,
  condition: Expression,
): Promise<boolean | null> {
  try {
    return Boolean(await condition.evaluate(scopeOf(flow, { ...view, steps: draft.steps })));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    flow.log.error('step.unmappable', {
      applicationId: view.application.id,
      step: name,
      problems: [error.code],
    });
    return null;
  }
}

export function isUndoable(flow: Flow, step: Step): boolean {
  return flow.registry.operation(step.adapter, step.operation).operation.compensation !== undefined;
}

/** Stores a draft: `raced` when another change of the same application came first. */
export async function commit(
  flow: Flow,
  view: View,
  draft: Draft,
  extras: Extras = {},
): Promise<Recorded['is']> {
  const { by = 'bus', disputes, ...rest } = extras;
  if (draft.oldRounds.length > 0) await holdInputs(flow, view, draft);
  const change = await toChange(flow, view, draft, rest);
  if (draft.closed.size > 0)
    change.close = { steps: [...draft.closed], by, ...(disputes && { disputes }), at: isoTime(draft.now) };
  const recorded = await flow.ledger.record(change);
  if (recorded.is === 'done') {
    ringFairly(flow, recorded.rings);
    const { endedAt, parent } = draft.application;
    if (parent !== null && endedAt !== null && view.application.endedAt === null)
      flow.ended?.(draft.application);
  }
  return recorded.is;
}

async function toChange(
  flow: Flow,
  view: View,
  draft: Draft,
  extras: Omit<Extras, 'by' | 'disputes'>,
): Promise<Change> {
  const { application } = draft;
  const { body, ...rest } = extras;
  const steps = [...draft.touched].map((name) => {
    const before = view.steps.get(name)!;
    return {
      row: sealStep(flow.vault, view.key, draft.steps.get(name)!),
      wake: before.wake,
      fence: before.fence,
    };
  });
  const head = { seq: view.application.version, hash: view.application.head };
  const result = await resultOf(flow, view, draft);
  return {
    applicationId: application.id,
    events: chain(application.id, head, isoTime(draft.now), stating(draft)),
    steps,
    // Named even when nothing is appended: a retry worked out before a cancellation must not outlive it.
    version: view.application.version,
    application: {
      state: application.state,
      ending: application.ending,
      endedAt: application.endedAt,
      clock: application.clock,
      ...(result && { result }),
      ...(body && { body: flow.vault.seal(view.key, places.body(application.id), JSON.stringify(body)) }),
    },
    ...(draft.items.length > 0 && { open: draft.items }),
    ...(draft.oldRounds.length > 0 && {
      oldRounds: draft.oldRounds.map((step) => sealStep(flow.vault, view.key, step)),
    }),
    ...rest,
  };
}

/** Each event says the application's state after the change it belongs to, so that the last one heard is the last one true. */
export function stating({ events, application: { state } }: Draft): NewEvent[] {
  return events.map((event) => ({ ...event, data: { ...event.data, state } }));
}

/** The route's result, read once when the application ends well. */
async function resultOf(flow: Flow, view: View, draft: Draft): Promise<Uint8Array | null> {
  const { application } = draft;
  const ended = application.endedAt !== null && view.application.endedAt === null;
  if (!ended || application.ending) return null;
  const scope = scopeOf(flow, { ...view, steps: draft.steps });
  try {
    const result: JsonObject = await view.plan.result.evaluate(scope);
    return flow.vault.seal(view.key, places.result(application.id), JSON.stringify(result));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    // The outputs stand in the steps: what the route makes of them must not keep an application from its end.
    flow.log.error('result.unmappable', { applicationId: application.id, problems: [error.code] });
    return null;
  }
}
