/** The bus as an agency: a person decides, a time passes, a sub-application is opened and ends. */
import { afterEach, describe, expect, test } from 'vitest';
import { decideTask } from '../../src/desk/decide.ts';
import { endEarly } from '../../src/desk/act.ts';
import type { Route, Service } from '../../src/domain/catalogue.ts';
import { intake, type Intake, type Submission } from '../../src/flow/intake.ts';
import { SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { application, submit } from '../support/applications.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World | undefined;
afterEach(() => world?.close());

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const STRIDE_MS = 600_000;
const someone = (by: string): { by: string; reason: string } => ({ by, reason: 'seen' });

async function open(steps: Record<string, StepFields>, route: Partial<Route> = {}): Promise<World> {
  world = await openWorld({ catalogue: smallCatalogue(steps, [], route) });
  return world;
}

const task = (more: Partial<NonNullable<StepFields['task']>> = {}): StepFields => ({
  call: 'bus.task',
  with: { see: { name: 'application.applicant.fullName' } },
  task: {
    ...{ role: 'head', title: { id: 'Setujui', en: 'Approve' }, due: '2d', fourEyes: false },
    form: { type: 'object', required: ['number'], properties: { number: { type: 'string' } } },
    ...more,
  },
});

const stateOf = async (on: World, id: string, step: string): Promise<string> =>
  (await on.ledger.read(id))!.steps.find(({ name }) => name === step)!.state;
const eventsOf = async (on: World, id: string): Promise<string[]> =>
  (await on.ledger.events(id, 0, 100)).map(({ type }) => type.slice('go.mpp.'.length, -'.v1'.length));

describe('a person decides', () => {
  test('what he fills in is held against the form, and is the step’s output', async () => {
    const on = await open({ decide: task(), next: { call: 'desk.file', after: 'decide' } });
    const id = await submit(on);
    await on.clock.advance(1_000);
    expect(await stateOf(on, id, 'decide')).toBe('waitingOfficer');
    const [item] = await on.ledger.openItems({ role: 'head', most: 10 });
    expect(item).toMatchObject({ applicationId: id, step: 'decide', kind: 'task', role: 'head' });
    expect(item!.dueAt! - on.clock.now()).toBeGreaterThan(DAY_MS);
    const bad = await on.clock.during(
      decideTask(on.bus.desk, id, 'decide', { as: 'approved', output: {} }, someone('ani')),
    );
    expect(bad).toMatchObject({
      is: 'refused',
      code: 'output_invalid',
      problems: [{ pointer: '/output/number' }],
    });
    const good = { as: 'approved' as const, output: { number: '1/2026' } };
    expect(await on.clock.during(decideTask(on.bus.desk, id, 'decide', good, someone('ani')))).toEqual({
      is: 'done',
    });
    await on.clock.advance(1_000);
    expect((await on.ledger.read(id))!.application.state).toBe('completed');
    expect(await on.ledger.openItems({ most: 10 })).toEqual([]);
    expect(await eventsOf(on, id)).toContain('task.decided');
  });

  test('four eyes: the same person twice is not two', async () => {
    const on = await open({ decide: task({ fourEyes: true }) });
    const id = await submit(on);
    await on.clock.advance(1_000);
    const yes = { as: 'approved' as const, output: { number: '7' } };
    const decided = (by: string, decision: Parameters<typeof decideTask>[3]): ReturnType<typeof decideTask> =>
      on.clock.during(decideTask(on.bus.desk, id, 'decide', decision, someone(by)));
    expect(await decided('ani', yes)).toEqual({ is: 'proposed' });
    expect(await decided('ani', yes)).toEqual({ is: 'refused', code: 'four_eyes' });
    const no = { as: 'rejected' as const, code: 'NOT_ELIGIBLE' };
    expect(await decided('budi', no)).toEqual({ is: 'proposed' });
    expect(await decided('ani', no)).toEqual({ is: 'done' });
    await on.clock.advance(1_000);
    expect((await on.ledger.read(id))!.application.state).toBe('rejected');
    expect(await on.ledger.openItems({ most: 10 })).toEqual([]);
  });

  test('he is reminded, and then the route decides', async () => {
    const on = await open({ decide: { ...task(), waits: '5d', remind: ['1d', '3d'], onTimeout: 'expire' } });
    const id = await submit(on);
    await on.clock.advance(4 * DAY_MS, STRIDE_MS);
    const reminders = (await eventsOf(on, id)).filter((type) => type === 'step.reminder');
    expect(reminders).toHaveLength(2);
    await on.clock.advance(2 * DAY_MS, STRIDE_MS);
    expect((await on.ledger.read(id))!.application.state).toBe('expired');
    expect(await on.ledger.openItems({ most: 10 })).toEqual([]);
  });
});

describe('a time passes', () => {
  test('so long, and it is done', async () => {
    const on = await open({
      pause: { call: 'bus.wait', with: { for: "'3d'" } },
      next: { call: 'desk.file', after: 'pause' },
    });
    const id = await submit(on);
    await on.clock.advance(2.9 * DAY_MS, STRIDE_MS);
    expect(await stateOf(on, id, 'pause')).toBe('waitingAgency');
    await on.clock.advance(0.2 * DAY_MS, STRIDE_MS);
    expect((await on.ledger.read(id))!.application.state).toBe('completed');
  });
});

describe('a sub-application', () => {
  const withChild = async (): Promise<World> => {
    const catalogue = smallCatalogue({
      pause: { call: 'bus.wait', with: { for: "'1m'" } },
      part: { call: 'bus.child', after: 'pause', with: { service: "'TEST.CHILD'", formData: { n: '1' } } },
      next: { call: 'desk.file', after: 'part', with: { number: 'steps.part.output.number' } },
    });
    const service = { ...catalogue.services.get(SERVICE)!, code: 'TEST.CHILD' } satisfies Service;
    const child = smallCatalogue({ look: { call: 'desk.announce' } }).routes.get(SERVICE)!;
    catalogue.services.set('TEST.CHILD', service);
    catalogue.routes.set('TEST.CHILD', { ...child, service: 'TEST.CHILD' });
    world = await openWorld({ catalogue });
    return world;
  };
  const childOf = async (on: World, id: string): Promise<string> =>
    (await on.ledger.list({ service: 'TEST.CHILD', most: 10 }))
      .map((one) => one.id)
      .find((one) => one !== id)!;

  test('ends the step that opened it', async () => {
    const on = await withChild();
    const id = await submit(on);
    await on.clock.advance(61_000);
    const child = await childOf(on, id);
    expect((await on.ledger.read(child))!.application.parent).toBe(id);
    await on.news('desk', 'announce', { id: 'm1', reference: 'ANN-1', outcome: { is: 'ok', output: {} } });
    await on.clock.advance(1_000);
    expect((await on.ledger.read(id))!.application.state).toBe('completed');
  });

  /** As a process leaves it that dies between opening the child and saying so. */
  const openFirst = async (on: World, id: string, fields: Partial<Submission>): Promise<Intake> => {
    const { application: parent, steps } = (await on.ledger.read(id))!;
    const { key } = steps[1]!;
    const body = application({
      clientReference: `child-${key}`,
      serviceCode: 'TEST.CHILD',
      formData: { n: 0 },
    });
    return on.clock.during(
      intake(on.bus.desk, { platform: parent.platform, sandbox: true, body, ...fields }),
    );
  };

  test('that was opened from what was corrected since is found again, and a person looks at it', async () => {
    const on = await withChild();
    const id = await submit(on);
    const opened = await openFirst(on, id, { parent: id });
    await on.clock.advance(61_000);
    expect((await on.ledger.read(id))!.steps[1]).toMatchObject({ state: 'waitingAgency' });
    const children = await on.ledger.list({ service: 'TEST.CHILD', most: 10 });
    expect(children).toMatchObject([{ id: (opened as { id: string }).id }]);
    const items = await on.ledger.openItems({ most: 10 });
    expect(items).toMatchObject([{ applicationId: id, step: 'part', code: 'DONE_BEFORE_CORRECTION' }]);
    await on.news('desk', 'announce', { id: 'm1', reference: 'ANN-1', outcome: { is: 'ok', output: {} } });
    await on.clock.advance(1_000);
    expect((await on.ledger.read(id))!.application.state).toBe('completed');
  });

  test('that was opened while its parent was withdrawn is withdrawn, too', async () => {
    const on = await withChild();
    const id = await submit(on);
    const { ledger } = on.bus.desk;
    const accept = ledger.accept.bind(ledger);
    ledger.accept = async (acceptance) => {
      const accepted = await accept(acceptance);
      if (acceptance.application.parent === id)
        await endEarly(on.bus.desk, id, 'withdrawn', someone('citizen'));
      return accepted;
    };
    await on.clock.advance(HOUR_MS, STRIDE_MS);
    expect((await on.ledger.read(id))!.application.state).toBe('withdrawn');
    const children = await on.ledger.list({ service: 'TEST.CHILD', most: 10 });
    expect(children.map(({ state }) => state)).toEqual(['withdrawn']);
  });

  test('is not what a platform sent under the same reference', async () => {
    const on = await withChild();
    const id = await submit(on);
    await openFirst(on, id, {});
    await on.clock.advance(61_000);
    expect((await on.ledger.read(id))!.steps[1]).toMatchObject({
      ...{ state: 'rejected', code: 'CHILD_REFERENCE_TAKEN' },
    });
  });

  test('is withdrawn with the application that opened it', async () => {
    const on = await withChild();
    const id = await submit(on);
    await on.clock.advance(61_000);
    const child = await childOf(on, id);
    await on.clock.during(endEarly(on.bus.desk, id, 'withdrawn', someone('citizen')));
    await on.clock.advance(DAY_MS, STRIDE_MS);
    expect((await on.ledger.read(child))!.application.state).toBe('withdrawn');
    expect((await on.ledger.read(id))!.application.state).toBe('withdrawn');
  });
});
