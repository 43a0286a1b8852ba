/** A route as the checks read it, worked out here once more: what comes before what, and what reads what. */
import type { Catalogue, RouteStep } from '../../src/domain/catalogue.ts';

export interface Planned {
  name: string;
  position: number;
  step: RouteStep;
  call: string;
  /** What must have ended before it, the checks that a pivot waits for among them. */
  after: { name: string; need: RouteStep['need'] }[];
}

const known = new WeakMap<object, Map<string, Planned>>();

export function planOf({ routes }: Catalogue, service: string): Map<string, Planned> {
  const { steps } = routes.get(service)!;
  const plan =
    known.get(steps) ??
    new Map(Object.entries(steps).map(([name], at) => [name, plannedOf(steps, name, at)]));
  known.set(steps, plan);
  return plan;
}

type Steps = Record<string, RouteStep>;

function plannedOf(steps: Steps, name: string, position: number): Planned {
  const step = steps[name]!;
  const comesAfter = (one: string, seen = new Set<string>()): boolean =>
    steps[one]!.after.some((other) => {
      if (other === name) return true;
      if (seen.has(other)) return false;
      seen.add(other);
      return comesAfter(other, seen);
    });
  const others = Object.keys(steps).filter((one) => one !== name);
  const checks = step.pivot
    ? others.filter((one) => steps[one]!.need === 'mandatory' && !comesAfter(one))
    : [];
  const after = [...new Set([...step.after, ...checks])].map((one) => ({
    name: one,
    need: steps[one]!.need,
  }));
  return { name, position, step, call: step.call, after };
}

/** What a step reads of the application, as JSON pointers, and of other steps. */
export function readsOf({ with: fields, when = '', at = '' }: RouteStep): {
  pointers: string[];
  steps: string[];
} {
  const text = [JSON.stringify(fields), when, at].join(' ');
  const paths = [...text.matchAll(/\b(application|steps)((?:\.\w+)+)/g)].map(([, root, path]) => ({
    root,
    path: path!,
  }));
  return {
    pointers: paths.filter(({ root }) => root === 'application').map(({ path }) => path.replaceAll('.', '/')),
    steps: paths.filter(({ root }) => root === 'steps').map(({ path }) => path.split('.')[1]!),
  };
}

const SPAN: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const msOf = (span: string): number => Number(span.slice(0, -1)) * SPAN[span.at(-1)!]!;
