/** Replies that change their shape, or say a code nobody knows, are told to operators: once, by pointers and types, without a value. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Adapter, Example } from '../../src/adapter-kit/contract.ts';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import type { JsonObject, JsonValue, Outcome } from '../../src/domain/outcome.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { watchShape, type Heard } from '../../src/flow/watch-shapes.ts';
import { checkOf } from '../http/described.ts';
import { look, NIK, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import { oneStep } from '../support/one-step.ts';
import { testAdapter } from '../support/test-agency.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const open = worlds();
const DAY = 86_400_000;
const HOUR = 3_600_000;
const OK: Outcome = { is: 'ok', output: {} };
const USUAL = { data: { nik: NIK, fullName: 'Contoh Pelamar', paid: 150_000 } };

interface Told {
  adapter: string;
  operation: string;
  exchange: string;
  status: string;
  changes: JsonObject[];
}

const drift = async (world: World): Promise<Told[]> =>
  (await world.ledger.events('agency:desk', 0, 500))
    .filter(({ type }) => type === 'go.mpp.connector.drift.v1')
    .map(({ data }) => JSON.parse(data) as Told);

const changes = async (world: World): Promise<JsonObject[][]> =>
  (await drift(world)).map((one) => one.changes);

const heard = (world: World, body: JsonValue, fields: Partial<Heard> = {}): Heard => ({
  ...{
    agency: world.catalogue.agencies.find(({ id }) => id === 'desk')!,
    adapter: 'test@1',
    operation: 'look',
  },
  ...{ exchange: 'send', status: 200, body, isXml: false, outcome: OK },
  ...fields,
});

/** The flow has heard a reply, in the first process unless another is named. */
async function hear(
  world: World,
  body: JsonValue,
  fields: Partial<Heard> = {},
  bus = world.bus,
): Promise<void> {
  await world.clock.during(watchShape(bus.desk, heard(world, body, fields)));
}

async function hearMany(
  world: World,
  times: number,
  body: JsonValue,
  fields: Partial<Heard> = {},
): Promise<void> {
  for (let n = 0; n < times; n += 1) await hear(world, body, fields);
}

const desk = (options: Omit<WorldOptions, 'catalogue'> = {}): Promise<World> =>
  open({ ...oneStep('look'), ...options });

describe('without examples', () => {
  test('twenty replies are learned in silence, the next new field is told', async () => {
    const world = await desk();
    for (let n = 0; n < 20; n += 1)
      await hear(world, { ...USUAL, [`field${String.fromCharCode(97 + n)}`]: n });
    expect(await drift(world)).toEqual([]);
    await hear(world, { ...USUAL, data: { ...USUAL.data, rt: '001' }, extra: true });
    expect(await drift(world)).toEqual([
      {
        ...{ adapter: 'test@1', operation: 'look', exchange: 'send', status: '2xx' },
        changes: [
          { is: 'new', pointer: '/data/rt', type: 'string' },
          { is: 'new', pointer: '/extra', type: 'boolean' },
        ],
        sampleHash: expect.any(String) as string,
        sampleKey: 'inbox/desk/2026-11-16',
      },
    ]);
    await hear(world, { ...USUAL, data: { ...USUAL.data, rt: '001' }, extra: true });
    expect(await drift(world)).toHaveLength(1);
  });

  test('each outcome is learned for itself, and each status and exchange', async () => {
    const world = await desk();
    await hearMany(world, 20, USUAL);
    await hear(world, { error: { text: 'x' } }, { outcome: { is: 'refused', code: 'NIK_NOT_FOUND' } });
    await hear(world, { message: 'x' }, { status: 404, outcome: { is: 'refused', code: 'NIK_NOT_FOUND' } });
    await hear(world, { found: 'x' }, { exchange: 'inquiry' });
    expect(await drift(world)).toEqual([]);
    await hear(world, { surely: 'new' });
    expect(await changes(world)).toEqual([[{ is: 'new', pointer: '/surely', type: 'string' }]]);
  });

  test('a reply that the adapter cannot read teaches nothing', async () => {
    const world = await desk();
    await hear(world, USUAL);
    await hear(world, { data: 'moved' }, { outcome: { is: 'unknown', code: 'BAD_RESPONSE' } });
    expect(await changes(world)).toEqual([
      [
        { is: 'retyped', pointer: '/data', type: 'string', was: 'object' },
        { is: 'code', code: 'BAD_RESPONSE' },
      ],
    ]);
  });

  test('a server that fails, and one that says nothing, tell nothing', async () => {
    const world = await desk();
    for (const status of [500, 502, 503, null]) await hear(world, { odd: status }, { status });
    expect(await world.ledger.shapes('desk', 'test@1 look send 5xx')).toEqual([]);
    expect(await drift(world)).toEqual([]);
  });
});

