/** What the operators' commands ask of the API, and what they make of its rows. */
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { harmless } from '../../src/commands/shell.ts';
import { jembatan, temporaryFolder } from './stand.ts';

const BUS = 'http://bus.test';
const ENV = { JEMBATAN_URL: `${BUS}/`, JEMBATAN_KEY: 'jmb_key' };
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const WHY = ['--reason', 'asked the bank'];
const STEP = '/v1/applications/2026-11-1/steps/pay';
const ENDED = { number: '2026-11-1', state: 'cancelled', stateText: { id: 'Dibatalkan', en: 'Cancelled' } };

test.each<[string[], string, object]>([
  [['retry', '2026-11-1', 'pay'], `${STEP}/retry`, {}],
  [['new-round', '2026-11-1', 'pay'], `${STEP}/new-round`, {}],
  [['resolve', '2026-11-1', 'pay', '--as', 'notDone'], `${STEP}/resolve`, { as: 'notDone' }],
  [
    ['resolve', '2026-11-1', 'pay', '--as', 'rejected', '--code', 'NO_FUNDS'],
    `${STEP}/resolve`,
    { as: 'rejected', code: 'NO_FUNDS' },
  ],
  [
    ['resolve', '2026-11-1', 'pay', '--as', 'succeeded', '--output', '{"paid": 1}'],
    `${STEP}/resolve`,
    { as: 'succeeded', output: { paid: 1 } },
  ],
  [['cancel', '2026-11-1'], '/v1/applications/2026-11-1/cancel', {}],
  [['withdraw', '2026-11-1'], '/v1/applications/2026-11-1/withdraw', {}],
  [['agency', 'pause', 'bank-kalbar'], '/v1/agencies/bank-kalbar/pause', {}],
  [['agency', 'resume', 'bank-kalbar'], '/v1/agencies/bank-kalbar/resume', {}],
])('%j', async (words, path, body) => {
  const heard: unknown[] = [];
  server.use(
    http.post(BUS + path, async ({ request }) => {
      heard.push(await request.json());
      return HttpResponse.json({ ...ENDED, id: 'bank-kalbar' });
    }),
  );
  const { code, out, err } = await jembatan([...words, ...WHY], ENV);
  expect({ code, err, lines: out.length }).toEqual({ code: 0, err: [], lines: 1 });
  expect(heard).toEqual([{ ...body, reason: 'asked the bank' }]);
});

test('resolve takes the output from a file too, and names a file that is no JSON', async () => {
  const heard: unknown[] = [];
  server.use(
    http.post(
      `${BUS}${STEP}/resolve`,
      async ({ request }) => (heard.push(await request.json()), HttpResponse.json({})),
    ),
  );
  const file = join(temporaryFolder(), 'output.json');
  const words = ['resolve', '2026-11-1', 'pay', '--as', 'succeeded', '--output', file, ...WHY];
  writeFileSync(file, '{"paidAt": "2026-11-16"}');
  expect((await jembatan(words, ENV)).code).toBe(0);
  expect(heard).toEqual([{ as: 'succeeded', output: { paidAt: '2026-11-16' }, reason: 'asked the bank' }]);
  writeFileSync(file, 'paid');
  const wrong = await jembatan(words, ENV);
  expect([wrong.code, wrong.err]).toEqual([
    2,
    [expect.stringContaining(`--output ${file}: the text is not JSON`)],
  ]);
  const gone = await jembatan(
    words.map((word) => (word === file ? `${file}.gone` : word)),
    ENV,
  );
  expect([gone.code, gone.err]).toEqual([1, [`${file}.gone: there is no such file or folder`]]);
});

test('a name in the path cannot lead elsewhere', async () => {
  const paths: string[] = [];
  server.use(
    http.post(
      `${BUS}/*`,
      ({ request }) => (paths.push(new URL(request.url).pathname), HttpResponse.json({})),
    ),
  );
  await jembatan(['retry', '../agencies/x', 'a/b?c', ...WHY], ENV);
  expect(paths).toEqual(['/v1/applications/..%2Fagencies%2Fx/steps/a%2Fb%3Fc/retry']);
});

test('items: every page, in columns', async () => {
  const item = (id: string): object => ({
    id,
    applicationId: 'a1',
    number: '2026-11-1',
    platform: 'mpp',
    step: 'pay',
    kind: 'outcomeUnknown',
    code: 'OUTCOME_UNKNOWN',
    openedAt: '2026-11-16T02:12:00.123Z',
  });
  server.use(
    http.get(`${BUS}/v1/items`, ({ request }) => {
      const isFirst = !new URL(request.url).searchParams.has('cursor');
      return HttpResponse.json(
        isFirst ? { items: [item('a1.1')], nextCursor: 'a1.1' } : { items: [item('a1.2')], nextCursor: null },
      );
    }),
  );
  const { code, out } = await jembatan(['items'], ENV);
  expect([code, out.length]).toEqual([0, 3]);
  expect(out[2]).toBe('2026-11-1  pay   outcomeUnknown  OUTCOME_UNKNOWN  2026-11-16T02:12:00Z  mpp       a1');
});

