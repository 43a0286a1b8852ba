/** Checks a step's settings against what its operation does: waits, rounds, bills, tasks and conditions. */
import { BUS } from '../domain/bus-agency.ts';
import type { Route, RouteStep } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import { STEP_STATES } from '../domain/step.ts';
import { checkForm } from './check-forms.ts';
import { factsOf, type StepFacts } from './facts.ts';
import { suggest } from './finding.ts';
import { literalOf, statesIn } from './literals.ts';
import { ancestorsOf, isOrderSure } from './order.ts';
import type { Spot, World } from './world.ts';

type SpotOf = (...path: (string | number)[]) => Spot;

const TASK = `${BUS}.task`;
const WAIT = `${BUS}.wait`;

export function checkSteps(world: World): void {
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    for (const [step, plan] of Object.entries(route.steps)) {
      const spot: SpotOf = (...path) => ({ file, path: ['steps', step, ...path] });
      const facts = factsOf(plan, world);
      checkWhen(world, route, plan, spot);
      checkTask(world, plan, spot);
      checkAgain(world, route, step, facts, spot);
      if (facts.operations.length === 0) continue;
      checkRounds(world, plan, facts, spot);
      checkWaits(world, plan, facts, spot);
    }
  }
}

function checkWhen(world: World, route: Route, { when, after }: RouteStep, spot: SpotOf): void {
  if (when === undefined) return;
  for (const { step, state, whole } of statesIn(when)) {
    const isMandatory = after.includes(step) && route.steps[step]?.need === 'mandatory';
    const isOther = STEP_STATES.some((one) => one === state && !['succeeded', 'skipped'].includes(one));
    if (!whole || !isMandatory || !isOther) continue;
    const message = `${step} has ended well by then, so the step is always skipped`;
    world.report(spot('when'), 'never_runs', message, `Make ${step} best effort, or take the step out`);
    return;
  }
  const literal = literalOf(when);
  if (literal === undefined) return;
  const never = literal === false || literal === null || literal === '' || literal === 0;
  if (never) world.report(spot('when'), 'never_runs', 'The step is always skipped', 'Take the step out');
  else world.warn(spot('when'), 'always_runs', 'The condition always holds', 'Take it out');
}

function checkTask(world: World, { call, task, waits }: RouteStep, spot: SpotOf): void {
  if (!task) {
    if (call !== TASK) return;
    const fix = 'Add task: with role and title';
    world.report(spot('call'), 'task_missing', 'Nobody is named who decides', fix);
    return;
  }
  if (call !== TASK && call !== '') {
    const fix = `Take it out, or call ${TASK}`;
    world.report(
      spot('task'),
      'task_elsewhere',
      `${call} is decided by an agency, not by a person here`,
      fix,
    );
    return;
  }
  checkForm(world, task.form, spot('task', 'form'));
  if (task.due === undefined || waits === undefined || !isShorter(waits, task.due)) return;
  const message = `The wait is over after ${waits}, before it is due`;
  world.report(spot('task', 'due'), 'due_after_wait', message, 'Shorten due, or lengthen waits');
}

function checkAgain(world: World, route: Route, step: string, facts: StepFacts, spot: SpotOf): void {
  const { again } = route.steps[step]!;
  if (!again) return;
  const before = ancestorsOf(route, step);
  if (facts.isOnce) reportOnce(world, spot('again'), `${step} may be done once only`);
  again.steps.forEach((name, place) => {
    const at = spot('again', 'steps', place);
    const other = Object.hasOwn(route.steps, name) ? route.steps[name] : undefined;
    if (!other) {
      world.report(at, 'unknown_step', `No step ${name}`, suggest(name, before));
    } else if (name === step) {
      world.report(
        at,
        'again_itself',
        `${name} runs again of itself`,
        'Name what is to run before it, or nothing',
      );
    } else if (!before.has(name) && isOrderSure(world, route, at.file, step)) {
      const message = `${name} need not have ended before ${step} begins, so it cannot run again for it`;
      world.report(at, 'again_not_before', message, `Add ${name} to after`);
    } else if (factsOf(other, world).isOnce) {
      reportOnce(world, at, `${name} may be done once only`);
    }
  });
  checkBetween(world, route, step, spot('again', 'steps'));
}

