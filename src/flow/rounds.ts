/** A step run again: a new intent under a new key, attempts from 1, the old round kept as it was. */
import { patch, type Draft } from '../domain/application.ts';
import { newKey } from '../domain/ids.ts';
import type { Step } from '../domain/step.ts';
import type { Flow } from './flow.ts';

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
