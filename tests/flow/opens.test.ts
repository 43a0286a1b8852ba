/** An agency's message brings a new application: once, however often and wherever it comes in, or not at all. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Adapter, HostedCase, HostedNews } from '../../src/adapter-kit/contract.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { application, NIK } from '../support/applications.ts';
import { agencyEntry, SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { testAdapter } from '../support/test-agency.ts';
import type { World, WorldOptions } from '../support/world.ts';

const open = worlds();

/** Says in its answer all that the bus told it. */
const licence = (opens: string): HostedNews => ({
  opens,
  tells: 'announce',
  path: '/licences',
  read: ({ body }) => body as never,
  answer: (hostedCase: HostedCase) => ({
    status: hostedCase.is === 'busy' ? 503 : 200,
    body: {
      case: hostedCase.is,
      ...(hostedCase.is === 'opened' && { number: hostedCase.number }),
      ...(hostedCase.is === 'notOpened' && { problems: hostedCase.problems }),
    },
    ...(hostedCase.is === 'found' && hostedCase.message.outcome && { apply: hostedCase.message.outcome }),
  }),
});

const adapterFor = (opens: string): Adapter => ({
  ...testAdapter,
  name: 'licensing-test',
  hosted: { licence: licence(opens) },
});

const STEPS = { a: { call: 'desk.look' } };

interface Wish extends Omit<WorldOptions, 'adapters'> {
  steps?: Record<string, StepFields>;
  opens?: string;
}

function brought({ steps = STEPS, opens = SERVICE, catalogue, ...options }: Wish = {}): Promise<World> {
  const agency = agencyEntry('oss', { adapter: 'licensing-test', opensFor: 'portal' });
  return open({
    ...options,
    catalogue: catalogue ?? smallCatalogue(steps, [agency]),
    adapters: [adapterFor(opens)],
  });
}

/** As an adapter makes it: neither the service nor the platform's reference is its business. */
function brings(id: string, fields: JsonObject = {}, more: JsonObject = {}): JsonObject {
  const { serviceCode: _, clientReference: __, ...rest } = application(fields);
  return { id, application: rest, ...more };
}

const post = (message: JsonObject) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(message),
});

async function tell(
  world: World,
  message: JsonObject,
): Promise<{ status: number; text: string; body: JsonObject }> {
  const response = await world.hosted('oss', '/licences', post(message));
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as JsonObject };
}

const ids = async (world: World): Promise<string[]> =>
  (await world.ledger.list({ most: 100 })).map(({ id }) => id);

const told = async (world: World, type: string): Promise<JsonObject[]> =>
  (await world.ledger.events('agency:oss', 0, 100))
    .filter((event) => event.type === `go.mpp.connector.${type}.v1`)
    .map(({ data }) => JSON.parse(data) as JsonObject);

