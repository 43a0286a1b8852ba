/** Hostile documents: each is refused by its own code before anything is stored. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { refuses } from '../http/hostile-rows.ts';
import { PHOTO, smallWorld, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const sha = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'latin1'));
const EMPTY = new Uint8Array(0);
const HTML = bytesOf('<script>alert(1)</script>');
const HUGE = new Uint8Array(10 * 1024 * 1024 + 1).fill(0x20);

type Upload = [
  name: string,
  digest: string,
  bytes: Uint8Array<ArrayBuffer>,
  type: string | null,
  status: number,
  code: string,
];

const uploads: Upload[] = [
  ['another digest', sha(HTML), PHOTO, null, 422, 'digest_mismatch'],
  ['no digest', 'photo.jpg', PHOTO, null, 400, 'sha256_invalid'],
  ['a digest in capitals', sha(PHOTO).toUpperCase(), PHOTO, null, 400, 'sha256_invalid'],
  ['a digest up the tree', '..%2f..%2fetc', PHOTO, null, 400, 'sha256_invalid'],
  ['HTML', sha(HTML), HTML, null, 415, 'document_type'],
  ['HTML said to be a PDF', sha(HTML), HTML, 'application/pdf', 415, 'document_type'],
  ['a photo said to be a PDF', sha(PHOTO), PHOTO, 'application/pdf', 415, 'document_type'],
  ['no bytes', sha(EMPTY), EMPTY, null, 422, 'document_empty'],
  ['one byte over 10 MB', sha(HUGE), HUGE, null, 413, 'body_too_large'],
];

describe('a document that is not taken', () => {
  test.each(uploads)('%s', async (name, digest, body, type, status, code) => {
    const headers: Record<string, string> = type === null ? {} : { 'content-type': type };
    await refuses(world, {
      name,
      path: `/v1/documents/${digest}`,
      method: 'PUT',
      headers,
      body,
      status,
      code,
    });
  });
});
