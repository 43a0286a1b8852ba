/** People's decisions in a rehearsal: by habit, by script, sent back and mended, and the applications that steps open. */
import { expect, test } from 'vitest';
import type { Catalogue, Route, RouteStep } from '../../src/domain/catalogue.ts';
import { parseAct } from '../../src/rehearse/words.ts';
import { play, smallMall, states } from './support.ts';

const HOUR = 3_600_000;

const step = (fields: Partial<RouteStep> & { call: string }): RouteStep => ({
  ...{ after: [], need: 'mandatory', pivot: false, with: {} },
  ...fields,
});

/** The shipped mall with another route for the certificate. */
async function mallWith(steps: Record<string, RouteStep>): Promise<Catalogue> {
  const mall = await smallMall();
  const route: Route = { service: 'POLRES.SKCK', version: '9.0.0', steps, result: {} };
  return { ...mall, routes: new Map([...mall.routes, ['POLRES.SKCK', route]]) };
}

const review = step({
  call: 'bus.task',
  with: { see: { purpose: 'application.formData.purpose' } },
  task: {
    role: 'head-of-office',
    title: { id: 'Tinjau', en: 'Review' },
    fourEyes: true,
    form: {
      type: 'object',
      required: ['clear', 'number'],
      additionalProperties: false,
      properties: { clear: { type: 'boolean' }, number: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' } },
    },
  },
});

test('two officers decide by habit, and fill in what the form wants', async () => {
  const rehearsed = await play({}, { catalogue: await mallWith({ review }) });
  const [first] = rehearsed.seen;
  expect(first!.state).toBe('completed');
  expect(first!.endedAt! - rehearsed.startedAt).toBe(2 * HOUR);
  expect(first!.steps[0]!.secret.output).toMatchObject({ clear: true });
  expect(rehearsed.troubles).toEqual([]);
});

test('who is named in the script decides; sent back, mended, decided again', async () => {
  const catalogue = await mallWith({ review: { ...review, task: { ...review.task!, fourEyes: false } } });
  const script = [
    parseAct('decide review sendBack /formData/purpose=PURPOSE_UNCLEAR after 1h'),
    parseAct('correct /formData/purpose="Melamar kerja di bank" after 1d'),
    parseAct('decide review approved {"clear":false,"number":"AB-1234"} after 2h'),
  ];
  const rehearsed = await play({ script }, { catalogue });
  const [first] = rehearsed.seen;
  expect(rehearsed.done.map(({ refused }) => refused)).toEqual([null, null, null]);
  expect(first!.state).toBe('completed');
  expect(first!.steps[0]).toMatchObject({ state: 'succeeded', round: 2 });
  expect(first!.body).toMatchObject({ formData: { purpose: 'Melamar kerja di bank' } });
  expect(first!.endedAt! - rehearsed.startedAt).toBe(27 * HOUR);
});

test('nobody decides: it stands still, waiting for a person by name', async () => {
  const rehearsed = await play({ habits: { decideMs: null } }, { catalogue: await mallWith({ review }) });
  expect(rehearsed.seen[0]!.items.map(({ role, kind }) => `${role} ${kind}`)).toEqual([
    'head-of-office task',
  ]);
  expect(rehearsed.ended).toBe('time');
});

test('a step’s own application is seen under its step, and its steps can be struck and decided', async () => {
  const opens = step({
    call: 'bus.child',
    with: { service: "'DUKCAPIL.KK-PERUBAHAN'", formData: { reason: "'lost'" } },
  });
  const catalogue = await mallWith({ opens });
  const script = [
    parseAct('dukcapil.hold'),
    parseAct('dukcapil.release when opens/familyCard is waitingAgency after 2d'),
  ];
  const rehearsed = await play({ script }, { catalogue });
  expect(states(rehearsed)).toEqual({
    opens: 'succeeded',
    'opens/person': 'succeeded',
    'opens/familyCard': 'succeeded',
  });
  expect(rehearsed.seen.map(({ service, state }) => `${service} ${state}`)).toEqual([
    'POLRES.SKCK completed',
    'DUKCAPIL.KK-PERUBAHAN completed',
  ]);
  expect(rehearsed.counts).toEqual({ lost: 0, doubled: 0 });
});