describe('a message that brings an application', () => {
  test('opens it for the platform of its agency, and it goes its way', async () => {
    const world = await brought();
    const { status, body } = await tell(world, brings('M-1'));
    expect([status, body['case']]).toEqual([200, 'opened']);
    await world.clock.advance(5_000);
    const [summary, ...others] = await world.ledger.list({ most: 10 });
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      number: body['number'],
      platform: 'portal',
      service: SERVICE,
      state: 'completed',
    });
    const [accepted] = await world.ledger.events(summary!.id, 0, 1);
    expect(JSON.parse(accepted!.data)).toMatchObject({ number: body['number'], openedBy: 'oss' });
    const seen = await world.call(`/v1/applications/${summary!.id}`, { platform: 'portal' });
    expect(await seen.json()).toMatchObject({ steps: [{ name: 'a', state: 'succeeded' }] });
  });

  test('has the message’s own name as its reference: the platform finds it by that', async () => {
    const world = await brought();
    await tell(world, brings('M-1'));
    const [id] = await ids(world);
    const read = (await world.ledger.read(id!))!;
    const index = world.bus.desk.vault.index('clientReference', 'portal oss:M-1');
    const found = await world.ledger.search('clientReference', index, 'portal', 10);
    expect(found.map((one) => one.id)).toEqual([read.application.id]);
  });

  test.each([
    ['a space in it', 'M 1'],
    ['a length beyond a reference', 'M'.repeat(90)],
    ['letters of no reference', 'surat/№1'],
  ])('with an id that is no reference (%s) opens one, once', async (_, id) => {
    const world = await brought();
    const first = await tell(world, brings(id));
    expect(first.body['case']).toBe('opened');
    expect((await tell(world, brings(id))).text).toBe(first.text);
    expect(await ids(world)).toHaveLength(1);
  });

  test('told again, then and a day later, gets the same bytes and opens nothing', async () => {
    const world = await brought();
    const message = brings('M-1');
    const first = await tell(world, message);
    expect((await tell(world, message)).text).toBe(first.text);
    await world.clock.advance(86_400_000, 3_600_000);
    expect((await tell(world, message)).text).toBe(first.text);
    expect(await ids(world)).toHaveLength(1);
  });

  test('told many times at once to two processes opens one, and all hear the same', async () => {
    const world = await brought();
    const other = world.startWorker();
    const message = brings('M-1');
    const url = 'http://bus.test/hosted/oss/licences';
    const asked = Array.from({ length: 8 }, (_, n) =>
      n % 2 === 0
        ? world.hosted('oss', '/licences', post(message))
        : world.clock.during(Promise.resolve(other.bus.app.request(url, post(message)))),
    );
    const texts = await Promise.all((await Promise.all(asked)).map((one) => one.text()));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0]!)).toMatchObject({ case: 'opened' });
    expect(await ids(world)).toHaveLength(1);
  });

  test('under another id opens another', async () => {
    const world = await brought();
    const numbers = [await tell(world, brings('M-1')), await tell(world, brings('M-2'))].map(
      ({ body }) => body['number'],
    );
    expect(new Set(numbers).size).toBe(2);
    expect(await ids(world)).toHaveLength(2);
  });

  test('is for the step that knows its reference, where there is one', async () => {
    const world = await brought({ steps: { a: { call: 'oss.announce' } } });
    await tell(world, brings('M-1', {}, { reference: 'ANN-1' }));
    await world.clock.advance(5_000);
    const [id] = await ids(world);
    const outcome = { is: 'ok', output: { licence: 'L-9999' } };
    const { body } = await tell(world, brings('M-2', {}, { reference: 'ANN-1', outcome }));
    expect(body['case']).toBe('found');
    expect(await ids(world)).toEqual([id]);
    const seen = await world.call(`/v1/applications/${id}`, { platform: 'portal' });
    expect(await seen.json()).toMatchObject({ state: 'completed' });
  });
});

describe('another application under the id of one that was opened', () => {
  test('is a conflict: both messages are kept, nothing is opened or changed', async () => {
    const world = await brought();
    const first = await tell(world, brings('M-1'));
    for (let n = 0; n < 2; n += 1)
      expect((await tell(world, brings('M-1', { formData: { n: 2 } }))).body).toEqual({ case: 'conflict' });
    expect(await ids(world)).toHaveLength(1);
    expect(await told(world, 'contradiction')).toHaveLength(1);
    expect((await tell(world, brings('M-1'))).text).toBe(first.text);
  });

  test('at the same time: one is opened, the other is the conflict', async () => {
    const world = await brought();
    const both = await Promise.all(
      [brings('M-1'), brings('M-1', { formData: { n: 2 } })].map((message) => tell(world, message)),
    );
    expect(both.map(({ body }) => body['case']).toSorted()).toEqual(['conflict', 'opened']);
    expect(await ids(world)).toHaveLength(1);
  });
});

