/** A step run again: a new intent under a new key, attempts from 1, the old round kept as it was. */
import { patch, type Draft } from '../domain/application.ts';
import { ExpressionError } from '../domain/expression.ts';
import { newKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { hasEnded, type Step } from '../domain/step.ts';
import type { Flow } from './flow.ts';
import { inputOf, type View } from './view.ts';

/**
 * Begins a new round: at once (`ready`), or when the steps before it have ended (`pending`). What the old round gave is
 * seen by expressions as `steps.<name>.before`.
 */
export function beginRound(
  { clock }: Pick<Flow, 'clock'>,
  draft: Draft,
  step: Step,
  state: 'ready' | 'pending',
): void {
  const { output, before } = step.secret;
  const given = output ?? before;
  draft.oldRounds.push(step);
  draft.closed.add(step.name);
  patch(draft, step.name, {
    ...{ round: step.round + 1, attempts: 0, spent: 0, inquiries: 0, code: null },
    ...{ state, dueAt: state === 'ready' ? draft.now : null },
    ...{ key: newKey(clock), timeoutAt: null, sentAt: null, leaseUntil: null, leaseKind: null },
    ...{ fence: step.fence + 1, secret: given ? { before: given } : {} },
  });
}

/**
 * What earlier rounds were paid, or did, still stands when an application has ended without its purpose: undoing speaks
 * of the last round only, so each of the others is a person's.
 */
export async function leaveEarlierRounds({ ledger, registry }: Flow, draft: Draft): Promise<void> {
  const stood = [...draft.steps.values()].filter(({ secret }) => secret.before !== undefined);
  if (stood.length === 0) return;
  const rounds = await ledger.oldRounds(draft.application.id);
  for (const { name, adapter, operation: called } of stood) {
    const { money, compensation } = registry.operation(adapter, called).operation;
    if (!money && !compensation) continue;
    const kind = money ? 'refund' : 'undoRefused';
    for (const { step, state } of rounds)
      if (step === name && state === 'succeeded') draft.items.push({ step, kind, code: 'EARLIER_ROUND' });
  }
}

/**
 * Before what other steps read is changed: one that was sent, and whose process died before it kept its input, keeps it
 * now, for its key is known; one that is about to be sent is read anew by whoever was about to send it.
 */
export async function holdInputs(flow: Flow, view: View, draft: Draft): Promise<void> {
  for (const before of view.steps.values()) {
    const { name, round, state, secret, attempts } = draft.steps.get(before.name)!;
    if (round !== before.round || hasEnded({ ...before, state })) continue;
    const isSent = attempts > 0 && secret.input === undefined;
    const input = isSent ? await sentInput(flow, view, before) : undefined;
    if (input) patch(draft, name, { secret: { ...secret, input } });
    else if (state === 'ready') patch(draft, name, {});
  }
}

async function sentInput(flow: Flow, view: View, step: Step): Promise<JsonObject | undefined> {
  try {
    return await inputOf(flow, view, step);
  } catch (error) {
    // What cannot be read was never sent.
    if (!(error instanceof ExpressionError)) throw error;
    return undefined;
  }
}
