/** Versions of routes: staged texts, and the acts that put them in force. */
import type { RouteAct } from '../../domain/route-versions.ts';
import type { RouteLedger, StagedRoute } from '../../flow/ports/ledger-routes.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';
import type { Raw } from './rows.ts';

export function routeVerbs(db: Database): RouteLedger {
  return {
    stageRoute: ({ service, version, stagedAt, stagedBy, route }, event) =>
      db.write(() => {
        const { changes } = db.sql(STAGE).run(service, version, stagedAt, stagedBy, JSON.stringify(route));
        if (changes > 0) appendToStream(db, 'bus', [event]);
        return changes > 0;
      }),
    actOnRoute: ({ service, n, act, version, sites, at, by }, event) =>
      db.write(() => {
        const places = sites && sites.join(' ');
        const { changes } = db.sql(ACT).run(service, n, act, version, places, at, by);
        if (changes > 0) appendToStream(db, 'bus', [event]);
        return changes > 0;
      }),
    stagedRoutes: async () => db.sql(STAGED).all() as unknown as StagedRoute[],
    stagedRoute: async (service, version) => {
      const row = db.sql(ONE).get(service, version) as Raw | undefined;
      return row && ({ ...row, route: JSON.parse(row['route'] as string) } as never);
    },
    routeActs: async () => (db.sql(ACTS).all() as unknown as StoredAct[]).map(actFrom),
    routeActCount: async () => db.sql('SELECT count(*) AS count FROM route_acts').get()!['count'] as number,
  };
}

/** Codes of sites hold no blank. */
type StoredAct = Omit<RouteAct, 'sites'> & { sites: string | null };
const actFrom = (row: StoredAct): RouteAct =>
  ({ ...row, sites: row.sites && row.sites.split(' ') }) as RouteAct;

const STAGE = 'INSERT INTO route_versions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
const ACT = 'INSERT INTO route_acts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
const STAGED = `SELECT service, version, staged_at AS stagedAt, staged_by AS stagedBy FROM route_versions
  ORDER BY service, staged_at, version`;
const ONE = `SELECT service, version, staged_at AS stagedAt, staged_by AS stagedBy, route FROM route_versions
  WHERE service = ? AND version = ?`;
const ACTS = 'SELECT service, n, act, version, sites FROM route_acts ORDER BY service, n';
