/** A service's plan as a person wants to see it: layers of steps that run together, and what holds for each. */
import { busAdapter } from '../../adapter-kit/bus-adapter.ts';
import type { Adapter, JsonSchema, Operation } from '../../adapter-kit/contract.ts';
import { BUS } from '../../domain/bus-agency.ts';
import type { Agency, Catalogue, FeeItem, HumanTask, Route, RouteStep } from '../../domain/catalogue.ts';
import type { Effect, LocalizedText } from '../../domain/outcome.ts';
import { compilePlan, type Plan, type PlanStep } from '../../domain/plan.ts';

/** `agency`: the agency undoes it; `nothing`: a look-up leaves nothing; `person`: what cannot be undone is a person's. */
export type Undo = 'agency' | 'nothing' | 'person' | 'afterPivot';

export interface OutlineStep {
  name: string;
  call: string;
  title: LocalizedText;
  /** Steps that it waits for; those that others of them wait for are left out. */
  after: string[];
  /** From 0: all that it waits for stand in smaller ones. */
  layer: number;
  effect: Effect;
  money: boolean;
  canBeAsked: boolean;
  need: RouteStep['need'];
  pivot: boolean;
  undo: Undo;
  when: string | null;
  at: string | null;
  /** How long its news may take. */
  waits: string | null;
  remind: string[];
  onTimeout: NonNullable<RouteStep['onTimeout']> | null;
  onRefusal: NonNullable<RouteStep['onRefusal']>;
  rebill: number;
  task: (Pick<HumanTask, 'role' | 'title' | 'fourEyes'> & { due: string | null }) | null;
  again: RouteStep['again'] | null;
  insist: boolean;
  validFor: string | null;
  /** The service that mends it once it stands. */
  correctedBy: string | null;
  /** Fields that it sends. */
  sends: string[];
}

export interface Outline {
  service: string;
  version: string;
  title: LocalizedText;
  decidedBy: string;
  deadline: Route['deadline'] | null;
  deemedApproval: string | null;
  inOrder: boolean;
  fees: FeeItem[];
  steps: OutlineStep[];
  result: string[];
}

export function outlineOf(
  catalogue: Catalogue,
  code: string,
  adapters: readonly Adapter[],
): { outline: Outline; plan: Plan; inputOf(step: PlanStep): JsonSchema } {
  const service = catalogue.services.get(code)!;
  const route = catalogue.routes.get(code)!;
  const plan = compilePlan('', service, route);
  const layers = layersOf(plan);
  const past = afterPivot(plan);
  const steps = plan.steps.map(({ name, role, operation: word, after, rules }): OutlineStep => {
    const operation = operationOf(catalogue.agencies, adapters, role, word);
    return {
      ...{ name, call: rules.call, title: operation.title, layer: layers.get(name)! },
      ...{ after: nearest(plan, after), effect: operation.effect, money: operation.money === true },
      canBeAsked: operation.inquiry !== undefined,
      ...{ need: rules.need, pivot: rules.pivot, undo: past.has(name) ? 'afterPivot' : undoOf(operation) },
      ...{ when: rules.when ?? null, at: rules.at ?? null, waits: waitsOf(rules, operation) },
      ...{ remind: rules.remind ?? [], onTimeout: rules.onTimeout ?? null, rebill: rules.rebill ?? 0 },
      onRefusal: rules.onRefusal ?? {},
      task: rules.task ? taskOf(rules.task) : null,
      ...{ again: rules.again ?? null, insist: rules.insist === true, validFor: rules.validFor ?? null },
      ...{ correctedBy: rules.correctedBy ?? null, sends: Object.keys(rules.with) },
    };
  });
  const outline = {
    ...{ service: code, version: route.version, title: service.title, decidedBy: service.agency, steps },
    deadline: route.deadline ?? null,
    deemedApproval: service.deemedApproval?.legalBasis ?? null,
    ...{ inOrder: route.order === 'applicant', fees: service.fees, result: Object.keys(route.result) },
  };
  const inputOf = ({ role, operation }: PlanStep): JsonSchema =>
    operationOf(catalogue.agencies, adapters, role, operation).input;
  return { outline, plan, inputOf };
}

function taskOf({ role, title, fourEyes, due }: HumanTask): NonNullable<OutlineStep['task']> {
  return { role, title, fourEyes, due: due ?? null };
}

/** The first entry's that plays the role: `check` holds that all of them know the operation. */
function operationOf(
  agencies: Agency[],
  adapters: readonly Adapter[],
  role: string,
  operation: string,
): Operation {
  if (role === BUS) return busAdapter.operations[operation]!;
  const player = agencies.find((one) => one.role === role)!;
  const adapter = adapters.find(
    ({ name, version }) => name === player.adapter && Number(version.split('.')[0]) === player.major,
  );
  return adapter!.operations[operation]!;
}

/** A time that is waited for is no limit. */
function waitsOf({ waits }: RouteStep, { timeEnds, waits: usual }: Operation): string | null {
  return waits ?? (timeEnds ? null : (usual ?? null));
}

function undoOf({ effect, compensation }: Operation): Undo {
  if (compensation) return 'agency';
  return effect === 'read' ? 'nothing' : 'person';
}

function layersOf({ steps, byName }: Plan): Map<string, number> {
  const layers = new Map<string, number>();
  const layerOf = (name: string): number => {
    const known = layers.get(name);
    if (known !== undefined) return known;
    const layer = Math.max(-1, ...byName.get(name)!.after.map(layerOf)) + 1;
    layers.set(name, layer);
    return layer;
  };
  for (const { name } of steps) layerOf(name);
  return layers;
}

function before(plan: Plan, name: string): Set<string> {
  const found = new Set<string>();
  const pending = [...plan.byName.get(name)!.after];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    pending.push(...plan.byName.get(one)!.after);
  }
  return found;
}

/** Without those that come before another of them anyway. */
export function nearest(plan: Plan, after: string[]): string[] {
  return after.filter((name) => !after.some((other) => other !== name && before(plan, other).has(name)));
}

/** The pivot itself, and what is only done once it was sent. */
function afterPivot(plan: Plan): Set<string> {
  const pivots = plan.steps.filter(({ pivot }) => pivot).map(({ name }) => name);
  const later = plan.steps.filter(({ name }) => pivots.some((pivot) => before(plan, name).has(pivot)));
  return new Set([...pivots, ...later.map(({ name }) => name)]);
}
