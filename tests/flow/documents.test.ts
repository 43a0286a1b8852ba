import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { act, application, look, submit, upload } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';
import { testAdapter } from '../support/test-agency.ts';

const open = worlds();
const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** A PDF by its first bytes, no two pages alike. */
function pdf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0, word = seed; at < size; at += 1)
    bytes[at] = (word = (word * 1_103_515_245 + 12_345) >>> 0) >>> 24;
  bytes.set(Buffer.from('%PDF-1.7\n'));
  return bytes;
}

/** Sends a document as the whole body, and takes one back. */
const stamping: Adapter = {
  ...testAdapter,
  name: 'stamping',
  operations: {
    stamp: {
      ...testAdapter.operations['stamp']!,
      request: (input: { scan: string }) => ({
        method: 'PUT',
        path: '/stamp',
        body: { document: input.scan, as: 'body' },
      }),
      reply: ({ status }) => {
        if (status !== 200) return { is: 'unknown', code: 'BAD' };
        return {
          is: 'ok',
          output: {},
          documents: [{ name: 'stamped', type: 'application/pdf', from: 'body' }],
        };
      },
    },
  },
};

const catalogue = () => {
  const steps = { a: { call: 'desk.stamp', with: { scan: "'scan'" } } };
  const small = smallCatalogue(steps);
  return { ...small, agencies: small.agencies.map((agency) => ({ ...agency, adapter: 'stamping' })) };
};

test('a 5 MB PDF out and in', async () => {
  const world = await open({ catalogue: catalogue(), adapters: [stamping] });
  const [ours, theirs] = [pdf(5 * 1024 * 1024), pdf(5 * 1024 * 1024 + 17, 2)];
  const received: { type: string | null; sha256: string }[] = [];
  world.doors.get('desk')!.fetch = async (request) => {
    const bytes = new Uint8Array(await request.arrayBuffer());
    received.push({ type: request.headers.get('content-type'), sha256: sha256(bytes) });
    return new Response(theirs, { headers: { 'content-type': 'application/pdf' } });
  };
  const document = await upload(world, ours, { documentId: 'scan', documentTypeCode: 'LETTER' });
  const id = await submit(world, application({ documents: [document] }));
  await world.clock.advance(10_000);
  expect(received).toEqual([{ type: 'application/pdf', sha256: sha256(ours) }]);
  const shown = await look(world, id);
  expect(shown).toMatchObject({
    state: 'completed',
    documents: [{ documentId: 'a.stamped', sizeBytes: theirs.length }, { documentId: 'scan' }],
  });
  for (const [name, bytes] of [
    ['scan', ours],
    ['a.stamped', theirs],
  ] as const) {
    const response = await world.call(`/v1/applications/${id}/documents/${name}`);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(bytes));
  }
});

test('what comes back and is no document is not an answer', async () => {
  const world = await open({ catalogue: catalogue(), adapters: [stamping] });
  world.doors.get('desk')!.fetch = async (request) => {
    await request.arrayBuffer();
    return new Response('%HTML', { headers: { 'content-type': 'application/pdf' } });
  };
  const document = await upload(world, pdf(400), { documentId: 'scan', documentTypeCode: 'LETTER' });
  const id = await submit(world, application({ documents: [document] }));
  await world.clock.advance(10_000);
  expect(await look(world, id)).toMatchObject({
    items: [{ kind: 'outcomeUnknown' }],
    documents: [{ documentId: 'scan' }],
  });
});

test('a second round’s document stands beside the first round’s', async () => {
  const small = catalogue();
  const route = small.routes.get('TEST.SERVICE')!;
  const wait = { ...route.steps['a']!, call: 'clerk.announce', after: ['a'], with: {} };
  small.routes.set('TEST.SERVICE', { ...route, steps: { ...route.steps, b: wait } });
  const world = await open({
    catalogue: { ...small, agencies: [...small.agencies, agencyEntry('clerk')] },
    // Only what does no harm twice may be done again once it is done.
    adapters: [{ ...stamping, operations: { stamp: { ...stamping.operations['stamp']!, effect: 'read' } } }],
  });
  const stamped = [pdf(300, 3), pdf(300, 4)];
  world.doors.get('desk')!.fetch = async (request) => {
    await request.arrayBuffer();
    return new Response(stamped.shift(), { headers: { 'content-type': 'application/pdf' } });
  };
  const [first, second] = stamped.map(sha256);
  const document = await upload(world, pdf(400), { documentId: 'scan', documentTypeCode: 'LETTER' });
  const id = await submit(world, application({ documents: [document] }));
  await world.clock.advance(5000);
  expect(await act(world, `applications/${id}/steps/a/new-round`)).toBe(202);
  await world.clock.advance(5000);
  const names = (await look(world, id)).documents.map(({ documentId }) => documentId);
  expect(names).toEqual(['a-2.stamped', 'a.stamped', 'scan']);
  const shaOf = async (name: string) =>
    sha256(
      new Uint8Array(await (await world.call(`/v1/applications/${id}/documents/${name}`)).arrayBuffer()),
    );
  expect([await shaOf('a.stamped'), await shaOf('a-2.stamped')]).toEqual([first, second]);
});

test.each<[string, string[], string]>([
  ["a submitted document cannot take the name of an agency's", ['a.stamped'], 'schema_pattern'],
  ['one upload listed under two names is said to be one', ['scan', 'again'], 'duplicate_document'],
])('%s', async (_, names, code) => {
  const world = await open({ catalogue: catalogue(), adapters: [stamping] });
  const listed = await upload(world, pdf(400), { documentId: 'scan', documentTypeCode: 'LETTER' });
  const documents = names.map((documentId) => ({ ...listed, documentId }));
  const response = await world.call('/v1/applications', {
    body: application({ documents }),
    headers: { 'idempotency-key': 'k1' },
  });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ problems: [{ code }] });
});
