/** Versions of routes: staged texts, and the acts that put them in force. */
import type { RouteAct } from '../../domain/route-versions.ts';
import type { Route } from '../../domain/catalogue.ts';
import type { RouteLedger, StagedRoute } from '../../flow/ports/ledger-routes.ts';
import type { NewEvent } from '../../domain/chain.ts';
import type { Bound, Database } from './database.ts';
import { appendToStream } from './events.ts';

export function routeVerbs(db: Database): RouteLedger {
  /** One row and its event, or neither. */
  const insert = (text: string, values: Bound[], event: NewEvent): Promise<boolean> =>
    db.write(async (tx) => {
      const kept = await tx.query(text, values);
      if (kept.length > 0) await appendToStream(tx, 'bus', [event], db.now());
      return kept.length > 0;
    });
  return {
    stageRoute: ({ service, version, stagedAt, stagedBy, route }, event) =>
      insert(STAGE, [service, version, stagedAt, stagedBy, JSON.stringify(route)], event),
    actOnRoute: ({ service, n, act, version, sites, at, by }, event) =>
      insert(ACT, [service, n, act, version, sites && sites.join(' '), at, by], event),
    stagedRoutes: () => db.query<StagedRoute>(STAGED),
    async stagedRoute(service, version) {
      const [row] = await db.query<StagedRoute & { route: string }>(ONE, [service, version]);
      return row && { ...row, route: JSON.parse(row.route) as Route };
    },
    routeActs: async () => (await db.query<StoredAct>(ACTS)).map(actFrom),
    routeActCount: async () => (await db.query<{ count: number }>(COUNT))[0]!.count,
  };
}

/** Codes of sites hold no blank. */
type StoredAct = Omit<RouteAct, 'sites'> & { sites: string | null };
const actFrom = (row: StoredAct): RouteAct =>
  ({ ...row, sites: row.sites && row.sites.split(' ') }) as RouteAct;

const STAGE = 'INSERT INTO route_versions VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1';
const ACT = 'INSERT INTO route_acts VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1';
const STAGED = `SELECT service, version, staged_at AS "stagedAt", staged_by AS "stagedBy" FROM route_versions
  ORDER BY service, staged_at, version`;
const ONE = `SELECT service, version, staged_at AS "stagedAt", staged_by AS "stagedBy", route FROM route_versions
  WHERE service = $1 AND version = $2`;
const ACTS = 'SELECT service, n, act, version, sites FROM route_acts ORDER BY service, n';
const COUNT = 'SELECT count(*) AS count FROM route_acts';
