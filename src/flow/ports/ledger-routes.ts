/** Versions of routes as the ledger keeps them: texts that were staged, and what people did with them. */
import type { Route } from '../../domain/catalogue.ts';
import type { NewEvent } from '../../domain/chain.ts';
import type { RouteAct } from '../../domain/route-versions.ts';

export interface StagedRoute {
  service: string;
  version: string;
  stagedAt: string;
  /** Id of the API key. */
  stagedBy: string;
}

export interface RouteLedger {
  /** Keeps a version, with an event of the bus; false when the service has one of this number. A version never changes. */
  stageRoute(row: StagedRoute & { route: Route }, event: NewEvent): Promise<boolean>;
  /** Keeps an act, with an event of the bus; false when another had its number first. */
  actOnRoute(act: RouteAct & { at: string; by: string }, event: NewEvent): Promise<boolean>;
  /** All that were staged, by service and then in the order of staging. */
  stagedRoutes(): Promise<StagedRoute[]>;
  stagedRoute(service: string, version: string): Promise<(StagedRoute & { route: Route }) | undefined>;
  /** All acts, by service and number. */
  routeActs(): Promise<RouteAct[]>;
  /** How many acts there are: it only grows, and says whether there is anything new. */
  routeActCount(): Promise<number>;
}
