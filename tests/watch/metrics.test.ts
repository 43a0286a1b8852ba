/** The metrics: what they say, that no input becomes a label, and that scraping is no attack. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { watched } from '../../src/watch/metrics.ts';
import type { Caller } from '../../src/flow/ports/caller.ts';
import { application, smallWorld, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

/** What was read a moment ago is told again: time goes on first. */
async function scrape(of: SmallWorld = world): Promise<string> {
  of.clock.skip(5_000);
  const sent = await of.send('/metrics', { key: null });
  expect([sent.status, sent.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return sent.text;
}

/** The value of a series, by its name and labels as they are written. */
const value = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
const seriesOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('jembatan_'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));

describe('over HTTP', () => {
  test('no key is needed, and whoever comes through a proxy finds nothing', async () => {
    await scrape();
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-forwarded-host']) {
      const sent = await world.send('/metrics', { key: null, headers: { [name]: '192.0.2.1' } });
      expect([sent.status, sent.body['code']]).toEqual([404, 'not_found']);
    }
  });

  test('requests are counted by class and status, applications by platform, what waits by agency', async () => {
    const before = await scrape();
    expect((await world.submit(application())).status).toBe(202);
    await world.send('/v1/applications/nothing');
    world.clock.skip(30_000);
    const after = await scrape();
    const grown = (series: string): number => (value(after, series) ?? 0) - (value(before, series) ?? 0);
    expect(grown('jembatan_http_requests_total{class="intake",status="202"}')).toBe(1);
    expect(grown('jembatan_http_requests_total{class="read",status="404"}')).toBe(1);
    expect(grown('jembatan_http_request_seconds_count{class="intake"}')).toBe(1);
    expect(grown('jembatan_applications_accepted_total{platform="mpp-kuburaya"}')).toBe(1);
    expect(grown('jembatan_ledger_commit_seconds_count{verb="accept"}')).toBe(1);
    expect(value(after, 'jembatan_http_in_flight{class="intake"}')).toBe(0);
    expect(value(after, 'jembatan_ledger_up')).toBe(1);
    const [agency] = world.catalogue.agencies;
    expect(value(after, `jembatan_steps{agency="${agency!.id}",state="ready"}`)).toBe(1);
    expect(value(after, `jembatan_queue_bells{lane="${agency!.id}",state="waiting"}`)).toBe(1);
    const oldest = value(after, `jembatan_lane_oldest_seconds{agency="${agency!.id}"}`)!;
    expect(oldest).toBeGreaterThanOrEqual(30);
    expect(oldest).toBeLessThan(120);
    expect(value(after, 'jembatan_lane_oldest_seconds{agency="callbacks"}')).toBe(0);
  });

  test('a lane that is held shows it, and is not behind', async () => {
    const [agency] = world.catalogue.agencies;
    await world.send(`/v1/agencies/${agency!.id}/pause`, { json: { reason: 'to see it' } });
    const text = await scrape();
    expect(value(text, `jembatan_lane_paused{agency="${agency!.id}"}`)).toBe(1);
    expect(value(text, `jembatan_lane_oldest_seconds{agency="${agency!.id}"}`)).toBe(0);
    await world.send(`/v1/agencies/${agency!.id}/resume`, { json: { reason: 'seen' } });
  });

  test('a ledger that cannot be read is told, and with it all that needs no ledger', async () => {
    const broken = await smallWorld();
    broken.ledger.due = () => Promise.reject(new Error('gone'));
    const text = await scrape(broken);
    expect(value(text, 'jembatan_ledger_up')).toBe(0);
    expect(value(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    await broken.close();
  });

  test('fifty scrapes at once, and again within a second, read the ledger once', async () => {
    let reads = 0;
    const { backlog } = world.ledger;
    world.ledger.backlog = () => ((reads += 1), backlog());
    world.clock.skip(60_000);
    const sent = await Promise.all(Array.from({ length: 50 }, () => world.send('/metrics', { key: null })));
    await world.send('/metrics', { key: null });
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]));
    expect(reads).toBe(1);
    world.ledger.backlog = backlog;
  });

  test('a backlog that takes long to count is counted seldom: a twentieth of the time', async () => {
    const slow = await smallWorld();
    let reads = 0;
    slow.ledger.backlog = async () => {
      reads += 1;
      slow.clock.skip(3_000);
      return [];
    };
    for (let n = 0; n < 16; n += 1) await scrape(slow);
    expect(reads).toBe(2);
    await slow.close();
  });

  test('whatever is asked for, no label comes of it', async () => {
    await scrape();
    const before = seriesOf(await scrape());
    for (let n = 0; n < 1_000; n += 1) {
      const strange = `${n}-${systemClock.id()}"}\n{`;
      const paths = ['/v1/applications/', '/hosted/', '/v1/agencies/', '/', '/v1/services/'];
      await world.send(paths[n % paths.length]! + encodeURIComponent(strange), {
        method: ['GET', 'POST', 'DELETE', 'BREW'][n % 4]!,
        headers: { 'x-platform': encodeURIComponent(strange) },
      });
    }
    const after = seriesOf(await scrape());
    const added = after.filter((one) => !before.includes(one));
    expect(
      added.filter((one) => !/^jembatan_http_\w+\{(le="[^"]+",)?class="\w+"(,status="\d{3}")?\}$/.test(one)),
    ).toEqual([]);
    expect(added.length).toBeLessThan(60);
  });
});

describe('what the parts say', () => {
  const nothing = async (): Promise<never> => Promise.reject(new Error('not here'));
  const caller: Caller = {
    exchange: async () => ({ is: 'lost', code: 'timeout', sent: '' }),
    fetchDocument: nothing,
    dropToken: () => undefined,
    close: async () => undefined,
  };
  const handedOn: string[] = [];
  const log = {
    info: (event: string) => void handedOn.push(event),
    warn: (event: string) => void handedOn.push(event),
    error: (event: string) => void handedOn.push(event),
  };
  const fresh = () => {
    const { clock, ledger, catalogue, bus } = world;
    return watched({ clock, log, ledger, caller, queue: bus.desk.queue }, () => catalogue);
  };

  test('steps, callbacks and errors are counted from the log, and every line is handed on', async () => {
    const of = fresh();
    const { id } = world.catalogue.agencies[0]!;
    of.log.info('step.settled', { agency: id, outcome: 'ok' });
    of.log.warn('step.settled', { agency: id, outcome: 'away' });
    of.log.info('callback.batch', { events: 5, code: null });
    of.log.info('callback.batch', { events: 3, code: 'http_500' });
    of.log.warn('callback.stopped', {});
    of.log.error('bell.failed', {});
    const text = await of.watch.text();
    expect(value(text, `jembatan_steps_settled_total{agency="${id}",outcome="ok"}`)).toBe(1);
    expect(value(text, `jembatan_steps_settled_total{agency="${id}",outcome="away"}`)).toBe(1);
    expect(value(text, 'jembatan_callbacks_total{result="delivered"}')).toBe(7);
    expect(value(text, 'jembatan_callbacks_total{result="failed"}')).toBe(1);
    expect(value(text, 'jembatan_callbacks_total{result="stopped"}')).toBe(1);
    expect(value(text, 'jembatan_errors_total{event="bell.failed"}')).toBe(1);
    expect(handedOn).toHaveLength(6);
  });

  test('a thousand agencies, outcomes and events that nobody knows are one label each', async () => {
    const of = fresh();
    const platforms = ['__proto__', 'constructor', 'toString'];
    for (let n = 0; n < 1_000; n += 1) {
      const strange = systemClock.id();
      of.log.info('step.settled', { agency: strange, outcome: strange });
      of.log.info('application.accepted', { platform: platforms[n % 3] });
      of.log.error(strange, { agency: strange });
    }
    const text = await of.watch.text();
    expect(value(text, 'jembatan_steps_settled_total{agency="other",outcome="other"}')).toBe(1_000);
    expect(value(text, 'jembatan_applications_accepted_total{platform="other"}')).toBe(1_000);
    expect(value(text, 'jembatan_errors_total{event="other"}')).toBe(1_000);
    expect(seriesOf(text).filter((one) => /settled|accepted|errors/.test(one))).toHaveLength(3);
  });

  test("an exchange is timed under its agency's id", async () => {
    const of = fresh();
    const [agency] = world.catalogue.agencies;
    await of.caller.exchange({ agency } as Parameters<Caller['exchange']>[0]);
    const text = await of.watch.text();
    expect(value(text, `jembatan_attempt_seconds_count{agency="${agency!.id}"}`)).toBe(1);
  });
});

test('docs/operate.md names every metric, and no other', async () => {
  const told = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');
  const named = new Set([...told.matchAll(/`(jembatan_\w+)`/g)].map(([, name]) => name!));
  const text = await scrape();
  const made = new Set([...text.matchAll(/^# TYPE (jembatan_\w+) /gm)].map(([, name]) => name!));
  expect([...named].toSorted()).toEqual([...made].toSorted());
});
