/** Which version is in force where, after whatever was activated and rolled back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  inForceOf,
  noWayBack,
  versionAt,
  withVersions,
  type InForce,
  type RouteAct,
} from '../../src/domain/route-versions.ts';
import { smallCatalogue } from '../support/catalogues.ts';

type Sites = string[] | undefined;
type Short = [act: 'activate', version: string, sites?: Sites] | [act: 'rollback', sites?: Sites];

function after(...acts: Short[]): InForce | undefined {
  const rows = acts.map(([act, first, second], at): RouteAct => {
    const [version, sites] = act === 'activate' ? [first, second] : [null, first];
    return { service: 'A.B', n: at + 1, act, version, sites: sites ?? null };
  });
  return inForceOf(rows).get('A.B');
}
const at = (state: InForce | undefined, ...sites: (string | null)[]): (string | null)[] =>
  sites.map((site) => versionAt(state, site));

test('nothing was activated: the file', () => {
  expect(at(after(), null, 's1')).toEqual([null, null]);
});

test('for all, then the next for all, then back step by step to the file', () => {
  expect(at(after(['activate', '2']), null, 's1')).toEqual(['2', '2']);
  expect(at(after(['activate', '2'], ['activate', '3'], ['rollback']), null, 's1')).toEqual(['2', '2']);
  expect(at(after(['activate', '2'], ['activate', '3'], ['rollback'], ['rollback']), null)).toEqual([null]);
});

test('some sites first: only they; then all; the way back from there is what all had', () => {
  const tried: Short = ['activate', '2', ['s1', 's2']];
  expect(at(after(tried), null, 's1', 's2', 's3')).toEqual([null, '2', '2', null]);
  expect(at(after(tried, ['rollback', ['s1']]), 's1', 's2')).toEqual([null, '2']);
  expect(at(after(tried, ['activate', '2']), null, 's1', 's3')).toEqual(['2', '2', '2']);
  expect(at(after(tried, ['activate', '2'], ['rollback']), 's1', 's3')).toEqual([null, null]);
});

test('a site that tried one version after the other goes back one', () => {
  const acts: Short[] = [
    ['activate', '2', ['s1']],
    ['activate', '3', ['s1']],
    ['rollback', ['s1']],
  ];
  expect(at(after(...acts), null, 's1')).toEqual([null, '2']);
});

test('a rollback of all, while some sites try one, ends the trial and takes nothing from the others', () => {
  const state = after(['activate', '2'], ['activate', '3', ['s1']], ['rollback']);
  expect(at(state, null, 's1')).toEqual(['2', '2']);
});

test('there is a way back only from what was activated', () => {
  expect(noWayBack(undefined, null)).toBe('nothing_to_roll_back');
  expect(noWayBack(after(['activate', '2']), null)).toBeNull();
  expect(noWayBack(after(['activate', '2']), ['s1'])).toBe('nothing_to_roll_back');
  expect(noWayBack(after(['activate', '2', ['s1']]), ['s1'])).toBeNull();
  expect(noWayBack(after(['activate', '2', ['s1']]), ['s1', 's2'])).toBe('nothing_to_roll_back');
  expect(noWayBack(after(['activate', '2', ['s1']]), null)).toBeNull();
});

describe('whatever is done', () => {
  const sites = fc.option(fc.uniqueArray(fc.constantFrom('s1', 's2'), { minLength: 1 }), { nil: undefined });
  const someAct = fc.oneof(
    fc.tuple(fc.constant('activate' as const), fc.constantFrom('2', '3', '4'), sites),
    fc.tuple(fc.constant('rollback' as const), sites),
  );

  test('an activation that is rolled back leaves every site as it was, unless it ended a trial', () => {
    fc.assert(
      fc.property(
        fc.array(someAct, { maxLength: 12 }),
        fc.constantFrom('2', '3'),
        sites,
        (acts, version, where) => {
          const before = after(...(acts as Short[]));
          fc.pre(where !== undefined || (before?.sites.size ?? 0) === 0);
          const back = after(...(acts as Short[]), ['activate', version, where], ['rollback', where]);
          expect(at(back, null, 's1', 's2')).toEqual(at(before, null, 's1', 's2'));
        },
      ),
    );
  });
});

test('a catalogue has the versions in the place of the files’, and at their sites', () => {
  const files = smallCatalogue({ a: { call: 'desk.file' } });
  const [route] = files.routes.values();
  const [two, three] = ['2', '3'].map((version) => ({ ...route!, version }));
  const routes = new Map([
    ['TEST.SERVICE@2', two!],
    ['TEST.SERVICE@3', three!],
  ]);
  const state = after(['activate', '2'], ['activate', '3', ['s1']])!;
  const all = withVersions(files, new Map([['TEST.SERVICE', state]]), routes);
  expect(all.routes.get('TEST.SERVICE')).toBe(two);
  expect(all.routesAt!.get('TEST.SERVICE')!.get('s1')).toBe(three);
  expect(withVersions(files, new Map(), routes).routes).toEqual(files.routes);
});
