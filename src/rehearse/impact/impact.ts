/** What a candidate route or adapter would have sent for recorded applications, held against what their own versions build. */
import type { JsonValue } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Step } from '../../domain/step.ts';
import type { View } from '../../flow/view.ts';
import { pairOf, type Candidates } from './pair.ts';
import { recordedSince, type Reading, type Wanted } from './recorded.ts';
import type { Built } from './requests.ts';

export type { Candidates } from './pair.ts';

export interface FieldImpact {
  step: string;
  /** Where in the request: `body.json.totalAmount.value`; or what becomes of the step as a whole. */
  at: string;
  is: 'added' | 'removed' | 'changed';
  count: number;
  /** Masked. */
  examples: { before: string; after: string }[];
}

/** A request that could not be built, without a word of what it was to hold. */
export interface Failure {
  /** The application's number. */
  number: string;
  step: string;
  why: string;
}

export interface Impact {
  applications: number;
  /** Applications that cannot be read any more: their keys are erased. */
  erased: number;
  /** Older ones of the time asked for were left out. */
  isCut: boolean;
  /** Requests that were built twice and compared. */
  requests: number;
  same: number;
  /** Requests that one of the versions could not build, though it was to. */
  failed: number;
  /** The first of them. */
  failures: Failure[];
  fields: FieldImpact[];
}

const MOST_EXAMPLES = 3;
const MOST_FAILURES = 20;

/** Reads one application after the other; `tell` is called with how many were compared. */
export async function impactOf(
  reading: Reading,
  candidates: Candidates,
  wanted: Wanted,
  tell: (applications: number) => void = () => undefined,
): Promise<Impact> {
  const impact: Impact = {
    ...{ applications: 0, erased: 0, isCut: false, requests: 0, same: 0, failed: 0 },
    ...{ failures: [], fields: [] },
  };
  for await (const view of recordedSince(reading, wanted)) {
    if (view === 'erased') impact.erased += 1;
    else if (view === 'older') impact.isCut = true;
    else await compare(reading, candidates, view, impact);
    tell(impact.applications);
  }
  return impact;
}

async function compare(reading: Reading, candidates: Candidates, view: View, impact: Impact): Promise<void> {
  impact.applications += 1;
  for (const step of view.steps.values()) await compareStep(reading, candidates, view, step, impact);
  for (const { name, rules } of newSteps(candidates.plan, view))
    note(impact, candidates, name, 'the step itself', [], [rules.call]);
}

const newSteps = (plan: Plan | undefined, { steps }: View): Plan['steps'] =>
  (plan?.steps ?? []).filter(({ name }) => !steps.has(name));

async function compareStep(
  reading: Reading,
  candidates: Candidates,
  view: View,
  step: Step,
  impact: Impact,
): Promise<void> {
  const pair = await pairOf(reading, candidates, view, step);
  if (!pair) return;
  const { before, after } = pair;
  impact.requests += 1;
  const broken = [before, after].find((one) => 'failed' in one && one.isBroken);
  if (broken && 'failed' in broken) {
    impact.failed += 1;
    if (impact.failures.length < MOST_FAILURES)
      impact.failures.push({ number: view.application.number, step: step.name, why: broken.failed });
  }
  if (!differs(impact, candidates, step.name, before, after) && !broken) impact.same += 1;
}

function differs(impact: Impact, candidates: Candidates, step: string, before: Built, after: Built): boolean {
  if ('failed' in before || 'failed' in after) {
    const [was, is] = [before, after].map((one) => ('failed' in one ? one.failed : 'sent'));
    if (was === is) return false;
    note(impact, candidates, step, 'the step itself', [was!], [is!]);
    return true;
  }
  const [was, is] = [before.leaves, after.leaves];
  let found = false;
  for (const at of new Set([...was.keys(), ...is.keys()])) {
    const [one, other] = [was.get(at) ?? [], is.get(at) ?? []];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    found = true;
    note(impact, candidates, step, at, one, other);
  }
  return found;
}

function note(
  { fields }: Impact,
  { show }: Candidates,
  step: string,
  at: string,
  before: JsonValue[],
  after: JsonValue[],
): void {
  const is = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed';
  let field = fields.find((one) => one.step === step && one.at === at && one.is === is);
  if (!field) fields.push((field = { step, at, is, count: 0, examples: [] }));
  field.count += 1;
  const isWhole = at === 'the step itself';
  const word = (values: JsonValue[]): string =>
    isWhole ? String(values[0] ?? 'nothing') : values.map(show).join(', ') || 'nothing';
  const example = { before: word(before), after: word(after) };
  const known = field.examples.some((one) => one.before === example.before && one.after === example.after);
  if (!known && field.examples.length < MOST_EXAMPLES) field.examples.push(example);
}
