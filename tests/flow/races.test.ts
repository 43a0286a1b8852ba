import { expect, test } from 'vitest';
import { act, items, look, states, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';

const open = worlds();
const MINUTE = 60_000;

test('two steps of one application settling at the same instant', async () => {
  const steps = {
    a: { call: 'east.file' },
    b: { call: 'west.stamp' },
    c: { call: 'east.look', after: ['a', 'b'] },
  };
  const raced: string[] = [];
  const wrapLedger = (ledger: DeskLedger): DeskLedger => ({
    ...ledger,
    async record(change) {
      const recorded = await ledger.record(change);
      if (recorded.is === 'raced') raced.push(change.applicationId);
      return recorded;
    },
  });
  const world = await open({ catalogue: smallCatalogue(steps), wrapLedger });
  for (const door of ['east', 'west']) {
    world.agencies[door]!.script = async ({ n, kind }) => {
      if (n === 1 && kind === 'send')
        await new Promise<void>((resolve) => void world.clock.after(5000, resolve));
      return undefined;
    };
  }
  const id = await submit(world);
  await world.clock.advance(MINUTE);
  expect(raced.length).toBeGreaterThan(0);
  expect(await states(world, id)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
  const events = await world.ledger.events(id, 0, 100);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(events.filter(({ type }) => type === 'go.mpp.step.succeeded.v1')).toHaveLength(3);
  expect((await look(world, id)).state).toBe('completed');
});

test('an application withdrawn while its step is with the agency is not sent again', async () => {
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.file' } }) });
  world.agencies['desk']!.script = async ({ n, kind }) => {
    if (kind !== 'send' || n > 1) return undefined;
    await new Promise<void>((resolve) => void world.clock.after(5000, resolve));
    return { is: 'retry', code: 'BUSY' };
  };
  const id = await submit(world);
  await world.clock.advance(1000);
  expect(await act(world, `applications/${id}/withdraw`)).toBe(200);
  await world.clock.advance(10 * MINUTE);
  expect(world.agencies['desk']!.asked.map(({ kind }) => kind)).toEqual(['send']);
  expect(await look(world, id)).toMatchObject({ state: 'withdrawn', steps: [{ state: 'cancelled' }] });
});

test('a step cancelled between its bell and its claim is not sent', async () => {
  let between: (() => Promise<unknown>) | undefined;
  const wrapLedger = (ledger: DeskLedger): DeskLedger => ({
    ...ledger,
    async claim(claim) {
      const first = between;
      between = undefined;
      await first?.();
      return ledger.claim(claim);
    },
  });
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }), wrapLedger });
  await act(world, 'agencies/desk/pause');
  const id = await submit(world);
  await world.clock.advance(1000);
  between = () => act(world, `applications/${id}/withdraw`);
  await act(world, 'agencies/desk/resume');
  await world.clock.advance(MINUTE);
  expect(world.agencies['desk']!.asked).toEqual([]);
  expect((await look(world, id)).state).toBe('withdrawn');
});

test('a fact that needed no exchange is applied once, and never over what was told meanwhile', async () => {
  let between: (() => Promise<unknown>) | undefined;
  const wrapLedger = (ledger: DeskLedger): DeskLedger => ({
    ...ledger,
    async record(change) {
      const first = between;
      between = undefined;
      await first?.();
      return ledger.record(change);
    },
  });
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.announce' } }),
    wrapLedger,
    idle: true,
  });
  const id = await submit(world);
  const { key } = (await world.ledger.read(id))!.steps[0]!;
  const outcome = { is: 'ok', output: { first: true } };
  between = () => world.news('desk', 'announce', { id: 'n1', key, outcome });
  world.startWorker();
  await world.clock.advance(MINUTE);
  expect(await look(world, id)).toMatchObject({
    state: 'completed',
    steps: [{ state: 'succeeded', output: { first: true } }],
  });
});

test('documents that cannot be read are one application’s trouble, not its agency’s', async () => {
  const agency = agencyEntry('desk', {
    adapter: 'police',
    settings: { baseUrl: 'http://agency.test', apiKey: 'k', newsSecret: 's' },
  });
  const input = {
    ...{
      nik: 'application.applicant.nik',
      fullName: 'application.applicant.fullName',
      birthDate: 'application.applicant.birthDate',
    },
    ...{ purpose: "'test'", photoDocumentId: "'missing'" },
  };
  const world = await open({
    catalogue: smallCatalogue({ a: { call: 'desk.issueRecordCertificate', with: input } }, [agency]),
  });
  const id = await submit(world);
  await world.clock.advance(60 * MINUTE);
  expect((await world.ledger.lane('desk')).sleeps).toBe(0);
  expect(await items(world, id)).toEqual(['a retriesSpent document_unavailable']);
});
