/** What an applicant may mend, and which steps have to run again for it. Pure rules. */
import { parseDuration } from './duration.ts';
import type { Correction, Effect, JsonObject, JsonValue } from './outcome.ts';
import type { Plan, PlanStep } from './plan.ts';
import { isWaiting, perhapsDone, type Step } from './step.ts';

/** One field as it is to be, by JSON pointer of the application. */
export interface Mended {
  pointer: string;
  value: JsonValue;
}

/** Everything that agencies have sent back and that is still open. */
export function openCorrections(steps: Iterable<Step>): Correction[] {
  return [...steps].filter(isSentBack).flatMap(({ secret }) => secret.corrections ?? []);
}

/** Waits for the applicant's mending, not for him at an agency's counter. */
export const isSentBack = ({ state, timeoutAt }: Step): boolean =>
  state === 'waitingApplicant' && timeoutAt === null;

const covers = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

/** Whether a field was sent back: itself, or what it stands in. */
export function wasAsked(corrections: Correction[], pointer: string): boolean {
  return corrections.some((one) => one.pointer !== undefined && covers(one.pointer, pointer));
}

/** The body with fields replaced; undefined when a pointer leads through nothing. */
export function withFields(body: JsonObject, fields: Mended[]): JsonObject | undefined {
  const copy = structuredClone(body);
  for (const { pointer, value } of fields)
    if (!put(copy, pointer.split('/').slice(1), value)) return undefined;
  return copy;
}

function put(holder: JsonObject, path: string[], value: JsonValue): boolean {
  const [name = '', ...rest] = path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (name === '' || name === '__proto__') return false;
  const inner = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (rest.length === 0) {
    if (Array.isArray(holder) && !/^\d{1,4}$/.test(name)) return false;
    holder[name] = value;
    return true;
  }
  return typeof inner === 'object' && inner !== null && put(inner as JsonObject, path.slice(1), value);
}

/** Steps whose input reads what was mended, and those that read what these bring, in the route's order. */
export function affected(plan: Plan, pointers: string[]): Set<string> {
  const found = new Set<string>();
  for (let grew = true; grew;) {
    grew = false;
    for (const step of plan.steps) {
      if (found.has(step.name) || !readsAny(step, pointers, found)) continue;
      found.add(step.name);
      grew = true;
    }
  }
  return found;
}

function readsAny({ with: fields, when, at }: PlanStep, pointers: string[], steps: Set<string>): boolean {
  const reads = [...fields.reads, ...(when?.reads ?? []), ...(at?.reads ?? [])];
  return reads.some(([root, ...path]) => {
    if (root === 'steps') return path[0] !== undefined && steps.has(path[0]);
    const read = `/${path.join('/')}`;
    return (
      root === 'application' &&
      pointers.some((one) => path.length === 0 || covers(one, read) || covers(read, one))
    );
  });
}

/** A check whose result is older than the route lets it be. */
export function isStale({ rules }: PlanStep, step: Step, now: number): boolean {
  return (
    step.state === 'succeeded' &&
    rules.validFor !== undefined &&
    step.since + parseDuration(rules.validFor) < now
  );
}

/** What becomes of a step when the application is mended: it runs again, a person looks at it, or nothing. */
export function runsAgain(
  step: Step,
  effect: Effect,
  { isAffected, stale }: { isAffected: boolean; stale: boolean },
): 'again' | 'person' | 'no' {
  if (isSentBack(step)) return 'again';
  if (step.state === 'succeeded' && effect === 'read' && (isAffected || stale)) return 'again';
  if (!isAffected) return 'no';
  // Whether it is wanted may have changed.
  if (step.state === 'skipped') return 'again';
  if (wasTriedInVain(step)) return 'again';
  const isDone = step.state === 'succeeded' && effect !== 'read';
  const isWithAgency = isWaiting(step) || step.state === 'unknown';
  return isDone || isWithAgency || perhapsDone(step) || step.leaseUntil !== null ? 'person' : 'no';
}

/** Sent, and surely not done: sent again it would be sent as it was. */
function wasTriedInVain(step: Step): boolean {
  const { state, attempts, leaseUntil } = step;
  return (
    attempts > 0 && leaseUntil === null && (state === 'ready' || (state === 'parked' && !perhapsDone(step)))
  );
}
