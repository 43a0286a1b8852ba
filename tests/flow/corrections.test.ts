/** The applicant mends what was sent back: only that, and only what depends on it runs again. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, items, look, photo, post, stepOf, submit, upload } from '../support/applications.ts';
import { SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { Asked } from '../support/test-agency.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const SECOND = 1_000;
const DAY = 86_400_000;

const form = {
  type: 'object',
  properties: { street: { type: 'string', minLength: 3 }, other: { type: 'string' } },
};

async function opened(steps: Record<string, StepFields>): Promise<World> {
  const catalogue = smallCatalogue(steps);
  catalogue.services.set(SERVICE, { ...catalogue.services.get(SERVICE)!, form });
  return open({ catalogue });
}

const correct = async (world: World, id: string, body: object): Promise<[number, JsonObject]> => {
  const response = await world.call(`/v1/applications/${id}/corrections`, { body });
  return [response.status, (await response.json()) as JsonObject];
};
const asks = (world: World): string[] =>
  world.agencies['desk']!.asked.map(({ operation, input }: Asked) => `${operation} ${JSON.stringify(input)}`);

const route: Record<string, StepFields> = {
  street: { call: 'desk.look', with: { street: 'application.formData.street' } },
  other: { call: 'desk.look', with: { other: 'application.formData.other' } },
  file: {
    call: 'desk.file',
    after: ['street', 'other'],
    with: { street: 'application.formData.street', seen: 'steps.street.output.done' },
  },
};

/** The first filing is sent back. */
function sendBackOnce(world: World, correction: object): void {
  world.agencies['desk']!.script = ({ operation, kind, n }) =>
    operation === 'file' && kind === 'send' && n === 1
      ? { is: 'sendBack', corrections: [{ code: 'DATA_MISMATCH', ...correction }] }
      : undefined;
}

test('the field that was sent back is mended; its check and the filing run again, the other check does not', async () => {
  const world = await opened(route);
  sendBackOnce(world, { pointer: '/formData/street' });
  const id = await submit(world, application({ formData: { street: 'Jalan Lama', other: 'x' } }));
  await world.clock.advance(SECOND);
  expect((await look(world, id)).state).toBe('waitingApplicant');
  const change = { changes: [{ pointer: '/formData/street', value: 'Jalan Baru' }] };
  expect(await correct(world, id, change)).toEqual([202, { id, again: ['street', 'file'] }]);
  await world.clock.advance(SECOND);
  expect((await look(world, id)).state).toBe('completed');
  expect(asks(world).slice(3)).toEqual([
    'look {"street":"Jalan Baru"}',
    expect.stringMatching(/^file \{"street":"Jalan Baru","seen":"\d+"\}$/),
  ]);
  expect(await correct(world, id, change)).toMatchObject([409, { code: 'application_ended' }]);
});

test('what nobody sent back stays, what was sent back must be mended, and the form still holds', async () => {
  const world = await opened(route);
  sendBackOnce(world, { pointer: '/formData/street' });
  const id = await submit(world, application({ formData: { street: 'Jalan Lama', other: 'x' } }));
  await world.clock.advance(SECOND);
  const before = asks(world);
  const street = { pointer: '/formData/street', value: 'Jalan Baru' };
  const refused: [object, object][] = [
    [
      { changes: [street, { pointer: '/formData/other', value: 'y' }] },
      { pointer: '/changes/1/pointer', code: 'not_sent_back' },
    ],
    [{ changes: [{ pointer: '/applicant/nik', value: '1' }] }, { code: 'not_sent_back' }],
    [{ changes: [{ ...street, value: 'x' }] }, { pointer: '/formData/street', code: 'schema_minLength' }],
  ];
  for (const [body, problem] of refused) {
    const [status, answer] = await correct(world, id, body);
    expect([status, answer['errors'] ?? answer['problems']]).toMatchObject([
      422,
      expect.arrayContaining([expect.objectContaining(problem)]),
    ]);
  }
  await world.clock.advance(SECOND);
  expect(asks(world)).toEqual(before);
  const key = await world.key('portal', ['applications:submit']);
  const other = { headers: { authorization: `Bearer ${key}` }, body: { changes: [street] } };
  expect((await world.call(`/v1/applications/${id}/corrections`, other)).status).toBe(404);
});

test('a document that cannot be read is replaced by another, which must have been uploaded', async () => {
  const world = await opened({
    file: {
      call: 'desk.file',
      with: { photo: "application.documents[documentTypeCode='PHOTO'][0].documentId" },
    },
  });
  sendBackOnce(world, { documentId: 'photo-1', code: 'DOC_UNREADABLE' });
  const fields = { documentTypeCode: 'PHOTO' };
  const first = await upload(world, photo(), { ...fields, documentId: 'photo-1' });
  const id = await submit(world, application({ documents: [first] }));
  await world.clock.advance(SECOND);
  const missing = { ...first, sha256: 'a'.repeat(64), documentId: 'photo-2', replaces: 'photo-1' };
  expect(await correct(world, id, { documents: [missing] })).toMatchObject([422, {}]);
  const second = await upload(world, photo(500), { ...fields, documentId: 'photo-2', replaces: 'photo-1' });
  expect(await correct(world, id, { documents: [second] })).toEqual([202, { id, again: ['file'] }]);
  await world.clock.advance(SECOND);
  expect(asks(world).at(-1)).toBe('file {"photo":"photo-2"}');
  expect((await look(world, id)).documents.map(({ documentId }) => documentId)).toContain('photo-2');
});

test('a check that is too old by then runs again, and what an agency already did is a person’s', async () => {
  const world = await opened({
    old: { call: 'desk.look', validFor: '10d' },
    done: { call: 'desk.reserve', with: { street: 'application.formData.street' } },
    file: { call: 'desk.file', after: ['old', 'done'], with: { street: 'application.formData.street' } },
  });
  sendBackOnce(world, { pointer: '/formData/street' });
  const id = await submit(world, application({ formData: { street: 'Jalan Lama' } }));
  await world.clock.advance(20 * DAY, DAY / 24);
  const change = { changes: [{ pointer: '/formData/street', value: 'Jalan Baru' }] };
  expect(await correct(world, id, change)).toEqual([202, { id, again: ['old', 'file'] }]);
  await world.clock.advance(SECOND);
  expect(await items(world, id)).toEqual(['done conflict DONE_BEFORE_CORRECTION']);
  expect((await stepOf(world, id, 'old')).round).toBe(2);
});

test('a repeat of the first submission is still answered as the first', async () => {
  const world = await opened(route);
  sendBackOnce(world, { pointer: '/formData/street' });
  const body = application({ formData: { street: 'Jalan Lama' } });
  const first = await (await post(world, body, { key: 'same' })).text();
  await world.clock.advance(SECOND);
  const { id } = JSON.parse(first) as { id: string };
  await correct(world, id, { changes: [{ pointer: '/formData/street', value: 'Jalan Baru' }] });
  expect(await (await post(world, body, { key: 'same' })).text()).toBe(first);
});
