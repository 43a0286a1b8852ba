/** Documents of nobody, for rehearsals: made where the real ones are not at hand. */
import { hash } from 'node:crypto';
import type { JsonObject } from '../domain/outcome.ts';
import type { Stage } from './stage.ts';

/** A JPEG by its first bytes. */
const JPEG = [0xff, 0xd8, 0xff, 0xe0];

export interface MadeDocument {
  bytes: Uint8Array;
  /** What an application's list says of it. */
  entry: { fileName: string; mediaType: string; sizeBytes: number; sha256: string; source: string };
}

export function madeDocument(content: string): MadeDocument {
  const bytes = Buffer.concat([Buffer.from(JPEG), Buffer.from(content)]);
  const entry = {
    fileName: 'rehearsal.jpg',
    mediaType: 'image/jpeg',
    sizeBytes: bytes.length,
    sha256: hash('sha256', bytes, 'hex'),
    source: 'uploaded',
  };
  return { bytes, entry };
}

export async function upload(stage: Stage, bytes: Uint8Array): Promise<void> {
  const path = `/v1/documents/${hash('sha256', bytes, 'hex')}`;
  const response = await stage.call(path, { method: 'PUT', bytes });
  if (!response.ok) throw new Error(`A document was not taken in: ${await response.text()}`);
}

/** The application with documents in place of those whose bytes are not at hand; all of them are uploaded. */
export async function withDocuments(
  stage: Stage,
  application: JsonObject,
  find: (sha256: string) => Promise<Uint8Array | undefined>,
): Promise<JsonObject> {
  const listed = (application['documents'] ?? []) as JsonObject[];
  if (!Array.isArray(listed) || listed.length === 0) return application;
  const documents: JsonObject[] = [];
  for (const entry of listed) {
    const bytes = await find(String(entry['sha256']));
    const made = bytes ? null : madeDocument(String(entry['documentId']));
    await upload(stage, bytes ?? made!.bytes);
    documents.push(made ? { ...entry, ...made.entry } : entry);
  }
  return { ...application, documents };
}
