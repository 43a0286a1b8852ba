/** Decisions over HTTP: a role's queue, its form, four eyes, and who may not. */
import { afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { openWorld, type World } from '../support/world.ts';
import { checkOf } from './described.ts';

let world: World;
afterEach(() => world.close());

const task = {
  ...{ role: 'head', title: { id: 'Setujui', en: 'Approve' }, due: '2d', fourEyes: true },
  form: { type: 'object', required: ['number'], properties: { number: { type: 'string' } } },
};
const reason = 'seen and weighed';

async function opened(): Promise<string> {
  const decide = { call: 'bus.task', with: { see: { name: 'application.applicant.fullName' } }, task };
  world = await openWorld({ catalogue: smallCatalogue({ decide }) });
  const id = await submit(world);
  await world.clock.advance(1_000);
  return id;
}

async function as(scope: string, path: string, body?: object): Promise<[number, JsonObject]> {
  const key = await world.key('portal', [scope as 'operate']);
  const headers = { authorization: `Bearer ${key}` };
  const response = await world.call(path, { headers, ...(body && { body }) });
  return [response.status, (await response.json()) as JsonObject];
}

test('a role sees its queue and nobody else’s; the answers are as described', async () => {
  const id = await opened();
  const [status, queue] = await as('task:head', '/v1/tasks?role=head');
  expect([status, queue['tasks']]).toMatchObject([
    200,
    [{ applicationId: id, step: 'decide', role: 'head' }],
  ]);
  expect(checkOf('Tasks')(queue)).toEqual([]);
  expect((await as('task:head', '/v1/tasks?role=tail'))[0]).toBe(403);
  expect((await as('applications:read', '/v1/tasks?role=head'))[0]).toBe(403);
  expect((await as('task:head', '/v1/tasks'))[0]).toBe(400);
  const [, one] = await as('task:head', `/v1/applications/${id}/steps/decide/task`);
  expect(one).toMatchObject({ see: { name: 'Contoh Pelamar' }, fourEyes: true, proposed: null });
  expect(checkOf('Task')(one)).toEqual([]);
  expect((await as('applications:read', `/v1/applications/${id}/steps/decide/task`))[0]).toBe(403);
});

test('two people agree, by the form', async () => {
  const id = await opened();
  const path = `/v1/applications/${id}/steps/decide/decision`;
  const yes = { as: 'approved', output: { number: '7' }, reason };
  expect(await as('task:head', path, { ...yes, output: {} })).toMatchObject([
    422,
    { problems: [{ pointer: '/output/number' }] },
  ]);
  expect(await as('task:head', path, yes)).toMatchObject([200, { is: 'proposed' }]);
  expect(await as('task:head', path, yes)).toMatchObject([409, { code: 'four_eyes' }]);
  expect(await as('operate', path, yes)).toMatchObject([200, { is: 'done' }]);
  await world.clock.advance(1_000);
  expect(await as('task:head', path, yes)).toMatchObject([409, { code: 'application_ended' }]);
  expect((await as('applications:read', path, yes))[0]).toBe(403);
  expect((await world.ledger.read(id))!.application.state).toBe('completed');
});

test('an application goes by its number, too', async () => {
  const id = await opened();
  const { number } = (await world.ledger.read(id))!.application;
  const path = `/v1/applications/${number}/steps/decide`;
  expect(await as('task:head', `${path}/task`)).toMatchObject([200, { applicationId: id, number }]);
  const no = { as: 'rejected', code: 'NOT_ELIGIBLE', reason };
  expect(await as('task:head', `${path}/decision`, no)).toMatchObject([
    200,
    { applicationId: id, is: 'proposed' },
  ]);
  const none = '/v1/applications/9901-01-26-999999-9/steps/decide/task';
  expect(await as('task:head', none)).toMatchObject([
    404,
    { detail: expect.stringContaining('task') as string },
  ]);
  for (const one of [none, `${path}/task`])
    expect(await as('applications:read', one)).toMatchObject([403, { code: 'scope' }]);
  expect((await as('task:head', `/v1/applications/${number}/steps/none/decision`, no))[0]).toBe(404);
});