describe('a field', () => {
  test('of another type is told with what it was', async () => {
    const world = await desk();
    await hearMany(world, 20, USUAL);
    await hear(world, { data: { ...USUAL.data, paid: '150000' } });
    expect(await changes(world)).toEqual([
      [{ is: 'retyped', pointer: '/data/paid', type: 'string', was: 'number' }],
    ]);
  });

  test('that was there fifty times and is gone is told; one that comes and goes is not', async () => {
    const world = await desk();
    for (let n = 0; n < 50; n += 1) await hear(world, n % 2 === 0 ? USUAL : { ...USUAL, note: 'x' });
    await hear(world, { data: { nik: NIK, fullName: 'x' } });
    expect(await changes(world)).toEqual([[{ is: 'missing', pointer: '/data/paid' }]]);
  });

  test('that stays away is told again after a day at the soonest', async () => {
    const world = await desk();
    const without = { data: { nik: NIK, fullName: 'x' } };
    for (let round = 0; round < 3; round += 1) {
      await hearMany(world, 50, USUAL);
      await hearMany(world, 3, without);
    }
    expect(await drift(world)).toHaveLength(1);
    await world.clock.advance(DAY + 1000, HOUR);
    await hearMany(world, 50, USUAL);
    await hear(world, without);
    expect(await drift(world)).toHaveLength(2);
  });
});

describe('a code that the adapter does not know', () => {
  const bad = (code: string): Partial<Heard> => ({ outcome: { is: 'unknown', code } });

  test.each(['BAD_RESPONSE', 'UNLISTED_RESPONSE'])('%s is told once a day', async (code) => {
    const world = await desk();
    await hearMany(world, 30, USUAL, bad(code));
    await hear(world, USUAL, { ...bad(code), status: 422 });
    expect(await changes(world)).toEqual([[{ is: 'code', code }], [{ is: 'code', code }]]);
    await world.clock.advance(DAY + 1000, HOUR);
    await hearMany(world, 3, USUAL, bad(code));
    expect((await changes(world)).at(-1)).toEqual([{ is: 'code', code }]);
    expect(await drift(world)).toHaveLength(3);
  });

  test('is one that is not in its table, where it has one', async () => {
    const meaning = { id: 'Tidak ditemukan', en: 'Not found' };
    const errors: Adapter['errors'] = [{ signal: '14', is: 'refused', code: 'NIK_NOT_FOUND', meaning }];
    const world = await desk({ adapters: [{ ...testAdapter, name: 'listed', errors }] });
    const refused = (code: string): Partial<Heard> => ({
      adapter: 'listed@1',
      outcome: { is: 'refused', code },
    });
    await hear(world, USUAL, refused('NIK_NOT_FOUND'));
    expect(await drift(world)).toEqual([]);
    await hear(world, USUAL, refused('SOMETHING_ELSE'));
    expect(await changes(world)).toEqual([[{ is: 'code', code: 'SOMETHING_ELSE' }]]);
    await hear(world, USUAL, { ...refused('HTTP_502'), status: 502 });
    expect(await drift(world)).toHaveLength(1);
  });
});

