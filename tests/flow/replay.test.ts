/** Replays: what surely did nothing is sent again, once for a reason, in the order of arrival; shown first, masked. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, NAME, NIK, states, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { mulberry } from '../support/virtual-clock.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const HOUR = 3_600_000;
const DOWN = { is: 'retry', code: 'AGENCY_UNAVAILABLE' } as const;
const WITH = { nik: 'application.applicant.nik', name: 'application.applicant.fullName' };

const worldOf = (steps: Record<string, StepFields>): Promise<World> =>
  open({
    catalogue: smallCatalogue(
      steps,
      ['desk', 'bank'].map((id) =>
        agencyEntry(id, { retry: { attempts: 2, base: '1s', cap: '2s', inquiries: 2 } }),
      ),
    ),
  });

interface PlannedStep {
  step: string;
  round: number;
  code: string | null;
  sends: JsonObject | null;
}
interface Planned {
  applicationId: string;
  steps: PlannedStep[];
}

async function ask<T>(world: World, path: string, body: JsonObject): Promise<{ status: number; body: T }> {
  const response = await world.call(`/v1/replays${path}`, { body });
  return { status: response.status, body: (await response.json()) as T };
}

const plan = async (world: World, question: JsonObject): Promise<Planned[]> =>
  (await ask<{ applications: Planned[] }>(world, '/plan', question)).body.applications;

const meant = (planned: Planned[]): JsonObject[] =>
  planned.map(({ applicationId, steps }) => ({
    applicationId,
    steps: steps.filter(({ code }) => code === null).map(({ step, round }) => ({ step, round })),
  }));

async function replay(
  world: World,
  planned: Planned[],
  reason = 'the agency mended it',
): Promise<JsonObject[]> {
  const { body } = await ask<{ applications: JsonObject[] }>(world, '', {
    applications: meant(planned),
    reason,
  });
  return body.applications;
}

const codes = (planned: Planned[]): Record<string, string | null> =>
  Object.fromEntries(planned.flatMap(({ steps }) => steps).map(({ step, code }) => [step, code]));

const STEPS: Record<string, StepFields> = {
  look: { call: 'desk.look', with: WITH },
  file: { call: 'desk.file', after: 'look', with: WITH },
  pay: { call: 'bank.reserve', after: 'file', with: WITH },
};

/** Its last step failed, surely undone. */
async function parked(world: World): Promise<string> {
  world.agencies['bank']!.script = () => DOWN;
  const id = await submit(world, application());
  await world.clock.advance(HOUR, 1000);
  expect(await states(world, id)).toMatchObject({ look: 'succeeded', file: 'succeeded', pay: 'parked' });
  world.agencies['bank']!.script = () => undefined;
  return id;
}

