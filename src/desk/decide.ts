/** A person's decision that a route asked for: held against its form, agreed by a second one where the route wants four eyes. */
import canonicalize from 'canonicalize';
import { newDraft, patch, FINAL } from '../domain/application.ts';
import { BUS_ADAPTER } from '../domain/bus-agency.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Correction, JsonObject, LocalizedText } from '../domain/outcome.ts';
import type { PlanStep } from '../domain/plan.ts';
import type { Step } from '../domain/step.ts';
import { settleOnce, type Reply } from '../flow/settle.ts';
import { advance, commit, MOST_RACES } from '../flow/change.ts';
import { inputOf, openView, type View } from '../flow/view.ts';
import { compileForOwner } from '../schema/validate.ts';
import { actEvent, type Actor } from './act.ts';
import type { Desk } from './look.ts';

export type Decision =
  | { as: 'approved'; output: JsonObject }
  | { as: 'rejected'; code: string; text?: string }
  | { as: 'sendBack'; corrections: Correction[] };

export type Decided =
  /** `proposed`: a second person has to agree. */
  | { is: 'done' | 'proposed' }
  | { is: 'notFound' }
  | { is: 'refused'; code: string; problems?: { pointer: string; code: string }[] };

/** Decides a waiting `bus.task`. Of two who differ the later one's proposal stands, and the first has to agree. */
export async function decideTask(
  desk: Desk,
  applicationId: string,
  name: string,
  decision: Decision,
  actor: Actor,
): Promise<Decided> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, applicationId);
    const step = view?.steps.get(name);
    if (!view || !step) return { is: 'notFound' };
    const planned = view.plan.byName.get(name)!;
    const refused = refusalOf(view, step, planned, decision);
    if (refused) return refused;
    const decided = await store(desk, view, step, planned, decision, actor);
    if (decided) return decided;
  }
  throw new Error(`Application ${applicationId} changed ${MOST_RACES} times while it was being decided`);
}

/** A decision that is wanted, as its officer sees it. */
export interface Task {
  applicationId: string;
  number: string;
  step: string;
  role: string;
  title: LocalizedText;
  /** What the route shows him. */
  see: JsonObject;
  form: JsonObject;
  dueAt: number | null;
  fourEyes: boolean;
  /** What a first person decided. */
  proposed: { by: string; decision: JsonObject } | null;
}

/** Undefined when nothing is to be decided there. */
export async function showTask(desk: Desk, applicationId: string, name: string): Promise<Task | undefined> {
  const view = await openView(desk, applicationId);
  const step = view?.steps.get(name);
  const task = view?.plan.byName.get(name)?.rules.task;
  if (!view || !step || !task || step.state !== 'waitingOfficer') return undefined;
  const input = await inputOf(desk, view, step);
  const { number } = view.application;
  return {
    ...{ applicationId, number, step: name, role: task.role, title: task.title, form: task.form },
    see: (input['see'] ?? {}) as JsonObject,
    dueAt: task.due === undefined ? null : step.since + parseDuration(task.due),
    fourEyes: task.fourEyes,
    proposed: step.secret.proposal ?? null,
  };
}

/** Who decides a step, also when nothing is to be decided (any more); undefined where no person does. */
export async function roleOfTask(
  desk: Desk,
  applicationId: string,
  name: string,
): Promise<string | undefined> {
  const view = await openView(desk, applicationId);
  return view?.plan.byName.get(name)?.rules.task?.role;
}

function refusalOf({ application }: View, step: Step, planned: PlanStep, decision: Decision): Decided | null {
  const isTask = step.adapter === BUS_ADAPTER && step.operation === 'task';
  if (!isTask) return { is: 'refused', code: 'no_task' };
  if (FINAL.has(application.state) || application.ending) return { is: 'refused', code: 'application_ended' };
  if (step.state !== 'waitingOfficer') return { is: 'refused', code: 'not_waiting' };
  if (decision.as !== 'approved') return null;
  const problems = compileForOwner(planned.rules.task?.form ?? {})(decision.output);
  if (problems.length === 0) return null;
  return {
    is: 'refused',
    code: 'output_invalid',
    problems: problems.map(({ pointer, code }) => ({ pointer: `/output${pointer}`, code })),
  };
}

/** Null when another change came first. */
async function store(
  desk: Desk,
  view: View,
  step: Step,
  { rules }: PlanStep,
  decision: Decision,
  actor: Actor,
): Promise<Decided | null> {
  const { proposal } = step.secret;
  const agrees = proposal && canonicalize(proposal.decision) === canonicalize(decision);
  if (proposal?.by === actor.by && agrees) return { is: 'refused', code: 'four_eyes' };
  const data = { step: step.name, as: decision.as };
  if (rules.task?.fourEyes === true && !agrees) {
    const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
    const own = { by: actor.by, decision: decision as unknown as JsonObject };
    patch(draft, step.name, { secret: { ...step.secret, proposal: own } });
    draft.events.push(actEvent(desk, view, 'task.proposed', actor, data));
    await advance(desk, view, draft);
    return (await commit(desk, view, draft)) === 'done' ? { is: 'proposed' } : null;
  }
  const event = actEvent(desk, view, 'task.decided', actor, data);
  const fact = { step: step.name, by: 'news' as const, outcome: outcomeOf(decision), events: [event] };
  const { stored } = await settleOnce(desk, view, fact);
  return stored === 'done' ? { is: 'done' } : null;
}

function outcomeOf(decision: Decision): Reply {
  switch (decision.as) {
    case 'approved':
      return { is: 'ok', output: decision.output };
    case 'rejected':
      return {
        is: 'refused',
        code: decision.code,
        ...(decision.text !== undefined && { text: decision.text }),
      };
    case 'sendBack':
      return { is: 'sendBack', corrections: decision.corrections };
  }
}
