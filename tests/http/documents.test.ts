/** Documents through the API: uploaded, taken over by their application, read back, each view an event. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { misfits } from './described.ts';
import { application, PHOTO, REAL, smallWorld, type Sent, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const sha = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

function upload(body: Uint8Array<ArrayBuffer>, type?: string, key?: string): Promise<Sent> {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  return world.send(`/v1/documents/${sha(body)}`, {
    method: 'PUT',
    body,
    headers,
    ...(key !== undefined && { key }),
  });
}

function listing(bytes: Uint8Array, mediaType = 'image/jpeg'): JsonObject {
  const documentId = 'photo-1';
  return {
    documents: [
      { documentId, documentTypeCode: 'PHOTO', mediaType, sizeBytes: bytes.length, sha256: sha(bytes) },
    ],
  };
}

/** 5 MB that begin as a PDF does. */
function pdf(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 * 1024 * 1024).map((_, at) => at % 251);
  bytes.set(Buffer.from('%PDF-1.7\n'));
  return bytes;
}

test.each<[string, () => Uint8Array<ArrayBuffer>, string]>([
  ['a photo', () => PHOTO, 'image/jpeg'],
  ['5 MB of PDF', pdf, 'application/pdf'],
])('%s comes in, and out again byte for byte', async (_name, make, type) => {
  const bytes = make();
  const put = await upload(bytes, type);
  expect(misfits('put', '/v1/documents/{sha256}', put)).toEqual([]);
  expect(put.body).toEqual({ sha256: sha(bytes), mediaType: type, sizeBytes: bytes.length });
  const { body } = await world.submit(application(listing(bytes, type)));
  const path = `/v1/applications/${String(body['id'])}`;
  const response = await world.request(`${path}/documents/photo-1`);
  expect(sha(new Uint8Array(await response.arrayBuffer()))).toBe(sha(bytes));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    ...{ 'content-type': type, 'content-disposition': 'attachment; filename="photo-1"' },
    ...{
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    },
  });
  const { documents } = (await world.send(path)).body as { documents: JsonObject[] };
  expect(documents).toMatchObject([{ documentId: 'photo-1', mediaType: type, sizeBytes: bytes.length }]);
});

test('each view says who saw what', async () => {
  await upload(PHOTO);
  const { body } = await world.submit(application(listing(PHOTO)));
  const key = await world.key();
  await world.send(`/v1/applications/${String(body['number'])}/documents/photo-1`, { key });
  const { events } = (await world.send('/v1/agencies/bus/events')).body as { events: JsonObject[] };
  expect(events.at(-1)).toMatchObject({
    type: 'go.mpp.document.viewed.v1',
    data: { applicationId: body['id'], document: 'photo-1', by: key.split('_')[1] },
  });
});

test.each([undefined, 'image/jpeg', 'IMAGE/JPEG', 'application/octet-stream'])(
  'declared as %s',
  async (type) => {
    expect((await upload(PHOTO, type)).status).toBe(201);
  },
);

test('sent twice is no fault', async () => {
  const [first, second] = [await upload(PHOTO), await upload(PHOTO)];
  expect([second.status, second.text]).toEqual([first.status, first.text]);
});

test('what another platform uploaded is not there', async () => {
  const bytes = new Uint8Array([...PHOTO, 1]);
  expect((await upload(bytes, undefined, await world.key(REAL))).status).toBe(201);
  const sent = await world.submit(application(listing(bytes)));
  expect([sent.status, sent.body['code']]).toEqual([422, 'document_missing']);
});

test('an application is found again after it took its documents over', async () => {
  const bytes = new Uint8Array([...PHOTO, 2]);
  await upload(bytes);
  const body = application(listing(bytes));
  const first = await world.submit(body, 'with-document');
  const second = await world.submit(body, 'with-document');
  expect([second.status, second.text]).toEqual([202, first.text]);
});

test('a document of no application is not found', async () => {
  const { body } = await world.submit(application());
  const sent = await world.send(`/v1/applications/${String(body['id'])}/documents/none`);
  expect(misfits('get', '/v1/applications/{id}/documents/{documentId}', sent)).toEqual([]);
  expect(sent.status).toBe(404);
});
