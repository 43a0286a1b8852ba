/** Complaints: taken in once, due in working days, an item when they are late, answered or forwarded by their own desk. */
import { describe, expect, test } from 'vitest';
import { daysOf } from '../../src/domain/complaint.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { recover } from '../../src/flow/recover.ts';
import type { Scope } from '../../src/flow/ports/ledger-desk.ts';
import { checkOf } from '../http/described.ts';
import { certificateApplication, items, NAME, NIK, submit } from '../support/applications.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const DAY = 86_400_000;
const TEXT = 'Petugas loket tiga tidak ramah dan tidak menjelaskan syarat.';
const COMPLAINT = { category: 'behaviour', tier: 1, text: TEXT };

interface Opened {
  world: World;
  id: string;
}

/** Thursday, nine in the morning in Pontianak; the day after is a holiday. Nobody works where days are to pass. */
async function opened(idle = false): Promise<Opened> {
  const world = await open({ start: '2026-01-15T02:00:00Z', idle });
  return { world, id: await submit(world, await certificateApplication(world)) };
}

async function ask(
  world: World,
  path: string,
  body?: object,
  more: object = {},
): Promise<[number, JsonObject]> {
  const response = await world.call(`/v1/applications/${path}`, { ...(body && { body }), ...more });
  return [response.status, (await response.json()) as JsonObject];
}

const complain = (
  { world, id }: Opened,
  body: object = COMPLAINT,
  key = 'c1',
): Promise<[number, JsonObject]> =>
  ask(world, `${id}/complaints`, body, { headers: { 'idempotency-key': key } });

async function as(world: World, scope: Scope, path: string, body?: object): Promise<[number, JsonObject]> {
  const authorization = `Bearer ${await world.key('mpp-kuburaya', [scope])}`;
  return ask(world, path, body, { headers: { authorization } });
}

const complaintsOf = async ({ world, id }: Opened): Promise<JsonObject[]> => {
  const [status, body] = await ask(world, `${id}/complaints`);
  expect([status, checkOf('Complaints')(body)]).toEqual([200, []]);
  return body['complaints'] as JsonObject[];
};

test.each([
  [1, '2026-01-20T08:00:00.000Z'],
  [2, '2026-01-23T08:00:00.000Z'],
  [3, '2026-02-05T08:00:00.000Z'],
])('tier %s is due at the closing hour after its working days', async (tier, dueAt) => {
  const it = await opened();
  const [status, body] = await complain(it, { ...COMPLAINT, tier });
  expect([status, checkOf('Complaint')(body)]).toEqual([201, []]);
  expect(body).toMatchObject({ n: 1, tier, state: 'received', dueAt });
});

test('a service may promise other days', () => {
  expect([1, 2, 3].map((tier) => daysOf({ complaintDays: [1, 3, 7] }, tier as 1))).toEqual([1, 3, 7]);
  expect([1, 2, 3].map((tier) => daysOf({}, tier as 1))).toEqual([2, 5, 14]);
});

test('the same again is there once; other words under the same key are refused', async () => {
  const it = await opened();
  const first = await complain(it);
  await it.world.clock.advance(5_000);
  expect(await complain(it)).toEqual(first);
  expect(await complain(it, { ...COMPLAINT, text: 'Lain.' })).toMatchObject([
    422,
    { code: 'idempotency_key_reused' },
  ]);
  expect(await complaintsOf(it)).toMatchObject([{ n: 1, text: TEXT, identity: 'named', answer: null }]);
});