describe('what is no application of ours', () => {
  /** The names of what is wrong; none of the values may stand in an answer, an event or a log. */
  const bad = (id: string): JsonObject =>
    brings(id, {
      mppSiteCode: 'MPP-0000-99',
      applicant: { partyType: 'person', roles: ['applicant'], fullName: 'Contoh Rahasia', nik: '99' },
      formData: { purpose: 7 },
    });
  const withForm = (): Catalogue => {
    const agency = agencyEntry('oss', { adapter: 'licensing-test', opensFor: 'portal' });
    const catalogue = smallCatalogue(STEPS, [agency]);
    const form = { type: 'object', properties: { purpose: { type: 'string' } }, required: ['place'] };
    catalogue.services.set(SERVICE, { ...catalogue.services.get(SERVICE)!, form });
    return catalogue;
  };

  test('is answered with every problem, by pointer and code and without a value; nothing is opened', async () => {
    const world = await brought({ catalogue: withForm() });
    const { body, text } = await tell(world, bad('M-1'));
    expect(body['case']).toBe('notOpened');
    const problems = (body['problems'] as { pointer: string; code: string }[]).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        '/applicant/nik nik_invalid',
        '/formData/purpose schema_type',
        '/formData/place missing_field',
      ]),
    );
    expect(await ids(world)).toEqual([]);
    const event = await told(world, 'notOpened');
    expect(event).toMatchObject([{ hosted: 'licence', problems: expect.any(Array) as unknown }]);
    expect([text, JSON.stringify(event), ...world.log].join()).not.toMatch(/Rahasia|MPP-0000-99/);
  });

  test('is told to operators once, and may be mended under its id', async () => {
    const world = await brought({ catalogue: withForm() });
    const first = await tell(world, bad('M-1'));
    expect((await tell(world, bad('M-1'))).text).toBe(first.text);
    expect(await told(world, 'notOpened')).toHaveLength(1);
    const mended = await tell(world, brings('M-1', { formData: { place: 'Contoh' } }));
    expect(mended.body['case']).toBe('opened');
    expect(await ids(world)).toHaveLength(1);
  });

  test('a form that does not hold is as bad as a schema', async () => {
    const world = await brought({ catalogue: withForm() });
    const { body } = await tell(world, brings('M-1'));
    expect(body).toEqual({
      case: 'notOpened',
      problems: [{ pointer: '/formData/place', code: 'missing_field' }],
    });
  });

  test('a synthetic person is none for a platform of real ones', async () => {
    const agency = agencyEntry('oss', { adapter: 'licensing-test', opensFor: 'portal' });
    const catalogue = smallCatalogue(STEPS, [agency]);
    const platforms = catalogue.platforms.map((one) => ({ ...one, sandbox: false }));
    const world = await brought({ catalogue: { ...catalogue, platforms } });
    const { body, text } = await tell(world, brings('M-1'));
    expect(body['case']).toBe('notOpened');
    expect(text).not.toContain(NIK);
    expect(await ids(world)).toEqual([]);
  });

  test('a service that is not offered is said by its pointer', async () => {
    const world = await brought({ opens: 'NOBODY.KNOWS' });
    expect((await tell(world, brings('M-1'))).body).toEqual({
      case: 'notOpened',
      problems: [{ pointer: '/serviceCode', code: 'unknown_service' }],
    });
    expect(await ids(world)).toEqual([]);
  });

  test('an entry that brings nothing opens nothing', async () => {
    const world = await brought();
    expect((await tell(world, { id: 'M-1', reference: 'R' })).body).toEqual({ case: 'none' });
    expect(await ids(world)).toEqual([]);
  });
});

