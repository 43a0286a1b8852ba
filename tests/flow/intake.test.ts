import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, photo, post, submit, upload } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const small = (): Promise<World> => open({ catalogue: smallCatalogue({ a: { call: 'desk.stamp' } }) });
const read = async (response: Response): Promise<JsonObject & { id: string; code: string }> =>
  (await response.json()) as JsonObject & { id: string; code: string };
const count = async (world: World): Promise<number> => (await world.ledger.list({ most: 100 })).length;

describe('asked again', () => {
  test('the same key and body get the first answer, also when they come together and long after', async () => {
    const world = await small();
    const body = application();
    const together = await Promise.all(Array.from({ length: 8 }, () => post(world, body, { key: 'k1' })));
    await world.clock.advance(60_000);
    const later = await post(world, body, { key: 'k1' });
    const answers = await Promise.all([...together, later].map(read));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.every((answer) => JSON.stringify(answer) === JSON.stringify(answers[0]))).toBe(true);
    expect(await count(world)).toBe(1);
    expect([...world.agencies['desk']!.effects.values()]).toEqual([1]);
  });

  test('the same key with another body is refused, and nothing is stored', async () => {
    const world = await small();
    await post(world, application(), { key: 'k1' });
    const other = await post(world, application(), { key: 'k1' });
    expect(other.status).toBe(422);
    expect((await read(other)).code).toBe('idempotency_key_reused');
    expect(await count(world)).toBe(1);
  });

  test('the platform’s own reference is the second lock, for life', async () => {
    const world = await small();
    const body = application();
    const first = await read(await post(world, body, { key: 'k1' }));
    const again = await post(world, body, { key: 'k2' });
    expect(again.status).toBe(202);
    expect((await read(again)).id).toBe(first.id);
    const other = await post(world, { ...body, formData: { changed: true } }, { key: 'k3' });
    expect(other.status).toBe(409);
    expect((await read(other)).code).toBe('client_reference_taken');
    expect(await count(world)).toBe(1);
  });

  test('neither lock of one platform is another’s', async () => {
    const world = await small();
    const body = application();
    const one = await read(await post(world, body, { key: 'k1', platform: 'mall' }));
    const other = await read(
      await post(world, { ...body, formData: { n: 2 } }, { key: 'k1', platform: 'portal' }),
    );
    expect(other.id).not.toBe(one.id);
    expect((await world.call(`/v1/applications/${one.id}`)).status).toBe(200);
    expect(await count(world)).toBe(2);
  });

  test('the order of fields does not make another body', async () => {
    const world = await small();
    const body = application();
    const first = await read(await post(world, body, { key: 'k1' }));
    const turned = Object.fromEntries(Object.entries(body).toReversed());
    expect((await read(await post(world, turned, { key: 'k1' }))).id).toBe(first.id);
  });
});

test('numbers are unique, and a refused application uses up nobody else’s', async () => {
  const world = await small();
  const responses = await Promise.all(Array.from({ length: 300 }, () => post(world, application())));
  const numbers = (await Promise.all(responses.map(read))).map(({ number }) => number);
  expect(new Set(numbers).size).toBe(300);
});

test('a document that was never uploaded is named, and nothing is taken over', async () => {
  const world = await small();
  const listed = await upload(world, photo(), { documentId: 'here', documentTypeCode: 'PHOTO' });
  const missing = { ...listed, documentId: 'gone', sha256: 'a'.repeat(64) };
  const body = application({ documents: [listed, missing] });
  const refused = await post(world, body);
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    problems: [{ pointer: '/documents/1/sha256', code: 'document_missing' }],
  });
  expect(await count(world)).toBe(0);
  const id = await submit(world, { ...body, documents: [listed] });
  expect((await look(world, id)).documents).toHaveLength(1);
});

test('a condition at the very start that cannot be worked out is a person’s; the application is accepted', async () => {
  const steps = {
    a: { call: 'desk.stamp', when: '$number(application.applicant.fullName) > 1' },
    b: { call: 'desk.file' },
  };
  const world = await open({ catalogue: smallCatalogue(steps) });
  const id = await submit(world);
  await world.clock.advance(5000);
  expect(await look(world, id)).toMatchObject({
    items: [{ step: 'a', kind: 'mapping' }],
    steps: [{ state: 'parked' }, { state: 'succeeded' }],
  });
});