describe('with examples', () => {
  const example = (body: JsonValue, status = 200): Example => ({
    ...{ title: 'x', operation: 'look', settings: {}, input: {}, call: { key: '1', tryKey: '11', now: '' } },
    request: { method: 'GET', path: '/' },
    reply: { status, headers: { 'content-type': 'application/json' }, body },
    outcome: OK,
  });

  test('they are the first that is known: what differs from them is told at the first reply', async () => {
    const world = await desk({ examples: async () => [example(USUAL), example({ error: 'x' }, 404)] });
    await hear(world, USUAL);
    await hear(world, { error: 'y' }, { status: 404, outcome: { is: 'refused', code: 'X' } });
    expect(await drift(world)).toEqual([]);
    await hear(world, { ...USUAL, more: 1 });
    expect(await changes(world)).toEqual([[{ is: 'new', pointer: '/more', type: 'number' }]]);
  });

  test('what all of three have is missed at once', async () => {
    const world = await desk({
      examples: async () => [1, 2, 3].map((n) => example({ code: `${n}`, extra: {} })),
    });
    await hear(world, { extra: {} });
    expect(await changes(world)).toEqual([[{ is: 'missing', pointer: '/code' }]]);
  });

  test('an exchange that has none is learned', async () => {
    const world = await desk({ examples: async () => [example(USUAL)] });
    await hear(world, { other: 1 }, { exchange: 'inquiry' });
    expect(await drift(world)).toEqual([]);
  });
});

describe('told once', () => {
  const file = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'jembatan-drift-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return join(folder, 'ledger.db');
  };

  test('by a bus that has started again since: it has forgotten nothing', async () => {
    const ledgerPath = await file();
    const before = await openWorld({ ...oneStep('look'), ledgerPath });
    await hearMany(before, 19, USUAL);
    await before.clock.settleTurns();
    await before.close();
    const world = await desk({ ledgerPath, start: '2026-11-16T03:00:00Z' });
    await hear(world, { ...USUAL, late: 1 });
    expect(await drift(world)).toEqual([]);
    await hear(world, { ...USUAL, later: 1 });
    expect(await changes(world)).toEqual([[{ is: 'new', pointer: '/later', type: 'number' }]]);
    const other = world.startWorker();
    await hear(world, { ...USUAL, later: 1, late: 1 }, {}, other.bus);
    expect(await drift(world)).toHaveLength(1);
  });

  test('by two processes that meet it at the same time', async () => {
    const world = await desk();
    const other = world.startWorker();
    await hearMany(world, 20, USUAL);
    await hear(world, USUAL, {}, other.bus);
    const changed = heard(world, { ...USUAL, both: 1 });
    await world.clock.during(
      Promise.all([world.bus, other.bus, world.bus].map((bus) => watchShape(bus.desk, changed))),
    );
    expect(await changes(world)).toEqual([[{ is: 'new', pointer: '/both', type: 'number' }]]);
    await hear(world, { ...USUAL, both: 1, one: 2 }, {}, other.bus);
    expect((await changes(world)).at(-1)).toEqual([{ is: 'new', pointer: '/one', type: 'number' }]);
  });

  test('not more than fifty times a day of one agency, and then it is known all the same', async () => {
    const world = await desk();
    await hearMany(world, 20, USUAL);
    const name = (n: number): string => `odd${'abcdefghij'[Math.floor(n / 10)]}${'abcdefghij'[n % 10]}`;
    for (let n = 0; n < 60; n += 1) await hear(world, { ...USUAL, [name(n)]: 1 });
    expect(await drift(world)).toHaveLength(50);
    await world.clock.advance(DAY + 1000, HOUR);
    await hear(world, { ...USUAL, [name(59)]: 1 });
    expect(await drift(world)).toHaveLength(50);
    await hear(world, { ...USUAL, oddkk: 1 });
    expect(await drift(world)).toHaveLength(51);
  });
});

