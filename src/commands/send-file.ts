/** Sends one application file: reads it, uploads what it lists, submits it under a key that makes repeating safe. */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../domain/outcome.ts';
import { WireError } from '../wire/error.ts';
import { parseJson } from '../wire/json.ts';
import { ApiRefused, type Client } from './client.ts';
import type { Documents } from './send-documents.ts';

export interface Receipt {
  file: string;
  id: string;
  number: string;
  state: string;
  promisedAt: string | null;
}

/** The file cannot be sent as it is. */
export class FileRefused extends Error {}

export async function sendFile(
  client: Client,
  file: string,
  documents: Documents,
  givenKey: string | undefined,
  note: (line: string) => void,
): Promise<Receipt> {
  const application = await readApplication(file);
  await uploadListed(client, file, application, documents, note);
  const headers = { 'idempotency-key': givenKey ?? keyFor(application) };
  type Answer = Omit<Receipt, 'file'> & { warnings?: { pointer: string; detail: string }[] };
  const { body } = await client
    .post<Answer>('/v1/applications', application, headers)
    .catch((error: unknown) => Promise.reject(givenKey === undefined ? withoutKey(error) : error));
  for (const { pointer, detail } of body.warnings ?? []) note(`${file}: warning: ${pointer} ${detail}`);
  const { id, number, state, promisedAt } = body;
  return { file, id, number, state, promisedAt };
}

async function readApplication(file: string): Promise<JsonObject> {
  let value;
  try {
    value = parseJson(await readFile(file));
  } catch (error) {
    if (error instanceof WireError) throw new FileRefused(error.message);
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new FileRefused(code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new FileRefused('it holds no JSON object: one application a file');
}

/** A reference may name a person, and headers are logged by proxies: only its digest travels there. */
function keyFor(application: JsonObject): string {
  const { clientReference } = application;
  const intent = typeof clientReference === 'string' ? clientReference : JSON.stringify(application);
  return `cli-${hash('sha256', intent, 'hex').slice(0, 40)}`;
}

/** Who gave no key is not told of keys: the clientReference is what was used before. */
function withoutKey(error: unknown): unknown {
  if (!(error instanceof ApiRefused) || error.body['code'] !== 'idempotency_key_reused') return error;
  return new FileRefused(
    'an application with this clientReference was sent before, with another content: give it a new clientReference',
  );
}

const nameOf = (documentId: unknown): string => (typeof documentId === 'string' ? documentId : 'a document');

async function uploadListed(
  client: Client,
  file: string,
  { documents: listed }: JsonObject,
  documents: Documents,
  note: (line: string) => void,
): Promise<void> {
  for (const entry of Array.isArray(listed) ? (listed as JsonObject[]) : []) {
    const { sha256, documentId } = entry ?? {};
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) continue;
    const bytes = await documents.find(file, sha256);
    if (bytes) await client.putBytes(`/v1/documents/${sha256}`, bytes);
    else
      note(
        `${file}: ${nameOf(documentId)} is in no file of ${documents.folderOf(file)}: the bus may have it already`,
      );
  }
}