/** What stands between a step that runs again and the one that has it run keeps what it gave before. */
function checkBetween(world: World, route: Route, step: string, spot: Spot): void {
  const again = route.steps[step]!.again!.steps;
  const kept = [...ancestorsOf(route, step)].filter((name) => {
    const before = ancestorsOf(route, name);
    return !again.includes(name) && name !== step && again.some((one) => one !== name && before.has(one));
  });
  if (kept.length === 0) return;
  const names = kept.toSorted().join(', ');
  world.warn(spot, 'again_gap', `${names} would keep the result of the round before`, `Add ${names}`);
}

function reportOnce(world: World, spot: Spot, message: string): void {
  const fix = 'Take it out: nobody could say whether it was done before';
  world.report(spot, 'retry_of_once', message, fix);
}

function checkRounds(world: World, plan: RouteStep, facts: StepFacts, spot: SpotOf): void {
  const { call } = plan;
  if (plan.insist === true && facts.isOnce)
    reportOnce(world, spot('insist'), `${call} may be done once only`);
  if (plan.rebill !== undefined && !facts.takesMoney) {
    world.report(spot('rebill'), 'rebill_without_money', `${call} takes no money`, 'Take it out');
  }
  if (plan.validFor !== undefined && !facts.isRead) {
    const message = `${call} does something: it is not done again because it is old`;
    world.report(spot('validFor'), 'valid_for_effect', message, 'Take it out; it is for checks');
  }
}

function checkWaits(world: World, plan: RouteStep, facts: StepFacts, spot: SpotOf): void {
  for (const field of ['waits', 'remind', 'onTimeout'] as const) {
    if (plan[field] === undefined || facts.mayWait) continue;
    const message = `${plan.call} answers at once, so nothing is waited for`;
    world.report(spot(field), 'never_waits', message, 'Take it out');
  }
  if (!facts.mayWait) return;
  if (plan.call === WAIT && plan.onTimeout !== undefined) {
    const message = 'The end of the time is what is waited for';
    world.report(spot('onTimeout'), 'never_times_out', message, 'Take it out');
  }
  if (world.isSure(spot('remind')) && world.isSure(spot('waits'))) checkReminders(world, plan, facts, spot);
}

function checkReminders(world: World, plan: RouteStep, facts: StepFacts, spot: SpotOf): void {
  const remind = plan.remind ?? [];
  const wait = waitOf(plan, facts);
  remind.forEach((after, place) => {
    const at = spot('remind', place);
    const earlier = remind[place - 1];
    if (!isShorter(after, wait)) {
      const fix = 'Take it out, or lengthen waits';
      world.report(at, 'remind_after_wait', `The wait is over after ${wait}`, fix);
    } else if (earlier !== undefined && !isShorter(earlier, after)) {
      world.report(
        at,
        'remind_order',
        `${after} does not come after ${earlier}`,
        'Write them in rising order',
      );
    }
  });
}

const DEFAULT_WAIT = '30d';

/** How long it is waited at the most. */
function waitOf({ call, waits, with: fields }: RouteStep, { operations }: StepFacts): string {
  const span = call === WAIT ? literalOf(fields['for']) : undefined;
  if (typeof span === 'string' && SPAN.test(span)) return span;
  if (waits !== undefined) return waits;
  const all = operations.map((one) => one.waits ?? DEFAULT_WAIT);
  return all.reduce((longest, one) => (isShorter(longest, one) ? one : longest));
}

const SPAN = /^[1-9]\d{0,5}[smhd]$/;
const isShorter = (one: string, other: string): boolean => parseDuration(one) < parseDuration(other);
