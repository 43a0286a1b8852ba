/** What is replayed of an application: steps that surely did nothing run again as new rounds, by the way they came the first time. */
import { newDraft, note, FINAL } from '../domain/application.ts';
import { BUS } from '../domain/bus-agency.ts';
import { hasEnded, isInFlight, isWaiting, perhapsDone, type Step } from '../domain/step.ts';
import { advance, commit, MOST_RACES } from '../flow/change.ts';
import { beginRound } from '../flow/rounds.ts';
import { openView, type View } from '../flow/view.ts';
import { actEvent } from './act.ts';
import type { Actor } from './desk-event.ts';
import type { Desk } from './look.ts';

/** A step as it was when somebody looked: of a later round, nothing that was seen then holds. */
export interface Seen {
  step: string;
  round: number;
}

export type Replayed =
  | { is: 'replayed' }
  /** It was replayed for this reason already. */
  | { is: 'repeat' }
  | { is: 'notFound' }
  | { is: 'refused'; code: string; step?: string };

/** Runs these steps again. Once for a reason, however often it is asked. */
export async function replay(
  desk: Desk,
  applicationId: string,
  seen: Seen[],
  actor: Actor,
): Promise<Replayed> {
  const mark = desk.vault.index('replay', actor.reason);
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, applicationId);
    if (!view) return { is: 'notFound' };
    if (await wasReplayed(desk, applicationId, mark)) return { is: 'repeat' };
    const refused = refusal(desk, view, seen);
    if (refused) return { is: 'refused', ...refused };
    const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
    const steps = seen.map(({ step }) => step);
    draft.events.push(actEvent(desk, view, 'application.replayed', actor, { replay: mark, steps }));
    for (const { step, round } of seen) {
      note(draft, 'step.replayed', { step, round: round + 1, replayOf: round });
      // Begins when those before it have ended, as it did the first time.
      beginRound(desk, draft, draft.steps.get(step)!, 'pending');
    }
    await advance(desk, view, draft);
    if ((await commit(desk, view, draft, { by: actor.by })) !== 'done') continue;
    desk.log.info('act.done', { applicationId, act: 'application.replayed', by: actor.by, steps });
    return { is: 'replayed' };
  }
  throw new Error(
    `Application ${applicationId} changed ${MOST_RACES} times while a replay was being applied`,
  );
}

const PAGE = 500;

/** Whether an event of its own says so: whoever adds one meanwhile wins the race, and this is looked at again. */
async function wasReplayed({ ledger }: Desk, applicationId: string, mark: string): Promise<boolean> {
  for (let after = 0; ;) {
    const events = await ledger.events(applicationId, after, PAGE);
    if (events.some(({ type, data }) => type === 'go.mpp.application.replayed.v1' && data.includes(mark)))
      return true;
    if (events.length < PAGE) return false;
    after = events.at(-1)!.seq;
  }
}

function refusal(desk: Desk, view: View, seen: Seen[]): { code: string; step?: string } | null {
  if (isOver(view)) return { code: 'application_ended' };
  for (const { step: name, round } of seen) {
    const step = view.steps.get(name);
    if (!step) return { code: 'unknown_step', step: name };
    if (step.round !== round) return { code: 'changed_since', step: name };
    const code = whyNot(desk, step, true);
    if (code !== null) return { code, step: name };
  }
  return null;
}

export const isOver = ({ application }: View): boolean =>
  FINAL.has(application.state) || application.ending !== null;

/** The agency took it, and it was we who waited no longer: it may still do it. */
const GIVEN_UP: ReadonlySet<string> = new Set(['WAIT_TIMED_OUT', 'PAYMENT_EXPIRED']);

/**
 * Why a step is not sent again; null when it surely did nothing, or nothing but look. `named`: somebody asked for this
 * one, or for all from one on; else only what failed is meant.
 */
export function whyNot(desk: Desk, step: Step, named: boolean): string | null {
  const { effect } = desk.registry.operation(step.adapter, step.operation).operation;
  if (isInFlight(step) || isWaiting(step)) return step.state === 'unknown' ? 'outcome_unknown' : 'in_flight';
  if (perhapsDone(step) && effect !== 'read') return 'outcome_unknown';
  if (step.state === 'pending' || step.state === 'ready') return 'under_way';
  if (step.state === 'waitingApplicant') return 'applicants_turn';
  // A person has decided, a time has passed: neither is asked for twice.
  const looksAgain = effect === 'read' && step.agency !== BUS;
  if (step.state === 'succeeded') return looksAgain && named ? null : 'step_done';
  if (step.state === 'skipped') return named ? null : 'step_done';
  if (step.state === 'rejected')
    return GIVEN_UP.has(step.code ?? '') && effect !== 'read' ? 'outcome_unknown' : null;
  return hasEnded(step) ? 'step_done' : null;
}