describe('on the way of an application', () => {
  /** The agency answers with what stands in `extra` besides. */
  async function answering(
    extra: { body: JsonObject },
    options: Omit<WorldOptions, 'catalogue'> = {},
  ): Promise<World> {
    const world = await desk(options);
    world.doors.set('desk', {
      open: true,
      fetch: async () => Response.json({ outcome: { is: 'ok', output: {} }, ...extra.body }),
    });
    return world;
  }

  test('a changed reply settles its step as ever, and is told with a masked sample; no value leaves it', async () => {
    const extra: { body: JsonObject } = { body: USUAL };
    const world = await answering(extra);
    for (let n = 0; n < 20; n += 1) await submit(world);
    await world.clock.advance(10_000);
    extra.body = { data: { ...USUAL.data, paid: 'Rp150.000' }, mother: 'Ibu Contoh' };
    const id = await submit(world);
    await world.clock.advance(10_000);
    expect((await look(world, id)).state).toBe('completed');
    expect(await drift(world)).toMatchObject([
      {
        ...{ adapter: 'test@1', operation: 'look', exchange: 'send', status: '2xx' },
        changes: [
          { is: 'retyped', pointer: '/data/paid' },
          { is: 'new', pointer: '/mother' },
        ],
      },
    ]);
    const list = (await (await world.call('/v1/agencies')).json()) as { agencies: JsonObject[] };
    expect(list.agencies[0]!['drift']).toMatchObject({ changes: 2 });
    const shown = await (await world.call('/v1/agencies/desk/drift')).text();
    const { drift: rows } = JSON.parse(shown) as { drift: { sample: string; changes: unknown[] }[] };
    expect(checkOf('Drifts')(JSON.parse(shown))).toEqual([]);
    expect(checkOf('Agencies')(list)).toEqual([]);
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]!.sample)).toMatchObject({
      data: { nik: '9'.repeat(16), paid: 'Xx999.999' },
      mother: 'Xxx Xxxxxx',
    });
    const events = await world.ledger.events('agency:desk', 0, 100);
    const plain = [shown, ...world.log, ...events.map(({ data }) => data)].join('\n');
    expect(plain).not.toMatch(new RegExp(`${NIK}|Ibu Contoh|Rp150`));
    for (const { sealed } of events) expect(Buffer.from(sealed!).toString('latin1')).not.toContain('mother');
  });

  test('news is watched too', async () => {
    const world = await desk();
    const message = (n: number): JsonObject => ({
      id: `n${n}`,
      reference: `R-${n}`,
      outcome: { is: 'ok', output: {} },
    });
    for (let n = 0; n < 20; n += 1) await world.news('desk', 'enter', message(n));
    expect(await drift(world)).toEqual([]);
    await world.news('desk', 'enter', { ...message(20), sentBy: 'Contoh' });
    expect(await drift(world)).toMatchObject([
      { operation: 'enter', exchange: 'news', changes: [{ is: 'new', pointer: '/sentBy', type: 'string' }] },
    ]);
  });

  test('a ledger that cannot keep it harms nobody', async () => {
    const failing = (ledger: DeskLedger): DeskLedger =>
      Object.assign(Object.create(ledger) as DeskLedger, {
        keepShapes: () => Promise.reject(new CommitUnknown(new Error('simulated'))),
      });
    const world = await answering({ body: USUAL }, { wrapLedger: failing });
    const id = await submit(world);
    await world.clock.advance(10_000);
    expect((await look(world, id)).state).toBe('completed');
    expect(world.log.filter((line) => line.includes('drift.unwatched'))).toHaveLength(1);
  });

  test('a usual reply asks nothing of the ledger', async () => {
    const asked: string[] = [];
    const counting = (ledger: DeskLedger): DeskLedger =>
      Object.assign(Object.create(ledger) as DeskLedger, {
        shapes: (...of: Parameters<DeskLedger['shapes']>) => (asked.push('shapes'), ledger.shapes(...of)),
        keepShapes: (of: Parameters<DeskLedger['keepShapes']>[0]) => (
          asked.push('keepShapes'),
          ledger.keepShapes(of)
        ),
      });
    const world = await desk({ wrapLedger: counting });
    await hearMany(world, 20, USUAL);
    expect(asked).toEqual(['shapes', ...Array.from({ length: 20 }, () => 'keepShapes')]);
    await hearMany(world, 100, USUAL);
    expect(asked).toHaveLength(21);
  });
});
