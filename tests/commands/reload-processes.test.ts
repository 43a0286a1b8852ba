/** Two api and two worker processes on real servers change their configuration together, under load: nothing is lost or done twice, by the agencies' books. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { routeFile } from '../faults/bureau.ts';
import type { Bus } from '../faults/bus.ts';
import { checkMall } from '../faults/check.ts';
import { startLoad, type Load } from '../faults/load.ts';
import { openMall, type Mall } from '../faults/mall.ts';
import { hasServers } from '../support/servers.ts';
import { jembatan, type Ran } from './stand.ts';

const SERVICE = 'FAULT.CHAIN';
const SITES = ['MPP-9901-01', 'MPP-6112-01'];
const [AT_HOME, ELSEWHERE] = SITES as [string, string];
const RATE = 10;
const SETTLE_MS = 60_000;
/** Each sort of application is taken in this time, by both api processes. */
const A_WHILE_MS = 2_400;
const FOLLOWED_MS = 20_000;

interface Route {
  steps: Record<string, object>;
  result: object;
}

/** The chain with other steps after its pivot: which version an application goes by shows in what was done for it. */
function routeOf(version: string, steps: string[]): string {
  const chain = routeFile(SERVICE) as Route;
  const more = { slow: { call: 'bureau.slow', after: 'keyed', with: { file: 'application.number' } } };
  const all: Record<string, object> = { ...chain.steps, ...more };
  const chosen = Object.fromEntries(steps.map((name) => [name, all[name]]));
  return stringify({ ...chain, version, steps: chosen, result: {} });
}
const STEPS: Record<string, string[]> = {
  '1.0.0': ['look', 'keyed', 'asked'],
  '2.0.0': ['look', 'keyed', 'asked', 'slow'],
  '3.0.0': ['look', 'keyed', 'slow'],
};
const fileOf = (version: string): string => routeOf(version, STEPS[version]!);

interface Shown {
  site: string;
  service: string;
  routeVersion: string;
  acceptedAt: string;
  endedAt: string;
  state: string;
  steps: { name: string }[];
}