describe('a process that fails on the way', () => {
  /** The first `accept` fails: before it is stored, or when it is. */
  const failing =
    (fate: 'unstored' | 'unheard') =>
    (ledger: DeskLedger): DeskLedger => {
      let failed = false;
      const accept: DeskLedger['accept'] = async (acceptance) => {
        if (failed) return ledger.accept(acceptance);
        failed = true;
        if (fate === 'unheard') await ledger.accept(acceptance);
        throw new CommitUnknown(new Error('simulated'));
      };
      return Object.assign(Object.create(ledger) as DeskLedger, { accept });
    };

  test.each(['unstored', 'unheard'] as const)(
    '%s: the agency hears "not now", and asking again there is one',
    async (fate) => {
      const world = await brought({ wrapLedger: failing(fate) });
      expect(await tell(world, brings('M-1'))).toMatchObject({ status: 503, body: { case: 'busy' } });
      expect(await ids(world)).toHaveLength(fate === 'unheard' ? 1 : 0);
      const again = await tell(world, brings('M-1'));
      expect(again.body['case']).toBe('opened');
      expect((await tell(world, brings('M-1'))).text).toBe(again.text);
      await world.clock.advance(10 * 60_000);
      const [id, ...others] = await ids(world);
      expect(others).toEqual([]);
      const { number } = (await world.ledger.read(id!))!.application;
      expect(again.body['number']).toBe(number);
      const seen = await world.call(`/v1/applications/${id}`, { platform: 'portal' });
      expect(await seen.json()).toMatchObject({ state: 'completed' });
      world.log.splice(0);
    },
  );

  test('message and application are one commit: never is one there without the other', async () => {
    const sights: string[] = [];
    const watching = (ledger: DeskLedger): DeskLedger => {
      const accept: DeskLedger['accept'] = async (acceptance) => {
        const { inbox } = acceptance;
        sights.push(
          inbox ? `${inbox.state} ${inbox.applicationId === acceptance.application.id}` : 'without',
        );
        return ledger.accept(acceptance);
      };
      return Object.assign(Object.create(ledger) as DeskLedger, { accept });
    };
    const world = await brought({ wrapLedger: watching });
    await tell(world, brings('M-1'));
    expect(sights).toEqual(['applied true']);
  });

  test('a ledger whose inbox was emptied opens nothing twice: the reference is locked for life', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jembatan-opens-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const world = await brought({ ledgerPath: join(folder, 'ledger.db') });
    const first = await tell(world, brings('M-1'));
    const beside = new DatabaseSync(join(folder, 'ledger.db'));
    beside.exec('DELETE FROM inbox');
    beside.close();
    for (let n = 0; n < 2; n += 1) expect((await tell(world, brings('M-1'))).body).toEqual(first.body);
    expect(await ids(world)).toHaveLength(1);
  });

  test('a ledger that is slow: the agency is answered within 3 s, and hears the number when it asks again', async () => {
    const slow: { wait: (() => Promise<void>) | null } = { wait: null };
    const slowed = (ledger: DeskLedger): DeskLedger => {
      const accept: DeskLedger['accept'] = async (acceptance) => {
        await slow.wait?.();
        return ledger.accept(acceptance);
      };
      return Object.assign(Object.create(ledger) as DeskLedger, { accept });
    };
    const world = await brought({ wrapLedger: slowed });
    slow.wait = () => new Promise((resolve) => void world.clock.after(7_000, resolve));
    const began = world.clock.now();
    const message = brings('M-1');
    const url = 'http://bus.test/hosted/oss/licences';
    const asked = world.clock.track(Promise.resolve(world.bus.app.request(url, post(message))));
    await world.clock.advance(3_000);
    const response = await asked;
    expect([response.status, world.clock.now() - began]).toEqual([503, 3_000]);
    await world.clock.advance(10_000);
    slow.wait = null;
    const again = await tell(world, message);
    expect(again.body['case']).toBe('opened');
    expect(await ids(world)).toHaveLength(1);
  });
});

test('an opened application is its platform’s to see, and no other’s', async () => {
  const world = await brought();
  await tell(world, brings('M-1'));
  const [id] = await ids(world);
  const seenBy = async (platform: string): Promise<number> => {
    const authorization = `Bearer ${await world.key(platform, ['applications:read'])}`;
    return (await world.call(`/v1/applications/${id}`, { headers: { authorization } })).status;
  };
  expect([await seenBy('portal'), await seenBy('mall')]).toEqual([200, 404]);
});