describe('one application', () => {
  test('the plan shows what would be sent, masked, and does nothing; then it is done by the first way', async () => {
    const world = await worldOf(STEPS);
    const id = await parked(world);
    const asked = world.agencies['bank']!.asked.length;
    const before = await world.ledger.events(id, 0, 100);
    const planned = await plan(world, { application: id });
    expect(codes(planned)).toEqual({ look: 'step_done', file: 'step_done', pay: null });
    const { sends } = planned[0]!.steps[2]!;
    expect(sends).toEqual({
      input: '{"nik":"9999999999999999","name":"Xxxxxx Xxxxxxx"}',
      ...{ method: 'POST', path: expect.any(String), body: expect.stringContaining('9999999999999999') },
    });
    for (const personal of [NIK, NAME]) expect(JSON.stringify(planned)).not.toContain(personal);
    expect(await world.ledger.events(id, 0, 100)).toEqual(before);
    expect(world.agencies['bank']!.asked).toHaveLength(asked);

    expect(await replay(world, planned)).toEqual([{ applicationId: id, is: 'replayed' }]);
    await world.clock.advance(60_000, 1000);
    const shown = await look(world, id);
    expect([shown.state, shown.items]).toEqual(['completed', []]);
    const pay = shown.steps.find(({ name }) => name === 'pay')!;
    expect(pay.round).toBe(2);
    const bank = world.agencies['bank']!;
    expect(bank.asked.at(-1)!.input).toEqual({ nik: NIK, name: NAME });
    expect(new Set(bank.asked.map(({ key }) => key)).size).toBe(2);
  });

  test('its lineage stands in the chain: which round came of which, who, and a hash of why', async () => {
    const world = await worldOf(STEPS);
    const id = await parked(world);
    await replay(world, await plan(world, { application: id }));
    const events = await world.ledger.events(id, 0, 100);
    const of = (type: string) =>
      events.filter((one) => one.type === `go.mpp.${type}.v1`).map(({ data }) => JSON.parse(data));
    expect(of('step.replayed')).toMatchObject([{ step: 'pay', round: 2, replayOf: 1 }]);
    const [act] = of('application.replayed');
    expect(act).toMatchObject({ steps: ['pay'], by: expect.any(String), reasonHash: expect.any(String) });
    expect(JSON.stringify(events)).not.toContain('mended');
    expect((await world.ledger.oldRounds(id)).map(({ step, round, state }) => [step, round, state])).toEqual([
      ['pay', 1, 'parked'],
    ]);
  });

  test('once for a reason: the same again does nothing, another reason does', async () => {
    const world = await worldOf(STEPS);
    const id = await parked(world);
    const planned = await plan(world, { application: id });
    world.agencies['bank']!.script = () => DOWN;
    const all = await Promise.all([1, 2, 3].map(() => replay(world, planned)));
    expect(
      all
        .flat()
        .map(({ is }) => is)
        .toSorted(),
    ).toEqual(['repeat', 'repeat', 'replayed']);
    await world.clock.advance(HOUR, 1000);
    const again = await plan(world, { application: id });
    expect(again[0]!.steps[2]).toMatchObject({ round: 2, code: null });
    expect(await replay(world, again)).toEqual([{ applicationId: id, is: 'repeat' }]);
    world.agencies['bank']!.script = () => undefined;
    expect(await replay(world, again, 'mended again')).toEqual([{ applicationId: id, is: 'replayed' }]);
    await world.clock.advance(60_000, 1000);
    expect((await look(world, id)).state).toBe('completed');
  });

  test('from a step on: what only looks is looked at again, what has an effect is not done twice', async () => {
    const world = await worldOf(STEPS);
    const id = await parked(world);
    const planned = await plan(world, { application: id, from: 'look' });
    expect(codes(planned)).toEqual({ look: null, file: 'step_done', pay: null });
    await replay(world, planned);
    await world.clock.advance(60_000, 1000);
    expect((await look(world, id)).state).toBe('completed');
    const desk = world.agencies['desk']!;
    expect(desk.asked.filter(({ operation }) => operation === 'look')).toHaveLength(2);
    expect([...desk.effects.values()]).toEqual([1, 1, 1]);
    expect(desk.asked.filter(({ operation }) => operation === 'file')).toHaveLength(1);
  });

  test('one that waits for what runs before it is said to', async () => {
    const world = await worldOf({
      ...{ a: { call: 'desk.look', with: WITH }, b: { call: 'desk.look', after: 'a', with: WITH } },
      c: { call: 'bank.file', after: 'b', with: WITH },
    });
    world.agencies['bank']!.script = () => DOWN;
    const id = await submit(world, application());
    await world.clock.advance(HOUR, 1000);
    const [planned] = await plan(world, { application: id, from: 'a' });
    expect(planned!.steps.map(({ step, sends }) => [step, sends !== null])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
    expect(codes(await plan(world, { application: id, from: 'a', agency: 'bank' }))).toEqual({ c: null });
  });
});

describe('what may have been done', () => {
  test('is never sent again: unknown outcomes, what is with the agency, what is done', async () => {
    const world = await worldOf({
      once: { call: 'desk.stamp' },
      wait: { call: 'bank.announce' },
      later: { call: 'desk.file', after: ['once', 'wait'] },
    });
    world.agencies['desk']!.script = ({ operation }) => (operation === 'stamp' ? 'loseAfter' : undefined);
    const id = await submit(world, application());
    await world.clock.advance(60_000, 1000);
    const planned = await plan(world, { application: id });
    expect(codes(planned)).toEqual({ once: 'outcome_unknown', wait: 'in_flight', later: 'under_way' });
    const forced = [{ applicationId: id, steps: [{ step: 'once', round: 1 }] }];
    const { body } = await ask<{ applications: JsonObject[] }>(world, '', {
      applications: forced,
      reason: 'I insist',
    });
    expect(body.applications).toEqual([
      { applicationId: id, is: 'refused', code: 'outcome_unknown', step: 'once' },
    ]);
    expect(world.agencies['desk']!.effects.size).toBe(1);
  });

  test('nor what the agency took and was waited for in vain; what it refused may be sent again', async () => {
    const world = await worldOf({
      tell: { call: 'bank.announce', need: 'bestEffort', waits: '1h', onTimeout: 'reject' },
      note: { call: 'desk.file', need: 'bestEffort' },
      last: { call: 'bank.charge', after: ['tell', 'note'] },
    });
    world.agencies['desk']!.script = () => ({ is: 'refused', code: 'NOT_ELIGIBLE' });
    world.agencies['bank']!.script = () => DOWN;
    const id = await submit(world, application());
    await world.clock.advance(3 * HOUR, 1000);
    expect(await states(world, id)).toEqual({ tell: 'rejected', note: 'rejected', last: 'parked' });
    expect(codes(await plan(world, { application: id }))).toEqual({
      ...{ tell: 'outcome_unknown', note: null, last: null },
    });
  });

  test('what has changed since it was looked at is refused', async () => {
    const world = await worldOf(STEPS);
    const id = await parked(world);
    const planned = await plan(world, { application: id });
    await replay(world, planned, 'first');
    await world.clock.advance(60_000, 1000);
    expect(await replay(world, planned, 'second')).toEqual([
      { applicationId: id, is: 'refused', code: 'application_ended' },
    ]);
    const other = await parked(world);
    const seen = await plan(world, { application: other });
    world.agencies['bank']!.script = () => DOWN;
    await replay(world, seen, 'first');
    expect(await replay(world, seen, 'second')).toEqual([
      { applicationId: other, is: 'refused', code: 'changed_since', step: 'pay' },
    ]);
  });

  test('ended applications, unknown ones and unknown steps', async () => {
    const world = await worldOf(STEPS);
    const done = await submit(world, application());
    await world.clock.advance(60_000, 1000);
    expect(await ask(world, '/plan', { application: done })).toMatchObject({
      status: 409,
      body: { code: 'application_ended' },
    });
    expect((await ask(world, '/plan', { application: '00000000-0000-7000-8000-000000000000' })).status).toBe(
      404,
    );
    const id = await parked(world);
    expect(await ask(world, '/plan', { application: id, from: 'nothing' })).toMatchObject({
      body: { code: 'unknown_step' },
    });
    expect((await ask(world, '/plan', {})).status).toBe(422);
    const key = await world.key('mall', ['admin', 'applications:read']);
    const headers = { authorization: `Bearer ${key}` };
    expect((await world.call('/v1/replays/plan', { body: { application: id }, headers })).status).toBe(403);
  });
});

describe('many', () => {
  test('by filter, in the order of arrival, each once', { timeout: 30_000 }, async () => {
    const world = await worldOf(STEPS);
    world.agencies['bank']!.script = () => DOWN;
    const ids: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      ids.push(await submit(world, application()));
      await world.clock.advance(1000, 100);
    }
    const middle = new Date(world.clock.now() - 15_000).toISOString();
    await world.clock.advance(HOUR, 1000);
    world.agencies['bank']!.script = () => undefined;
    const all = await plan(world, { agency: 'bank' });
    expect(all.map(({ applicationId }) => applicationId)).toEqual(ids);
    expect(codes(all)).toEqual({ pay: null });
    expect(await plan(world, { agency: 'desk' })).toEqual([]);
    expect(await plan(world, { service: 'OTHER.SERVICE' })).toEqual([]);
    expect(await plan(world, { service: 'TEST.SERVICE', state: 'completed' })).toEqual([]);
    const [old, young] = [await plan(world, { until: middle }), await plan(world, { since: middle })];
    expect([...old, ...young].map(({ applicationId }) => applicationId)).toEqual(ids);
    expect(young.length).toBeGreaterThan(5);

    const before = world.agencies['bank']!.asked.length;
    const results = await replay(world, all);
    expect(results).toEqual(ids.map((applicationId) => ({ applicationId, is: 'replayed' })));
    await world.clock.advance(HOUR, 1000);
    for (const id of ids) expect((await look(world, id)).state).toBe('completed');
    const sent = world.agencies['bank']!.asked.slice(before);
    expect(sent).toHaveLength(30);
    const keys = await Promise.all(
      ids.map(async (id) => (await world.ledger.read(id))!.steps.find(({ name }) => name === 'pay')!.key),
    );
    expect(sent.map(({ key }) => key)).toEqual(keys);
    expect([...world.agencies['bank']!.effects.values()]).toEqual(keys.map(() => 1));
  });
});

