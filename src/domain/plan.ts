/** A route unfolded for one application: its steps in order, what each waits for, and what it sends. */
import type { Route, RouteStep, Service } from './catalogue.ts';
import { compileExpression, compileTemplate, type Expression, type Template } from './expression.ts';

export interface PlanStep {
  name: string;
  position: number;
  /** The agency's role and the operation: `bank`, `collectPayment`. */
  role: string;
  operation: string;
  after: string[];
  when: Expression | null;
  at: Expression | null;
  need: RouteStep['need'];
  pivot: boolean;
  waits: string | null;
  with: Template;
  again: { when: Expression; steps: string[]; most: number } | null;
  /** The rest of what the route says of it. */
  rules: RouteStep;
}

/** The service and route that an application was accepted under: pinned for its life (law 9). */
export interface Plan {
  digest: string;
  service: Service;
  route: Route;
  steps: PlanStep[];
  byName: Map<string, PlanStep>;
  result: Template;
}

/** Compiles a service and its route. Throws ExpressionError for an expression that does not compile. */
export function compilePlan(digest: string, service: Service, route: Route): Plan {
  const steps = Object.entries(route.steps).map(([name, step], position) => planStep(name, position, step));
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of steps)
    if (step.pivot) step.after = [...new Set([...step.after, ...checksBefore(step, steps)])];
  return { digest, service, route, steps, byName, result: compileTemplate(route.result) };
}

function planStep(name: string, position: number, step: RouteStep): PlanStep {
  const dot = step.call.indexOf('.');
  return {
    name,
    position,
    role: step.call.slice(0, dot),
    operation: step.call.slice(dot + 1),
    after: step.after,
    when: step.when === undefined ? null : compileExpression(step.when),
    at: step.at === undefined ? null : compileExpression(step.at),
    need: step.need,
    pivot: step.pivot,
    waits: step.waits ?? null,
    again: step.again ? { ...step.again, when: compileExpression(step.again.when) } : null,
    rules: step,
    with: compileTemplate(step.with),
  };
}

/** A pivot waits for every mandatory step that does not come after it: past it nothing can be undone. */
function checksBefore(pivot: PlanStep, steps: PlanStep[]): string[] {
  const later = new Set([pivot.name]);
  for (let grew = true; grew;) {
    grew = false;
    for (const step of steps) {
      if (later.has(step.name) || !step.after.some((name) => later.has(name))) continue;
      later.add(step.name);
      grew = true;
    }
  }
  return steps.filter((step) => step.need === 'mandatory' && !later.has(step.name)).map((step) => step.name);
}
