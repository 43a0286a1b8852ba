/** A recorded step's request as it was built and as the candidate would build it. */
import type { Adapter } from '../../adapter-kit/contract.ts';
import { adapterId, makeRegistry, type Registry } from '../../adapter-kit/registry.ts';
import { BUS_ADAPTER } from '../../domain/bus-agency.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Step } from '../../domain/step.ts';
import { agreed } from '../../flow/purposes.ts';
import { scopeOf, type View } from '../../flow/view.ts';
import { compile } from '../../schema/validate.ts';
import type { Show } from './known-words.ts';
import { readerOf, type Reading } from './recorded.ts';
import { broken, built, type Built } from './requests.ts';

export interface Candidates {
  /** Another route (and service) for applications of this service. */
  plan?: Plan;
  /** Another version of an adapter. */
  adapter?: Adapter;
  /** Settings of an agency as the comparison goes by them, without real secrets; undefined of one that is not configured. */
  settingsOf(agency: string): Promise<JsonObject | undefined>;
  show: Show;
}

export interface Pair {
  before: Built;
  after: Built;
}

/** Null when there is nothing to compare: never sent, sent to nobody, or none of the candidate's business. */
export async function pairOf(
  reading: Reading,
  candidates: Candidates,
  view: View,
  step: Step,
): Promise<Pair | null> {
  const { input } = step.secret;
  const { adapter: newer, settingsOf } = candidates;
  // What was skipped is nothing to another adapter; another route may send it.
  const isSkipped = step.state === 'skipped' && candidates.plan !== undefined;
  if ((!input && !isSkipped) || step.adapter === BUS_ADAPTER) return null;
  if (newer && newer.name !== step.adapter.split('@')[0]) return null;
  const settings = await settingsOf(step.agency);
  if (!settings) return both(broken(`${step.agency} is not configured any more`));
  const adapter = reading.registry.adapter(step.adapter);
  if (!adapter) return both(broken(`${step.adapter} is not carried any more`));
  if (!input) return sentAfterAll(await byPlan(reading, candidates.plan!, view, { step, adapter, settings }));
  return {
    before: await built(adapter, step, input, settings),
    after: newer
      ? await byAdapter(newer, step, input, settings)
      : await byPlan(reading, candidates.plan!, view, { step, adapter, settings }),
  };
}

const SKIPPED = 'the step is skipped';

/** Null when it stays skipped, or is gone. */
const sentAfterAll = (after: Built): Pair | null =>
  'failed' in after && !after.isBroken ? null : { before: { failed: SKIPPED }, after };

const both = (failed: Built): Pair => ({ before: failed, after: failed });

const known = new WeakMap<Adapter, Registry>();

/** Held to the candidate's own schemas, as a bus that carried it would hold it. */
async function byAdapter(
  adapter: Adapter,
  step: Step,
  input: JsonObject,
  settings: JsonObject,
): Promise<Built> {
  let registry = known.get(adapter);
  if (!registry) known.set(adapter, (registry = makeRegistry([adapter], compile)));
  if (!adapter.operations[step.operation])
    return broken(`${adapter.name} ${adapter.version} has no ${step.operation}`);
  const [wrong] = compile(adapter.settings)(settings);
  if (wrong) return broken(`the settings of ${step.agency} are not taken: ${wrong.pointer} ${wrong.code}`);
  const [problem] = registry.operation(adapterId(adapter), step.operation).checkInput(input);
  return problem ? broken(notTaken(problem)) : built(adapter, step, input, settings);
}

interface Own {
  step: Step;
  adapter: Adapter;
  settings: JsonObject;
}

async function byPlan(
  reading: Reading,
  plan: Plan,
  view: View,
  { step, adapter, settings }: Own,
): Promise<Built> {
  const planned = plan.byName.get(step.name);
  if (!planned) return { failed: 'the step is gone' };
  if (planned.operation !== step.operation) return { failed: `calls ${planned.rules.call}` };
  const scope = scopeOf(readerOf(reading), { ...view, plan });
  try {
    if (planned.when && !(await planned.when.evaluate(scope))) return { failed: SKIPPED };
    const input = agreed(readerOf(reading), { plan }, step, await planned.with.evaluate(scope));
    const [problem] = reading.registry.operation(step.adapter, step.operation).checkInput(input);
    return problem ? broken(notTaken(problem)) : await built(adapter, step, input, settings);
  } catch {
    return broken('an expression cannot be worked out');
  }
}

const notTaken = ({ pointer, code }: { pointer: string; code: string }): string =>
  `its input is not taken: ${pointer} ${code}`;
