/** Pins service and route texts by digest, and unfolds pinned ones once (law 9). */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Route, Service } from '../domain/catalogue.ts';
import { compilePlan, type Plan } from '../domain/plan.ts';
import type { Flow } from './flow.ts';

/** Plans kept unfolded: a mall has about 90 services, each with a few versions alive. */
const MOST_PLANS = 1000;

const unfolded = new WeakMap<object, LRUCache<string, Plan>>();
/** By ledger: what one has kept, another has not. */
const pinned = new WeakMap<object, WeakMap<Route, { service: Service; plan: Plan }>>();

/** The plan of a service as configured now, its text kept in the ledger before anyone is accepted under it. */
export async function pinPlan(flow: Flow, service: Service, route: Route): Promise<Plan> {
  const kept = pinnedIn(flow);
  const known = kept.get(route);
  if (known && known.service === service) return known.plan;
  const text = JSON.stringify({ service, route });
  const digest = hash('sha256', text, 'hex');
  await flow.ledger.savePlan(digest, text);
  const plan = compilePlan(digest, service, route);
  plansOf(flow).set(digest, plan);
  kept.set(route, { service, plan });
  return plan;
}

/** The plan that an application was accepted under. */
export async function planOf(flow: Flow, digest: string): Promise<Plan> {
  const plans = plansOf(flow);
  const known = plans.get(digest);
  if (known) return known;
  const text = await flow.ledger.plan(digest);
  if (text === undefined) throw new Error(`The ledger has no plan ${digest}`);
  const { service, route } = JSON.parse(text) as { service: Service; route: Route };
  const plan = compilePlan(digest, service, route);
  plans.set(digest, plan);
  return plan;
}

function plansOf(flow: Flow): LRUCache<string, Plan> {
  let plans = unfolded.get(flow.ledger);
  if (!plans) unfolded.set(flow.ledger, (plans = new LRUCache({ max: MOST_PLANS })));
  return plans;
}

function pinnedIn(flow: Flow): WeakMap<Route, { service: Service; plan: Plan }> {
  let kept = pinned.get(flow.ledger);
  if (!kept) pinned.set(flow.ledger, (kept = new WeakMap()));
  return kept;
}