test('it stands in its desk’s queue until it is answered, and only that desk answers', async () => {
  const it = await opened();
  const { world, id } = it;
  await complain(it);
  const queue = async (): Promise<number> =>
    ((await (await world.call('/v1/tasks?role=complaints')).json()) as { tasks: object[] }).tasks.length;
  expect(await queue()).toBe(1);
  expect((await as(world, 'applications:read', `${id}/complaints/1`))[0]).toBe(403);
  expect((await as(world, 'task:complaints', `${id}/complaints/2`))[0]).toBe(404);
  const [seen, whole] = await as(world, 'task:complaints', `${id}/complaints/1`);
  expect([seen, whole['text'], checkOf('WholeComplaint')(whole)]).toEqual([200, TEXT, []]);
  const looks = (await world.ledger.events('bus', 0, 100)).filter(({ type }) =>
    type.includes('complaint.viewed'),
  );
  expect(looks).toHaveLength(1);
  const answer = { text: 'Mohon maaf; petugas sudah ditegur.' };
  expect((await as(world, 'applications:submit', `${id}/complaints/1/answer`, answer))[0]).toBe(403);
  expect((await as(world, 'task:inspectorate', `${id}/complaints/1/answer`, answer))[0]).toBe(403);
  expect(await as(world, 'task:complaints', `${id}/complaints/2/answer`, answer)).toMatchObject([404, {}]);
  const [status, body] = await as(world, 'task:complaints', `${id}/complaints/1/answer`, answer);
  expect([status, body['state'], checkOf('Complaint')(body)]).toEqual([200, 'answered', []]);
  expect([await queue(), await items(world, id)]).toEqual([0, []]);
  expect(await complaintsOf(it)).toMatchObject([{ state: 'answered', answer: answer.text }]);
  expect(await as(world, 'task:complaints', `${id}/complaints/1/answer`, answer)).toMatchObject([
    409,
    { code: 'complaint_closed' },
  ]);
  const { messages } = (await (await world.call(`/v1/applications/${id}/messages`)).json()) as {
    messages: JsonObject[];
  };
  expect(messages.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['complaintTaken', 'complaintAnswered']),
  );
});

test('a charge that is not in the law goes to the inspectorate, not to the desk', async () => {
  const it = await opened();
  await complain(it, { ...COMPLAINT, category: 'extraCharge' });
  const answer = { text: 'Diperiksa.' };
  expect((await as(it.world, 'task:complaints', `${it.id}/complaints/1/answer`, answer))[0]).toBe(403);
  expect((await as(it.world, 'task:inspectorate', `${it.id}/complaints/1/answer`, answer))[0]).toBe(200);
});

describe('when its time is over', () => {
  const pass = async (world: World, ms: number): Promise<void> => {
    await world.clock.advance(ms);
    await world.clock.during(recover(world.bus.desk));
  };

  test('it becomes an item, once, and is answered all the same', async () => {
    const it = await opened(true);
    const { world, id } = it;
    await complain(it);
    await pass(world, 4 * DAY);
    expect((await items(world, id)).filter((item) => item.startsWith('complaint'))).toEqual([
      'complaint-1 complaint COMPLAINT',
    ]);
    await pass(world, 2 * DAY);
    const late = ['complaint-1 complaint COMPLAINT', 'complaint-1 overdue COMPLAINT_OVERDUE'];
    expect((await items(world, id)).filter((item) => item.startsWith('complaint'))).toEqual(late);
    await pass(world, 3 * DAY);
    expect((await items(world, id)).filter((item) => item.startsWith('complaint'))).toEqual(late);
    await as(world, 'task:complaints', `${id}/complaints/1/answer`, { text: 'Maaf terlambat.' });
    expect((await items(world, id)).filter((item) => item.startsWith('complaint'))).toEqual([]);
  });

  test('one that was answered in time never does', async () => {
    const it = await opened(true);
    await complain(it);
    await as(it.world, 'task:complaints', `${it.id}/complaints/1/answer`, { text: 'Sudah.' });
    await pass(it.world, 10 * DAY);
    expect((await items(it.world, it.id)).filter((item) => item.startsWith('complaint'))).toEqual([]);
  });
});

