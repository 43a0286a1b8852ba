/** What another version of a route changes for the applications that are accepted under it. */
import type { Route, RouteStep, Service } from '../../domain/catalogue.ts';
import type { JsonValue } from '../../domain/outcome.ts';
import { compilePlan, type Plan } from '../../domain/plan.ts';
import { nearest } from '../plan/outline.ts';
import { changesBetween, namedChanges, type Change } from './changes.ts';

export interface Version {
  service: Service;
  route: Route;
}

export function routeChanges(before: Version, after: Version): Change[] {
  const [one, other] = [before, after].map(({ service, route }) => compilePlan('', service, route)) as [
    Plan,
    Plan,
  ];
  return [
    ...sameVersion('version', before.route, after.route),
    ...namedChanges(
      stepsOf(before.route),
      stepsOf(after.route),
      'steps',
      { added: (step) => `calls ${step.call}`, removed: (step) => `called ${step.call}` },
      (name, was, is) => stepChanges(name, was, is, one, other),
    ),
    ...pivotChange(one, other),
    ...changesBetween(json(before.route.deadline), json(after.route.deadline), 'deadline'),
    ...changesBetween(before.route.order, after.route.order, 'order'),
    ...changesBetween(before.route.result, after.route.result, 'result'),
  ];
}

const json = (value: unknown): JsonValue | undefined => value as JsonValue | undefined;
const stepsOf = ({ steps }: Route): Map<string, RouteStep> => new Map(Object.entries(steps));

/** What differs has to have a version of its own, or nobody can say which one an application goes by. */
export function sameVersion(at: string, before: { version: string }, after: { version: string }): Change[] {
  const same = before.version === after.version;
  const differs = changesBetween(json(before), json(after), '').length > 0;
  if (same && differs)
    return [
      { is: 'changed', at, before: before.version, after: after.version, means: 'give it another version' },
    ];
  return changesBetween(before.version, after.version, at);
}

function stepChanges(name: string, was: RouteStep, is: RouteStep, before: Plan, after: Plan): Change[] {
  const at = `steps.${name}`;
  const { after: __, pivot: _, ...own } = was;
  const { after: ____, pivot: ___, ...others } = is;
  return [...moved(name, before, after), ...changesBetween(json(own), json(others), at)];
}

/** By what it waits for, the pivot's own waiting included. */
function moved(name: string, before: Plan, after: Plan): Change[] {
  const [was, is] = [before, after].map((plan) => nearest(plan, plan.byName.get(name)!.after).toSorted()) as [
    string[],
    string[],
  ];
  if (was.join() === is.join()) return [];
  const word = (names: string[]): string =>
    names.length === 0 ? 'begins at once' : `after ${names.join(' and ')}`;
  return [{ is: 'moved', at: `steps.${name}`, before: word(was), after: word(is) }];
}

function pivotChange(before: Plan, after: Plan): Change[] {
  const pivot = (plan: Plan): string => plan.steps.find((step) => step.pivot)?.name ?? 'none';
  const [was, is] = [pivot(before), pivot(after)];
  if (was === is) return [];
  const means = is === 'none' ? 'all can be undone' : `from ${is} on there is no way back`;
  return [{ is: 'changed', at: 'pivot', before: was, after: is, means }];
}
