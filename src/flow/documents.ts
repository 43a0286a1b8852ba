/** Documents on their way: uploaded, filled into requests, brought in with replies; sealed in chunks throughout. */
import { hash } from 'node:crypto';
import { MAX_DOCUMENT_BYTES, sniffType, type DocumentType } from '../domain/documents.ts';
import type { IncomingDocument, Ok } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { isoTime, type Flow } from './flow.ts';
import type { StoredDocument } from './ports/ledger.ts';
import type { Read } from './exchange.ts';
import { agencyOf } from './agency-of.ts';
import { places, type View } from './view.ts';

/** Sealed one by one, so that a document never needs a second buffer of its own size. */
const CHUNK_BYTES = 256 * 1024;
/** A document fetch must not hold up the agency's message that named it. */
const FETCH_MS = 2_500;

export interface NewDocument {
  platform: string;
  applicationId: string | null;
  name: string | null;
  type: DocumentType;
  bytes: Uint8Array;
}

export const documentHash = (flow: Pick<Flow, 'vault'>, sha256: string): string =>
  flow.vault.index('document', sha256);

/** Seals a document under a key of its own. */
export async function sealDocument(flow: Flow, { bytes, ...document }: NewDocument): Promise<StoredDocument> {
  const id = flow.clock.id();
  const { key, wrapped } = await flow.vault.newKey(`document/${id}`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    chunks.push(flow.vault.seal(key, places.chunk(id, chunks.length), bytes.subarray(at, at + CHUNK_BYTES)));
  }
  const row = {
    ...document,
    id,
    hash: documentHash(flow, hash('sha256', bytes, 'hex')),
    size: bytes.length,
    at: isoTime(flow.clock.now()),
    wrappedKey: wrapped,
  };
  return { row, chunks };
}

export async function openDocument(flow: Flow, { row, chunks }: StoredDocument): Promise<Buffer> {
  const key = await flow.vault.openKey(`document/${row.id}`, row.wrappedKey);
  return Buffer.concat(chunks.map((bytes, n) => flow.vault.unseal(key, places.chunk(row.id, n), bytes)));
}

/** Fills the document slots of an application's requests. */
export function documentReader(flow: Flow, view: View): (name: string) => Promise<Uint8Array> {
  return async (name) => {
    const found = await flow.ledger.documentNamed(view.application.id, name);
    if (!found) throw new Error('The application has no such document');
    return openDocument(flow, found);
  };
}

/** The documents that an `ok` names, fetched, checked and sealed; null when one cannot be had. */
export async function collectDocuments(
  flow: Flow,
  view: View,
  step: Step,
  ok: Ok,
  source: Pick<Read, 'bytes' | 'body'>,
): Promise<StoredDocument[] | null> {
  const collected: StoredDocument[] = [];
  for (const incoming of ok.documents ?? []) {
    const bytes = await bytesOf(flow, step, incoming, source);
    const type = bytes && sniffType(bytes);
    if (!bytes || !type || type !== incoming.type || bytes.length > MAX_DOCUMENT_BYTES) return null;
    const { id: applicationId, platform } = view.application;
    // A later round's document stands beside the earlier round's.
    const name = `${step.name}${step.round > 1 ? `-${step.round}` : ''}.${incoming.name}`;
    collected.push(await sealDocument(flow, { platform, applicationId, name, type, bytes }));
  }
  return collected;
}

async function bytesOf(
  flow: Flow,
  step: Step,
  { from }: IncomingDocument,
  source: Pick<Read, 'bytes' | 'body'>,
): Promise<Uint8Array | null> {
  if (from === 'body') return source.bytes ?? null;
  if ('pointer' in from) return decode(valueAt(source.body, from.pointer));
  const deadline = flow.clock.now() + FETCH_MS;
  const fetched = await flow.caller.fetchDocument({ agency: agencyOf(flow, step), url: from.url, deadline });
  return fetched.is === 'document' ? fetched.bytes : null;
}

function decode(text: unknown): Buffer | null {
  if (typeof text !== 'string') return null;
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64: a text that does not come back is not one.
  return bytes.length > 0 && bytes.toString('base64') === text.replaceAll(/\s/g, '') ? bytes : null;
}

function valueAt(body: unknown, pointer: string): unknown {
  let value = body;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const owns = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    value = owns ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}
