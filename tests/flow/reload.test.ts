/** The configuration read anew while the bus runs: whole or not at all, and nothing under way is lost or done twice. */
import { describe, expect, test } from 'vitest';
import type { Agency, Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { handConfig, type HandConfig } from '../support/config-source.ts';
import { testAgency } from '../support/test-agency.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const FIRST: Record<string, StepFields> = { file: { call: 'desk.file' } };
const SECOND: Record<string, StepFields> = { ...FIRST, pay: { call: 'bank.charge', after: 'file' } };
const WRONG = {
  ...{ code: 'unknown_role', file: 'routes/x.yaml', line: 7, pointer: '/steps/a/call' },
  ...{ message: 'No agency plays this role', fix: 'Write "desk"' },
};

const both = (steps: Record<string, StepFields>, version: string, agencies: Agency[] = []): Catalogue =>
  smallCatalogue(
    steps,
    [
      ...agencies,
      ...['desk', 'bank'].filter((id) => !agencies.some((one) => one.id === id)).map((id) => agencyEntry(id)),
    ],
    { version },
  );

interface Answer {
  status: number;
  body: JsonObject;
}

async function reload(world: World): Promise<Answer> {
  const response = await world.call('/v1/config/reload', { body: { reason: 'the office asked' } });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

async function worldOf(catalogue: Catalogue): Promise<{ world: World; config: HandConfig }> {
  const config = handConfig(catalogue);
  return { world: await open({ catalogue, config }), config };
}

describe('read anew', () => {
  test('new applications go by the new route, those under way by theirs; connections of what is the same stay', async () => {
    const { world, config } = await worldOf(both(FIRST, '1.0.0'));
    world.doors.get('desk')!.open = false;
    const before = await submit(world, application());
    const [desk] = world.bus.desk.catalogue().agencies;
    config.catalogue = both(SECOND, '1.1.0');
    const { status, body } = await reload(world);
    expect([status, body]).toEqual([
      200,
      {
        ...{ is: 'reloaded', process: 'bus', reload: 1, overridden: [], restart: [] },
        change: { routes: { added: [], removed: [], changed: ['TEST.SERVICE'] } },
      },
    ]);
    expect(world.bus.desk.catalogue().agencies[0]).toBe(desk);
    const after = await submit(world, application());
    world.doors.get('desk')!.open = true;
    await world.clock.advance(3_600_000, 1000);
    const [old, young] = [await look(world, before), await look(world, after)];
    expect([old.state, old.steps.map(({ name }) => name)]).toEqual(['completed', ['file']]);
    expect([young.state, young.steps.map(({ name }) => name)]).toEqual(['completed', ['file', 'pay']]);
  });

  test('what is wrong changes nothing, and is said with its place', async () => {
    const { world, config } = await worldOf(both(FIRST, '1.0.0'));
    const before = world.bus.desk.catalogue();
    config.catalogue = both(SECOND, '1.1.0');
    config.findings = [WRONG];
    const { status, body } = await reload(world);
    expect([status, body['code']]).toEqual([422, 'config_invalid']);
    expect(body['problems']).toEqual([
      {
        ...{ pointer: '/steps/a/call', code: 'unknown_role' },
        detail: 'routes/x.yaml:7: No agency plays this role. Write "desk".',
      },
    ]);
    expect(world.bus.desk.catalogue()).toBe(before);
    expect(await world.ledger.events('bus', 0, 10)).toEqual([]);
    expect(config.masked).toEqual([]);
    config.findings = [];
    expect((await reload(world)).body['is']).toBe('reloaded');
    expect(config.masked).toEqual(['hush-hush']);
  });

  test('nothing new is no event; a change is one, with who and a hash of why', async () => {
    const { world, config } = await worldOf(both(FIRST, '1.0.0'));
    config.restart = ['connector land@2 was added'];
    expect((await reload(world)).body).toEqual({
      ...{ is: 'unchanged', process: 'bus', reload: null, change: {}, overridden: [] },
      restart: config.restart,
    });
    config.catalogue = both(SECOND, '1.1.0');
    await reload(world);
    const events = await world.ledger.events('bus', 0, 10);
    expect(events.map(({ type }) => type)).toEqual(['go.mpp.config.reloaded.v1']);
    const data = JSON.parse(events[0]!.data);
    expect(Object.keys(data).toSorted()).toEqual(['by', 'change', 'digest', 'reasonHash']);
    expect(JSON.stringify(events)).not.toContain('the office asked');
  });

  test('only by a key of scope admin, and only where there is something to read', async () => {
    const { world } = await worldOf(both(FIRST, '1.0.0'));
    const key = await world.key('mall', ['operate', 'applications:submit']);
    const init = { body: { reason: 'why not' }, headers: { authorization: `Bearer ${key}` } };
    expect((await world.call('/v1/config/reload', init)).status).toBe(403);
    expect((await world.call('/v1/config/processes', { headers: init.headers })).status).toBe(403);
    const still = await open({ catalogue: both(FIRST, '1.0.0') });
    expect(await reload(still)).toMatchObject({ status: 409, body: { code: 'not_reloadable' } });
  });
});

describe('agencies', () => {
  test('with steps of open applications may not go, nor change their adapter; afterwards they may', async () => {
    const { world, config } = await worldOf(both(SECOND, '1.0.0'));
    world.doors.get('desk')!.open = false;
    const id = await submit(world, application());
    const alone = smallCatalogue(FIRST, [], { version: '1.1.0' });
    config.catalogue = alone;
    const codes = async (): Promise<unknown[]> =>
      (((await reload(world)).body['problems'] ?? []) as JsonObject[]).map(({ code, pointer }) => [
        code,
        pointer,
      ]);
    expect(await codes()).toEqual([['agency_in_use', '/bank']]);
    config.catalogue = both(SECOND, '1.0.0', [agencyEntry('bank', { major: 2 })]);
    expect(await codes()).toEqual([['adapter_in_use', '/bank/adapter']]);
    world.doors.get('desk')!.open = true;
    await world.clock.advance(3_600_000, 1000);
    expect((await look(world, id)).state).toBe('completed');
    config.catalogue = alone;
    expect((await reload(world)).body['is']).toBe('reloaded');
    // Kept for what is being accepted this very moment; it gets nothing new, and is not told as a change again.
    const bank = world.bus.desk.catalogue().agencies.find((one) => one.id === 'bank')!;
    expect(bank.regions).toEqual([]);
    expect((await reload(world)).body['is']).toBe('unchanged');
    config.catalogue = both(SECOND, '1.2.0');
    expect((await reload(world)).body['change']).toMatchObject({ agencies: { added: ['bank'] } });
    expect(
      world.bus.desk
        .catalogue()
        .agencies.map((one) => one.id)
        .toSorted(),
    ).toEqual(['bank', 'desk']);
  });

  test('that are new are answered; new limits hold at once', async () => {
    const { world, config } = await worldOf(
      smallCatalogue(FIRST, [agencyEntry('desk', { limits: { concurrency: 1 } })]),
    );
    const archive = testAgency(world.clock.now);
    world.doors.set('archive', { open: true, fetch: (request) => archive.fetch(request) });
    let most = 0;
    let now = 0;
    world.agencies['desk']!.script = async () => {
      most = Math.max(most, (now += 1));
      await new Promise<void>((resolve) => void world.clock.after(1000, resolve));
      now -= 1;
      return undefined;
    };
    for (let n = 0; n < 4; n += 1) await submit(world, application());
    await world.clock.advance(10_000, 100);
    expect(most).toBe(1);
    const steps = { ...FIRST, keep: { call: 'archive.file', after: 'file' } };
    config.catalogue = smallCatalogue(steps, [agencyEntry('desk', { limits: { concurrency: 3 } })], {
      version: '2.0.0',
    });
    expect((await reload(world)).body['change']).toMatchObject({
      agencies: { added: ['archive'], changed: ['desk'] },
    });
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await submit(world, application()));
    await world.clock.advance(20_000, 100);
    expect(most).toBe(3);
    expect(archive.asked).toHaveLength(6);
    for (const id of ids) expect((await look(world, id)).state).toBe('completed');
  });

  test('of which this process answers other lanes now are its own from now on', async () => {
    const { world, config } = await worldOf(both(FIRST, '1.0.0'));
    config.lanesOf = ['bank'];
    config.catalogue = both(FIRST, '1.0.1');
    await reload(world);
    const steps = { pay: { call: 'treasury.charge' } };
    config.catalogue = smallCatalogue(steps, [
      agencyEntry('bank'),
      agencyEntry('desk'),
      agencyEntry('treasury'),
    ]);
    await reload(world);
    const id = await submit(world, application());
    await world.clock.advance(60_000, 1000);
    expect((await look(world, id)).steps[0]!.state).toBe('ready');
  });
});

test(
  'a hundred reloads among applications that come, fail and wait: each ends once, by its own route',
  { timeout: 60_000 },
  async () => {
    const plain = both(FIRST, '1.0.0');
    const { world, config } = await worldOf(plain);
    const { desk, bank } = world.agencies;
    // Half of what is sent is lost on one side or the other.
    desk!.script = ({ n, kind }) =>
      kind === 'send' && n % 4 === 1 ? 'loseAfter' : n % 4 === 2 ? 'loseBefore' : undefined;
    bank!.script = ({ n, kind }) => (kind === 'send' && n % 3 === 1 ? 'loseAfter' : undefined);
    const ids: { id: string; steps: number }[] = [];
    for (let n = 0; n < 100; n += 1) {
      const isSecond = n % 2 === 1;
      const limits = { concurrency: 1 + (n % 5), perSecond: 5 + n };
      config.catalogue = both(isSecond ? SECOND : FIRST, `1.${n}.0`, [agencyEntry('desk', { limits })]);
      config.findings = n % 10 === 9 ? [WRONG] : [];
      // What is sent while it is read comes in by one or the other, and whole.
      const [answered, id] = await Promise.all([reload(world), submit(world, application())]);
      expect(answered.status).toBe(n % 10 === 9 ? 422 : 200);
      const { routes } = world.bus.desk.catalogue();
      const steps = Object.keys(routes.get('TEST.SERVICE')!.steps).length;
      ids.push({ id, steps: 0 }, { id: await submit(world, application()), steps });
      await world.clock.advance(700, 100);
    }
    await world.clock.advance(3 * 3_600_000, 1000);
    expect(await world.ledger.list({ most: 1000 })).toHaveLength(200);
    for (const { id, steps } of ids) {
      const shown = await look(world, id);
      expect(shown.state).toBe('completed');
      if (steps > 0) expect(shown.steps).toHaveLength(steps);
      expect([1, 2]).toContain(shown.steps.length);
    }
    for (const { effects } of [desk!, bank!])
      expect([...effects.values()].every((times) => times === 1)).toBe(true);
    expect(desk!.effects.size).toBe(200);
  },
);
