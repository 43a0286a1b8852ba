/** `jembatan replay` and `jembatan reload`: what they ask of the API, what they show first, and when nothing is done. */
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { jembatan, type Ran } from './stand.ts';

const BUS = 'http://bus.test';
const ENV = { JEMBATAN_URL: BUS, JEMBATAN_KEY: 'jmb_key' };
const ID = '0199f3c2-7a31-7c05-9b1e-5d2f0c6a8e47';
const NOW = Date.parse('2026-11-20T08:00:00Z');
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const step = (name: string, fields: object = {}) => ({
  ...{
    step: name,
    agency: 'bank-kalbar',
    operation: 'collectPayment',
    round: 1,
    state: 'parked',
    code: null,
  },
  ...{ sends: null, ...fields },
});
const PLAN = {
  applications: [
    {
      ...{ applicationId: ID, number: '6112-01-26-000123-7' },
      steps: [
        step('person', { state: 'succeeded', code: 'step_done' }),
        step('pay', { sends: { input: '{}', method: 'POST', path: '/xxx/9.9', body: '{"nik":"9999"}' } }),
        step('tell'),
      ],
    },
  ],
  more: false,
};

/** What was asked, in order; the plan and the replay answered as said. */
function bus(plan: object = PLAN, done: object = { is: 'replayed' }): [path: string, body: unknown][] {
  const heard: [string, unknown][] = [];
  const answer = (path: string, body: object, status: number) =>
    http.post(BUS + path, async ({ request }) => {
      heard.push([path, await request.json()]);
      return HttpResponse.json(body, { status });
    });
  server.use(
    answer('/v1/replays/plan', plan, 200),
    answer('/v1/replays', { applications: [{ applicationId: ID, ...done }] }, 202),
  );
  return heard;
}

const run = (...words: string[]): Promise<Ran> => jembatan(words, ENV, { ...systemClock, now: () => NOW });
const MEANT = [
  {
    applicationId: ID,
    steps: [
      { step: 'pay', round: 1 },
      { step: 'tell', round: 1 },
    ],
  },
];

test('it shows what would be sent, and nothing is done without --yes, nor with --dry-run beside it', async () => {
  for (const more of [[], ['--dry-run', '--yes', '--reason', 'why not']]) {
    const heard = bus();
    const { code, out, err } = await run('replay', ID, '--from', 'pay', ...more);
    expect(code).toBe(0);
    expect(heard).toEqual([['/v1/replays/plan', { application: ID, from: 'pay' }]]);
    expect(out).toEqual([
      `6112-01-26-000123-7  ${ID}`,
      '  person  succeeded: left as it is (step_done)',
      '  pay  parked: round 2, bank-kalbar.collectPayment',
      '    POST /xxx/9.9',
      '    {"nik":"9999"}',
      '  tell  parked: round 2, bank-kalbar.collectPayment, after what runs before it',
    ]);
    expect(err).toEqual(['1 application would be replayed: --yes and --reason do it']);
  }
});

test('with --yes the very steps of the plan run again', async () => {
  const heard = bus();
  const { code, out } = await run('replay', ID, '--yes', '--reason', 'mended');
  expect([code, out]).toEqual([0, ['6112-01-26-000123-7  replayed']]);
  expect(heard.at(-1)).toEqual(['/v1/replays', { applications: MEANT, reason: 'mended' }]);
});

test('by filter: a day, a time, or so long ago', async () => {
  const heard = bus();
  await run(
    'replay',
    '--service',
    'POLRES.SKCK',
    '--since',
    '7d',
    '--until',
    '2026-11-19',
    '--agency',
    'bank-kalbar',
  );
  await run('replay', '--since', '2026-11-16T08:00:00Z', '--state', 'underReview');
  expect(heard.map(([, body]) => body)).toEqual([
    {
      ...{ service: 'POLRES.SKCK', agency: 'bank-kalbar', state: 'failed' },
      ...{ since: '2026-11-13T08:00:00.000Z', until: '2026-11-19T00:00:00Z' },
    },
    { since: '2026-11-16T08:00:00Z', state: 'underReview' },
  ]);
});

test('one that was refused or done before is said so; a refusal is exit code 1', async () => {
  bus(PLAN, { is: 'repeat' });
  const before = await run('replay', ID, '--yes', '--reason', 'mended');
  expect([before.code, before.out]).toEqual([0, ['6112-01-26-000123-7  replayed for this reason before']]);
  bus(PLAN, { is: 'refused', code: 'changed_since', step: 'pay' });
  const refused = await run('replay', ID, '--yes', '--reason', 'mended');
  expect([refused.code, refused.out]).toEqual([1, ['6112-01-26-000123-7  refused (changed_since at pay)']]);
  const heard = bus({
    applications: [{ ...PLAN.applications[0], steps: [step('pay', { code: 'step_done' })] }],
    more: false,
  });
  const nothing = await run('replay', ID, '--yes', '--reason', 'mended');
  expect([nothing.code, nothing.err, heard.length]).toEqual([1, ['There is nothing to replay'], 1]);
});

test.each([
  [['replay'], 'Name an application, or choose'],
  [['replay', ID, '--yes'], '--yes needs --reason'],
  [['replay', ID, '--service', 'A.B'], 'leave the application out'],
  [['replay', '--since', 'yesterday'], 'write a day, a time'],
  [['reload'], "required option '--reason <text>'"],
  [['route', 'activate', 'POLRES.SKCK', '--reason', 'why'], 'write SERVICE@VERSION'],
  [['route', 'stage', '/nowhere.yaml', '--reason', 'why'], '/nowhere.yaml cannot be read (ENOENT)'],
])('%j is a wrong call', async (words, said) => {
  const { code, err } = await run(...words);
  expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
});

test('reload says what changed, what of it is not in force, and what only a new start takes up', async () => {
  server.use(
    http.post(`${BUS}/v1/config/reload`, () =>
      HttpResponse.json({
        ...{ is: 'reloaded', process: 'one:8080', reload: null },
        change: { routes: { added: ['A.C'], removed: [], changed: ['A.B'] } },
        ...{ overridden: ['A.B'], restart: ['connector land@2 was added'] },
      }),
    ),
  );
  const { code, out, err } = await run('reload', '--reason', 'a decree');
  expect([code, out]).toEqual([0, ['reloaded', '  routes added: A.C', '  routes changed: A.B']]);
  expect(err).toEqual([
    'Not in force: the file of A.B, for a version was activated (jembatan route list)',
    'Only a new start takes this up: connector land@2 was added',
  ]);
});