describe('forwarding', () => {
  const forwarded = async ({ world, id }: Opened): Promise<[number, JsonObject]> =>
    as(world, 'task:complaints', `${id}/complaints/1/forward`, {});

  test('opens an application of the forwarding service, once', async () => {
    const it = await opened();
    await complain(it, { ...COMPLAINT, identity: 'anonymous' });
    const [status, body] = await forwarded(it);
    expect([status, body['state']]).toEqual([200, 'forwarded']);
    expect(await forwarded(it)).toMatchObject([409, { code: 'complaint_closed' }]);
    const carried = await it.world.ledger.list({ service: 'MPP.PENGADUAN', most: 9 });
    expect(carried.map(({ id }) => id)).toEqual([body['forwardedTo']]);
    const [, shown] = await ask(it.world, String(body['forwardedTo']));
    const [step] = shown['steps'] as JsonObject[];
    expect([step!['agency'], step!['operation']]).toEqual(['sp4n-lapor', 'forwardComplaint']);
    expect((await items(it.world, it.id)).filter((item) => item.startsWith('complaint'))).toEqual([]);
  });

  test('after a crash between the two it finds the application that it opened', async () => {
    const it = await opened();
    await complain(it);
    const { record } = it.world.ledger;
    it.world.ledger.record = (change) =>
      change.complaints ? Promise.reject(new Error('the process died')) : record(change);
    expect((await forwarded(it))[0]).toBe(500);
    it.world.ledger.record = record;
    it.world.log.length = 0;
    expect((await forwarded(it))[0]).toBe(200);
    expect(await it.world.ledger.list({ service: 'MPP.PENGADUAN', most: 9 })).toHaveLength(1);
  });

  test('a person’s number is not sent out; the officer says it without', async () => {
    const it = await opened();
    await complain(it, { ...COMPLAINT, text: `Saya ${NIK}, tidak dilayani.` });
    expect(await forwarded(it)).toMatchObject([409, { code: 'complaint_personal' }]);
    const path = `${it.id}/complaints/1/forward`;
    expect((await as(it.world, 'task:complaints', path, { text: 'Pemohon tidak dilayani.' }))[0]).toBe(200);
  });
});

test.each<[string, object]>([
  ['no text', { category: 'delay' }],
  ['another category', { ...COMPLAINT, category: 'noise' }],
  ['a fourth tier', { ...COMPLAINT, tier: 4 }],
  ['half a tier', { ...COMPLAINT, tier: 1.5 }],
  ['a text that is too long', { ...COMPLAINT, text: 'x'.repeat(2001) }],
  ['a field more', { ...COMPLAINT, dueAt: '2030-01-01' }],
])('%s is refused', async (_, body) => {
  const it = await opened();
  expect((await complain(it, body))[0]).toBe(422);
  expect(await it.world.ledger.complaints(it.id)).toEqual([]);
});

test('another platform finds nothing; what was said lies sealed and stands in no event', async () => {
  const it = await opened();
  const { world, id } = it;
  await complain(it, { ...COMPLAINT, text: `${NAME}: ${TEXT}` });
  expect(
    (
      await world.call(`/v1/applications/${id}/complaints`, {
        platform: 'mpp-digital',
        headers: { authorization: `Bearer ${await world.key('mpp-digital', ['applications:read'])}` },
      })
    ).status,
  ).toBe(404);
  const [row] = await world.ledger.complaints(id);
  const events = [...(await world.ledger.events(id, 0, 100)), ...(await world.ledger.events('bus', 0, 100))];
  const kept = [Buffer.from(row!.sealed).toString('latin1'), JSON.stringify(events), ...world.log].join('\n');
  for (const secret of [NAME, NIK, 'tidak ramah']) expect(kept).not.toContain(secret);
});

test('twenty about one application are enough', async () => {
  const it = await opened();
  for (let n = 1; n <= 20; n += 1)
    expect((await complain(it, { ...COMPLAINT, text: `${n}` }, `k${n}`))[0]).toBe(201);
  expect(await complain(it, COMPLAINT, 'k21')).toMatchObject([409, { code: 'too_many_complaints' }]);
  expect((await complain(it, { ...COMPLAINT, text: '3' }, 'k3'))[0]).toBe(201);
});

test('operators see it among their items, with its due time and what to do, as described', async () => {
  const it = await opened();
  await complain(it);
  const body = (await (await it.world.call('/v1/items')).json()) as { items: JsonObject[] };
  expect(checkOf('Items')(body)).toEqual([]);
  const found = body.items.find(({ kind }) => kind === 'complaint')!;
  expect(found).toMatchObject({ role: 'complaints', dueAt: '2026-01-20T08:00:00.000Z' });
  expect((found['text'] as JsonObject)['en']).toBe('A complaint waits for your answer.');
});