test('stuck: who, since when, and when it is tried next', async () => {
  const step = {
    applicationId: 'a1',
    step: 'pay',
    agency: 'bank-kalbar',
    operation: 'collectPayment',
    state: 'unknown',
    code: null,
    attempts: 3,
    since: '2026-11-16T02:12:00.123Z',
    nextAttemptAt: null,
  };
  server.use(http.get(`${BUS}/v1/stuck`, () => HttpResponse.json({ steps: [step] })));
  const { out } = await jembatan(['stuck'], ENV);
  expect(out[1]).toMatch(/^pay +bank-kalbar +collectPayment +unknown +- +3 +2026-11-16T02:12:00Z +- +a1$/);
});

test('what an agency says cannot steer the terminal', () => {
  const text = 'red \u001b[31m, back \r, right to left \u202e, C1 \u009b2J';
  expect(harmless(text)).toBe('red \\u001b[31m, back \\u000d, right to left \\u202e, C1 \\u009b2J');
  const quoted = JSON.stringify({ text: 'C1 \u009b2J\u202e' });
  expect(JSON.parse(harmless(quoted))).toEqual(JSON.parse(quoted));
  expect(harmless('two\nlines\tand é 漢')).toBe('two\nlines\tand é 漢');
});

const MEND = {
  service: 'DUKCAPIL.AKTA-PERBAIKAN',
  title: { id: 'Pembetulan akta', en: 'Record correction' },
};

test('withdraw after the pivot: why not, and where to go instead', async () => {
  const detail = `The step that cannot be undone has been sent: apply for ${MEND.service} (${MEND.title.en}) instead`;
  server.use(
    http.post(`${BUS}/v1/applications/2026-11-1/withdraw`, () =>
      HttpResponse.json({ code: 'past_pivot', detail, correctedBy: MEND }, { status: 409 }),
    ),
  );
  const { code, err } = await jembatan(['withdraw', '2026-11-1', ...WHY], ENV);
  expect([code, err[0]]).toEqual([
    1,
    expect.stringMatching(`^409 past_pivot: ${detail.replaceAll(/[()]/g, '.')}`),
  ]);
});

test('items: what stands names the service that mends it', async () => {
  const item = { id: 'a1.1', applicationId: 'a1', number: '2026-11-1', platform: 'mpp', step: 'letter' };
  const why = { kind: 'undoRefused', code: 'ALREADY_USED', openedAt: '2026-11-16T02:12:00.123Z' };
  server.use(
    http.get(`${BUS}/v1/items`, () =>
      HttpResponse.json({ items: [{ ...item, ...why, correctedBy: MEND }], nextCursor: null }),
    ),
  );
  const { out } = await jembatan(['items'], ENV);
  expect(out[1]).toMatch(/undoRefused +ALREADY_USED \(see DUKCAPIL\.AKTA-PERBAIKAN\) +2026/);
});

test('show: who names it, whom it names, and what mends what stands', async () => {
  const text = { id: 'Selesai', en: 'Completed' };
  const other = { id: 'a2', number: '2026-11-2', service: MEND.service, state: 'completed', stateText: text };
  const relations = ['parent', 'refersTo', 'child', 'referredBy'];
  const application = {
    ...{
      id: 'a1',
      number: '2026-11-1',
      service: 'DUKCAPIL.AKTA-LAHIR',
      serviceTitle: text,
      state: 'rejected',
    },
    ...{ stateText: text, acceptedAt: '2026-11-16T02:12:00.123Z', promisedAt: null, awaiting: [], steps: [] },
    items: [{ kind: 'undoRefused', step: 'letter', code: 'ALREADY_USED', openedAt: '', correctedBy: MEND }],
    ...{ documents: [], result: null, related: relations.map((relation) => ({ relation, ...other })) },
  };
  server.use(
    http.get(`${BUS}/v1/applications/2026-11-1`, () => HttpResponse.json(application)),
    http.get(`${BUS}/v1/applications/a1/events`, () => HttpResponse.json({ events: [] })),
  );
  const { out } = await jembatan(['show', '2026-11-1'], ENV);
  expect(out.slice(-5)).toEqual([
    '  for a person: undoRefused at letter (ALREADY_USED), to be mended by DUKCAPIL.AKTA-PERBAIKAN',
    ...['opened by', 'names', 'opened', 'named by'].map(
      (words) => `  ${words} 2026-11-2 (DUKCAPIL.AKTA-PERBAIKAN, completed)`,
    ),
  ]);
});
