/** What a candidate route or adapter would have sent for recorded applications, held against what their own versions build. */
import type { Adapter } from '../../adapter-kit/contract.ts';
import { BUS_ADAPTER } from '../../domain/bus-agency.ts';
import type { Plan } from '../../domain/plan.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import type { Step } from '../../domain/step.ts';
import { agreed } from '../../flow/purposes.ts';
import { scopeOf, type View } from '../../flow/view.ts';
import type { Show } from './known-words.ts';
import { readerOf, recordedSince, type Reading } from './recorded.ts';
import { built, leavesOf, type Built } from './requests.ts';

export interface Candidates {
  /** Another route (and service) for applications of this service. */
  plan?: Plan;
  /** Another version of an adapter. */
  adapter?: Adapter;
  /** Settings of an agency as the comparison goes by them, without real secrets. */
  settingsOf(agency: string): Promise<JsonObject>;
  show: Show;
}

export interface FieldImpact {
  step: string;
  /** Where in the request: `body.json.totalAmount.value`; or what becomes of the step as a whole. */
  at: string;
  is: 'added' | 'removed' | 'changed';
  count: number;
  /** Masked. */
  examples: { before: string; after: string }[];
}

export interface Impact {
  applications: number;
  /** Requests that were built twice and compared. */
  requests: number;
  same: number;
  fields: FieldImpact[];
}

const MOST_EXAMPLES = 3;

export async function impactOf(
  reading: Reading,
  candidates: Candidates,
  { since, most, service }: { since: number; most: number; service: string | null },
): Promise<Impact> {
  const impact: Impact = { applications: 0, requests: 0, same: 0, fields: [] };
  for await (const view of recordedSince(reading, since, service, most)) {
    impact.applications += 1;
    for (const step of view.steps.values()) await compareStep(reading, candidates, view, step, impact);
    for (const { name, rules } of candidates.plan?.steps ?? [])
      if (!view.steps.has(name)) note(impact, candidates, name, 'the step itself', [], [rules.call]);
  }
  return impact;
}

async function compareStep(
  reading: Reading,
  candidates: Candidates,
  view: View,
  step: Step,
  impact: Impact,
): Promise<void> {
  const { input } = step.secret;
  // What was never sent has nothing to be held against, and the bus itself has no wire.
  if (!input || step.adapter === BUS_ADAPTER) return;
  const { adapter } = reading.registry.operation(step.adapter, step.operation);
  const other = await candidateOf(reading, candidates, view, step, adapter, input);
  if (!other) return;
  const before = await built(adapter, step, input, await candidates.settingsOf(step.agency));
  const after =
    'failed' in other
      ? other
      : await built(other.adapter, step, other.input, await candidates.settingsOf(step.agency));
  impact.requests += 1;
  if (!differs(impact, candidates, step.name, before, after)) impact.same += 1;
}

type Other = { adapter: Adapter; input: JsonObject } | { failed: string };

/** Null when the candidate does not concern the step. */
async function candidateOf(
  reading: Reading,
  { plan, adapter: newer }: Candidates,
  view: View,
  step: Step,
  adapter: Adapter,
  input: JsonObject,
): Promise<Other | null> {
  if (newer) return newer.name === adapter.name ? { adapter: newer, input } : null;
  const planned = plan!.byName.get(step.name);
  if (!planned) return { failed: 'the step is gone' };
  if (planned.operation !== step.operation) return { failed: `calls ${planned.rules.call}` };
  const scope = scopeOf(readerOf(reading), { ...view, plan: plan! });
  try {
    if (planned.when && !(await planned.when.evaluate(scope))) return { failed: 'the step is skipped' };
    const whole = await planned.with.evaluate(scope);
    const other = agreed(readerOf(reading), { plan: plan! }, step, whole);
    const [problem] = reading.registry.operation(step.adapter, step.operation).checkInput(other);
    return problem
      ? { failed: `its input is not taken: ${problem.pointer} ${problem.code}` }
      : { adapter, input: other };
  } catch {
    return { failed: 'an expression cannot be worked out' };
  }
}

function differs(impact: Impact, candidates: Candidates, step: string, before: Built, after: Built): boolean {
  if ('failed' in before || 'failed' in after) {
    const [was, is] = [before, after].map((one) => ('failed' in one ? one.failed : 'sent'));
    if (was === is) return false;
    note(impact, candidates, step, 'the step itself', [was!], [is!]);
    return true;
  }
  const [was, is] = [leavesOf(before.request), leavesOf(after.request)];
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
  before: JsonObject[string][],
  after: JsonObject[string][],
): void {
  const is = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed';
  let field = fields.find((one) => one.step === step && one.at === at && one.is === is);
  if (!field) fields.push((field = { step, at, is, count: 0, examples: [] }));
  field.count += 1;
  const isWhole = at === 'the step itself';
  const word = (values: JsonObject[string][]): string =>
    isWhole ? String(values[0] ?? 'nothing') : values.map(show).join(', ') || 'nothing';
  const example = { before: word(before), after: word(after) };
  const known = field.examples.some((one) => one.before === example.before && one.after === example.after);
  if (!known && field.examples.length < MOST_EXAMPLES) field.examples.push(example);
}
