/** Turns a worked-out draft into the change that the ledger stores, and stores it. */
import type { Draft } from '../domain/application.ts';
import { conclude, skip, start, startable } from '../domain/application.ts';
import { chain } from '../domain/chain.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { isoTime, ringAll, type Flow } from './flow.ts';
import type { Change, Recorded } from './ports/ledger.ts';
import { places, scopeOf, sealStep, type View } from './view.ts';

/** What a change carries besides the draft. */
export type Extras = Pick<Change, 'attempt' | 'lane' | 'references' | 'inbox' | 'documents' | 'oldRounds'> & {
  /** Who closes the open items of `draft.closed`. */
  by?: string;
};

/** Starts what may start, skips what `when` excludes, and concludes. Expressions run here, before any commit. */
export async function advance(flow: Flow, view: Pick<View, 'application' | 'body' | 'plan'>, draft: Draft): Promise<void> {
  for (let ready = startable(draft, view.plan); ready.length > 0; ready = startable(draft, view.plan)) {
    for (const step of ready) {
      const { when } = view.plan.byName.get(step.name)!;
      const runs = when === null || Boolean(await when.evaluate(scopeOf(flow, { ...view, steps: draft.steps })));
      if (runs) start(draft, step.name);
      else skip(draft, step.name);
    }
  }
  conclude(draft, view.plan, (step) => isUndoable(flow, step));
}

export function isUndoable(flow: Flow, step: Step): boolean {
  return flow.registry.operation(step.adapter, step.operation).operation.compensation !== undefined;
}

/** Stores a draft: `raced` when another change of the same application came first. */
export async function commit(flow: Flow, view: View, draft: Draft, extras: Extras = {}): Promise<Recorded['is']> {
  const { by, ...rest } = extras;
  const change = await toChange(flow, view, draft, rest);
  if (draft.closed.size > 0) change.close = { steps: [...draft.closed], by: by ?? 'bus', at: isoTime(draft.now) };
  const recorded = await flow.ledger.record(change);
  if (recorded.is === 'done') ringAll(flow.queue, recorded.rings);
  return recorded.is;
}

async function toChange(flow: Flow, view: View, draft: Draft, extras: Omit<Extras, 'by'>): Promise<Change> {
  const { application } = draft;
  const steps = [...draft.touched].map((name) => {
    const before = view.steps.get(name)!;
    return { row: sealStep(flow.vault, view.key, draft.steps.get(name)!), wake: before.wake, fence: before.fence };
  });
  const head = { seq: view.application.version, hash: view.application.head };
  const result = await resultOf(flow, view, draft);
  return {
    applicationId: application.id,
    events: chain(application.id, head, isoTime(draft.now), draft.events),
    steps,
    ...(draft.events.length > 0 && {
      version: view.application.version,
      application: {
        state: application.state,
        ending: application.ending,
        endedAt: application.endedAt,
        ...(result && { result }),
      },
    }),
    ...(draft.items.length > 0 && { open: draft.items }),
    ...extras,
  };
}

/** The route's result, read once when the application ends well. */
async function resultOf(flow: Flow, view: View, draft: Draft): Promise<Uint8Array | null> {
  const { application } = draft;
  const ended = application.endedAt !== null && view.application.endedAt === null;
  if (!ended || application.ending) return null;
  const scope = scopeOf(flow, { ...view, steps: draft.steps });
  const result: JsonObject = await view.plan.result.evaluate(scope);
  return flow.vault.seal(view.key, places.result(application.id), JSON.stringify(result));
}