describe.skipIf(!hasServers)('two api and two worker processes', () => {
  let mall: Mall;
  let load: Load;
  let checker: string;
  /** When each span began in which applications of each site go by one version for certain: milliseconds since the epoch. */
  const spans: { from: number; to: number; versions: Record<string, string> }[] = [];

  beforeAll(async () => {
    mall = await openMall({ edition: 'distributed', apis: 2, workers: 2, ownFiles: true });
    const made = await jembatan(
      ['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'admin'],
      mall.settings,
    );
    checker = made.out[0]!;
    const log = join(mall.folder, 'load.log');
    // One after the other, whoever else asks: of four applications each takes two.
    let turn = 0;
    const url = (): string => `http://127.0.0.1:${mall.apis[(turn += 1) % 2]!.port}`;
    load = startLoad({ url, key: mall.key, log, rate: RATE, sites: SITES });
  }, 120_000);
  afterAll(async () => {
    load?.close();
    await mall?.close();
  }, 60_000);

  const by = (key: string, bus: Bus, ...words: string[]): Promise<Ran> =>
    jembatan(words, { JEMBATAN_URL: `http://127.0.0.1:${bus.port}`, JEMBATAN_KEY: key });
  const write = (bus: Bus, path: string, text: string): Promise<void> =>
    writeFile(join(bus.settings['JEMBATAN_CONFIG']!, path), text);
  const everywhere = (path: string, text: string): Promise<unknown> =>
    Promise.all(mall.buses.map((bus) => write(bus, path, text)));
  const route = `routes/${SERVICE}.yaml`;
  const why = ['--reason', 'decree 12'];
  const rowsOf = ({ out }: Ran): string[][] =>
    mall.buses.map(({ port }) => {
      const row = out.find((line) => line.split(' ')[0]!.endsWith(`:${port}`))!;
      return row.split(/ {2,}/).slice(1);
    });
  const digestsOf = (ran: Ran): string[] => rowsOf(ran).map(([, digest]) => digest!);
  const wordsOf = (ran: Ran): string[] => rowsOf(ran).map((row) => row.at(-1)!);
  /** From now on, for a while, new applications of each site go by these versions at both api processes. */
  const span = async (versions: Record<string, string>): Promise<void> => {
    const from = Date.now();
    await setTimeout(A_WHILE_MS);
    spans.push({ from, to: Date.now(), versions });
  };
  const inForce = async (bus: Bus): Promise<Record<string, string>> => {
    const { out } = await by(mall.key, bus, 'route', 'list');
    const rows = out.map((line) => line.split(/ {2,}/)).filter(([name]) => name!.startsWith(SERVICE));
    return Object.fromEntries(rows.map(([name, , where]) => [name!.split('@')[1], where!]));
  };
  const followed = async (expected: Record<string, string>): Promise<void> => {
    for (const bus of mall.apis)
      await expect.poll(() => inForce(bus), { timeout: FOLLOWED_MS }).toEqual(expected);
  };

  test('one reload is taken up by all four', { timeout: 90_000 }, async () => {
    await span({ [AT_HOME]: '1.0.0', [ELSEWHERE]: '1.0.0' });
    // Slow enough that some are always under way.
    mall.offices.bureau.mood = { late: () => 1_500 };
    await setTimeout(2_000);
    await everywhere(route, fileOf('2.0.0'));
    const reloaded = await by(mall.key, mall.apis[0]!, 'reload', ...why);
    await span({ [AT_HOME]: '2.0.0', [ELSEWHERE]: '2.0.0' });
    mall.offices.bureau.mood = {};
    expect([reloaded.code, reloaded.err]).toEqual([0, []]);
    expect(reloaded.out.slice(0, 2)).toEqual([
      expect.stringMatching(/^checked by \S+: it and the others take it up, workers first$/),
      `  routes changed: ${SERVICE}`,
    ]);
    expect(wordsOf(reloaded)).toEqual(['well', 'well', 'well', 'well']);
    expect(new Set(digestsOf(reloaded)).size).toBe(1);
    expect(rowsOf(reloaded).map(([role]) => role)).toEqual(['api', 'api', 'worker', 'worker']);
  });

  test('a broken file is refused, and nothing changes anywhere', { timeout: 60_000 }, async () => {
    const before = await by(mall.key, mall.apis[1]!, 'processes');
    await everywhere(route, fileOf('2.0.0').replace('bureau.keyed', 'bureau.nothing'));
    const refused = await by(mall.key, mall.apis[0]!, 'reload', ...why);
    expect([refused.code, refused.out]).toEqual([1, []]);
    expect(refused.err.join('\n')).toMatch(new RegExp(`config_invalid[^]*routes/${SERVICE}\\.yaml:\\d+`));
    await setTimeout(4_000);
    const after = await by(mall.key, mall.apis[1]!, 'processes');
    expect([after.code, after.out]).toEqual([0, before.out]);
    await everywhere(route, fileOf('2.0.0'));
  });

  test(
    'a machine that was forgotten and one with a broken file keep their old and are named',
    { timeout: 90_000 },
    async () => {
      const [first, second] = mall.apis as [Bus, Bus];
      const [one, forgotten] = mall.workers as [Bus, Bus];
      const old = await readFile(join(forgotten.settings['JEMBATAN_CONFIG']!, 'agencies.yaml'), 'utf8');
      const agencies = parse(old) as Record<string, { limits: { concurrency: number } }>;
      for (const { limits } of Object.values(agencies)) limits.concurrency = 12;
      const changed = stringify(agencies);
      for (const bus of [first, one]) await write(bus, 'agencies.yaml', changed);
      await write(second, 'agencies.yaml', '- [');
      const reloaded = await by(mall.key, first, 'reload', ...why);
      expect(reloaded.code).toBe(1);
      const words = wordsOf(reloaded);
      expect(words).toEqual([
        ...['well', expect.stringMatching(/^kept its old: \w+ at agencies\.yaml:1/)],
        ...['well', 'kept its old: other_files'],
      ]);
      const digests = digestsOf(reloaded);
      expect([digests[0] === digests[2], digests[1] === digests[3], digests[0] === digests[1]]).toEqual([
        ...[true, true, false],
      ]);
      expect(reloaded.err.join('\n')).toContain('4 processes go by 2 configurations');
      const metrics = await (await fetch(`http://127.0.0.1:${one.port}/metrics`)).text();
      expect(metrics).toMatch(/^jembatan_config_versions 2$/m);
      expect(metrics).toMatch(/^jembatan_config_refused 2$/m);
      expect(forgotten.output()).toContain('"event":"config.refused"');
      await everywhere('agencies.yaml', changed);
      const mended = await by(mall.key, second, 'reload', ...why);
      expect([mended.code, wordsOf(mended)]).toEqual([0, ['well', 'well', 'well', 'well']]);
      expect(new Set(digestsOf(mended))).toEqual(new Set([digests[0]]));
    },
  );

  test(
    'a staged version: one site first, then all, then back, at both api processes',
    { timeout: 120_000 },
    async () => {
      const [first] = mall.apis as [Bus];
      const file = join(mall.folder, 'staged.yaml');
      await writeFile(file, fileOf('3.0.0'));
      const act = async (key: string, ...words: string[]): Promise<number> =>
        (await by(key, first, 'route', ...words, ...why)).code;
      expect(await act(mall.key, 'stage', file)).toBe(0);
      expect(await act(mall.key, 'activate', `${SERVICE}@3.0.0`)).toBe(1);
      expect(await act(checker, 'activate', `${SERVICE}@3.0.0`, '--site', ELSEWHERE)).toBe(0);
      await followed({ '2.0.0': 'all sites', '3.0.0': ELSEWHERE });
      await span({ [AT_HOME]: '2.0.0', [ELSEWHERE]: '3.0.0' });
      expect(await act(checker, 'activate', `${SERVICE}@3.0.0`)).toBe(0);
      await followed({ '2.0.0': '-', '3.0.0': 'all sites' });
      await span({ [AT_HOME]: '3.0.0', [ELSEWHERE]: '3.0.0' });
      expect(await act(mall.key, 'rollback', SERVICE)).toBe(0);
      await followed({ '2.0.0': 'all sites', '3.0.0': '-' });
      await span({ [AT_HOME]: '2.0.0', [ELSEWHERE]: '2.0.0' });
    },
  );

  test(
    'nothing is lost or doubled, each went by one version from end to end, and every act is in the trail',
    { timeout: 120_000 },
    async () => {
      await load.finish(30_000);
      expect(await checkMall(mall, load, SETTLE_MS)).toEqual({ lost: 0, doubled: 0, items: 0, problems: [] });
      expect(load.failed).toEqual({});
      const takers = new Map(load.taken.toReversed().map((one) => [one.id, one.by]));
      const seen = new Set<string>();
      let between = 0;
      let pinned = 0;
      for (const [id, taker] of takers) {
        const headers = { authorization: `Bearer ${mall.key}` };
        const shown = (await (
          await fetch(`${mall.api()}/v1/applications/${id}`, { headers })
        ).json()) as Shown;
        expect(shown.state).toBe('completed');
        if (shown.service !== SERVICE) continue;
        expect(shown.steps.map(({ name }) => name)).toEqual(STEPS[shown.routeVersion]);
        const at = Date.parse(shown.acceptedAt);
        if (shown.routeVersion === '1.0.0' && Date.parse(shown.endedAt) > spans[1]!.from) pinned += 1;
        const sure = spans.findIndex(({ from, to }) => at >= from && at < to);
        if (sure < 0) between += 1;
        else {
          expect([sure, shown.site, shown.routeVersion]).toEqual([
            sure,
            shown.site,
            spans[sure]!.versions[shown.site],
          ]);
          seen.add(`${sure} ${shown.site} ${taker}`);
        }
      }
      // Under way while all four took the next version up.
      expect(pinned).toBeGreaterThan(0);
      // Of each site, in each span, by each api process; and some while it changed.
      expect(seen.size).toBe(spans.length * SITES.length * mall.apis.length);
      expect(between).toBeGreaterThan(5);
      const events = await mall.look((ledger) => ledger.events('bus', 0, 1_000));
      const acts = events.map(({ type }) => type.slice('go.mpp.'.length, -'.v1'.length));
      expect(acts.filter((type) => /^(config|route)\./.test(type))).toEqual([
        ...['config.reloaded', 'config.reloaded', 'config.reloaded'],
        ...['route.staged', 'route.activated', 'route.activated', 'route.rolledBack'],
      ]);
    },
  );
});
