/** `jembatan reload` and `jembatan processes` of several processes: what they wait for, what they show, and when they fail. */
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hastyClock, jembatan, type Ran } from './stand.ts';

const BUS = 'http://bus.test';
const ENV = { JEMBATAN_URL: BUS, JEMBATAN_KEY: 'jmb_key' };
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const AT = '2026-11-22T03:10:04.000Z';
const NEW = 'q3Jf0aXw5nKq0000000000';
const OLD = 'Zk81LsPe0dKq0000000000';
const row = (name: string, fields: object = {}) => ({
  ...{ id: name, name: `${name}:8080`, role: name.replace(/\d/, ''), startedAt: AT, seenAt: AT },
  ...{ digest: NEW, since: AT, heard: 7, refused: [], ...fields },
});
const NOT_YET = { digest: OLD, heard: 6 };
const HEADING = 'process       role    configuration  since                 reload 7';

/** A bus that is asked, and whose processes stand so at each look; the last look counts for all after it. */
function bus(is: string, reload: number | null, ...looks: object[][]): { looked: () => number } {
  let looked = 0;
  server.use(
    http.post(`${BUS}/v1/config/reload`, () =>
      HttpResponse.json({ is, process: 'api1:8080', reload, change: {}, overridden: [], restart: [] }),
    ),
    http.get(`${BUS}/v1/config/processes`, () => {
      const processes = looks[Math.min(looked, looks.length - 1)]!;
      looked += 1;
      return HttpResponse.json({ asked: { n: 7, digest: NEW, at: AT, by: 'key-1' }, processes });
    }),
  );
  return { looked: () => looked };
}

const run = (...words: string[]): Promise<Ran> => jembatan(words, ENV, hastyClock());
const reload = (...more: string[]): Promise<Ran> => run('reload', '--reason', 'a decree', ...more);

test('a reload waits until every process has looked at it, and shows where each stands', async () => {
  const { looked } = bus(
    ...(['asked', 7] as const),
    [row('api1', NOT_YET), row('worker1')],
    [row('api1'), row('worker1')],
  );
  expect(await reload()).toEqual({
    ...{ code: 0, err: [] },
    out: [
      'checked by api1:8080: it and the others take it up, workers first',
      'process       role    configuration  since                 reload 7',
      'api1:8080     api     q3Jf0aXw5n     2026-11-22T03:10:04Z  well',
      'worker1:8080  worker  q3Jf0aXw5n     2026-11-22T03:10:04Z  well',
    ],
  });
  expect(looked()).toBe(2);
});

test('who kept his old is named with the reason, and the command fails', async () => {
  const refused = [{ code: 'unknown_role', file: 'routes/x.yaml', line: 7 }];
  bus('reloaded', 7, [
    row('api1'),
    row('worker1', { digest: OLD, refused }),
    row('worker2', { digest: OLD, refused: [{ code: 'other_files', file: '', line: 0 }] }),
  ]);
  const { code, out, err } = await reload();
  expect([code, out.slice(1)]).toEqual([
    1,
    [
      HEADING,
      'api1:8080     api     q3Jf0aXw5n     2026-11-22T03:10:04Z  well',
      'worker1:8080  worker  Zk81LsPe0d     2026-11-22T03:10:04Z  kept its old: unknown_role at routes/x.yaml:7',
      'worker2:8080  worker  Zk81LsPe0d     2026-11-22T03:10:04Z  kept its old: other_files',
    ],
  ]);
  expect(err).toEqual([
    'Kept the old configuration: worker1:8080, worker2:8080. Mend the files there, then reload',
    '3 processes go by 2 configurations',
  ]);
});

test('who does not answer is waited for half a minute, and not at all with --no-wait', async () => {
  const { looked } = bus('reloaded', 7, [row('api1'), row('worker1', NOT_YET)]);
  const { code, err } = await reload();
  expect([code, err[0], looked()]).toEqual([1, 'Not heard of yet: worker1:8080 (jembatan processes)', 31]);
  expect(await reload('--no-wait')).toEqual({ code: 0, out: ['reloaded'], err: [] });
  expect(looked()).toBe(31);
});

test('nothing to follow is nothing to wait for; one process needs no table', async () => {
  const unchanged = bus('unchanged', null, []);
  expect(await reload()).toEqual({
    ...{ code: 0, err: [] },
    out: ['unchanged: the files of api1:8080 say what is in force there'],
  });
  expect(unchanged.looked()).toBe(0);
  server.resetHandlers();
  bus('reloaded', 7, [row('api1')]);
  expect(await reload()).toEqual({ code: 0, out: ['reloaded'], err: [] });
});

test('as JSON: the answer, and where each process stands', async () => {
  bus('reloaded', 7, [row('api1'), row('worker1', { heard: 7, digest: OLD })]);
  const { code, out } = await reload('--json');
  const shown = JSON.parse(out.join('\n'));
  expect([code, shown.is, shown.processes.length, shown.asked.n]).toEqual([1, 'reloaded', 2, 7]);
});

test('processes fails when they differ', async () => {
  bus('', 7, [row('api1'), row('worker1')]);
  const well = await run('processes');
  expect([well.code, well.err, well.out[0]]).toEqual([0, [], HEADING]);
  server.resetHandlers();
  bus('', 7, [row('api1'), row('worker1', { digest: OLD })]);
  const { code, err } = await run('processes');
  expect([code, err]).toEqual([1, ['2 processes go by 2 configurations']]);
});
