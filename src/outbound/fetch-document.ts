/** Gets a document that an agency's reply named by URL, from the hosts listed for that agency only. */
import type { Clock } from '../clock.ts';
import type { Agency } from '../domain/catalogue.ts';
import { MAX_DOCUMENT_BYTES, sniffType } from '../domain/documents.ts';
import type { FetchedDocument } from '../flow/ports/caller.ts';
import type { Door } from './agents.ts';
import { isLoopback } from './egress.ts';
import { send } from './transport.ts';

type FailureCode = Extract<FetchedDocument, { is: 'failed' }>['code'];

/** GET without sign-in: such URLs carry their own proof, and ours must not reach another host. Never rejects. */
export async function fetchDocument(
  door: Door | null,
  agency: Agency,
  address: string,
  deadline: number,
  clock: Clock,
): Promise<FetchedDocument> {
  const url = URL.parse(address);
  if (!door || !url || !isListed(url, door, agency)) return failed('document_host_not_listed');
  const sent = await send(
    door.agent,
    {
      origin: url.origin,
      method: 'GET',
      path: url.pathname + url.search,
      headers: { accept: 'application/pdf, image/jpeg, image/png', 'accept-encoding': 'identity' },
      body: new Uint8Array(0),
      deadline,
      maxReplyBytes: MAX_DOCUMENT_BYTES,
    },
    clock,
  );
  if (sent.is === 'tooLarge') return failed('document_too_large');
  if (sent.is !== 'response') return failed('document_unavailable');
  if (sent.status >= 300 && sent.status < 400) return failed('document_redirect');
  if (sent.status !== 200) return failed('document_unavailable');
  const type = sniffType(sent.body);
  return type ? { is: 'document', bytes: sent.body, type } : failed('document_type');
}

function isListed(url: URL, door: Door, agency: Agency): boolean {
  if (url.username || url.password) return false;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) return false;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return url.origin === door.origin || agency.documentHosts.includes(`${url.hostname}:${port}`);
}

function failed(code: FailureCode): FetchedDocument {
  return { is: 'failed', code };
}
