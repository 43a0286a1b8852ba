/** Checks what a route does before it may: what cannot be undone, before what is still to be checked or to be undone. */
import type { Route, RouteStep } from '../domain/catalogue.ts';
import { ExpressionError } from '../domain/expression.ts';
import type { JsonValue } from '../domain/outcome.ts';
import { factsOf, type StepFacts } from './facts.ts';
import { compiled } from './literals.ts';
import { ancestorsOf, withPivotWaits } from './order.ts';
import type { Spot, World } from './world.ts';

interface Known {
  name: string;
  plan: RouteStep;
  facts: StepFacts;
  before: Set<string>;
}

type SpotOf = (...path: string[]) => Spot;

export function checkOrder(world: World): void {
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    const spot: SpotOf = (...path) => ({ file, path: ['steps', ...path] });
    if (!world.isSure(spot())) continue;
    const steps = known(route, world);
    if (!steps) continue;
    const pivot = steps.find(({ plan }) => plan.pivot);
    if (pivot) checkUndo(world, steps, pivot.name, spot);
    else checkPivot(world, steps, spot);
    checkEarly(world, steps, spot);
    checkLate(world, steps, spot);
  }
}

/** Every step with what is known of it; undefined while an order or a call is not, which is said elsewhere. */
function known(route: Route, world: World): Known[] | undefined {
  const whole = withPivotWaits(route);
  const steps = Object.entries(route.steps).map(([name, plan]) => {
    return { name, plan, facts: factsOf(plan, world), before: ancestorsOf(whole, name) };
  });
  const isKnown = steps.every(({ name, plan, facts, before }) => {
    const hasOrder = !before.has(name) && plan.after.every((one) => Object.hasOwn(route.steps, one));
    return hasOrder && facts.operations.length > 0;
  });
  return isKnown ? steps : undefined;
}

/** Who is refused is refused before his money is taken. What is final waits for every check of itself: it is the pivot. */
function checkEarly(world: World, steps: Known[], spot: SpotOf): void {
  for (const { name, facts, before } of steps) {
    if (facts.isFinal || !facts.takesMoney) continue;
    const open = steps.filter(
      (other) =>
        other.plan.need === 'mandatory' &&
        other.facts.isCheck &&
        other.name !== name &&
        !before.has(other.name) &&
        !other.before.has(name),
    );
    if (open.length === 0) continue;
    const checks = open.map((one) => one.name).join(', ');
    const message = `${name} takes money and need not wait for what may still refuse: ${checks}`;
    world.report(spot(name, 'after'), 'irreversible_before_check', message, `Add ${checks} to its after`);
  }
}

/** A look-up that needs nothing of what was done before it could have refused before that. */
function checkLate(world: World, steps: Known[], spot: SpotOf): void {
  for (const { name, plan, facts, before } of steps) {
    if (plan.need !== 'mandatory' || !facts.isCheck || facts.mayWait) continue;
    const done = steps.filter((one) => before.has(one.name) && (one.facts.isFinal || one.facts.takesMoney));
    const read = stepsReadBy(plan);
    const needs = (one: Known): boolean =>
      steps.some((other) => read.has(other.name) && (other === one || other.before.has(one.name)));
    if (done.length === 0 || done.some(needs)) continue;
    const names = done.map((one) => one.name).join(', ');
    const message = `${name} may refuse, and needs nothing of ${names}, which is done by then`;
    world.warn(spot(name, 'after'), 'check_too_late', message, `Let it come before ${names}`);
  }
}

function stepsReadBy({ with: fields, when = 'true' }: RouteStep): Set<string> {
  const texts = [when, ...textsIn(fields)].map(compiled);
  const reads = texts.flatMap((one) => (one instanceof ExpressionError ? [] : one.reads));
  return new Set(reads.flatMap(([root, name]) => (root === 'steps' && name !== undefined ? [name] : [])));
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Before the pivot everything that is done can be undone. */
function checkUndo(world: World, steps: Known[], pivot: string, spot: SpotOf): void {
  for (const { name, plan, facts, before } of steps) {
    if (!facts.isFinal || plan.pivot || before.has(pivot)) continue;
    const message = `${plan.call} cannot be undone, and ${name} may be done before the pivot ${pivot}`;
    const fix = `Add ${pivot} to its after, or call what can be undone`;
    // What an application does not depend on may stand although it is refused: whoever writes the route has to know.
    const say = plan.need === 'mandatory' ? world.report : world.warn;
    say(spot(name, 'call'), 'no_undo_before_pivot', message, fix);
  }
}

/** What stays done makes a point of no return of its step, unless nothing mandatory is left to fail. */
function checkPivot(world: World, steps: Known[], spot: SpotOf): void {
  const isLast = ({ name, before }: Known): boolean =>
    steps.every((one) => one.name === name || one.plan.need !== 'mandatory' || before.has(one.name));
  const final = steps.filter(({ facts }) => facts.isFinal);
  const mandatory = final.findLast(({ plan }) => plan.need === 'mandatory');
  const last = mandatory ?? final.findLast((one) => !isLast(one));
  if (!last) return;
  const message = `${last.plan.call} cannot be undone, and no step is the pivot`;
  const fix = 'Write pivot: true at the step from which there is no way back';
  const say = mandatory ? world.report : world.warn;
  say(spot(last.name, 'call'), 'no_pivot', message, fix);
}
