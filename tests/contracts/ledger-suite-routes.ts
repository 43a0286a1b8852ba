/** Versions of routes: kept once, acted on in one order, each with its event. */
import { describe, expect, test } from 'vitest';
import { firstBreak } from '../../src/domain/chain.ts';
import type { Route } from '../../src/domain/catalogue.ts';
import type { RouteAct } from '../../src/domain/route-versions.ts';
import { AT, type Opened } from './ledger-fixtures.ts';

const route = (service: string, version: string, text = ''): Route => ({
  ...{ service, version, result: text === '' ? {} : { text } },
  steps: { a: { call: 'desk.file', after: [], need: 'mandatory', pivot: false, with: { name: '"é"' } } },
});
const staged = (service: string, version: string, stagedBy = 'key-1', text = '') => ({
  ...{ service, version, stagedAt: AT, stagedBy, route: route(service, version, text) },
});
const event = (n: number) => ({ type: 'go.mpp.route.staged.v1', data: { n } });
const act = (service: string, n: number, fields: Partial<RouteAct> = {}) => ({
  ...{ service, n, act: 'activate' as const, version: '1.1.0', sites: null, at: AT, by: 'key-2', ...fields },
});

export function routesSuite(on: Opened): void {
  const told = async (): Promise<unknown[]> =>
    (await on.ledger.events('bus', 0, 100)).map(({ data }) => JSON.parse(data).n);

  describe('versions of routes', () => {
    test('come back as they were staged; one number is one text, for ever', async () => {
      expect(await on.ledger.stagedRoutes()).toEqual([]);
      expect(await on.ledger.stagedRoute('A.B', '1.1.0')).toBeUndefined();
      expect(await on.ledger.stageRoute(staged('A.B', '1.1.0'), event(1))).toBe(true);
      expect(await on.ledger.stageRoute(staged('A.B', '1.1.0', 'key-9', 'other'), event(2))).toBe(false);
      expect(await on.ledger.stageRoute(staged('A.A', '1.1.0'), event(3))).toBe(true);
      expect(await on.ledger.stagedRoute('A.B', '1.1.0')).toEqual(staged('A.B', '1.1.0'));
      const rows = await on.ledger.stagedRoutes();
      expect(rows.map(({ service, version, stagedBy }) => [service, version, stagedBy])).toEqual([
        ['A.A', '1.1.0', 'key-1'],
        ['A.B', '1.1.0', 'key-1'],
      ]);
      expect(rows[0]).not.toHaveProperty('route');
      expect(await told()).toEqual([1, 3]);
    });

    test('acts have one order: of two with the same number the second is not kept, nor its event', async () => {
      expect([await on.ledger.routeActs(), await on.ledger.routeActCount()]).toEqual([[], 0]);
      const sites = ['MPP-6112-01', 'MPP-6112-02'];
      expect(await on.ledger.actOnRoute(act('A.B', 1, { sites }), event(1))).toBe(true);
      expect(await on.ledger.actOnRoute(act('A.B', 1), event(2))).toBe(false);
      expect(await on.ledger.actOnRoute(act('A.B', 2, { act: 'rollback', version: null }), event(3))).toBe(
        true,
      );
      expect(await on.ledger.actOnRoute(act('A.A', 1), event(4))).toBe(true);
      expect(await on.ledger.routeActs()).toEqual([
        { service: 'A.A', n: 1, act: 'activate', version: '1.1.0', sites: null },
        { service: 'A.B', n: 1, act: 'activate', version: '1.1.0', sites },
        { service: 'A.B', n: 2, act: 'rollback', version: null, sites: null },
      ]);
      expect(await on.ledger.routeActCount()).toBe(3);
      expect(await told()).toEqual([1, 3, 4]);
    });

    test('many at once: one of each number, and the chain of the bus holds', async () => {
      const all = await Promise.all(
        [1, 2, 3, 4, 5].map((n) => on.ledger.actOnRoute(act('A.B', 1), event(n))),
      );
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(firstBreak(await on.ledger.events('bus', 0, 100))).toBeNull();
      expect(await told()).toHaveLength(1);
    });
  });
}