const FAULTS = [
  'loseBefore',
  'loseAfter',
  { status: 503 },
  DOWN,
  { is: 'refused', code: 'NOT_ELIGIBLE' },
] as const;

test(
  'among whatever is lost, refused and replayed, nothing is ever done twice',
  { timeout: 60_000 },
  async () => {
    let replayed = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const next = mulberry(seed);
      const world = await worldOf({
        look: { call: 'desk.look' },
        enter: { call: 'desk.enter', after: 'look', need: 'bestEffort' },
        stamp: { call: 'desk.stamp', after: 'look', need: 'bestEffort' },
        charge: { call: 'bank.charge', after: ['enter', 'stamp'] },
        tell: { call: 'bank.file', after: 'charge', need: 'bestEffort' },
      });
      // Questions are answered truly: only what is sent meets trouble.
      for (const agency of Object.values(world.agencies))
        agency.script = ({ kind }) =>
          kind === 'send' && next() < 0.6 ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined;
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) ids.push(await submit(world, application()));
      for (let turn = 0; turn < 8; turn += 1) {
        await world.clock.advance(HOUR / 4 + Math.floor(next() * HOUR), 15_000);
        const question =
          next() < 0.5 ? { service: 'TEST.SERVICE', from: 'look' } : { service: 'TEST.SERVICE' };
        const planned = await plan(world, {
          ...question,
          state: next() < 0.5 ? 'underReview' : 'inProgress',
        });
        if (planned.length === 0) continue;
        const done = await replay(world, planned, `turn ${turn}`);
        replayed += done.filter(({ is }) => is === 'replayed').length;
      }
      await world.clock.advance(24 * HOUR, 60_000);
      const undone = new Set(Object.values(world.agencies).flatMap((agency) => agency.undone));
      const effects = new Map(Object.values(world.agencies).flatMap((agency) => [...agency.effects]));
      for (const id of ids) {
        const { steps } = (await world.ledger.read(id))!;
        const rounds = [
          ...(await world.ledger.oldRounds(id)).map(({ step, key }) => ({ name: step, key })),
          ...steps,
        ];
        for (const { name } of steps) {
          if (name === 'look') continue;
          const keys = rounds.filter((round) => round.name === name).map(({ key }) => key);
          const standing = keys.filter((key) => effects.has(key) && !undone.has(key));
          expect({ seed, id, name, times: standing.length > 1 }).toEqual({ seed, id, name, times: false });
          for (const key of standing) expect(effects.get(key)).toBe(1);
        }
      }
    }
    expect(replayed).toBeGreaterThan(50);
  },
);
